"""Signing in to the outgoing server."""

from tui.settings.catalog import Settings
from tui.settings.findings import Fix
from tui.settings.rules.rule import Found, Rule, error, note, rule, warning
from tui.settings.target_facts import Context
from tui.settings.values import SecretState, Security


@rule("authenticate", "user")
def user(settings: Settings, context: Context) -> Found:
    """Article: the check box uses the user name and password properties."""
    if settings.authenticate and not settings.user:
        yield error("user", "authenticate.user", "Signing in needs a user email.")


@rule("authenticate", "password")
def password(settings: Settings, context: Context) -> Found:
    """Unset is an error; a secret that nobody here can see is not."""
    state = settings.password
    if not settings.authenticate:
        if state.is_set:
            yield note(
                "authenticate",
                "authenticate.off",
                "There is a password, and it is not used for sending.",
            )
    elif state in (SecretState.UNSET, SecretState.CLEARED):
        yield error("password", "authenticate.password", "Signing in needs a password.")
    elif state is SecretState.NOT_KEPT:
        yield note(
            "password", "password.not-kept", "It is not kept here; it is asked for when needed."
        )
    elif state is SecretState.UNKNOWN:
        yield note("password", "password.unknown", "An instance never tells whether one is set.")


@rule("authenticate", "security")
def in_clear(settings: Settings, context: Context) -> Found:
    """Credentials over a connection without TLS."""
    if settings.authenticate and settings.security is Security.NONE:
        yield warning(
            "security",
            "authenticate.clear",
            "User and password travel in clear.",
            Fix("use starttls", {"security": Security.STARTTLS}),
        )


RULES: tuple[Rule, ...] = (user, password, in_clear)
