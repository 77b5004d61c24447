"""Tables of the instance: their columns and choices.

The columns are those that public code confirms. The values that the platform stores for
connection security and for the Graph types are not known; those here are made up, so a client
has to read them from `sys_choice`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        name: Name in requests.
        type: string, boolean, integer, glide_date_time, password2, choice or reference.
        size: Characters it holds.
        refers_to: Table that a reference points to.
    """

    name: str
    type: str = "string"
    size: int = 255
    refers_to: str = ""


def _make_columns(*columns: str | Column) -> Mapping[str, Column]:
    own = [column if isinstance(column, Column) else Column(column) for column in columns]
    return {column.name: column for column in (*own, *_SYSTEM)}


def _make_booleans(*names: str) -> tuple[Column, ...]:
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
    "sys_properties": _make_columns(
        Column("name", size=100),
        Column("value", size=4000),
        Column("type", "choice", 40),
        "description",
        "choices",
        "suffix",
        *_make_booleans("ignore_cache", "is_private"),
        "read_roles",
        "write_roles",
        Column("sys_scope", "reference", 32, "sys_scope"),
    ),
    "sys_email_account": _make_columns(
        Column("name", size=100),
        Column("type", "choice", 40),
        Column("authentication", "choice", 40),
        Column("connection_security", "choice", 40),
        *_make_booleans("active", "servicenow_configured", "enable_tls", "enable_ssl"),
        Column("server", size=100),
        Column("port", "integer", 40),
        Column("user_name", size=100),
        Column("from", size=100),
        Column("email_user_label", size=100),
        Column("password", "password2", 40),
    ),
    "sys_choice": _make_columns(
        "name",
        "element",
        "value",
        "label",
        "language",
        Column("sequence", "integer"),
        *_make_booleans("inactive"),
    ),
    "sys_dictionary": _make_columns(
        "name", "element", "internal_type", Column("max_length", "integer"), "column_label"
    ),
    "sys_email": _make_columns(
        Column("type", "choice", 40),
        Column("state", "choice", 40),
        "subject",
        Column("recipients", size=8000),
        Column("copied", size=8000),
        Column("blind_copied", size=8000),
        Column("body_text", size=100_000),
        "error_string",
    ),
    "sys_trigger": _make_columns(
        "name",
        Column("state", "choice", 40),
        Column("next_action", "glide_date_time", 40),
        Column("run_count", "integer", 40),
        "trigger_type",
    ),
    "sys_user": _make_columns("user_name", "name", "email", *_make_booleans("active")),
    "sys_user_role": _make_columns("name"),
    "sys_user_has_role": _make_columns(
        Column("user", "reference", 32, "sys_user"),
        Column("role", "reference", 32, "sys_user_role"),
    ),
    "sys_scope": _make_columns("name", "scope"),
}

DISPLAY_COLUMNS: Mapping[str, str] = {"sys_user": "name"}
"""The column that a reference to a row shows, if it isn't `name`."""

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
"""Stored values of choice columns and their labels."""


def find_choice(table: str, element: str, label: str) -> str:
    """Return the stored value of a label, or the text itself if it isn't a label."""
    choices = CHOICES.get((table, element), {})
    return next((value for value, text in choices.items() if text == label), label)


def find_column(table: str, path: str, hidden: Iterable[str] = ()) -> Column | None:
    """Return the column that a path leads to, or None.

    Args:
        table: Name of the table the path starts from.
        path: Names of columns joined by dots; all but the last are references.
        hidden: Columns of the table that are switched off.
    """
    name, _, rest = path.partition(".")
    column = None if name in hidden else TABLES[table].get(name)
    if column is None or not rest:
        return column
    return find_column(column.refers_to, rest) if column.refers_to else None
