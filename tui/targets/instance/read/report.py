"""A read-only report of what holds on an instance, for a person to read before sending it on.

It answers what the platform's documentation leaves open. It never names a secret, and names
hosts and addresses only on request.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tui.settings.delivery.status import DeliveryStatus, Model
from tui.settings.rights import Right, UserRight, find_rights
from tui.targets.instance.read.current_sender import accounts_from
from tui.targets.instance.read.inventory import (
    SAYS_PRODUCTION,
    Inventory,
    plain_names,
    secret_names,
)
from tui.targets.instance.read.mapping import ALWAYS_PRESENT

HIDDEN = "(left out)"
_ALL_READ = "nothing: everything was read"
_NOT_RETURNED = "not returned: missing, or hidden"
_SECURITY_COLUMNS = ("connection_security", "enable_tls", "enable_ssl")

_ACCOUNTS, _PROPERTIES = "Email accounts that are visible", "Properties"

Fact = tuple[str, str]
"""What it is about, and how it is there."""

Report = dict[str, tuple[Fact, ...]]
"""Titles, each with its facts."""


@dataclass(frozen=True, slots=True)
class InstanceReport:
    """What holds on an instance, and what the user who reads it may do there."""

    facts: Report
    rights: tuple[UserRight, ...]


def user_rights(inventory: Inventory, roles: tuple[str, ...] | None) -> tuple[UserRight, ...]:
    """Return what a user may do, as far as it shows: by what was read, or by role."""
    evidence, accounts = inventory.evidence, inventory.accounts
    read = {
        Right.READ_SETTINGS: bool(inventory.properties),
        Right.READ_ACCOUNTS: bool(accounts),
        Right.READ_EMAILS: bool(evidence.sent or evidence.failures or inventory.queue.waiting),
        Right.READ_JOB: evidence.jobs is not None,
        Right.READ_ROLES: roles is not None,
    }
    partly = {
        Right.READ_SETTINGS: bool(ALWAYS_PRESENT - inventory.properties.keys()),
        Right.READ_ACCOUNTS: inventory.hidden_accounts,
    }
    seen = {right for right, is_seen in read.items() if is_seen}
    hidden = {right for right, is_hidden in partly.items() if is_hidden}
    return find_rights(roles, seen - hidden, seen & hidden)


def build_report(
    inventory: Inventory, status: DeliveryStatus, roles: str, *, addresses: bool
) -> Report:
    """Return the report, with hosts and mail addresses only if `addresses`."""
    hide = _Redactor(addresses)
    return {
        "What sends": tuple(_delivery_facts(status, hide)),
        _ACCOUNTS: tuple(_account_facts(inventory, hide)),
        "What documents leave open, and what this instance does": tuple(_open_questions(inventory)),
        _PROPERTIES: tuple(_property_facts(inventory)),
        "Rights": (
            ("roles", roles),
            *(("not read", each) for each in inventory.unread or (_ALL_READ,)),
            ("may write", "not known: never tested by writing"),
        ),
    }


def is_empty(report: Report) -> bool:
    """Return whether an instance returned neither a property nor an account."""
    properties = {words for _, words in report[_PROPERTIES]}
    return properties == {_NOT_RETURNED} and [name for name, _ in report[_ACCOUNTS]] == ["none"]


@dataclass(frozen=True, slots=True)
class _Redactor:
    addresses: bool

    def __call__(self, text: str, instead: str = HIDDEN) -> str:
        return text if self.addresses or not text else instead


def _delivery_facts(status: DeliveryStatus, hide: _Redactor) -> Iterator[Fact]:
    queue, recipients = status.queue, status.recipients
    yield "release", status.release or "not returned"
    yield "instance", hide(status.name) or "not returned"
    yield "model", str(status.model)
    if status.model is Model.ACCOUNT and status.sender:
        yield "managed by ServiceNow", "yes" if status.sender.managed else "no"
    yield "sending", {True: "on", False: "off", None: "not returned"}[status.sending]
    yield "test addresses", "not returned" if recipients is None else str(len(recipients))
    yield "in the queue", "not known" if queue.waiting is None else str(queue.waiting)
    yield "of them young enough", "not known" if queue.fresh is None else str(queue.fresh)


def _account_facts(inventory: Inventory, hide: _Redactor) -> Iterator[Fact]:
    accounts = accounts_from(inventory)
    if not accounts:
        yield "none", "none was returned"
    for number, each in enumerate(accounts, 1):
        state = "active" if each.active else "inactive"
        owner = "ServiceNow's" if each.managed else "own"
        server = f"{hide(each.server)} port {each.port or '-'}"
        yield hide(each.name, f"account {number}"), f"{each.type}, {state}, {owner}, {server}"


def _open_questions(inventory: Inventory) -> Iterator[Fact]:
    for name in secret_names():
        record = inventory.properties.get(name)
        if record is None:
            yield name, "not returned"
        else:
            private = "private" if record.get("is_private") == "true" else "not private"
            yield name, f"type {record.get('type') or 'unknown'}, {private}"
    for column in ("authentication", "connection_security", "type"):
        stored = inventory.choices.get(column, {})
        words = ", ".join(f"{label} = {value or 'blank'}" for value, label in stored.items())
        yield f"choices of {column}", words or "not read"
    columns = [c for c in _SECURITY_COLUMNS if any(c in each for each in inventory.accounts or ())]
    yield "columns of security", ", ".join(columns) or "not known: no account was returned"
    yield SAYS_PRODUCTION, inventory.value(SAYS_PRODUCTION) or _NOT_RETURNED
    limit = inventory.secret_limit
    yield "length of a password", "not read" if limit is None else f"{limit} characters"
    hidden = (
        "some are hidden, or may be" if inventory.hidden_accounts else "none is known to be hidden"
    )
    yield "email accounts", "no such table" if inventory.accounts is None else hidden


def _property_facts(inventory: Inventory) -> Iterator[Fact]:
    for name in (*plain_names(), *secret_names()):
        record = inventory.properties.get(name)
        if record is None:
            yield name, _NOT_RETURNED
            continue
        flushed = "its own cache" if record.get("ignore_cache") == "true" else "all caches"
        private = "private" if record.get("is_private") == "true" else "carried by update sets"
        yield name, f"type {record.get('type') or 'unknown'}, flushes {flushed}, {private}"
