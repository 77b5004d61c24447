"""What decides delivery on an instance, from what was read of it.

Source: c_EmailAccounts ("the system only allows one SMTP email account to be active at a time
and sends all email through this account").
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from tui.settings.delivery.account import Account, AccountChoice
from tui.settings.delivery.activation import is_ours
from tui.settings.snapshot import Stamp
from tui.settings.target_facts import Model
from tui.targets.instance.read.inventory import Inventory, Record
from tui.targets.instance.read.mapping import Choices, choices_of


@dataclass(frozen=True, slots=True)
class InForce:
    """What decides delivery.

    Attributes:
        model: which of the four.
        why: what shows it, in a sentence.
        row: the row of the account that sends, if one does.
    """

    model: Model
    why: str
    row: Record | None = None


def stamp_of(row: Record) -> Stamp:
    """A row's version."""
    return Stamp(
        row.get("sys_mod_count", ""), row.get("sys_updated_on", ""), row.get("sys_updated_by", "")
    )


def choices_in(world: Inventory) -> Choices:
    """What the accounts' choice columns store here."""
    rows = world.accounts or ()
    legacy = bool(rows) and all(
        "connection_security" not in row and "enable_tls" in row for row in rows
    )
    return choices_of(world.choices, legacy=legacy)


def accounts_of(world: Inventory) -> tuple[Account, ...]:
    """The accounts that are visible."""
    labels = world.choices.get("type", {})
    return tuple(account_of(row, labels) for row in world.accounts or ())


def account_of(row: Record, labels: Mapping[str, str] | None = None) -> Account:
    """An account as it may be shown, with its type's label where those are given."""
    return Account(
        name=row.get("name", ""),
        type=row.get("type", ""),
        label=(labels or {}).get(row.get("type", ""), ""),
        active=row.get("active") == "true",
        managed=row.get("servicenow_configured") == "true",
        server=row.get("server", ""),
        port=row.get("port", ""),
        user=row.get("user_name", ""),
        stamp=stamp_of(row),
    )


def in_force(world: Inventory) -> InForce:
    """What decides delivery there now."""
    if world.accounts is None:
        return InForce(
            Model.NO_ACTIVE_ACCOUNT, "This release has no email accounts: its properties decide."
        )
    active = [row for row in world.accounts if account_of(row).active]
    smtp = [row for row in active if row.get("type") == "smtp"]
    labels = world.choices.get("type", {})
    others = [row for row in active if _sends_otherwise(row, labels)]
    unclear = [row for row in others if row.get("type") not in labels]
    if len(smtp) == 1 and not others:
        return InForce(Model.ACCOUNT, f"The email account {_named(smtp)} is active.", smtp[0])
    if smtp and (others or len(smtp) > 1):
        return InForce(
            Model.UNDETERMINED,
            f"More than one account is active that may send: {_named((*smtp, *others))}. Leave "
            "one of them active, on the instance.",
        )
    if unclear:
        return InForce(
            Model.UNDETERMINED,
            f"{_named(unclear)} is active, and whether its type sends cannot be read (sys_choice).",
        )
    if others:
        return InForce(Model.OTHER_SENDER, f"{_named(others)} sends, which is no SMTP account.")
    return _none_sends(world)


def _none_sends(world: Inventory) -> InForce:
    if world.hidden_accounts:
        return InForce(
            Model.UNDETERMINED,
            "Not all email accounts are visible to this user, and none that sends is. Sign in "
            "with the role email_account_admin.",
        )
    return InForce(
        Model.NO_ACTIVE_ACCOUNT,
        "No email account that sends is active: the article's properties are taken to decide.",
    )


def _named(rows: Iterable[Record]) -> str:
    return ", ".join(row.get("name", "") for row in rows)


def _sends_otherwise(row: Record, labels: Mapping[str, str]) -> bool:
    """Whether it may send by other means than SMTP, as a type that nobody can read may."""
    account = account_of(row, labels)
    return account.type != "smtp" and not account.reads_mail


def chosen(world: Inventory, which: AccountChoice, force: InForce) -> tuple[InForce, Record | None]:
    """The row of the account that the settings are those of, and the model it makes.

    None stands for one that is yet to be made, or for no account at all.
    """
    fixed = world.accounts is None or force.model in (Model.OTHER_SENDER, Model.UNDETERMINED)
    if which is AccountChoice.IN_FORCE or fixed:
        return force, force.row
    if force.row and account_of(force.row).managed is (which is AccountChoice.PROVIDERS):
        return force, force.row  # it sends already
    account = replace(force, model=Model.ACCOUNT)
    if which is AccountChoice.PROVIDERS:
        return account, next((row for row in _smtp(world) if account_of(row).managed), None)
    # One that was made and does not send yet is taken up, where nothing else sends.
    return account, None if force.row else left_over(world)


def left_over(world: Inventory) -> Record | None:
    """The account that this program made last and that does not send, if there is one."""
    left = [
        row for row in _smtp(world) if is_ours(row.get("name", "")) and not account_of(row).active
    ]
    return max(left, key=lambda row: row.get("sys_updated_on", ""), default=None)


def _smtp(world: Inventory) -> Iterator[Record]:
    return (row for row in world.accounts or () if row.get("type") == "smtp")
