"""Who there is, and what their roles allow.

`sys_properties` is written by admin only (r_SecurityJumpStartACLRules), email accounts by
admin or email_account_admin (create-email-account-smtp). Where a property names roles of its
own in read_roles or write_roles, these count instead (t_AddAPropertyUsingSysPropsList). What
nobody confirmed is made strict: nothing else is visible.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from tui.sandbox.tables import Tables

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
"""The users there are."""


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who can sign in.

    Attributes:
        name: of the user.
        password: made anew for each stand-in.
        roles: what they hold; admin holds all others too.
    """

    name: str
    password: str
    roles: tuple[str, ...]

    def has_any(self, roles: frozenset[str]) -> bool:
        """Whether they hold one of these, or admin."""
        return "admin" in self.roles or not roles.isdisjoint(self.roles)


def make_users() -> tuple[User, ...]:
    """The users, each with a password of its own."""
    return tuple(
        User(name, secrets.token_urlsafe(15), roles) for name, roles in ROLES_BY_USER.items()
    )


def may_read(user: User, tables: Tables, table: str, row: Mapping[str, str]) -> bool:
    """Whether a row is visible to a user."""
    if table in ("sys_user", "sys_user_has_role", "sys_user_role"):
        return _is_own(user, tables, table, row)
    return user.has_any(_named(row, "read_roles") or READERS.get(table, frozenset()))


def may_write(user: User, table: str, row: Mapping[str, str]) -> bool:
    """Whether a user may change or remove a row, or create it where nothing is set in it."""
    return user.has_any(_named(row, "write_roles") or WRITERS.get(table, frozenset()))


def _named(row: Mapping[str, str], column: str) -> frozenset[str]:
    return frozenset(role.strip() for role in row.get(column, "").split(",") if role.strip())


def _is_own(user: User, tables: Tables, table: str, row: Mapping[str, str]) -> bool:
    if not user.roles:
        return False
    if "admin" in user.roles:
        return True
    match table:
        case "sys_user":
            return row["user_name"] == user.name
        case "sys_user_role":
            return row["name"] in user.roles
    return tables.value(table, row, "user.user_name") == user.name
