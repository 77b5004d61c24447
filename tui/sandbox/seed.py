"""Records that an instance starts with."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from tui.sandbox.authenticator import User
from tui.sandbox.sandbox_state import SandboxState
from tui.sandbox.tables import (
    CHOICES,
    EXTRA_ACCOUNT_COLUMNS,
    OAUTH_ACCOUNT_COLUMNS,
    OAUTH_TABLES,
    TABLES,
    find_choice,
    format_time,
)

BY = "system"

PROPERTIES: tuple[tuple[str, str, str], ...] = (
    ("instance_name", "string", "sandbox"),
    ("glide.buildtag", "string", "glide-australia-02-11-2026__patch2-05-20-2026"),
    ("glide.war", "string", "glide-australia-02-11-2026__patch2-05-20-2026_1234.zip"),
    ("glide.product.name", "string", "ServiceNow"),
    ("glide.email.append.timezone", "boolean", "true"),
    ("glide.email.watermark.visible", "boolean", "false"),
    ("glide.smtp.defer_retry_ids", "string", "421,450,451,452"),
    ("glide.smtp.fail_message_ids", "string", "500,501,502,503,504,550,551,552,553,554"),
    ("glide.smtp.default_retry", "boolean", "true"),
    ("glide.ui.activity.email_roles", "string", "itil"),
    ("glide.email.journal.lines", "integer", "3"),
    ("glide.email.read.active", "boolean", "true"),
    (
        "glide.email.reply_subject_prefix",
        "string",
        "re:,aw:,r:,Accepted:,Tentative:,Declined:",
    ),
    ("glide.email.forward_subject_prefix", "string", "fw:,fwd:"),
    ("glide.pop3readerjob.create_caller", "boolean", "false"),
    ("glide.user.trusted_domain", "string", "servicenow.com"),
)
"""Name, type and value of properties that all models have; advanced ones have no record."""

QUEUE: tuple[tuple[str, timedelta, str, str], ...] = (
    ("send-ready", timedelta(minutes=4), "Incident INC0010001 was opened", ""),
    ("send-ready", timedelta(minutes=12), "Incident INC0010002 was opened", ""),
    ("send-ready", timedelta(hours=5), "Your request was approved", ""),
    ("send-ready", timedelta(hours=30), "Change CHG0030001 starts tomorrow", ""),
    ("send-retry-backoff", timedelta(minutes=40), "Weekly report", ""),
    ("sent", timedelta(hours=3), "Incident INC0010000 was resolved", ""),
    ("sent", timedelta(days=2), "Welcome", ""),
    (
        "send-failed",
        timedelta(hours=2),
        "Password reset",
        "550 5.1.1 gone@corp.example: Recipient address rejected: User unknown",
    ),
)
"""Type, age, subject and error of the messages; 30 hours is past the look-back."""

STALLED_SINCE = timedelta(hours=1)
"""How long ago a sender job that doesn't run should have run."""

_STATES = {"sent": "processed", "send-failed": "error"}


def seed_accounts(state: SandboxState, users: Sequence[User]) -> None:
    """Let ServiceNow's account send; the legacy properties hold old values."""
    _seed_common(state, users, sending="true")
    _seed_legacy(
        state,
        {
            "glide.email.server": "mail.old.example",
            "glide.email.user": "it@old.example",
            "glide.email.username": "Old IT Desk",
            "glide.smtp.auth": "true",
            "glide.smtp.port": "25",
            "glide.email.user_password": secrets.token_urlsafe(12),
        },
    )
    managed = {
        **security_columns("SSL/TLS"),
        "active": "true",
        "servicenow_configured": "true",
        "authentication": "password",
        "user_name": "sandbox@service-now.com",
        "password": secrets.token_urlsafe(12),
    }
    smtp = {
        "name": "ServiceNow SMTP",
        "type": "smtp",
        "server": "relay.sandbox.service-now.com",
        "port": "465",
        "from": "sandbox@service-now.com",
        "email_user_label": "IT Service Desk",
    }
    pop3 = {
        "name": "ServiceNow POP3",
        "type": "pop3",
        "server": "pop.sandbox.service-now.com",
        "port": "995",
    }
    for account in (smtp, pop3):
        state.tables.insert("sys_email_account", BY, managed | account)


def seed_clone(state: SandboxState, users: Sequence[User]) -> None:
    """Let production's accounts be active, as after a clone (clone-exclusions-preservers)."""
    seed_accounts(state, users)
    tables = state.tables
    for account in tables.rows("sys_email_account"):
        tables.update("sys_email_account", account["sys_id"], BY, {"active": "false"})
    smtp = {"name": "Prod SMTP", "type": "smtp", "server": "mail.corp.example", "port": "587"}
    imap = {"name": "Prod IMAP", "type": "imap", "server": "imap.corp.example", "port": "993"}
    for account, label in ((smtp, "STARTTLS"), (imap, "SSL/TLS")):
        shared = {
            **security_columns(label),
            "active": "true",
            "authentication": "password",
            "user_name": "helpdesk@corp.example",
            "password": secrets.token_urlsafe(12),
        }
        tables.insert("sys_email_account", BY, shared | account)


def seed_properties(state: SandboxState, users: Sequence[User]) -> None:
    """Create no account; the legacy properties name the sandbox's own mail server."""
    _seed_common(state, users, sending="false")
    _seed_legacy(
        state,
        {
            "glide.email.server": state.mail.host,
            "glide.email.user": state.mail.user,
            "glide.email.username": "IT Service Desk",
            "glide.smtp.auth": "true",
            "glide.smtp.port": str(state.mail.ports["plain"]),
            "glide.email.user_password": state.mail.password,
        },
    )


MODELS: Mapping[str, Callable[[SandboxState, Sequence[User]], None]] = {
    "accounts": seed_accounts,
    "clone": seed_clone,
    "properties": seed_properties,
}
"""What can be in force at the start, by name."""


def _seed_common(state: SandboxState, users: Sequence[User], sending: str) -> None:
    tables = state.tables
    tables.insert("sys_scope", BY, {"sys_id": "global", "name": "Global", "scope": "global"})
    for name, kind, value in PROPERTIES:
        _seed_property(state, name, kind, value)
    if state.platform.production:
        _seed_property(state, "glide.installation.production", "boolean", state.platform.production)
    _seed_property(state, "glide.email.smtp.active", "boolean", sending)
    _seed_property(state, "glide.email.test.user", "string", "mail.tests@corp.example")
    _seed_property(
        state,
        "glide.user.default_password",
        "password2",
        secrets.token_urlsafe(12),
        read_roles="admin",
        is_private="true",
    )
    _seed_users(state, users)
    _seed_dictionary(state)
    for kind, age, subject, error in QUEUE:
        created = format_time(tables.clock() - age)
        tables.insert(
            "sys_email",
            BY,
            {
                "type": kind,
                "state": _STATES.get(kind, "ready"),
                "subject": subject,
                "recipients": "someone@corp.example",
                "body_text": f"{subject}.",
                "error_string": error,
                "sys_created_on": created,
                "sys_updated_on": created,
            },
        )
    seed_jobs(state)


def seed_jobs(state: SandboxState) -> None:
    """Create the jobs, the sender's in the condition that the platform switch says."""
    condition = state.platform.sender_job
    for name in ("SMTP Sender", "POP Reader"):
        is_healthy = name != "SMTP Sender" or condition == "ready"
        job_state = "ready" if is_healthy or condition == "overdue" else condition
        delay = timedelta(seconds=40) if is_healthy else -STALLED_SINCE
        job = {
            "name": name,
            "state": find_choice("sys_trigger", "state", job_state.capitalize()),
            "next_action": format_time(state.tables.clock() + delay),
            "run_count": "1",
            "trigger_type": "1",
        }
        state.tables.insert("sys_trigger", BY, job)


def _seed_legacy(state: SandboxState, values: Mapping[str, str]) -> None:
    pop3 = dict.fromkeys(("glide.pop3.server", "glide.pop3.user", "glide.pop3.password"), "")
    for name, value in {**values, **pop3}.items():
        if name.endswith("password"):
            is_private = "true" if state.switches.secret_rows_private else "false"
            kind = state.switches.legacy_password_type
            _seed_property(state, name, kind, value, is_private=is_private)
        else:
            _seed_property(state, name, "boolean" if name == "glide.smtp.auth" else "string", value)


def _seed_property(state: SandboxState, name: str, kind: str, value: str, **more: str) -> None:
    fields = {"name": name, "type": kind, "value": value, "sys_scope": "global", **more}
    state.tables.insert("sys_properties", BY, fields)


def _seed_users(state: SandboxState, users: Sequence[User]) -> None:
    tables = state.tables
    for user in users:
        shown = {"user_name": user.name, "name": user.name.title(), "active": "true"}
        user_id = tables.insert("sys_user", BY, shown)
        # No two users have a role in common.
        for role in user.roles:
            role_id = tables.insert("sys_user_role", BY, {"name": role})
            tables.insert("sys_user_has_role", BY, {"user": user_id, "role": role_id})


def _seed_dictionary(state: SandboxState) -> None:
    _describe_columns(state, "sys_email_account")
    if state.platform.oauth_tables:
        for table in sorted(OAUTH_TABLES):
            _describe_columns(state, table)
    for (table, element), choices in CHOICES.items():
        for place, (value, label) in enumerate(choices.items()):
            if label == "--None--" and not state.platform.choice_for_none:
                continue
            fields = {"name": table, "element": element, "value": value, "label": label}
            fields |= {"sequence": str(place), "language": "en"}
            state.tables.insert("sys_choice", BY, fields)


def _describe_columns(state: SandboxState, table: str) -> None:
    """Add the columns of a table to the dictionary, but those that are off from the start."""
    absent = set() if state.platform.more_account_columns else set(EXTRA_ACCOUNT_COLUMNS)
    if not state.platform.oauth_tables:
        absent |= OAUTH_ACCOUNT_COLUMNS
    for column in TABLES[table].values():
        if column.name in absent:
            continue
        fields = {
            "name": table,
            "element": column.name,
            "internal_type": column.type,
            "max_length": str(column.size),
            "column_label": column.label or column.name.replace("_", " ").capitalize(),
            "reference": column.refers_to,
        }
        state.tables.insert("sys_dictionary", BY, fields)


def security_columns(label: str) -> dict[str, str]:
    """Return the columns of an account for the security None, STARTTLS or SSL/TLS."""
    return {
        "connection_security": find_choice("sys_email_account", "connection_security", label),
        "enable_tls": "true" if label == "STARTTLS" else "false",
        "enable_ssl": "true" if label == "SSL/TLS" else "false",
    }
