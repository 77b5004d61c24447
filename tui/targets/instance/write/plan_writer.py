"""Carrying a plan out on an instance: in order, each row once, up to the first failure."""

import asyncio
from collections.abc import Iterable, Mapping

from tui.credentials.secret import Secret
from tui.errors import Problem, Refusal, Unfinished
from tui.settings.catalog import Entry, Settings, catalog
from tui.settings.plan import Change, Plan
from tui.settings.rebase import describe_stale
from tui.settings.snapshot import Stamp
from tui.settings.target_facts import Model, TargetFacts
from tui.settings.values import SecretState, Value
from tui.targets.instance.read.inventory import Inventory, Record
from tui.targets.instance.read.mapping import ACCOUNT_COLUMNS, property_type, property_writes
from tui.targets.instance.read.sender import in_force, stamp_of
from tui.targets.instance.write.record_writer import (
    ACCOUNTS,
    ANEW,
    PROPERTIES,
    OutcomeUnknown,
    RecordWriter,
    changed_by,
)
from tui.targets.instance.write.switchover import Switchover, columns_for
from tui.targets.target import Reading

READ_BACK = "read back"
AS_IT_WAS = "it stood there already"
UNSEEN = "its row has moved; what stands in it is never told"


class PlanWriter:
    """One plan on one instance.

    Args:
        rows: of the instance.
        world: what was read just now.
        place: as it was read just now.
        plan: what is wanted; nothing speaks against it.
        secrets: what was typed for it.
        settings: the declaration of the properties.

    Attributes:
        verified: what was written, by property, with what shows it.
    """

    def __init__(
        self,
        rows: RecordWriter,
        world: Inventory,
        place: TargetFacts,
        plan: Plan,
        secrets: Mapping[str, Secret],
        settings: type[Settings],
    ) -> None:
        self._rows = rows
        self._world = world
        self._place = place
        self._plan = plan
        self._secrets = secrets
        self._entries = catalog(settings)
        self._under_way: tuple[str, ...] = ()
        self._rows_of_it: list[str] = []
        self._left = ""
        self._accounts_done = False
        self._is_stopped = False
        self.verified: dict[str, str] = {}

    async def run(self) -> None:
        """Writes everything.

        Raises:
            Problem: nothing was written, for this reason.
            Unfinished: something was, or nobody knows; the words say what.
        """
        try:
            for change in self._plan.changes:
                of_account = self._is_of_account(change.property)
                # What lets mail out comes after the account that it goes through.
                if of_account or _lets_out(change):
                    await self._accounts()
                if not of_account:
                    await self._property(self._entries[change.property], change)
            await self._accounts()
        except asyncio.CancelledError:
            stopped = Problem("stopped", "Stopped before it was done.", "Read it again.")
            raise self._ended(stopped) from None
        except Problem as problem:
            raise self._ended(problem) from None

    def _is_of_account(self, name: str) -> bool:
        return self._place.model is Model.ACCOUNT and name in ACCOUNT_COLUMNS

    def _begin(self, *names: str) -> None:
        if self._is_stopped:
            raise asyncio.CancelledError
        self._under_way, self._rows_of_it = names, []

    async def _accounts(self) -> None:
        """All that goes to an account, once."""
        if self._accounts_done:
            return
        self._accounts_done = True
        mine = {
            each.property: each.after
            for each in self._plan.changes
            if self._is_of_account(each.property)
        }
        if self._plan.activation:
            await self._switch(mine)
        elif mine and (record := in_force(self._world).row):
            await self._account(record, mine)

    async def _switch(self, mine: Mapping[str, Value]) -> None:
        assert self._plan.activation  # noqa: S101
        self._begin(*mine)
        copies = not self._place.awaits_own
        switch = Switchover(self._rows, self._world, self._plan.activation, copies=copies)
        password = self._secret("password") if "password" in mine else None
        try:
            self._is_stopped = await switch.run(mine, password)
        finally:
            self._left = switch.left
        self.verified.update({n: UNSEEN if n == "password" else READ_BACK for n in mine})

    async def _account(self, record: Record, mine: Mapping[str, Value]) -> None:
        """Changes the account that sends, in place."""
        names = tuple(name for name in mine if name != "password")
        self._begin(*names)
        columns = columns_for(mine, record, self._world)
        if columns:
            record = await self._rows.change(ACCOUNTS, record, columns)
        self.verified.update(dict.fromkeys(names, READ_BACK if columns else AS_IT_WAS))
        if "password" in mine:
            self._begin("password")
            secret = self._secret("password")
            await self._rows.change_secret(ACCOUNTS, record, "password", secret)
            self.verified["password"] = UNSEEN

    def _secret(self, name: str) -> Secret:
        """What was typed; one that is to be cleared is written as blank."""
        return self._secrets.get(name, Secret(""))

    async def _property(self, entry: Entry, change: Change) -> None:
        self._begin(entry.name)
        if entry.is_secret:
            record = self._world.properties[entry.instance_name]
            await self._rows.change_secret(PROPERTIES, record, "value", self._secret(entry.name))
            self.verified[entry.name] = UNSEEN
            return
        texts = {name: self._world.value(name) for name in entry.declared.instance}
        writes = property_writes(entry, change.after, texts)
        # Of several rows first those that switch something on: TLS, then what it replaces.
        for name in sorted(writes, key=lambda name: writes[name] in ("", "false")):
            await self._row(name, writes[name], property_type(entry))
        self.verified[entry.name] = READ_BACK if writes else AS_IT_WAS

    async def _row(self, name: str, text: str, type: str) -> None:
        if record := self._world.properties.get(name):
            await self._rows.change(PROPERTIES, record, {"value": text})
        else:
            await self._rows.create(PROPERTIES, {"name": name, "value": text, "type": type})
        self._rows_of_it.append(name)

    def _ended(self, problem: Problem) -> Problem:
        """What went wrong, with what that means for each of the changes."""
        unknown = isinstance(problem, OutcomeUnknown)
        if not (unknown or isinstance(problem, Unfinished) or self._rows.written):
            return nothing_written(problem)
        still = [n for n in (e.property for e in self._plan.changes) if n not in self.verified]
        part = ", ".join(self._rows_of_it)
        untried = problem.code == "stopped" and not (unknown or part)
        failed = [name for name in still if name in self._under_way and not untried]
        parts = {
            "Written": list(self.verified),
            "Not known" if unknown else "Failed": failed,
            "Not written": [name for name in still if name not in failed],
        }
        told = [f"{words}: {', '.join(names)}." for words, names in parts.items() if names]
        if failed and part:
            told.append(f"Of {failed[0]} one part stands there already: {part}.")
        words = " ".join((problem.message, *told, self._left)).rstrip()
        return Unfinished(problem.code, words, problem.hint)


def nothing_written(problem: Problem) -> Problem:
    """What went wrong, with that; of the same kind."""
    return problem.with_message(f"{problem.message} Nothing was written.")


def _lets_out(change: Change) -> bool:
    """Whether mail goes out by it, or to those it is meant for."""
    if change.property == "sending_enabled":
        return change.after is not False
    return change.property == "test_recipients" and not change.after


def refuse_missing(plan: Plan, secrets: Mapping[str, Secret]) -> None:
    """Refuses a plan with a new secret that nobody gave: a blank one would be written.

    Raises:
        Refusal: with its name.
    """
    for change in plan.changes:
        if change.after is SecretState.NEW and change.property not in secrets:
            raise Refusal("secrets.needed", f"The new {change.property} was not given.", "Type it.")


def refuse_stale(plan: Plan, world: Inventory, now: Reading) -> None:
    """Refuses a plan that starts from something else than what is there.

    Raises:
        Refusal: with what is another, and who changed it.
    """
    _refuse_other_model(plan, now)
    stamps = _stamps(world)
    for change in plan.changes:
        if words := now.snapshot.locked.get(change.property, ""):
            raise Refusal(
                "target.stale", f"{change.property} cannot be changed there now: {words}", ANEW
            )
        rows = [row.name for row in now.snapshot.rows.get(change.property, ())]
        moved = _moved(plan, stamps, rows)
        if differences := describe_stale((change,), now.snapshot):
            if moved:
                raise changed_by(*moved, differences)
            words = f"It is another one than when it was read: {differences}."
            raise Refusal("target.stale", words, ANEW)
        if moved and isinstance(change.after, SecretState):
            raise changed_by(*moved, "what of it, is not told, and may be a password")
    accounts = [name for name in plan.stamps if name not in world.properties]
    if plan.activation and (moved := _moved(plan, stamps, accounts)):
        raise changed_by(*moved, "what of it, is not told, and may be a password")


def _refuse_other_model(plan: Plan, now: Reading) -> None:
    """Refuses where other rows decide now, or another account sends."""
    activation, place = plan.activation, now.place
    there = {row.name for rows in now.snapshot.rows.values() for row in rows if row.stamp}
    if activation:
        there.add(activation.instead_of)
        known = place.model in (Model.ACCOUNT, Model.NO_ACTIVE_ACCOUNT)
        if not known or place.sender != activation.instead_of:
            raise _other(now)
    elif place.model is Model.ACCOUNT:
        mine = [each.property for each in plan.changes if each.property in ACCOUNT_COLUMNS]
        for row in (row for name in mine for row in now.snapshot.rows.get(name, ())):
            if row.name not in plan.stamps:
                raise _other(now)
    meant = [] if not activation or activation.creates else [activation.account]
    for name in (*meant, *plan.stamps):
        if name not in there:
            words = f"{name} is not returned any more, or does not count now."
            raise Refusal("target.stale", words, ANEW)


def _other(now: Reading) -> Refusal:
    why = now.verdict.why if now.verdict else ""
    words = f"Something else sends than when it was read. {why}".rstrip()
    return Refusal("target.stale", words, ANEW)


def _stamps(world: Inventory) -> Mapping[str, list[Stamp]]:
    """The versions of all rows by name, which several may have."""
    stamps: dict[str, list[Stamp]] = {}
    for row in (*world.properties.values(), *(world.accounts or ())):
        stamps.setdefault(row.get("name", ""), []).append(stamp_of(row))
    return stamps


def _moved(
    plan: Plan, stamps: Mapping[str, list[Stamp]], names: Iterable[str]
) -> tuple[str, Stamp] | None:
    """The first of the rows with another version than the plan starts from, and that one."""
    for name in names:
        was, now = plan.stamps.get(name), stamps.get(name, [])
        if was and now and was not in now:
            return name, now[0]
    return None


def refuse_queue(plan: Plan, place: TargetFacts) -> None:
    """Refuses to release mail that nobody has been told of.

    Raises:
        Refusal: nothing waited when it was confirmed, and something, or nobody knows, does now.
    """
    if plan.queue and plan.queue.is_empty and place.queue and not place.queue.is_empty:
        fresh = place.queue.fresh
        count = "how much, cannot be read" if fresh is None else f"{fresh} of it would go out"
        raise Refusal(
            "queue.grown",
            f"Mail waits there now, which did not when this was confirmed: {count}.",
            "Look at it again, and confirm it anew.",
        )
