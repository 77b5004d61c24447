"""Writing one record of an instance: compared before, written once, read back afterwards.

An instance has no guard against two writers (c_TableAPI names none): the version of a record is
compared just before it is written. A request whose response is lost is never sent again: the
record itself shows whether it took effect.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from tui.credentials.secret import Secret
from tui.errors import Problem, Refusal
from tui.settings.snapshot import Stamp
from tui.targets.instance.api.client import Client, Record
from tui.targets.instance.api.response_errors import InstanceProblem, SignInRefused
from tui.targets.instance.read.current_sender import stamp_from
from tui.targets.instance.read.inventory import ACCOUNT_FIELDS, PROPERTY_FIELDS, STAMP, Tell
from tui.targets.target import stale_refusal

PROPERTIES = "sys_properties"
ACCOUNTS = "sys_email_account"
EMAILS = "sys_email"


class OutcomeUnknown(Problem):
    """It cannot be found out whether a write took effect."""


class WriteIgnored(Problem):
    """A write succeeded, and the record does not hold what was sent."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How long a read is repeated while the instance's caches are rebuilding.

    Attributes:
        seconds: in all; KB0540748 speaks of up to 30 minutes of slow responses. A tenth of it
            is spent on a write that timed out: it may only be late.
        pause: seconds between two reads.
        outage: seconds in all, in place of the above, while nothing sends.
    """

    seconds: float = 300.0
    pause: float = 3.0
    outage: float = 60.0


class RecordWriter:
    """Reads and writes single records of an instance, with a client that is signed in.

    Args:
        more_columns: further columns of an account that are read.

    Attributes:
        retry: how long a read is repeated.
        tell: is called with what is under way.
        written: the names of the records that were written, in order.
    """

    def __init__(
        self, client: Client, retry: RetryPolicy, tell: Tell, more_columns: tuple[str, ...] = ()
    ) -> None:
        self._client = client
        self.retry = retry
        self.tell = tell
        self._fields = {
            PROPERTIES: (*PROPERTY_FIELDS, "value"),
            ACCOUNTS: (*ACCOUNT_FIELDS, *more_columns),
            EMAILS: (*STAMP, "type", "state"),
        }
        self._gave_up = False
        self.written: list[str] = []

    async def find(
        self, table: str, *, within: float | None = None, **values: str
    ) -> tuple[Record, ...]:
        """Return the records that hold these values, as far as they are visible.

        Args:
            within: seconds that a read which fails is repeated, in place of the policy's.
        """
        return await self._read_patiently(table, values, self._fields[table], within)

    async def check(self, table: str, record: Record, *, secret: bool = False) -> None:
        """Refuse a record that has changed since it was read.

        Args:
            record: the record as it was read.
            secret: whether its value may be a secret, and is not requested.

        Raises:
            Refusal: it names what changed, as far as that shows, and who changed it.
        """
        now = await self._read(table, record.get("sys_id", ""), secret)
        name = record.get("name", "")
        if now is None:
            raise stale_refusal(f"{name} is no longer returned: removed or hidden.")
        if stamp_from(now) != stamp_from(record):
            raise change_refusal(name, stamp_from(now), _differences(record, now))

    async def change(self, table: str, record: Record, columns: Mapping[str, str]) -> Record:
        """Compare a record, write columns of it, and return it as it is afterwards.

        Raises:
            Refusal: the record has changed.
            WriteIgnored, OutcomeUnknown: as the classes say.
            InstanceProblem: it was not written.
        """
        await self.check(table, record)
        return await self.put(table, record, columns)

    async def put(self, table: str, record: Record, columns: Mapping[str, str]) -> Record:
        """Write as `change` does, to a record that was compared already."""
        sys_id = record.get("sys_id", "")
        return await self._write(
            record,
            self._client.update(table, sys_id, columns),
            lambda: self._read(table, sys_id),
            lambda now: _mismatch(now, columns),
        )

    async def send(
        self, table: str, record: Record, columns: Mapping[str, str]
    ) -> InstanceProblem | None:
        """Write to a record that was compared already, and do not read it back.

        Returns:
            Why it is unknown whether that took effect; None if the instance said that it did.

        Raises:
            InstanceProblem: it was not written.
        """
        name = record.get("name", "")
        self.tell(f"Writing {name}.")
        lost = await _send(self._client.update(table, record.get("sys_id", ""), columns))
        if lost is None:
            self.written.append(name)
        return lost

    async def see(
        self,
        table: str,
        record: Record,
        columns: Mapping[str, str],
        lost: InstanceProblem | None = None,
        within: float | None = None,
    ) -> str:
        """Read a record that was written, and return how it differs from that, or "".

        Args:
            lost: why it is unknown whether that took effect.
            within: as for `find`.

        Raises:
            OutcomeUnknown: it cannot be read.
        """
        _, mismatch = await self.look(
            table, record, lambda now: _mismatch(now, columns), lost, within
        )
        return mismatch

    async def look(
        self,
        table: str,
        record: Record,
        differs: Callable[[Record], str],
        lost: InstanceProblem | None = None,
        within: float | None = None,
    ) -> tuple[Record | None, str]:
        """Read a record that was written, and return it with how it differs, or "".

        Args:
            differs: returns how a record differs from what was written, or "".
            lost, within: as for `see`.

        Raises:
            OutcomeUnknown: it cannot be read.
        """
        sys_id = record.get("sys_id", "")
        return await self._verify(lambda: self._read(table, sys_id, within=within), differs, lost)

    async def change_secret(self, table: str, record: Record, column: str, value: Secret) -> Record:
        """Write a secret as `change` does, in a request of its own.

        That the record's version moves is all that can be seen.
        """
        sys_id = record.get("sys_id", "")
        await self.check(table, record, secret=True)
        return await self._write(
            record,
            self._client.update_secret(table, sys_id, column, value),
            lambda: self._read(table, sys_id, secret=True),
            lambda now: (
                "" if stamp_from(now) != stamp_from(record) else "the record was not updated"
            ),
        )

    async def create(self, table: str, values: Mapping[str, str]) -> Record:
        """Create a record, unless one of that name exists; raises as `change` does."""
        name, sys_ids = values["name"], list[str]()
        if await self.find(table, name=name):
            raise stale_refusal(f"{name} now exists: someone created it.")

        async def send() -> None:
            sys_ids.append(await self._client.create(table, values))

        async def read_back() -> Record | None:
            if sys_ids:
                return await self._read(table, sys_ids[0])
            return next(iter(await self.find(table, name=name)), None)

        return await self._write(values, send(), read_back, lambda now: _mismatch(now, values))

    async def _read(
        self, table: str, sys_id: str, secret: bool = False, within: float | None = None
    ) -> Record | None:
        hidden = secret and table == PROPERTIES
        fields = PROPERTY_FIELDS if hidden else self._fields[table]
        found = await self._read_patiently(table, {"sys_id": sys_id}, fields, within)
        return next(iter(found), None)

    async def _read_patiently(
        self,
        table: str,
        values: Mapping[str, str],
        fields: tuple[str, ...],
        within: float | None = None,
    ) -> tuple[Record, ...]:
        """Read, and repeat while that fails; after a read that was given up, only once."""
        query = "^".join(f"{column}={text}" for column, text in values.items())
        started = time.monotonic()
        while True:
            try:
                page = await self._client.list_records(table, query, fields, limit=10)
            except InstanceProblem as problem:
                limit = self.retry.seconds if within is None else within
                wait = problem.retry_after or 0.0
                self._gave_up |= time.monotonic() - started + wait >= limit
                is_refused = isinstance(problem, SignInRefused)
                if is_refused or self._gave_up or problem.code == "instance.forbidden":
                    raise
            else:
                self._gave_up = False
                return tuple(r for r in page.records if values.items() <= r.items())
            self.tell("No answer yet: caches may be rebuilding. Trying again.")
            await asyncio.sleep(max(self.retry.pause, wait))

    async def _write(
        self,
        record: Record,
        request: Awaitable[None],
        read_back: Callable[[], Awaitable[Record | None]],
        differs: Callable[[Record], str],
    ) -> Record:
        name = record.get("name", "")
        self.tell(f"Writing {name}.")
        try:
            lost = await _send(request)
            now, mismatch = await self._verify(read_back, differs, lost)
        except asyncio.CancelledError:
            raise OutcomeUnknown(
                "stopped", "Stopped before it finished.", "Read it again."
            ) from None
        if now is not None and not mismatch:
            self.written.append(name)
            return now
        if lost:
            raise not_written(lost, mismatch)
        self.written.append(name)
        raise WriteIgnored(
            "instance.not-taken",
            f"The instance said it saved {name}, but reading it back shows: {mismatch}.",
            "A business rule may have changed it: check the record on the instance.",
        )

    async def _verify(
        self,
        read_back: Callable[[], Awaitable[Record | None]],
        differs: Callable[[Record], str],
        lost: InstanceProblem | None,
    ) -> tuple[Record | None, str]:
        """Return the record, and how it differs from what was written."""
        may_be_late = lost is not None and lost.code == "instance.timeout"
        until = time.monotonic() + (self.retry.seconds / 10 if may_be_late else 0)
        while True:
            try:
                now = await read_back()
            except InstanceProblem as problem:
                words = "The instance accepted it, but reading it back failed: "
                words += problem.message
                if lost:
                    words = f"{lost.message} It isn't known whether it was written."
                hint = f"Read it again first. {problem.hint}"
                raise OutcomeUnknown("instance.not-known", words, hint) from None
            mismatch = differs(now) if now is not None else "the record isn't there"
            if not mismatch or time.monotonic() >= until:
                return now, mismatch
            await asyncio.sleep(self.retry.pause)


def not_written(lost: InstanceProblem, mismatch: str) -> InstanceProblem:
    """Return the problem of a write that is seen not to have taken effect."""
    return InstanceProblem(
        lost.code,
        f"{lost.message} Reading it back shows that it hadn't been written: {mismatch}.",
        "Once the instance answers again, read it again and repeat the change.",
        retry_after=lost.retry_after,
    )


async def _send(request: Awaitable[None]) -> InstanceProblem | None:
    """Send once, and return why the outcome is unknown; None if it was written."""
    try:
        await request
    except InstanceProblem as problem:
        if not problem.uncertain:
            raise
        return problem
    return None


def _mismatch(now: Record, columns: Mapping[str, str]) -> str:
    """Return which of the columns hold something else, in words."""
    other = [
        f"{name} is {now[name] or 'blank'}" if name in now else f"{name} isn't known"
        for name, text in columns.items()
        # The stored value for no choice may come back as no text at all.
        if (stored := now.get(name)) != text and {stored, text} != {"", "NULL"}
    ]
    return ", ".join(other)


def _differences(was: Record, now: Record) -> str:
    """Return how two versions of a record differ, in words."""
    found = [
        f"{column} was {was[column] or 'blank'} and is {text or 'blank'}"
        for column, text in now.items()
        if column not in STAMP and column in was and was[column] != text
    ]
    return ", ".join(found) or "it isn't known what"


def change_refusal(name: str, stamp: Stamp, differences: str) -> Refusal:
    """Return the refusal of a record that was updated by another user."""
    return stale_refusal(f"{name} was changed by {stamp.by} at {stamp.when} UTC: {differences}.")
