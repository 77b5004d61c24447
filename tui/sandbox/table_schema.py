"""The tables of the stand-in: columns and choices.

Columns are those that public code confirms; what the platform stores for the choices of a
connection's security and of the Graph types is not known, so these values are made up: a
client has to read them from `sys_choice`.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        name: as requests name it.
        type: string, boolean, integer, glide_date_time, password2, choice or reference.
        size: characters it holds.
        refers_to: the table of a reference.
    """

    name: str
    type: str = "string"
    size: int = 255
    refers_to: str = ""


def _columns(*columns: str | Column) -> Mapping[str, Column]:
    made = [column if isinstance(column, Column) else Column(column) for column in columns]
    return {column.name: column for column in (*made, *_SYSTEM)}


def _booleans(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, "boolean", 40) for name in names)


_SYSTEM = (
    Column("sys_id", "GUID", 32),
    Column("sys_mod_count", "integer", 40),
    Column("sys_updated_on", "glide_date_time", 40),
    Column("sys_updated_by", size=40),
    Column("sys_created_on", "glide_date_time", 40),
    Column("sys_created_by", size=40),
)

TABLES: Mapping[str, Mapping[str, Column]] = {
    "sys_properties": _columns(
        Column("name", size=100),
        Column("value", size=4000),
        Column("type", "choice", 40),
        "description",
        "choices",
        "suffix",
        *_booleans("ignore_cache", "is_private"),
        "read_roles",
        "write_roles",
        Column("sys_scope", "reference", 32, "sys_scope"),
    ),
    "sys_email_account": _columns(
        Column("name", size=100),
        Column("type", "choice", 40),
        Column("authentication", "choice", 40),
        Column("connection_security", "choice", 40),
        *_booleans("active", "servicenow_configured", "enable_tls", "enable_ssl"),
        Column("server", size=100),
        Column("port", "integer", 40),
        Column("user_name", size=100),
        Column("from", size=100),
        Column("email_user_label", size=100),
        Column("password", "password2", 40),
    ),
    "sys_choice": _columns(
        "name",
        "element",
        "value",
        "label",
        "language",
        Column("sequence", "integer"),
        *_booleans("inactive"),
    ),
    "sys_dictionary": _columns(
        "name", "element", "internal_type", Column("max_length", "integer"), "column_label"
    ),
    "sys_email": _columns(
        Column("type", "choice", 40),
        Column("state", "choice", 40),
        "subject",
        Column("recipients", size=8000),
        Column("copied", size=8000),
        Column("blind_copied", size=8000),
        Column("body_text", size=100_000),
        "error_string",
    ),
    "sys_trigger": _columns(
        "name",
        Column("state", "choice", 40),
        Column("next_action", "glide_date_time", 40),
        Column("run_count", "integer", 40),
        "trigger_type",
    ),
    "sys_user": _columns("user_name", "name", "email", *_booleans("active")),
    "sys_user_role": _columns("name"),
    "sys_user_has_role": _columns(
        Column("user", "reference", 32, "sys_user"),
        Column("role", "reference", 32, "sys_user_role"),
    ),
    "sys_scope": _columns("name", "scope"),
}

DISPLAY: Mapping[str, str] = {"sys_user": "name"}
"""The column that stands for a row where another one refers to it; `name` unless said here."""

CHOICES: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("sys_email_account", "type"): {
        "pop3": "POP3",
        "imap": "IMAP",
        "smtp": "SMTP",
        "graph_in": "Microsoft Graph (Receive)",
        "graph_out": "Microsoft Graph (Send)",
    },
    ("sys_email_account", "authentication"): {
        "NULL": "--None--",
        "password": "Password",
        "oauth": "OAUTH",
        "oauth2": "OAUTH 2.0",
    },
    ("sys_email_account", "connection_security"): {
        "unencrypted": "None",
        "explicit_tls": "STARTTLS",
        "implicit_tls": "SSL/TLS",
    },
    ("sys_email", "type"): {
        "received": "received",
        "received-ignored": "received - ignored",
        "send-failed": "send - failed",
        "send-ignored": "send - ignored",
        "send-ready": "send - ready",
        "send-retry-backoff": "send - retry - backoff",
        "send-retry-delayed": "send - retry - delayed",
        "send-translation-ready": "send - translation - ready",
        "sent": "sent",
    },
    ("sys_email", "state"): {
        "ready": "Ready",
        "processed": "Processed",
        "error": "Error",
        "ignored": "Ignored",
    },
    ("sys_trigger", "state"): {"0": "Ready", "1": "Running", "2": "Queued", "-1": "Error"},
    ("sys_properties", "type"): {
        name: name
        for name in (
            "string",
            "integer",
            "boolean",
            "choicelist",
            "password",
            "password2",
            "short_string",
        )
    },
}
"""What a choice column can hold: stored values and their labels."""


def find_choice(table: str, element: str, label: str) -> str:
    """The stored value of a label; the text itself where it is no label."""
    choices = CHOICES.get((table, element), {})
    return next((value for value, text in choices.items() if text == label), label)
