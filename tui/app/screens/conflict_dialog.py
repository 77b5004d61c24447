"""Conflicts: what is typed here beside what is there now."""

from collections.abc import Iterable, Mapping, Sequence

from textual.widget import Widget

from tui.app.screens.dialog import Dialog
from tui.app.widgets.buttons import Button, Checkbox
from tui.app.widgets.lines import Lines
from tui.presentation.status_line import changed_by
from tui.presentation.value_text import state_words
from tui.settings.catalog import Entry
from tui.settings.draft import Conflict
from tui.workspace.session import Session


class ConflictDialog(Dialog[frozenset[str]]):
    """Each conflict with the three values; a tick takes what is there. Gives those taken.

    Args:
        session: what the banner tells.
        conflicts: at least one.
        entries: the catalog.
    """

    def __init__(
        self, session: Session, conflicts: Sequence[Conflict], entries: Mapping[str, Entry]
    ) -> None:
        super().__init__(session, "It was changed there, and here too")
        self._conflicts = conflicts
        self._entries = entries

    def body(self) -> Iterable[Widget]:
        """Was, there, here, and the tick."""
        for each in self._conflicts:
            short = self._entries[each.property].declared.short
            yield Lines(
                [
                    ((short, "bold"),),
                    (("  was    ", "dim"), (state_words(each.base), "")),
                    (
                        ("  there  ", "dim"),
                        (state_words(each.theirs), ""),
                        (self._who(each), "dim"),
                    ),
                    (("  here   ", "dim"), (state_words(each.mine), "")),
                ]
            )
            yield Checkbox(each.property, "take what is there; without a tick, keep what is here")
            yield Lines([()])

    def _who(self, conflict: Conflict) -> str:
        by = changed_by(self.session, conflict.property)
        return f",{by}" if by else ""

    def buttons(self) -> Iterable[Button]:
        """The safe one changes nothing."""
        return (Button("cancel", "Decide later"), Button("settle", "Settle"))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Gives the ticked ones back."""
        if event.name == "settle":
            ticked = [tick.name or "" for tick in self.query(Checkbox) if tick.value]
            self.dismiss(frozenset(ticked))
