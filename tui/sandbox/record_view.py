"""A row as a request wants to see it, and a body as it is meant."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from tui.sandbox.http_responses import ApiError
from tui.sandbox.sandbox_state import SandboxState
from tui.sandbox.table_schema import CHOICES, TABLES, Column, find_choice
from tui.sandbox.tables import encrypt_secret, find_column, format_time, is_secret, parse_time

ZONE = timezone(timedelta(hours=-8))
"""Where its users live: what they are shown as a time is not what is stored."""

MASK = "********"


@dataclass(frozen=True, slots=True)
class RecordView:
    """How a request wants to see rows.

    Attributes:
        display: false, true or all: stored values, what people are shown, or both.
        links: whether references come with an address.
        fields: columns to show; none is all of them.
        url: of the instance.
    """

    display: str
    links: bool
    fields: tuple[str, ...]
    url: str

    @classmethod
    def of(cls, query: Mapping[str, str], url: str) -> "RecordView":
        """What the parameters of a request say."""
        return cls(
            query.get("sysparm_display_value", "false").lower(),
            query.get("sysparm_exclude_reference_link", "false").lower() != "true",
            tuple(name for name in query.get("sysparm_fields", "").split(",") if name),
            url,
        )

    def show(self, state: SandboxState, table: str, row: Mapping[str, str]) -> dict[str, Any]:
        """The row; names of columns that do not exist are ignored."""
        names: Iterable[str] = self.fields or state.columns(table)
        found = {name: find_column(table, name, state.hidden(table)) for name in names}
        return {
            name: self._field(state, table, row, name, column)
            for name, column in found.items()
            if column
        }

    def _field(
        self, state: SandboxState, table: str, row: Mapping[str, str], name: str, column: Column
    ) -> Any:
        value = _readable(state, table, row, name)
        shown = _shown(state, table, row, name, column)
        link = f"{self.url}/api/now/table/{column.refers_to}/{value}"
        has_link = self.links and bool(column.refers_to) and value != ""
        if self.display == "all":
            both = {"display_value": shown, "value": value}
            return {**both, "link": link} if has_link else both
        if self.display == "true":
            return {"display_value": shown, "link": link} if has_link else shown
        return {"link": link, "value": value} if has_link else value


def parse_fields(
    state: SandboxState,
    table: str,
    row: Mapping[str, str],
    body: Mapping[str, Any],
    as_display: bool,
) -> dict[str, str]:
    """The fields that a body sets, as they are stored.

    Without `as_display` fields that are kept encrypted are dropped; with it everything in the
    body is taken for what people are shown (c_TableAPI, sysparm_input_display_value).

    Args:
        row: as it is before; its type decides which value is a secret.

    Raises:
        Refused: a field is unknown and the switch says so, or a secret is too long.
    """
    fields: dict[str, str] = {}
    for name, value in body.items():
        column = None if name in state.hidden(table) else TABLES[table].get(name)
        if column is None and state.switches.unknown_fields_refused:
            raise ApiError(400, "Invalid field", f"Field {name} does not exist in {table}")
        if column is None or name.startswith("sys_") or name == "servicenow_configured":
            continue
        text = _text(value)
        fields[name] = _stored(state, table, column, text) if as_display else text
    after = {**row, **fields}
    for name in list(fields):
        if is_secret(table, after, name):
            if not as_display:
                del fields[name]
            else:
                fields[name] = _fitting(state, TABLES[table][name], fields[name])
    return fields


def _readable(state: SandboxState, table: str, row: Mapping[str, str], path: str) -> str:
    if not is_secret(table, row, path) or not row[path]:
        return state.tables.value(table, row, path)
    match state.switches.secrets_read:
        case "ciphertext":
            return encrypt_secret(row, path)
        case "masked":
            return MASK
    return ""


def _shown(
    state: SandboxState, table: str, row: Mapping[str, str], path: str, column: Column
) -> str:
    value = _readable(state, table, row, path)
    if is_secret(table, row, path):
        return MASK if value else ""
    match column.type:
        case "choice":
            return CHOICES.get((table, path), {}).get(value, value)
        case "reference":
            return state.tables.display(column.refers_to, value)
        case "glide_date_time" if value:
            return parse_time(value).astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")
    return value


def _stored(state: SandboxState, table: str, column: Column, text: str) -> str:
    match column.type:
        case "choice":
            return find_choice(table, column.name, text)
        case "reference":
            rows = state.tables.rows(column.refers_to)
            named = [
                row for row in rows if state.tables.display(column.refers_to, row["sys_id"]) == text
            ]
            return named[0]["sys_id"] if named else text
        case "glide_date_time":
            return _stored_time(text)
    return text


def _stored_time(text: str) -> str:
    try:
        local: datetime = parse_time(text).replace(tzinfo=ZONE)
    except ValueError:
        return text
    return format_time(local)


def _fitting(state: SandboxState, column: Column, text: str) -> str:
    if len(text) <= column.size:
        return text
    if state.switches.long_secret == "refuse":  # noqa: S105 - a policy, no secret
        detail = f"Value of {column.name} is longer than {column.size} characters"
        raise ApiError(403, "Operation Failed", detail)
    return text[: column.size]


def _text(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("value", value.get("display_value", ""))
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
