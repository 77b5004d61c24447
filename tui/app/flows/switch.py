"""Working on something else: another profile, or another account of the same instance."""

import asyncio

from tui.app.dialogs import Dialogs
from tui.app.screens.message_dialog import MessageDialog
from tui.app.widgets.lines import prose
from tui.coroutines import run_without_loop
from tui.errors import Problem
from tui.presentation.status_text import leave_profile_words, unsaved_words
from tui.storage.profile import Profile, save_last_used
from tui.workspace.editing import Editing
from tui.workspace.session import Session, open_session, unread_session
from tui.workspace.workspace import Workspace


class SwitchFlow:
    """The switch to another profile or account."""

    def __init__(self, workspace: Workspace, dialogs: Dialogs) -> None:
        self._workspace = workspace
        self._dialogs = dialogs

    async def leave_account(self) -> bool:
        """Return whether another account may be chosen; what is changed is discarded first."""
        workspace = self._workspace
        editing = workspace.leave_field()
        if not editing.changed:
            return True
        words = (*unsaved_words(editing), "", "Another account has other settings.")
        answers = [("keep", "Keep editing"), ("discard", "Discard")]
        dialog = MessageDialog(editing.session, "Another account?", prose(*words), answers)
        if await self._dialogs.ask(dialog) != "discard":
            return False
        workspace.change(Editing.from_session(editing.session))
        workspace.discard_draft()
        return True

    async def open(self, profile: Profile) -> Session | None:
        """Open another profile; an instance isn't read yet. None if that fails."""
        workspace = self._workspace
        settings = workspace.session.settings
        try:
            if profile.instance:
                session = await asyncio.to_thread(unread_session, profile, settings)
            else:
                session = await asyncio.to_thread(
                    lambda: run_without_loop(open_session(profile, settings))
                )
        except Problem as problem:
            await self._dialogs.show_problem("That profile cannot be opened", problem)
            return None
        workspace.report.add_set_aside(workspace.editing, is_kept=workspace.drafts.can_save)
        workspace.open(session)
        await asyncio.to_thread(save_last_used, profile.name)
        return session

    async def leave_profile(self) -> bool:
        """Keep the draft; return whether another profile may be opened."""
        workspace, dialogs = self._workspace, self._dialogs
        editing = workspace.leave_field()
        try:
            is_kept = await asyncio.to_thread(workspace.drafts.save, editing)
        except Problem as problem:
            await dialogs.show_problem("The draft cannot be kept", problem)
            return False
        if lost := leave_profile_words(editing, kept=is_kept):
            answers = [("stay", "Stay"), ("go", "Go on without it")]
            dialog = MessageDialog(editing.session, "Leave this profile?", prose(*lost), answers)
            return await dialogs.ask(dialog) == "go"
        return True
