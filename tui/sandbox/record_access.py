"""What users see of records and change in them, by their roles and the platform's rules.

`sys_properties` is written by admin only (r_SecurityJumpStartACLRules), email accounts by
admin or email_account_admin (create-email-account-smtp). email_admin resends mail
(granular-admin-roles-notifications), so it reads and writes emails here. A property that names
roles of its own in read_roles or write_roles follows those instead
(t_AddAPropertyUsingSysPropsList).
If no document says more, nothing else is visible.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, timedelta, timezone
from typing import Any

from starlette.requests import Request

from tui.sandbox.audit import record_changes, record_deletion
from tui.sandbox.authenticator import User
from tui.sandbox.business_rules import MANAGED_RULE, check_account, check_property, rule_error
from tui.sandbox.encoded_query import parse_query
from tui.sandbox.http_messages import (
    ApiError,
    access_error,
    get_fields,
    missing_record_error,
    query_error,
)
from tui.sandbox.sandbox_state import SandboxState
from tui.sandbox.tables import (
    CHOICES,
    TABLES,
    Column,
    Row,
    encrypt_secret,
    find_choice,
    find_column,
    format_time,
    is_secret,
    parse_time,
    split_list,
)

READERS: Mapping[str, frozenset[str]] = {
    "sys_properties": frozenset({"email_account_admin", "email_reader"}),
    "sys_email_account": frozenset({"email_account_admin"}),
    "sys_choice": frozenset({"email_account_admin", "email_reader", "email_api_send"}),
    "sys_dictionary": frozenset({"email_account_admin", "email_reader", "email_api_send"}),
    "sys_email": frozenset({"email_admin"}),
    "syslog_email": frozenset({"email_log_viewer"}),
    "made_up_provider": frozenset({"email_account_admin"}),
    "made_up_profile": frozenset({"email_account_admin"}),
}
"""Roles that read a table, beside admin."""
NARROW_TABLES = frozenset({"sys_properties", "sys_choice", "sys_dictionary"})
"""Tables that `email_account_admin` may not read where its rights are narrow."""
WRITERS: Mapping[str, frozenset[str]] = {
    "sys_email_account": frozenset({"email_account_admin"}),
    "sys_email": frozenset({"email_admin"}),
}
USER_TIMEZONE = timezone(timedelta(hours=-8))
"""Time zone of display values; stored times are UTC."""
MASK = "********"

_ACCOUNTS = "sys_email_account"


@dataclass(frozen=True, slots=True)
class RecordView:
    """How a request wants to see records.

    Attributes:
        display: `sysparm_display_value`: false for stored values, true for display values, all
            for both.
        has_links: Whether references come with an address.
        fields: Fields to return; none means all.
        url: Address of the instance, which ends in a slash.
    """

    display: str
    has_links: bool
    fields: tuple[str, ...]
    url: str

    @classmethod
    def from_request(cls, request: Request) -> "RecordView":
        """Return the view that the parameters of a request ask for."""
        query = request.query_params
        return cls(
            query.get("sysparm_display_value", "false").lower(),
            query.get("sysparm_exclude_reference_link", "false").lower() != "true",
            get_fields(request),
            str(request.base_url),
        )

    def render(self, value: str, shown: str, column: Column) -> Any:
        """Return a field with this stored value and this display value."""
        link = f"{self.url}api/now/table/{column.refers_to}/{value}"
        has_link = self.has_links and bool(column.refers_to) and value != ""
        if self.display == "all":
            both = {"display_value": shown, "value": value}
            return {**both, "link": link} if has_link else both
        if self.display == "true":
            return {"display_value": shown, "link": link} if has_link else shown
        return {"link": link, "value": value} if has_link else value


@dataclass(frozen=True, slots=True)
class RecordAccess:
    """A user's access to the records of a table; hold the lock of the state."""

    state: SandboxState
    user: User
    table: str

    @property
    def readers(self) -> frozenset[str]:
        """The roles that read the table, beside admin."""
        roles = READERS.get(self.table, frozenset())
        if self.state.platform.narrow_roles and self.table in NARROW_TABLES:
            return roles - {"email_account_admin"}
        return roles

    def query(self, encoded: str) -> list[Row]:
        """Return the rows that a query finds, whether or not the user may see them.

        Raises:
            ApiError: The user may not query the table, or a field in the query is unknown.
        """
        state, tables = self.state, self.state.tables
        hidden = state.hidden_columns(self.table)
        if self.table in state.platform.forbidden_tables and not self.user.has_any(self.readers):
            raise query_error()

        def get_type(path: str) -> str | None:
            column = find_column(self.table, path, hidden)
            return column.type if column else None

        parsed = parse_query(encoded, get_type)
        by_property = tables.property("glide.invalid_query.returns_no_rows") == "true"
        if parsed.invalid and state.platform.invalid_query_refused:
            raise query_error()
        if parsed.invalid and (by_property or state.switches.returns_no_rows):
            return []
        rows = [
            row for row in tables.rows(self.table) if not state.is_switched_off(self.table, row)
        ]
        if self.table in state.platform.query_rule_tables:
            rows = [row for row in rows if self.is_visible(row)]
        return parsed.select(rows, lambda row, path: tables.value(self.table, row, path))

    def is_visible(self, row: Row) -> bool:
        """Return whether the user may see a row."""
        switches = self.state.switches
        if self.table == _ACCOUNTS and switches.accounts_hidden:
            return False
        if self.table.startswith("sys_user"):
            return switches.roles_readable and self._is_own(row)
        own = frozenset(split_list(row.get("read_roles", "")))
        return self.user.has_any(own or self.readers)

    def get(self, sys_id: str) -> dict[str, str]:
        """Return a row.

        Raises:
            ApiError: The row is missing or hidden from the user.
        """
        row = self.state.tables.get(self.table, sys_id)
        if row is None or not self.is_visible(row):
            raise missing_record_error()
        return row

    def render(self, row: Row, view: RecordView) -> dict[str, Any]:
        """Return a record's fields; unknown fields are left out."""
        fields = {}
        for name in view.fields or TABLES[self.table]:
            if column := find_column(self.table, name, self.state.hidden_columns(self.table)):
                value = self._stored_value(row, name)
                fields[name] = view.render(
                    value, self._display_value(row, name, value, column), column
                )
        return fields

    def create(self, payload: Mapping[str, Any], as_display: bool) -> dict[str, str]:
        """Add a record and return its row.

        Raises:
            ApiError: The user may not, or a rule forbids it.
        """
        blank = self.state.tables.blank(self.table)
        self._check_writable("Insert", blank)
        fields = self._parse_payload(blank, payload, as_display)
        if self.table == _ACCOUNTS:
            check_account(self.state, None, blank | fields, encrypts=False)
        if self.table == "sys_properties":
            check_property(self.state, None, blank | fields)
        sys_id = self.state.tables.insert(self.table, self.user.name, fields)
        self._flush_caches(blank | fields)
        return self.state.tables.get(self.table, sys_id) or {}

    def update(self, sys_id: str, payload: Mapping[str, Any], as_display: bool) -> dict[str, str]:
        """Change a record and return its row.

        Raises:
            ApiError: The user may not see or write it, or a rule forbids it.
        """
        row = self.get(sys_id)
        self._check_writable("Update", row)
        fields = self._parse_payload(row, payload, as_display)
        if self.table == "sys_properties":
            fields = _keep_encrypted(row, fields)
        after = row | fields
        # A secret is encrypted again with each write, so it always counts as changed.
        encrypts = any(is_secret(self.table, after, name) for name in fields)
        if encrypts or after != row:
            if self.table == _ACCOUNTS:
                check_account(self.state, row, after, encrypts)
            if self.table == "sys_properties":
                check_property(self.state, row, after)
            tables = self.state.tables
            tables.update(self.table, sys_id, self.user.name, fields, encrypts)
            if self.state.platform.audited:
                stored = tables.get(self.table, sys_id) or {}
                record_changes(tables, self.table, row, stored, fields)
            self._flush_caches(after)
        return self.state.tables.get(self.table, sys_id) or {}

    def delete(self, sys_id: str) -> None:
        """Delete a record.

        Raises:
            ApiError: The user may not see or write it, or a rule forbids it.
        """
        row = self.get(sys_id)
        self._check_writable("Delete", row)
        # A ServiceNow-configured account cannot be deleted (c_EmailAccounts).
        if self.table == _ACCOUNTS and row["servicenow_configured"] == "true":
            raise rule_error(_ACCOUNTS, MANAGED_RULE)
        self.state.tables.delete(self.table, sys_id)
        if self.state.platform.audited:
            record_deletion(self.state.tables, self.table, row, self.user.name)
        self._flush_caches(row)

    def _is_own(self, row: Row) -> bool:
        if not self.user.roles:
            return False
        if "admin" in self.user.roles:
            return True
        match self.table:
            case "sys_user":
                return row["user_name"] == self.user.name
            case "sys_user_role":
                return row["name"] in self.user.roles
        return self.state.tables.value(self.table, row, "user.user_name") == self.user.name

    def _check_writable(self, operation: str, row: Row) -> None:
        own = frozenset(split_list(row.get("write_roles", "")))
        if not self.user.has_any(own or WRITERS.get(self.table, frozenset())):
            raise access_error(operation)

    def _flush_caches(self, row: Row) -> None:
        if self.table == "sys_properties" and row["ignore_cache"] != "true":
            self.state.flush_caches()

    def _stored_value(self, row: Row, path: str) -> str:
        if not is_secret(self.table, row, path) or not row[path]:
            return self.state.tables.value(self.table, row, path)
        match self.state.switches.secrets_read:
            case "ciphertext":
                return encrypt_secret(row, path)
            case "masked":
                return MASK
        return ""

    def _display_value(self, row: Row, path: str, value: str, column: Column) -> str:
        if is_secret(self.table, row, path):
            return MASK if value else ""
        match column.type:
            case "choice":
                return CHOICES.get((self.table, path), {}).get(value, value)
            case "reference":
                return self.state.tables.display(column.refers_to, value)
            case "glide_date_time" if value:
                return parse_time(value).astimezone(USER_TIMEZONE).strftime("%Y-%m-%d %H:%M:%S")
        return value

    def _parse_payload(
        self, row: Row, payload: Mapping[str, Any], as_display: bool
    ) -> dict[str, str]:
        """Return the fields that a payload sets, as they are stored.

        With `as_display` the whole payload is taken as display values; without it, fields that
        are kept encrypted are dropped (c_TableAPI, sysparm_input_display_value).

        Raises:
            ApiError: A field is unknown or no time and a switch says so, or a secret is too long.
        """
        columns, hidden = TABLES[self.table], self.state.hidden_columns(self.table)
        fields: dict[str, str] = {}
        for name, value in payload.items():
            column = None if name in hidden else columns.get(name)
            if column is None and self.state.switches.unknown_fields_refused:
                raise ApiError(400, "Invalid field", f"Field {name} does not exist in {self.table}")
            if column is None or name.startswith("sys_") or name == "servicenow_configured":
                continue
            text = _to_text(value)
            if column.type == "glide_date_time":
                fields[name] = self._parse_time(text, as_display)
            else:
                fields[name] = self._parse_display_value(column, text) if as_display else text
        # The type that a property has afterwards decides whether its value is a secret.
        after = {**row, **fields}
        for name in [name for name in fields if is_secret(self.table, after, name)]:
            if as_display:
                fields[name] = self._fit_secret(columns[name], fields[name])
            else:
                del fields[name]
        return fields

    def _parse_display_value(self, column: Column, text: str) -> str:
        tables = self.state.tables
        match column.type:
            case "choice":
                return find_choice(self.table, column.name, text)
            case "reference":
                for row in tables.rows(column.refers_to):
                    if tables.display(column.refers_to, row["sys_id"]) == text:
                        return row["sys_id"]
        return text

    def _parse_time(self, text: str, as_display: bool) -> str:
        if not text:
            return ""
        try:
            zone = USER_TIMEZONE if as_display else UTC
            moment = parse_time(text).replace(tzinfo=zone)
            # Years of four digits in every time zone.
            if not 1001 <= moment.year <= 9998:
                raise ValueError(text)
            return format_time(moment)
        except ValueError:
            if self.state.platform.invalid_time == "refuse":
                raise ApiError(403, "Operation Failed", f"Invalid date: {text}") from None
            return ""

    def _fit_secret(self, column: Column, text: str) -> str:
        if len(text) <= column.size:
            return text
        if self.state.switches.long_secret == "refuse":  # noqa: S105 - a policy, not a secret
            detail = f"Value of {column.name} is longer than {column.size} characters"
            raise ApiError(403, "Operation Failed", detail)
        return text[: column.size]


def _keep_encrypted(row: Row, fields: Mapping[str, str]) -> dict[str, str]:
    """Return the fields of a property, whose stored ciphertext stays if only its type changes."""
    name = "sys_properties"
    kept = {**fields}
    if is_secret(name, row, "value") and not is_secret(name, {**row, **fields}, "value"):
        kept.setdefault("value", encrypt_secret(row, "value"))
    return kept


def _to_text(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("value", value.get("display_value", ""))
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
