"""The list of properties with its search line and the counts of changes and findings."""

from textual.app import ComposeResult
from textual.containers import Container
from textual.message import Message
from textual.widgets import Input

from tui.app.widgets.lines import Lines
from tui.app.widgets.property_list import PropertyList
from tui.app.widgets.text_field import SafeInput
from tui.workspace.editing import Editing


class Sidebar(Container):
    """The list, the search line and the counts."""

    class SearchSubmitted(Message):
        """Enter was pressed in the search line.

        Attributes:
            name: the property at the pointer, or "" if nothing was found.
        """

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, editing: Editing) -> None:
        super().__init__(id="left")
        self._properties = PropertyList(editing)
        self._search = SafeInput(placeholder="find", id="find")
        self._counts = Lines(id="counts")

    def compose(self) -> ComposeResult:
        """Yield list, search line and counts."""
        yield self._properties
        yield self._search
        yield self._counts

    def show_editing(self, editing: Editing) -> None:
        """Show the draft as it is now."""
        self._properties.show_editing(editing)
        entries, findings = editing.draft.entries, editing.findings.items()
        marks = [
            each.severity.mark for name, found in findings if name in entries for each in found
        ]
        weights = "".join(f"  {mark} {marks.count(mark)}" for mark in "x!" if mark in marks)
        changed = len(editing.changed) or "nothing"
        self._counts.set_lines(((f" {changed} changed{weights}", "dim"),))

    def open_search(self) -> None:
        """Open the search line."""
        self._search.display = True
        self._search.focus()

    def close_search(self) -> None:
        """Close the search line, and list every property again."""
        if self._search.display:
            self._search.value = ""
            self._search.display = False
            self._properties.set_filter("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list."""
        event.stop()
        self._properties.set_filter(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Say what was found."""
        event.stop()
        self.post_message(self.SearchSubmitted(self._properties.chosen))
