"""The screen of the configurator: the list, the form of the chosen property, incoming mail."""

from collections.abc import Iterable
from contextlib import suppress
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.css.query import NoMatches
from textual.message import Message
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input, OptionList

from tui.app.base import TerminalApp
from tui.app.screens.keys import ACTIONS, SEND_TEST, bar_keys
from tui.app.widgets.about_pane import AboutPane
from tui.app.widgets.bars import Banner, KeyBar
from tui.app.widgets.counts_rule import CountsRule
from tui.app.widgets.fields import FieldChanged, Notice, SecretChanged, SecretField
from tui.app.widgets.form import Form
from tui.app.widgets.incoming_pane import IncomingPane
from tui.app.widgets.lines import Lines
from tui.app.widgets.problem_list import ProblemList
from tui.app.widgets.property_list import PropertyList, Sidebar
from tui.presentation.status_text import greeting_words
from tui.presentation.value_text import value_words
from tui.settings.findings import Finding, Fix
from tui.workspace.editing import Editing
from tui.workspace.workspace import Workspace

PAUSE = 0.5
"""Seconds without a key after which what is wrong with a half-typed text is said."""

WIDE = 110
"""The columns from which there is room for every problem and all about a property."""

_BAR = ("save", "fix", "undo", "probe", "palette", "explain", "find", "reset", "profiles", "reread")
_BAR_UNREAD = ("reread", "profiles", "palette")
_BAR_END = ("keys", "quit")
"""The keys that a narrow window leaves out last."""


class Configurator(Screen[None]):
    """The screen below all dialogs; it shows the draft and edits it.

    Attributes:
        listing: the list of properties.
        form: the form of the property at which the list points.
    """

    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (80, "-medium"), (WIDE, "-wide")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        *ACTIONS,
        SEND_TEST,
        Binding("tab,down", "next_form", "Next form", show=False),
        Binding("shift+tab,up", "previous_form", "Form before", show=False),
        Binding("ctrl+c,q", "how_to_quit", show=False),
    ]

    # Made when the screen is composed, as widgets need an application.
    listing: PropertyList
    form: Form
    _sidebar: Sidebar

    class FirstShown(Message):
        """The first frame was shown."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._is_first_shown = False
        self._is_status_kept = False
        self._shown_keys: tuple[tuple[str, ...], frozenset[str]] | None = None
        self._pause: Timer | None = None
        self._side_panes: tuple[AboutPane, ProblemList] | tuple[()] = ()

    @property
    def editing(self) -> Editing:
        """The draft as it is now."""
        return self._workspace.editing

    def compose(self) -> ComposeResult:
        """Yield the panes."""
        # Textual sets these after the first layout, and then lays out again.
        width = self.app.size.width
        self.add_class(*self._get_breakpoint_classes(width, self.HORIZONTAL_BREAKPOINTS))
        self._sidebar = Sidebar(self.editing)
        self.listing = self._sidebar.properties
        self.form = Form(self.editing, next(iter(self.editing.draft.entries)))
        yield Banner(self.editing.session)
        with Container(id="panes", classes="-view-list"):
            yield self._sidebar
            yield self.form
            yield IncomingPane(self.editing)
            if self.app.size.width >= WIDE:
                yield from self._make_side_panes()
        yield CountsRule()
        yield Lines([((f" {greeting_words(self.editing.session)}", "bold"),)], id="said")
        yield KeyBar()

    def _make_side_panes(self) -> tuple[AboutPane, ProblemList]:
        self._side_panes = AboutPane(id="about"), ProblemList(self.editing)
        return self._side_panes

    def on_resize(self, event: events.Resize) -> None:
        """Draw the first frame; mount the panes for which a wide window has room."""
        if not self._is_first_shown:
            self._is_first_shown = True
            self.app.call_later(self._show_first_frame)
        if event.size.width >= WIDE and not self._side_panes:
            self.query_one("#panes").mount(*self._make_side_panes())
            self.call_after_refresh(self._show_side_panes)

    async def _show_first_frame(self) -> None:
        if isinstance(self.app, TerminalApp):
            await self.app.show_first_frame()
        self.post_message(self.FirstShown())

    def _show_side_panes(self) -> None:
        # What they show moves whole paragraphs: it waits for a pause.
        if self._side_panes and self.editing.held_to is None:
            about, problems = self._side_panes
            about.show_property(self.form.entry, self.editing.review)
            problems.show_editing(self.editing)

    def on_screen_suspend(self) -> None:
        """Hide passwords under a dialog."""
        for field in self.query(SecretField):
            field.password = True

    def on_mount(self) -> None:
        """Focus the list, so that keys pressed by accident change no field."""
        self.listing.focus()
        self.listing.highlighted = 1
        self.show()

    @property
    def current_property(self) -> str:
        """The property whose form is shown, at which the list points."""
        return self.form.entry.name

    def show(self) -> None:
        """Show the draft as it is now; leave alone what looks the same."""
        editing = self.editing
        self.query_one(Banner).show_session(editing.session)
        keeps_draft = self._workspace.drafts.trouble is None
        self.query_one(CountsRule).show_editing(editing, keeps_draft=keeps_draft)
        self.listing.show_editing(editing)
        self.form.show_editing(editing)
        self.query_one(IncomingPane).show_editing(editing)
        self._show_side_panes()
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
        self.show_property(name, focus=True)

    def show_property(self, name: str, *, focus: bool = False) -> None:
        """Show a property's form, and point to it in the list."""
        if focus and not self._is_status_kept:
            self.clear_status()  # it was about the field before
        self.form.show_property(name, focus=focus)
        self.listing.move_pointer(name)
        self._show_side_panes()
        self._show_keys()

    def _show_keys(self) -> None:
        order = [*(_BAR if self.editing.session.is_read else _BAR_UNREAD)]
        if self.editing.open_conflicts:
            order.insert(1, "compare")
        if self.has_class("-narrow"):
            order.insert(1, "view")
        fix = self.first_fix(self.editing.shown_findings)
        idle = frozenset({"fix"} if fix is None else ())
        if (tuple(order), idle) != self._shown_keys:
            self._shown_keys = tuple(order), idle
            keys = bar_keys(Configurator, order, idle)
            self.query_one(KeyBar).show_keys(keys, bar_keys(Configurator, _BAR_END))

    def on_field_changed(self, event: FieldChanged) -> None:
        """Take a text into the draft; say what is wrong with it after a pause."""
        is_new = event.text != self.editing.draft.text(event.name)
        if is_new and not self._refuse_if_locked(event.name):
            self._workspace.change(self.editing.type(event.name, event.text))
            if self._pause is not None:
                self._pause.stop()
            self._pause = self.set_timer(PAUSE, self._show_findings)

    def on_secret_changed(self, event: SecretChanged) -> None:
        """Take a secret into the draft."""
        if not self._refuse_if_locked(event.name):
            self._workspace.change(self.editing.type_secret(event.name, event.secret))

    def _show_findings(self) -> None:
        self._pause = None
        self._workspace.show_findings()

    def _refuse_if_locked(self, name: str) -> bool:
        """Say why a property cannot be changed here, if so; return whether that is so."""
        reason = self.editing.draft.base.locked.get(name)
        if reason:
            self.form.restore_field()
            self.warn(reason)
        return bool(reason)

    def on_notice(self, event: Notice) -> None:
        """Say what a field has to say."""
        self.warn(event.words)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Leave the field before."""
        self._workspace.leave_field()
        if event.widget is self.form.field:
            self._sidebar.close_search()
            self.listing.move_pointer(self.current_property)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show the form of the property at the pointer."""
        # The pointer may have moved on since; to follow it back would call it back for ever.
        name = event.option.id
        if name and event.option_list is self.listing and name == self.listing.current_property:
            self.show_property(name)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Go to the field of a property, or of one that has a problem."""
        if event.option.id:
            self.focus_property(event.option.id.rpartition(":")[2])

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to the next field."""
        self.action_next_form()

    def on_sidebar_search_submitted(self, event: Sidebar.SearchSubmitted) -> None:
        """Go to the property that was found, or back to the list."""
        if event.name:
            self.focus_property(event.name)
        else:
            self.action_back()

    def action_next_form(self) -> None:
        """Go to the form below; from the last one to the list."""
        self._step_focus(1)

    def action_previous_form(self) -> None:
        """Go to the form above; from the first one to the list."""
        self._step_focus(-1)

    def _step_focus(self, step: int) -> None:
        names = [*self.editing.draft.entries]
        at = names.index(self.current_property) + step
        if self.focused is not self.form.field:
            self.focus_property(names[-1] if step < 0 else self.current_property)
        elif 0 <= at < len(names):
            self.focus_property(names[at])
        else:
            self.action_back()

    def first_fix(self, findings: Iterable[Finding]) -> Fix | None:
        """Return the first fix among the chosen property's findings."""
        own = (each for each in findings if each.property == self.current_property)
        return next((each.fix for each in own if each.fix), None)

    def action_fix(self) -> None:
        """Apply the first fix of the chosen property, said already or not."""
        fix = self.first_fix(self.editing.review.findings)
        if fix is None:
            self.say("No finding here has a fix.", "dim")
        elif not any(self._refuse_if_locked(name) for name in fix.set):
            self._workspace.change(self.editing.apply_fix(fix))
            self.say(f"Done: {fix.label}. F7 undoes it.")

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
        if names:
            self.show_property(names[0])
        else:
            self.say(nothing, "dim")

    def action_copy_value(self) -> None:
        """Send the chosen property's value to the terminal's clipboard."""
        entry, draft = self.form.entry, self.editing.draft
        text = "" if entry.is_secret else draft.text(entry.name)
        if text:
            self.app.copy_to_clipboard(text)
            self.say(f"Sent to the terminal's clipboard: {value_words(text)}", "dim")
        else:
            self.say("There is no value to copy.", "dim")

    def action_find(self) -> None:
        """Open the search line."""
        self._show_view("list")
        self._sidebar.open_search()

    def action_back(self) -> None:
        """Go to the list, and close a search."""
        self._show_view("list")
        # At once: Textual's `focus` waits, and would take it from a field that has got it since.
        self.set_focus(self.listing, scroll_visible=False)
        self._sidebar.close_search()

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
            self.listing.focus()

    def _show_view(self, view: str) -> None:
        self.query_one("#panes").set_classes(f"-view-{view}")

    def action_how_to_quit(self) -> None:
        """Say how to quit."""
        self.say("^Q quits.")
