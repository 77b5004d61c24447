"""The configurator as an application: what a key leads to when it takes more than one screen."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import PurePath
from typing import ClassVar

from textual import work
from textual.timer import Timer

from tui.applying.apply import Applied, apply, attested, who
from tui.applying.editing import Editing
from tui.applying.keeping import Keeper
from tui.applying.session import Session, finish, open_session
from tui.documents.drafts import SavedDraft
from tui.errors import Problem
from tui.screens.ask import Ask
from tui.screens.compare import Compare
from tui.screens.configurator import Configurator
from tui.screens.confirm import Confirm, Consent
from tui.screens.keys import key_page, palette
from tui.screens.pick import Pick
from tui.shell import Shell
from tui.widgets.lines import Line
from tui.words import explain
from tui.words.ending import Ending
from tui.words.happened import greeting, reread_words, restore_words, saved_words, unsaved_words

QUIET = 1.0
"""Seconds without a key after which the draft is kept."""

LOOK = 1.0
"""Seconds between two looks at whether the file was changed by somebody else."""


class Configure(Shell):
    """The configurator of one session.

    Attributes:
        ending: what is to be said once the terminal is its owner's again.
    """

    # The style of the screen below all others is not loaded by Textual itself.
    CSS_PATH: ClassVar[list[str | PurePath]] = ["shell.tcss", "screens/configurator.tcss"]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.ending = Ending(session.target.where)
        self._keeper = Keeper(session)
        self._quiet: Timer | None = None
        self._saving = False
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
        self.main.say(greeting(self.editing.session))
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
            await asyncio.to_thread(self._keeper.keep, self.editing)
        except Problem as problem:
            self.main.warn(f"No draft is kept: {problem.message}")

    def _look(self) -> None:
        if self.screen is self.main and self.editing.session.target.stamp() != self._stamp:
            self.action_reread()

    @work(exclusive=True, group="reading")
    async def action_reread(self, *, asked: bool = False) -> None:
        """Reads again what is there now, and puts the edits over it."""
        try:
            editing = self.editing.over(await self._read())
        except Problem as problem:
            self.main.warn(f"{problem.message} {problem.next}")
            return
        before = self.editing.session.snapshot
        self.main.show(editing)
        if asked or editing.session.snapshot != before:
            self.main.warn(reread_words(editing))

    def action_read_again(self) -> None:
        """Reads again because somebody asked, and says so in any case."""
        self.action_reread(asked=True)

    async def _read(self) -> Session:
        session = self.editing.session
        self._stamp = session.target.stamp()
        return await asyncio.to_thread(finish, open_session(session.profile, session.settings))

    @work(group="save")
    async def action_save(self) -> None:
        """Saves, once everything against it is settled."""
        await self._save()

    async def _save(self) -> bool:
        editing = self.main.leave_field()
        if self._saving:
            self.main.warn("A save is under way.")
            return False
        if not editing.changed:
            self.main.say("Nothing is changed: there is nothing to save.")
            return True
        if editing.open_conflicts and not await self._compare():
            return False
        editing = self.editing
        if editing.review.blocking:
            await self._show_reasons(editing)
            return False
        consent = await self.push_screen_wait(Confirm(editing.session, editing.review))
        if consent is None:
            self.main.say("Not saved: nothing was written.")
            return False
        return await self._apply(editing, consent)

    async def _show_reasons(self, editing: Editing) -> None:
        picked = await self.push_screen_wait(Pick.reasons(editing.session, editing.review))
        if picked:
            self.main.go(picked.partition(":")[2])

    async def _apply(self, editing: Editing, consent: Consent) -> bool:
        session = editing.session
        new = attested(editing.review, consent.attested, who())
        session = replace(session, attestations=(*session.attestations, *new))
        steps = apply(session, session.review(editing.draft), consent.confirmed, new)

        def save() -> Applied:
            done = finish(steps)
            self.ending.saved(done)  # here, so that it is said even if a signal ends the wait
            return done

        self._saving = True
        try:
            done = await asyncio.to_thread(save)
            now = Editing.of(await self._read())
        except Problem as problem:
            await self._tell("It did not go well", problem)
            self.action_reread()
            return False
        finally:
            self._saving = False
        self.main.show(now)
        self.main.say(saved_words(editing, done))
        self._try(self._keeper.forget)
        return True

    async def _tell(self, title: str, problem: Problem) -> None:
        room = min(self.size.width - 4, 98)
        await self.push_screen_wait(Ask.problem(self.editing.session, title, problem, room))

    @work(exclusive=True, group="dialog")
    async def action_compare(self) -> None:
        """Settles conflicts."""
        if self.editing.open_conflicts:
            await self._compare()
        else:
            self.main.say("Nothing was changed both there and here.")

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

    @work(group="save")
    async def action_leave(self) -> None:
        """Quits; asks first where something is changed."""
        editing = self.main.leave_field()
        if editing.changed:
            lines: list[Line] = [((line, ""),) for line in unsaved_words(editing)]
            answers = [("keep", "Keep editing"), ("save", "Save"), ("discard", "Discard")]
            answer = await self.push_screen_wait(Ask(editing.session, "Quit?", lines, answers))
            if answer == "discard":
                self.ending.discarded(len(editing.changed))
            elif answer != "save" or not await self._save():
                return
        self._try(self._keeper.forget)
        self.exit(return_code=0)

    @work(group="draft found")
    async def _offer_draft(self) -> None:
        try:
            found = self._keeper.found()
        except Problem as problem:
            await self._tell("The draft of the last time cannot be read", problem)
            return
        if self._keeper.trouble:
            self.main.warn(self._keeper.trouble)
        if found:
            await self._restore(found)

    async def _restore(self, found: SavedDraft) -> None:
        editing = self.editing.restored(found.draft)
        lines: list[Line] = [((line, ""),) for line in restore_words(editing, found)]
        answers = [("restore", "Restore"), ("discard", "Discard")]
        title = "There are changes that were not saved"
        answer = await self.push_screen_wait(Ask(editing.session, title, lines, answers))
        if answer == "discard":
            self._try(self._keeper.forget)
            self.main.say("Discarded. The file is as it was.")
            return
        self.main.change(editing)
        self.main.say("Restored. F7 takes it back.")
        if editing.open_conflicts:
            await self._compare()

    @work(exclusive=True, group="dialog")
    async def action_palette(self) -> None:
        """Every action and every property."""
        themes = (theme.name for theme in self.THEMES)
        rows = palette(Configurator, themes, self.editing.draft.entries.values())
        picked = await self.push_screen_wait(
            Pick(self.editing.session, "Everything there is to do", rows)
        )
        kind, _, name = (picked or "").partition(":")
        if kind == "go":
            self.main.go(name)
        elif kind == "theme":
            self.colour(name)
        elif kind:
            await self.run_action(name, self.main)

    @work(exclusive=True, group="dialog")
    async def action_explain(self) -> None:
        """Why the value of the chosen property is what it is."""
        editing = self.main.leave_field()
        entry = editing.draft.entries.get(self.main.chosen)
        if entry is None:
            return
        page = explain.page(entry, editing.review, min(self.size.width - 4, 98))
        await self._page("Why it is so", page)

    @work(exclusive=True, group="dialog")
    async def action_keys(self) -> None:
        """Every key there is, and every mark."""
        await self._page("Keys", key_page(Configurator))

    async def _page(self, title: str, page: Iterator[str]) -> None:
        await self.push_screen_wait(Ask.page(self.editing.session, title, page))

    def ends(self, number: signal.Signals | None, fault: Exception | None) -> None:
        """Keeps what was not saved, and remembers what to say of it."""
        editing = self.editing
        if editing.changed:
            self._try(lambda: self._keeper.keep(editing))
            self.ending.unsaved(editing, kept=not self._keeper.trouble)
        if number:
            self.ending.stopped_by(number.name)
        if fault:
            self.ending.fault(fault)

    def _try(self, step: Callable[[], None]) -> None:
        try:
            step()
        except Problem as problem:
            self.ending.trouble(problem)


def _load() -> None:
    """Loads what the first address and the first save need, so that no key waits for it."""
    import email_validator  # noqa: F401
    import tomlkit  # noqa: F401
