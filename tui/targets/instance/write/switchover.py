"""Switching to another account: prepared inactive, read back, and only then activated.

One SMTP account is active at a time (c_EmailAccounts): the old one is deactivated before the
new one is activated, without waiting in between. If that fails, the old one is activated again.
"""

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import replace
from typing import Any

from tui.credentials.secret import Secret
from tui.errors import Problem, Refusal, Unfinished
from tui.settings.delivery.activation import Activation
from tui.settings.values import Security, Value
from tui.targets.instance.api.client import Record
from tui.targets.instance.read.current_sender import (
    account_from,
    choices_from,
    find_sender,
    from_override,
)
from tui.targets.instance.read.inventory import ACCOUNT_FIELDS, STAMP, Inventory
from tui.targets.instance.read.mapping import account_columns
from tui.targets.instance.write.exchange import Exchange
from tui.targets.instance.write.record_writer import ACCOUNTS, OutcomeUnknown, RecordWriter
from tui.targets.target import stale_refusal

_COPIED = frozenset(ACCOUNT_FIELDS).difference(
    STAMP, ("name", "type", "active", "servicenow_configured")
)
_OFF = {"active": "false"}


def columns_to_write(
    values: Mapping[str, Value], account: Record, inventory: Inventory
) -> dict[str, str]:
    """Return what to write to an account; From follows the user unless it is set on its own.

    Secrets are left out.

    Raises:
        Problem: what the instance stores for a value cannot be read.
    """
    choices = choices_from(inventory)
    columns = account_columns(values, choices)
    if "security" in values and "enable_tls" in account:
        # After an upgrade an account can have the older columns beside the newer one.
        older = replace(choices, legacy=True)
        columns |= account_columns({"security": values["security"]}, older)
    # A From that was not returned is hidden: it may be another address.
    is_known = not account or "from" in account
    follows = is_known and "from" not in columns and not from_override(account)
    if "user_name" in columns and follows:
        columns["from"] = columns["user_name"]
    return {column: text for column, text in columns.items() if account.get(column) != text}


class Switchover:
    """The switch from the account that sends to another.

    Args:
        inventory: what was read just now; what sends in it is what stops.
        copies: whether an account that is created starts as a copy of the one that sends.
        extra: further columns of the account that sends, which one that is created takes over.
        alarm: the words that open a message after which mail may not go out.

    Attributes:
        left: after a failure, what is left behind on the instance, in sentences, or "".
    """

    def __init__(
        self,
        records: RecordWriter,
        inventory: Inventory,
        activation: Activation,
        *,
        copies: bool,
        extra: Mapping[str, str],
        alarm: str,
    ) -> None:
        self._records = records
        self._inventory = inventory
        self._name = activation.account
        self._creates = activation.creates
        self._old = find_sender(inventory).record
        self._copies = copies
        self._extra = extra
        self._alarm = alarm
        self.left = ""

    async def run(self, values: Mapping[str, Value], password: Secret | None) -> bool:
        """Switch accounts, and return whether a stop was requested during the switch.

        Args:
            password: the new account's password; None leaves it as it is.

        Raises:
            Problem: the new account does not send; the message says what does.
            Unfinished: it does not send, and part of it may exist.
            Outage: nothing sends, or what does cannot be found out.
        """
        try:
            new = await self._prepare(values, password)
            # Both at the end: nothing is read between the two writes that follow.
            await self._records.check(ACCOUNTS, new)
            if self._old is not None:
                await self._records.check(ACCOUNTS, self._old)
        except OutcomeUnknown as problem:
            self.left = self._remainder(unknown=True)
            raise Unfinished(problem.code, problem.message, problem.hint) from None
        except (Problem, asyncio.CancelledError):
            self.left = self._remainder(unknown=False)
            raise
        exchange = Exchange(self._records, new, self._old, alarm=self._alarm)
        try:
            # Half a switch would leave nothing sending.
            return await finish(exchange.run())
        finally:
            if exchange.is_left:
                self.left = f"{self._name} stays inactive: the next attempt reuses it."

    async def _prepare(self, values: Mapping[str, Value], password: Secret | None) -> Record:
        """Create or change the new account, inactive; one left by an earlier try is used."""
        found = self._find_account()
        if self._creates:
            columns = self._new_columns(values)
        else:
            columns = columns_to_write(values, found or {}, self._inventory)
        if found is None:
            start = {"name": self._name, "type": "smtp", **_OFF}
            new = await self._records.create(ACCOUNTS, {**start, **columns})
        else:
            columns = {name: text for name, text in columns.items() if found.get(name) != text}
            new = await self._records.change(ACCOUNTS, found, columns) if columns else found
        if password is not None:
            new = await self._records.change_secret(ACCOUNTS, new, "password", password)
        return new

    def _find_account(self) -> Record | None:
        """Return the account of the planned name, or None if it is yet to be created."""
        named = [each for each in self._inventory.accounts or () if each.get("name") == self._name]
        usable = [each for each in named if self._is_usable(each)]
        if len(usable) == 1:
            return usable[0]
        if named:
            raise Refusal(
                "account.taken",
                f"{self._name} is already the name of another account, or of several.",
                "Rename that account on the instance, or remove it.",
            )
        if not self._creates:
            raise stale_refusal(f"{self._name} is no longer returned.")
        return None

    def _is_usable(self, record: Record) -> bool:
        if self._creates:
            return is_replaceable(record)
        account = account_from(record)
        return account.type == "smtp" and not account.active

    def _new_columns(self, values: Mapping[str, Value]) -> dict[str, str]:
        """Return every column of an account that is created: nothing in it is left alone."""
        if self._copies and self._old is not None:
            start = {column: text for column, text in self._old.items() if column in _COPIED}
            return {**self._extra, **start, **columns_to_write(values, start, self._inventory)}
        defaults: dict[str, Value] = {"authenticate": False, "port": 25}
        choices = choices_from(self._inventory)
        if choices.legacy or Security.NONE in choices.security:
            defaults["security"] = Security.NONE
        start = dict(self._extra)
        if label := (self._old or {}).get("email_user_label"):
            start["email_user_label"] = label
        return {**start, **columns_to_write({**defaults, **values}, {}, self._inventory)}

    def _remainder(self, unknown: bool) -> str:
        words = "The active account was not changed."
        if self._old is None:
            words = "No account was activated."
        if self._name in self._records.written:
            return f"{words} {self._name} exists, inactive: the next attempt reuses it."
        if unknown and self._creates:
            return (
                f"{words} If {self._name} was created, it is inactive: the next attempt reuses it."
            )
        return words


def is_replaceable(record: Record) -> bool:
    """Return whether an account can be the one that an earlier attempt created."""
    account = account_from(record)
    return account.type == "smtp" and not (account.active or account.managed)


async def finish(steps: Coroutine[Any, Any, None]) -> bool:
    """Run to the end whatever is cancelled, and return whether a cancellation was requested."""
    task, stopped = asyncio.ensure_future(steps), False
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            stopped = True
    task.result()
    return stopped
