"""The configurator: list, forms, and the incoming mail that follows."""

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input, OptionList

from tui.app.screens.actions import ACTIONS
from tui.app.screens.keys import bar
from tui.app.widgets.bars import Banner, KeyBar
from tui.app.widgets.form import Form, Forms, form_of
from tui.app.widgets.incoming_pane import IncomingPane
from tui.app.widgets.lines import Lines
from tui.app.widgets.messages import Edited, Said, SecretTyped
from tui.app.widgets.property_list import PropertyList
from tui.app.widgets.secret_field import SecretField
from tui.app.widgets.sidebar import Sidebar
from tui.settings.findings import Fix
from tui.workspace.editing import Editing
from tui.workspace.workspace import Workspace

_FORM_ROWS = 7
_BAR = (
    *("save", "fix", "reset", "find", "palette", "explain", "quit", "keys", "undo", "redo"),
    *("reread", "profiles"),
)
_BAR_UNREAD = ("reread", "profiles", "palette", "quit", "keys")


class Configurator(Screen[None]):
    """Shows an editing and turns keys into the next one; what follows is the application's."""

    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (80, "-medium"), (110, "-wide")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        *ACTIONS,
        Binding("down", "next_form", "Next", show=False),
        Binding("up", "previous_form", "Previous", show=False),
        Binding("ctrl+c", "how_to_quit", show=False),
    ]

    class Whole(Message):
        """The first frame was shown, and what it left out is there too."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._shown: Editing | None = None
        self._forms: dict[str, Form] = {}
        self._stays = False
        self._offered: tuple[tuple[str, ...], frozenset[str]] | None = None

    @property
    def editing(self) -> Editing:
        """The draft as it is now."""
        return self._workspace.editing

    def compose(self) -> ComposeResult:
        """Only the forms that fit are mounted first."""
        entries = self.editing.draft.entries
        self._forms = {name: Form(entry, self.editing) for name, entry in entries.items()}
        yield Banner(self.editing.session)
        with Container(id="panes", classes="-view-list"):
            yield Sidebar(self.editing)
            with Forms(id="forms", can_focus=False):
                yield from list(self._forms.values())[: self._fitting]
            yield IncomingPane(self.editing)
        yield Lines(id="said")
        yield KeyBar()

    def on_screen_suspend(self) -> None:
        """No password stays in sight under a dialog."""
        for field in self.query(SecretField):
            field.password = True

    @property
    def _fitting(self) -> int:
        return self.app.size.height // _FORM_ROWS + 1

    def on_mount(self) -> None:
        """The list has the focus: nothing that is typed by accident gets into a field."""
        listing = self.query_one(PropertyList)
        listing.focus()
        listing.highlighted = 1
        self.call_after_refresh(self._mount_rest)
        self.show()

    async def _mount_rest(self) -> None:
        rest = [form for form in self._forms.values() if not form.is_attached]
        await self.query_one(Forms).mount(*rest)
        self.post_message(self.Whole())

    @property
    def chosen(self) -> str:
        """The property whose field has the focus, else the one that the list points to, or ""."""
        form = form_of(self.focused)
        return form.entry.name if form else self.query_one(PropertyList).chosen

    def show(self) -> None:
        """Show the draft as it is now; what looks the same as before is left alone."""
        editing, before = self.editing, self._shown
        names = editing.draft.entries if before is None else editing.differing(before)
        self._shown = editing
        self.query_one(Banner).follow(editing.session)
        self.query_one(Sidebar).show(editing)
        for name in names:
            self._forms[name].show(editing)
        self.query_one(IncomingPane).follow(editing)
        self._offer_keys()

    def begin(self) -> None:
        """Show another session, from the list on."""
        self.show()
        self.action_back()

    def say(self, words: str, style: str = "bold", *, stays: bool = False) -> None:
        """Says something in the line above the keys, until the next change.

        Args:
            words: what.
            style: of the words.
            stays: no hint takes its place.
        """
        self.query_one("#said", Lines).show(((f" {words}", style),))
        self._stays = stays

    def warn(self, words: str) -> None:
        """Says something that a person should not miss."""
        self.say(words, "bold $warning", stays=True)

    def hint(self, words: str, style: str = "dim") -> None:
        """Says something that may as well go unsaid."""
        if not self._stays:
            self.say(words, style)

    def clear_status(self) -> None:
        """Leave the line above the keys empty."""
        self.query_one("#said", Lines).show()
        self._stays = False

    def go(self, name: str) -> None:
        """Goes to a property's field."""
        self._view("form")
        self._forms[name].field.focus()

    def _offer_keys(self) -> None:
        order = [*(_BAR if self.editing.session.is_read else _BAR_UNREAD)]
        if self.editing.open_conflicts:
            order.insert(1, "compare")
        if self.has_class("-narrow"):
            order.insert(1, "view")
        idle = frozenset({"fix"} if self.first_fix() is None else ())
        if (tuple(order), idle) != self._offered:
            self._offered = tuple(order), idle
            self.query_one(KeyBar).offer(*bar(Configurator, order, idle))

    def on_edited(self, event: Edited) -> None:
        """A text was typed."""
        if event.text != self.editing.draft.text(event.name) and not self._locked(event.name):
            self._workspace.change(self.editing.type(event.name, event.text))

    def on_secret_typed(self, event: SecretTyped) -> None:
        """A secret was typed."""
        if not self._locked(event.name):
            self._workspace.change(self.editing.type_secret(event.name, event.secret))

    def _locked(self, name: str) -> bool:
        """Whether a property cannot be changed here; its form then stays as it is, and says why."""
        reason = self.editing.draft.base.locked.get(name)
        if reason:
            self._forms[name].show(self.editing)
            self.warn(reason)
        return bool(reason)

    def on_said(self, event: Said) -> None:
        """A field has something to say."""
        self.warn(event.words)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """The list follows the focus, and the visit to the field before is over."""
        form = form_of(event.widget)
        self._workspace.leave_field()
        if form:
            self.query_one(Sidebar).end_find()
            self.query_one(PropertyList).point(form.entry.name)
            form.scroll_visible(animate=False)
            self.hint(form.field.HINT)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """The form follows the pointer."""
        if event.option.id and self.query_one(PropertyList).has_focus:
            form = self._forms[event.option.id]
            if form.is_attached:
                form.scroll_visible(animate=False)
        self._offer_keys()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter in the list goes to the field."""
        if event.option.id:
            self.go(event.option.id)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes to the next field."""
        self.focus_next()

    def on_sidebar_found(self, event: Sidebar.Found) -> None:
        """Goes to what was found."""
        if event.name:
            self.go(event.name)
        else:
            self.action_back()

    def action_next_form(self) -> None:
        """To the field below."""
        self.focus_next()

    def action_previous_form(self) -> None:
        """To the field above, or the list."""
        self.focus_previous()

    def first_fix(self) -> Fix | None:
        """The fix that F4 does: the first one among the chosen property's findings."""
        found = self.editing.findings.get(self.chosen, ())
        return next((each.fix for each in found if each.fix), None)

    def action_fix(self) -> None:
        """Does what the chosen property's finding proposes."""
        if (fix := self.first_fix()) and not any(self._locked(name) for name in fix.set):
            self._workspace.change(self.editing.fix(fix))
            self.say(f"Done: {fix.label}. F7 takes it back.")
        elif not fix:
            self.say("No finding here has a fix.", "dim")

    def action_reset(self) -> None:
        """The chosen property as it was loaded."""
        if self.chosen:
            self._workspace.change(self.editing.reset(self.chosen))

    def action_clear(self) -> None:
        """The chosen property blank."""
        if self.chosen and not self._locked(self.chosen):
            self._workspace.change(self.editing.clear(self.chosen))

    def action_undo(self) -> None:
        """One step back."""
        self._step(self.editing.undo(), "Nothing to undo.")

    def action_redo(self) -> None:
        """One step forward again."""
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
        self.query_one(PropertyList).point(names[0])
        self._forms[names[0]].scroll_visible(animate=False)

    def action_find(self) -> None:
        """Opens the line to find with."""
        self._view("list")
        self.query_one(Sidebar).find()

    def action_back(self) -> None:
        """To the list; a search ends."""
        self._view("list")
        self.query_one(PropertyList).focus()
        self.query_one(Sidebar).end_find()

    def action_view(self) -> None:
        """List, form and incoming in turn, where there is room for one only."""
        views = ["list", "form", "incoming"]
        panes = self.query_one("#panes")
        now = next(view for view in views if panes.has_class(f"-view-{view}"))
        after = views[(views.index(now) + 1) % len(views)]
        if after == "form" and self.chosen:
            self.go(self.chosen)
        else:
            self._view(after)
            self.query_one(PropertyList).focus()

    def _view(self, view: str) -> None:
        panes = self.query_one("#panes")
        panes.set_classes(f"-view-{view}")

    def action_how_to_quit(self) -> None:
        """Says how to quit to whoever tries it by habit."""
        self.say("^Q quits.")
