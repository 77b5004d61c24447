"""An account that signs in by OAuth, or sends by Microsoft Graph, and what can be done about it."""

from collections.abc import Iterator
from datetime import UTC, datetime

from tui.presentation.value_text import HIDDEN
from tui.settings.delivery.oauth import OAuthSignIn, OAuthToken
from tui.settings.delivery.status import DeliveryStatus

OAuthRow = tuple[str, str, str]
"""A mark, a label and its words, as a row of the delivery status."""

_NEEDS = (
    "Your mail server, its port and connection security, a user name and its password, and From "
    "if the user name isn't an address."
)


def oauth_rows(status: DeliveryStatus) -> Iterator[OAuthRow]:
    """Return how the account that sends signs in by OAuth."""
    if (found := status.oauth) is None:
        return
    now = status.evidence.read_at or datetime.now(UTC)
    yield " ", "OAuth profile", profile_words(found)
    has_expired = bool(found.tokens) and all(each.has_expired(now) for each in found.tokens or ())
    yield "!" if has_expired else " ", "OAuth token", token_words(found, now)


def oauth_ways(status: DeliveryStatus, own: str) -> Iterator[OAuthRow]:
    """Return what can be done about an account that signs in by OAuth.

    Args:
        own: how a person chooses your own SMTP account.
    """
    if (found := status.oauth) is None:
        return
    yield (
        " ",
        "Leave it as it is",
        "It needs nothing here. glidemail never changes an OAuth sign-in.",
    )
    if status.sender:
        way_back = f"{found.account} is kept, inactive, so that you can go back."
        yield " ", "Or switch", f"To your own SMTP account ({own}). {way_back}"
    else:
        first = f"deactivate {found.account} on the instance first"
        yield " ", "Or switch", f"To your own SMTP account: {first}, then choose it ({own})."
        unconfirmed = f"Whether an SMTP account can be active next to {found.account}."
        yield " ", "Not confirmed", f"{unconfirmed} While neither is active, no mail goes out."
    yield " ", "You need", _NEEDS


def profile_words(found: OAuthSignIn) -> str:
    """Return the names of the profile and the provider."""
    profile = HIDDEN if found.profile is None else found.profile or "not set"
    return f"{profile}, provider {found.provider}" if found.provider else profile


def token_words(found: OAuthSignIn, now: datetime) -> str:
    """Return when the tokens expire, never a token."""
    if found.tokens is None:
        return HIDDEN
    return "; ".join(_describe(each, now) for each in found.tokens)


def _describe(token: OAuthToken, now: datetime) -> str:
    kind = f"{token.kind}, " if token.kind else ""
    if not token.expires:
        return f"{kind}with no expiry time"
    verb = "expired" if token.has_expired(now) else "expires"
    return f"{kind}{verb} at {token.expires} UTC"
