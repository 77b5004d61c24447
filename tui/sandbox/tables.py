"""Rows of the tables, their stamps and their secrets."""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tui.sandbox.table_schema import DISPLAY_COLUMNS, TABLES, Column

SECRET_TYPES = ("password", "password2")
"""Types of properties whose value is kept encrypted."""


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

    def property(self, name: str, default: str = "") -> str:
        """Return the value of a property, or the default if it has no row."""
        rows = self.find("sys_properties", name=name)
        return rows[0]["value"] if rows else default

    def blank(self, table: str) -> dict[str, str]:
        """Return a row in which nothing is set."""
        return {name: _blank_value(column) for name, column in TABLES[table].items()}

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
    ) -> bool:
        """Change a row and its stamps; return whether anything changed.

        Args:
            table: Name of the table.
            sys_id: Id of the row.
            by: User who makes the change.
            fields: New values by column.
            force: Change the stamps even if the values are the same, as for a secret.

        Raises:
            KeyError: There is no such row, or a field is not a column.
        """
        _check_columns(table, fields)
        row = self._rows[table][sys_id]
        if not force and all(row[name] == value for name, value in fields.items()):
            return False
        row |= fields
        row |= {
            "sys_mod_count": str(int(row["sys_mod_count"]) + 1),
            "sys_updated_on": format_time(self.clock()),
            "sys_updated_by": by,
        }
        return True

    def delete(self, table: str, sys_id: str) -> None:
        """Delete a row."""
        del self._rows[table][sys_id]

    def value(self, table: str, row: Mapping[str, str], path: str) -> str:
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


def is_secret(table: str, row: Mapping[str, str], name: str) -> bool:
    """Return whether a value is kept encrypted; for a property its type decides."""
    if table == "sys_properties" and name == "value":
        return row["type"] in SECRET_TYPES
    column = TABLES[table].get(name)
    return column is not None and column.type == "password2"


def encrypt_secret(row: Mapping[str, str], name: str) -> str:
    """Return the ciphertext of a secret: new after each write, "" for a blank one."""
    if not row[name]:
        return ""
    seed = f"{row['sys_id']} {row['sys_mod_count']} {row['sys_updated_on']} {row[name]}"
    return hashlib.sha256(seed.encode()).hexdigest()


def _check_columns(table: str, fields: Mapping[str, str]) -> None:
    if unknown := fields.keys() - TABLES[table].keys():
        raise KeyError(f"{table} has no column {', '.join(sorted(unknown))}")


def _blank_value(column: Column) -> str:
    return "false" if column.type == "boolean" else ""


def split_list(text: str) -> list[str]:
    """Return the items of a comma-separated list."""
    return [item for part in text.split(",") if (item := part.strip())]
