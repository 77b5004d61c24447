"""The read-only pane of the incoming mail settings."""

from dataclasses import fields

from textual import events

from tui.app.widgets.lines import Line, Lines, justify, truncate
from tui.presentation.target_text import account_state, reader_words
from tui.presentation.value_text import value_words
from tui.settings.delivery.status import Model
from tui.settings.draft import Draft, parse
from tui.settings.incoming import DerivedValue, IncomingSettings, derive_incoming
from tui.settings.snapshot import Snapshot
from tui.settings.target_facts import TargetFacts
from tui.settings.values import Value
from tui.terminal.layout import width, wrap
from tui.terminal.signs import sign
from tui.terminal.visible import visible
from tui.workspace.editing import Editing

_LABELS = 10
_NONE = " No POP3 or IMAP account is visible."


class IncomingPane(Lines):
    """The POP3 settings, each with its origin.

    A `*` marks what the draft changes. Under email accounts, those that read mail come first.
    """

    def __init__(self, editing: Editing) -> None:
        super().__init__(id="incoming")
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
        room, height = self.content_size
        if not room:
            return
        head = justify([(f" {_title(self._editing)}", "bold")], [("read-only", "dim")], room)
        if not self._editing.session.is_read:
            self.set_lines(head, ((" Not read yet.", "dim"),))
            return
        accounts = self._accounts() if not self._editing.session.facts.derives_incoming else []
        if accounts and self._editing.draft.base.hidden:
            self.set_lines(head, *accounts)
        elif accounts and height < len(accounts) + 8:
            fits = len(accounts) < height
            self.set_lines(head, *(accounts if fits else self._accounts_in_short(height - 1)))
        elif accounts:
            title = ((" Derived by KB0521756, without effect here:", "dim"),)
            self.set_lines(head, *accounts, (), title, *self._derived())
        else:
            self.set_lines(head, *self._derived())

    def _derived(self) -> list[Line]:
        """Return the derived settings, a line each."""
        before = self._before(self._editing.draft)
        now = self._editing.review.incoming
        names = [each.name for each in fields(now)]
        return [self._row(name, getattr(now, name), getattr(before, name).value) for name in names]

    def _before(self, draft: Draft) -> IncomingSettings:
        """Return the settings without an edit, derived once for each reading."""
        if self._base is not draft.base:
            self._base = draft.base
            self._base_settings = derive_incoming(parse(Draft(draft.base, settings=draft.settings)))
        return self._base_settings

    def _accounts(self) -> list[Line]:
        """Return the accounts that read mail; they count instead of the derived settings."""
        room = self.content_size.width
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

    def _accounts_in_short(self, height: int) -> list[Line]:
        """Return a line for each account, as many as fit."""
        room, most = self.content_size.width, max(height - 1, 1)
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

    def _row(self, name: str, each: DerivedValue, before: Value | None) -> Line:
        """Return a line: the value at the left, where it comes from at the right."""
        room = self.content_size.width
        mark = (sign("*") if each.value != before else " ", "$accent")
        label = (f"{name:<{_LABELS}}", "")
        free = room - _LABELS - 1
        value = truncate(visible(value_words(each.value), 2 * free), free)
        # With little room, the value matters more than its origin.
        shown = [(each.origin, "dim")] if width(each.origin) < free - width(value) else []
        return justify([mark, label, (value, "")], shown, room)


def _title(editing: Editing) -> str:
    session = editing.session
    if session.facts.derives_incoming or not session.is_read:
        return "Derived POP3 settings"
    return "POP3/IMAP accounts"


def _describe_receiving(facts: TargetFacts) -> str:
    """Return whether anything is read, in a sentence."""
    if facts.receiving is None:
        return "Whether receiving is on is not known. Nothing is derived here."
    return f"Receiving is {'on' if facts.receiving else 'off'}. Nothing is derived here."
