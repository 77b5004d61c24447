"""Opens profiles while the screen is up: signs in at an instance, and says what sends there."""

import asyncio
from collections.abc import Sequence
from importlib import import_module

from textual import work

from tui.app.screens.message_dialog import MessageDialog
from tui.app.screens.progress_dialog import ProgressDialog
from tui.app.screens.sign_in_dialog import SignInDialog
from tui.app.workbench import NOBODY, Workbench
from tui.credentials.secret import Secret
from tui.errors import Problem, Refusal
from tui.presentation.delivery_text import sign_in_label, verdict_lines
from tui.settings.delivery.account import AccountChoice
from tui.storage.draft_file import SavedDraft
from tui.storage.instance import Instance
from tui.storage.profile import Keep, Profile, save_last_used
from tui.workspace.session import Session, open_session
from tui.workspace.sign_in import SignIns


class Connecting(Workbench):
    """A workbench for files and instances.

    Args:
        session: what is worked on first; an instance's is not read yet.
        sign_in: what signs in at it, where that is known.
        welcome: a page that is shown before anything else.

    Attributes:
        which: the account of an instance that the settings are those of.
    """

    def __init__(
        self, session: Session, sign_in: Secret | None = None, welcome: Sequence[str] = ()
    ) -> None:
        super().__init__(session)
        self.welcome = welcome
        self.which = AccountChoice.IN_FORCE
        self._sign_ins = SignIns({session.profile.name: sign_in} if sign_in else {})

    def first_thing(self) -> None:
        """A file's draft is offered; an instance is connected to first."""
        if self.editing.session.is_read:
            super().first_thing()
        else:
            self._begin()

    @work(exclusive=True, group="reading")
    async def _begin(self) -> None:
        if self.welcome:
            await self._show_welcome()
        await self.connected(self.editing.session.profile)

    @work(exclusive=True, group="dialog")
    async def action_welcome(self) -> None:
        """Where one is."""
        await self._show_welcome()

    async def _show_welcome(self) -> None:
        await self.ask(
            MessageDialog.page(self.editing.session, "A sandbox", lambda _: self.welcome)
        )

    def action_read_again(self) -> None:
        """Reads again because somebody asked; connects where nobody has yet."""
        if self.editing.session.is_read:
            super().action_read_again()
        else:
            self.connect(self.editing.session.profile)

    @work(exclusive=True, group="dialog")
    async def action_verdict(self) -> None:
        """What sends there."""
        await self._show_verdict()

    def chosen_to_send(self) -> None:
        """An account that is there already was chosen."""

    async def opened(self, session: Session, which: AccountChoice) -> None:
        """Works on a session that was just read, or on one that is to be."""
        self.which = which
        self.adopt(session)
        await asyncio.to_thread(save_last_used, session.profile.name)

    @work(exclusive=True, group="reading")
    async def connect(
        self, profile: Profile, which: AccountChoice = AccountChoice.IN_FORCE
    ) -> None:
        """Connects, in the place of whatever is being read."""
        await self.connected(profile, which)

    async def connected(
        self, profile: Profile, which: AccountChoice = AccountChoice.IN_FORCE
    ) -> None:
        """Signs in, reads, and shows what sends before anything can be changed."""
        session = await self._signed_in(profile, which)
        if session is None:
            if not self.editing.session.is_read:
                self.main.say(f"{self.editing.session.target.where} was not read: F5 connects.")
            return
        await self.opened(session, which)
        if which is AccountChoice.IN_FORCE:
            await self._show_verdict()
            await self.offer()
        elif which is AccountChoice.PROVIDERS or "server" in session.snapshot.rows:
            self.chosen_to_send()
        else:
            words = "Fill in your server; ^S then shows what happens. Nothing sends yet."
            self.main.say(words, stays=True)
            self.main.go("server")

    async def _signed_in(self, profile: Profile, which: AccountChoice) -> Session | None:
        """The session, once it is read; None where somebody did not want to go on."""
        while True:
            secret = await self._secret(profile)
            if secret is None:
                return None
            found = await self._waited(profile, which, secret)
            if not isinstance(found, Problem):
                return found
            title, answers = "Not connected", [("back", "Back"), ("again", "Try again")]
            if found.code == "account.choice":
                title, answers = "Not chosen", answers[:1]
            asked = MessageDialog.problem(self.editing.session, title, found, answers)
            if await self.ask(asked) != "again":
                return None

    async def _secret(self, profile: Profile) -> Secret | None:
        """What signs in, as it is known or is typed now."""
        assert isinstance(profile.instance, Instance)  # noqa: S101
        notes = ["One attempt is made with it, as more could lock the account."]
        if profile.keep is Keep.KEYRING and not self._sign_ins.known(profile):
            self.main.say("Looking for what signs in, in the keyring.")
        try:
            secret = self._sign_ins.known(profile) or await self._sign_ins.kept(profile)
        except Problem as problem:
            secret = None
            notes.append(f"None is kept: {problem.message}")
        if secret is None:
            notes.append(self._sign_ins.fate(profile))
            label = sign_in_label(profile.instance)
            secret = await self.ask(SignInDialog(self.editing.session, label, notes))
            if secret:
                self._sign_ins.typed(profile, secret)
        return secret

    async def _waited(
        self, profile: Profile, which: AccountChoice, secret: Secret
    ) -> Session | Problem | None:
        """What came of it; None where the waiting was cancelled."""
        settings = self.editing.session.settings
        assert isinstance(profile.instance, Instance)  # noqa: S101
        dialog = ProgressDialog(self.editing.session, f"Connecting to {profile.instance.host}")

        async def steps() -> Session:
            await asyncio.to_thread(import_module, "tui.targets.instance.instance_target")
            return await open_session(profile, settings, secret, which, tell)

        def tell(words: str) -> None:
            if reading.done():  # what was opened tells by it what is written, too
                self._say(words)
            else:
                dialog.tell(words)

        reading = asyncio.ensure_future(steps())
        asked = asyncio.ensure_future(self.ask(dialog))
        try:
            await asyncio.wait((reading, asked), return_when=asyncio.FIRST_COMPLETED)
        finally:
            reading.cancel()
            asked.cancel()
            await asyncio.wait((reading, asked))
        if reading.cancelled():
            self._sign_ins.cancelled(profile)
            return None
        error = reading.exception()
        if error is None:
            await self._sign_ins.worked(profile)
            return reading.result()
        if isinstance(error, Problem):
            self._sign_ins.failed(profile, error)
            return error
        raise error

    async def read(self) -> Session:
        """What is there now; where the sign-in was refused before, it is asked for anew."""
        session = self.editing.session
        if session.profile.instance is None:
            return await super().read()
        secret = await self._secret(session.profile)
        if secret is None:
            raise Refusal(NOBODY, "It was not read: nobody signed in.", "F5 signs in.")
        self.main.say(f"Reading {session.target.where}.")
        found = await self._read_with(secret)
        await self._sign_ins.worked(found.profile)
        return found

    async def _read_with(self, secret: Secret) -> Session:
        session = self.editing.session
        profile, settings = session.profile, session.settings
        while True:
            try:
                return await open_session(profile, settings, secret, self.which, self._say)
            except Problem as problem:
                self._sign_ins.failed(profile, problem)
                if problem.code != "account.choice" or self.which is AccountChoice.IN_FORCE:
                    raise
                self.which = (
                    AccountChoice.IN_FORCE
                )  # it has come about, or somebody else was faster

    def _say(self, words: str) -> None:
        if not self._exit:
            self.main.hint(words, "bold")

    async def signed_in(self) -> bool:
        """Whether something signs in; after a refusal it is asked for, and read again."""
        profile = self.editing.session.profile
        if profile.instance is None or self._sign_ins.known(profile):
            return True
        return await self.reread(asked=True)

    async def restore(self, found: SavedDraft, session: Session | None = None) -> None:
        """Asks what is to become of a draft; one of an own server over that account."""
        profile = self.editing.session.profile
        secret = self._sign_ins.known(profile)
        if secret and found.choice is AccountChoice.OWN and self.which is AccountChoice.IN_FORCE:
            own = await self._waited(profile, AccountChoice.OWN, secret)
            session = own if isinstance(own, Session) else None
        await super().restore(found, session)
        if session and self.editing.session is session:
            self.which = AccountChoice.OWN

    async def _show_verdict(self) -> None:
        session = self.editing.session
        if verdict := session.reading.verdict:
            title, *_ = verdict_lines(verdict)

            def words(room: int) -> list[str]:
                return list(verdict_lines(verdict, room))[1:]

            await self.ask(MessageDialog.page(session, title, words))
