"""The configurator as an application: what a key leads to when it takes more than one screen."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePath
from typing import ClassVar

from textual import work

from tui.applying.apply import Applied, apply, attested, who
from tui.applying.editing import Editing
from tui.applying.session import Session, finish
from tui.errors import Problem, Unfinished
from tui.screens.ask import Ask
from tui.screens.configurator import Configurator
from tui.screens.confirm import Confirm, Consent
from tui.screens.keys import key_page, palette
from tui.screens.pick import Pick
from tui.widgets.lines import Line
from tui.words import explain
from tui.words.happened import saved_words, unsaved_words
from tui.workbench import Workbench


class Configure(Workbench):
    """The configurator of one session."""

    # The style of the screen below all others is not loaded by Textual itself.
    CSS_PATH: ClassVar[list[str | PurePath]] = ["shell.tcss", "screens/configurator.tcss"]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._saving = False

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
        review = session.review(editing.draft)

        def save() -> Applied:
            done = finish(apply(session, review, consent.confirmed, new))
            self.ending.saved(done)  # here, so that it is said even if a signal ends the wait
            return done

        self._saving = True
        self.main.say("Saving.")
        try:
            done = await asyncio.to_thread(save)
        except Problem as problem:
            unfinished = isinstance(problem, Unfinished)
            if unfinished:
                self.ending.wrote()
            await self._tell("Saved, but" if unfinished else "Not saved", problem)
            self.action_reread()
            return False
        finally:
            self._saving = False
        try:
            session = await self._read()
        except Problem as problem:
            await self._tell("Saved, but it cannot be read again", problem)
            return True
        self.main.change(self.editing.saved(session, editing.draft))
        self.main.say(saved_words(editing, done, self.size.width - 2))
        if not self.editing.changed:
            self._try(self.keeper.forget)
        return True

    @work(exclusive=True, group="dialog")
    async def action_compare(self) -> None:
        """Settles conflicts."""
        if self.editing.open_conflicts:
            await self._compare()
        else:
            self.main.say("Nothing was changed both there and here.")

    @work(group="save")
    async def action_leave(self) -> None:
        """Quits; asks first where something is changed."""
        editing = self.main.leave_field()
        if self._saving:
            self.main.warn("A save is under way.")
            return
        if editing.changed:
            lines: list[Line] = [((line, ""),) for line in unsaved_words(editing)]
            answers = [("keep", "Keep editing"), ("save", "Save"), ("discard", "Discard")]
            answer = await self.push_screen_wait(Ask(editing.session, "Quit?", lines, answers))
            if answer == "discard":
                self.ending.discarded(len(editing.changed))
            elif answer != "save" or not await self._save() or self.editing.changed:
                return
        self._try(self.keeper.forget)
        self.exit(return_code=0)

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
