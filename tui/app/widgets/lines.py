"""Lines of text: the one way in which words reach the screen."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from textual.app import RenderResult
from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

from tui.terminal.layout import width, wrap
from tui.terminal.visible import visible

Part: TypeAlias = tuple[str, str]
"""A text and its style: Textual's words, a theme's variables among them, or "" for plain."""

Line: TypeAlias = tuple[Part, ...]

Layout: TypeAlias = Callable[[int], Sequence[Line]]
"""What gives lines for a width."""

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


class WrappedLines(Lines):
    """Lines that are laid out for whatever width there is."""

    def __init__(
        self, layout: Layout, *, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._layout_of_lines = layout

    def lay(self, layout: Layout) -> None:
        """Lays other lines out."""
        room = self.content_size.width
        height = len(self._lines)
        self._layout_of_lines = layout
        if room:
            self.refresh(layout=len(layout(room)) != height)

    def render(self) -> RenderResult:
        """The lines for the width that there is now."""
        self._lines = tuple(self._layout_of_lines(self.content_size.width))
        return _content(self._lines)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as there will be for that width."""
        return len(self._layout_of_lines(width))


def prose(*paragraphs: str, style: str = "", heading: str = "") -> Layout:
    """Paragraphs, each as many lines as it takes; what is indented stays so.

    Args:
        paragraphs: an empty one is a line without words.
        style: of the words.
        heading: the style of what is not indented, where that is another one.
    """

    def layout(room: int) -> list[Line]:
        lines: list[Line] = []
        for each in paragraphs:
            indent = " " * (len(each) - len(each.lstrip()))
            long = width(visible(each)) > room
            parts = wrap(each, indent, indent, room) if long else (each,)
            lines += [((part, style if indent else heading or style),) for part in parts]
        return lines

    return layout


def paragraph(words: str, mark: str, style: str = "") -> Layout:
    """A paragraph with a mark before it."""

    def layout(room: int) -> list[Line]:
        return [((line, style),) for line in wrap(words, " " * len(mark), mark, room)]

    return layout


def page(words: Callable[[int], Iterable[str]]) -> Layout:
    """A page to read; lines that are not indented are headings."""
    return lambda room: prose(*words(room), heading="bold")(room)


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


def cut(text: str, room: int) -> str:
    """A visible text in that many columns; one that is longer ends in `…`."""
    if width(text) <= room:
        return text
    while width(text) > max(room - 1, 0):
        text = text[:-1]
    return f"{text}…" if room > 0 else ""
