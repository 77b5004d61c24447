"""The questions that a person answers on a terminal."""

from collections.abc import Collection, Iterable

from tui.cli.output import say, write
from tui.errors import Refusal
from tui.settings.plan import Confirmation
from tui.settings.preconditions import Condition
from tui.settings.review import Review
from tui.terminal.layout import wrap
from tui.terminal.visible import visible


def ask_attestations(review: Review) -> list[Condition]:
    """Ask about each open precondition, and return them once all are attested.

    Raises:
        Refusal: one is not attested; the rest are not asked about.
    """
    for each in review.open_preconditions:
        if not _ask_yes(f"Is it true? {each.condition.statement} [y/N] "):
            raise Refusal(
                "preconditions.open",
                f"Not attested: {each.condition}. Nothing was written.",
                "Sort that out first, then start again.",
            )
    return [each.condition for each in review.open_preconditions]


def ask_confirmations(
    confirmations: Iterable[Confirmation], confirmed: Collection[str]
) -> list[str]:
    """Ask for each missing confirmation, and return the words that were typed.

    Raises:
        Refusal: something else was typed; the rest aren't prompted for.
    """
    missing = [each for each in confirmations if each.word not in confirmed]
    for each in missing:
        say("", *wrap(each.reason, "", ""))
        if _read_line(f"Type {each.word} to continue: ") != each.word:
            raise Refusal(
                "confirmation.wrong",
                f"You didn't type {each.word}. Nothing was written.",
                "Start again and type that word.",
            )
    return [each.word for each in missing]


def ask_login_again(reason: str) -> bool:
    """Return whether to try a rejected login again; that takes the whole word `yes`."""
    say(*wrap(reason, "", ""))
    return _read_line("Type yes to try it again, or anything else to skip the login: ") == "yes"


def ask_sign_in_again(reason: str) -> bool:
    """Return whether to repeat a rejected sign-in; that takes the whole word `yes`."""
    say(*wrap(reason, "", ""))
    return _read_line("Type yes to sign in again, or anything else to stop: ") == "yes"


def ask_consent(interactive: bool) -> None:
    """Ask whether to save.

    Raises:
        Refusal: this isn't a terminal, or the answer is no.
    """
    if not interactive:
        raise Refusal(
            "consent.missing",
            "There is no terminal to ask whether to save. Nothing was written.",
            "Pass --yes.",
        )
    if not _ask_yes("Save? [y/N] "):
        raise Refusal("consent.denied", "Not saved: nothing was written.", "See: glidemail plan")


def ask_to_send(reasons: Iterable[str], *, interactive: bool) -> None:
    """Ask whether to send a test message all the same.

    Args:
        reasons: why that is asked, each a sentence or two.

    Raises:
        Refusal: this isn't a terminal, or the answer is no.
    """
    if not interactive:
        words = f"{' '.join(reasons)} Nothing was sent."
        raise Refusal("consent.missing", words, "Pass --yes to send it anyway.")
    for each in reasons:
        say("", *wrap(each, "   ", " ! "))
    if not _ask_yes("Send it? [y/N] "):
        raise Refusal("consent.denied", "Nothing was sent.", "See: glidemail why")


def _ask_yes(question: str) -> bool:
    return _read_line(question).casefold() in ("y", "yes")


def _read_line(question: str) -> str:
    try:
        return input(visible(question)).strip()
    except EOFError:
        write()
        return ""
    except KeyboardInterrupt:
        write()
        raise KeyboardInterrupt("Nothing was written.") from None
