"""What a server's reply means, for a person."""

from collections.abc import Iterator

from tui.replies.explain import LOCKOUT, ReplyExplanation
from tui.terminal.layout import columns, wrap
from tui.terminal.visible import visible

_MOST_CHARACTERS = 600


def explanation_lines(reply: str, found: ReplyExplanation) -> Iterator[str]:
    """Yield a reply, and below it the cause, who can solve it and the next step."""
    yield from wrap(visible(reply, _MOST_CHARACTERS), "")
    yield from columns(explanation_rows(found))


def explanation_rows(found: ReplyExplanation) -> Iterator[tuple[str, str]]:
    """Yield labels and texts that explain a reply."""
    meaning = found.meaning
    yield "Cause", found.cause.value
    yield "Meaning", meaning.statement
    yield "Solved by", meaning.owner.value
    yield "Next", meaning.next
    if meaning.helps_to_wait:
        yield "Waiting", "The same message may be accepted later."
    if found.may_lock:
        yield "Careful", LOCKOUT


def assumption_row(server: str) -> tuple[str, str]:
    """Return a label and a text that say whose codes a reply was read by."""
    return "Server", f"{server}, the outgoing mail server. Another server may mean something else."
