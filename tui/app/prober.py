"""Probes the mail servers of the draft from the screen, and stops at once where that is wanted."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from textual.css.query import NoMatches

from tui.app.screens.probe_dialog import ProbeDialog, RepeatLoginDialog
from tui.app.workbench import Workbench
from tui.credentials.secret import Secret
from tui.errors import Problem
from tui.probes.stage import Stage
from tui.storage.records import load_attestations
from tui.workspace.diagnose import (
    Diagnosis,
    Login,
    at_hand,
    evidence,
    is_refusal,
    logins,
    options_of,
    probed,
    remember,
    vantage,
)
from tui.workspace.editing import Editing

_SECONDS = 60.0


class Prober:
    """Looks at mail servers, and keeps in mind which logins were refused.

    Args:
        bench: the workbench whose draft is looked at.
    """

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench
        self._refused: tuple[Login, ...] = ()

    async def run(self) -> None:
        """Why the mail servers do or do not work, as the draft stands."""
        editing = self._bench.main.leave_field()
        secrets = await asyncio.to_thread(at_hand, editing.session, editing.draft)
        login = await self._may_log_in(editing, secrets)
        if login is None:
            self._bench.main.say("Nothing was probed.")
        else:
            await self._probe_with(editing, secrets, login=login)

    async def _may_log_in(self, editing: Editing, secrets: Mapping[str, Secret]) -> bool | None:
        """Whether a login may be tried; None where nothing is to be probed."""
        for each in logins(editing.draft, secrets).values():
            if any(each.is_like(refused) for refused in self._refused):
                return await self._bench.ask(
                    RepeatLoginDialog(editing.session, each.user, each.server)
                )
        return True

    async def _probe_with(
        self, editing: Editing, secrets: Mapping[str, Secret], *, login: bool
    ) -> None:
        dialog, told = ProbeDialog(editing.session, vantage()), list[Stage]()
        tried, name = logins(editing.draft, secrets), editing.session.profile.name
        options = options_of(
            login=login, cleartext=False, recipient="", ca_file=None, deadline=_SECONDS
        )

        def tell(part: str, stage: Stage) -> None:
            if is_refusal(stage):  # at once: the rest may be stopped
                self._refused = (*self._refused, tried[part])
            remember(name, tried.get(part), stage)
            if part == "smtp":
                told.append(stage)
            dialog.tell(part, stage)

        async def steps() -> Diagnosis:
            await dialog.opened.wait()  # until then another key may begin it anew
            return await probed(editing.session, editing.draft, options, tell, secrets=secrets)

        found = asyncio.ensure_future(steps())
        asked = asyncio.ensure_future(self._bench.ask(dialog))
        try:
            await asyncio.wait((found, asked), return_when=asyncio.FIRST_COMPLETED)
            if found.done():
                dialog.show(found.result())
            else:
                found.cancel()
                self._bench.main.say("The probe was stopped.")
            await self._remember(editing, told)
            await asked
        finally:
            found.cancel()
            asked.cancel()
            await asyncio.wait((found, asked))

    async def _remember(self, editing: Editing, stages: list[Stage]) -> None:
        """Keeps in mind what a login has shown."""
        session = editing.session
        try:
            await asyncio.to_thread(evidence, session, editing.draft, stages)
            words = await asyncio.to_thread(load_attestations, session.profile.name)
        except Problem:
            return  # it is asked for before a save, then
        now = replace(self._bench.editing.session, attestations=words)
        with suppress(NoMatches):  # somebody has quit meanwhile
            self._bench.main.show(replace(self._bench.editing, session=now))
