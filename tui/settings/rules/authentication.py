"""Rules for signing in to the outgoing mail server."""

from tui.settings.catalog import Settings
from tui.settings.findings import Fix
from tui.settings.rules.rule import Findings, error, note, rule, warning
from tui.settings.target_facts import Context
from tui.settings.values import SecretState, Security


@rule("authenticate", "user")
def missing_user(settings: Settings, context: Context) -> Findings:
    """Signing in needs a user. KB0521756: the check box uses user name and password."""
    if settings.authenticate and not settings.user:
        yield error("user", "authenticate.user", "Signing in needs a user email.")


@rule("authenticate", "password")
def missing_password(settings: Settings, context: Context) -> Findings:
    """Signing in needs a password; one that can't be seen from here isn't missing."""
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
def unencrypted_login(settings: Settings, context: Context) -> Findings:
    """The credentials are sent without TLS."""
    if settings.authenticate and settings.security is Security.NONE:
        yield warning(
            "security",
            "authenticate.clear",
            "User and password travel in clear.",
            Fix("use starttls", {"security": Security.STARTTLS}),
        )
