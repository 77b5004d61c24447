"""How an account that sends signs in by OAuth, by name: never a token."""

from dataclasses import dataclass
from datetime import datetime

from tui.settings.delivery.evidence import parse_time


@dataclass(frozen=True, slots=True)
class OAuthToken:
    """What may be known of a token.

    Attributes:
        kind: as the instance stores it, such as access or refresh; "" if that can't be read.
        expires: when it expires, in UTC as the instance writes it, or "".
    """

    kind: str
    expires: str

    def has_expired(self, now: datetime) -> bool:
        """Return whether it has expired; one without a time has not."""
        when = parse_time(self.expires)
        return when is not None and when <= now


@dataclass(frozen=True, slots=True)
class OAuthSignIn:
    """The OAuth sign-in of an account that sends.

    The names of the columns and tables are not confirmed: they are found by their labels, so that
    what is not found counts as unknown.

    Attributes:
        account: its name.
        type: the label of its type, or "".
        profile: the name of its OAuth profile, "" if none is set; None if that can't be read.
        provider: the name of its OAuth provider, as above.
        tokens: those of the profile, as far as any were returned; None if they can't be read.
    """

    account: str
    type: str = ""
    profile: str | None = None
    provider: str | None = None
    tokens: tuple[OAuthToken, ...] | None = None
