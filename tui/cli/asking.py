"""What a person is asked before a save."""

from collections.abc import Collection

from tui.cli.output import write
from tui.errors import Refusal
from tui.settings.preconditions import Condition
from tui.settings.review import Review
from tui.terminal.visible import visible


def attestations(review: Review) -> list[Condition]:
    """The open preconditions that a person attests."""
    return [
        each.condition
        for each in review.open_preconditions
        if _yes(f"Is it true? {each.condition.statement} [y/N] ")
    ]


def confirmations(review: Review, confirmed: Collection[str]) -> list[str]:
    """The words that a person types."""
    return [
        _input(f"{each.reason} Type {each.word} to go on: ").strip()
        for each in review.plan.confirmations
        if each.word not in confirmed
    ]


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
