"""The exchange of the account that sends: one is deactivated, and the other activated at once.

One SMTP account is active at a time (c_EmailAccounts). Between the two writes nothing sends, so
nothing is read there, and nothing is waited for but what the instance itself asks for.
"""

import asyncio
import time
from collections.abc import Mapping

from tui.errors import Outage, Problem
from tui.targets.instance.api.client import Record
from tui.targets.instance.api.response_errors import InstanceProblem
from tui.targets.instance.write.record_writer import (
    ACCOUNTS,
    OutcomeUnknown,
    RecordWriter,
    not_written,
)

_ON, _OFF = {"active": "true"}, {"active": "false"}
_BUSY = ("instance.rate-limit", "instance.unavailable")


class Exchange:
    """One account starts to send, and another stops.

    Args:
        new: the account that is to send, inactive, and compared just now.
        old: the one that sends, compared just now; None if none does.
        alarm: the words that open a message after which mail may not go out.

    Attributes:
        is_left: whether the new account is known to be inactive, after a failure.
    """

    def __init__(
        self, records: RecordWriter, new: Record, old: Record | None, *, alarm: str
    ) -> None:
        self._records = records
        self._new = new
        self._old = old
        self._alarm = alarm
        self._until = 0.0
        self._written: dict[str, bool | None] = {}
        self.is_left = False

    async def run(self) -> None:
        """Deactivate the old account and activate the new one; go back if that fails.

        Raises:
            Problem: the new account does not send; the message says what does.
            Outage: nothing sends, or what does cannot be found out.
        """
        self._until = time.monotonic() + self._records.retry.outage
        try:
            if self._old is not None:
                await self._write(self._old, _OFF)
            await self._write_persistently(self._new, _ON)
        except Problem as problem:
            await self._settle(problem)
        else:
            await self._read_back()

    @property
    def _seconds_left(self) -> float:
        return max(0.0, self._until - time.monotonic())

    async def _write(self, record: Record, columns: Mapping[str, str]) -> None:
        """Write once; read it back only if the instance does not say that it was written.

        Raises:
            InstanceProblem: it was not written.
            OutcomeUnknown: it cannot be seen whether it was.
        """
        sys_id = record.get("sys_id", "")
        self._written[sys_id] = None
        try:
            lost = await self._records.send(ACCOUNTS, record, columns)
            if lost:
                within = self._seconds_left
                if mismatch := await self._records.see(ACCOUNTS, record, columns, lost, within):
                    raise not_written(lost, mismatch)
        except InstanceProblem:
            self._written[sys_id] = False
            raise
        self._written[sys_id] = True

    async def _write_persistently(self, record: Record, columns: Mapping[str, str]) -> None:
        """Write as `_write` does, again if the instance is busy, for as long as there is time."""
        while True:
            try:
                return await self._write(record, columns)
            except InstanceProblem as problem:
                pause = problem.retry_after or self._records.retry.pause
                if problem.code not in _BUSY or pause > self._seconds_left:
                    raise
            self._records.tell(
                f"{record.get('name')} is not active yet. The instance is busy: trying again in "
                f"{pause:.0f} s."
            )
            await asyncio.sleep(pause)

    async def _read_back(self) -> None:
        """Look whether the instance did what it said."""
        pairs = [(self._new, _ON), *([(self._old, _OFF)] if self._old else [])]
        for record, columns in pairs:
            try:
                mismatch = await self._records.see(ACCOUNTS, record, columns)
            except OutcomeUnknown as problem:
                raise self._unseen(problem) from None
            if mismatch:
                name = record.get("name", "")
                words = f"The instance said it saved {name}, but reading it back shows: {mismatch}."
                hint = "A business rule may have changed it: check the record on the instance."
                self._until = time.monotonic() + self._records.retry.outage
                await self._settle(InstanceProblem("instance.not-taken", words, hint))
                return

    async def _settle(self, problem: Problem) -> None:
        """Look what sends after a failure, and go back if nothing does."""
        old, new = self._old, self._new
        try:
            sending = await self._records.find(
                ACCOUNTS, within=self._seconds_left, type="smtp", active="true"
            )
        except Problem as second:
            if old is None or self._was_written(new) is not False or self._was_written(old) is None:
                raise self._unseen(problem, second) from None
            if not self._was_written(old):
                self.is_left = True
                words = f"{problem.message} The active account was not changed."
                raise Problem(problem.code, words, problem.hint) from None
            sending = ()  # that much is certain
        if [each.get("sys_id") for each in sending] == [new.get("sys_id")]:
            return
        names = [each.get("name", "") for each in sending]
        self.is_left = new.get("name") not in names
        if old is not None and not sending:
            await self._go_back(problem, old)
            words = f"Undone: {old.get('name')} is active again."
        else:
            words = "No SMTP account is active, as before."
            if names:
                words = f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} active now."
        raise Problem(problem.code, f"{problem.message} {words}", problem.hint) from None

    async def _go_back(self, problem: Problem, old: Record) -> None:
        """Activate the old account again, and read it back."""
        try:
            await self._write_persistently(old, _ON)
            mismatch = await self._records.see(
                ACCOUNTS, old, _ON, within=self._records.retry.outage
            )
        except Problem as second:
            why, is_known = second.message, not isinstance(second, OutcomeUnknown)
        else:
            why, is_known = f"reading it back shows: {mismatch}.", True
            if not mismatch:
                return
        name = old.get("name", "")
        now = "No SMTP account is active now."
        if not is_known:
            now = f"It isn't known whether {name} is active again."
        raise Outage(
            "account.none-sends",
            f"{self._alarm} {now} {problem.message} Going back to {name} failed too: {why}",
            f"Activate {name} or {self._new.get('name')} on the instance.",
            is_known=is_known,
        )

    def _was_written(self, record: Record) -> bool | None:
        """Return whether the last write to an account took effect; None if that is unknown."""
        return self._written.get(record.get("sys_id", ""), False)

    def _describe(self) -> str:
        """Return what is known of each account, in sentences."""
        found: list[str] = []
        for record, verb in ((self._old, "deactivated"), (self._new, "activated")):
            if record is not None:
                name, was = record.get("name", ""), self._was_written(record)
                unknown = f"It isn't known whether {name} was {verb}."
                found.append(
                    f"{name} was {'' if was else 'not '}{verb}." if was is not None else unknown
                )
        return " ".join(found)

    def _unseen(self, problem: Problem, second: Problem | None = None) -> Outage:
        """Return the problem that it cannot be seen which account is active."""
        names = [each.get("name", "") for each in (self._old, self._new) if each is not None]
        unread = f" Can't read which account is active: {second.message}" if second else ""
        return Outage(
            "account.not-seen",
            f"{self._alarm} {self._describe()} {problem.message}{unread}",
            "Check the accounts on the instance. If none is active, activate "
            f"{' or '.join(names)}. {(second or problem).hint}",
        )
