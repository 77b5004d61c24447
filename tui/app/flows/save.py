"""Saving: everything against it is settled, then the plan is carried out and read again."""

import asyncio
from contextlib import suppress

from tui.app.dialogs import Dialogs
from tui.app.outcomes import SaveOutcome
from tui.app.screens.confirm_dialog import ConfirmDialog, Consent
from tui.app.screens.pick_list import PickList
from tui.coroutines import run_without_loop
from tui.errors import Outage, Problem, Unfinished
from tui.presentation.status_text import saved_words
from tui.settings.delivery.account import AccountChoice
from tui.settings.delivery.account_switch import AccountSwitch
from tui.settings.delivery.activation import Activation
from tui.settings.delivery.mail_effect import affects_mail, change_time, find_delay
from tui.settings.draft import History
from tui.settings.preconditions import Condition
from tui.targets.target import QueueGrown
from tui.threads import run_detached
from tui.workspace.apply import ApplyResult
from tui.workspace.editing import Editing
from tui.workspace.workspace import Workspace

SHORT, LONG = 0.5, 5.0
"""Seconds until a person reads that a write still runs, and then until it is stopped."""


class SaveFlow:
    """A save, from the first question to the last reading; one at a time.

    Attributes:
        mail_since: when the last save took effect, if mail may now go out otherwise; else "".
        activation: of that save.
    """

    def __init__(self, workspace: Workspace, dialogs: Dialogs) -> None:
        self._workspace = workspace
        self._dialogs = dialogs
        self._writing: asyncio.Task[ApplyResult] | None = None
        self._saved: Editing | None = None
        self._is_stopping = False
        # What was ticked, by server, port and user: cancelling is no reason to tick it again.
        self._ticks: dict[tuple[str, int, str], set[Condition]] = {}
        self.mail_since = ""
        self.activation: Activation | None = None

    @property
    def is_writing(self) -> bool:
        """Whether something is being written just now."""
        return self._writing is not None

    async def run(self, switch: AccountSwitch | None = None) -> SaveOutcome:
        """Save what is changed, after the dialog with the warning.

        Args:
            switch: a POP3 or IMAP account to activate or deactivate, and nothing else: what is
                edited stays unsaved.
        """
        workspace, dialogs = self._workspace, self._dialogs
        self.mail_since = ""
        editing = workspace.leave_field()
        if switch:
            draft = editing.session.draft.switch_account(switch.name, active=switch.active)
            editing = Editing(editing.session, History.from_draft(draft))
        if not editing.review.plan:
            dialogs.say("Nothing is changed: there is nothing to save.")
            return SaveOutcome.SAVED
        if not workspace.is_file and not workspace.sign_ins.known(workspace.profile):
            return SaveOutcome.SIGN_IN_FIRST
        if editing.open_conflicts:
            return SaveOutcome.CONFLICTS_FIRST
        if editing.review.blocking:
            await self._show_reasons(editing)
            return SaveOutcome.NOT_SAVED
        settings = editing.review.parsed.settings
        ticks = self._ticks.setdefault((settings.server, settings.port, settings.user), set())
        consent = await dialogs.ask(ConfirmDialog(editing.session, editing.review, ticks))
        if consent is None:
            is_waiting = workspace.session.facts.awaits_own and not editing.changed and not switch
            more = " ^S asks again; ^P leads back to what sends now." if is_waiting else ""
            dialogs.say(f"Not saved: nothing was written.{more}")
            is_bare = workspace.session.facts.awaits_servicenows and not editing.changed
            return SaveOutcome.ACCOUNT_DROPPED if is_bare and not switch else SaveOutcome.NOT_SAVED
        try:
            return await self._write(editing, consent)
        except QueueGrown as grown:
            await dialogs.show_problem("The queue grew", grown)
            workspace.accept_queue(grown.queue)
        return await self.run(switch)

    async def _show_reasons(self, editing: Editing) -> None:
        picked = await self._dialogs.ask(PickList.reasons(editing.session, editing.review))
        if picked:
            self._dialogs.focus_property(picked.partition(":")[2])

    async def _write(self, editing: Editing, consent: Consent) -> SaveOutcome:
        self._dialogs.stop_reading()  # its result would be out of date
        self._saved = editing
        self._writing = asyncio.create_task(self._apply(editing, consent))
        self._dialogs.say("Saving." if self._workspace.is_file else "Writing.")
        try:
            # A signal ends this; what is being written is waited for all the same.
            result = await asyncio.shield(self._writing)
        except QueueGrown:
            raise
        except Problem as problem:
            await self._tell(problem)
            return SaveOutcome.FAILED
        except asyncio.CancelledError:
            if not self._writing.cancelled():
                raise
            self._dialogs.warn("Stopped before anything was written.")
            return SaveOutcome.NOT_SAVED
        finally:
            if self._writing.done():
                self._writing, self._is_stopping = None, False
        await self._read_after(editing, result)
        return SaveOutcome.SAVED

    async def _apply(self, editing: Editing, consent: Consent) -> ApplyResult:
        steps = self._workspace.apply(editing.draft, consent.confirmed, consent.attested)
        # A file blocks on its lock and its disk; an instance only waits for the network.
        if self._workspace.is_file:
            return await run_detached(lambda: run_without_loop(steps))
        return await steps

    async def _tell(self, problem: Problem) -> None:
        title = "Not saved"
        if isinstance(problem, Unfinished):
            title = "Saved, but" if self._workspace.is_file else "Written, but not all of it"
        if isinstance(problem, Outage):
            title = "Mail may not go out"
        await self._dialogs.show_problem(title, problem)

    async def _read_after(self, editing: Editing, result: ApplyResult) -> None:
        """Show what is there now that it was written."""
        workspace, dialogs = self._workspace, self._dialogs
        choice = AccountChoice.IN_FORCE if editing.review.plan.activation else None
        try:
            session = await workspace.read(dialogs, choice)
        except Problem as problem:
            verb = "Saved" if workspace.is_file else "Written"
            await dialogs.show_problem(f"{verb}, but it cannot be read again", problem)
            workspace.assume_saved(editing)
            return
        if editing.draft.switches:
            workspace.rebase(session)
        else:
            workspace.adopt_saved(session, editing.draft)
        plan, status = editing.review.plan, session.reading.status
        if status and affects_mail(plan) and not find_delay(status):
            self.mail_since = change_time(plan, session.snapshot, status)
            self.activation = plan.activation
        dialogs.say(saved_words(editing, result, dialogs.room))
        if not workspace.editing.changed:
            workspace.discard_draft()

    def stop(self) -> None:
        """Stop a write to an instance that takes too long, on the second request."""
        if self._workspace.is_file or self._writing is None:
            self._dialogs.warn("A save is under way.")
        elif self._is_stopping:
            self._writing.cancel()
        else:
            self._is_stopping = True
            self._dialogs.warn("It is being written. ^Q again stops it, and says what was written.")

    async def finish(self, enough: asyncio.Event) -> bool:
        """Wait for what is being written, once the screen is gone.

        After a while, or when `enough` is set, a write to an instance is stopped.

        Returns:
            Whether it has ended; what has not is left behind.
        """
        writing = self._writing
        if writing is None or writing.done():
            return True
        hurry = asyncio.ensure_future(enough.wait())

        async def wait(seconds: float | None) -> bool:
            either = (writing, hurry)
            first = asyncio.FIRST_COMPLETED
            done, _ = await asyncio.wait(either, timeout=seconds, return_when=first)
            return bool(done)

        if not await wait(SHORT):
            with suppress(OSError):
                print("What is being written is waited for. ^C gives up.", flush=True)
            await wait(LONG)
        if not self._workspace.is_file:
            writing.cancel()
        await wait(None)
        await asyncio.wait((writing,), timeout=SHORT)
        hurry.cancel()
        if not writing.done():
            self._workspace.report.add_interrupted_write()
        elif not writing.cancelled() and not writing.exception():
            self._forget_unsaved()
        return writing.done()

    def _forget_unsaved(self) -> None:
        """Take the unsaved changes off the report: the save ended after the screen was gone."""
        if self._saved and self._workspace.editing.draft == self._saved.draft:
            self._workspace.discard_draft()
            self._workspace.report.unsaved = None
