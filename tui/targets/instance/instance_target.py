"""An instance as a target: read, and written to as a plan says."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tui.credentials.secret import Secret
from tui.errors import Problem
from tui.settings.catalog import Settings
from tui.settings.delivery.account import (
    NO_HINTS,
    AccountChoice,
    AnyChoice,
    ChoiceHints,
)
from tui.settings.delivery.failed_mail import (
    FailedMailReading,
    ReleasePlan,
    ReleaseResult,
    describe_other_delivery,
)
from tui.settings.delivery.mail_effect import find_delay
from tui.settings.delivery.mail_since import MailSince
from tui.settings.delivery.oauth import OAuthSignIn
from tui.settings.delivery.status import DeliveryStatus
from tui.settings.delivery.test_message import (
    MessageOutcome,
    MessageState,
    OutgoingMessage,
    QueuedMessage,
)
from tui.settings.plan import Plan
from tui.settings.values import Environment
from tui.storage.instance import Instance, SignInMethod, other_instance
from tui.targets.instance.api.auth import Identity
from tui.targets.instance.api.client import Client
from tui.targets.instance.api.response_errors import InstanceProblem
from tui.targets.instance.api.session import ApiSession
from tui.targets.instance.mail.failed_mail import read_failed_mail, release_messages
from tui.targets.instance.mail.look import Pace
from tui.targets.instance.mail.test_message import follow_message, queue_message
from tui.targets.instance.mail.watch import watch_mail
from tui.targets.instance.read.current_sender import find_oauth_account, find_sender
from tui.targets.instance.read.extra_columns import ExtraColumns, read_extra_columns
from tui.targets.instance.read.instance_reading import reading_from
from tui.targets.instance.read.inventory import NAME, Inventory, Tell, read_inventory
from tui.targets.instance.read.oauth_sign_in import read_oauth_sign_in
from tui.targets.instance.read.report import InstanceReport, build_report, user_rights
from tui.targets.instance.read.roles import read_roles, role_words
from tui.targets.instance.write.plan_checks import refuse_missing, refuse_queue, refuse_stale
from tui.targets.instance.write.plan_writer import (
    PlanWriter,
    add_nothing_written,
    convert_problems,
)
from tui.targets.instance.write.record_writer import RecordWriter, RetryPolicy
from tui.targets.instance.write.switchover import finish
from tui.targets.target import MailDelayed, Reading, SaveResult, stale_refusal


@dataclass(frozen=True, slots=True)
class InstanceTarget:
    """A ServiceNow instance.

    Attributes:
        secret: what proves who signs in.
        choice: the account that the settings belong to.
        tell: is called with what is under way, for a person who waits.
        hints: how a person chooses another account.
        deadline: seconds for one request.
        session: of earlier targets with this secret in the same run; None opens one per client.
        retry: how long a look after a write is repeated.
        pace: how often mail is looked at.
    """

    instance: Instance
    secret: Secret
    environment: Environment | None
    choice: AnyChoice = AccountChoice.IN_FORCE
    settings: type[Settings] = Settings
    tell: Tell = lambda _: None
    hints: ChoiceHints = NO_HINTS
    session: ApiSession | None = None
    deadline: float = 30.0
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    pace: Pace = field(default_factory=Pace)

    @property
    def where(self) -> str:
        """The host, with its port if one is given."""
        return self.instance.host

    def file_version(self) -> object:
        return None  # an instance is read only on request

    async def read(self) -> Reading:
        """Read the settings, and what sends.

        Raises:
            Refusal: it is not the profile's instance.
        """
        async with self._client() as client:
            inventory = await self._read_inventory(client)
            extra = await self._read_extra(client, inventory)
            return self._reading(inventory, extra, await self._read_oauth(client, inventory))

    async def write(self, plan: Plan, secrets: Mapping[str, Secret]) -> SaveResult:
        """Carry out a plan, once what it starts from has been read again.

        Raises:
            Refusal: a record that it touches has changed, or emails wait that did not.
            Unfinished: part of it was written; the message says which.
            Problem: nothing was written.
        """
        with convert_problems(add_nothing_written):
            refuse_missing(plan, secrets)
        client = await self._client().__aenter__()
        try:
            with convert_problems(add_nothing_written):
                inventory = await self._read_inventory(client, evidence=False)
                extra = await self._read_extra(client, inventory)
                now = self._reading(inventory, extra)
                refuse_stale(plan, inventory, now)
                refuse_queue(plan, now.facts)
            copied = extra.values if extra else {}
            records = RecordWriter(client, self.retry, self.tell, tuple(copied))
            writer = PlanWriter(records, inventory, now.facts, plan, secrets, self.settings, copied)
            await writer.run()
        finally:
            # What was done is reported even if a stop is requested just now.
            await finish(client.__aexit__())
        return SaveResult(self.where, verified=writer.verified)

    async def read_failed_mail(self, days: int) -> FailedMailReading | None:
        """Return the failed emails of the last days; None if they can't be read.

        That there are none proves nothing: they may all be hidden.
        """
        async with self._client() as client:
            self.tell(f"Signing in at {self.where}.")
            await client.sign_in()
            self.tell("Looking for failed mail.")
            return await read_failed_mail(client, days)

    async def release_failed_mail(self, plan: ReleasePlan) -> ReleaseResult:
        """Set emails to send-ready again, once what decides over them has been read again.

        Raises:
            Refusal: it has changed, or it is not the profile's instance.
            Problem: nothing was written.
        """
        client = await self._client().__aenter__()
        try:
            with convert_problems(add_nothing_written):
                inventory = await self._read_inventory(client, evidence=False)
                now = self._reading(inventory).status
                assert now  # noqa: S101
                if changed := describe_other_delivery(plan, now):
                    raise stale_refusal(f"{self.where}: {changed} has changed since it was read.")
            records = RecordWriter(client, self.retry, self.tell)
            return await release_messages(records, plan.messages)
        finally:
            # What was done is reported even if a stop is requested just now.
            await finish(client.__aexit__())

    async def report(self, *, addresses: bool) -> InstanceReport:
        """Return what holds on the instance, for a person; raises as `read` does.

        Args:
            addresses: whether it names hosts and mail addresses.
        """
        async with self._client() as client:
            inventory = await self._read_inventory(client)
            roles = await read_roles(client, self._user)
        status = self._reading(inventory).status
        assert status  # noqa: S101
        known = None if isinstance(roles, str) else roles
        facts = build_report(inventory, status, role_words(roles), addresses=addresses)
        return InstanceReport(facts, user_rights(inventory, known))

    async def queue_test(self, message: OutgoingMessage, *, may_wait: bool) -> QueuedMessage:
        """Queue a test message, once the instance has been read again.

        Args:
            may_wait: whether to queue it even if it will not be sent for the time being.

        Raises:
            MailDelayed: it would wait, and go out at some later time.
            Problem: it was not queued, or that is unknown; the message says which.
        """
        async with self._client() as client:
            before = await self._read_status(client)
            if not may_wait and (delay := find_delay(before)):
                raise MailDelayed(delay)
            return await queue_message(client, message, before, self.pace, self.tell)

    async def follow_test(self, queued: QueuedMessage, seconds: float) -> MessageOutcome:
        """Follow a test message for some seconds; what goes wrong is part of the outcome."""
        found = MessageOutcome(queued=queued, state=MessageState.UNKNOWN, seconds=seconds)
        try:
            async with self._client() as client:
                found = await follow_message(client, queued, seconds, self.pace, self.tell)
                if found.trouble is None:
                    return replace(found, after=await self._read_status(client))
        except Problem as problem:
            return replace(found, trouble=problem)
        return found

    async def watch_mail(self, status: DeliveryStatus, since: str, seconds: float) -> MailSince:
        """Return what happens to mail after a change, by the time that something does.

        Args:
            status: the delivery after the change.
            since: the time of the change, in UTC as the instance writes it.
            seconds: in all.

        Raises:
            Problem: it can't be seen.
        """
        async with self._client() as client:
            found = await watch_mail(client, status, since, seconds, self.pace, self.tell)
            if found is None:
                return MailSince(await self._read_status(client))
            try:
                now = await self._read_status(client)
            except InstanceProblem:
                return replace(found, is_sender_known=False)
            return replace(found, status=now, is_sender_known=now.sender == status.sender)

    async def _read_status(self, client: Client) -> DeliveryStatus:
        status = self._reading(await self._read_inventory(client)).status
        assert status  # noqa: S101
        return status

    @property
    def _user(self) -> str:
        """The user who signs in, "" if the sign-in names none."""
        return self.instance.user if self.instance.sign_in is SignInMethod.BASIC else ""

    def _client(self) -> Client:
        instance = self.instance
        identity = Identity(instance.sign_in, instance.user, self.secret)
        return Client(
            instance.url,
            identity,
            session=self.session,
            client_certificate=instance.client,
            ca_file=instance.ca_file,
            deadline=self.deadline,
        )

    async def _read_inventory(self, client: Client, *, evidence: bool = True) -> Inventory:
        self.tell(f"Signing in at {self.where}.")
        await client.sign_in()
        inventory = await read_inventory(
            client, self.tell, self.settings, self._user, evidence=evidence
        )
        name, pinned = inventory.value(NAME), self.instance.name
        if pinned and name != pinned:
            said = name or "(its name was not returned)"
            raise other_instance(self.where, said, pinned, "the profile's file")
        if not name:
            unread = (*inventory.unread, f"{NAME}: it can't be compared with the profile")
            return replace(inventory, unread=unread)
        return inventory

    async def _read_extra(self, client: Client, inventory: Inventory) -> ExtraColumns | None:
        """Return the further columns of the account that sends; None if none does."""
        record = find_sender(inventory).record
        return await read_extra_columns(client, record) if record else None

    async def _read_oauth(self, client: Client, inventory: Inventory) -> OAuthSignIn | None:
        """Return how the account that sends signs in by OAuth; None if it doesn't."""
        record = find_oauth_account(inventory)
        label = inventory.choices.get("type", {}).get((record or {}).get("type", ""), "")
        return await read_oauth_sign_in(client, record, label) if record else None

    def _reading(
        self,
        inventory: Inventory,
        extra: ExtraColumns | None = None,
        oauth: OAuthSignIn | None = None,
    ) -> Reading:
        return reading_from(
            inventory,
            self.environment,
            choice=self.choice,
            hints=self.hints,
            user=self._user,
            url=self.instance.url,
            on_loopback=self.instance.is_loopback,
            extra=extra,
            oauth=oauth,
            settings=self.settings,
        )
