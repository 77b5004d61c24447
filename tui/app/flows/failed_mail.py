"""Failed mail: listed by cause, and sent again on a person's word."""

from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

from tui.app.dialogs import Dialogs
from tui.app.screens.failed_mail_dialog import RELEASE, FailedMailList, ReleaseDialog
from tui.app.screens.message_dialog import MessageDialog, ProgressDialog
from tui.app.widgets.lines import page
from tui.errors import Problem
from tui.presentation.failed_mail_text import (
    FAILED_MAIL_TITLE,
    HIDDEN_NEXT,
    HIDDEN_WORDS,
    group_page,
    group_title,
    nothing_words,
    reading_words,
    result_lines,
    result_words,
)
from tui.replies.cause import Cause
from tui.settings.delivery.failed_mail import (
    FailedMailReading,
    FailureGroup,
    ReleasePlan,
    ReleaseResult,
    group_failures,
    plan_release,
)
from tui.terminal.layout import wrap
from tui.workspace.failed_mail import list_confirmations, read_failed_mail, release_failed_mail
from tui.workspace.workspace import Workspace

T = TypeVar("T")

_DAYS = 1
_NOTHING = "Nothing was released"
_STOP = "Escape stops after the email that is being written. What was done is said."


class FailedMailFlow:
    """The list of failed mail, and its release; the instance was read just now."""

    def __init__(self, workspace: Workspace, dialogs: Dialogs) -> None:
        self._workspace = workspace
        self._dialogs = dialogs

    async def run(self) -> str:
        """List failed mail; return what came of a release, "" if none was tried."""
        session = self._workspace.session
        title = f"Looking for failed mail at {session.target.where}"
        dialog = ProgressDialog(session, title)
        steps = read_failed_mail(self._workspace, _DAYS, dialog.show_progress)
        try:
            is_done, found = await self._run_behind(dialog, steps)
        except Problem as problem:
            await self._dialogs.show_problem("Failed mail can't be listed", problem)
            return ""
        if not is_done:
            return ""
        if found is None:
            hidden = Problem("failed-mail.hidden", HIDDEN_WORDS, HIDDEN_NEXT)
            await self._dialogs.show_problem(FAILED_MAIL_TITLE, hidden)
            return ""
        if not found.messages:
            words = f"  {reading_words(found)}"
            await self._dialogs.show_page(FAILED_MAIL_TITLE, lambda _: [words])
            return ""
        return await self._show_causes(found)

    async def _show_causes(self, found: FailedMailReading) -> str:
        """Show the causes until the person closes them, or releases mail, as `run` does."""
        session = self._workspace.session
        status = session.reading.status
        assert status  # noqa: S101
        groups = group_failures(found.messages, status)
        while picked := await self._dialogs.ask(FailedMailList(session, found, groups)):
            if picked != RELEASE and not await self._show_group(picked, groups):
                continue
            causes = () if picked == RELEASE else (Cause(picked),)
            plan = plan_release(groups, causes, status, datetime.now(UTC))
            if words := await self._release(plan):
                return words
        return ""

    async def _show_group(self, cause: str, groups: Sequence[FailureGroup]) -> bool:
        """Show the emails of a cause; return whether to release them."""
        group = next(each for each in groups if each.cause == cause)
        answers = [("back", "Back"), (RELEASE, "Release these")]
        words = page(partial(group_page, group))
        dialog = MessageDialog(self._workspace.session, group_title(group), words, answers)
        return await self._dialogs.ask(dialog) == RELEASE

    async def _release(self, plan: ReleasePlan) -> str:
        """Release after a typed yes; return what came of it, "" if it wasn't tried."""
        session, dialogs = self._workspace.session, self._dialogs
        if not plan:
            await dialogs.show_page(
                FAILED_MAIL_TITLE, lambda room: wrap(nothing_words(plan), room=room)
            )
            return ""
        confirmations = list_confirmations(session, plan)
        typed = await dialogs.ask(ReleaseDialog(session, plan, confirmations))
        if typed is None:
            dialogs.say(f"{_NOTHING}.")
            return ""
        title = f"Releasing {len(plan.messages)} at {session.target.where}"
        dialog = ProgressDialog(session, title, _STOP, writes=True)
        steps = release_failed_mail(self._workspace, plan, typed, dialog.show_progress)
        try:
            _, result = await self._run_behind(dialog, steps)
        except Problem as problem:
            await dialogs.show_problem(_NOTHING, problem)
            return f"{_NOTHING}."
        if result is None:
            return f"{_NOTHING}."
        await self._show_result(result)
        return result_words(result)

    async def _show_result(self, result: ReleaseResult) -> None:
        title = "Released" if result.is_complete else "Not all of it was released"
        layout = page(lambda room: [f"  {line}" for line in result_lines(result, room - 2)])
        answers = [("close", "Close")]
        await self._dialogs.ask(MessageDialog(self._dialogs.session, title, layout, answers))

    async def _run_behind(
        self, dialog: ProgressDialog, steps: Coroutine[Any, Any, T]
    ) -> tuple[bool, T | None]:
        """Run steps behind a dialog, which cancels them when it is closed.

        Returns:
            Whether they came to an end, and what they returned.
        """
        async with self._dialogs.run_behind_dialog(dialog, steps) as (work, _):
            pass
        return (False, None) if work.cancelled() else (True, work.result())
