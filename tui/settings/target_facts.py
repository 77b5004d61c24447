"""What rules know about a target and its settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tui.credentials.secret import SecretShape
from tui.settings.catalog import Entry
from tui.settings.delivery.account import (
    NO_HINTS,
    Account,
    AccountChoice,
    AnyChoice,
    ChoiceHints,
    NamedAccount,
)
from tui.settings.delivery.account_switch import AccountSwitch
from tui.settings.delivery.evidence import Judgement
from tui.settings.delivery.status import Model, Queue
from tui.settings.draft import ParsedDraft
from tui.settings.snapshot import PropertyRow
from tui.settings.values import Environment

DEFAULT_SECRET_LIMIT = 40
"""Characters that an account's password column holds by default (t_ConfigureAnEmailAccount)."""

ALWAYS_IN_EFFECT = frozenset({"sending_enabled", "test_recipients", "receiving"})
"""What counts whatever sends (r_OutboundMailConfiguration, r_InboundMailConfiguration)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetFacts:
    """The facts about a target that rules depend on.

    Attributes:
        model: the model in force; None for a local file, which sends nothing.
        environment: the profile's; None if it has none, which counts as production.
        says_production: the instance's own `glide.installation.production`; None if it was not
            returned.
        managed: whether the account that sends is ServiceNow-configured.
        choice: the account whose settings are worked on.
        accounts: the visible accounts.
        queue: the emails in its queue; None for a local file.
        delivery: whether mail goes out; None for a local file, and before an instance is read.
        receiving: whether the instance reads mail, as it was read; None if that isn't known.
        sent_from: the account's From as it was read, if it isn't the user name; else "".
        uses_oauth: whether the account signs in by OAuth, which needs no password.
        name: the `instance_name`, or "".
        url: the instance's address, or "".
        on_loopback: whether the instance runs on loopback.
        secret_limit: characters that the column of a password holds; None if that was not read.
        copied_columns: the labels of further columns that a replacement of the account that
            sends takes over.
        lost_columns: those that it cannot take over, as they cannot be read or written.
        hints: how a person chooses or switches an account.
    """

    model: Model | None = None
    environment: Environment | None = None
    says_production: bool | None = None
    managed: bool = False
    choice: AnyChoice = AccountChoice.IN_FORCE
    accounts: tuple[Account, ...] = ()
    queue: Queue | None = None
    delivery: Judgement | None = None
    receiving: bool | None = None
    sent_from: str = ""
    uses_oauth: bool = False
    name: str = ""
    url: str = ""
    on_loopback: bool = False
    secret_limit: int | None = None
    copied_columns: tuple[str, ...] = ()
    lost_columns: tuple[str, ...] = ()
    hints: ChoiceHints = NO_HINTS

    @property
    def is_file(self) -> bool:
        return self.model is None

    @property
    def derives_incoming(self) -> bool:
        """Whether the incoming settings follow from the outgoing ones.

        Where email accounts decide, and where any account reads mail, the POP3 and IMAP accounts
        are records of their own.
        """
        return self.model in (None, Model.NO_ACTIVE_ACCOUNT) and not self.readers

    @property
    def readers(self) -> tuple[Account, ...]:
        """The visible accounts that read mail, active or not."""
        return tuple(each for each in self.accounts if each.reads_mail)

    def has_effect(self, entry: Entry) -> bool:
        """Return whether a property has an effect here, or may have one.

        False too where what sends is not known: what is not known to count is not judged.
        """
        if self.is_file or entry.name in ALWAYS_IN_EFFECT:
            return True
        if entry.name.startswith("pop3_"):
            return self.derives_incoming
        if self.model is Model.ACCOUNT:
            is_login = entry.name in ("authenticate", "password")
            return bool(entry.declared.account) and not (is_login and self.uses_oauth)
        return self.model is Model.NO_ACTIVE_ACCOUNT and bool(entry.declared.instance)

    @property
    def has_from(self) -> bool:
        """Whether a From can be set: an email account has one, the properties of KB0521756 don't.

        A file describes an account.
        """
        return self.model in (None, Model.ACCOUNT)

    @property
    def sender(self) -> str:
        """The name of the account that sends now, or "" where none does."""
        return next((a.name for a in self.accounts if a.active and a.type == "smtp"), "")

    @property
    def sender_uses_oauth(self) -> bool:
        """Whether the account that sends now signs in by OAuth."""
        return any(a.active and a.type == "smtp" and a.uses_oauth for a in self.accounts)

    @property
    def chosen(self) -> Account | None:
        """The SMTP account that was chosen by its name, if that is one account's only."""
        if not isinstance(self.choice, NamedAccount):
            return None
        named = [each for each in self.accounts if each.name == self.choice.name]
        return named[0] if len(named) == 1 and named[0].type == "smtp" else None

    @property
    def awaits_own(self) -> bool:
        """Whether the settings are those of the user's own account, which doesn't send yet."""
        if isinstance(self.choice, NamedAccount):
            chosen = self.chosen
            return chosen is not None and not (chosen.managed or chosen.active)
        own = self.model is Model.ACCOUNT and self.choice is AccountChoice.OWN
        return own and (self.managed or self.sender_uses_oauth or not self.sender)

    @property
    def awaits_servicenows(self) -> bool:
        """Whether the settings are those of ServiceNow's account, which is to send again."""
        if isinstance(self.choice, NamedAccount):
            return self.chosen is not None and self.chosen.managed
        return self.choice is AccountChoice.PROVIDERS

    @property
    def settings_are_servicenows(self) -> bool | None:
        """Whether the settings are a ServiceNow-configured account's; None for a local file."""
        if self.is_file:
            return None
        if self.choice is AccountChoice.IN_FORCE:
            return self.managed
        return self.awaits_servicenows

    @property
    def is_production(self) -> bool:
        """Whether it counts as production: if either the profile or the instance says so."""
        return self.environment is not Environment.NON_PRODUCTION or self.says_production is True

    @property
    def counted_environment(self) -> Environment | None:
        """The stricter of what the profile and the instance say; None if neither says it."""
        return Environment.PRODUCTION if self.says_production else self.environment

    @property
    def contradicts_profile(self) -> bool:
        """Whether the instance says something else than the profile."""
        if self.says_production is None or self.environment is None:
            return False
        return self.says_production is (self.environment is Environment.NON_PRODUCTION)


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may look at besides the values in effect.

    Attributes:
        before: the values as they were loaded.
        after: the values with the draft's changes.
        typed: what may be known of each typed secret.
        locked, rows: as in `Snapshot`.
        switches: the accounts that a save activates and deactivates.
    """

    facts: TargetFacts
    before: ParsedDraft
    after: ParsedDraft
    changed: frozenset[str] = frozenset()
    typed: Mapping[str, SecretShape] = field(default_factory=dict)
    locked: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, tuple[PropertyRow, ...]] = field(default_factory=dict)
    switches: tuple[AccountSwitch, ...] = ()

    @property
    def receiving(self) -> bool | None:
        """Whether the instance reads mail after a save; None if that isn't known."""
        is_draft = self.facts.is_file or "receiving" in self.changed
        return self.after.settings.receiving if is_draft else self.facts.receiving
