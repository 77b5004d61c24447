"""Whether mail goes out, in words."""

from collections.abc import Iterator

from tui.settings.delivery.evidence import Judgement
from tui.terminal.layout import wrap

UNSHOWN = "It isn't known yet whether mail goes out."
"""What is known of mail after a write."""


def judgement_lines(found: Judgement, room: int = 0) -> Iterator[str]:
    """Return the delivery status, what shows it, and what to do."""
    yield from wrap(f"Delivery: {found.state}. {found.message}", "   ", "", room)
    if found.next:
        yield from wrap(found.next, "       ", "   ->  ", room)
