"""Looks after an editing: keeps its draft while one types, and an eye on where it came from."""

import asyncio
import signal
from collections.abc import Callable
from functools import cached_property
from typing import TypeVar

from textual import work
from textual.timer import Timer

from tui.app.base import TerminalApp
from tui.app.screens.configurator import Configurator
from tui.app.screens.conflict_dialog import ConflictDialog
from tui.app.screens.dialog import Dialog
from tui.app.screens.message_dialog import MessageDialog
from tui.app.widgets.lines import prose
from tui.coroutines import run_without_loop
from tui.errors import Problem
from tui.presentation.exit_report import ExitReport
from tui.presentation.status_line import brief, called, greeting, reread_words, restore_words
from tui.storage.draft_file import SavedDraft
from tui.workspace.draft_keeper import DraftKeeper
from tui.workspace.editing import Editing
from tui.workspace.session import Session, open_session

T = TypeVar("T")

NOBODY = "sign-in.none"
"""The code of a refusal that needs no telling: whoever was asked to sign in did not want to."""

QUIET = 1.0
"""Seconds without a key after which the draft is kept."""

LOOK = 1.0
"""Seconds between two looks at whether the file was changed by somebody else."""

_OPENING = 0.02
"""Seconds after which it is looked again whether a dialog has opened that is to close."""


class Workbench(TerminalApp):
    """The configurator's screen with what lies on it.

    Attributes:
        ending: what is to be said once the terminal is its owner's again.
        keeper: keeps the draft.
        saves: a save was asked for, and has not ended.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.ending = ExitReport(session.target.where)
        self.keeper = DraftKeeper(session)
        self.saves = False
        self._asking = asyncio.Lock()
        self._keeping = asyncio.Lock()
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

    async def ask(self, dialog: Dialog[T]) -> T | None:
        """The answer to a dialog, which opens once no other one is open.

        It closes where nobody waits for the answer any more.
        """
        async with self._asking:
            asked = asyncio.ensure_future(self.push_screen_wait(dialog))
            try:
                return await asyncio.shield(asked)
            except asyncio.CancelledError:
                # Not while it opens: Textual would leave a half of it there.
                while self.is_running and not (asked.done() or self._exit):
                    if dialog.is_mounted:
                        dialog.dismiss()
                    await asyncio.wait((asked,), timeout=_OPENING)
                raise

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
        self.first_thing()

    def first_thing(self) -> None:
        """What is offered once everything is there: the draft of the last time."""
        self._offer_draft()

    def on_configurator_changed(self, event: Configurator.Changed) -> None:
        """The draft is another one: it is kept once nothing is typed for a while."""
        self._stop_waiting()
        self._quiet = self.set_timer(QUIET, self._keep)

    def _stop_waiting(self) -> None:
        if self._quiet is not None:
            self._quiet.stop()

    @work(group="draft")
    async def _keep(self) -> None:
        try:
            await self.kept(self.editing)
        except Problem as problem:
            self.main.warn(f"No draft is kept: {self._brief(problem)}")
        if self.keeper.left:
            self._offer_draft()

    async def kept(self, editing: Editing) -> bool:
        """Keeps the draft, or removes it where nothing is changed; whether that was done.

        Raises:
            Problem: it cannot be written.
        """
        keeper = self.keeper
        async with self._keeping:
            if keeper is not self.keeper:
                return False  # it was put aside meanwhile, and kept then
            return await asyncio.to_thread(keeper.keep, editing)

    def _brief(self, problem: Problem) -> str:
        return brief(problem, self.editing.session)

    def _look(self) -> None:
        if self.screen is not self.main or self.saves:
            return
        if self.editing.session.target.stamp() != self._stamp:
            self.action_reread()

    @work(exclusive=True, group="reading")
    async def action_reread(self, *, asked: bool = False) -> None:
        """Reads again what is there now, and puts the edits over it."""
        await self.reread(asked=asked)

    async def reread(self, *, asked: bool) -> bool:
        """Reads again; whether that could be done."""
        try:
            session = await self.read()
        except Problem as problem:
            self.main.warn(self._brief(problem))
            if asked and problem.code != NOBODY:
                await self.tell("It cannot be read", problem)
            return False
        # Only now: what was typed while it was read is in it.
        before, editing = self.editing.session, self.editing.over(session)
        self.main.show(editing)
        if asked or session.snapshot != before.snapshot:
            self.main.warn(reread_words(editing, before))
            self.main.post_message(Configurator.Changed())
        elif session.place.model:
            self.main.say(greeting(session))  # what was said while it was read is over
        return True

    def action_read_again(self) -> None:
        """Reads again because somebody asked, and says so in any case."""
        if self.saves:
            self.main.warn("A save is under way.")
        else:
            self.action_reread(asked=True)

    async def read(self) -> Session:
        """What is there now; an instance is asked by a subclass."""
        session = self.editing.session
        self._stamp = session.target.stamp()

        def again() -> Session:
            return run_without_loop(open_session(session.profile, session.settings))

        return await asyncio.to_thread(again)

    def adopt(self, session: Session) -> None:
        """Works on another session from now on."""
        self._stop_waiting()
        if session.profile.name != self.editing.session.profile.name:
            self.keeper.release()
            self.keeper = DraftKeeper(session)
        self.ending.moved(session.profile.name, session.target.where)
        self._stamp = session.target.stamp()
        self.main.begin(Editing.of(session))
        self.main.say(greeting(session))

    async def tell(self, title: str, problem: Problem) -> None:
        """Shows what went wrong."""
        await self.ask(MessageDialog.problem(self.editing.session, title, problem))

    async def compare(self) -> bool:
        """Settles conflicts; whether somebody did."""
        conflicts = self.editing.open_conflicts
        dialog = ConflictDialog(self.editing.session, conflicts, self.editing.draft.entries)
        taken = await self.ask(dialog)
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
        await self.offer()

    async def offer(self) -> None:
        """Offers the draft of the last time, if there is one."""
        try:
            found = self.keeper.found()
        except Problem as problem:
            await self.tell("The draft of the last time cannot be read", problem)
            return
        if self.keeper.trouble:
            self.main.warn(self.keeper.trouble)
        if found:
            await self.restore(found)

    async def restore(self, found: SavedDraft, session: Session | None = None) -> None:
        """Asks what is to become of a draft.

        Args:
            found: the draft.
            session: what it is put over, instead of what is worked on now.
        """
        editing = (Editing.of(session) if session else self.editing).restored(found.draft)
        words = prose(*restore_words(editing, found))
        answers = [("restore", "Restore"), ("discard", "Discard")]
        if not editing.changed:
            answers = [("discard", "Close")]
        title = "There are changes that were not saved"
        answer = await self.ask(MessageDialog(editing.session, title, words, answers))
        self.keeper.settle()
        if answer == "discard" or not editing.changed:
            self._try(self.keeper.forget)
            self.main.say(f"The draft is gone; {called(editing.session)} is as it was.")
            self.main.post_message(Configurator.Changed())
            return
        if session:
            self.adopt(session)
        self.main.change(self.editing.restored(found.draft))
        self.main.say("Restored. F7 takes it back.")
        if self.editing.open_conflicts:
            await self.compare()

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
