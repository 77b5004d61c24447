"""The flows of the application, each loaded when it is first needed: no first frame needs one."""

import asyncio
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING

from tui.app.dialogs import Dialogs
from tui.workspace.workspace import Workspace

if TYPE_CHECKING:
    from tui.app.flows.accounts import AccountsFlow
    from tui.app.flows.commands import CommandsFlow
    from tui.app.flows.conflicts import ConflictFlow
    from tui.app.flows.connect import ConnectFlow
    from tui.app.flows.explain_reply import ExplainReplyFlow
    from tui.app.flows.failed_mail import FailedMailFlow
    from tui.app.flows.probe import ProbeFlow
    from tui.app.flows.profiles import ProfilesFlow
    from tui.app.flows.quit import QuitFlow
    from tui.app.flows.reread import RereadFlow
    from tui.app.flows.restore import RestoreFlow
    from tui.app.flows.save import SaveFlow
    from tui.app.flows.send_test import SendTestFlow
    from tui.app.flows.switch import SwitchFlow
    from tui.app.flows.watch_mail import WatchMailFlow


class Flows:
    """The flows over one workspace; each keeps what it has to remember between two runs."""

    def __init__(self, workspace: Workspace, dialogs: Dialogs) -> None:
        self._workspace = workspace
        self._dialogs = dialogs

    async def load(self, name: str) -> None:
        """Load the module of a flow, while keys and screen go on."""
        await asyncio.to_thread(import_module, f"tui.app.flows.{name}")

    @cached_property
    def accounts(self) -> "AccountsFlow":
        from tui.app.flows.accounts import AccountsFlow

        return AccountsFlow(self._workspace, self._dialogs)

    @cached_property
    def commands(self) -> "CommandsFlow":
        from tui.app.flows.commands import CommandsFlow

        return CommandsFlow(self._workspace, self._dialogs)

    @cached_property
    def conflicts(self) -> "ConflictFlow":
        from tui.app.flows.conflicts import ConflictFlow

        return ConflictFlow(self._workspace, self._dialogs)

    @cached_property
    def connect(self) -> "ConnectFlow":
        from tui.app.flows.connect import ConnectFlow

        return ConnectFlow(self._workspace, self._dialogs)

    @cached_property
    def explain_reply(self) -> "ExplainReplyFlow":
        from tui.app.flows.explain_reply import ExplainReplyFlow

        return ExplainReplyFlow(self._workspace, self._dialogs)

    @cached_property
    def failed_mail(self) -> "FailedMailFlow":
        from tui.app.flows.failed_mail import FailedMailFlow

        return FailedMailFlow(self._workspace, self._dialogs)

    @cached_property
    def probe(self) -> "ProbeFlow":
        from tui.app.flows.probe import ProbeFlow

        return ProbeFlow(self._workspace, self._dialogs)

    @cached_property
    def profiles(self) -> "ProfilesFlow":
        from tui.app.flows.profiles import ProfilesFlow

        return ProfilesFlow(self._workspace, self._dialogs)

    @cached_property
    def quit(self) -> "QuitFlow":
        from tui.app.flows.quit import QuitFlow

        return QuitFlow(self._workspace, self._dialogs)

    @cached_property
    def reread(self) -> "RereadFlow":
        from tui.app.flows.reread import RereadFlow

        return RereadFlow(self._workspace, self._dialogs)

    @cached_property
    def restore(self) -> "RestoreFlow":
        from tui.app.flows.restore import RestoreFlow

        return RestoreFlow(self._workspace, self._dialogs)

    @cached_property
    def save(self) -> "SaveFlow":
        from tui.app.flows.save import SaveFlow

        return SaveFlow(self._workspace, self._dialogs)

    @cached_property
    def send_test(self) -> "SendTestFlow":
        from tui.app.flows.send_test import SendTestFlow

        return SendTestFlow(self._workspace, self._dialogs)

    @cached_property
    def switch(self) -> "SwitchFlow":
        from tui.app.flows.switch import SwitchFlow

        return SwitchFlow(self._workspace, self._dialogs)

    @cached_property
    def watch_mail(self) -> "WatchMailFlow":
        from tui.app.flows.watch_mail import WatchMailFlow

        return WatchMailFlow(self._workspace, self._dialogs)


def preload_modules() -> None:
    """Load what the first address, the first save and the end need, so that no key waits."""
    import email_validator  # noqa: F401
    import tomlkit  # noqa: F401

    for name in ("save", "quit", "reread", "restore"):
        import_module(f"tui.app.flows.{name}")
