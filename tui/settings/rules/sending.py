"""Rules for the mail that is sent: its sender, sending itself and the test address."""

import re

from tui.settings.catalog import Settings
from tui.settings.delivery.activation import OUTGOING, plan_activation
from tui.settings.delivery.status import Model
from tui.settings.effects import describe_mailboxes
from tui.settings.findings import Finding, Fix
from tui.settings.parse.address import find_address_problem, find_rare_form, is_special_use
from tui.settings.rules.published_settings import find_outgoing_server
from tui.settings.rules.rule import Findings, error, note, rule, warning
from tui.settings.target_facts import Context

_BETWEEN = re.compile(r"[\s<>()\[\],;:\"]+")


@rule("user", "from", "server")
def user_address(settings: Settings, context: Context) -> Findings:
    """KB0521756: "Enter the email address you want to use for SMTP authentication".

    With a From, it is a login alone, and may be anything.
    """
    user = settings.user
    if not user or (context.after.own_from and not find_address_problem(user)):
        return
    if context.after.own_from:
        yield note(
            "user",
            "user.not-address",
            "It isn't an email address. That is fine for a login, because From is set.",
        )
    elif "@" not in user:
        yield _judge_word(user, settings, context)
    elif problem := find_address_problem(user):
        yield error("user", "user.not-address", f"{problem}{_from_hint(context)}")
    else:
        yield from _check_form("user", user)


@rule("from", "user")
def from_address(settings: Settings, context: Context) -> Findings:
    """t_ConfigureAnEmailAccount: an account's From goes before its user name."""
    if not settings.from_:
        return
    if problem := find_address_problem(settings.from_):
        if "@" not in settings.from_:
            problem = "From must be a full address, such as helpdesk@company.com."
        yield error("from", "from.not-address", problem)
    elif context.after.own_from:
        yield from _check_form("from", context.after.own_from)


_FORM_CODES = {
    "user": ("user.rare", "user.special-use", "user.no-dot"),
    "from": ("from.rare", "from.special-use", "from.no-dot"),
}


def _check_form(name: str, address: str) -> Findings:
    """Yield what few platforms take of a sender's address, or few people can reply to."""
    rare_code, special_use, no_dot = _FORM_CODES[name]
    if rare := find_rare_form(address):
        yield warning(name, rare_code, rare)
    elif is_special_use(address):
        yield warning(
            name,
            special_use,
            "The domain is reserved for private use: replies from outside can't reach it.",
        )
    elif "." not in address.rpartition("@")[2]:
        yield warning(name, no_dot, "The domain has no dot, so replies can't reach it.")


def _judge_word(user: str, settings: Settings, context: Context) -> Finding:
    """Return the finding of a user name of one word, from which mail would come."""
    server = find_outgoing_server(settings, context)
    if server and server.takes_word(user):
        words = f"{server.host} accepts a login like this ({server.source})."
        if not context.facts.has_from:
            words += " Mail comes from it, because only an email account has a From."
            return warning("user", "user.not-address", words)
        words += " Set From: otherwise mail would come from it."
        return error("user", "user.not-address", words)
    label = "user name" if context.facts.model is Model.ACCOUNT else "user email"
    words = f"The {label} must be a full address, such as helpdesk@company.com."
    return error("user", "user.not-address", f"{words}{_from_hint(context)}")


def _from_hint(context: Context) -> str:
    return " Or set From: then it can be any login." if context.facts.has_from else ""


@rule("test_recipients")
def rare_recipients(settings: Settings, context: Context) -> Findings:
    """An address that is legal, and that a mail platform may refuse."""
    for address in settings.test_recipients:
        if rare := find_rare_form(address):
            yield warning("test_recipients", "recipients.rare", rare)
            return


@rule("display_name")
def encoded_display_name(settings: Settings, context: Context) -> Findings:
    """A header holds ASCII; anything else is sent as an encoded word (RFC 2047)."""
    if not settings.display_name.isascii():
        yield note(
            "display_name",
            "display_name.encoded",
            "It is sent encoded (RFC 2047). Mail programs show it as typed.",
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
            Fix("Remove them", {"display_name": name.strip()}),
        )


@rule("display_name", "user", "from")
def address_in_display_name(settings: Settings, context: Context) -> Findings:
    """A display name with another address than the sender's looks forged."""
    words = _BETWEEN.split(settings.display_name.casefold())
    shown = {word for word in words if _looks_like_address(word)}
    if shown - {context.after.sender_address.casefold()}:
        yield warning(
            "display_name",
            "display_name.address",
            "It contains an address that isn't the sender's. Mail filters may treat that as "
            "forged.",
        )


def _looks_like_address(word: str) -> bool:
    local, _, domain = word.rpartition("@")
    return bool(local) and "." in domain.strip(".")


@rule("sending_enabled", "test_recipients")
def missing_recipients(settings: Settings, context: Context) -> Findings:
    """A test instance that sends to real people; what was not returned may be on."""
    facts, sending = context.facts, settings.sending_enabled
    sends = sending if facts.is_file else sending is not False
    if facts.is_production or not sends or settings.test_recipients:
        return
    touched = {"sending_enabled", "test_recipients"} & context.changed
    enables = touched or plan_activation(context)
    danger = "its email would reach real people"
    if not (facts.is_file or "test_recipients" in context.after.blank):
        danger = (
            "no test address was returned (missing, or hidden from this user): its email may "
            "reach real people"
        )
    yield (error if enables else warning)(
        "test_recipients",
        "sending.no-recipients",
        f"This isn't production, and {danger}. Set a test address.",
    )


@rule("test_recipients")
def recipients_in_production(settings: Settings, context: Context) -> Findings:
    """A test address in production swallows all mail."""
    if settings.test_recipients and context.facts.is_production:
        unknown = context.facts.counted_environment is None
        where = (
            "This counts as production, because no environment is set"
            if unknown
            else "In production"
        )
        yield warning(
            "test_recipients",
            "recipients.production",
            f"{where}: all email goes to this test address, and no one else gets any.",
        )


@rule("sending_enabled")
def sending_off(settings: Settings, context: Context) -> Findings:
    """KB0521382: set the test address instead of turning sending off."""
    if settings.sending_enabled is not False:
        return
    if "sending_enabled" in context.changed:
        yield warning(
            "sending_enabled",
            "sending.off",
            "Emails stay in the queue and go out when sending is on again. A test address is "
            "safer.",
        )
    else:
        yield (note if context.facts.is_file else warning)(
            "sending_enabled", "sending.off", "Email sending is off: nothing is sent."
        )


@rule("sending_enabled")
def sending_unknown(settings: Settings, context: Context) -> Findings:
    """KB0521756: "Before modifying the SMTP Server settings, verify that … is enabled"."""
    if settings.sending_enabled is None and context.changed & OUTGOING:
        yield note(
            "sending_enabled",
            "sending.verify",
            "Check that email sending is on before you change the server.",
        )


@rule("receiving")
def receiving_on(settings: Settings, context: Context) -> Findings:
    """c_EmailAccounts: a POP or IMAP account deletes mail after reading it."""
    if "receiving" in context.changed and context.receiving is not False:
        yield warning(
            "receiving",
            "receiving.on",
            f"The instance reads and deletes the mail of {describe_mailboxes(context)}. Check "
            "that no one else needs it.",
        )


@rule("receiving")
def receiving_off(settings: Settings, context: Context) -> Findings:
    """Replies stay in the mailbox."""
    if context.receiving is not False:
        return
    if "receiving" in context.changed:
        words = "Replies stay in the mailbox until email receiving is on again."
        yield warning("receiving", "receiving.off", words)
    else:
        words = "Email receiving is off: no mail is read."
        yield note("receiving", "receiving.off", words)
