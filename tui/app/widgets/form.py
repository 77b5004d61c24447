"""The form of one property."""

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widget import Widget

from tui.app.widgets.fields import AddressesField, ChoiceField, PortField, SecretField, TextField
from tui.app.widgets.lines import MARKS, Line, Lines, justify
from tui.presentation.value_text import conflict_words, origin_words, value_words
from tui.settings.catalog import Entry, Kind
from tui.settings.delivery.status import Model
from tui.settings.values import SecretState
from tui.terminal.layout import wrap
from tui.workspace.editing import Editing

_MAX_FINDINGS = 4


class Forms(VerticalScroll, inherit_bindings=False):
    """The forms, which scroll with the focus; Up and Down are left to the screen."""


class Form(Widget):
    """The form of a property: label, field, findings, where the value comes from, help.

    Attributes:
        entry: the property.
    """

    DEFAULT_CSS = "Form { height: auto; layout: vertical; }"

    def __init__(self, entry: Entry, editing: Editing) -> None:
        super().__init__(id=f"form-{entry.name}")
        self.entry = entry
        self._editing = editing
        self._head = Lines(classes="head")
        self._tail = Lines(classes="tail")
        self.field = _make_field(entry)
        self._show_field()  # before it is mounted, for the first frame

    def compose(self) -> ComposeResult:
        """Yield label, field and notes."""
        yield self._head
        yield self.field
        yield self._tail

    def on_resize(self, event: events.Resize) -> None:
        """Lay the words out for the new width."""
        self._show_words(event.size.width)

    def show_editing(self, editing: Editing) -> None:
        """Show the draft as it is now."""
        self._editing = editing
        self._show_field()
        if self.is_mounted and self.size.width:
            self._show_words(self.size.width)

    def _show_field(self) -> None:
        draft, name = self._editing.draft, self.entry.name
        if isinstance(self.field, SecretField):
            state = draft.value(name)
            known = state if isinstance(state, SecretState) else SecretState.UNSET
            self.field.show_state(known, draft.secrets.get(name))
        else:
            self.field.show_text(draft.text(name))
        if not isinstance(self.field, ChoiceField):
            self._show_placeholder(self.field)

    def _show_placeholder(self, field: TextField) -> None:
        if not self._editing.session.is_read:
            field.placeholder = "not read yet"
        elif not self.entry.is_secret:
            default = self.entry.default
            words = value_words(default) if isinstance(default, int) else ""
            unset = self.entry.declared.when_unset if self.entry.declared.same_as else "not set"
            field.placeholder = f"{words} (default)" if words else unset

    def _show_words(self, room: int) -> None:
        declared = self.entry.declared
        name = self._instance_name
        fits = len(declared.label) + len(name) + 2 <= room
        label = (declared.label if fits else declared.short, "bold")
        self._head.set_lines(justify([label], [(name, "dim")], room))
        self._tail.set_lines(*self._notes(room))

    @property
    def _instance_name(self) -> str:
        """The instance's name for it: a property, or a column where an email account sends."""
        account = self.entry.declared.account
        decides = self._editing.session.facts.model is Model.ACCOUNT
        if decides and account:
            return f"sys_email_account.{account[0]}"
        return self.entry.platform_name

    def _notes(self, room: int) -> list[Line]:
        lines = [*self._conflict(room), *self._findings(room)] or self._lock(room) or [()]
        # Findings take the place of the help, so that a form keeps its height.
        from_where = origin_words(self._editing.review, self.entry.name)
        about: list[list[Line]] = [
            [((from_where if self._editing.session.is_read else "", "dim"),)]
        ]
        about.append([((line, "dim"),) for line in self._help(room)])
        height = 1 + sum(map(len, about))
        for paragraph in about:
            if len(lines) + len(paragraph) <= height:
                lines += paragraph
        return [*lines, *[()] * (height - len(lines)), ()]

    def _help(self, room: int) -> list[str]:
        lines = self.entry.declared.help.split("\n")
        if any(len(line) > room for line in lines):
            return list(wrap(" ".join(lines), "", room=room))
        return lines

    def _conflict(self, room: int) -> list[Line]:
        conflict = self._editing.conflict(self.entry.name)
        return _paragraph("~", f"{conflict_words(conflict)} F9 compares.", room) if conflict else []

    def _lock(self, room: int) -> list[Line]:
        """Return why the property cannot be changed here."""
        reason = self._editing.draft.base.locked.get(self.entry.name)
        return _paragraph("#", reason, room) if reason else []

    def _findings(self, room: int) -> list[Line]:
        found = self._editing.findings.get(self.entry.name, ())
        lines: list[Line] = []
        for each in found[:_MAX_FINDINGS]:
            lines += _paragraph(each.severity.mark, each.message, room)
            if each.fix and each is next((one for one in found if one.fix), None):
                first, *rest = wrap(each.fix.label, "     ", "     ", room)
                lines.append((("  F4 ", "bold"), (first[5:], "")))
                lines += [((line, ""),) for line in rest]
        if len(found) > _MAX_FINDINGS:
            lines.append(((f"  and {len(found) - _MAX_FINDINGS} more: F1", "dim"),))
        return lines


def find_form(widget: Widget | None) -> Form | None:
    """Return the form that a widget is part of."""
    above = widget.ancestors if widget else ()
    return next((each for each in above if isinstance(each, Form)), None)


def _paragraph(mark: str, words: str, room: int) -> list[Line]:
    style = MARKS.get(mark, "dim")
    first, *rest = wrap(words, "  ", f"{mark} ", room)
    words_style = style.removeprefix("bold ")
    return [
        ((mark, style), (first[1:], words_style)),
        *(((line, words_style),) for line in rest),
    ]


def _make_field(entry: Entry) -> TextField | ChoiceField:
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
