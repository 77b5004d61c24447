"""What a person is asked before a save."""

from collections.abc import Collection

from tui.cli.output import say, write
from tui.errors import Refusal
from tui.settings.preconditions import Condition
from tui.settings.review import Review
from tui.terminal.layout import wrap
from tui.terminal.visible import visible


def attestations(review: Review) -> list[Condition]:
    """The open preconditions, every one of them attested.

    Raises:
        Refusal: one of them is not; the others are not asked for any more.
    """
    for each in review.open_preconditions:
        if not _yes(f"Is it true? {each.condition.statement} [y/N] "):
            raise Refusal(
                "preconditions.open",
                f"Not attested: {each.condition}. Nothing was written.",
                "Settle that first, then start again.",
            )
    return [each.condition for each in review.open_preconditions]


def confirmations(review: Review, confirmed: Collection[str]) -> list[str]:
    """The words that a person types.

    Raises:
        Refusal: something else was typed; nothing more is asked for.
    """
    missing = [each for each in review.plan.confirmations if each.word not in confirmed]
    for each in missing:
        say("", *wrap(each.reason, "", ""))
        if _input(f"Type {each.word} to go on: ").strip() != each.word:
            raise Refusal(
                "confirmation.wrong",
                f"What was typed is not {each.word}. Nothing was written.",
                "Start again, and type that word.",
            )
    return [each.word for each in missing]


def typed_yes(reason: str) -> bool:
    """Whether the whole word is typed, for what is not to be done by accident."""
    say(*wrap(reason, "", ""))
    return _input("Type yes to try it again; anything else leaves the login out: ").strip() == "yes"


def consent(interactive: bool) -> None:
    """The last question.

    Raises:
        Refusal: nobody is there to be asked, or the answer is no.
    """
    if not interactive:
        raise Refusal(
            "consent.missing",
            "Nobody is there to be asked whether to save. Nothing was written.",
            "Say --yes.",
        )
    if not _yes("Save? [y/N] "):
        raise Refusal("consent.denied", "Not saved: nothing was written.", "See: glidemail plan")


def _yes(question: str) -> bool:
    return _input(question).strip().casefold() in ("y", "yes")


def _input(question: str) -> str:
    try:
        return input(visible(question))
    except EOFError:
        write()
        return ""
    except KeyboardInterrupt:
        write()
        raise KeyboardInterrupt("Nothing was written.") from None
