"""Situations that a sandbox can be put into."""

from datetime import timedelta

from tests.sandbox.sandbox import Sandbox
from tui.sandbox.seed import security_columns
from tui.sandbox.tables import find_choice, format_time

PORT_NAMES = {"None": "plain", "STARTTLS": "starttls", "SSL/TLS": "ssl_tls"}
"""The mail server's port for each label of connection security."""


def own_account(sandbox: Sandbox, security: str = "STARTTLS", active: bool = True) -> str:
    """Add an SMTP account of your own at the sandbox's mail server and return its sys_id.

    Args:
        sandbox: The sandbox.
        security: Label of its connection security: None, STARTTLS or SSL/TLS.
        active: Whether it sends in place of ServiceNow's account.
    """
    if active:
        no_active_account(sandbox)
    mail = sandbox.running.mail
    return sandbox.insert(
        "sys_email_account",
        "admin",
        **{
            **security_columns(security),
            "name": "Own SMTP",
            "type": "smtp",
            "active": "true" if active else "false",
            "authentication": "password",
            "server": mail.host,
            "port": str(mail.ports[PORT_NAMES[security]]),
            "user_name": mail.user,
            "password": mail.password,
            "from": "helpdesk@corp.example",
            "email_user_label": "IT Service Desk",
        },
    )


def graph_sender(sandbox: Sandbox) -> str:
    """Let an account send through Microsoft Graph and return its sys_id."""
    no_active_account(sandbox)
    return sandbox.insert(
        "sys_email_account",
        "admin",
        name="Graph sender",
        type=find_choice("sys_email_account", "type", "Microsoft Graph (Send)"),
        active="true",
        authentication="oauth2",
        user_name="helpdesk@corp.example",
    )


def oauth_account(sandbox: Sandbox) -> str:
    """Let an SMTP account with OAuth 2.0 send and return its sys_id."""
    sys_id = own_account(sandbox)
    sandbox.change(
        "sys_email_account",
        sys_id,
        "admin",
        name="OAuth SMTP",
        authentication="oauth2",
        password="",
    )
    return sys_id


OAUTH_TOKEN = "a-token-that-nobody-may-see"
OAUTH_PROFILE, OAUTH_PROVIDER = "Exchange Online", "Microsoft"


def oauth_profile(sandbox: Sandbox, account: str, **tokens: str) -> None:
    """Name an account's OAuth profile and provider, and add its tokens.

    Args:
        sandbox: One whose switch `oauth_tables` is on.
        account: The sys_id of the account.
        tokens: When each expires, by its type.
    """
    provider = sandbox.insert("made_up_provider", name=OAUTH_PROVIDER)
    profile = sandbox.insert("made_up_profile", name=OAUTH_PROFILE)
    columns = {"made_up_provider": provider, "made_up_profile": profile}
    sandbox.change("sys_email_account", account, "admin", **columns)
    for kind, expires in tokens.items():
        fields = {"profile": profile, "type": kind, "expires": expires, "token": OAUTH_TOKEN}
        sandbox.insert("made_up_token", **fields)


def no_active_account(sandbox: Sandbox) -> None:
    """Deactivate all accounts that send."""
    for row in sandbox.rows("sys_email_account"):
        if row["type"] in ("smtp", "graph_out") and row["active"] == "true":
            sandbox.change("sys_email_account", row["sys_id"], "admin", active="false")


def duplicate_property(sandbox: Sandbox, name: str, **fields: str) -> str:
    """Add a second row of a property, with other fields where given; return its sys_id."""
    first = next(row for row in sandbox.rows("sys_properties") if row["name"] == name)
    kept = {key: value for key, value in first.items() if not key.startswith("sys_")}
    return sandbox.insert("sys_properties", "admin", **{**kept, **fields})


def set_property(sandbox: Sandbox, name: str, value: str) -> None:
    """Set a property, whether or not it has a row."""
    found = [one for one in sandbox.rows("sys_properties") if one["name"] == name]
    if found:
        sandbox.change("sys_properties", found[0]["sys_id"], value=value)
    else:
        sandbox.insert("sys_properties", name=name, value=value)


def queue_one_message(
    sandbox: Sandbox, recipients: str = "someone@corp.example", **more: str
) -> str:
    """Queue a message, with all others sent, and return its sys_id."""
    for queued in sandbox.rows("sys_email"):
        sandbox.change("sys_email", queued["sys_id"], type="sent")
    fields = {"type": "send-ready", "state": "ready", "subject": "Ünique"}
    return sandbox.insert(
        "sys_email", **{**fields, "recipients": recipients, "body_text": "Hello.", **more}
    )


def enable_sending(sandbox: Sandbox, test_user: str = "") -> None:
    """Enable sending; without a test user, to the recipients of each message."""
    set_property(sandbox, "glide.email.smtp.active", "true")
    set_property(sandbox, "glide.email.test.user", test_user)


def no_mail(sandbox: Sandbox) -> None:
    """Remove all emails, sent or not."""
    for row in sandbox.rows("sys_email"):
        sandbox.delete("sys_email", row["sys_id"])


def fail_message(
    sandbox: Sandbox,
    subject: str,
    error: str = "535 5.7.8 Authentication credentials invalid",
    *,
    hours: float = 1,
    recipients: str = "someone@corp.example",
    **more: str,
) -> str:
    """Add an email that failed hours ago, and was created then; return its sys_id."""
    when = format_time(sandbox.now - timedelta(hours=hours))
    fields = {
        "type": "send-failed",
        "state": "error",
        "subject": subject,
        "recipients": recipients,
        "body_text": "Hello.",
        "error_string": error,
        "sys_created_on": when,
        "sys_updated_on": when,
    }
    return sandbox.insert("sys_email", "system", **{**fields, **more})
