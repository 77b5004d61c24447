"""What is worked on: another profile, or another account of the same instance."""

import asyncio

from textual import work

from tui.app.connecting import Connecting
from tui.app.screens.message_dialog import MessageDialog
from tui.app.screens.profile_list import pick_profile
from tui.app.widgets.lines import prose
from tui.errors import Problem
from tui.presentation.status_line import left_words, unsaved_words
from tui.settings.delivery.account import AccountChoice
from tui.storage.profile import Profile, load_profiles
from tui.workspace.editing import Editing
from tui.workspace.session import open_session, run_without_loop, unread


class Choosing(Connecting):
    """A workbench on which one thing can be put aside for another."""

    def action_in_force(self) -> None:
        """What sends now, after another account was chosen."""
        self._choose(AccountChoice.IN_FORCE)

    def action_own_server(self) -> None:
        """An account of one's own is to send."""
        self._choose(AccountChoice.OWN)

    def action_provider_server(self) -> None:
        """ServiceNow's account is to send again."""
        self._choose(AccountChoice.PROVIDERS)

    @work(exclusive=True, group="dialog")
    async def _choose(self, which: AccountChoice) -> None:
        editing = self.main.leave_field()
        if self.saves:
            self.main.warn("A save is under way.")
            return
        if editing.changed:
            words = (*unsaved_words(editing), "", "Another account has other settings.")
            answers = [("keep", "Keep editing"), ("discard", "Discard")]
            asked = MessageDialog(editing.session, "Another account?", prose(*words), answers)
            if await self.ask(asked) != "discard":
                return
            self.main.change(Editing.of(editing.session))
            self._try(self.keeper.forget)
        self.connect(editing.session.profile, which)

    @work(exclusive=True, group="dialog")
    async def action_profiles(self) -> None:
        """Works on another profile; what is not saved here stays as this profile's draft."""
        if self.saves:
            self.main.warn("A save is under way.")
            return
        session = self.editing.session
        try:
            profiles = dict(await asyncio.to_thread(lambda: list(load_profiles())))
        except Problem as problem:
            await self.tell("The profiles cannot be listed", problem)
            return
        chosen = profiles.get(await self.ask(pick_profile(session, profiles)) or "")
        if isinstance(chosen, Problem):
            await self.tell("That profile cannot be opened", chosen)
        elif chosen and chosen.name == session.profile.name:
            self.main.say(f"This is {chosen.name} already.")
        elif chosen and await self._keeps_or_loses():
            self._open(chosen)

    async def _keeps_or_loses(self) -> bool:
        """Keeps the draft; whether another profile may be opened."""
        editing = self.main.leave_field()
        try:
            kept = await self.kept(editing)
        except Problem as problem:
            await self.tell("The draft cannot be kept", problem)
            return False
        if lost := left_words(editing, kept=kept):
            answers = [("stay", "Stay"), ("go", "Go on without it")]
            asked = MessageDialog(editing.session, "Leave this profile?", prose(*lost), answers)
            return await self.ask(asked) == "go"
        return True

    @work(exclusive=True, group="reading")
    async def _open(self, profile: Profile) -> None:
        settings = self.editing.session.settings
        try:
            if profile.instance:
                session = await asyncio.to_thread(unread, profile, settings)
            else:
                session = await asyncio.to_thread(
                    lambda: run_without_loop(open_session(profile, settings))
                )
        except Problem as problem:
            await self.tell("That profile cannot be opened", problem)
            return
        self.ending.put_aside(self.editing, kept=self.keeper.keeps)
        await self.opened(session, AccountChoice.IN_FORCE)
        if session.is_read:
            await self.offer()
        else:
            await self.connected(profile)
