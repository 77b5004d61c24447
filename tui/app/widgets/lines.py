"""Lines of text: all words reach the screen through them."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from textual.app import RenderResult
from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

from tui.terminal.layout import width, wrap
from tui.terminal.signs import sign
from tui.terminal.visible import visible

Part: TypeAlias = tuple[str, str]
"""A text and its style as Textual writes it, or "" for plain."""

Line: TypeAlias = tuple[Part, ...]

Layout: TypeAlias = Callable[[int], Sequence[Line]]
"""Returns lines for a width in columns."""

MARKS = {"x": "$error", "!": "$warning", "*": "$accent", "~": "$warning"}
"""The style of each mark."""


class Lines(Static):
    """Lines that are drawn again only when they have changed.

    Their text is made visible and never read as markup. A line that is too long ends in `…`.
    """

    DEFAULT_CSS = "Lines { text-wrap: nowrap; text-overflow: ellipsis; }"

    def __init__(
        self, lines: Sequence[Line] = (), *, id: str | None = None, classes: str | None = None
    ) -> None:
        self._lines = tuple(lines)
        super().__init__(_content(self._lines), id=id, classes=classes)

    @property
    def text(self) -> str:
        """The text."""
        return "\n".join("".join(text for text, _ in line) for line in self._lines)

    def set_lines(self, *lines: Line) -> None:
        """Show other lines."""
        if lines == self._lines:
            return
        height = len(self._lines)
        self._lines = lines
        self.update(_content(lines), layout=self.styles.auto_dimensions and len(lines) != height)


class WrappedLines(Lines):
    """Lines that are laid out for the width there is."""

    def __init__(
        self, layout: Layout, *, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._lines_for_width = layout

    def set_layout(self, layout: Layout) -> None:
        """Show other lines."""
        room = self.content_size.width
        height = len(self._lines)
        self._lines_for_width = layout
        if room:
            grows = self.styles.auto_dimensions and len(layout(room)) != height
            self.refresh(layout=grows)

    def render(self) -> RenderResult:
        """Return the lines for the width there is now."""
        self._lines = tuple(self._lines_for_width(self.content_size.width))
        return _content(self._lines)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the number of lines for a width."""
        return len(self._lines_for_width(width))


def prose(*paragraphs: str, style: str = "", heading: str = "") -> Layout:
    """Return a layout of paragraphs, which are wrapped and keep their indent.

    Args:
        paragraphs: an empty one is an empty line.
        style: the style of the words.
        heading: the style of paragraphs without an indent, if it differs.
    """

    def layout(room: int) -> list[Line]:
        lines: list[Line] = []
        for each in paragraphs:
            indent = " " * (len(each) - len(each.lstrip()))
            long = width(visible(each)) > room
            parts = wrap(each, indent, indent, room) if long else (each,)
            style_of_part = style if indent else heading or style
            lines += [((with_signs(part), style_of_part),) for part in parts]
        return lines

    return layout


def paragraph(words: str, mark: str, style: str = "") -> Layout:
    """Return a layout of a paragraph with a mark before it."""

    def layout(room: int) -> list[Line]:
        return [((line, style),) for line in wrap(words, " " * len(mark), mark, room)]

    return layout


def marked(mark: str, words: str, room: int) -> list[Line]:
    """Return the lines of a paragraph with a mark before it, in the colour of the mark."""
    style = MARKS.get(mark, "dim")
    first, *rest = wrap(words.replace(" -> ", f" {sign('->')} "), "  ", "  ", room)
    return [((sign(mark), style), (first[1:], style)), *(((line, style),) for line in rest)]


_LEADING_MARK = re.compile(r"^( {1,4})([x!+-])(?= )")


def with_signs(line: str) -> str:
    """Return a line of a page with signs in the place of a mark at its start, and of an arrow."""
    line = _LEADING_MARK.sub(lambda found: found[1] + sign(found[2]), line)
    return line.replace("->  ", f"{sign('->'):<4}") if line.lstrip().startswith("->") else line


def page(words: Callable[[int], Iterable[str]]) -> Layout:
    """Return a layout of a page; lines without an indent are headings."""
    return lambda room: prose(*words(room), heading="bold")(room)


def _content(lines: Sequence[Line]) -> Content:
    parts = [
        Content.assemble(*((visible(text), style) for text, style in line if text))
        for line in lines
    ]
    return Content("\n").join(parts)


def justify(left: Sequence[Part], right: Sequence[Part], room: int) -> Line:
    """Return a line with parts at both ends; the right ones are left out if they don't fit."""
    free = room - sum(width(visible(text)) for text, _ in (*left, *right))
    if free < 1:
        return tuple(left)
    return (*left, (" " * free, ""), *right)


def truncate(text: str, room: int) -> str:
    """Return a visible text in as many columns; if it was longer, it ends in `…`."""
    if width(text) <= room:
        return text
    while width(text) > max(room - 1, 0):
        text = text[:-1]
    return f"{text}…" if room > 0 else ""
