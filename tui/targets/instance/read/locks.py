"""What of an instance cannot be changed, and why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tui.settings.catalog import Entry
from tui.settings.delivery.account import AccountChoice, AnyChoice, ChoiceHints
from tui.settings.delivery.oauth import OAuthSignIn
from tui.settings.delivery.status import Model
from tui.settings.target_facts import ALWAYS_IN_EFFECT
from tui.targets.instance.api.client import Record
from tui.targets.instance.read.current_sender import (
    CurrentSender,
    account_from,
    accounts_from,
    choices_from,
    find_leftover,
    uses_oauth,
)
from tui.targets.instance.read.inventory import Inventory
from tui.targets.instance.read.mapping import ACCOUNT_COLUMNS, ALWAYS_PRESENT

_MANAGED = (
    "ServiceNow-configured account: leave it as it is, or choose your own SMTP account ({own})."
)
_PROVIDERS = "ServiceNow-configured account: it can only be activated."
_NO_PROVIDERS = (
    "No ServiceNow-configured account is visible. ServiceNow's catalog item Reprovision Email "
    "creates one (KB0540748)."
)
_INCOMING = (
    "Email accounts read mail here, not these settings: change those accounts on the instance."
)
_OTHER = (
    "{why} This doesn't affect delivery here. After a clone, a migration can turn it into an "
    "account."
)
_OAUTH = (
    "This account signs in {by}, which glidemail never changes. Leave it as it is, or switch to "
    "your own SMTP account ({own})."
)
_CHOICES = "Can't read what an account stores for it (sys_choice): change it on the instance."
_DUPLICATES = "Several records are called {name}: remove all but one on the instance first."
_SAME_NAME = "Several accounts are called {name}: rename all but one on the instance first."
_LEFT = (
    "No SMTP account is active. {name} was created to send: activate it ({own}), or choose "
    "another one."
)
_TYPE = (
    "Its record has the type {type}, which can't hold a secret. Change it to password2 on the "
    "instance, and type the password there."
)
_NO_FROM = (
    "Only email accounts have a From. With the properties of KB0521756, the user email is the "
    "sender."
)
_FROM_HIDDEN = (
    "The account's From was not returned, so it is hidden from this user. It stays as it is, "
    "even if the user name changes."
)
_HIDDEN = (
    "{name} was not returned. Every instance has it, so it is hidden from this user. Sign in as "
    "a user who can read it."
)
_NOT_PRIVATE = (
    "Its record isn't private, so an update set could carry the password: make it private on the "
    "instance first."
)


@dataclass(frozen=True, slots=True)
class Locks:
    """What cannot be changed, and why.

    Attributes:
        inventory: what was read.
        choice: the account that was asked for.
        chosen: what sends, or would with that account.
        account: the record of the account that is edited, or None.
        hints: what to call to choose another account.
        oauth: how the account signs in by OAuth, or None.
    """

    inventory: Inventory
    choice: AnyChoice
    chosen: CurrentSender
    account: Record | None
    hints: ChoiceHints
    oauth: OAuthSignIn | None

    def find(self, entries: Mapping[str, Entry]) -> Iterator[tuple[str, str]]:
        """Yield each property that is locked, with a reason; of several reasons the last counts."""
        bound = [name for name in entries if name not in ALWAYS_IN_EFFECT]
        present = self.inventory.properties.keys()
        for name, entry in entries.items():
            duplicates = sorted(self.inventory.duplicates.intersection(entry.declared.instance))
            in_account = self.chosen.model is Model.ACCOUNT and name in ACCOUNT_COLUMNS
            if duplicates and not in_account:
                yield name, _DUPLICATES.format(name=duplicates[0])
            hidden = ALWAYS_PRESENT.intersection(entry.declared.instance) - present
            if hidden and not in_account:
                yield name, _HIDDEN.format(name=min(hidden))
        match self.chosen.model:
            case Model.OTHER_SENDER:
                yield from ((name, _OTHER.format(why=self.chosen.why)) for name in bound)
            case Model.UNDETERMINED:
                yield from ((name, self.chosen.why) for name in bound)
            case Model.ACCOUNT:
                yield from ((name, _INCOMING) for name in bound if name not in ACCOUNT_COLUMNS)
                if self.account is not None and "from" not in self.account:
                    yield "from", _FROM_HIDDEN
                if not choices_from(self.inventory).writes_security:
                    yield "security", _CHOICES
                if why := self._account_lock():
                    yield from ((name, why) for name in ACCOUNT_COLUMNS)
            case Model.NO_ACTIVE_ACCOUNT:
                for name, entry in entries.items():
                    if entry.is_secret and (why := _secret_lock(entry, self.inventory)):
                        yield name, why
                yield "from", _NO_FROM
                if any(each.reads_mail for each in accounts_from(self.inventory)):
                    yield from ((n, _INCOMING) for n in bound if n.startswith("pop3_"))
                if left := find_leftover(self.inventory):
                    why = _LEFT.format(name=left.get("name", ""), own=self.hints.own)
                    yield from ((name, why) for name in bound)

    def _account_lock(self) -> str:
        """Return why nothing in the account can be changed, or ""."""
        account, sender = self.account, self.chosen.record
        is_managed = account is not None and account_from(account).managed
        if is_managed and account is sender:
            return _MANAGED.format(own=self.hints.own)
        if account is None and self.choice is AccountChoice.PROVIDERS:
            return _NO_PROVIDERS
        names = [each.get("name", "") for each in self.inventory.accounts or ()]
        for record in (account, sender):
            if record and names.count(record.get("name", "")) > 1:
                return _SAME_NAME.format(name=record.get("name", ""))
        if is_managed:
            return _PROVIDERS
        if account and uses_oauth(account, self.inventory):
            profile = self.oauth.profile if self.oauth else None
            by = f"by OAuth (profile {profile})" if profile else "by OAuth"
            return _OAUTH.format(by=by, own=self.hints.own)
        return ""


def _secret_lock(entry: Entry, inventory: Inventory) -> str:
    """Return why a password in a property cannot be written, or ""."""
    record = inventory.properties.get(entry.instance_name)
    if record is None:
        return _HIDDEN.format(name=entry.instance_name)
    if record.get("type") != "password2":
        return _TYPE.format(type=record.get("type") or "that wasn't returned")
    return "" if record.get("is_private") == "true" else _NOT_PRIVATE
