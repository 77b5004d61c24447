"""The configurator as an application: bindings, wiring, and the order of the flows."""

import asyncio
import signal
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.css.query import NoMatches
from textual.timer import Timer

from tui.app.base import TerminalApp
from tui.app.dialogs import READING, Dialogs
from tui.app.flow_set import Flows, preload_modules
from tui.app.outcomes import (
    ConnectOutcome,
    QuitChoice,
    RereadOutcome,
    RestoreOutcome,
    SaveOutcome,
)
from tui.app.screens.configurator import Configurator
from tui.app.screens.keys import key_page
from tui.errors import Problem
from tui.presentation.review_text import explanation_lines
from tui.presentation.status_text import greeting_words, short_message
from tui.settings.delivery.account import AccountChoice, AnyChoice, NamedAccount
from tui.settings.delivery.account_switch import AccountSwitch
from tui.storage.last_choice import load_last
from tui.storage.profile import Profile
from tui.workspace.editing import Editing
from tui.workspace.workspace import Update, Workspace

if TYPE_CHECKING:
    from tui.settings.delivery.activation import Activation

QUIET = 1.0
"""Seconds without a key after which the draft is kept."""

LOOK = 1.0
"""Seconds between two looks at whether the file was changed by another program."""

WATCHING = "mail"
"""The group of the worker that looks for mail after a save."""

_NO_SENDER = "No SMTP account is active."


class ConfiguratorApp(TerminalApp):
    """The configurator of one workspace.

    Args:
        workspace: what is worked on.
        welcome: the lines of a page that is shown before anything else.
    """

    # The style of the screen below all others is not loaded by Textual itself.
    CSS_PATH: ClassVar[list[str | PurePath]] = ["base.tcss", "screens/configurator.tcss"]

    def __init__(self, workspace: Workspace, welcome: Sequence[str] = ()) -> None:
        super().__init__()
        theme = load_last("theme")
        if not self.no_color and theme in (each.name for each in self.THEMES):
            self.use_theme(theme)
        self.workspace = workspace
        self.main = Configurator(workspace)
        self.dialogs = Dialogs(self, workspace, self.main)
        self.flows = Flows(workspace, self.dialogs)
        self._welcome = welcome
        self._quiet: Timer | None = None
        workspace.subscribe(self._on_workspace_update)

    def get_default_screen(self) -> Configurator:
        """Return the screen below all others."""
        return self.main

    @property
    def editing(self) -> Editing:
        """The draft as it is now."""
        return self.workspace.editing

    # From the start to the end

    def on_configurator_first_shown(self, event: Configurator.FirstShown) -> None:
        """Do what can wait until the first frame is shown."""
        self.unblock_signals()
        self.workspace.drafts.claim()
        if self.workspace.drafts.trouble:
            self.main.show()
        session = self.workspace.session
        if about := session.snapshot.findings:
            more = f" And {len(about) - 1} more: glidemail check" if len(about) > 1 else ""
            self.main.warn(f"{about[0].message}{more}")
        self.set_interval(LOOK, self._poll_target)
        self.run_worker(preload_modules, thread=True, group="loading")
        if session.is_read:
            self._offer_draft()
        else:
            self._connect_at_start()

    @work(exclusive=True, group=READING)
    async def _connect_at_start(self) -> None:
        if self._welcome:
            await self._show_welcome()
        await self._connect_to(self.workspace.profile, AccountChoice.IN_FORCE)

    def note_end(self, number: signal.Signals | None, fault: Exception | None) -> None:
        """Keep what is not saved, and note why the program ends."""
        self.workspace.end(number.name if number else "", fault)

    async def finish_work(self, second_signal: asyncio.Event) -> bool:
        """Wait for what is being written."""
        return await self.flows.save.finish(second_signal)

    @work(group="save")
    async def action_leave(self) -> None:
        """Quit; ask first if something is changed."""
        if self.flows.save.is_writing:
            self.workspace.leave_field()
            self.flows.save.stop()
            return
        wish = await self.flows.quit.run()
        if wish is QuitChoice.SAVE:
            if not await self._save_all() or self.editing.changed:
                return
        elif wish is QuitChoice.STAY:
            return
        self.workspace.discard_draft()
        self.exit(return_code=0)

    # The draft and what it lies over

    def _on_workspace_update(self, update: Update) -> None:
        """Show what is worked on after an update."""
        with suppress(NoMatches):  # the screen may be taken down just now
            self._show(update)

    def _show(self, update: Update) -> None:
        if update is Update.OPENED:
            self._stop_quiet_timer()
            self.main.show_session()
            self.main.say(greeting_words(self.workspace.session))
            return
        if update is Update.EDITED:
            self.main.clear_status()
            self._keep_draft_soon()
        self.main.show()

    def _keep_draft_soon(self) -> None:
        self._stop_quiet_timer()
        self._quiet = self.set_timer(QUIET, self._keep_draft)

    def _stop_quiet_timer(self) -> None:
        if self._quiet is not None:
            self._quiet.stop()

    @work(group="draft")
    async def _keep_draft(self) -> None:
        drafts = self.workspace.drafts
        try:
            await asyncio.to_thread(drafts.save, self.editing)
        except Problem as problem:
            words = short_message(problem, self.workspace.session)
            self.main.warn(f"No draft is kept: {words}")
        with suppress(NoMatches):  # the screen may be taken down just now
            self.main.show()
        if drafts.is_undecided:
            self._offer_draft()

    @work(group="draft found")
    async def _offer_draft(self) -> None:
        await self._offer()

    async def _offer(self) -> None:
        found = await self.flows.restore.find()
        if found is None:
            return
        awaits_account = found.choice not in (AccountChoice.IN_FORCE, AccountChoice.PROVIDERS)
        is_other = awaits_account and self.workspace.choice is AccountChoice.IN_FORCE
        session = await self.flows.connect.open_account(found.choice) if is_other else None
        restored = await self.flows.restore.run(found, session)
        if restored is RestoreOutcome.DISCARDED:
            self._keep_draft_soon()
        elif restored is RestoreOutcome.CONFLICTS:
            await self.flows.conflicts.run()

    def _poll_target(self) -> None:
        # A tick can come while the last screen is taken down.
        if (
            self.screen_stack[-1:] == [self.main]
            and not self.workspace.is_saving
            and self.workspace.has_file_changed
        ):
            self.check_for_changes()

    @work(exclusive=True, group=READING)
    async def check_for_changes(self, *, is_asked: bool = False) -> None:
        """Read again what is there now, and lay the edits over it."""
        await self._run_reread(is_asked=is_asked)

    async def _run_reread(self, *, is_asked: bool) -> bool:
        found = await self.flows.reread.run(is_asked=is_asked)
        if found is RereadOutcome.CHANGED:
            self._keep_draft_soon()
        return found is not RereadOutcome.FAILED

    def action_read_again(self) -> None:
        """Read again on request; connect first if that hasn't been done yet."""
        if not self.workspace.session.is_read:
            self.connect(self.workspace.profile)
        elif not self._refuse_while_saving():
            self.check_for_changes(is_asked=True)

    def _refuse_while_saving(self) -> bool:
        if self.workspace.is_saving:
            self.main.warn("A save is under way.")
        return self.workspace.is_saving

    @work(exclusive=True, group="dialog")
    async def action_compare(self) -> None:
        """Settle conflicts."""
        if self.editing.open_conflicts:
            await self.flows.conflicts.run()
        else:
            self.main.say("Nothing was changed both there and here.")

    # Saving

    @work(group="save")
    async def action_save(self) -> None:
        """Save, once everything against it is settled."""
        await self._save_all()

    async def _save_all(self, switch: AccountSwitch | None = None) -> bool:
        """Save; return whether nothing stays unsaved that was there when it began.

        Args:
            switch: as for `SaveFlow.run`.
        """
        if self._refuse_while_saving():
            return False
        self.workspace.is_saving = True
        if self.editing.review.plan:
            self.workers.cancel_group(self, WATCHING)
        try:
            result = await self.flows.save.run(switch)
            while await self._resolve_save_blocker(result):
                result = await self.flows.save.run(switch)
        finally:
            self.workspace.is_saving = False
        if result is SaveOutcome.FAILED:
            self.check_for_changes()
        elif result is SaveOutcome.ACCOUNT_DROPPED:
            self.connect(self.workspace.profile)
        if self.flows.save.mail_since:
            self._watch_mail(self.flows.save.mail_since, self.flows.save.activation)
        return result is SaveOutcome.SAVED

    async def _resolve_save_blocker(self, result: SaveOutcome) -> bool:
        """Do what has to come before a save; return whether the save can be tried again."""
        if result is SaveOutcome.SIGN_IN_FIRST:
            return await self._run_reread(is_asked=True)
        return result is SaveOutcome.CONFLICTS_FIRST and await self.flows.conflicts.run()

    @work(exclusive=True, group=WATCHING)
    async def _watch_mail(self, since: str, activation: "Activation | None") -> None:
        """Look for mail for some minutes after a save; no key waits for it."""
        await self.flows.load("watch_mail")
        if choice := await self.flows.watch_mail.run(since, activation):
            self._choose(choice)

    # Instances, accounts and profiles

    @work(exclusive=True, group=READING)
    async def connect(self, profile: Profile, choice: AnyChoice = AccountChoice.IN_FORCE) -> None:
        """Connect, in the place of whatever is being read."""
        await self._connect_to(profile, choice)

    async def _connect_to(self, profile: Profile, choice: AnyChoice) -> None:
        match await self.flows.connect.run(profile, choice):
            case ConnectOutcome.IN_FORCE:
                await self._show_delivery()
                await self._offer()
            case ConnectOutcome.READY_TO_SEND:
                self.action_save()
            case ConnectOutcome.TO_FILL_IN:
                sender = self.workspace.session.facts.sender
                state = f"Until then {sender} stays active." if sender else _NO_SENDER
                self.main.say(f"Fill in your server, then ^S. {state}", stays=True)
                self.main.focus_property("server")

    def action_in_force(self) -> None:
        """Go back to what sends now."""
        self._choose(AccountChoice.IN_FORCE)

    def action_own_server(self) -> None:
        """Have an account of your own send."""
        self._choose(AccountChoice.OWN)

    def action_provider_server(self) -> None:
        """Have ServiceNow's account send again."""
        self._choose(AccountChoice.PROVIDERS)

    @work(exclusive=True, group="dialog")
    async def action_accounts(self) -> None:
        """Show the email accounts, to activate or deactivate one."""
        if self._refuse_while_saving():
            return
        match await self.flows.accounts.run():
            case NamedAccount() as choice:
                self._choose(choice)
            case AccountSwitch() as switch:
                self._switch_account(switch)

    @work(group="save")
    async def _switch_account(self, switch: AccountSwitch) -> None:
        await self._save_all(switch)

    @work(exclusive=True, group="dialog")
    async def _choose(self, choice: AnyChoice) -> None:
        if not self._refuse_while_saving() and await self.flows.switch.leave_account():
            self.connect(self.workspace.profile, choice)

    @work(exclusive=True, group="dialog")
    async def action_profiles(self, action: str = "list") -> None:
        """Add, change or remove profiles, or work on another; unsaved edits stay its draft.

        Args:
            action: as for `ProfilesFlow.run`.
        """
        if self._refuse_while_saving():
            return
        profile = await self.flows.profiles.run(action)
        if profile and await self.flows.switch.leave_profile():
            self._open(profile)

    @work(exclusive=True, group=READING)
    async def _open(self, profile: Profile) -> None:
        self.workers.cancel_group(self, WATCHING)
        session = await self.flows.switch.open(profile)
        if session and session.is_read:
            await self._offer()
        elif session:
            await self._connect_to(profile, AccountChoice.IN_FORCE)

    # Pages and lists

    @work(exclusive=True, group="dialog")
    async def action_palette(self) -> None:
        """Show every command and every property."""
        action = await self.flows.commands.run(welcome=bool(self._welcome))
        if action == "app.probe":
            self.action_probe("machine")
        elif action:
            await self.run_action(action, self.main)

    @work(exclusive=True, group="dialog")
    async def action_probe(self, view: str = "instance") -> None:
        """Test the mail servers of a file's draft; show whether an instance's mail goes out.

        Args:
            view: what is shown of an instance first: `instance` or `machine`.
        """
        await self._show_delivery(view)

    async def _show_delivery(self, view: str = "instance") -> None:
        with self.dialogs.hold_keys():
            # Imported late, and not where keys are waited for: no first frame needs it.
            await self.flows.load("probe")
            from tui.app.screens.delivery_dialog import View

            await self.flows.probe.run(View(view))

    @work(exclusive=True, group="dialog")
    async def action_send_test(self) -> None:
        """Send a test message through the instance, and follow it."""
        self.workers.cancel_group(self, WATCHING)  # it would tell the same once more
        await self.flows.load("send_test")
        await self.flows.send_test.run()

    @work(exclusive=True, group="dialog")
    async def action_explain_reply(self) -> None:
        """Explain a reply of a mail server."""
        await self.flows.load("explain_reply")
        await self.flows.explain_reply.run()

    @work(exclusive=True, group="dialog")
    async def action_explain(self) -> None:
        """Explain why the value of the chosen property is what it is."""
        editing = self.workspace.leave_field()
        if entry := editing.draft.entries.get(self.main.current_property):
            review = editing.review
            words = partial(explanation_lines, entry, review)
            await self.dialogs.show_page("Why it is so", words)

    @work(exclusive=True, group="dialog")
    async def action_keys(self) -> None:
        """Show every key and every mark."""
        await self.dialogs.show_page("Keys", lambda room: key_page(Configurator, room))

    @work(exclusive=True, group="dialog")
    async def action_welcome(self) -> None:
        """Show what the sandbox is."""
        await self._show_welcome()

    @work(exclusive=True, group="dialog")
    async def action_failed_mail(self) -> None:
        """List failed mail by cause, and release it."""
        if self._refuse_while_saving() or not await self._run_reread(is_asked=False):
            return
        await self.flows.load("failed_mail")
        if words := await self.flows.failed_mail.run():
            await self._run_reread(is_asked=False)
            self.main.say(words, stays=True)

    async def _show_welcome(self) -> None:
        await self.dialogs.show_page("A sandbox", lambda _: self._welcome)
