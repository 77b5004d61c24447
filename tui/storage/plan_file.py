"""Plan files: JSON without secrets."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from tui.errors import Problem
from tui.settings.catalog import Settings, catalog
from tui.settings.delivery.account import AccountChoice, AnyChoice
from tui.settings.delivery.account_switch import AccountSwitch
from tui.settings.delivery.status import Queue
from tui.settings.effects import SideEffect
from tui.settings.parse.host import mask_password
from tui.settings.parse.value import has_native_type
from tui.settings.plan import Change, Plan
from tui.settings.values import Environment, SecretState, Value
from tui.storage.file import lock_file, read_text
from tui.storage.settings_file import Native, from_native, json_text, json_value


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change in the file; null is blank."""

    property: str
    before: Native
    after: Native


@dataclass(frozen=True, slots=True)
class ActivationRow:
    """The account that is to send, and the one it replaces."""

    account: str
    instead_of: str


@dataclass(frozen=True, slots=True)
class PlanFile:
    """The content of a plan file.

    Attributes:
        target: the profile's when the plan was made, as is the environment.
        changes: in the order of writing.
        side_effects: for readers of the file; applying it determines them again.
        which: the account of an instance whose settings are changed.
        activation: on an instance, if another account is to send.
        stamps: on an instance, per record: its number of updates, the last one's time and user.
        nothing_waited: the queue was empty then; an earlier version wrote only this of it.
        queue: the emails in the queue then, if the plan can let them go out.
        switches: the POP3 and IMAP accounts to activate or deactivate.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    schema: int
    profile: str
    target: str
    environment: Environment | None
    changes: list[ChangeRow]
    side_effects: list[SideEffect]
    which: AnyChoice = AccountChoice.IN_FORCE
    activation: ActivationRow | None = None
    stamps: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    nothing_waited: bool = False
    queue: Queue | None = None
    switches: list[AccountSwitch] = field(default_factory=list)

    @property
    def planned_queue(self) -> Queue | None:
        """The queue as the plan was made; None if the file doesn't say."""
        return Queue(0, "", 0) if self.nothing_waited and not self.queue else self.queue


def to_plan_file(
    plan: Plan,
    profile: str,
    target: str,
    environment: Environment | None,
    choice: AnyChoice = AccountChoice.IN_FORCE,
) -> PlanFile:
    """Return a plan as the content of its file."""
    activation = plan.activation
    return PlanFile(
        schema=1,
        profile=profile,
        target=target,
        environment=environment,
        changes=[
            ChangeRow(each.property, json_value(mask_password(each.before)), json_value(each.after))
            for each in plan.changes
        ],
        side_effects=list(plan.side_effects),
        which=choice,
        activation=ActivationRow(activation.account, activation.instead_of) if activation else None,
        stamps={name: (each.count, each.when, each.by) for name, each in plan.stamps.items()},
        nothing_waited=bool(plan.queue and plan.queue.is_empty),
        queue=plan.queue,
        switches=list(plan.switches),
    )


def write_plan(path: Path, plan: PlanFile) -> None:
    """Write a plan; it replaces another plan at `path`, but no other file."""
    from pydantic import TypeAdapter

    if not path.parent.is_dir():
        where = "Create it first, or choose another file."
        raise Problem("plan.no-folder", f"There is no folder {path.parent}.", where)
    if not path.name:
        raise Problem("plan.no-name", f"{path} isn't a file name.", "Name one: --out FILE")
    with lock_file(path) as file:
        text = file.read()
        if text is not None:
            _parse(text, path)
        text = json_text(TypeAdapter(PlanFile).dump_python(plan, mode="json"))
        file.replace(f"{text}\n", keep_old=False)


def read_plan(path: Path) -> PlanFile:
    """Read a plan."""
    return _parse(read_text(path), path)


def _parse(text: str, path: Path) -> PlanFile:
    # Imported late: it takes longer than the rest of the program.
    from pydantic import TypeAdapter, ValidationError

    try:
        plan = TypeAdapter(PlanFile).validate_json(text, strict=True)
        if plan.schema == 1:
            return plan
        reason = "schema: not 1"
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        reason = f"{place}: {first['msg']}"
    except (RecursionError, ValueError) as error:
        reason = type(error).__name__
    raise _broken_plan(f"{path} isn't a glidemail plan: {reason}.")


def parse_changes(
    plan: PlanFile, path: Path, settings: type[Settings] = Settings
) -> tuple[Change, ...]:
    """Return the plan's changes, each value in the type of its property, or raise a Problem."""
    entries = catalog(settings)
    changes: dict[str, Change] = {}
    for row in plan.changes:
        entry = entries.get(row.property)
        where = f"{path}: {row.property}"
        if entry is None or row.property in changes:
            raise _broken_plan(f"{where}: this isn't a property, or it is there twice.")
        before, after = from_native(entry, row.before), from_native(entry, row.after)
        if entry.is_secret and not _are_states(before, after):
            raise _broken_plan(
                f"{where}: a plan can only say what happens to a secret, not hold it."
            )
        if not has_native_type(entry, after):
            raise _broken_plan(f"{where}: the value has the wrong type.")
        changes[row.property] = Change(row.property, before, after)
    return tuple(changes.values())


def _are_states(before: Value, after: Value) -> bool:
    """Return whether these are states, which is all that a plan may say of a secret."""
    becomes = (SecretState.NEW, SecretState.CLEARED)
    return (before == "" or isinstance(before, SecretState)) and (after == "" or after in becomes)


def _broken_plan(message: str) -> Problem:
    return Problem("plan.broken", message, "Make it again with: glidemail plan --out FILE")
