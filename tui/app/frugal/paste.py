"""Tell pastes from keys in what a terminal sends."""

from collections.abc import Iterator
from dataclasses import dataclass

_BEGIN, _END = "\x1b[200~", "\x1b[201~"
# Anything shorter may be the Escape key, which must not wait for more.
_MIN_HELD_BACK = len("\x1b[2")


@dataclass(frozen=True, slots=True)
class Paste:
    """A complete paste."""

    text: str


class PasteSplitter:
    """A splitter of a stream into keys and pastes, whatever pieces it comes in.

    Textual's parser ends a paste at any escape character in it and reads the rest as keys: a
    pasted text could save or quit.
    """

    def __init__(self) -> None:
        self._held = ""
        self._pasted: str | None = None

    def split(self, data: str) -> Iterator[str | Paste]:
        """Yield keys as they come, and each paste once it is complete."""
        data, self._held = self._held + data, ""
        while data:
            if self._pasted is None:
                keys, begin, data = data.partition(_BEGIN)
                if begin:
                    self._pasted = ""
                else:
                    held = _count_held_back(keys, _BEGIN, _MIN_HELD_BACK)
                    keys, self._held = keys[: len(keys) - held], keys[len(keys) - held :]
                if keys:
                    yield keys
            else:
                # The end marker may have begun in the piece before.
                text, end, data = (self._pasted + data).partition(_END)
                self._pasted = None if end else text
                if end:
                    yield Paste(text)


def _count_held_back(data: str, marker: str, least: int) -> int:
    """Return how many characters at the end may be the beginning of a marker."""
    sizes = range(len(marker) - 1, least - 1, -1)
    return next((size for size in sizes if data.endswith(marker[:size])), 0)
