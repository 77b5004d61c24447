"""Tables of the instance: their columns, choices and rows.

The columns are those that public code confirms. The values that the platform stores for
connection security and for the Graph types are not known; those here are made up, so a client
has to read them from `sys_choice`.
"""

import hashlib
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeAlias

Row: TypeAlias = Mapping[str, str]
"""Values by column."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        type: string, boolean, integer, glide_date_time, password2, choice or reference.
        size: Characters it holds.
        refers_to: Table that a reference points to.
        label: What a form shows, if it isn't made from the name.
    """

    name: str
    type: str = "string"
    size: int = 255
    refers_to: str = ""
    label: str = ""


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
        Column(
            "system_address_filter",
            "reference",
            32,
            "sys_email_address_filter",
            "System Address Filter",
        ),
        Column("enable_debug", "boolean", 40, label="Enable debug output"),
        Column("u_cost_center", size=40, label="Cost center"),
        Column("made_up_provider", "reference", 32, "made_up_provider", "OAuth Provider"),
        Column("made_up_profile", "reference", 32, "made_up_profile", "OAuth Profile"),
    ),
    "made_up_provider": _make_columns("name"),
    "made_up_profile": _make_columns("name"),
    "made_up_token": _make_columns(
        Column("profile", "reference", 32, "made_up_profile"),
        Column("type", size=40),
        Column("token", "password2", 4000),
        Column("expires", "glide_date_time", 40),
    ),
    "sys_email_address_filter": _make_columns("name"),
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
        "name",
        "element",
        "internal_type",
        Column("max_length", "integer"),
        "column_label",
        "reference",
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
    "syslog_email": _make_columns(
        Column("email", "reference", 32, "sys_email"),
        Column("level", "choice", 40),
        Column("message", size=4000),
    ),
    "sys_audit": _make_columns(
        "tablename",
        Column("documentkey", "GUID", 32),
        "fieldname",
        Column("oldvalue", size=4000),
        Column("newvalue", size=4000),
        Column("user", size=40),
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

EXTRA_ACCOUNT_COLUMNS = frozenset({"system_address_filter", "enable_debug", "u_cost_center"})
"""Columns that not every instance's accounts have."""

OAUTH_ACCOUNT_COLUMNS = frozenset({"made_up_provider", "made_up_profile"})
"""Columns of an account that name how it signs in by OAuth; only their labels are known."""
OAUTH_TABLES = frozenset({"made_up_provider", "made_up_profile", "made_up_token"})
"""What those columns lead to."""

SECRET_TYPES = ("password", "password2")
"""Types of properties whose value is kept encrypted."""
DISPLAY_COLUMNS: Mapping[str, str] = {"sys_email": "subject"}
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
    ("syslog_email", "level"): {"0": "Information", "1": "Warning", "2": "Error"},
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
    """Return the column that a path leads to from a table, or None.

    Args:
        path: Names of columns joined by dots; all but the last are references.
        hidden: Columns of the table that are switched off.
    """
    name, _, rest = path.partition(".")
    column = None if name in hidden else TABLES[table].get(name)
    if column is None or not rest:
        return column
    return find_column(column.refers_to, rest) if column.refers_to else None


def utc_now() -> datetime:
    """Return the time in UTC."""
    return datetime.now(UTC)


def format_time(moment: datetime) -> str:
    """Return a time as a column holds it, in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def parse_time(text: str) -> datetime:
    """Return the time that a column holds.

    Raises:
        ValueError: The text is not a time.
    """
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)


@dataclass(slots=True)
class Tables:
    """All rows, with secrets in plain text.

    Attributes:
        clock: Source of stamps.
    """

    clock: Callable[[], datetime] = utc_now
    _rows: dict[str, dict[str, dict[str, str]]] = field(
        default_factory=lambda: {name: {} for name in TABLES}
    )

    def rows(self, table: str) -> list[dict[str, str]]:
        """Return copies of all rows, the oldest first."""
        return [dict(row) for row in self._rows[table].values()]

    def get(self, table: str, sys_id: str) -> dict[str, str] | None:
        """Return a copy of a row, or None."""
        row = self._rows.get(table, {}).get(sys_id)
        return None if row is None else dict(row)

    def find(self, table: str, **values: str) -> list[dict[str, str]]:
        """Return copies of the rows that hold all of these values."""
        return [row for row in self.rows(table) if values.items() <= row.items()]

    def property(self, name: str) -> str:
        """Return the value of a property, or "" if it has no row."""
        rows = self.find("sys_properties", name=name)
        return rows[0]["value"] if rows else ""

    def blank(self, table: str) -> dict[str, str]:
        """Return a row in which nothing is set."""
        columns = TABLES[table].values()
        return {one.name: "false" if one.type == "boolean" else "" for one in columns}

    def insert(self, table: str, by: str, fields: Mapping[str, str]) -> str:
        """Add a row and return its sys_id; stamps and sys_id among the fields are kept.

        Raises:
            KeyError: A field is not a column.
        """
        _check_columns(table, fields)
        created = format_time(self.clock())
        row = self.blank(table) | {
            "sys_id": secrets.token_hex(16),
            "sys_mod_count": "0",
            "sys_created_on": created,
            "sys_updated_on": created,
            "sys_created_by": by,
            "sys_updated_by": by,
        }
        row |= fields
        self._rows[table][row["sys_id"]] = row
        return row["sys_id"]

    def update(
        self, table: str, sys_id: str, by: str, fields: Mapping[str, str], force: bool = False
    ) -> None:
        """Change a row, and its stamps if a value differs.

        Args:
            by: User who makes the change.
            force: Change the stamps even if the values are the same, as for a secret.

        Raises:
            KeyError: There is no such row, or a field is not a column.
        """
        _check_columns(table, fields)
        row = self._rows[table][sys_id]
        if not force and all(row[name] == value for name, value in fields.items()):
            return
        row |= fields
        row |= {
            "sys_mod_count": str(int(row["sys_mod_count"]) + 1),
            "sys_updated_on": format_time(self.clock()),
            "sys_updated_by": by,
        }

    def delete(self, table: str, sys_id: str) -> None:
        """Delete a row."""
        del self._rows[table][sys_id]

    def value(self, table: str, row: Row, path: str) -> str:
        """Return a stored value, secrets encrypted; a path follows references."""
        name, _, rest = path.partition(".")
        if not rest:
            return encrypt_secret(row, name) if is_secret(table, row, name) else row[name]
        target = TABLES[table][name].refers_to
        referenced = self.get(target, row[name])
        return "" if referenced is None else self.value(target, referenced, rest)

    def display(self, table: str, sys_id: str) -> str:
        """Return what a reference to a row shows."""
        row = self.get(table, sys_id)
        return "" if row is None else row[DISPLAY_COLUMNS.get(table, "name")]


def is_secret(table: str, row: Row, name: str) -> bool:
    """Return whether a value is kept encrypted; for a property its type decides."""
    if table == "sys_properties" and name == "value":
        return row["type"] in SECRET_TYPES
    column = TABLES[table].get(name)
    return column is not None and column.type == "password2"


def encrypt_secret(row: Row, name: str) -> str:
    """Return the ciphertext of a secret: new after each write, "" for a blank one."""
    if not row[name]:
        return ""
    seed = f"{row['sys_id']} {row['sys_mod_count']} {row['sys_updated_on']} {row[name]}"
    return hashlib.sha256(seed.encode()).hexdigest()


def _check_columns(table: str, fields: Mapping[str, str]) -> None:
    if unknown := fields.keys() - TABLES[table].keys():
        raise KeyError(f"{table} has no column {', '.join(sorted(unknown))}")


def split_list(text: str) -> list[str]:
    """Return the items of a comma-separated list."""
    return [item for part in text.split(",") if (item := part.strip())]
