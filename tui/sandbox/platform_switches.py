"""What kind of instance the sandbox is: where instances differ, or where documents are silent."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

UnsentType: TypeAlias = Literal["send-failed", "send-ready", "send-retry-backoff"]
JobCondition: TypeAlias = Literal["ready", "running", "queued", "error", "overdue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformSwitches:
    """How this instance behaves, from its start to its end.

    "Unconfirmed" means that no document says so. A default is what an instance most likely does,
    unless it says why not.

    Attributes:
        query_rule_tables: Tables whose hidden rows are removed before the query, as a
            before-query rule or domain separation does. Counts then cover visible rows only.
            Elsewhere rows are counted and cut before it is checked who may see them
            (c_TableAPI: the limit applies before ACLs). Off: which tables have one differs.
        forbidden_tables: Tables whose list is a 403 "Insufficient rights to query records" for
            users who have no role to read them; otherwise they get no rows (KB0744425 shows
            the words for the Aggregate API). Off: which tables differs.
        invalid_query_refused: A query with an unknown field is the same 403, as public clients
            report. Off, as c_TableAPI says that such a part is ignored.
        choice_for_none: `sys_choice` holds a row for --None--. Unconfirmed; a form adds that
            entry by itself.
        narrow_roles: `email_account_admin` reads accounts, but no property, choice or dictionary
            entry that does not name the role. Unconfirmed; ACLs of these tables name admin.
            Off, though likely: the user mail.admin is there to be seen working.
        unique_property_names: A second property of a name is refused. Unconfirmed; the words of
            the error are made up.
        unsent_mail: The type of mail whose connection or login fails. In both waiting types it
            is tried again with the platform's back-off until the look-back has passed, then it
            is send-failed. troubleshooting-notification-emails says that of 4xx replies and
            calls all others permanent, so send-failed; of connections it says nothing.
        more_account_columns: Accounts have a System Address Filter and Enable debug output
            (t_ConfigureAnEmailAccount; the names of the columns are made up), and a custom column.
        oauth_tables: Accounts name an OAuth Provider and an OAuth Profile
            (t_ConfigureAnEmailAccount), and there are tables of these and of tokens. All names of
            columns and tables are made up; only the two labels are known. Off, as a person has
            no use for them until an account signs in by OAuth.
        sessions: A signed-in request without a session's cookie opens one. Cookies never replace
            credentials here.
        nodes: Nodes that requests without a cookie go to in turn. They share all records, so
            only the cookie `glide_user_route` shows them.
        slow_write_seconds: Seconds from a write's effect to its response.
        production: Value of `glide.installation.production`; blank for an instance without the
            property. Blank, as public code says that it isn't set reliably.
        audited: Changes to properties and accounts are in `sys_audit`. Which tables an instance
            audits is configured there; that these two are is unconfirmed.
        mail_logged: Each attempt to send is in `syslog_email` (message-logs-individual-emails;
            the words of the messages are made up).
        sender_job: Condition of the SMTP Sender job at the start (r_MailDiagnostics, KB0755061).
            In all but ready it sends nothing until its trigger is set back to Ready; overdue is
            Ready with a next action in the past, and nothing picks it up.
        managed_sends: The ServiceNow-configured account sends, into a mailbox of the sandbox.
        invalid_time: What happens to text that isn't a time in a column of times. Unconfirmed.
    """

    query_rule_tables: frozenset[str] = frozenset()
    forbidden_tables: frozenset[str] = frozenset()
    invalid_query_refused: bool = False
    choice_for_none: bool = False
    narrow_roles: bool = False
    unique_property_names: bool = True
    unsent_mail: UnsentType = "send-failed"
    more_account_columns: bool = True
    oauth_tables: bool = False
    sessions: bool = True
    nodes: int = 2
    slow_write_seconds: float = 0.0
    production: Literal["", "true", "false"] = ""
    audited: bool = True
    mail_logged: bool = True
    sender_job: JobCondition = "ready"
    managed_sends: bool = True
    invalid_time: Literal["blank", "refuse"] = "blank"
