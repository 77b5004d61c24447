"""Looks after an editing: keeps its draft while one types, and an eye on where it came from."""

import asyncio
import signal
from collections.abc import Callable
from functools import cached_property
from typing import TypeVar

from textual import work
from textual.timer import Timer

from tui.applying.editing import Editing
from tui.applying.keeping import Keeper
from tui.applying.session import Session, finish, open_session
from tui.documents.drafts import SavedDraft
from tui.errors import Problem
from tui.screens.ask import Ask
from tui.screens.compare import Compare
from tui.screens.configurator import Configurator
from tui.shell import Shell
from tui.widgets.lines import Line
from tui.words.ending import Ending
from tui.words.happened import brief, greeting, reread_words, restore_words

T = TypeVar("T")

QUIET = 1.0
"""Seconds without a key after which the draft is kept."""

LOOK = 1.0
"""Seconds between two looks at whether the file was changed by somebody else."""


class Workbench(Shell):
    """The configurator's screen with what lies on it.

    Attributes:
        ending: what is to be said once the terminal is its owner's again.
        keeper: keeps the draft.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.ending = Ending(session.target.where)
        self.keeper = Keeper(session)
        self._quiet: Timer | None = None
        self._stamp = session.target.stamp()

    @cached_property
    def main(self) -> Configurator:
        """The screen below all others; it holds the editing."""
        return Configurator(Editing.of(self._session))

    @property
    def editing(self) -> Editing:
        """The draft as it is now."""
        return self.main.editing

    def get_default_screen(self) -> Configurator:
        """The configurator."""
        return self.main

    def on_configurator_whole(self, event: Configurator.Whole) -> None:
        """What can wait is done after the first frame."""
        self.ready()
        session = self.editing.session
        if about := session.snapshot.findings:
            more = f" And {len(about) - 1} more: glidemail check" if len(about) > 1 else ""
            self.main.warn(f"{about[0].message}{more}")
        else:
            self.main.say(greeting(session))
        self.set_interval(LOOK, self._look)
        self.run_worker(_load, thread=True, group="loading")
        self._offer_draft()

    def on_configurator_changed(self, event: Configurator.Changed) -> None:
        """The draft is another one: it is kept once nothing is typed for a while."""
        if self._quiet is not None:
            self._quiet.stop()
        self._quiet = self.set_timer(QUIET, self._keep)

    @work(exclusive=True, group="draft")
    async def _keep(self) -> None:
        try:
            await asyncio.to_thread(self.keeper.keep, self.editing)
        except Problem as problem:
            self.main.warn(f"No draft is kept: {self._brief(problem)}")
        if self.keeper.left:
            self._offer_draft()

    def _brief(self, problem: Problem) -> str:
        return brief(problem, self.editing.session)

    def _look(self) -> None:
        if self.screen is self.main and self.editing.session.target.stamp() != self._stamp:
            self.action_reread()

    @work(exclusive=True, group="reading")
    async def action_reread(self, *, asked: bool = False) -> None:
        """Reads again what is there now, and puts the edits over it."""
        try:
            session = await self._read()
        except Problem as problem:
            self.main.warn(self._brief(problem))
            if asked:
                await self._tell("It cannot be read", problem)
            return
        # Only now: what was typed while it was read is in it.
        before, editing = self.editing.session.snapshot, self.editing.over(session)
        self.main.show(editing)
        if asked or session.snapshot != before:
            self.main.warn(reread_words(editing))
            self.main.post_message(Configurator.Changed())

    def action_read_again(self) -> None:
        """Reads again because somebody asked, and says so in any case."""
        self.action_reread(asked=True)

    async def _read(self) -> Session:
        session = self.editing.session
        self._stamp = session.target.stamp()

        def again() -> Session:
            return finish(open_session(session.profile, session.settings))

        return await asyncio.to_thread(again)

    async def _tell(self, title: str, problem: Problem) -> None:
        room = min(self.size.width - 4, 98)
        await self.push_screen_wait(Ask.problem(self.editing.session, title, problem, room))

    async def _compare(self) -> bool:
        conflicts = self.editing.open_conflicts
        dialog = Compare(self.editing.session, conflicts, self.editing.draft.entries)
        taken = await self.push_screen_wait(dialog)
        if taken is None:
            return False
        editing = self.editing
        for each in conflicts:
            name = each.property
            editing = editing.take(name) if name in taken else editing.keep(name)
        self.main.change(editing)
        return True

    @work(group="draft found")
    async def _offer_draft(self) -> None:
        try:
            found = self.keeper.found()
        except Problem as problem:
            await self._tell("The draft of the last time cannot be read", problem)
            return
        if self.keeper.trouble:
            self.main.warn(self.keeper.trouble)
        if found:
            await self._restore(found)

    async def _restore(self, found: SavedDraft) -> None:
        editing = self.editing.restored(found.draft)
        lines: list[Line] = [((line, ""),) for line in restore_words(editing, found)]
        answers = [("restore", "Restore"), ("discard", "Discard")]
        if not editing.changed:
            answers = [("discard", "Close")]
        title = "There are changes that were not saved"
        answer = await self.push_screen_wait(Ask(editing.session, title, lines, answers))
        self.keeper.settle()
        if answer == "discard" or not editing.changed:
            self._try(self.keeper.forget)
            self.main.say("The draft is gone; the file is as it was.")
            self.main.post_message(Configurator.Changed())
            return
        self.main.change(editing)
        self.main.say("Restored. F7 takes it back.")
        if editing.open_conflicts:
            await self._compare()

    def ends(self, number: signal.Signals | None, fault: Exception | None) -> None:
        """Keeps what was not saved, and remembers what to say of it."""
        editing = self.editing
        if editing.changed:
            kept = self._try(lambda: self.keeper.keep(editing))
            self.ending.unsaved(editing, kept=bool(kept))
        if number:
            self.ending.stopped_by(number.name)
        if fault:
            self.ending.fault(fault)

    def _try(self, step: Callable[[], T]) -> T | None:
        try:
            return step()
        except Problem as problem:
            self.ending.trouble(problem)
            return None


def _load() -> None:
    """Loads what the first address and the first save need, so that no key waits for it."""
    import email_validator  # noqa: F401
    import tomlkit  # noqa: F401
