"""The dialog in which a profile is entered or changed."""

from collections.abc import Callable, Iterable, Mapping
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input

from tui.app.screens.dialog import Dialog
from tui.app.widgets.bars import elide_path
from tui.app.widgets.buttons import Button
from tui.app.widgets.fields import ChoiceField, FieldChanged, SafeInput
from tui.app.widgets.lines import Line, Lines, WrappedLines, paragraph, prose
from tui.presentation.profile_text import (
    ENVIRONMENT_CHOICES,
    KEEP_CHOICES,
    PLACE_CHOICES,
    SIGN_IN_CHOICES,
)
from tui.settings.catalog import Entry, Group, Kind, Property
from tui.settings.values import Environment
from tui.storage.instance import SignInMethod
from tui.storage.profile import Keep
from tui.terminal.signs import sign
from tui.workspace.profile_changes import ProfileEntry
from tui.workspace.session import Session

_LABEL = 14
"""The columns of the labels."""


class _Choice(ChoiceField):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "app.focus_next", "Next field", show=False),
    ]

    def __init__(self, name: str, words: Mapping[str, str], value: str) -> None:
        declared = Property(kind=Kind.SWITCH, label=name, short=name, help="", group=Group.OUTGOING)
        super().__init__(Entry(name, str, "", declared))
        self.words = dict(words)
        self.set_reactive(ChoiceField.value, value)

    def action_unset(self) -> None:
        """Do nothing: one of the words is always chosen."""


class _Row(Widget):
    """A label with a field, and what is wrong with it below."""

    DEFAULT_CSS = """
    _Row { height: auto; }
    _Row Horizontal { height: auto; }
    _Row .label { width: 14; }
    _Row .wrong { height: auto; padding-left: 14; }
    """

    def __init__(self, name: str, label: str, field: SafeInput | _Choice) -> None:
        super().__init__(id=f"row-{name}")
        self.field = field
        self.problem = ""
        self._label = Lines([((label, ""),)], classes="label")
        self._wrong = WrappedLines(prose(), classes="wrong")

    def compose(self) -> ComposeResult:
        """Yield the label, the field and what is wrong."""
        with Horizontal():
            yield self._label
            yield self.field
        yield self._wrong

    def set_label(self, label: str) -> None:
        """Show another label."""
        self._label.set_lines(((label, ""),))

    def set_problem(self, words: str) -> None:
        """Show what is wrong; "" for nothing."""
        if words != self.problem:
            self.problem = words
            self._wrong.set_layout(
                paragraph(words, f"{sign('x')} ", "$error") if words else prose()
            )


class ProfileDialog(Dialog[ProfileEntry]):
    """A dialog of a profile's fields; its answer is what was entered, once nothing is wrong.

    Args:
        session: what the banner shows.
        title: what it is for.
        entry: what is in the fields at first.
        find_problems: returns what is wrong, in words, by the name of the field.
        place: what a profile that is changed works on; "" for a new one.
        words: why what was entered before could not be written.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "app.focus_previous", "Field before", show=False),
        Binding("down", "app.focus_next", "Next field", show=False),
    ]

    def __init__(
        self,
        session: Session,
        title: str,
        entry: ProfileEntry,
        find_problems: Callable[[ProfileEntry], Mapping[str, str]],
        place: str = "",
        words: str = "",
    ) -> None:
        super().__init__(session, title)
        self._entry = entry
        self._find_problems = find_problems
        self._place = place
        self._words = words
        self._seen = entry
        self._rows: dict[str, _Row] = {}

    def body(self) -> Iterable[Widget]:
        """Yield a row for each field; name and place of a profile that is there are fixed."""
        entry = self._entry
        if self._place:
            yield WrappedLines(self._place_line)
        else:
            place = _Choice("is_instance", PLACE_CHOICES, "instance" if entry.is_instance else "")
            yield self._row("name", "Name", _text("name", entry.name))
            yield self._row("is_instance", "Works on", place)
            yield self._row("place", "Instance", _text("place", entry.place))
        how = _Choice("sign_in", SIGN_IN_CHOICES, entry.sign_in)
        yield self._row("sign_in", "Sign in by", how)
        yield self._row("user", "User name", _text("user", entry.user))
        environment = _Choice("environment", ENVIRONMENT_CHOICES, entry.environment or "")
        yield self._row("environment", "Environment", environment)
        yield self._row("keep", "Passwords", _Choice("keep", KEEP_CHOICES, entry.keep))

    def _place_line(self, room: int) -> list[Line]:
        place = elide_path(self._place, room - _LABEL)
        return [((f"{'Works on':<{_LABEL}}", ""), (place, "bold")), ()]

    def _row(self, name: str, label: str, field: SafeInput | _Choice) -> _Row:
        self._rows[name] = _Row(name, label, field)
        return self._rows[name]

    def buttons(self) -> Iterable[Button]:
        """Return Cancel and Save."""
        return (Button("cancel", "Cancel"), Button("save", "Change" if self._place else "Add"))

    def first_focus(self) -> Widget:
        """Return the first field that is shown."""
        return next(row.field for row in self._rows.values() if row.display)

    def on_mount(self) -> None:
        """Show the fields that the choices need, and what was wrong before."""
        self._show_rows()
        self.watch(self.query_one("#body"), "virtual_size", self._show_focus, init=False)
        self._seen = self.read_entry()
        self.say(self._words)

    def read_entry(self) -> ProfileEntry:
        """Return what is in the fields."""
        values = {name: str(row.field.value) for name, row in self._rows.items()}
        sign_in = SignInMethod(values["sign_in"])
        is_instance = self._entry.is_instance if self._place else bool(values["is_instance"])
        environment = values["environment"]
        return ProfileEntry(
            values.get("name", self._entry.name).strip(),
            is_instance,
            values.get("place", self._entry.place).strip(),
            "" if sign_in is SignInMethod.API_KEY else values["user"].strip(),
            Environment(environment) if environment else None,
            sign_in,
            Keep(values["keep"]),
        )

    def on_input_changed(self, event: Input.Changed) -> None:
        """Take back what was said of another text."""
        event.stop()
        if self.read_entry() != self._seen:  # it is, when the field is filled at first
            self._clear(event.input)

    def on_field_changed(self, event: FieldChanged) -> None:
        """Show the fields that a choice needs."""
        event.stop()
        self._clear(self._rows[event.name].field)
        if event.name in ("is_instance", "sign_in"):
            for name in ("place", "user", "environment"):
                if name in self._rows:
                    self._rows[name].set_problem("")
            self._show_rows()

    def _clear(self, field: Widget) -> None:
        self._seen = self.read_entry()
        for row in self._rows.values():
            if row.field is field:
                row.set_problem("")
        self.say("")

    def _show_rows(self) -> None:
        entry = self.read_entry()
        self._rows["sign_in"].display = entry.is_instance
        self._rows["user"].display = entry.is_instance and entry.sign_in is not SignInMethod.API_KEY
        is_client = entry.sign_in in (SignInMethod.CLIENT_CREDENTIALS, SignInMethod.BROWSER)
        self._rows["user"].set_label("Client ID" if is_client else "User name")
        if place := self._rows.get("place"):
            place.set_label("Instance" if entry.is_instance else "File")
            assert isinstance(place.field, SafeInput)  # noqa: S101
            hint = "dev12345, or its whole host name" if entry.is_instance else "the usual one"
            place.field.placeholder = hint

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Say what is wrong with the field that is left."""
        problems = self._find_problems(self.read_entry())
        for name, row in self._rows.items():
            if row.field is event.widget:
                row.set_problem(problems.get(name, ""))

    def _show_focus(self) -> None:
        """Scroll to the field that has the focus, which an error may have moved."""
        if self.focused:
            self.focused.scroll_visible(animate=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to the next field."""
        event.stop()
        self.focus_next()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer, or go to the first field that something is wrong with."""
        if event.name != "save":
            return
        entry = self.read_entry()
        problems = self._find_problems(entry)
        for name, row in self._rows.items():
            row.set_problem(problems.get(name, ""))
        if wrong := next((name for name in self._rows if name in problems), ""):
            self._rows[wrong].field.focus()
        else:
            self.dismiss(entry)


def _text(name: str, text: str) -> SafeInput:
    field = SafeInput(id=f"field-{name}")
    field.value = text
    return field
