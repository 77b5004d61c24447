"""Looking for mail in the minutes after a save, without being in anybody's way."""

from tui.app.dialogs import Dialogs
from tui.app.screens.message_dialog import MessageDialog
from tui.app.widgets.lines import prose
from tui.errors import Problem, internal_problem
from tui.presentation.mail_since_text import (
    FAILS_TITLE,
    RECIPIENT_FAILED,
    mail_words,
    next_words,
)
from tui.settings.delivery.account import AnyChoice, choice_of
from tui.settings.delivery.activation import Activation
from tui.settings.delivery.mail_effect import find_way_back
from tui.settings.delivery.mail_since import MailSince
from tui.terminal.visible import visible
from tui.workspace.instance_mail import watch_mail
from tui.workspace.session import ignore_progress
from tui.workspace.workspace import Workspace

_SECONDS = 300
HIDDEN = "instance.forbidden"
"""The code of a problem that says that this user can't see what happens to mail."""


class WatchMailFlow:
    """A look for mail after a save."""

    def __init__(self, workspace: Workspace, dialogs: Dialogs) -> None:
        self._workspace = workspace
        self._dialogs = dialogs

    async def run(self, since: str, activation: Activation | None) -> AnyChoice | None:
        """Look for mail until some was accepted or failed, and say so.

        Args:
            since: the time of the save, in UTC as the instance writes it.
            activation: of the save.

        Returns:
            The account that a person wants to be active again.
        """
        session = self._workspace.session
        status = session.reading.status
        if status is None:
            return None
        try:
            found = await watch_mail(session, status, since, _SECONDS, ignore_progress)
        except Problem as problem:
            self._workspace.sign_ins.forget_rejected(session.profile, problem)
            if problem.code != HIDDEN:  # the page of what sends says so already
                self._dialogs.say(f"Can't check for sent mail: {problem.message}")
            return None
        except Exception as error:  # nobody asked for it: it must not end the program
            self._dialogs.say(f"Can't check for sent mail: {internal_problem(error).message}")
            return None
        return await self._tell(found, activation)

    async def _tell(self, found: MailSince, activation: Activation | None) -> AnyChoice | None:
        if found.is_sender_known:
            self._workspace.accept_status(found.status)
        if not found.failures:
            self._dialogs.say(mail_words(found, _SECONDS))
            return None
        if found.is_about_recipients:
            self._dialogs.warn(RECIPIENT_FAILED)
            return None
        session = self._workspace.session
        answers = [("leave", "Leave it")]
        account = find_way_back(session.facts, activation)
        if account:
            answers.append(("back", f"Back to {visible(account.name, 40)}"))
        words = prose(mail_words(found, _SECONDS), "", next_words(found))
        dialog = MessageDialog(session, FAILS_TITLE, words, answers)
        wish = await self._dialogs.ask(dialog)
        return choice_of(account) if account and wish == "back" else None
