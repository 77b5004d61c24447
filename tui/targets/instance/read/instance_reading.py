"""What an inventory comes to: settings, facts for the rules, and the delivery status."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from tui.settings.catalog import Entry, Kind, Settings, catalog
from tui.settings.delivery.account import (
    NO_HINTS,
    AccountChoice,
    AnyChoice,
    ChoiceHints,
)
from tui.settings.delivery.interrupted_switch import find_interrupted_switch
from tui.settings.delivery.judge import judge
from tui.settings.delivery.oauth import OAuthSignIn
from tui.settings.delivery.status import DeliveryStatus, Model
from tui.settings.effects import LABEL
from tui.settings.findings import Finding, ParseError, Severity
from tui.settings.snapshot import Origin, PropertyRow, Snapshot, Stamp
from tui.settings.target_facts import TargetFacts
from tui.settings.values import Environment, SecretState, Security, Value
from tui.targets.instance.api.client import Record
from tui.targets.instance.read.current_sender import (
    CurrentSender,
    account_from,
    accounts_from,
    choices_from,
    choose_account,
    find_sender,
    from_override,
    stamp_from,
    uses_oauth,
)
from tui.targets.instance.read.extra_columns import ExtraColumns
from tui.targets.instance.read.inventory import (
    NAME,
    RECEIVING,
    RECIPIENTS,
    RELEASE,
    SAYS_PRODUCTION,
    SENDING,
    USER,
    Inventory,
)
from tui.targets.instance.read.locks import Locks
from tui.targets.instance.read.mapping import (
    ACCOUNT_COLUMNS,
    account_value,
    property_value,
    values_to_write,
)
from tui.targets.target import Reading


@dataclass(frozen=True, slots=True)
class _SnapshotParts:
    """The parts of a snapshot, filled property by property."""

    values: dict[str, Value] = field(default_factory=dict)
    origins: dict[str, Origin] = field(default_factory=dict)
    broken: dict[str, Finding] = field(default_factory=dict)
    rows: dict[str, tuple[PropertyRow, ...]] = field(default_factory=dict)


def reading_from(
    inventory: Inventory,
    environment: Environment | None,
    *,
    choice: AnyChoice = AccountChoice.IN_FORCE,
    hints: ChoiceHints = NO_HINTS,
    user: str = "",
    url: str = "",
    on_loopback: bool = False,
    extra: ExtraColumns | None = None,
    oauth: OAuthSignIn | None = None,
    settings: type[Settings] = Settings,
) -> Reading:
    """Return the settings of an instance, the facts about it, and its delivery status.

    Args:
        choice: the account that the settings belong to.
        hints: how a person chooses another account.
        user: who signs in, or "".
        url: the instance's address, for links to its pages.
        on_loopback: whether the instance itself runs on loopback.
        extra: the further columns of the account that sends.
        oauth: how the account that sends signs in by OAuth.
    """
    sender = find_sender(inventory)
    chosen, account = choose_account(inventory, choice, sender)
    parts, entries = _SnapshotParts(), catalog(settings)
    for name, entry in entries.items():
        if chosen.model is Model.ACCOUNT and name in ACCOUNT_COLUMNS:
            _add_from_account(parts, entry, account, inventory)
        else:
            _add_from_properties(parts, entry, inventory)
    status = _delivery_status(inventory, sender, user)
    status = replace(status, oauth=oauth, judgement=judge(status, accounts_from(inventory), hints))
    locked = dict(Locks(inventory, choice, chosen, account, hints, oauth).find(entries))
    facts = TargetFacts(
        model=chosen.model,
        environment=environment,
        says_production=_parse_switch(inventory.value(SAYS_PRODUCTION)),
        managed=bool(sender.record and account_from(sender.record).managed),
        choice=choice,
        accounts=accounts_from(inventory),
        queue=inventory.queue,
        delivery=status.judgement,
        receiving=_parse_switch(inventory.value(RECEIVING)),
        sent_from=from_override(account) if account else "",
        uses_oauth=account is not None and uses_oauth(account, inventory),
        name=inventory.value(NAME),
        url=url,
        on_loopback=on_loopback,
        secret_limit=inventory.secret_limit,
        copied_columns=_copied_columns(extra, sender.record, is_new=account is None),
        lost_columns=extra.lost if extra else (),
        hints=hints,
    )
    snapshot = Snapshot(
        parts.values,
        parts.origins,
        parts.broken,
        (),
        locked,
        parts.rows,
        frozenset(_find_hidden(inventory, chosen, account, parts, entries)),
    )
    return Reading(snapshot, facts, status)


def _find_hidden(
    inventory: Inventory,
    chosen: CurrentSender,
    account: Record | None,
    parts: _SnapshotParts,
    entries: Mapping[str, Entry],
) -> Iterator[str]:
    """Yield the properties of which nothing was returned though there may be something."""
    hides_all = not inventory.properties
    hides_accounts = inventory.hidden_accounts and chosen.model is Model.UNDETERMINED
    for name, entry in entries.items():
        if name in parts.origins:
            continue
        if name == "from" and account is not None and chosen.model is Model.ACCOUNT:
            yield name
        if chosen.model is Model.ACCOUNT and name in ACCOUNT_COLUMNS:
            continue
        if chosen.model is Model.NO_ACTIVE_ACCOUNT and not entry.declared.instance:
            continue
        # Every instance has these records.
        is_there = not entry.declared.instance.keys().isdisjoint((SENDING, RECEIVING))
        if hides_all or hides_accounts or is_there:
            yield name


def _copied_columns(
    extra: ExtraColumns | None, sender: Record | None, *, is_new: bool
) -> tuple[str, ...]:
    """Return the labels of what a replacement takes over; a new account also takes the label."""
    label = (LABEL,) if is_new and sender and sender.get("email_user_label") else ()
    return (*label, *extra.copied) if extra else ()


def _add_from_account(
    parts: _SnapshotParts, entry: Entry, record: Record | None, inventory: Inventory
) -> None:
    if record is None:
        return
    name = record.get("name", "")
    if entry.name == "from" and "from" not in record:
        return
    parts.rows[entry.name] = (PropertyRow(name=name, stamp=stamp_from(record)),)
    parts.origins[entry.name] = Origin(name, is_account=True)
    try:
        value = account_value(entry, record, choices_from(inventory))
    except ParseError as error:
        value = record.get(ACCOUNT_COLUMNS[entry.name], "")
        parts.broken[entry.name] = Finding(
            entry.name, Severity.ERROR, error.code, error.message, None, frozenset({entry.name})
        )
    if value != "":
        parts.values[entry.name] = value


def _add_from_properties(parts: _SnapshotParts, entry: Entry, inventory: Inventory) -> None:
    texts = {name: inventory.value(name) for name in entry.declared.instance}
    parts.rows[entry.name] = tuple(
        _property_row(name, inventory, values_to_write(entry, name, texts)) for name in texts
    )
    if entry.is_secret:
        # A record that was not returned may hold one too.
        parts.values[entry.name] = SecretState.UNKNOWN
        if entry.instance_name in inventory.properties:
            parts.origins[entry.name] = Origin(entry.instance_name)
        return
    value, origin = property_value(entry, texts)
    if value == "" and entry.declared.kind is Kind.SECURITY:
        value = Security.NONE  # nothing says otherwise, and no record has a word for it
    if value != "":
        parts.values[entry.name] = value
    if origin in inventory.properties:
        parts.values.setdefault(entry.name, "")
        parts.origins[entry.name] = Origin(origin)


def _property_row(name: str, inventory: Inventory, takes: frozenset[str] | None) -> PropertyRow:
    record = inventory.properties.get(name, {})
    return PropertyRow(
        name=name,
        stamp=stamp_from(record) if record else None,
        flushes=record.get("ignore_cache") != "true",
        private=record.get("is_private") == "true",
        takes=takes,
    )


def _parse_switch(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text.strip().casefold())


def _delivery_status(inventory: Inventory, sender: CurrentSender, user: str) -> DeliveryStatus:
    record = sender.record or {}
    sent_from = record.get("from") or record.get("user_name", "")
    if sender.model is Model.NO_ACTIVE_ACCOUNT:
        sent_from = inventory.value(USER)
    recipients = re.split("[,;]", inventory.value(RECIPIENTS))
    now = inventory.evidence.read_at or datetime.now(UTC)
    return DeliveryStatus(
        name=inventory.value(NAME),
        release=inventory.value(RELEASE),
        model=sender.model,
        why=sender.why,
        sender=account_from(record) if record else None,
        sending=_parse_switch(inventory.value(SENDING)),
        recipients=tuple(each.strip() for each in recipients if each.strip())
        if RECIPIENTS in inventory.properties
        else None,
        recipients_changed=inventory.properties.get(RECIPIENTS, {}).get("sys_updated_on", ""),
        queue=inventory.queue,
        sent_from=sent_from,
        receiving=_parse_switch(inventory.value(RECEIVING)),
        readers=tuple(each for each in accounts_from(inventory) if each.reads_mail),
        hides_readers=inventory.hidden_accounts,
        changed=_last_change(inventory, sender),
        left_over=()
        if sender.model is Model.NO_ACTIVE_ACCOUNT
        else tuple(name for name in _article_names() if inventory.value(name)),
        unread=inventory.unread,
        interrupted=find_interrupted_switch(accounts_from(inventory), user, now),
        lacks_accounts=inventory.accounts is None,
        evidence=inventory.evidence,
    )


def _article_names() -> Iterator[str]:
    """Yield the names of the records that an account replaces."""
    for name in ACCOUNT_COLUMNS:
        yield from catalog()[name].declared.instance


def _last_change(inventory: Inventory, sender: CurrentSender) -> Stamp | None:
    """Return the version of the account that sends, else of the property that changed last."""
    if sender.record:
        return stamp_from(sender.record)
    if sender.model is Model.OTHER_SENDER:
        senders = [
            record
            for record, account in zip(
                inventory.accounts or (), accounts_from(inventory), strict=True
            )
            if account.active and not account.reads_mail
        ]
        return max(map(stamp_from, senders), key=lambda stamp: stamp.when, default=None)
    if sender.model is not Model.NO_ACTIVE_ACCOUNT:
        return None
    records = [inventory.properties.get(name) for name in _article_names()]
    stamps = [stamp_from(each) for each in records if each is not None]
    return max(stamps, key=lambda stamp: stamp.when, default=None)
