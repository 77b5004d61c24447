"""The email accounts of an instance: one is chosen to send, activated or deactivated."""

from tui.app.dialogs import Dialogs
from tui.app.screens.message_dialog import MessageDialog
from tui.app.screens.pick_list import PickList, PickRow
from tui.app.widgets.lines import prose
from tui.presentation.account_text import (
    ACCOUNTS_TITLE,
    account_label,
    account_words,
    action_words,
    find_account_action,
)
from tui.settings.delivery.account import Account, NamedAccount
from tui.settings.delivery.account_switch import AccountSwitch
from tui.workspace.workspace import Workspace


class AccountsFlow:
    """The choice of an account, and of what is to become of it."""

    def __init__(self, workspace: Workspace, dialogs: Dialogs) -> None:
        self._workspace = workspace
        self._dialogs = dialogs

    async def run(self) -> NamedAccount | AccountSwitch | None:
        """Return what the person wants; None if nothing."""
        while True:
            account = await self._pick()
            if account is None:
                return None
            facts = self._workspace.session.facts
            action, _ = find_account_action(account, facts)
            answers = [("back", "Back"), *([("do", action_words(action))] if action else [])]
            words = prose(*account_words(account, facts))
            dialog = MessageDialog(self._dialogs.session, account.name, words, answers)
            if await self._dialogs.ask(dialog) == "do":
                return action

    async def _pick(self) -> Account | None:
        session, status = self._workspace.session, self._workspace.session.reading.status
        accounts = session.facts.accounts
        rows = [
            PickRow(str(position), each.name, account_label(each))
            for position, each in enumerate(accounts)
        ]
        title = ACCOUNTS_TITLE
        if status and status.hides_readers:
            title += " (this user may not see all of them)"
        picked = await self._dialogs.ask(PickList(session, title, rows))
        return accounts[int(picked)] if picked else None
