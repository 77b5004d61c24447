"""The commands: one is picked from the palette."""

import asyncio

from tui.app.base import TerminalApp
from tui.app.dialogs import Dialogs
from tui.app.screens.palette import Palette
from tui.storage.last_choice import save_last
from tui.workspace.workspace import Workspace


class CommandsFlow:
    """The choice of a command."""

    def __init__(self, workspace: Workspace, dialogs: Dialogs) -> None:
        self._workspace = workspace
        self._dialogs = dialogs

    async def run(self, *, welcome: bool) -> str:
        """Go to a property or take other colours; return the action to do instead, or "".

        Args:
            welcome: whether there is a first page to show again.
        """
        entries = self._workspace.editing.draft.entries.values()
        themes = (theme.name for theme in TerminalApp.THEMES)
        dialog = Palette(self._workspace.session, themes, entries, welcome=welcome)
        kind, _, name = (await self._dialogs.ask(dialog) or "").partition(":")
        match kind:
            case "go":
                self._dialogs.focus_property(name)
            case "theme":
                self._dialogs.use_theme(name)
                await asyncio.to_thread(save_last, "theme", name)
            case "do":
                return name
        return ""
