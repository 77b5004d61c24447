"""Records as a request wants to see them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta, timezone
from typing import Any

from tui.sandbox.http_requests import get_fields
from tui.sandbox.sandbox_state import SandboxState
from tui.sandbox.table_schema import CHOICES, Column, find_column
from tui.sandbox.tables import encrypt_secret, is_secret, parse_time

USER_TIMEZONE = timezone(timedelta(hours=-8))
"""Time zone of display values; stored times are UTC."""

MASK = "********"


@dataclass(frozen=True, slots=True)
class RecordView:
    """How a request wants to see records.

    Attributes:
        display: `sysparm_display_value`: false for stored values, true for display values, all
            for both.
        has_links: Whether references come with an address.
        fields: Fields to return; none means all.
        url: Address of the instance.
    """

    display: str
    has_links: bool
    fields: tuple[str, ...]
    url: str

    @classmethod
    def from_query(cls, query: Mapping[str, str], url: str) -> "RecordView":
        """Return the view that the parameters of a request ask for."""
        return cls(
            query.get("sysparm_display_value", "false").lower(),
            query.get("sysparm_exclude_reference_link", "false").lower() != "true",
            get_fields(query),
            url,
        )

    def render(self, state: SandboxState, table: str, row: Mapping[str, str]) -> dict[str, Any]:
        """Return the record's fields; unknown fields are left out."""
        names: Iterable[str] = self.fields or state.columns(table)
        columns = {name: find_column(table, name, state.hidden_columns(table)) for name in names}
        return {
            name: self._render_field(state, table, row, name, column)
            for name, column in columns.items()
            if column
        }

    def _render_field(
        self, state: SandboxState, table: str, row: Mapping[str, str], name: str, column: Column
    ) -> Any:
        value = _stored_value(state, table, row, name)
        shown = _display_value(state, table, row, name, column)
        link = f"{self.url}/api/now/table/{column.refers_to}/{value}"
        has_link = self.has_links and bool(column.refers_to) and value != ""
        if self.display == "all":
            both = {"display_value": shown, "value": value}
            return {**both, "link": link} if has_link else both
        if self.display == "true":
            return {"display_value": shown, "link": link} if has_link else shown
        return {"link": link, "value": value} if has_link else value


def _stored_value(state: SandboxState, table: str, row: Mapping[str, str], path: str) -> str:
    if not is_secret(table, row, path) or not row[path]:
        return state.tables.value(table, row, path)
    match state.switches.secrets_read:
        case "ciphertext":
            return encrypt_secret(row, path)
        case "masked":
            return MASK
    return ""


def _display_value(
    state: SandboxState, table: str, row: Mapping[str, str], path: str, column: Column
) -> str:
    value = _stored_value(state, table, row, path)
    if is_secret(table, row, path):
        return MASK if value else ""
    match column.type:
        case "choice":
            return CHOICES.get((table, path), {}).get(value, value)
        case "reference":
            return state.tables.display(column.refers_to, value)
        case "glide_date_time" if value:
            return parse_time(value).astimezone(USER_TIMEZONE).strftime("%Y-%m-%d %H:%M:%S")
    return value
