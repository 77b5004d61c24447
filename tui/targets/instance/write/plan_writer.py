"""Carrying out a plan on an instance: in order, each record once, up to the first failure."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from tui.credentials.secret import Secret
from tui.errors import Outage, Problem, Unfinished
from tui.settings.catalog import Entry, Settings, catalog
from tui.settings.delivery.account_switch import AccountSwitch
from tui.settings.delivery.status import Model
from tui.settings.plan import (
    Change,
    Plan,
)
from tui.settings.target_facts import TargetFacts
from tui.settings.values import Value
from tui.targets.instance.api.client import Record
from tui.targets.instance.api.response_errors import InstanceProblem, SignInRefused
from tui.targets.instance.read.current_sender import find_sender
from tui.targets.instance.read.inventory import Inventory
from tui.targets.instance.read.mapping import ACCOUNT_COLUMNS, property_type, property_writes
from tui.targets.instance.write.plan_checks import find_reader
from tui.targets.instance.write.record_writer import (
    ACCOUNTS,
    PROPERTIES,
    OutcomeUnknown,
    RecordWriter,
)
from tui.targets.instance.write.switchover import Switchover, columns_to_write

_ALARM = "PRODUCTION MAY NOT BE SENDING."
_ALARM_ELSEWHERE = "THE INSTANCE MAY NOT BE SENDING."
READ_BACK = "read back"
AS_IT_WAS = "was already there"
UNSEEN = "record updated; an instance never shows the value"


class PlanWriter:
    """Carries out one plan, which was checked already, on one instance as it was just read.

    Args:
        copied: further columns of the account that sends, which a replacement takes over.

    Attributes:
        verified: each property that was written, and the label of each account that was switched,
            with what shows it.
    """

    def __init__(
        self,
        records: RecordWriter,
        inventory: Inventory,
        facts: TargetFacts,
        plan: Plan,
        secrets: Mapping[str, Secret],
        settings: type[Settings],
        copied: Mapping[str, str],
    ) -> None:
        self._records = records
        self._inventory = inventory
        self._facts = facts
        self._plan = plan
        self._secrets = secrets
        self._entries = catalog(settings)
        self._copied = copied
        self._in_progress: tuple[str, ...] = ()
        self._parts_written: list[str] = []
        self._left = ""
        self._accounts_done = False
        self._is_stopped = False
        self.verified: dict[str, str] = {}

    async def run(self) -> None:
        """Write everything.

        Raises:
            Problem: nothing was written.
            Unfinished: something was written, or may have been; the message says what.
        """
        with convert_problems(self._summarize):
            for switch in self._plan.switches:
                if not switch.active:
                    await self._switch_reader(switch)
            for change in self._plan.changes:
                in_account = self._is_in_account(change.property)
                # What releases emails comes after the account that sends them.
                if in_account or _releases_mail(change):
                    await self._write_accounts()
                if not in_account:
                    await self._write_property(self._entries[change.property], change)
            await self._write_accounts()
            for switch in self._plan.switches:
                if switch.active:
                    await self._switch_reader(switch)

    def _is_in_account(self, name: str) -> bool:
        return self._facts.model is Model.ACCOUNT and name in ACCOUNT_COLUMNS

    def _begin(self, *names: str) -> None:
        if self._is_stopped:
            raise asyncio.CancelledError
        self._in_progress, self._parts_written = names, []

    async def _write_accounts(self) -> None:
        """Write everything that belongs to an account, once."""
        if self._accounts_done:
            return
        self._accounts_done = True
        values = {
            each.property: each.after
            for each in self._plan.changes
            if self._is_in_account(each.property)
        }
        if self._plan.activation:
            await self._switch_accounts(values)
        elif values and (record := find_sender(self._inventory).record):
            await self._change_account(record, values)

    async def _switch_accounts(self, values: Mapping[str, Value]) -> None:
        assert self._plan.activation  # noqa: S101
        self._begin(*values)
        switch = Switchover(
            self._records,
            self._inventory,
            self._plan.activation,
            copies=not self._facts.awaits_own,
            extra=self._copied,
            alarm=_ALARM if self._facts.is_production else _ALARM_ELSEWHERE,
        )
        password = self._secret("password") if "password" in values else None
        try:
            self._is_stopped = await switch.run(values, password)
        finally:
            self._left = switch.left
        self.verified.update({n: UNSEEN if n == "password" else READ_BACK for n in values})

    async def _change_account(self, record: Record, values: Mapping[str, Value]) -> None:
        """Change the account that sends, in place."""
        names = tuple(name for name in values if name != "password")
        self._begin(*names)
        columns = columns_to_write(values, record, self._inventory)
        if columns:
            record = await self._records.change(ACCOUNTS, record, columns)
        self.verified.update(dict.fromkeys(names, READ_BACK if columns else AS_IT_WAS))
        if "password" in values:
            self._begin("password")
            secret = self._secret("password")
            await self._records.change_secret(ACCOUNTS, record, "password", secret)
            self.verified["password"] = UNSEEN

    async def _switch_reader(self, switch: AccountSwitch) -> None:
        """Activate or deactivate an account that reads mail; nothing else of it is written."""
        self._begin(switch.label)
        record = find_reader(switch, self._inventory)
        await self._records.change(ACCOUNTS, record, {"active": str(switch.active).lower()})
        self.verified[switch.label] = READ_BACK

    def _secret(self, name: str) -> Secret:
        """Return a typed secret; one to clear is written as blank."""
        return self._secrets.get(name, Secret(""))

    async def _write_property(self, entry: Entry, change: Change) -> None:
        self._begin(entry.name)
        if entry.is_secret:
            record = self._inventory.properties[entry.instance_name]
            await self._records.change_secret(PROPERTIES, record, "value", self._secret(entry.name))
            self.verified[entry.name] = UNSEEN
            return
        texts = {name: self._inventory.value(name) for name in entry.declared.instance}
        writes = property_writes(entry, change.after, texts)
        # Of several records, first those that switch something on: TLS, then what it replaces.
        for name in sorted(writes, key=lambda name: writes[name] in ("", "false")):
            value = {"value": writes[name]}
            if found := self._inventory.properties.get(name):
                await self._records.change(PROPERTIES, found, value)
            else:
                new = {"name": name, **value, "type": property_type(entry)}
                with explain_refused_row(name):
                    await self._records.create(PROPERTIES, new)
            self._parts_written.append(name)
        self.verified[entry.name] = READ_BACK if writes else AS_IT_WAS

    def _steps(self) -> Iterator[str]:
        """Yield the name of each change, and the label of each switch, in the order of writing."""
        yield from (each.label for each in self._plan.switches if not each.active)
        yield from (each.property for each in self._plan.changes)
        yield from (each.label for each in self._plan.switches if each.active)

    def _summarize(self, problem: Problem) -> Problem:
        """Return a problem with what it means for each of the changes."""
        outage = problem if isinstance(problem, Outage) else None
        is_unknown = isinstance(problem, OutcomeUnknown) or bool(outage and not outage.is_known)
        if not (is_unknown or isinstance(problem, Unfinished) or self._records.written):
            return add_nothing_written(problem)
        missing = [name for name in self._steps() if name not in self.verified]
        part = ", ".join(self._parts_written)
        is_untried = problem.code == "stopped" and not (is_unknown or part)
        failed = [name for name in missing if name in self._in_progress and not is_untried]
        parts = {
            "Written": list(self.verified),
            "Not known" if is_unknown else "Failed": failed,
            "Not written": [name for name in missing if name not in failed],
        }
        sentences = [f"{words}: {', '.join(names)}." for words, names in parts.items() if names]
        if failed and part:
            sentences.append(f"One part of {failed[0]} was written: {part}.")
        words = " ".join((problem.message, *sentences, self._left)).rstrip()
        if outage:
            return outage.with_message(words)
        return Unfinished(problem.code, words, problem.hint)


def add_nothing_written(problem: Problem) -> Problem:
    """Return a problem of the same type that also says that nothing was written."""
    return problem.with_message(f"{problem.message} Nothing was written.")


@contextmanager
def convert_problems(convert: Callable[[Problem], Problem]) -> Iterator[None]:
    """Convert any problem that is raised inside; a cancellation is one too."""
    try:
        yield
    except asyncio.CancelledError:
        stop = Problem("stopped", "Stopped before it finished.", "Read it again.")
        raise convert(stop) from None
    except Problem as problem:
        raise convert(problem) from None


@contextmanager
def explain_refused_row(name: str) -> Iterator[None]:
    """Add to a refusal to create a property that it may exist already, hidden from this user."""
    try:
        yield
    except InstanceProblem as problem:
        if problem.uncertain or isinstance(problem, SignInRefused):
            raise
        words = f"{name} was not returned: it may exist and be hidden from this user."
        raise problem.with_message(f"{problem.message} {words}") from None


def _releases_mail(change: Change) -> bool:
    """Return whether a change lets emails out, or out to their real recipients."""
    if change.property == "sending_enabled":
        return change.after is not False
    return change.property == "test_recipients" and not change.after
