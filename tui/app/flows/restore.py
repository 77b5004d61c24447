"""The draft that an earlier start left: restored, or discarded."""

from tui.app.dialogs import Dialogs
from tui.app.outcomes import RestoreOutcome
from tui.app.screens.message_dialog import MessageDialog
from tui.app.widgets.lines import prose
from tui.errors import Problem
from tui.presentation.status_text import draft_problem_words, restore_words, target_label
from tui.storage.draft_file import SavedDraft
from tui.workspace.editing import Editing
from tui.workspace.session import Session
from tui.workspace.workspace import Workspace


class RestoreFlow:
    """The offer of a draft that was found."""

    def __init__(self, workspace: Workspace, dialogs: Dialogs) -> None:
        self._workspace = workspace
        self._dialogs = dialogs

    async def find(self) -> SavedDraft | None:
        """Return the draft of an earlier start; say where none can be read or kept."""
        try:
            draft = self._workspace.drafts.load()
        except Problem as problem:
            await self._dialogs.show_problem("The draft of the last time cannot be read", problem)
            return None
        if trouble := self._workspace.drafts.trouble:
            self._dialogs.warn(draft_problem_words(trouble))
        return draft

    async def run(self, found: SavedDraft, session: Session | None = None) -> RestoreOutcome:
        """Ask whether to restore or discard a draft.

        Args:
            found: the draft.
            session: what it is laid over, instead of what is worked on now.
        """
        workspace, dialogs = self._workspace, self._dialogs
        editing = (Editing.from_session(session) if session else workspace.editing).restore(
            found.draft
        )
        answers = [("restore", "Restore"), ("discard", "Discard")]
        if not editing.changed:
            answers = [("discard", "Close")]
        title = "There are changes that were not saved"
        words = prose(*restore_words(editing, found))
        answer = await dialogs.ask(MessageDialog(editing.session, title, words, answers))
        workspace.drafts.mark_decided()
        if answer == "discard" or not editing.changed:
            workspace.discard_draft()
            dialogs.say(f"The draft is gone; {target_label(workspace.session)} is as it was.")
            return RestoreOutcome.DISCARDED
        if session:
            workspace.open(session)
        workspace.change(workspace.editing.restore(found.draft))
        dialogs.say("Draft restored. F7 undoes it.")
        return (
            RestoreOutcome.CONFLICTS
            if workspace.editing.open_conflicts
            else RestoreOutcome.RESTORED
        )
