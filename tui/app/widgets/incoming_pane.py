"""The read-only pane of the incoming mail settings."""

from dataclasses import fields

from textual import events

from tui.app.widgets.lines import Line, Lines, truncate
from tui.presentation.review_text import DERIVED_TITLE, READERS_TITLE
from tui.presentation.target_text import account_state, reader_words
from tui.presentation.value_text import value_words
from tui.settings.delivery.status import Model
from tui.settings.draft import Draft, parse
from tui.settings.incoming import DerivedValue, IncomingSettings, derive_incoming
from tui.settings.snapshot import Snapshot
from tui.settings.target_facts import TargetFacts
from tui.terminal.layout import width, wrap
from tui.terminal.visible import visible
from tui.workspace.editing import Editing

_LABELS = 10
_NONE = " No POP3 or IMAP account is visible."


class IncomingPane(Lines):
    """The POP3 settings, each with its origin beside it, or below it.

    A `*` marks what the draft changes. Under email accounts, those that read mail come first.
    """

    def __init__(self, editing: Editing) -> None:
        super().__init__(id="incoming")
        self.border_title = f"{_title(editing)} - read only"
        self._editing = editing
        self._base: Snapshot | None = None
        self._base_settings: IncomingSettings

    def on_resize(self, event: events.Resize) -> None:
        """Lay the values out for the new size."""
        self._draw()

    def show_editing(self, editing: Editing) -> None:
        """Show the draft as it is now."""
        before, self._editing = self._editing, editing
        if (
            editing.session is not before.session
            or editing.review.incoming != before.review.incoming
        ):
            self._draw()

    def _draw(self) -> None:
        self.border_title = f"{_title(self._editing)} - read only"
        if not self.size.width:
            return
        tall = self.size.height >= 17
        head: list[Line] = (
            [((f" {_title(self._editing)}", ""),), ((" read only", "dim"),), ()] if tall else []
        )
        if not self._editing.session.is_read:
            self.set_lines(*head, ((" Not read yet.", "dim"),))
            return
        accounts = self._accounts() if not self._editing.session.facts.derives_incoming else []
        if accounts and self._editing.draft.base.hidden:
            self.set_lines(*head, *accounts)
            return
        if accounts and self.size.height < len(head) + len(accounts) + 7:
            fits = len(accounts) <= self.size.height
            self.set_lines(*(accounts if fits else self._accounts_in_short()))
            return
        before = self._before(self._editing.draft)
        now = self._editing.review.incoming
        lines = head
        if accounts:
            tall = False
            lines = [
                *head,
                *accounts,
                (),
                ((" Derived by KB0521756, without effect here:", "dim"),),
            ]
        for field in fields(now):
            each: DerivedValue = getattr(now, field.name)
            moved = each.value != getattr(before, field.name).value
            lines += (self._tall_row if tall else self._compact_row)(field.name, each, moved)
        self.set_lines(*lines)

    def _before(self, draft: Draft) -> IncomingSettings:
        """Return the settings without an edit, derived once for each reading."""
        if self._base is not draft.base:
            self._base = draft.base
            self._base_settings = derive_incoming(parse(Draft(draft.base, settings=draft.settings)))
        return self._base_settings

    def _accounts(self) -> list[Line]:
        """Return the accounts that read mail; they count instead of the derived settings."""
        room = self.size.width
        facts = self._editing.session.facts
        words = _describe_receiving(facts)
        if facts.model is Model.UNDETERMINED and self._editing.draft.base.hidden:
            words = "What reads mail here is hidden from this user."
        lines: list[Line] = [((line, "dim"),) for line in wrap(words, " ", " ", room)]
        for each in facts.readers:
            name = truncate(visible(each.name, room), room - 12)
            lines.append(((f" {name}", "bold"), (f" ({account_state(each)})", "")))
            lines += [((line, ""),) for line in wrap(reader_words(each), "   ", "   ", room)]
        if not facts.readers:
            lines.append(((_NONE, ""),))
        return lines

    def _accounts_in_short(self) -> list[Line]:
        """Return a line for each account, as many as fit."""
        room, most = self.size.width, max(self.size.height - 1, 1)
        facts = self._editing.session.facts
        readers, lines = facts.readers, list[Line]()
        lines.append(((f" {truncate(_describe_receiving(facts), room - 1)}", "dim"),))
        if not readers:
            return [*lines, ((_NONE, ""),)]
        for each in readers if len(readers) <= most else readers[: most - 1]:
            words = visible(f"{each.name} ({account_state(each)}): {reader_words(each)}", 2 * room)
            lines.append(((f" {truncate(words, room - 1)}", ""),))
        if more := len(readers) - len(lines) + 1:
            lines.append(((f" and {more} more: ^P, What sends there", "dim"),))
        return lines

    def _compact_row(self, name: str, each: DerivedValue, moved: bool) -> list[Line]:
        room = self.size.width - _LABELS - 2
        value = visible(value_words(each.value), max(room - 2, 8))
        free = room - width(value) - 2
        # With little room, the value matters more than its origin.
        origin = truncate(each.origin, free) if free > 4 else ""
        return [(*self._label(name, moved), (value, "bold"), (f"  {origin}", "dim"))]

    def _tall_row(self, name: str, each: DerivedValue, moved: bool) -> list[Line]:
        value = (value_words(each.value), "bold")
        origin = wrap(each.origin, " " * (_LABELS + 2), room=self.size.width)
        return [(*self._label(name, moved), value), *(((line, "dim"),) for line in origin), ()]

    def _label(self, name: str, moved: bool) -> Line:
        return (("*" if moved else " ", "bold $accent"), (f" {name:<{_LABELS}}", ""))


def _title(editing: Editing) -> str:
    session = editing.session
    return DERIVED_TITLE if session.facts.derives_incoming or not session.is_read else READERS_TITLE


def _describe_receiving(facts: TargetFacts) -> str:
    """Return whether anything is read, in a sentence."""
    if facts.receiving is None:
        return "Whether receiving is on is not known. Nothing is derived here."
    return f"Receiving is {'on' if facts.receiving else 'off'}. Nothing is derived here."
