"""The read-only pane of the POP settings that follow."""

from dataclasses import fields

from textual import events

from tui.applying.editing import Editing
from tui.settings.derive import Derived, derive
from tui.settings.draft import Draft, parse
from tui.terminal.layout import width, wrapped
from tui.terminal.visible import visible
from tui.widgets.lines import Line, Lines
from tui.words.review import value_words

_LABELS = 10
_TITLE = " Incoming mail that follows"


class Incoming(Lines):
    """Each POP setting with where it comes from: in a line, or where there is room in two.

    What a change has moved bears a `*`.
    """

    def __init__(self, editing: Editing) -> None:
        super().__init__(id="incoming")
        self.border_title = f"{_TITLE.strip()} - read only"
        self._editing = editing

    def on_resize(self, event: events.Resize) -> None:
        """Lays the values out for the new size."""
        self._draw()

    def follow(self, editing: Editing) -> None:
        """Follows another state of the draft."""
        self._editing = editing
        self._draw()

    def _draw(self) -> None:
        if not self.size.width:
            return
        draft = self._editing.draft
        before = derive(parse(Draft(draft.base, settings=draft.settings)))
        now = self._editing.review.incoming
        tall = self.size.height >= 17
        lines: list[Line] = [((_TITLE, ""),), ((" read only", "dim"),), ()] if tall else []
        for field in fields(now):
            each: Derived = getattr(now, field.name)
            moved = each.value != getattr(before, field.name).value
            lines += (self._two if tall else self._one)(field.name, each, moved)
        self.show(*lines)

    def _one(self, name: str, each: Derived, moved: bool) -> list[Line]:
        room = self.size.width - _LABELS - 2
        value = visible(value_words(each.value), max(room - 2, 8))
        free = room - width(value) - 2
        # With little room a value matters more than where it comes from.
        origin = _cut(each.origin, free)
        return [(*self._label(name, moved), (value, "bold"), (f"  {origin}", "dim"))]

    def _two(self, name: str, each: Derived, moved: bool) -> list[Line]:
        value = (value_words(each.value), "bold")
        origin = wrapped(each.origin, " " * (_LABELS + 2), room=self.size.width)
        return [(*self._label(name, moved), value), *(((line, "dim"),) for line in origin), ()]

    def _label(self, name: str, moved: bool) -> Line:
        return (("*" if moved else " ", "bold $accent"), (f" {name:<{_LABELS}}", ""))


def _cut(text: str, room: int) -> str:
    return text if width(text) <= room else f"{text[: max(room - 1, 0)]}…" if room > 4 else ""
