"""Lines of text: the one way in which words reach the screen."""

from collections.abc import Sequence
from typing import TypeAlias

from textual.content import Content
from textual.widgets import Static

from tui.terminal.layout import width
from tui.terminal.visible import visible

Part: TypeAlias = tuple[str, str]
"""A text and its style: Textual's words, a theme's variables among them, or "" for plain."""

Line: TypeAlias = tuple[Part, ...]

MARKS = {"x": "bold $error", "!": "bold $warning", "*": "bold $accent", "~": "bold $warning"}
"""The style of a mark; the mark itself says what it means."""


class Lines(Static):
    """Lines that are drawn anew only when they changed.

    Whatever stands in them is made visible here and is never read as markup. A line that is
    too long ends in `…`.
    """

    DEFAULT_CSS = "Lines { text-wrap: nowrap; text-overflow: ellipsis; }"

    def __init__(
        self, lines: Sequence[Line] = (), *, id: str | None = None, classes: str | None = None
    ) -> None:
        self._lines = tuple(lines)
        super().__init__(_content(self._lines), id=id, classes=classes)

    @property
    def text(self) -> str:
        """What it says, for tests and people who listen."""
        return "\n".join("".join(text for text, _ in line) for line in self._lines)

    def show(self, *lines: Line) -> None:
        """Shows these lines instead."""
        if lines == self._lines:
            return
        height = len(self._lines)
        self._lines = lines
        self.update(_content(lines), layout=len(lines) != height)


def _content(lines: Sequence[Line]) -> Content:
    parts = [
        Content.assemble(*((visible(text), style) for text, style in line if text))
        for line in lines
    ]
    return Content("\n").join(parts)


def spread(left: Sequence[Part], right: Sequence[Part], room: int) -> Line:
    """A line with something at both its ends; the right end gives way where both do not fit."""
    free = room - sum(width(visible(text)) for text, _ in (*left, *right))
    if free < 1:
        return tuple(left)
    return (*left, (" " * free, ""), *right)
