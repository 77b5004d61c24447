"""The users of the sandbox, and what their roles allow.

`sys_properties` is written by admin only (r_SecurityJumpStartACLRules), email accounts by
admin or email_account_admin (create-email-account-smtp). A property that names roles of its
own in read_roles or write_roles follows those instead (t_AddAPropertyUsingSysPropsList).
Where no document says more, nothing else is visible.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from tui.sandbox.http_responses import missing_record_error
from tui.sandbox.sandbox_state import SandboxState
from tui.sandbox.tables import split_list

READERS: Mapping[str, frozenset[str]] = {
    "sys_properties": frozenset({"email_account_admin", "email_reader"}),
    "sys_email_account": frozenset({"email_account_admin"}),
    "sys_choice": frozenset({"email_account_admin", "email_reader", "email_api_send"}),
    "sys_dictionary": frozenset({"email_account_admin", "email_reader", "email_api_send"}),
}
WRITERS: Mapping[str, frozenset[str]] = {
    "sys_email_account": frozenset({"email_account_admin"}),
}
ROLES_BY_USER = {
    "admin": ("admin",),
    "mail.admin": ("email_account_admin",),
    "sender": ("email_api_send",),
    "reader": ("email_reader",),
    "nobody": (),
}


@dataclass(frozen=True, slots=True)
class User:
    """A user who can sign in.

    Attributes:
        name: User name.
        password: Different for each sandbox.
        roles: Roles the user holds; admin includes all others.
    """

    name: str
    password: str
    roles: tuple[str, ...]

    def has_any(self, roles: frozenset[str]) -> bool:
        """Return whether the user holds one of these roles, or admin."""
        return "admin" in self.roles or not roles.isdisjoint(self.roles)


def make_users() -> tuple[User, ...]:
    """Return the users, each with a random password."""
    return tuple(
        User(name, secrets.token_urlsafe(15), roles) for name, roles in ROLES_BY_USER.items()
    )


def get_visible(state: SandboxState, user: User, table: str, sys_id: str) -> dict[str, str]:
    """Return a row that the user may see.

    Raises:
        ApiError: The row is missing or hidden.
    """
    row = state.tables.get(table, sys_id)
    if row is None or not is_visible(state, user, table, row):
        raise missing_record_error()
    return row


def is_visible(state: SandboxState, user: User, table: str, row: Mapping[str, str]) -> bool:
    """Return whether the user may see a row."""
    if table == "sys_email_account" and state.switches.accounts_hidden:
        return False
    if table.startswith("sys_user"):
        return state.switches.roles_readable and _is_own(state, user, table, row)
    return user.has_any(_roles_in(row, "read_roles") or READERS.get(table, frozenset()))


def is_writable(user: User, table: str, row: Mapping[str, str]) -> bool:
    """Return whether the user may change or delete a row, or create it if it is blank."""
    return user.has_any(_roles_in(row, "write_roles") or WRITERS.get(table, frozenset()))


def _roles_in(row: Mapping[str, str], column: str) -> frozenset[str]:
    return frozenset(split_list(row.get(column, "")))


def _is_own(state: SandboxState, user: User, table: str, row: Mapping[str, str]) -> bool:
    if not user.roles:
        return False
    if "admin" in user.roles:
        return True
    match table:
        case "sys_user":
            return row["user_name"] == user.name
        case "sys_user_role":
            return row["name"] in user.roles
    return state.tables.value(table, row, "user.user_name") == user.name
