"""What stands in the tables at the start, and other situations to put into them."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from tui.sandbox.access import User
from tui.sandbox.sandbox_state import SandboxState
from tui.sandbox.table_schema import CHOICES, TABLES, find_choice
from tui.sandbox.tables import format_time

if TYPE_CHECKING:
    from tui.sandbox.sandbox_server import Sandbox

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
"""Name, type and value of the rows that are the same everywhere; advanced ones have no row."""

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
"""Type, age, subject and error of the messages there are; 30 hours is past the look-back."""

_STATES = {"sent": "processed", "send-failed": "error"}


def seed_accounts(state: SandboxState, users: Sequence[User]) -> None:
    """The provider's account sends; the legacy properties are left over, with old values."""
    _common(state, users, sending="true")
    _legacy(
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
        "active": "true",
        "servicenow_configured": "true",
        "authentication": "password",
        "user_name": "sandbox@service-now.com",
        "password": secrets.token_urlsafe(12),
    }
    state.tables.insert(
        "sys_email_account",
        BY,
        {
            **managed,
            **_security("SSL/TLS"),
            "name": "ServiceNow SMTP",
            "type": "smtp",
            "server": "relay.sandbox.service-now.com",
            "port": "465",
            "from": "sandbox@service-now.com",
            "email_user_label": "IT Service Desk",
        },
    )
    state.tables.insert(
        "sys_email_account",
        BY,
        {
            **managed,
            **_security("SSL/TLS"),
            "name": "ServiceNow POP3",
            "type": "pop3",
            "server": "pop.sandbox.service-now.com",
            "port": "995",
        },
    )


def seed_properties(state: SandboxState, users: Sequence[User]) -> None:
    """No account at all: the legacy properties name the stand-in's own mail server."""
    _common(state, users, sending="false")
    _legacy(
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
    "properties": seed_properties,
}
"""What can be in force at the start."""


def own_account(sandbox: "Sandbox", security: str = "STARTTLS", active: bool = True) -> str:
    """An account of one's own at the stand-in's mail server instead of the provider's.

    Args:
        security: a label: None, STARTTLS or SSL/TLS.
        active: whether it sends now; the provider's is deactivated then.
    """
    if active:
        no_active_account(sandbox)
    mail = sandbox.running.mail
    ports = {"None": "plain", "STARTTLS": "starttls", "SSL/TLS": "ssl_tls"}
    return sandbox.insert(
        "sys_email_account",
        "admin",
        **{
            **_security(security),
            "name": "Own SMTP",
            "type": "smtp",
            "active": "true" if active else "false",
            "authentication": "password",
            "server": mail.host,
            "port": str(mail.ports[ports[security]]),
            "user_name": mail.user,
            "password": mail.password,
            "from": "helpdesk@corp.example",
            "email_user_label": "IT Service Desk",
        },
    )


def graph_sender(sandbox: "Sandbox") -> str:
    """An account that sends by Microsoft Graph is the active one."""
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


def oauth_account(sandbox: "Sandbox") -> str:
    """An SMTP account that signs in by OAuth 2.0 is the active one."""
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


def no_active_account(sandbox: "Sandbox") -> None:
    """Nothing that sends is active."""
    for row in sandbox.rows("sys_email_account"):
        if row["type"] in ("smtp", "graph_out") and row["active"] == "true":
            sandbox.change("sys_email_account", row["sys_id"], "admin", active="false")


def doubled(sandbox: "Sandbox", name: str, **fields: str) -> str:
    """A second property row of the same name; fields that are given differ from the first."""
    first = next(row for row in sandbox.rows("sys_properties") if row["name"] == name)
    kept = {key: value for key, value in first.items() if not key.startswith("sys_")}
    return sandbox.insert("sys_properties", "admin", **{**kept, **fields})


def _common(state: SandboxState, users: Sequence[User], sending: str) -> None:
    tables = state.tables
    tables.insert("sys_scope", BY, {"sys_id": "global", "name": "Global", "scope": "global"})
    for name, kind, value in PROPERTIES:
        _property(state, name, kind, value)
    _property(state, "glide.email.smtp.active", "boolean", sending)
    _property(state, "glide.email.test.user", "string", "mail.tests@corp.example")
    _property(
        state,
        "glide.user.default_password",
        "password2",
        secrets.token_urlsafe(12),
        read_roles="admin",
        is_private="true",
    )
    _users(state, users)
    _dictionary(state)
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
    soon = format_time(tables.clock() + timedelta(seconds=40))
    for name in ("SMTP Sender", "POP Reader"):
        job = {"name": name, "state": "0", "next_action": soon, "run_count": "1"}
        tables.insert("sys_trigger", BY, {**job, "trigger_type": "1"})


def _legacy(state: SandboxState, values: Mapping[str, str]) -> None:
    pop3 = dict.fromkeys(("glide.pop3.server", "glide.pop3.user", "glide.pop3.password"), "")
    for name, value in {**values, **pop3}.items():
        if name.endswith("password"):
            is_private = "true" if state.switches.secret_rows_private else "false"
            kind = state.switches.legacy_password_type
            _property(state, name, kind, value, is_private=is_private)
        else:
            _property(state, name, "boolean" if name == "glide.smtp.auth" else "string", value)


def _property(state: SandboxState, name: str, kind: str, value: str, **more: str) -> None:
    fields = {"name": name, "type": kind, "value": value, "sys_scope": "global", **more}
    state.tables.insert("sys_properties", BY, fields)


def _users(state: SandboxState, users: Sequence[User]) -> None:
    tables = state.tables
    for user in users:
        shown = {"user_name": user.name, "name": user.name.title(), "active": "true"}
        user_id = tables.insert("sys_user", BY, shown)
        for role in user.roles:
            known = tables.find("sys_user_role", name=role)
            role_id = (
                known[0]["sys_id"] if known else tables.insert("sys_user_role", BY, {"name": role})
            )
            tables.insert("sys_user_has_role", BY, {"user": user_id, "role": role_id})


def _dictionary(state: SandboxState) -> None:
    for column in TABLES["sys_email_account"].values():
        fields = {
            "name": "sys_email_account",
            "element": column.name,
            "internal_type": column.type,
            "max_length": str(column.size),
            "column_label": column.name.replace("_", " ").capitalize(),
        }
        state.tables.insert("sys_dictionary", BY, fields)
    for (table, element), choices in CHOICES.items():
        for place, (value, label) in enumerate(choices.items()):
            fields = {"name": table, "element": element, "value": value, "label": label}
            fields |= {"sequence": str(place), "language": "en"}
            state.tables.insert("sys_choice", BY, fields)


def _security(label: str) -> dict[str, str]:
    return {
        "connection_security": find_choice("sys_email_account", "connection_security", label),
        "enable_tls": "true" if label == "STARTTLS" else "false",
        "enable_ssl": "true" if label == "SSL/TLS" else "false",
    }
