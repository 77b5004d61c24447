"""The screen of the configurator: list, forms and incoming mail."""

from contextlib import suppress
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.css.query import NoMatches
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input, OptionList

from tui.app.screens.keys import ACTIONS, SEND_TEST, bar_keys
from tui.app.widgets.bars import Banner, KeyBar
from tui.app.widgets.fields import FieldChanged, Notice, SecretChanged, SecretField
from tui.app.widgets.form import Form, Forms, find_form
from tui.app.widgets.incoming_pane import IncomingPane
from tui.app.widgets.lines import Lines
from tui.app.widgets.property_list import PropertyList, Sidebar
from tui.settings.findings import Fix
from tui.workspace.editing import Editing
from tui.workspace.workspace import Workspace

_FORM_ROWS = 7
"""The height of a form, at least."""
_BAR = (
    *("save", "fix", "reset", "find", "palette", "explain", "quit", "keys", "undo", "redo"),
    *("reread", "profiles"),
)
_BAR_UNREAD = ("reread", "profiles", "palette", "quit", "keys")


class Configurator(Screen[None]):
    """The screen below all dialogs; it shows the draft and edits it."""

    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (80, "-medium"), (110, "-wide")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        *ACTIONS,
        SEND_TEST,
        Binding("down", "next_form", "Next", show=False),
        Binding("up", "previous_form", "Previous", show=False),
        Binding("ctrl+c", "how_to_quit", show=False),
    ]

    class FormsMounted(Message):
        """The first frame was shown, and the forms that it left out are mounted."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._shown: Editing | None = None
        self._forms: dict[str, Form] = {}
        self._is_status_kept = False
        self._shown_keys: tuple[tuple[str, ...], frozenset[str]] | None = None

    @property
    def editing(self) -> Editing:
        """The draft as it is now."""
        return self._workspace.editing

    def compose(self) -> ComposeResult:
        """Yield the panes, with only as many forms as fit at first."""
        entries = self.editing.draft.entries
        self._forms = {name: Form(entry, self.editing) for name, entry in entries.items()}
        yield Banner(self.editing.session)
        with Container(id="panes", classes="-view-list"):
            yield Sidebar(self.editing)
            with Forms(id="forms", can_focus=False):
                yield from list(self._forms.values())[: self._forms_in_sight]
            yield IncomingPane(self.editing)
        yield Lines(id="said")
        yield KeyBar()

    def on_screen_suspend(self) -> None:
        """Hide passwords under a dialog."""
        for field in self.query(SecretField):
            field.password = True

    @property
    def _forms_in_sight(self) -> int:
        return self.app.size.height // _FORM_ROWS + 1

    def on_mount(self) -> None:
        """Focus the list, so that keys pressed by accident change no field."""
        properties = self.query_one(PropertyList)
        properties.focus()
        properties.highlighted = 1
        self.call_after_refresh(self._mount_rest)
        self.show()

    async def _mount_rest(self) -> None:
        rest = [form for form in self._forms.values() if not form.is_attached]
        await self.query_one(Forms).mount(*rest)
        self.post_message(self.FormsMounted())

    @property
    def current_property(self) -> str:
        """The property whose field has the focus, else the one at the list's pointer, or ""."""
        form = find_form(self.focused)
        return form.entry.name if form else self.query_one(PropertyList).current_property

    def show(self) -> None:
        """Show the draft as it is now; leave alone what looks the same."""
        editing, before = self.editing, self._shown
        names = editing.draft.entries if before is None else editing.find_differences(before)
        self._shown = editing
        self.query_one(Banner).show_session(editing.session)
        keeps_draft = self._workspace.drafts.trouble is None
        self.query_one(Sidebar).show_editing(editing, keeps_draft=keeps_draft)
        for name in names:
            self._forms[name].show_editing(editing)
        self.query_one(IncomingPane).show_editing(editing)
        self._show_keys()

    def show_session(self) -> None:
        """Show another session, with the focus on the list."""
        self.show()
        self.action_back()

    def say(self, words: str, style: str = "bold", *, stays: bool = False) -> None:
        """Say something in the status line until the next change.

        Args:
            words: what to say.
            style: the style of the words.
            stays: keep hints from taking its place.
        """
        with suppress(NoMatches):  # the screen may be taken down just now
            self.query_one("#said", Lines).set_lines(((f" {words}", style),))
        self._is_status_kept = stays

    def warn(self, words: str) -> None:
        """Say something in the status line that a person should not miss."""
        self.say(words, "bold $warning", stays=True)

    def hint(self, words: str, style: str = "dim") -> None:
        """Say something in the status line, unless there is something more important."""
        if not self._is_status_kept:
            self.say(words, style)

    def clear_status(self) -> None:
        """Empty the status line."""
        self.query_one("#said", Lines).set_lines()
        self._is_status_kept = False

    def focus_property(self, name: str) -> None:
        """Go to a property's field."""
        self._show_view("form")
        self._forms[name].field.focus()

    def _show_keys(self) -> None:
        order = [*(_BAR if self.editing.session.is_read else _BAR_UNREAD)]
        if self.editing.open_conflicts:
            order.insert(1, "compare")
        if self.has_class("-narrow"):
            order.insert(1, "view")
        idle = frozenset({"fix"} if self.first_fix() is None else ())
        if (tuple(order), idle) != self._shown_keys:
            self._shown_keys = tuple(order), idle
            self.query_one(KeyBar).show_keys(*bar_keys(Configurator, order, idle))

    def on_field_changed(self, event: FieldChanged) -> None:
        """Take a text into the draft."""
        is_new = event.text != self.editing.draft.text(event.name)
        if is_new and not self._refuse_if_locked(event.name):
            self._workspace.change(self.editing.type(event.name, event.text))

    def on_secret_changed(self, event: SecretChanged) -> None:
        """Take a secret into the draft."""
        if not self._refuse_if_locked(event.name):
            self._workspace.change(self.editing.type_secret(event.name, event.secret))

    def _refuse_if_locked(self, name: str) -> bool:
        """Say why a property cannot be changed here, if so; return whether that is so."""
        reason = self.editing.draft.base.locked.get(name)
        if reason:
            self._forms[name].show_editing(self.editing)
            self.warn(reason)
        return bool(reason)

    def on_notice(self, event: Notice) -> None:
        """Say what a field has to say."""
        self.warn(event.words)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Leave the field before, and move the list's pointer to the new one."""
        form = find_form(event.widget)
        self._workspace.leave_field()
        if form:
            self.query_one(Sidebar).close_search()
            self.query_one(PropertyList).move_pointer(form.entry.name)
            form.scroll_visible(animate=False)
            self.hint(form.field.HINT)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Bring the form at the pointer into sight."""
        if event.option.id and self.query_one(PropertyList).has_focus:
            form = self._forms[event.option.id]
            if form.is_attached:
                form.scroll_visible(animate=False)
        self._show_keys()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Go to the field."""
        if event.option.id:
            self.focus_property(event.option.id)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to the next field."""
        self.focus_next()

    def on_sidebar_search_submitted(self, event: Sidebar.SearchSubmitted) -> None:
        """Go to the property that was found, or back to the list."""
        if event.name:
            self.focus_property(event.name)
        else:
            self.action_back()

    def action_next_form(self) -> None:
        """Go to the field below."""
        self.focus_next()

    def action_previous_form(self) -> None:
        """Go to the field above, or to the list."""
        self.focus_previous()

    def first_fix(self) -> Fix | None:
        """Return the first fix among the chosen property's findings."""
        found = self.editing.findings.get(self.current_property, ())
        return next((each.fix for each in found if each.fix), None)

    def action_fix(self) -> None:
        """Apply the first fix of the chosen property."""
        if (fix := self.first_fix()) and not any(self._refuse_if_locked(name) for name in fix.set):
            self._workspace.change(self.editing.apply_fix(fix))
            self.say(f"Done: {fix.label}. F7 takes it back.")
        elif not fix:
            self.say("No finding here has a fix.", "dim")

    def action_reset(self) -> None:
        """Reset the chosen property to what was loaded."""
        if self.current_property:
            self._workspace.change(self.editing.reset(self.current_property))

    def action_clear(self) -> None:
        """Clear the chosen property."""
        if self.current_property and not self._refuse_if_locked(self.current_property):
            self._workspace.change(self.editing.clear(self.current_property))

    def action_undo(self) -> None:
        """Undo one step."""
        self._step(self.editing.undo(), "Nothing to undo.")

    def action_redo(self) -> None:
        """Redo one step."""
        self._step(self.editing.redo(), "Nothing to redo.")

    def _step(self, editing: Editing, nothing: str) -> None:
        names = [
            name
            for name in editing.draft.entries
            if editing.draft.value(name) != self.editing.draft.value(name)
            or editing.draft.secrets.get(name) is not self.editing.draft.secrets.get(name)
        ]
        self._workspace.change(editing)
        if not names:
            self.say(nothing, "dim")
            return
        self.query_one(PropertyList).move_pointer(names[0])
        self._forms[names[0]].scroll_visible(animate=False)

    def action_find(self) -> None:
        """Open the search line."""
        self._show_view("list")
        self.query_one(Sidebar).open_search()

    def action_back(self) -> None:
        """Go to the list, and close a search."""
        self._show_view("list")
        self.query_one(PropertyList).focus()
        self.query_one(Sidebar).close_search()

    def action_view(self) -> None:
        """Show list, form and incoming mail in turn, if there is room for only one."""
        views = ["list", "form", "incoming"]
        panes = self.query_one("#panes")
        now = next(view for view in views if panes.has_class(f"-view-{view}"))
        after = views[(views.index(now) + 1) % len(views)]
        if after == "form" and self.current_property:
            self.focus_property(self.current_property)
        else:
            self._show_view(after)
            self.query_one(PropertyList).focus()

    def _show_view(self, view: str) -> None:
        self.query_one("#panes").set_classes(f"-view-{view}")

    def action_how_to_quit(self) -> None:
        """Say how to quit."""
        self.say("^Q quits.")
