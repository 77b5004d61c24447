"""What rules must know about the place that settings are for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tui.credentials.secret import SecretShape
from tui.settings.delivery.account import Account, AccountChoice
from tui.settings.draft import Parsed
from tui.settings.snapshot import PropertyRow
from tui.settings.values import Environment


class Model(StrEnum):
    """What decides delivery on an instance."""

    ACCOUNT = "email account"
    OTHER_SENDER = "another sender"
    NO_ACTIVE_ACCOUNT = "no active account"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class Queue:
    """Mail that waits on an instance.

    Attributes:
        waiting: how many; None where that cannot be read, which counts as not empty.
        oldest: when the oldest of them was made, in UTC as the instance writes it, or "".
        fresh: those young enough to be sent once sending is possible; None as above.
        hours: how old one may be to be sent (`glide.email.smtp.claim.lookback.hrs`).
    """

    waiting: int | None = None
    oldest: str = ""
    fresh: int | None = None
    hours: int = 24

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits that could still go out, for certain."""
        return self.fresh == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetFacts:
    """Where settings are read from and saved to.

    Attributes:
        model: the model in force; None for a local file, which sends nothing.
        environment: as the profile says; None where it does not, which counts as production.
        managed: the account that sends is the provider's.
        choice: the account that the settings are those of.
        accounts: all accounts that are visible.
        queue: the mail that waits there; None for a local file.
        receiving: whether the instance reads mail; None where that is not known.
        sent_from: the sender's address, where it stands in a field of its own.
        on_loopback: the instance itself runs on loopback.
        secret_limit: characters the column of a password holds; 40 unless the instance's
            dictionary says otherwise.
    """

    model: Model | None = None
    environment: Environment | None = None
    managed: bool = False
    choice: AccountChoice = AccountChoice.IN_FORCE
    accounts: tuple[Account, ...] = ()
    queue: Queue | None = None
    receiving: bool | None = None
    sent_from: str = ""
    on_loopback: bool = False
    secret_limit: int = 40

    @property
    def is_file(self) -> bool:
        """Whether it is a local file."""
        return self.model is None

    @property
    def derives(self) -> bool:
        """Whether the incoming settings follow from the outgoing ones.

        Under email accounts those that read mail are records of their own.
        """
        return self.model in (None, Model.NO_ACTIVE_ACCOUNT)

    @property
    def sender(self) -> str:
        """The name of the account that sends now, or "" where none does."""
        return next((a.name for a in self.accounts if a.active and a.type == "smtp"), "")

    @property
    def separate_from(self) -> bool:
        """Whether the sender's address stands in a field of its own."""
        return bool(self.sent_from)

    @property
    def awaits_own(self) -> bool:
        """Whether the settings are those of an account of our own that does not send yet."""
        own = self.model is Model.ACCOUNT and self.choice is AccountChoice.OWN
        return own and (self.managed or not self.sender)

    @property
    def is_production(self) -> bool:
        """Whether it counts as production."""
        return self.environment is not Environment.NON_PRODUCTION


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may look at beside the values in effect.

    Attributes:
        facts: what the settings are for.
        before: the values in effect as they were loaded.
        after: the values in effect with the draft in them.
        changed: the properties the draft changes.
        typed: what may be known of each secret that was typed.
        locked: the properties that cannot be changed here, each with the reason.
        rows: the rows of an instance in which each property stands.
    """

    facts: TargetFacts
    before: Parsed
    after: Parsed
    changed: frozenset[str] = frozenset()
    typed: Mapping[str, SecretShape] = field(default_factory=dict)
    locked: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, tuple[PropertyRow, ...]] = field(default_factory=dict)
