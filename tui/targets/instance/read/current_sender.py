"""What decides delivery on an instance, from what was read of it.

Source: c_EmailAccounts ("the system only allows one SMTP email account to be active at a time
and sends all email through this account").
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from tui.settings.delivery.account import (
    Account,
    AccountChoice,
    AnyChoice,
    NamedAccount,
    is_ours,
)
from tui.settings.delivery.status import Model
from tui.settings.snapshot import Stamp
from tui.targets.instance.api.client import Record
from tui.targets.instance.read.inventory import Inventory
from tui.targets.instance.read.mapping import Choices, parse_choices


@dataclass(frozen=True, slots=True)
class CurrentSender:
    """What decides delivery, why, in a sentence, and the record of the account that sends.

    Attributes:
        record: None if no SMTP account sends.
        others: the accounts that send other than by SMTP.
    """

    model: Model
    why: str
    record: Record | None = None
    others: tuple[Record, ...] = ()


def stamp_from(record: Record) -> Stamp:
    """Return the version of a record."""
    return Stamp(
        record.get("sys_mod_count", ""),
        record.get("sys_updated_on", ""),
        record.get("sys_updated_by", ""),
    )


def choices_from(inventory: Inventory) -> Choices:
    """Return what the accounts' choice columns store on this instance."""
    records = inventory.accounts or ()
    legacy = bool(records) and all(
        "connection_security" not in record and "enable_tls" in record for record in records
    )
    return parse_choices(inventory.choices, legacy=legacy)


def accounts_from(inventory: Inventory) -> tuple[Account, ...]:
    """Return the accounts that are visible."""
    labels, choices = inventory.choices.get("type", {}), choices_from(inventory)
    return tuple(
        replace(
            account_from(record, labels),
            uses_oauth=choices.is_oauth(record.get("authentication", "")),
        )
        for record in inventory.accounts or ()
    )


def account_from(record: Record, labels: Mapping[str, str] | None = None) -> Account:
    """Return an account as it may be shown, with the label of its type if `labels` has one."""
    return Account(
        name=record.get("name", ""),
        type=record.get("type", ""),
        label=(labels or {}).get(record.get("type", ""), ""),
        active=record.get("active") == "true",
        managed=record.get("servicenow_configured") == "true",
        server=record.get("server", ""),
        port=record.get("port", ""),
        user=record.get("user_name", ""),
        sys_id=record.get("sys_id", ""),
        stamp=stamp_from(record),
    )


def find_sender(inventory: Inventory) -> CurrentSender:
    """Return what decides delivery on the instance now."""
    if inventory.accounts is None:
        return CurrentSender(
            Model.NO_ACTIVE_ACCOUNT, "This release has no email accounts, so its properties decide."
        )
    active = [record for record in inventory.accounts if account_from(record).active]
    smtp = [record for record in active if record.get("type") == "smtp"]
    labels = inventory.choices.get("type", {})
    # What may send other than by SMTP; a type without a label counts.
    others = [r for r in active if r not in smtp and not account_from(r, labels).reads_mail]
    unclear = [record for record in others if record.get("type") not in labels]
    if len(smtp) == 1 and not others:
        return CurrentSender(Model.ACCOUNT, f"The email account {_names(smtp)} is active.", smtp[0])
    if smtp and (others or len(smtp) > 1):
        return CurrentSender(
            Model.UNDETERMINED,
            f"More than one active account may send: {_names((*smtp, *others))}. Leave only one "
            "of them active on the instance.",
        )
    if unclear:
        return CurrentSender(
            Model.UNDETERMINED,
            f"{_names(unclear)} is active, but it can't be read whether its type sends "
            "(sys_choice).",
        )
    if others:
        return CurrentSender(
            Model.OTHER_SENDER,
            f"{_names(others)} sends, which isn't an SMTP account.",
            others=tuple(others),
        )
    return _no_sender(inventory)


def _no_sender(inventory: Inventory) -> CurrentSender:
    if inventory.hidden_accounts:
        return CurrentSender(
            Model.UNDETERMINED,
            "This user can't see all email accounts, and sees none that sends. Sign in with the "
            "role email_account_admin.",
        )
    return CurrentSender(
        Model.NO_ACTIVE_ACCOUNT,
        "No SMTP account is active. Whether the instance then sends with the properties of "
        "KB0521756 is not confirmed.",
    )


def _names(records: Iterable[Record]) -> str:
    return ", ".join(record.get("name", "") for record in records)


def choose_account(
    inventory: Inventory, choice: AnyChoice, sender: CurrentSender
) -> tuple[CurrentSender, Record | None]:
    """Return the account that the settings belong to, and the model that it makes.

    None stands for an account that is yet to be created, or for no account at all.
    """
    fixed = inventory.accounts is None or sender.model in (Model.OTHER_SENDER, Model.UNDETERMINED)
    if choice is AccountChoice.IN_FORCE or fixed:
        return sender, sender.record
    if isinstance(choice, NamedAccount):
        named = [r for r in _smtp_accounts(inventory) if r.get("name") == choice.name]
        # Which one of several is meant cannot be told: that choice is refused.
        record = named[0] if len(named) == 1 else sender.record
        return (sender if record is sender.record else replace(sender, model=Model.ACCOUNT)), record
    if sender.record and _is_chosen(sender.record, choice, inventory):
        return sender, sender.record  # already sends
    account = replace(sender, model=Model.ACCOUNT)
    if choice is AccountChoice.PROVIDERS:
        managed = (each for each in _smtp_accounts(inventory) if account_from(each).managed)
        return account, next(managed, None)
    # An account left by an earlier try is used if nothing else sends.
    return account, None if sender.record else find_leftover(inventory)


def _is_chosen(record: Record, choice: AccountChoice, inventory: Inventory) -> bool:
    """Return whether the account that sends is of the kind that is chosen.

    One of your own that signs in by OAuth isn't: it is never written, so another takes its place.
    """
    if choice is AccountChoice.PROVIDERS:
        return account_from(record).managed
    return not (account_from(record).managed or uses_oauth(record, inventory))


def uses_oauth(account: Record, inventory: Inventory) -> bool:
    """Return whether an account signs in by OAuth."""
    return choices_from(inventory).is_oauth(account.get("authentication", ""))


def find_oauth_account(inventory: Inventory) -> Record | None:
    """Return the account that sends and signs in by OAuth, an SMTP account or another."""
    sender = find_sender(inventory)
    found = (each for each in (sender.record, *sender.others) if each)
    return next((each for each in found if uses_oauth(each, inventory)), None) or next(
        iter(sender.others), None
    )


def from_override(record: Record) -> str:
    """Return the From of an account; "" if it is the user."""
    address = record.get("from", "")
    return "" if address.casefold() == record.get("user_name", "").casefold() else address


def find_leftover(inventory: Inventory) -> Record | None:
    """Return the last account that this program created and that does not send, if any."""
    left = [
        record
        for record in _smtp_accounts(inventory)
        if is_ours(record.get("name", "")) and not account_from(record).active
    ]
    return max(left, key=lambda record: record.get("sys_updated_on", ""), default=None)


def _smtp_accounts(inventory: Inventory) -> Iterator[Record]:
    return (record for record in inventory.accounts or () if record.get("type") == "smtp")
