"""Settling conflicts: properties that were changed both there and here."""

from tui.app.dialogs import Dialogs
from tui.app.screens.conflict_dialog import ConflictDialog
from tui.workspace.workspace import Workspace


class ConflictFlow:
    """The choice between what is here and what is there."""

    def __init__(self, workspace: Workspace, dialogs: Dialogs) -> None:
        self._workspace = workspace
        self._dialogs = dialogs

    async def run(self) -> bool:
        """Ask which values stay; return whether the person decided."""
        editing = self._workspace.editing
        conflicts = editing.open_conflicts
        dialog = ConflictDialog(self._dialogs.session, conflicts, editing.draft.entries)
        taken = await self._dialogs.ask(dialog)
        if taken is None:
            return False
        editing = self._workspace.editing
        for each in conflicts:
            name = each.property
            editing = (
                editing.resolve_with_theirs(name)
                if name in taken
                else editing.resolve_with_mine(name)
            )
        self._workspace.change(editing)
        return True
