"""The form of the chosen property: label, field, findings, help, and what the value was."""

from collections.abc import Iterator

from textual import events
from textual.app import ComposeResult
from textual.widget import Widget

from tui.app.widgets.fields import AddressesField, ChoiceField, PortField, SecretField, TextField
from tui.app.widgets.lines import Line, Lines, justify, marked, truncate
from tui.presentation.secret_text import secret_fate
from tui.presentation.value_text import conflict_words, origin_words, value_words
from tui.settings.catalog import Entry, Kind
from tui.settings.delivery.status import Model
from tui.settings.values import SecretState
from tui.terminal.layout import wrap
from tui.terminal.signs import sign
from tui.workspace.editing import Editing

_HELP_LINES = 3
"""The lines that most helps take; they begin in the same place."""

Field = TextField | ChoiceField
"""The widget in which a property is edited."""


class Form(Widget):
    """The form of one property at a time; all forms stand in the same place.

    Attributes:
        name: the property that is shown.
    """

    DEFAULT_CSS = """
    Form { layout: vertical; height: 100%; }
    Form .head { height: 2; }
    Form .notes { height: 1fr; }
    """

    def __init__(self, editing: Editing, name: str) -> None:
        super().__init__(id="form")
        self._editing = editing
        self._property = name
        self._head = Lines(classes="head")
        self._notes = Lines(classes="notes")
        self._fields: dict[str, Field] = {}
        self._show_field()  # before it is mounted, for the first frame

    def compose(self) -> ComposeResult:
        """Yield label, field and notes."""
        yield self._head
        yield self.field
        yield self._notes

    @property
    def entry(self) -> Entry:
        """The property that is shown."""
        return self._editing.draft.entries[self._property]

    @property
    def field(self) -> Field:
        """The field of the property; it is made when the property is shown first."""
        if self._property not in self._fields:
            self._fields[self._property] = _make_field(self.entry)
        return self._fields[self._property]

    def on_resize(self, event: events.Resize) -> None:
        """Lay the words out for the new size."""
        self._show_words()

    def show_property(self, name: str, *, focus: bool = False) -> None:
        """Show the form of a property.

        Args:
            name: the property.
            focus: move the focus to its field.
        """
        before = self.field
        self._property = name
        field = self.field
        if self.is_mounted and not field.is_attached:
            self.mount(field, after=self._head)
        self._show_field()
        if focus or before.has_focus:
            self.screen.set_focus(field, scroll_visible=False)
        if field is not before:
            field.display, before.display = True, False
            self._show_words()

    def show_editing(self, editing: Editing) -> None:
        """Show the draft as it is now; leave alone what looks the same."""
        before, self._editing = self._editing, editing
        if self._property in editing.find_differences(before):
            self._show_field()
            self._show_words()

    def restore_field(self) -> None:
        """Show the draft's text in the field again, in the place of one that was refused."""
        self._show_field()

    def _show_field(self) -> None:
        draft, name, field = self._editing.draft, self._property, self.field
        if isinstance(field, SecretField):
            state = draft.value(name)
            known = state if isinstance(state, SecretState) else SecretState.UNSET
            field.show_state(known, draft.secrets.get(name))
        else:
            field.show_text(draft.text(name))
        if not isinstance(field, ChoiceField):
            self._show_placeholder(field)

    def _show_placeholder(self, field: TextField) -> None:
        if not self._editing.session.is_read:
            field.placeholder = "not read yet"
        elif not self.entry.is_secret:
            default = self.entry.default
            words = value_words(default) if isinstance(default, int) else ""
            unset = self.entry.declared.when_unset if self.entry.declared.same_as else "not set"
            field.placeholder = f"{words} (default)" if words else unset

    def _show_words(self) -> None:
        room = self.size.width
        if not (self.is_mounted and room):
            return
        label, short = self.entry.declared.label, self._editing.review.label(self._property)
        if short != self.entry.declared.short or len(label) > room:
            label = short
        self._head.set_lines(((label, "bold"),), ((self._instance_name, "dim"),))
        field = self.field
        height = self.size.height - 2
        height -= field.count_lines(room) if isinstance(field, ChoiceField) else 1
        self._notes.set_lines(*self._make_notes(room, height))

    @property
    def _instance_name(self) -> str:
        """The instance's name for it: a property, or a column where an email account sends."""
        account = self.entry.declared.account
        decides = self._editing.session.facts.model is Model.ACCOUNT
        if decides and account:
            return f"sys_email_account.{account[0]}"
        return self.entry.platform_name

    def _make_notes(self, room: int, height: int) -> list[Line]:
        """Return what is said below the field: what is wrong under it, help at the bottom.

        So that neither moves the other; if both don't fit, the help is left to F1.
        """
        first = [*self._conflict(room), *self._lock(room), *self._findings(room)]
        last = justify([(self.field.HINT, "dim")], [(self._origin(room), "dim")], room)
        about: list[Line] = [((line, "dim"),) for line in self._help(room)]
        about += [*[()] * (_HELP_LINES - len(about)), last]
        for rest in (about, [last]):
            if len(first) + len(rest) < height:
                return [*first, *[()] * (height - len(first) - len(rest)), *rest]
        if len(first) <= height:
            return first
        return [*first[: height - 1], ((f"{sign('-')} F1 has the rest.", "dim"),)]

    def _help(self, room: int) -> Iterator[str]:
        fate = secret_fate(self._editing.session) if self.entry.is_secret else ""
        return wrap(f"{self.entry.declared.help} {fate}", "", room=room)

    def _origin(self, room: int) -> str:
        """Return what a changed value was, and who changed one of an instance."""
        session, name = self._editing.session, self._property
        is_plain = session.facts.is_file and name not in self._editing.changed
        if not session.is_read or is_plain:
            return ""
        return truncate(origin_words(self._editing.review, name), room)

    def _conflict(self, room: int) -> list[Line]:
        conflict = self._editing.conflict(self._property)
        return marked("~", f"{conflict_words(conflict)} F9 compares.", room) if conflict else []

    def _lock(self, room: int) -> list[Line]:
        """Return why the property cannot be changed here."""
        reason = self._editing.draft.base.locked.get(self._property)
        return marked("#", reason, room) if reason else []

    def _findings(self, room: int) -> list[Line]:
        found = self._editing.findings.get(self._property, ())
        first_fix = next((each for each in found if each.fix), None)
        lines: list[Line] = []
        for each in found:
            lines += marked(each.severity.mark, each.message, room)
            if each.fix and each is first_fix:
                first, *rest = wrap(each.fix.label, "      ", "      ", room)
                lines.append((("  F4", "bold $accent"), (first[4:], "")))
                lines += [((line, ""),) for line in rest]
        return lines


def _make_field(entry: Entry) -> Field:
    match entry.declared.kind:
        case Kind.SECRET:
            return SecretField(entry)
        case Kind.SECURITY | Kind.SWITCH:
            return ChoiceField(entry)
        case Kind.PORT:
            return PortField(entry)
        case Kind.ADDRESSES:
            return AddressesField(entry)
        case _:
            return TextField(entry)
