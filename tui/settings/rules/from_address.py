"""Rules for the sender of the mail."""

import re

from tui.settings.catalog import Settings
from tui.settings.findings import Fix
from tui.settings.parse.email_address import find_address_problem, is_special_use
from tui.settings.rules.rule import Findings, error, note, rule, warning
from tui.settings.target_facts import Context

_BETWEEN = re.compile(r"[\s<>()\[\],;:\"]+")


@rule("user")
def user_address(settings: Settings, context: Context) -> Findings:
    """KB0521756: "Enter the email address you want to use for SMTP authentication"."""
    user = settings.user
    if not user:
        return
    if "@" not in user:
        problem = "The user email is a full address, such as helpdesk@company.com."
    else:
        problem = find_address_problem(user)
    if problem and context.facts.has_separate_from:
        yield warning(
            "user",
            "user.not-address",
            "No full address. It can be right, as some relays have logins of one word, "
            "since the sender has a field of its own here.",
        )
    elif problem:
        yield error("user", "user.not-address", problem)
    elif is_special_use(user):
        yield warning(
            "user",
            "user.special-use",
            "The domain is for special use: only a network of yours knows it, and replies from "
            "elsewhere will not find it.",
        )
    elif "." not in user.rpartition("@")[2]:
        yield warning("user", "user.no-dot", "The domain has no dot: replies will not find it.")


@rule("display_name")
def encoded_display_name(settings: Settings, context: Context) -> Findings:
    """A header holds ASCII; anything else is sent as an encoded word (RFC 2047)."""
    if not settings.display_name.isascii():
        yield note(
            "display_name",
            "display_name.encoded",
            "It goes out encoded (RFC 2047); mail programs show it as it is here.",
        )


@rule("display_name")
def blanks_around_display_name(settings: Settings, context: Context) -> Findings:
    """Blanks around a name mostly come from a paste."""
    name = settings.display_name
    if name != name.strip() and name.strip():
        yield warning(
            "display_name",
            "display_name.blanks",
            "There are blanks around it.",
            Fix("remove them", {"display_name": name.strip()}),
        )


@rule("display_name", "user")
def address_in_display_name(settings: Settings, context: Context) -> Findings:
    """A display name with another address than the sender's looks forged."""
    words = _BETWEEN.split(settings.display_name.casefold())
    shown = {word for word in words if _looks_like_address(word)}
    if shown - {settings.user.casefold()}:
        yield warning(
            "display_name",
            "display_name.address",
            "It shows an address other than the sender's; mail filters take that for forgery.",
        )


def _looks_like_address(word: str) -> bool:
    local, _, domain = word.rpartition("@")
    return bool(local) and "." in domain.strip(".")
