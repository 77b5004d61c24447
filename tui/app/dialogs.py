"""What the flows may do on the screen: ask, tell, wait behind a dialog, and use the status line."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from tui.app.base import TerminalApp
from tui.app.screens.configurator import Configurator
from tui.app.widgets.lines import prose
from tui.credentials.secret import Secret
from tui.errors import Problem
from tui.presentation.target_text import (
    BROWSER_STEPS,
    KEYRING_SEARCH,
    passphrase_label,
    reading_words,
    repeated_sign_in,
    sign_in_label,
    sign_in_notes,
)
from tui.storage.instance import Instance, SignInMethod
from tui.storage.profile import Profile
from tui.storage.records import RefusedSignIn
from tui.workspace.session import Session
from tui.workspace.workspace import Workspace

if TYPE_CHECKING:
    from tui.app.screens.dialog import Dialog

T = TypeVar("T")

READING = "reading"
"""The group of workers that read a target; a new one takes the place of the one before."""

_OPENING = 0.02
"""Seconds between two looks at whether a dialog that is to close has opened."""


class Dialogs:
    """The dialogs and the status line of the screen; an `Operator` of the workspace.

    Args:
        app: shows them.
        workspace: what the banner of each dialog is about.
        main: the screen below all dialogs.
    """

    def __init__(self, app: TerminalApp, workspace: Workspace, main: Configurator) -> None:
        self._app = app
        self._workspace = workspace
        self._main = main
        self._turn = asyncio.Lock()

    @property
    def session(self) -> Session:
        """What the banner of a new dialog is about."""
        return self._workspace.session

    async def ask(self, dialog: "Dialog[T]") -> T | None:
        """Return the answer to a dialog, which opens once no other one is open.

        It closes if its caller is cancelled.
        """
        async with self._turn:
            answer = asyncio.ensure_future(self._app.push_screen_wait(dialog))
            try:
                return await asyncio.shield(answer)
            except asyncio.CancelledError:
                # Not while it opens: Textual would leave a half of it there.
                while self._app.is_running and not (answer.done() or self._app.is_leaving):
                    if dialog.is_mounted:
                        dialog.dismiss()
                    await asyncio.wait((answer,), timeout=_OPENING)
                raise

    async def show_problem(self, title: str, problem: Problem) -> None:
        """Show what went wrong."""
        from tui.app.screens.message_dialog import MessageDialog

        await self.ask(MessageDialog.problem(self.session, title, problem))

    async def show_page(self, title: str, words: Callable[[int], Iterable[str]]) -> None:
        """Show a page to read, made for a width in columns."""
        from tui.app.screens.message_dialog import MessageDialog

        await self.ask(MessageDialog.page(self.session, title, words))

    @asynccontextmanager
    async def run_behind_dialog(
        self, dialog: "Dialog[Any]", steps: Coroutine[Any, Any, T]
    ) -> AsyncIterator[tuple["asyncio.Task[T]", "asyncio.Task[object]"]]:
        """Run steps behind a dialog; the block is entered when either ends.

        Both have ended, or are cancelled, after the block.
        """
        work: asyncio.Task[T] = asyncio.create_task(steps)
        answer: asyncio.Task[object] = asyncio.create_task(self.ask(dialog))
        try:
            await asyncio.wait((work, answer), return_when=asyncio.FIRST_COMPLETED)
            yield work, answer
        finally:
            work.cancel()
            answer.cancel()
            await asyncio.wait((work, answer))

    def hold_keys(self) -> AbstractContextManager[None]:
        """Hold keys back for the next dialog, as long as none is open."""
        return self._app.hold_keys()

    # The screen below

    def say(self, words: str, *, stays: bool = False) -> None:
        """Say something in the status line; `stays` keeps hints from taking its place."""
        self._main.say(words, stays=stays)

    def warn(self, words: str) -> None:
        """Say something there that a person should not miss."""
        self._main.warn(words)

    def focus_property(self, name: str) -> None:
        """Go to a property's field."""
        self._main.focus_property(name)

    def use_theme(self, name: str) -> None:
        """Show other colours."""
        self._app.use_theme(name)

    @property
    def room(self) -> int:
        """The columns of the status line."""
        return self._app.size.width - 2

    def stop_reading(self) -> None:
        """Stop whatever reads the target."""
        self._app.workers.cancel_group(self._app, READING)

    # As the operator of the workspace

    def announce_keyring_search(self) -> None:
        """Say that the keyring is searched."""
        self.say(KEYRING_SEARCH)

    def announce_reading(self, where: str) -> None:
        """Say that an instance is read."""
        self.say(reading_words(where))

    def show_progress(self, words: str) -> None:
        """Show what a target does now, unless there is something more important."""
        if not self._app.is_leaving:
            self._main.hint(words, "bold")

    async def ask_sign_in_again(self, refused: RefusedSignIn) -> bool:
        """Ask whether to sign in again although that was refused within the last day."""
        from tui.app.screens.message_dialog import MessageDialog

        hint = "Sign in again only if the cause is solved."
        problem = repeated_sign_in(refused, hint)
        answers = [("back", "Back"), ("again", "Sign in again")]
        dialog = MessageDialog.problem(self.session, "Rejected before", problem, answers)
        return await self.ask(dialog) == "again"

    async def ask_passphrase(self, instance: Instance) -> Secret | None:
        """Ask for the passphrase of a client certificate's key."""
        from tui.app.screens.sign_in_dialog import SignInDialog

        kept = ["It is kept in memory until the program ends."]
        return await self.ask(SignInDialog(self.session, passphrase_label(instance), kept))

    async def ask_sign_in(self, profile: Profile, trouble: Problem | None) -> Secret | None:
        """Ask for what signs in at a profile's instance."""
        from tui.app.screens.sign_in_dialog import SignInDialog

        assert profile.instance  # noqa: S101
        label, notes = sign_in_label(profile.instance), sign_in_notes(profile, trouble)
        if profile.instance.sign_in is SignInMethod.BROWSER:
            return await self._ask_browser_sign_in(profile.instance, label, notes)
        return await self.ask(SignInDialog(self.session, label, notes))

    async def _ask_browser_sign_in(
        self, instance: Instance, label: str, notes: Sequence[str]
    ) -> Secret | None:
        # Imported late: few profiles need it.
        from tui.app.screens.message_dialog import MessageDialog
        from tui.app.screens.sign_in_dialog import SignInDialog
        from tui.targets.instance.api.browser_grant import BrowserSignIn

        question = prose(f"Does OAuth client {instance.user} have a secret?")
        answers = [("no", "No"), ("yes", "Yes"), ("cancel", "Cancel")]
        answer = await self.ask(MessageDialog(self.session, "Sign in", question, answers))
        client_secret = None
        if answer == "yes":
            ask = SignInDialog(self.session, f"Secret of OAuth client {instance.user}", [])
            client_secret = await self.ask(ask)
        if answer not in ("no", "yes") or (answer == "yes" and client_secret is None):
            return None
        sign_in = BrowserSignIn(instance)
        pages = [BROWSER_STEPS, sign_in.url, *notes]
        pasted = await self.ask(SignInDialog(self.session, label, pages))
        if pasted is None:
            return None
        try:
            return sign_in.accept(pasted, client_secret)
        except Problem as problem:
            await self.show_problem("Not signed in", problem)
            return None
