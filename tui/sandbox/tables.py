"""The rows of the stand-in, their stamps and their secrets."""

import hashlib
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tui.sandbox.table_schema import DISPLAY, TABLES, Column

SECRET_TYPES = ("password", "password2")
"""Types whose value is kept encrypted."""


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def format_time(parse_time: datetime) -> str:
    """A moment as a column holds it, in UTC."""
    return parse_time.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def parse_time(text: str) -> datetime:
    """The moment that a column holds.

    Raises:
        ValueError: it holds none.
    """
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)


@dataclass(slots=True)
class Tables:
    """All rows. Secrets stand in them in clear: this is the inside.

    Attributes:
        clock: what stamps are taken from.
    """

    clock: Callable[[], datetime] = utc_now
    _rows: dict[str, dict[str, dict[str, str]]] = field(
        default_factory=lambda: {name: {} for name in TABLES}
    )

    def rows(self, table: str) -> list[dict[str, str]]:
        """Copies of all rows, the oldest first."""
        return [dict(row) for row in self._rows[table].values()]

    def get(self, table: str, sys_id: str) -> dict[str, str] | None:
        """A copy of a row, or None."""
        row = self._rows.get(table, {}).get(sys_id)
        return None if row is None else dict(row)

    def find(self, table: str, **values: str) -> list[dict[str, str]]:
        """Copies of the rows that hold all of these values."""
        return [row for row in self.rows(table) if values.items() <= row.items()]

    def property(self, name: str, default: str = "") -> str:
        """The value of a property, or what counts where it has no row."""
        found = self.find("sys_properties", name=name)
        return found[0]["value"] if found else default

    def blank(self, table: str) -> dict[str, str]:
        """A row in which nothing is set yet."""
        return {name: _empty(column) for name, column in TABLES[table].items()}

    def insert(self, table: str, by: str, fields: Mapping[str, str]) -> str:
        """Adds a row and returns its sys_id; a stamp or sys_id among the fields stays.

        Raises:
            KeyError: a field is no column.
        """
        _check(table, fields)
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
        """Changes a row and moves its stamps; returns whether anything changed.

        Args:
            force: a secret was encrypted anew, which moves the stamps whatever it was before.

        Raises:
            KeyError: there is no such row, or a field is no column.
        """
        _check(table, fields)
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
        """Removes a row."""
        del self._rows[table][sys_id]

    def value(self, table: str, row: Mapping[str, str], path: str) -> str:
        """A value as it lies in the database, a secret encrypted; a path walks references."""
        name, _, rest = path.partition(".")
        if not rest:
            return encrypt_secret(row, name) if is_secret(table, row, name) else row[name]
        target = TABLES[table][name].refers_to
        referred = self.get(target, row[name])
        return "" if referred is None else self.value(target, referred, rest)

    def display(self, table: str, sys_id: str) -> str:
        """What a reference to a row shows."""
        row = self.get(table, sys_id)
        return "" if row is None else row[DISPLAY.get(table, "name")]


def find_column(table: str, path: str, hidden: Iterable[str] = ()) -> Column | None:
    """The column a path leads to, or None.

    Args:
        path: a column's name, or several that walk references, joined by dots.
        hidden: columns of the table that do not exist at present.
    """
    name, _, rest = path.partition(".")
    column = None if name in hidden else TABLES[table].get(name)
    if column is None or not rest:
        return column
    return find_column(column.refers_to, rest) if column.refers_to else None


def is_secret(table: str, row: Mapping[str, str], name: str) -> bool:
    """Whether a column of a row is kept encrypted; of a property its type decides."""
    column = TABLES[table].get(name)
    if column is None:
        return False
    of_property = table == "sys_properties" and name == "value" and row["type"] in SECRET_TYPES
    return of_property or column.type == "password2"


def encrypt_secret(row: Mapping[str, str], name: str) -> str:
    """What stands for a secret outside: another text after each writing, "" where it is blank."""
    if not row[name]:
        return ""
    seed = f"{row['sys_id']} {row['sys_mod_count']} {row['sys_updated_on']} {row[name]}"
    return hashlib.sha256(seed.encode()).hexdigest()


def _check(table: str, fields: Mapping[str, str]) -> None:
    if unknown := fields.keys() - TABLES[table].keys():
        raise KeyError(f"{table} has no column {', '.join(sorted(unknown))}")


def _empty(column: Column) -> str:
    return "false" if column.type == "boolean" else ""
