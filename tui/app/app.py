"""The configurator as an application: what a key leads to when it takes more than one screen."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar

from textual import work

from tui.app.choosing import Choosing
from tui.app.screens.configurator import Configurator
from tui.app.screens.confirm_dialog import ConfirmDialog, Consent
from tui.app.screens.keys import WELCOME_ROWS, instance_rows, key_page, palette
from tui.app.screens.message_dialog import MessageDialog
from tui.app.screens.pick_list import PickList
from tui.app.widgets.lines import prose
from tui.coroutines import run_without_loop
from tui.credentials.secret import Secret
from tui.errors import Problem, Unfinished
from tui.presentation import explanation as explain
from tui.presentation.status_line import saved_words, unsaved_words
from tui.settings.delivery.account import AccountChoice
from tui.settings.draft import Draft
from tui.threads import run_detached
from tui.workspace.apply import ApplyResult, apply, attested, who
from tui.workspace.editing import Editing
from tui.workspace.session import Session, unread

if TYPE_CHECKING:
    from tui.app.prober import Prober

SHORT, LONG = 0.5, 5.0
"""Seconds after which it is said that what is being written is waited for, and is to stop."""


class Configure(Choosing):
    """The configurator of one session."""

    # The style of the screen below all others is not loaded by Textual itself.
    CSS_PATH: ClassVar[list[str | PurePath]] = ["base.tcss", "screens/configurator.tcss"]

    def __init__(
        self, session: Session, sign_in: Secret | None = None, welcome: Sequence[str] = ()
    ) -> None:
        super().__init__(session, sign_in, welcome)
        self._writing: asyncio.Task[ApplyResult] | None = None
        self._written: Draft | None = None
        self._stops = False
        self._prober: Prober | None = None

    @work(group="save")
    async def action_save(self) -> None:
        """Saves, once everything against it is settled."""
        await self._save()

    def chosen_to_send(self) -> None:
        """An account that is there already is to send: nothing more is to be typed."""
        self.action_save()

    async def _save(self) -> bool:
        """Saves; whether nothing stays unsaved that was there when it began."""
        if self.saves:
            self.main.warn("A save is under way.")
            return False
        self.saves = True
        try:
            return await self._settle_and_apply()
        finally:
            self.saves = False

    async def _settle_and_apply(self) -> bool:
        editing = self.main.leave_field()
        if not editing.review.plan:
            self.main.say("Nothing is changed: there is nothing to save.")
            return True
        if not await self.signed_in():
            return False
        if self.editing.open_conflicts and not await self.compare():
            return False
        editing = self.editing
        if editing.review.blocking:
            await self._show_reasons(editing)
            return False
        consent = await self.ask(ConfirmDialog(editing.session, editing.review))
        if consent is None:
            if self.which is AccountChoice.PROVIDERS and not editing.changed:
                self.connect(editing.session.profile)  # nothing else can be done there
            self.main.say("Not saved: nothing was written.")
            return False
        return await self._apply(editing, consent)

    async def _show_reasons(self, editing: Editing) -> None:
        picked = await self.ask(PickList.reasons(editing.session, editing.review))
        if picked:
            self.main.go(picked.partition(":")[2])

    async def _apply(self, editing: Editing, consent: Consent) -> bool:
        self.workers.cancel_group(self, "reading")  # what it finds would be old by then
        self._written = editing.draft
        self._writing = asyncio.create_task(self._write(editing, consent))
        self.main.say("Saving." if self._is_file else "Writing.")
        try:
            # A signal ends this; what is being written is waited for all the same.
            done = await asyncio.shield(self._writing)
        except Problem as problem:
            await self._failed(problem)
            return False
        except asyncio.CancelledError:
            if not self._writing.cancelled():
                raise
            self.main.warn("Stopped before anything was written.")
            return False
        finally:
            if self._writing.done():
                self._writing, self._stops = None, False
        return await self._read_after(editing, done)

    async def _write(self, editing: Editing, consent: Consent) -> ApplyResult:
        """Writes, and remembers what came of it for the end."""
        session = editing.session
        new = attested(editing.review, consent.attested, who())
        session = replace(session, attestations=(*session.attestations, *new))
        steps = apply(session, session.review(editing.draft), consent.confirmed, new)
        try:
            # A file is waited for on its lock and its disk, an instance on its line.
            done = await (run_detached(lambda: run_without_loop(steps)) if self._is_file else steps)
        except Unfinished as problem:
            self.ending.wrote()
            self.ending.trouble(problem)
            raise
        activation = editing.review.plan.activation
        self.ending.saved(done, activation.account if activation else "")
        return done

    async def _failed(self, problem: Problem) -> None:
        self._sign_ins.failed(self.editing.session.profile, problem)
        title = "Not saved"
        if isinstance(problem, Unfinished):
            title = "Saved, but" if self._is_file else "Written, but not all of it"
        await self.tell(title, problem)
        self.action_reread()

    async def _read_after(self, editing: Editing, done: ApplyResult) -> bool:
        """Shows what is there now that it was written."""
        if editing.review.plan.activation:
            self.which = AccountChoice.IN_FORCE
        try:
            session = await self.read()
        except Problem as problem:
            verb = "Saved" if self._is_file else "Written"
            await self.tell(f"{verb}, but it cannot be read again", problem)
            self._go_on_unread(editing)
            return True
        self.main.change(self.editing.saved(session, editing.draft))
        self.main.say(saved_words(editing, done, self.size.width - 2))
        if not self.editing.changed:
            self._try(self.keeper.forget)
        return True

    def _go_on_unread(self, editing: Editing) -> None:
        """What was written counts as there; where another account sends, nothing is known."""
        session = self.editing.session
        if editing.review.plan.activation:
            self.adopt(unread(session.profile, session.settings))
        else:
            self.main.change(self.editing.written(editing.draft))

    @property
    def _is_file(self) -> bool:
        return self.editing.session.place.is_file

    async def finished(self, enough: asyncio.Event) -> bool:
        """Waits for what is being written; after a while, or a second signal, it is to stop."""
        writing = self._writing
        if writing is None or writing.done():
            return True
        hurry = asyncio.ensure_future(enough.wait())

        async def either(seconds: float | None) -> bool:
            waits = (writing, hurry)
            first = asyncio.FIRST_COMPLETED
            done, _ = await asyncio.wait(waits, timeout=seconds, return_when=first)
            return bool(done)

        if not await either(SHORT):
            with suppress(OSError):
                print("What is being written is waited for. ^C gives up.", flush=True)
            await either(LONG)
        if not self._is_file:
            writing.cancel()
        await either(None)
        await asyncio.wait((writing,), timeout=SHORT)
        hurry.cancel()
        if not writing.done():
            self.ending.unknown()
        elif not writing.cancelled() and not writing.exception():
            self._all_written()
        return writing.done()

    def _all_written(self) -> None:
        """A save was done after all, when the screen was gone."""
        if self.editing.draft == self._written:
            self._try(self.keeper.forget)
            self.ending.all_saved()

    @work(exclusive=True, group="dialog")
    async def action_compare(self) -> None:
        """Settles conflicts."""
        if self.editing.open_conflicts:
            await self.compare()
        else:
            self.main.say("Nothing was changed both there and here.")

    @work(group="save")
    async def action_leave(self) -> None:
        """Quits; asks first where something is changed."""
        editing = self.main.leave_field()
        if self._writing:
            self._stop_saving(self._writing)
            return
        if editing.changed:
            words = prose(*unsaved_words(editing))
            answers = [("keep", "Keep editing"), ("save", "Save"), ("discard", "Discard")]
            answer = await self.ask(MessageDialog(editing.session, "Quit?", words, answers))
            if answer == "discard":
                self.ending.discarded(len(editing.changed))
            elif answer != "save" or not await self._save() or self.editing.changed:
                return
        self._try(self.keeper.forget)
        self.exit(return_code=0)

    def _stop_saving(self, writing: "asyncio.Task[ApplyResult]") -> None:
        """Stops a save on an instance that takes too long, when it is asked for twice."""
        if self._is_file:
            self.main.warn("A save is under way.")
        elif self._stops:
            writing.cancel()
        else:
            self._stops = True
            self.main.warn("It is being written. ^Q again stops it, and says what was written.")

    @work(exclusive=True, group="dialog")
    async def action_palette(self) -> None:
        """Every action and every property."""
        themes = (theme.name for theme in self.THEMES)
        rows = [
            *(WELCOME_ROWS if self.welcome else ()),
            *instance_rows(self.editing.session),
            *palette(Configurator, themes, self.editing.draft.entries.values()),
        ]
        picked = await self.ask(PickList(self.editing.session, "Everything there is to do", rows))
        kind, _, name = (picked or "").partition(":")
        if kind == "go":
            self.main.go(name)
        elif kind == "theme":
            self.colour(name)
        elif kind:
            await self.run_action(name, self.main)

    @work(exclusive=True, group="dialog")
    async def action_probe(self) -> None:
        """Why the mail servers do or do not work, as the draft stands."""
        # Imported late, and not where keys are waited for: no first frame needs it.
        await asyncio.to_thread(import_module, "tui.app.prober")
        from tui.app.prober import Prober

        self._prober = self._prober or Prober(self)
        await self._prober.run()

    @work(exclusive=True, group="dialog")
    async def action_explain(self) -> None:
        """Why the value of the chosen property is what it is."""
        editing = self.main.leave_field()
        entry = editing.draft.entries.get(self.main.chosen)
        if entry is None:
            return
        review = editing.review
        await self._page("Why it is so", lambda room: explain.page(entry, review, room))

    @work(exclusive=True, group="dialog")
    async def action_keys(self) -> None:
        """Every key there is, and every mark."""
        await self._page("Keys", lambda room: key_page(Configurator, room))

    async def _page(self, title: str, words: Callable[[int], Iterable[str]]) -> None:
        await self.ask(MessageDialog.page(self.editing.session, title, words))
