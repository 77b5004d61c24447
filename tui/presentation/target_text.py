"""What is worked on, in the words that every screen and every command uses for it."""

from typing import TYPE_CHECKING

from tui.presentation.value_text import short_path
from tui.settings.delivery.status import AccountChoice, Model
from tui.settings.target_facts import TargetFacts
from tui.settings.values import Environment
from tui.storage.instance import Instance, SignInMethod

if TYPE_CHECKING:
    from tui.workspace.session import Session

OWN_SERVER_HINT = "^P; --own-server"
"""How a person chooses their own server, on the screen and on the command line."""


def banner_line(session: "Session") -> str:
    """Return what is worked on, where it is, and what it counts as."""
    place, name = session.place, session.profile.name
    if place.is_file:
        words = environment_words(place.environment)
        return f"FILE  {name}  {short_path(session.target.where)}  ({words})"
    where = f"{session.target.where}  {signer_words(session)}  {model_words(session)}"
    return f"{target_tag(place)}  {name}  {where}"


def target_tag(facts: TargetFacts) -> str:
    """Return `FILE`, `PRODUCTION` or `NON-PROD`."""
    if facts.is_file:
        return "FILE"
    return "PRODUCTION" if facts.is_production else "NON-PROD"


def environment_words(environment: Environment | None) -> str:
    """Return the environment's name, or what an unknown one counts as."""
    return str(environment or "counts as production")


def model_words(session: "Session") -> str:
    """Return what decides delivery, in a few words."""
    if not session.is_read:
        return "not connected"
    place = session.place
    if place.choice is AccountChoice.OWN:
        return "own server, not sending yet"
    if place.choice is AccountChoice.PROVIDERS:
        return "ServiceNow's account, not sending"
    match place.model:
        case Model.ACCOUNT if place.managed:
            return "ServiceNow's account sends"
        case Model.ACCOUNT:
            return f"account {place.sender}"
        case Model.NO_ACTIVE_ACCOUNT:
            return "properties, unverified"
        case Model.OTHER_SENDER:
            return "another sender"
        case _:
            return "what sends is not known"


def signer_words(session: "Session") -> str:
    """Return who is signed in to an instance, or "" for a file."""
    match session.profile.instance:
        case None:
            return ""
        case Instance(sign_in=SignInMethod.API_KEY):
            return "API key"
        case Instance(sign_in=SignInMethod.CLIENT_CREDENTIALS):
            return "OAuth client"
        case instance:
            return instance.user
