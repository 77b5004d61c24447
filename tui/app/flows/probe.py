"""Whether mail goes out: as the instance recorded it, and as the mail servers answer from here.

A probe tests the mail servers of the draft, only on request, and stops at once when the person
wants that.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress

from tui.app.dialogs import Dialogs
from tui.app.screens.delivery_dialog import PROBE, DeliveryDialog, View
from tui.app.screens.probe_dialog import ProbeDialog, RepeatLoginDialog
from tui.credentials.secret import Secret
from tui.errors import Problem
from tui.presentation.delivery_stages import DeliveryDiagnosis, diagnose_delivery
from tui.presentation.probe_report import outcome
from tui.presentation.target_text import signed_in_words
from tui.probes.stage import SenderFinding, Stage
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
from tui.workspace.exit_report import Tested
from tui.workspace.sender_domain import look_up_sender
from tui.workspace.session import Session
from tui.workspace.workspace import Workspace

_SECONDS = 60.0
Lookup = asyncio.Task[tuple[SenderFinding, ...]]
"""What DNS says of the sender, once it is there."""


class ProbeFlow:
    """Why mail does or does not go out; it remembers which logins were rejected."""

    def __init__(self, workspace: Workspace, dialogs: Dialogs) -> None:
        self._workspace = workspace
        self._dialogs = dialogs
        self._refused: tuple[Login, ...] = ()

    async def run(self, view: View = View.INSTANCE) -> None:
        """Test the mail servers of a local file; on an instance, show a view of it first."""
        if self._workspace.session.reading.status is None:
            await self._probe_on_request(None)
            return
        lookup = asyncio.create_task(look_up_sender(self._workspace.session))
        try:
            answer = await self._dialogs.ask(self._delivery_dialog(lookup, view))
            while answer == PROBE:
                answer = await self._probe_on_request(lookup)
        finally:
            lookup.cancel()
            await asyncio.wait((lookup,))

    def _delivery_dialog(
        self, lookup: Lookup, view: View, where: str = "", remarks: str = ""
    ) -> DeliveryDialog:
        """Return the dialog with both views, which is filled in once DNS has answered."""
        session, review = self._workspace.session, self._workspace.editing.review
        instance = session.profile.instance
        url, found = instance.url if instance else "", _diagnose_delivery(session, lookup)
        dialog = DeliveryDialog(session, review, found, url, view, where, remarks)

        def fill_in(lookup: Lookup) -> None:
            if not lookup.cancelled():
                dialog.show_found(_diagnose_delivery(session, lookup))

        lookup.add_done_callback(fill_in)
        return dialog

    async def _probe_on_request(self, lookup: Lookup | None) -> str | None:
        """Test the mail servers of the current draft; return the answer to the dialog."""
        editing = self._workspace.leave_field()
        secrets = await asyncio.to_thread(known_secrets, editing.session, editing.draft)
        login = await self._may_log_in(editing, secrets)
        if login is not None:
            return await self._probe(editing, secrets, lookup, login=login)
        self._dialogs.say("Nothing was probed.")
        if lookup is None:
            return None
        return await self._dialogs.ask(self._delivery_dialog(lookup, View.MACHINE))

    async def _may_log_in(self, editing: Editing, secrets: Mapping[str, Secret]) -> bool | None:
        """Return whether a login may be tried; None if nothing should be tested."""
        for each in find_logins(editing.draft, secrets).values():
            if any(each.is_like(refused) for refused in self._refused):
                dialog = RepeatLoginDialog(editing.session, each.user, each.server)
                return await self._dialogs.ask(dialog)
        return True

    async def _probe(
        self,
        editing: Editing,
        secrets: Mapping[str, Secret],
        lookup: Lookup | None,
        *,
        login: bool,
    ) -> str | None:
        tried, profile = find_logins(editing.draft, secrets), editing.session.profile.name
        odd, outgoing = describe_passwords(tried) if login else "", list[Stage]()
        dialog = ProbeDialog(editing.session, vantage(), odd)
        if lookup is not None:
            dialog = self._delivery_dialog(lookup, View.MACHINE, vantage(), odd)
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
                words = outcome(diagnosis.result())
                tested = f"Mail servers of {profile}, tested {vantage()}: {words}"
                self._workspace.report.add(Tested(tested))
            else:
                diagnosis.cancel()
                self._dialogs.say("The probe was stopped.")
            await self._remember(editing, outgoing)
            said = await answer
        return PROBE if said == PROBE else None

    async def _remember(self, editing: Editing, stages: list[Stage]) -> None:
        """Store what a login has shown; if that fails, it has to be attested before a save."""
        with suppress(Problem):
            await asyncio.to_thread(record_evidence, editing.session, editing.draft, stages)
            profile = editing.session.profile.name
            self._workspace.set_attestations(await asyncio.to_thread(load_attestations, profile))


def _diagnose_delivery(session: Session, lookup: Lookup) -> DeliveryDiagnosis:
    """Return why mail does or does not go out, as far as DNS has answered."""
    assert session.reading.status  # noqa: S101
    return diagnose_delivery(
        session.reading.status,
        is_production=session.facts.is_production,
        signed_in=signed_in_words(session),
        sender_domain=lookup.result() if lookup.done() else None,
    )
