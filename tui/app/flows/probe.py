"""Testing the mail servers of the draft; it stops at once when the person wants that."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress

from tui.app.dialogs import Dialogs
from tui.app.screens.probe_dialog import ProbeDialog, RepeatLoginDialog
from tui.credentials.secret import Secret
from tui.errors import Problem
from tui.probes.stage import Stage
from tui.storage.records import load_attestations
from tui.workspace.diagnose import (
    Diagnosis,
    Login,
    describe_passwords,
    diagnose,
    find_logins,
    is_rejected_login,
    known_secrets,
    make_options,
    record_evidence,
    record_login,
    vantage,
)
from tui.workspace.editing import Editing
from tui.workspace.workspace import Workspace

_SECONDS = 60.0


class ProbeFlow:
    """The test of the mail servers; it remembers which logins were rejected."""

    def __init__(self, workspace: Workspace, dialogs: Dialogs) -> None:
        self._workspace = workspace
        self._dialogs = dialogs
        self._refused: tuple[Login, ...] = ()

    async def run(self) -> None:
        """Test the mail servers of the current draft."""
        editing = self._workspace.leave_field()
        secrets = await asyncio.to_thread(known_secrets, editing.session, editing.draft)
        login = await self._may_log_in(editing, secrets)
        if login is None:
            self._dialogs.say("Nothing was probed.")
        else:
            await self._probe(editing, secrets, login=login)

    async def _may_log_in(self, editing: Editing, secrets: Mapping[str, Secret]) -> bool | None:
        """Return whether a login may be tried; None if nothing should be tested."""
        for each in find_logins(editing.draft, secrets).values():
            if any(each.is_like(refused) for refused in self._refused):
                dialog = RepeatLoginDialog(editing.session, each.user, each.server)
                return await self._dialogs.ask(dialog)
        return True

    async def _probe(self, editing: Editing, secrets: Mapping[str, Secret], *, login: bool) -> None:
        tried, profile = find_logins(editing.draft, secrets), editing.session.profile.name
        odd, outgoing = describe_passwords(tried) if login else "", list[Stage]()
        dialog = ProbeDialog(editing.session, vantage(), odd)
        options = make_options(
            login=login, cleartext=False, recipient="", ca_file=None, deadline=_SECONDS
        )

        def tell(part: str, stage: Stage) -> None:
            if is_rejected_login(stage):  # at once: the rest may be stopped
                self._refused = (*self._refused, tried[part])
            record_login(profile, tried.get(part), stage)
            if part == "smtp":
                outgoing.append(stage)
            dialog.add_stage(part, stage)

        async def steps() -> Diagnosis:
            await dialog.opened.wait()  # until then another key may begin it again
            return await diagnose(editing.session, editing.draft, options, tell, secrets=secrets)

        async with self._dialogs.run_behind_dialog(dialog, steps()) as (diagnosis, answer):
            if diagnosis.done():
                dialog.show_diagnosis(diagnosis.result())
            else:
                diagnosis.cancel()
                self._dialogs.say("The probe was stopped.")
            await self._remember(editing, outgoing)
            await answer

    async def _remember(self, editing: Editing, stages: list[Stage]) -> None:
        """Store what a login has shown; if that fails, it has to be attested before a save."""
        with suppress(Problem):
            await asyncio.to_thread(record_evidence, editing.session, editing.draft, stages)
            profile = editing.session.profile.name
            self._workspace.set_attestations(await asyncio.to_thread(load_attestations, profile))
