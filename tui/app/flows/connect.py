"""Connecting to an instance: sign in, and read what is there."""

import asyncio
from importlib import import_module

from tui.app.dialogs import Dialogs
from tui.app.outcomes import ConnectOutcome
from tui.app.screens.message_dialog import MessageDialog, ProgressDialog
from tui.credentials.secret import Secret
from tui.errors import Problem
from tui.settings.delivery.account import AccountChoice, AnyChoice
from tui.storage.profile import Profile, save_last_used
from tui.workspace.session import Session
from tui.workspace.sign_in import REFUSED
from tui.workspace.workspace import Workspace


class ConnectFlow:
    """The connection to an instance."""

    def __init__(self, workspace: Workspace, dialogs: Dialogs) -> None:
        self._workspace = workspace
        self._dialogs = dialogs

    async def run(self, profile: Profile, choice: AnyChoice) -> ConnectOutcome:
        """Connect to a profile's instance, and work on it."""
        with self._dialogs.hold_keys():
            session = await self._connect(profile, choice)
        if session is None:
            if not self._workspace.session.is_read:
                where = self._workspace.session.target.where
                self._dialogs.say(f"{where} was not read: F5 connects.")
            return ConnectOutcome.NO
        self._workspace.open(session)
        await asyncio.to_thread(save_last_used, session.profile.name)
        if choice is AccountChoice.IN_FORCE:
            return ConnectOutcome.IN_FORCE
        is_there = session.facts.awaits_servicenows or "server" in session.snapshot.rows
        return ConnectOutcome.READY_TO_SEND if is_there else ConnectOutcome.TO_FILL_IN

    async def open_account(self, choice: AnyChoice) -> Session | None:
        """Return the session of an account that isn't active yet; None if that fails."""
        secret = self._workspace.sign_ins.known(self._workspace.profile)
        if secret is None:
            return None
        found = await self._read(self._workspace.profile, choice, secret)
        return found if isinstance(found, Session) else None

    async def _connect(self, profile: Profile, choice: AnyChoice) -> Session | None:
        while True:
            found = await self._sign_in(profile, choice)
            if not isinstance(found, Problem):
                return found
            title, answers = "Not connected", [("back", "Back"), ("again", "Try again")]
            if found.code == "account.choice":
                title, answers = "Not chosen", answers[:1]
            # Whoever types a rejected password again is not to type it into the list.
            focus = "again" if found.code in REFUSED else "back"
            dialog = MessageDialog.problem(self._dialogs.session, title, found, answers, focus)
            if await self._dialogs.ask(dialog) != "again":
                return None

    async def _sign_in(self, profile: Profile, choice: AnyChoice) -> Session | Problem | None:
        """Ask for what signs in, and read with it; None if the person cancelled either."""
        try:
            secret = await self._workspace.find_secret(profile, self._dialogs)
        except Problem as problem:
            return problem
        return await self._read(profile, choice, secret) if secret else None

    async def _read(
        self, profile: Profile, choice: AnyChoice, secret: Secret
    ) -> Session | Problem | None:
        """Read behind a dialog; None if the person cancelled it."""
        assert profile.instance  # noqa: S101
        dialog = ProgressDialog(self._dialogs.session, f"Connecting to {profile.instance.host}")
        is_open = True

        def tell(words: str) -> None:
            # The opened target reports its writes through this, too.
            (dialog.show_progress if is_open else self._dialogs.show_progress)(words)

        async def read() -> Session:
            await asyncio.to_thread(import_module, "tui.targets.instance.instance_target")
            return await self._workspace.connect(profile, choice, secret, tell)

        async with self._dialogs.run_behind_dialog(dialog, read()) as (reading, _):
            pass
        is_open = False
        if reading.cancelled():
            self._workspace.sign_ins.forget_unverified(profile)
            return None
        error = reading.exception()
        if error is None:
            return reading.result()
        if isinstance(error, Problem):
            return error
        raise error
