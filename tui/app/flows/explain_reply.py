"""Explaining a reply of a mail server that a person pastes; nothing of it is kept."""

from tui.app.dialogs import Dialogs
from tui.app.screens.reply_dialog import ReplyDialog
from tui.workspace.workspace import Workspace


class ExplainReplyFlow:
    """The explanation of replies."""

    def __init__(self, workspace: Workspace, dialogs: Dialogs) -> None:
        self._workspace = workspace
        self._dialogs = dialogs

    async def run(self) -> None:
        """Explain replies, as the draft's outgoing server means them, until the dialog closes."""
        editing = self._workspace.leave_field()
        server = str(editing.draft.value("server") or "")
        await self._dialogs.ask(ReplyDialog(editing.session, server))
