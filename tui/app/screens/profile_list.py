"""The list of profiles: to open one, or to add, change or remove one."""

from collections.abc import Iterable, Mapping

from textual.widgets import OptionList

from tui.app.screens.pick_list import PickList, PickRow
from tui.app.widgets.buttons import Button
from tui.app.widgets.lines import MARKS, Lines
from tui.errors import Problem
from tui.presentation.profile_text import place_words
from tui.settings.values import Environment
from tui.storage.profile import Profile
from tui.terminal.signs import sign
from tui.workspace.session import Session

NEW, CHANGE, REMOVE, OPEN = "new", "change", "remove", "open"
"""What can be done with a profile."""


class ProfileList(PickList):
    """The profiles; its answer is what to do and with which, as in `change:dev`.

    Args:
        session: what is worked on now.
        profiles: profiles by name, or what is wrong with one that cannot be read.
        name: the profile to point at.
        words: what has just been done.
    """

    def __init__(
        self,
        session: Session,
        profiles: Mapping[str, Profile | Problem],
        name: str,
        words: str = "",
    ) -> None:
        here = session.profile.name
        rows = [_row(each, found, here=each == here) for each, found in profiles.items()]
        super().__init__(session, "Open a profile", rows, first=f"{OPEN}:{name}")
        self.decides = False
        self._words = words

    def buttons(self) -> Iterable[Button]:
        """Return Close, and what can be done besides opening."""
        return (
            *super().buttons(),
            Button(NEW, "New"),
            Button(CHANGE, "Change"),
            Button(REMOVE, "Remove"),
        )

    def on_mount(self) -> None:
        """Say what has just been done."""
        self.query_one("#said", Lines).set_lines(((self._words, "bold"),))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer with what to do with the profile at the pointer."""
        option = self.query_one("#rows", OptionList).highlighted_option
        name = (option.id or "").partition(":")[2] if option else ""
        if event.name == NEW or (event.name in (CHANGE, REMOVE) and name):
            self.dismiss(f"{event.name}:{name}")


def _row(name: str, found: Profile | Problem, *, here: bool) -> PickRow:
    answer = f"{OPEN}:{name}"
    if isinstance(found, Problem):
        return PickRow(answer, f"{sign('x')} {name}", found.message, MARKS["x"])
    tag = "FILE"
    if found.instance:
        is_test = found.environment is Environment.NON_PRODUCTION
        tag = "NON-PROD" if is_test else "PRODUCTION"
    words = f"{name} (this one)" if here else name
    return PickRow(answer, words, f"{tag:<10}  {place_words(found)}")
