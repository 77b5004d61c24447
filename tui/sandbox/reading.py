"""A row as a request wants to see it, and a body as it is meant."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from tui.sandbox.answers import Refused
from tui.sandbox.schema import CHOICES, TABLES, Column, choice
from tui.sandbox.tables import column_at, encrypted, is_secret, moment, stamp
from tui.sandbox.world import SandboxState

ZONE = timezone(timedelta(hours=-8))
"""Where its users live: what they are shown as a time is not what is stored."""

MASK = "********"


@dataclass(frozen=True, slots=True)
class View:
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
    def of(cls, query: Mapping[str, str], url: str) -> "View":
        """What the parameters of a request say."""
        return cls(
            query.get("sysparm_display_value", "false").lower(),
            query.get("sysparm_exclude_reference_link", "false").lower() != "true",
            tuple(name for name in query.get("sysparm_fields", "").split(",") if name),
            url,
        )

    def show(self, world: SandboxState, table: str, row: Mapping[str, str]) -> dict[str, Any]:
        """The row; names of columns that do not exist are ignored."""
        names: Iterable[str] = self.fields or world.columns(table)
        found = {name: column_at(table, name, world.hidden(table)) for name in names}
        return {
            name: self._field(world, table, row, name, column)
            for name, column in found.items()
            if column
        }

    def _field(
        self, world: SandboxState, table: str, row: Mapping[str, str], name: str, column: Column
    ) -> Any:
        value = _readable(world, table, row, name)
        shown = _shown(world, table, row, name, column)
        link = f"{self.url}/api/now/table/{column.refers_to}/{value}"
        has_link = self.links and bool(column.refers_to) and value != ""
        if self.display == "all":
            both = {"display_value": shown, "value": value}
            return {**both, "link": link} if has_link else both
        if self.display == "true":
            return {"display_value": shown, "link": link} if has_link else shown
        return {"link": link, "value": value} if has_link else value


def meant(
    world: SandboxState,
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
        column = None if name in world.hidden(table) else TABLES[table].get(name)
        if column is None and world.switches.unknown_fields_refused:
            raise Refused(400, "Invalid field", f"Field {name} does not exist in {table}")
        if column is None or name.startswith("sys_") or name == "servicenow_configured":
            continue
        text = _text(value)
        fields[name] = _stored(world, table, column, text) if as_display else text
    after = {**row, **fields}
    for name in list(fields):
        if is_secret(table, after, name):
            if not as_display:
                del fields[name]
            else:
                fields[name] = _fitting(world, TABLES[table][name], fields[name])
    return fields


def _readable(world: SandboxState, table: str, row: Mapping[str, str], path: str) -> str:
    if not is_secret(table, row, path) or not row[path]:
        return world.tables.value(table, row, path)
    match world.switches.secrets_read:
        case "ciphertext":
            return encrypted(row, path)
        case "masked":
            return MASK
    return ""


def _shown(
    world: SandboxState, table: str, row: Mapping[str, str], path: str, column: Column
) -> str:
    value = _readable(world, table, row, path)
    if is_secret(table, row, path):
        return MASK if value else ""
    match column.type:
        case "choice":
            return CHOICES.get((table, path), {}).get(value, value)
        case "reference":
            return world.tables.display(column.refers_to, value)
        case "glide_date_time" if value:
            return moment(value).astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")
    return value


def _stored(world: SandboxState, table: str, column: Column, text: str) -> str:
    match column.type:
        case "choice":
            return choice(table, column.name, text)
        case "reference":
            rows = world.tables.rows(column.refers_to)
            named = [
                row for row in rows if world.tables.display(column.refers_to, row["sys_id"]) == text
            ]
            return named[0]["sys_id"] if named else text
        case "glide_date_time":
            return _stored_time(text)
    return text


def _stored_time(text: str) -> str:
    try:
        local: datetime = moment(text).replace(tzinfo=ZONE)
    except ValueError:
        return text
    return stamp(local)


def _fitting(world: SandboxState, column: Column, text: str) -> str:
    if len(text) <= column.size:
        return text
    if world.switches.long_secret == "refuse":  # noqa: S105 - a policy, no secret
        detail = f"Value of {column.name} is longer than {column.size} characters"
        raise Refused(403, "Operation Failed", detail)
    return text[: column.size]


def _text(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("value", value.get("display_value", ""))
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
