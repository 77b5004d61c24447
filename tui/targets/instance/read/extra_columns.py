"""The columns of an account that no property stands for: what a replacement has to take over.

System Address Filter and debug output among them, and whatever an instance has added (`u_…`):
`sys_dictionary` names them all (t_ConfigureAnEmailAccount names those of the form).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tui.targets.instance.api.client import PAGE, Client, Record
from tui.targets.instance.api.response_errors import InstanceProblem
from tui.targets.instance.read.inventory import ACCOUNT_FIELDS, STAMP
from tui.targets.instance.read.oauth_sign_in import OAUTH_LABELS

_TABLE = "sys_email_account"
_EXPECTED = frozenset({"name", "server", "active"})
_SECRET_TYPES = ("password", "password2")
_UNSET = ("", "false")
_MOST_CHARACTERS = 1000
_UNNAMED = "columns whose names were not returned (sys_dictionary), such as System Address Filter"
_REFUSED = ("instance.forbidden", "instance.not-found", "instance.no-table")


@dataclass(frozen=True, slots=True)
class ExtraColumns:
    """The columns of the account that sends beyond its settings.

    Attributes:
        values: the text of each column that can be copied, by column.
        copied: the labels of those that are set.
        lost: the labels of those that are set, or may be, and cannot be read or copied.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    copied: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


async def read_extra_columns(client: Client, account: Record) -> ExtraColumns:
    """Return the columns of an account that was read without them.

    Raises:
        InstanceProblem: the instance fails.
    """
    columns, is_complete = await _read_dictionary(client)
    # How an account signs in by OAuth is never written.
    columns = {n: c for n, c in columns.items() if _label(c).casefold() not in OAUTH_LABELS}
    unnamed = () if is_complete else (_UNNAMED,)
    extra = {n: c for n, c in columns.items() if n not in ACCOUNT_FIELDS and n != "password"}
    fields = tuple(_fitting(n for n, c in extra.items() if c["internal_type"] not in _SECRET_TYPES))
    record = await _read_columns(client, account, fields) if fields else {}
    values: dict[str, str] = {}
    copied, lost = [], []
    for name, column in extra.items():
        is_fixed = "true" in (column.get("read_only"), column.get("virtual"))
        if name not in record or (is_fixed and record[name] not in _UNSET):
            lost.append(_label(column))
        elif not is_fixed:
            values[name] = record[name]
            if record[name] not in _UNSET:
                copied.append(_label(column))
    # Of the settings these two are copied too, where nothing is typed in their place.
    lost += [
        _label(columns[n]) for n in ("from", "email_user_label") if n in columns.keys() - account
    ]
    return ExtraColumns(values, tuple(copied), (*lost, *unnamed))


def _label(column: Record) -> str:
    return column.get("column_label") or column.get("element", "")


def _fitting(names: Iterator[str]) -> Iterator[str]:
    """Yield the columns that one request can ask for."""
    room = _MOST_CHARACTERS
    for name in names:
        room -= len(name) + len("%2C")
        if room >= 0:
            yield name


async def _read_dictionary(client: Client) -> tuple[dict[str, Record], bool]:
    """Return the account's columns by name, and whether those are all."""
    fields = ("name", "element", "internal_type", "column_label", "read_only", "virtual")
    try:
        page = await client.list_records(
            "sys_dictionary", f"name={_TABLE}^ORDERBYelement", fields, limit=PAGE
        )
    except InstanceProblem as problem:
        if problem.code not in _REFUSED:
            raise
        return {}, False
    rows = [row for row in page.records if row.get("name") == _TABLE]
    columns: dict[str, Record] = {
        name: {"internal_type": "", **row}
        for row in rows
        if re.fullmatch("[a-z0-9_]{1,80}", name := row.get("element", ""))
        and not name.startswith("sys_")
    }
    is_whole = page.total is not None and page.total <= len(page.records)
    return columns, is_whole and columns.keys() >= _EXPECTED


async def _read_columns(client: Client, account: Record, fields: tuple[str, ...]) -> Record:
    """Return columns of an account; nothing of it if it changed since it was read."""
    query = f"sys_id={account.get('sys_id', '')}"
    page = await client.list_records(_TABLE, query, (*STAMP, *fields), limit=1)
    for record in page.records:
        if all(record.get(each) == account.get(each) for each in STAMP):
            return {name: text for name, text in record.items() if name in fields}
    return {}
