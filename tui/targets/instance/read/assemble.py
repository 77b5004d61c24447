"""From what was read of an instance to settings, place and verdict."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tui.settings.catalog import Entry, Settings, catalog
from tui.settings.delivery.account import AccountChoice
from tui.settings.delivery.status import DeliveryStatus
from tui.settings.findings import Finding, Severity
from tui.settings.parse.error import ParseError
from tui.settings.property import Kind
from tui.settings.snapshot import Origin, PropertyRow, Snapshot, Stamp
from tui.settings.target_facts import Model, TargetFacts
from tui.settings.values import Environment, SecretState, Security, Value
from tui.targets.instance.read.inventory import (
    NAME,
    RECEIVING,
    RECIPIENTS,
    RELEASE,
    SENDING,
    USER,
    Inventory,
    Record,
)
from tui.targets.instance.read.mapping import (
    ACCOUNT_COLUMNS,
    account_value,
    property_value,
    rows_taken,
)
from tui.targets.instance.read.sender import (
    InForce,
    account_of,
    accounts_of,
    choices_in,
    chosen,
    in_force,
    left_over,
    stamp_of,
)
from tui.targets.target import Reading

_SENDING = ("sending_enabled", "test_recipients")

_MANAGED = "ServiceNow manages this account: leave it, or choose an own server ({own})."
_PROVIDERS = "ServiceNow manages this account: it can be activated, and nothing in it changed."
_NO_PROVIDERS = (
    "No account of ServiceNow's is visible here: its catalog item Reprovision Email makes one "
    "(KB0540748)."
)
_INCOMING = "Here email accounts read mail, not these settings: change those on the instance."
_OTHER = (
    "{why} This does not affect delivery here; a clone's migration can turn it into an account "
    "later."
)
_OAUTH = "This account signs in by OAuth, which is never written: change it on the instance."
_CHOICES = "What an account stores for it cannot be read (sys_choice): change it on the instance."
_DOUBLED = "Several rows have its name, {name}: remove all but one on the instance first."
_SAME_NAME = "Several accounts are called {name}: rename all but one on the instance first."
_LEFT = (
    "No account sends, and {name} was made to: have it send ({own}), or activate another one on "
    "the instance."
)
_TYPE = (
    "Its row is of type {type}, which keeps no secret: make it password2 in the web form, and "
    "type the password there."
)
_NO_ROW = "Its row was not returned: make it in the web form, with type password2 and private."
_TRAVELS = (
    "Its row is not private, so an update set would carry the password away: make it private in "
    "the web form first."
)
OWN_SERVER = "^P; --own-server"
"""How an own server is chosen."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What becomes of the properties, one after the other."""

    values: dict[str, Value] = field(default_factory=dict)
    origins: dict[str, Origin] = field(default_factory=dict)
    broken: dict[str, Finding] = field(default_factory=dict)
    locked: dict[str, str] = field(default_factory=dict)
    rows: dict[str, tuple[PropertyRow, ...]] = field(default_factory=dict)


def reading_of(
    world: Inventory,
    environment: Environment | None,
    *,
    which: AccountChoice = AccountChoice.IN_FORCE,
    on_loopback: bool = False,
    settings: type[Settings] = Settings,
) -> Reading:
    """The settings of an instance, what rules must know of it, and the verdict.

    Args:
        world: what was read.
        environment: as the profile says.
        which: the account that the settings are to be those of.
        on_loopback: the instance itself runs on loopback.
        settings: the declaration of the properties.
    """
    force = in_force(world)
    model, account = chosen(world, which, force)
    found = _Found()
    for name, entry in catalog(settings).items():
        if model.model is Model.ACCOUNT and name in ACCOUNT_COLUMNS:
            _from_account(found, entry, account, world)
        else:
            _from_properties(found, entry, world)
    found.locked.update(_locks(model, account, which, world, catalog(settings)))
    row = account or {}
    place = TargetFacts(
        model=model.model,
        environment=environment,
        managed=bool(force.row and account_of(force.row).managed),
        choice=which,
        accounts=accounts_of(world),
        queue=world.queue,
        receiving=_switch(world.value(RECEIVING)),
        sent_from="" if _is_user(row.get("from", ""), row) else row["from"],
        on_loopback=on_loopback,
        secret_limit=world.secret_limit,
    )
    snapshot = Snapshot(found.values, found.origins, found.broken, (), found.locked, found.rows)
    return Reading(snapshot, place, _verdict(world, force))


def _is_user(address: str, row: Record) -> bool:
    return address.casefold() in ("", row.get("user_name", "").casefold())


def _from_account(found: _Found, entry: Entry, row: Record | None, world: Inventory) -> None:
    if row is None:
        return
    name = row.get("name", "")
    found.rows[entry.name] = (PropertyRow(name=name, stamp=stamp_of(row)),)
    found.origins[entry.name] = Origin(name, is_account=True)
    try:
        value = account_value(entry, row, choices_in(world))
    except ParseError as malformed:
        found.values[entry.name] = row.get(ACCOUNT_COLUMNS[entry.name], "")
        found.broken[entry.name] = _broken(entry, malformed)
        return
    if value != "":
        found.values[entry.name] = value


def _from_properties(found: _Found, entry: Entry, world: Inventory) -> None:
    texts = {name: world.value(name) for name in entry.declared.instance}
    found.rows[entry.name] = tuple(
        _row(name, world, rows_taken(entry, name, texts)) for name in texts
    )
    if entry.is_secret:
        # A row that was not returned may hold one too.
        found.values[entry.name] = SecretState.UNKNOWN
        if entry.instance_name in world.properties:
            found.origins[entry.name] = Origin(entry.instance_name)
        return
    value, origin = property_value(entry, texts)
    if value == "" and entry.declared.kind is Kind.SECURITY:
        value = Security.NONE  # nothing says otherwise, and no row has a word for it
    if value != "":
        found.values[entry.name] = value
    if origin in world.properties:
        found.values.setdefault(entry.name, "")
        found.origins[entry.name] = Origin(origin)


def _row(name: str, world: Inventory, takes: frozenset[str] | None) -> PropertyRow:
    row = world.properties.get(name, {})
    return PropertyRow(
        name=name,
        stamp=stamp_of(row) if row else None,
        flushes=row.get("ignore_cache") != "true",
        private=row.get("is_private") == "true",
        takes=takes,
    )


def _broken(entry: Entry, malformed: ParseError) -> Finding:
    name = entry.name
    return Finding(name, Severity.ERROR, malformed.code, malformed.message, None, frozenset({name}))


def _locks(
    model: InForce,
    account: Record | None,
    which: AccountChoice,
    world: Inventory,
    entries: Mapping[str, Entry],
) -> Iterator[tuple[str, str]]:
    """What cannot be changed, and why; of several reasons the last one counts."""
    bound = [name for name in entries if name not in _SENDING]
    for name, entry in entries.items():
        doubled = sorted(world.doubled.intersection(entry.declared.instance))
        if doubled and not (model.model is Model.ACCOUNT and name in ACCOUNT_COLUMNS):
            yield name, _DOUBLED.format(name=doubled[0])
    match model.model:
        case Model.OTHER_SENDER:
            yield from ((name, _OTHER.format(why=model.why)) for name in bound)
        case Model.UNDETERMINED:
            yield from ((name, model.why) for name in bound)
        case Model.ACCOUNT:
            yield from ((name, _INCOMING) for name in bound if name not in ACCOUNT_COLUMNS)
            yield from _account_locks(account, which, world, model.row)
        case Model.NO_ACTIVE_ACCOUNT:
            for name, entry in entries.items():
                if entry.is_secret and (why := _secret_lock(entry, world)):
                    yield name, why
            if left := left_over(world):
                why = _LEFT.format(name=left.get("name", ""), own=OWN_SERVER)
                yield from ((name, why) for name in bound)


def _account_locks(
    account: Record | None, which: AccountChoice, world: Inventory, sender: Record | None
) -> Iterator[tuple[str, str]]:
    if not choices_in(world).writes_security:
        yield "security", _CHOICES
    if why := _account_lock(account, which, world, sender):
        yield from ((name, why) for name in ACCOUNT_COLUMNS)


def _account_lock(
    account: Record | None, which: AccountChoice, world: Inventory, sender: Record | None
) -> str:
    """Why nothing in an account can be changed, or ""."""
    managed = account is not None and account_of(account).managed
    if managed and account is sender:
        return _MANAGED.format(own=OWN_SERVER)
    if account is None and which is AccountChoice.PROVIDERS:
        return _NO_PROVIDERS
    names = [row.get("name", "") for row in world.accounts or ()]
    for row in (account, sender):
        if row and names.count(row.get("name", "")) > 1:
            return _SAME_NAME.format(name=row.get("name", ""))
    if managed:
        return _PROVIDERS
    signs_in = account.get("authentication", "") if account else ""
    return _OAUTH if choices_in(world).is_oauth(signs_in) else ""


def _secret_lock(entry: Entry, world: Inventory) -> str:
    """Why a password that stands in a property cannot be written, or ""."""
    row = world.properties.get(entry.instance_name)
    if row is None:
        return _NO_ROW
    if row.get("type") != "password2":
        return _TYPE.format(type=row.get("type") or "that was not told")
    return "" if row.get("is_private") == "true" else _TRAVELS


def _switch(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text.strip().casefold())


def _verdict(world: Inventory, force: InForce) -> DeliveryStatus:
    row = force.row or {}
    sent_from = row.get("from") or row.get("user_name", "")
    if force.model is Model.NO_ACTIVE_ACCOUNT:
        sent_from = world.value(USER)
    recipients = re.split("[,;]", world.value(RECIPIENTS))
    return DeliveryStatus(
        name=world.value(NAME),
        release=world.value(RELEASE),
        model=force.model,
        why=force.why,
        sender=account_of(row) if row else None,
        sending=_switch(world.value(SENDING)),
        recipients=tuple(each.strip() for each in recipients if each.strip())
        if RECIPIENTS in world.properties
        else None,
        queue=world.queue,
        sent_from=sent_from,
        receiving=_switch(world.value(RECEIVING)),
        readers=tuple(each for each in accounts_of(world) if each.reads_mail),
        hides_readers=world.hidden_accounts,
        changed=_last_change(world, force),
        left_over=() if force.model is Model.NO_ACTIVE_ACCOUNT else tuple(_left_over(world)),
        unread=world.unread,
    )


def _left_over(world: Inventory) -> Iterator[str]:
    for name in ACCOUNT_COLUMNS:
        yield from (each for each in catalog()[name].declared.instance if world.value(each))


def _last_change(world: Inventory, force: InForce) -> Stamp | None:
    """The version of what decides: of an account, or of the property that changed last."""
    if force.row:
        return stamp_of(force.row)
    if force.model is not Model.NO_ACTIVE_ACCOUNT:
        return None
    names = [name for each in ACCOUNT_COLUMNS for name in catalog()[each].declared.instance]
    stamps = [stamp_of(world.properties[name]) for name in names if name in world.properties]
    return max(stamps, key=lambda stamp: stamp.when, default=None)
