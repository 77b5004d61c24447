"""Plan files: JSON, without any secret."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from tui.errors import Problem
from tui.settings.catalog import Settings, catalog
from tui.settings.delivery.account import AccountChoice
from tui.settings.parse.host import mask_password
from tui.settings.parse.value import has_native_type
from tui.settings.plan import Change, Plan
from tui.settings.values import Environment, SecretState, Value
from tui.storage.file import locked, read_text
from tui.storage.settings_file import Native, from_native, json_text, json_value


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change as it stands in the file; null is blank."""

    property: str
    before: Native
    after: Native


@dataclass(frozen=True, slots=True)
class SideEffectRow:
    """A side effect as it was said when the plan was made."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class ActivationRow:
    """Which account is to send, in place of which."""

    account: str
    instead_of: str


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A plan for one profile's target, as it stands in a file.

    Attributes:
        schema: the form of the file: 1, as there is no other.
        profile: the profile it was made for.
        target: where that profile saved then.
        environment: what the profile said then.
        changes: in the order of writing.
        side_effects: for whoever reads the file; they are found anew when it is applied.
        which: the account of an instance that the settings are those of.
        activation: of an instance, where another account is to send.
        stamps: of an instance, the version of each row: how often changed, when, by whom.
        nothing_waited: no mail waited then that it could have sent out.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    schema: int
    profile: str
    target: str
    environment: Environment | None
    changes: list[ChangeRow]
    side_effects: list[SideEffectRow]
    which: AccountChoice = AccountChoice.IN_FORCE
    activation: ActivationRow | None = None
    stamps: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    nothing_waited: bool = False


def plan_file(
    plan: Plan,
    profile: str,
    target: str,
    environment: Environment | None,
    which: AccountChoice = AccountChoice.IN_FORCE,
) -> PlanFile:
    """A plan as it is written."""
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
        side_effects=[SideEffectRow(each.code, each.message) for each in plan.side_effects],
        which=which,
        activation=ActivationRow(activation.account, activation.instead_of) if activation else None,
        stamps={name: (each.count, each.when, each.by) for name, each in plan.stamps.items()},
        nothing_waited=bool(plan.queue and plan.queue.is_empty),
    )


def write_plan(path: Path, plan: PlanFile) -> None:
    """Writes a plan; another plan of that name is replaced, any other file is not.

    Raises:
        Problem: something else lies there, or it cannot be written.
    """
    from pydantic import TypeAdapter

    if not path.parent.is_dir():
        where = "Make it first, or name a file somewhere else."
        raise Problem("plan.no-folder", f"There is no folder {path.parent}.", where)
    if not path.name:
        raise Problem("plan.no-name", f"{path} names no file.", "Name one: --out FILE")

    with locked(path) as file:
        text = file.current()
        if text is not None:
            _parse(text, path)
        answer: dict[str, Any] = TypeAdapter(PlanFile).dump_python(plan, mode="json")
        file.replace(json_text(answer) + "\n", keep_old=False)


def read_plan(path: Path) -> PlanFile:
    """Reads a plan.

    Raises:
        Problem: there is none, or it is not as this program writes it.
    """
    return _parse(read_text(path), path)


def _parse(text: str, path: Path) -> PlanFile:
    # Imported late: it costs more than the rest of the program together.
    from pydantic import TypeAdapter, ValidationError

    try:
        plan = TypeAdapter(PlanFile).validate_json(text, strict=True)
        if plan.schema == 1:
            return plan
        reason = "schema: another one than 1"
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        reason = f"{place}: {first['msg']}"
    except (RecursionError, ValueError) as error:
        reason = type(error).__name__
    raise Problem(
        "plan.broken",
        f"{path} is no plan of this program: {reason}.",
        "Make it anew with: glidemail plan --out FILE",
    )


def changes_of(
    plan: PlanFile, path: Path, settings: type[Settings] = Settings
) -> tuple[Change, ...]:
    """The plan's changes in the types of their properties.

    Raises:
        Problem: a change of no property, of one twice, or of the wrong type.
    """
    entries = catalog(settings)
    changes: dict[str, Change] = {}
    for row in plan.changes:
        entry = entries.get(row.property)
        if entry is None or row.property in changes:
            raise _wrong(path, row.property, "no property has this name, or it stands there twice")
        before, after = from_native(entry, row.before), from_native(entry, row.after)
        if entry.is_secret and not _are_states(before, after):
            raise _wrong(path, row.property, "of a secret only what becomes of it can stand there")
        if not has_native_type(entry, after):
            raise _wrong(path, row.property, "the value has the wrong type")
        changes[row.property] = Change(row.property, before, after)
    return tuple(changes.values())


def _are_states(before: Value, after: Value) -> bool:
    """Whether these are all that a plan may say of a secret."""
    becomes = (SecretState.NEW, SecretState.CLEARED)
    return (before == "" or isinstance(before, SecretState)) and (after == "" or after in becomes)


def _wrong(path: Path, name: str, reason: str) -> Problem:
    return Problem(
        "plan.broken",
        f"{path}: {name}: {reason}.",
        "Make it anew with: glidemail plan --out FILE",
    )
