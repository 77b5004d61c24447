"""Reading again what is there now, with the edits laid over it."""

from tui.app.dialogs import Dialogs
from tui.app.outcomes import RereadOutcome
from tui.errors import Problem
from tui.presentation.status_text import greeting_words, reread_words, short_message
from tui.workspace.sign_in import NotSignedIn
from tui.workspace.workspace import Workspace


class RereadFlow:
    """A new reading of the target."""

    def __init__(self, workspace: Workspace, dialogs: Dialogs) -> None:
        self._workspace = workspace
        self._dialogs = dialogs

    async def run(self, *, is_asked: bool) -> RereadOutcome:
        """Read again; `is_asked` says whether a person requested it."""
        workspace, dialogs = self._workspace, self._dialogs
        try:
            if not workspace.is_file:
                with dialogs.hold_keys():
                    await workspace.sign_in(dialogs)
            session = await workspace.read(dialogs)
        except Problem as problem:
            dialogs.warn(short_message(problem, workspace.session))
            if is_asked and not isinstance(problem, NotSignedIn):
                await dialogs.show_problem("It cannot be read", problem)
            return RereadOutcome.FAILED
        # Taken only now, so that what was typed during the reading is included.
        before = workspace.session
        workspace.rebase(session)
        if is_asked or session.snapshot != before.snapshot:
            dialogs.warn(reread_words(workspace.editing, before))
            return RereadOutcome.CHANGED
        if session.facts.model:
            dialogs.say(greeting_words(session))  # what was said while it was read is over
        return RereadOutcome.UNCHANGED
