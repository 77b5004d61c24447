"""The dialog that settles conflicts."""

from collections.abc import Iterable, Mapping, Sequence

from textual.widget import Widget

from tui.app.screens.dialog import Dialog
from tui.app.widgets.buttons import Button, Checkbox
from tui.app.widgets.lines import Lines
from tui.presentation.status_text import changed_by
from tui.presentation.value_text import state_words
from tui.settings.catalog import Entry
from tui.settings.draft import Conflict
from tui.workspace.session import Session


class ConflictDialog(Dialog[frozenset[str]]):
    """A dialog with the three values of each conflict; a tick takes the target's.

    Its answer is the properties for which the target's value is taken.

    Args:
        session: what the banner shows.
        conflicts: the conflicts, at least one.
        entries: the catalog.
    """

    def __init__(
        self, session: Session, conflicts: Sequence[Conflict], entries: Mapping[str, Entry]
    ) -> None:
        super().__init__(session, "It was changed there, and here too")
        self._conflicts = conflicts
        self._entries = entries

    def body(self) -> Iterable[Widget]:
        """Yield the values of each conflict and a checkbox."""
        for each in self._conflicts:
            short = self._entries[each.property].declared.short
            yield Lines(
                [
                    ((short, "bold"),),
                    (("  was    ", "dim"), (state_words(each.base), "")),
                    (
                        ("  there  ", "dim"),
                        (state_words(each.theirs), ""),
                        (self._changed_by(each), "dim"),
                    ),
                    (("  here   ", "dim"), (state_words(each.mine), "")),
                ]
            )
            yield Checkbox(each.property, "take what is there; without a tick, keep what is here")
            yield Lines([()])

    def _changed_by(self, conflict: Conflict) -> str:
        by = changed_by(self.session, conflict.property)
        return f",{by}" if by else ""

    def buttons(self) -> Iterable[Button]:
        """Return the safe button, and the one that settles."""
        return (Button("cancel", "Decide later"), Button("settle", "Settle"))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer with what is ticked."""
        if event.name == "settle":
            ticked = [box.name or "" for box in self.query(Checkbox) if box.value]
            self.dismiss(frozenset(ticked))
