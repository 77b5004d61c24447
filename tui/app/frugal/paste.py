"""Tells pastes from keys in what a terminal sends."""

from collections.abc import Iterator
from dataclasses import dataclass

_BEGIN, _END = "\x1b[200~", "\x1b[201~"
# A shorter beginning can be the escape key, which must not wait for more.
_SURE = len("\x1b[2")


@dataclass(frozen=True, slots=True)
class Paste:
    """The whole text of a paste."""

    text: str


class PasteSplitter:
    """Takes pastes out of a stream of keys, however it comes in pieces.

    Textual's parser takes an escape character in a paste for the end of it, and what follows for
    keys: a pasted text could save or quit.
    """

    def __init__(self) -> None:
        self._held = ""
        self._pasted: str | None = None

    def split(self, data: str) -> Iterator[str | Paste]:
        """Keys as they came, and each paste once it is whole."""
        data, self._held = self._held + data, ""
        while data:
            if self._pasted is None:
                keys, begin, data = data.partition(_BEGIN)
                if begin:
                    self._pasted = ""
                else:
                    held = _held_back(keys, _BEGIN, _SURE)
                    keys, self._held = keys[: len(keys) - held], keys[len(keys) - held :]
                if keys:
                    yield keys
            else:
                # The end may have begun in the piece before.
                text, end, data = (self._pasted + data).partition(_END)
                self._pasted = None if end else text
                if end:
                    yield Paste(text)


def _held_back(data: str, marker: str, least: int) -> int:
    """How many characters at the end may be the beginning of a marker."""
    sizes = range(len(marker) - 1, least - 1, -1)
    return next((size for size in sizes if data.endswith(marker[:size])), 0)
