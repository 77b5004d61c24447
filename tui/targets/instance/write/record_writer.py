"""Changing one row of an instance: compared before, written once, looked at afterwards.

An instance has no guard against two writers (c_TableAPI names none): the version of a row is
compared just before it is written. A request whose answer is lost is never sent again: the
row itself tells whether it took effect.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from tui.credentials.secret import Secret
from tui.errors import Problem, Refusal
from tui.settings.snapshot import Stamp
from tui.targets.instance.api.client import Client
from tui.targets.instance.api.response_errors import InstanceProblem, SignInRefused
from tui.targets.instance.read.inventory import ACCOUNT_FIELDS, PROPERTY_FIELDS, STAMP, Record, Tell
from tui.targets.instance.read.sender import stamp_of

PROPERTIES = "sys_properties"
ACCOUNTS = "sys_email_account"
_FIELDS = {PROPERTIES: (*PROPERTY_FIELDS, "value"), ACCOUNTS: ACCOUNT_FIELDS}
ANEW = "Look at it again, and make the change anew."
"""What to do about a row that somebody else has changed."""


class OutcomeUnknown(Problem):
    """Whether a write took effect cannot be found out."""


class WriteIgnored(Problem):
    """It was written, and not all of it stands there as it was sent."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How long a look is tried again while caches are rebuilding.

    Attributes:
        seconds: in all; KB0540748 speaks of up to 30 minutes of slow answers. A tenth of it
            is waited for a write that was not answered in time: it may only be late.
        pause: seconds between two tries.
    """

    seconds: float = 300.0
    pause: float = 3.0


class RecordWriter:
    """The rows of an instance that somebody is signed in to.

    Args:
        client: signed in.
        patience: how long a look is tried again.
        tell: what is under way, for a person who waits.

    Attributes:
        written: the names of the rows in which something was written, in order.
    """

    def __init__(self, client: Client, patience: RetryPolicy, tell: Tell) -> None:
        self._client = client
        self._patience = patience
        self._tell = tell
        self._gave_up = False
        self.written: list[str] = []

    async def find(self, table: str, **values: str) -> tuple[Record, ...]:
        """The rows that hold these values, as far as they are visible.

        Raises:
            InstanceProblem: they cannot be read.
        """
        return await self._look(table, values, _FIELDS[table])

    async def check(self, table: str, record: Record, *, secret: bool = False) -> None:
        """Refuses a row that is another one by now.

        Args:
            record: the row as it was read.
            secret: its value may be one, and is not asked for.

        Raises:
            Refusal: with what is another, as far as that shows, and who did it.
            InstanceProblem: it cannot be read.
        """
        now = await self._again(table, record.get("sys_id", ""), secret)
        name = record.get("name", "")
        if now is None:
            raise Refusal(
                "target.stale", f"{name} is not returned any more: removed or hidden.", ANEW
            )
        if stamp_of(now) != stamp_of(record):
            raise changed_by(name, stamp_of(now), _differences(record, now))

    async def change(self, table: str, record: Record, columns: Mapping[str, str]) -> Record:
        """Compares a row, writes columns of it, and gives it as it is then.

        Raises:
            Refusal: the row is another one by now.
            NotTaken, NotKnown: as the classes say.
            InstanceProblem: it was not written.
        """
        await self.check(table, record)
        return await self.put(table, record, columns)

    async def put(self, table: str, record: Record, columns: Mapping[str, str]) -> Record:
        """As `change`, of a row that was compared already."""
        sys_id = record.get("sys_id", "")

        async def send() -> None:
            await self._client.update(table, sys_id, columns)

        async def look() -> Record | None:
            return await self._again(table, sys_id)

        return await self._written(record, send, look, lambda now: _lacks(now, columns))

    async def change_secret(self, table: str, record: Record, column: str, value: Secret) -> Record:
        """As `change`, of a secret: in a request of its own.

        That the row's version moves is all that can be seen.
        """
        sys_id = record.get("sys_id", "")
        await self.check(table, record, secret=True)

        async def send() -> None:
            await self._client.update_secret(table, sys_id, column, value)

        async def look() -> Record | None:
            return await self._again(table, sys_id, secret=True)

        return await self._written(
            record,
            send,
            look,
            lambda now: "" if stamp_of(now) != stamp_of(record) else "its row has not moved",
        )

    async def create(self, table: str, values: Mapping[str, str]) -> Record:
        """Makes a row, and gives it as it is then.

        Raises:
            Refusal: one of that name is there by now.
            NotTaken, NotKnown, InstanceProblem: as `change`.
        """
        name, made = values["name"], list[str]()
        if await self.find(table, name=name):
            raise Refusal("target.stale", f"{name} is there by now: somebody made it.", ANEW)

        async def send() -> None:
            made.append(await self._client.create(table, values))

        async def look() -> Record | None:
            if made:
                return await self._again(table, made[0])
            return next(iter(await self.find(table, name=name)), None)

        return await self._written(values, send, look, lambda now: _lacks(now, values))

    async def _again(self, table: str, sys_id: str, secret: bool = False) -> Record | None:
        hidden = secret and table == PROPERTIES
        fields = PROPERTY_FIELDS if hidden else _FIELDS[table]
        return next(iter(await self._look(table, {"sys_id": sys_id}, fields)), None)

    async def _look(
        self, table: str, values: Mapping[str, str], fields: tuple[str, ...]
    ) -> tuple[Record, ...]:
        """Reads, again and again while that fails; after one that was given up, only once."""
        query = "^".join(f"{column}={text}" for column, text in values.items())
        began = time.monotonic()
        while True:
            try:
                page = await self._client.rows(table, query, fields, limit=10)
            except InstanceProblem as problem:
                stays = isinstance(problem, SignInRefused) or problem.code == "instance.forbidden"
                self._gave_up |= time.monotonic() - began >= self._patience.seconds
                if stays or self._gave_up:
                    raise
            else:
                self._gave_up = False
                return tuple(
                    row for row in page.rows if all(row.get(c) == t for c, t in values.items())
                )
            self._tell("No answer yet: caches may be rebuilding. Looking again.")
            await asyncio.sleep(self._patience.pause)

    async def _written(
        self,
        record: Record,
        send: Callable[[], Awaitable[None]],
        look: Callable[[], Awaitable[Record | None]],
        lacks: Callable[[Record], str],
    ) -> Record:
        name = record.get("name", "")
        self._tell(f"Writing {name}.")
        try:
            lost = await _sent(send)
            now, missing = await self._seen(look, lacks, lost)
        except asyncio.CancelledError:
            raise OutcomeUnknown(
                "stopped", "Stopped before it was done.", "Read it again."
            ) from None
        if now is not None and not missing:
            self.written.append(name)
            return now
        if lost:
            raise InstanceProblem(
                lost.code,
                f"{lost.message} A look shows that it was not written by then: {missing}.",
                "See that the instance answers again, then read it anew and do the same.",
            )
        self.written.append(name)
        raise WriteIgnored(
            "instance.not-taken",
            f"The instance said that {name} was written, and a look shows: {missing}.",
            "A business rule may have changed it: look at it in its web form.",
        )

    async def _seen(
        self,
        look: Callable[[], Awaitable[Record | None]],
        lacks: Callable[[Record], str],
        lost: InstanceProblem | None,
    ) -> tuple[Record | None, str]:
        """The row, and what it lacks of what was written."""
        late = lost is not None and lost.code == "instance.timeout"
        until = time.monotonic() + (self._patience.seconds / 10 if late else 0)
        while True:
            try:
                now = await look()
            except InstanceProblem as problem:
                raise _unseen(problem, lost) from None
            missing = lacks(now) if now is not None else "it is not there"
            if not missing or time.monotonic() >= until:
                return now, missing
            await asyncio.sleep(self._patience.pause)


async def _sent(send: Callable[[], Awaitable[None]]) -> InstanceProblem | None:
    """Sends once; gives why nobody knows what came of it, or None where that is known.

    Raises:
        InstanceProblem: it was certainly not written.
    """
    try:
        await send()
    except InstanceProblem as problem:
        if not problem.uncertain:
            raise
        return problem
    return None


def _unseen(problem: InstanceProblem, lost: InstanceProblem | None) -> OutcomeUnknown:
    if lost:
        words = f"{lost.message} Whether it was written could not be seen afterwards."
    else:
        words = (
            f"The instance took it; whether it stands there could not be seen: {problem.message}"
        )
    todo = f"Read it again before anything else. {problem.hint}"
    return OutcomeUnknown("instance.not-known", words, todo)


def _lacks(now: Record, columns: Mapping[str, str]) -> str:
    """Which of the columns hold something else, in words, or ""."""
    other = [
        f"{name} is {now[name] or 'blank'}" if name in now else f"{name} is not told"
        for name, text in columns.items()
        if name not in now or not _same(now[name], text)
    ]
    return ", ".join(other)


def _same(now: str, sent: str) -> bool:
    # A stored word for no choice may stand there as no text at all.
    return now == sent or {now, sent} == {"", "NULL"}


def _differences(was: Record, now: Record) -> str:
    """What differs of two versions of a row, in words."""
    found = [
        f"{column} was {was[column] or 'blank'} and is {text or 'blank'}"
        for column, text in now.items()
        if column not in STAMP and column in was and was[column] != text
    ]
    return ", ".join(found) or "what of it, is not told"


def changed_by(name: str, stamp: Stamp, differences: str) -> Refusal:
    """Somebody else has changed a row."""
    return Refusal(
        "target.stale",
        f"{name} was changed by {stamp.by} at {stamp.when} UTC: {differences}.",
        ANEW,
    )
