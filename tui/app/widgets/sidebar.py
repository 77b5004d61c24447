"""The list of properties with the line to find in it, and what there is to say of all of them."""

from textual.app import ComposeResult
from textual.containers import Container
from textual.message import Message
from textual.widgets import Input

from tui.app.widgets.lines import Lines
from tui.app.widgets.property_list import PropertyList
from tui.app.widgets.text_field import SafeInput
from tui.workspace.editing import Editing


class Sidebar(Container):
    """List, line to find with, counts.

    Attributes:
        listing: the list.
    """

    class Found(Message):
        """Enter was pressed in the line to find with.

        Attributes:
            name: the property that the list points to then, or "" where nothing was found.
        """

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, editing: Editing) -> None:
        super().__init__(id="left")
        self.listing = PropertyList(editing)
        self._line = SafeInput(placeholder="find", id="find")
        self._counts = Lines(id="counts")

    def compose(self) -> ComposeResult:
        """One below the other."""
        yield self.listing
        yield self._line
        yield self._counts

    def show(self, editing: Editing) -> None:
        """Show the draft as it is now."""
        self.listing.show(editing)
        entries, findings = editing.draft.entries, editing.findings.items()
        marks = [
            each.severity.mark for name, found in findings if name in entries for each in found
        ]
        weights = "".join(f"  {mark} {marks.count(mark)}" for mark in "x!" if mark in marks)
        changed = len(editing.changed) or "nothing"
        self._counts.show(((f" {changed} changed{weights}", "dim"),))

    def find(self) -> None:
        """Opens the line to find with."""
        self._line.display = True
        self._line.focus()

    def end_find(self) -> None:
        """Closes it; the list is whole again."""
        if self._line.display:
            self._line.value = ""
            self._line.display = False
            self.listing.filter("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrows the list."""
        event.stop()
        self.listing.filter(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Tells what was found."""
        event.stop()
        self.post_message(self.Found(self.listing.chosen))
