"""Having another account send: made inactive, read back, and only then put in the old one's place.

One SMTP account is active at a time (c_EmailAccounts): the old one is deactivated before the
new one is activated, at once and without waiting. Where that fails, the old one sends again.
"""

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any

from tui.credentials.secret import Secret
from tui.errors import Problem, Refusal, Unfinished
from tui.settings.delivery.activation import Activation
from tui.settings.values import Security, Value
from tui.targets.instance.read.inventory import ACCOUNT_FIELDS, STAMP, Inventory, Record
from tui.targets.instance.read.mapping import account_columns
from tui.targets.instance.read.sender import account_of, choices_in, in_force
from tui.targets.instance.write.record_writer import ACCOUNTS, ANEW, OutcomeUnknown, RecordWriter

_COPIED = frozenset(ACCOUNT_FIELDS).difference(
    STAMP, ("name", "type", "active", "servicenow_configured")
)
_ON, _OFF = {"active": "true"}, {"active": "false"}


def columns_for(values: Mapping[str, Value], row: Record, world: Inventory) -> dict[str, str]:
    """What to write to an account; From goes with its user where it is none of its own.

    Args:
        values: what is wanted; those of secrets are left out.
        row: the account as it is.
        world: what was read just now.

    Raises:
        Problem: nobody knows what the instance stores for a value.
    """
    columns = account_columns(values, choices_in(world))
    sender = row.get("from", "").casefold()
    if "user_name" in columns and sender in ("", row.get("user_name", "").casefold()):
        columns["from"] = columns["user_name"]
    return {column: text for column, text in columns.items() if row.get(column) != text}


class Switchover:
    """One activation.

    Args:
        rows: of the instance.
        world: what was read just now; what sends there is what is to stop.
        activation: which account in place of which.
        copies: an account that is made starts as the one that sends, not from nothing.

    Attributes:
        left: after a failure, what is left of it there, in sentences, or "".
    """

    def __init__(
        self, rows: RecordWriter, world: Inventory, activation: Activation, *, copies: bool
    ) -> None:
        self._rows = rows
        self._world = world
        self._name = activation.account
        self._creates = activation.creates
        self._old = in_force(world).row
        self._copies = copies
        self.left = ""

    async def run(self, values: Mapping[str, Value], password: Secret | None) -> bool:
        """Has the new account send in the old one's place; tells whether it was asked to stop.

        Args:
            values: what is wanted of the new account.
            password: its new one; None leaves it as it is.

        Raises:
            Problem: it does not send; the words say what does.
            Unfinished: it does not send, and something of it may be there, or nothing may send.
            NotKnown: nobody can say what sends.
        """
        try:
            new = await self._prepared(values, password)
            # Both at the end: nothing is looked up between the two that follow.
            await self._rows.check(ACCOUNTS, new)
            if self._old is not None:
                await self._rows.check(ACCOUNTS, self._old)
        except OutcomeUnknown as problem:
            self.left = self._untouched(unknown=True)
            raise Unfinished(problem.code, problem.message, problem.hint) from None
        except (Problem, asyncio.CancelledError):
            self.left = self._untouched(unknown=False)
            raise
        # Half of it would leave nothing sending.
        return await undisturbed(self._exchange(new))

    async def _prepared(self, values: Mapping[str, Value], password: Secret | None) -> Record:
        """The new account as it is to be, inactive; one that was left there is taken up."""
        found = self._there()
        if self._creates:
            columns = self._whole(values)
        else:
            columns = columns_for(values, found or {}, self._world)
        if found is None:
            start = {"name": self._name, "type": "smtp", **_OFF}
            new = await self._rows.create(ACCOUNTS, {**start, **columns})
        else:
            other = {column: text for column, text in columns.items() if found.get(column) != text}
            new = await self._rows.change(ACCOUNTS, found, other) if other else found
        if password is not None:
            new = await self._rows.change_secret(ACCOUNTS, new, "password", password)
        return new

    def _there(self) -> Record | None:
        """The account of the name, if it is there.

        Raises:
            Refusal: it cannot be the one that is meant, or one that is meant is not there.
        """
        named = [row for row in self._world.accounts or () if row.get("name") == self._name]
        fit = [row for row in named if account_of(row).type == "smtp"]
        fit = [row for row in fit if not account_of(row).active]
        if self._creates:
            fit = [row for row in fit if not account_of(row).managed]
        if len(fit) == 1:
            return fit[0]
        if named:
            raise Refusal(
                "account.taken",
                f"{self._name} is the name of another account, or of several.",
                "Rename that account on the instance, or remove it.",
            )
        if not self._creates:
            raise Refusal("target.stale", f"{self._name} is not returned any more.", ANEW)
        return None

    def _whole(self, values: Mapping[str, Value]) -> dict[str, str]:
        """Every column of an account that is made: nothing in it is left alone."""
        if self._copies and self._old is not None:
            start = {column: text for column, text in self._old.items() if column in _COPIED}
            return {**start, **columns_for(values, start, self._world)}
        plain: dict[str, Value] = {"authenticate": False, "port": 25}
        choices = choices_in(self._world)
        if choices.legacy or Security.NONE in choices.security:
            plain["security"] = Security.NONE
        return columns_for({**plain, **values}, {}, self._world)

    def _untouched(self, unknown: bool) -> str:
        words = "What sends was not touched."
        if self._name in self._rows.written:
            return f"{words} {self._name} is there, inactive: the next try takes it up."
        if unknown and self._creates:
            return f"{words} If {self._name} was made, it is inactive: the next try takes it up."
        return words

    async def _exchange(self, new: Record) -> None:
        """Deactivates the old one, activates the new one, and goes back where that fails."""
        try:
            if self._old is not None:
                await self._rows.put(ACCOUNTS, self._old, _OFF)
            await self._rows.put(ACCOUNTS, new, _ON)
        except Problem as problem:
            await self._settle(problem, new)

    async def _settle(self, problem: Problem, new: Record) -> None:
        """Sees what sends after a failure, and has the old one send again if nothing does.

        Raises:
            Problem: anything but the new one alone sends; the words say what.
        """
        old = (self._old or {}).get("name", "")
        try:
            sending = await self._rows.find(ACCOUNTS, type="smtp", active="true")
        except Problem as second:
            raise OutcomeUnknown(
                "account.not-seen",
                f"{problem.message} Which account is active could not be seen either: it may be "
                "that nothing sends now.",
                f"Look at the accounts on the instance, and activate {old or self._name} or do the "
                f"same once more where none is active. {second.hint}",
            ) from None
        if [each.get("sys_id") for each in sending] == [new.get("sys_id")]:
            return
        names = [each.get("name", "") for each in sending]
        if self._name not in names:
            self.left = f"{self._name} stays inactive: the next try takes it up."
        if self._old is not None and not sending:
            await self._go_back(problem, self._old)
            words = f"Gone back: {old} sends again."
        else:
            verb = "sends" if len(names) == 1 else "send"
            words = f"{' and '.join(names)} {verb} now." if names else "Nothing sends, as before."
        raise Problem(problem.code, f"{problem.message} {words}", problem.hint) from None

    async def _go_back(self, problem: Problem, old: Record) -> None:
        try:
            await self._rows.put(ACCOUNTS, old, _ON)
        except Problem as second:
            unsure = isinstance(second, OutcomeUnknown)
            name = old.get("name")
            raise Unfinished(
                "account.none-sends",
                f"{problem.message} Going back failed too: {second.message} "
                f"{'It may be that nothing sends now.' if unsure else 'Nothing sends now.'}",
                f"Activate {name} or {self._name} on the instance, or do the same once more.",
            ) from None


async def undisturbed(steps: Coroutine[Any, Any, None]) -> bool:
    """Goes through with it whoever asks to stop; tells whether somebody did."""
    task, stopped = asyncio.ensure_future(steps), False
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            stopped = True
    task.result()
    return stopped
