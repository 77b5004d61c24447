"""What is being worked on, whoever shows it: the edits, who is signed in, the draft on disk."""

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import replace
from enum import Enum, auto
from typing import TypeVar

from tui.coroutines import run_without_loop
from tui.credentials.secret import Secret
from tui.errors import Problem, Unfinished
from tui.settings.delivery.account import (
    NO_HINTS,
    AccountChoice,
    AnyChoice,
    ChoiceHints,
)
from tui.settings.delivery.status import DeliveryStatus, Queue
from tui.settings.draft import Draft
from tui.settings.preconditions import Attestation, Condition
from tui.storage.profile import Keep, Profile
from tui.workspace.apply import ApplyResult, apply, attest, current_user, find_unsettled
from tui.workspace.draft_keeper import DraftKeeper
from tui.workspace.editing import Editing
from tui.workspace.exit_report import ExitReport, StoppedBySignal, Unsaved
from tui.workspace.session import Session, ignore_progress, open_session, unread_session
from tui.workspace.sign_in import NotSignedIn, Operator, SignIns

T = TypeVar("T")


class Update(Enum):
    """The kind of a change that a listener hears of."""

    EDITED = auto()
    """The draft was changed."""
    REVIEWED = auto()
    """The draft is the same; findings that were held back are shown."""
    REREAD = auto()
    """The same draft lies over what is there now."""
    OPENED = auto()
    """Another session is worked on."""


class Workspace:
    """What is being worked on. It knows no screen; whoever shows it subscribes.

    Args:
        session: what is worked on first; an instance's may not be read yet.
        sign_ins: what signs in at instances, as far as it is known.
        hints: how a person chooses another account.

    Attributes:
        sign_ins: what signs in at instances.
        drafts: the draft on disk.
        report: what happened, for the lines after the end.
        is_saving: a save was requested, and has not ended.
    """

    def __init__(
        self, session: Session, sign_ins: SignIns | None = None, hints: ChoiceHints = NO_HINTS
    ) -> None:
        self._editing = Editing.from_session(session)
        self._stamp = session.target.file_version()
        self._hints = hints
        self._listener: Callable[[Update], None] | None = None
        # Written, though what is there now has not been read again yet.
        self._written: Draft | None = None
        self.sign_ins = sign_ins or SignIns()
        self.drafts = DraftKeeper(session)
        self.report = ExitReport(session.target.where)
        self.is_saving = False

    @property
    def editing(self) -> Editing:
        """The session with its draft, as it is now."""
        return self._editing

    @property
    def session(self) -> Session:
        """What was read."""
        return self._editing.session

    @property
    def profile(self) -> Profile:
        """The profile that is worked on."""
        return self.session.profile

    @property
    def choice(self) -> AnyChoice:
        """The email account of the instance whose settings are edited."""
        return self.session.facts.choice

    @property
    def is_file(self) -> bool:
        """Whether the settings lie in a local file."""
        return self.profile.instance is None

    def subscribe(self, listener: Callable[[Update], None]) -> None:
        """Have one listener called after each update."""
        self._listener = listener

    # Editing

    def change(self, editing: Editing) -> None:
        """Take an edited draft."""
        self._set(editing, Update.EDITED)

    def leave_field(self) -> Editing:
        """End the visit to a field, and return the draft."""
        self._editing, before = self._editing.leave(), self._editing
        if before.held_to is not None and self._listener:
            self._listener(Update.REVIEWED)
        return self._editing

    def show_findings(self) -> None:
        """Say what is wrong with a text that is still being typed."""
        self._editing = self._editing.show_findings()
        if self._listener:
            self._listener(Update.REVIEWED)

    def rebase(self, session: Session) -> None:
        """Lay the edits over a session that was read again."""
        self._set(self._editing.rebase(session), Update.REREAD)

    def open(self, session: Session) -> None:
        """Work on another session from now on."""
        if session.profile.name != self.profile.name:
            self.drafts.close()
            self.drafts = DraftKeeper(session)
            self.drafts.claim()
        self.report.move_to(session.profile.name, session.target.where)
        self._stamp = session.target.file_version()
        self._set(Editing.from_session(session), Update.OPENED)

    def adopt_profile(self, profile: Profile) -> None:
        """Go on with the profile as it was changed; the edits stay.

        Only the environment may differ, and whether passwords are kept.
        """
        session = self.session.with_profile(profile)
        self._set(replace(self._editing, session=session), Update.REREAD)

    def set_attestations(self, attestations: tuple[Attestation, ...]) -> None:
        """Use the attestations of the profile, newly loaded."""
        session = replace(self.session, attestations=attestations)
        self._set(replace(self._editing, session=session), Update.REREAD)

    def _set(self, editing: Editing, update: Update) -> None:
        self._editing, self._written = editing, None
        if self._listener:
            self._listener(update)

    # Reading

    @property
    def has_file_changed(self) -> bool:
        """Whether the file was written since it was read; an instance is not looked at."""
        return self.session.target.file_version() != self._stamp

    async def find_secret(self, profile: Profile, operator: Operator) -> Secret | None:
        """Return what signs in at a profile's instance: known, kept, or typed now.

        Returns:
            None if the operator cancels.

        Raises:
            Problem: the refused sign-ins cannot be read.
        """
        if profile.instance and self.sign_ins.needs_passphrase(profile):
            passphrase = await operator.ask_passphrase(profile.instance)
            if passphrase is None:
                return None
            self.sign_ins.set_passphrase(profile, passphrase)
        if secret := self.sign_ins.known(profile):
            return secret
        if refused := self.sign_ins.find_refused(profile):
            if not await operator.ask_sign_in_again(refused):
                return None
            self.sign_ins.confirm_again(profile)
        trouble: Problem | None = None
        if profile.keep is Keep.KEYRING:
            operator.announce_keyring_search()
        try:
            if secret := await _run_detached(lambda: self.sign_ins.load(profile)):
                return secret
        except Problem as problem:
            trouble = problem
        secret = await operator.ask_sign_in(profile, trouble)
        if secret:
            self.sign_ins.set_typed(profile, secret)
        return secret

    async def sign_in(self, operator: Operator) -> Secret:
        """Return what signs in at the instance that is worked on, as `find_secret` does.

        Raises:
            NotSignedIn: the operator cancels.
        """
        secret = await self.find_secret(self.profile, operator)
        if secret is None:
            raise NotSignedIn("sign-in.none", "Not read: you didn't sign in.", "Sign in.")
        return secret

    async def connect(
        self,
        profile: Profile,
        choice: AnyChoice,
        secret: Secret,
        tell: Callable[[str], None] = ignore_progress,
    ) -> Session:
        """Read a profile's instance, and remember whether the secret signed in.

        Raises:
            Problem: it cannot be read.
        """
        settings = self.session.settings
        try:
            session = await open_session(
                profile,
                settings,
                secret,
                choice,
                tell,
                self._hints,
                self.sign_ins.session(profile),
            )
        except Problem as problem:
            self.sign_ins.forget_rejected(profile, problem)
            raise
        with suppress(Problem):  # it is typed again next time
            await _run_detached(lambda: self.sign_ins.save_to_keyring(session.profile))
        return session

    async def read(self, operator: Operator, choice: AnyChoice | None = None) -> Session:
        """Return what is there now; the edits are not touched.

        Args:
            operator: is asked for what signs in, if it was refused before.
            choice: another account of the instance than now.

        Raises:
            NotSignedIn: the operator did not want to sign in.
            Problem: it cannot be read.
        """
        session, profile = self.session, self.profile
        if self.is_file:
            self._stamp = session.target.file_version()
            return await _run_detached(
                lambda: run_without_loop(open_session(profile, session.settings))
            )
        secret = await self.sign_in(operator)
        operator.announce_reading(session.target.where)
        wanted, progress = self.choice if choice is None else choice, operator.show_progress
        try:
            return await self.connect(profile, wanted, secret, progress)
        except Problem as problem:
            if problem.code != "account.choice" or wanted is AccountChoice.IN_FORCE:
                raise
        # The switch has happened already, by this program or by another user.
        return await self.connect(profile, AccountChoice.IN_FORCE, secret, progress)

    # Writing

    async def apply(
        self, draft: Draft, confirmed: Collection[str] = (), attested: Collection[Condition] = ()
    ) -> ApplyResult:
        """Carry a draft's plan out, and note in the report what came of it.

        Args:
            draft: over the session.
            confirmed: the words that were typed.
            attested: the conditions for which a person gave their word.

        Raises:
            Problem: as `workspace.apply.apply`.
        """
        session = self.session
        review = session.review(draft)
        still_open = {each.condition for each in find_unsettled(review, confirmed).preconditions}
        new = attest(review, [each for each in attested if each in still_open], current_user())
        session = replace(session, attestations=(*session.attestations, *new))
        try:
            result = await apply(session, session.review(draft), confirmed, new)
        except Unfinished as problem:
            self.report.mark_written()
            self.report.add(problem)
            self.sign_ins.forget_rejected(session.profile, problem)
            raise
        except Problem as problem:
            self.sign_ins.forget_rejected(session.profile, problem)
            raise
        self._written = draft
        activation = review.plan.activation
        self.report.add_save(result, activation.account if activation else "")
        return result

    def accept_queue(self, queue: Queue) -> None:
        """Go on with what is in the queue now, which a person is asked about next."""
        session, reading = self.session, self.session.reading
        status = reading.status and replace(reading.status, queue=queue)
        reading = replace(reading, facts=replace(reading.facts, queue=queue), status=status)
        session = replace(session, reading=reading)
        self._set(replace(self._editing, session=session), Update.EDITED)

    def accept_status(self, status: DeliveryStatus) -> None:
        """Show the delivery as it was read since then; settings and edits stay as they are."""
        session, reading = self.session, self.session.reading
        facts = replace(reading.facts, queue=status.queue, delivery=status.judgement)
        reading = replace(reading, facts=facts, status=status)
        session = replace(session, reading=reading)
        self._set(replace(self._editing, session=session), Update.REREAD)

    def adopt_saved(self, session: Session, saved: Draft) -> None:
        """Go on with a session that was read after a save; what was typed since then stays."""
        self._set(self._editing.drop_saved(session, saved), Update.EDITED)

    def assume_saved(self, saved: Editing) -> None:
        """Go on after a save that cannot be read again.

        What was written counts as there; where another account sends, nothing is known.
        """
        if saved.review.plan.activation:
            self.open(unread_session(self.profile, self.session.settings))
        else:
            self._set(self._editing.assume_written(saved.draft), Update.EDITED)

    # The draft on disk

    def discard_draft(self) -> None:
        """Remove the draft; what goes wrong is reported at the end."""
        try:
            self.drafts.discard()
        except Problem as problem:
            self.report.add(problem)

    def end(self, signal: str = "", fault: Exception | None = None) -> None:
        """Keep the draft at an unrequested end, and note it in the report.

        Args:
            signal: the name of the signal that ended the program, or "".
            fault: of the program, if that ended it.
        """
        if self._written and self._editing.draft == self._written:
            self.discard_draft()
        elif self._editing.changed:
            is_kept = False
            try:
                is_kept = self.drafts.save(self._editing)
            except Problem as problem:
                self.report.add(problem)
            self.report.unsaved = Unsaved.from_editing(self._editing, is_kept=is_kept)
        if signal:
            self.report.add(StoppedBySignal(signal))
        if fault:
            self.report.add_fault(fault)


async def _run_detached(call: Callable[[], T]) -> T:
    # Imported late: a command on a file needs no event loop, which is slow to load.
    from tui.threads import run_detached

    return await run_detached(call)
