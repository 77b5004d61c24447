"""Quitting: what is not saved is asked about first."""

from tui.app.dialogs import Dialogs
from tui.app.outcomes import QuitChoice
from tui.app.screens.message_dialog import MessageDialog
from tui.app.widgets.lines import prose
from tui.presentation.status_text import unsaved_words
from tui.workspace.exit_report import Discarded
from tui.workspace.workspace import Workspace


class QuitFlow:
    """The question before the program ends."""

    def __init__(self, workspace: Workspace, dialogs: Dialogs) -> None:
        self._workspace = workspace
        self._dialogs = dialogs

    async def run(self) -> QuitChoice:
        """Ask what to do with unsaved changes, if there are any."""
        editing = self._workspace.leave_field()
        if not editing.changed:
            return QuitChoice.GO
        answers = [("keep", "Keep editing"), ("save", "Save"), ("discard", "Discard")]
        words = prose(*unsaved_words(editing))
        answer = await self._dialogs.ask(MessageDialog(editing.session, "Quit?", words, answers))
        if answer == "discard":
            self._workspace.report.add(Discarded(len(editing.changed)))
            return QuitChoice.GO
        return QuitChoice.SAVE if answer == "save" else QuitChoice.STAY
