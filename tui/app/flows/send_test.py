"""Sending a test message through the instance, and following it as long as a person wants to."""

from datetime import UTC, datetime

from tui.app.dialogs import Dialogs
from tui.app.screens.message_dialog import MessageDialog
from tui.app.screens.send_test_dialog import AddressDialog, SendTestDialog
from tui.app.widgets.lines import prose
from tui.errors import Problem
from tui.presentation.status_text import target_label
from tui.presentation.test_message_text import (
    CONFIRM_TITLE,
    ON_ITS_WAY,
    TEST_TITLE,
    compose_message,
    consent_words,
    delay_words,
    is_known_to_wait,
    short_words,
)
from tui.settings.delivery.test_message import MessageOutcome, OutgoingMessage, QueuedMessage
from tui.targets.target import MailDelayed
from tui.workspace.exit_report import Tested
from tui.workspace.instance_mail import follow_test, make_token, queue_test
from tui.workspace.workspace import Workspace

_NOTHING = "Nothing was sent."


class SendTestFlow:
    """A test message; it remembers the last address until the program ends."""

    def __init__(self, workspace: Workspace, dialogs: Dialogs) -> None:
        self._workspace = workspace
        self._dialogs = dialogs
        self._last = ""

    async def run(self) -> None:
        """Ask for an address, send to it, and show what becomes of that."""
        session, dialogs = self._workspace.session, self._dialogs
        if session.facts.is_file:
            dialogs.say("A local file sends no mail.")
            return
        if not session.is_read or not self._workspace.sign_ins.known(session.profile):
            dialogs.say(f"{target_label(session)} isn't connected: F5 connects.")
            return
        address = await dialogs.ask(AddressDialog(session, self._last))
        if address is None:
            return
        self._last = address
        reasons = tuple(consent_words(session, address))
        if reasons and not await self._agrees(*reasons):
            dialogs.say(_NOTHING)
            return
        token = make_token()
        message = compose_message(session, address, token, datetime.now(UTC))
        try:
            await self._send(message, may_wait=is_known_to_wait(session))
        except MailDelayed as delayed:
            if await self._agrees(delay_words(delayed.delay)):
                await self._send(message, may_wait=True)
            else:
                dialogs.say(_NOTHING)

    async def _agrees(self, *reasons: str) -> bool:
        answers = [("cancel", "Cancel"), ("send", "Send it")]
        words = prose(*reasons)
        dialog = MessageDialog(self._workspace.session, CONFIRM_TITLE, words, answers)
        return await self._dialogs.ask(dialog) == "send"

    async def _send(self, message: OutgoingMessage, *, may_wait: bool) -> None:
        """Send a message and follow it, behind a dialog that can be left.

        Raises:
            MailDelayed: it would wait, and `may_wait` says that it is not to.
        """
        session, dialogs = self._workspace.session, self._dialogs
        dialog = SendTestDialog(session, message.address)
        queued: list[QueuedMessage] = []

        async def steps() -> MessageOutcome:
            await dialog.opened.wait()  # until then another key may begin it again
            tell = dialog.show_progress
            queued.append(await queue_test(session, message, may_wait=may_wait, tell=tell))
            return await follow_test(session, queued[0], queued[0].patience, tell)

        async with dialogs.run_behind_dialog(dialog, steps()) as (work, answer):
            if work.done() and not work.cancelled() and not work.exception():
                outcome = work.result()
                self._take(outcome)
                assert session.profile.instance  # noqa: S101
                dialog.show_outcome(outcome, session.profile.instance.url)
                await answer
        if work.cancelled():
            dialogs.say(ON_ITS_WAY if queued else _NOTHING)
        elif isinstance(error := work.exception(), Problem) and not isinstance(error, MailDelayed):
            self._workspace.sign_ins.forget_rejected(session.profile, error)
            await dialogs.show_problem(TEST_TITLE, error)
        elif error:
            raise error

    def _take(self, outcome: MessageOutcome) -> None:
        """Show what the instance's delivery is by now, and say in a line what happened."""
        if outcome.trouble:
            self._workspace.sign_ins.forget_rejected(self._workspace.profile, outcome.trouble)
        if outcome.after and outcome.is_sender_known:
            self._workspace.accept_status(outcome.after)
        words = short_words(outcome)
        self._workspace.report.add(Tested(words))
        self._dialogs.say(words)
