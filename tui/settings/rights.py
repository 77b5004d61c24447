"""What each command needs on an instance, and what a user visibly has.

Roles by their real names: `admin` writes system properties (r_SecurityJumpStartACLRules), `admin`
or `email_account_admin` changes email accounts (create-email-account-smtp), `email_api_send` sends
through the Email API, which takes a create ACL on `sys_email` as well (grant-access-to-email-api),
`email_admin` resends mail and `email_log_viewer` reads email logs
(granular-admin-roles-notifications). Who else may what is inferred, and marked as unconfirmed.
Whether a user may write is never tried by writing.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Right(StrEnum):
    """Something to do on an instance, in words."""

    READ_SETTINGS = "read the settings"
    READ_ACCOUNTS = "see the email accounts"
    READ_EMAILS = "see sent and failed mail"
    READ_JOB = "see the SMTP Sender job"
    CHANGE_PROPERTIES = "change properties"
    CHANGE_ACCOUNTS = "change and activate email accounts"
    SEND_TEST = "send a test message"
    RELEASE_MAIL = "release failed mail"
    READ_ROLES = "read roles"


@dataclass(frozen=True, slots=True)
class RightNeeds:
    """What a right takes, and what it is for.

    Attributes:
        commands: those that use it.
        roles: each of them is enough.
        unconfirmed: those of which no document says so.
    """

    commands: tuple[str, ...]
    roles: tuple[str, ...]
    unconfirmed: frozenset[str] = frozenset()


_ADMIN = frozenset({"admin"})
NEEDS: Mapping[Right, RightNeeds] = {
    Right.READ_SETTINGS: RightNeeds(
        ("show", "check", "plan"),
        ("admin", "email_account_admin"),
        frozenset({"email_account_admin"}),
    ),
    Right.READ_ACCOUNTS: RightNeeds(("show", "check", "plan"), ("admin", "email_account_admin")),
    Right.READ_EMAILS: RightNeeds(
        ("why", "failed-mail"),
        ("admin", "email_admin", "email_log_viewer"),
        frozenset({"admin", "email_admin", "email_log_viewer"}),
    ),
    Right.READ_JOB: RightNeeds(("why",), ("admin",), _ADMIN),
    Right.CHANGE_PROPERTIES: RightNeeds(("apply",), ("admin",)),
    Right.CHANGE_ACCOUNTS: RightNeeds(("apply",), ("admin", "email_account_admin")),
    Right.SEND_TEST: RightNeeds(("send-test",), ("email_api_send", "admin"), _ADMIN),
    Right.RELEASE_MAIL: RightNeeds(("failed-mail --release",), ("email_admin", "admin"), _ADMIN),
    Right.READ_ROLES: RightNeeds(("doctor",), ("admin",), _ADMIN),
}


class Holding(StrEnum):
    """What shows that a user has a right, in words."""

    READ = "yes, it could be read"
    PARTLY = "in part"
    BY_ROLE = "yes, by role"
    NO_ROLE = "no role found"
    UNKNOWN = "unknown: can't read roles"


@dataclass(frozen=True, slots=True)
class UserRight:
    """A right, and what shows that the user has it.

    Attributes:
        role: the one that gives it, or "".
    """

    right: Right
    holding: Holding
    role: str = ""

    @property
    def needs(self) -> RightNeeds:
        """What it takes."""
        return NEEDS[self.right]


def find_rights(
    roles: Collection[str] | None, read: Collection[Right], partly: Collection[Right] = ()
) -> tuple[UserRight, ...]:
    """Return every right with what shows that the user has it.

    Args:
        roles: the user's; None if they can't be read.
        read: what was read.
        partly: what was read in part.
    """
    return tuple(_find_right(right, roles, read, partly) for right in Right)


def _find_right(
    right: Right, roles: Collection[str] | None, read: Collection[Right], partly: Collection[Right]
) -> UserRight:
    if right in read:
        return UserRight(right, Holding.READ)
    if right in partly:
        return UserRight(right, Holding.PARTLY)
    if roles is None:
        return UserRight(right, Holding.UNKNOWN)
    role = next((each for each in NEEDS[right].roles if each in roles), "")
    return UserRight(right, Holding.BY_ROLE if role else Holding.NO_ROLE, role)
