"""What rules must know about the place that settings are for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tui.credentials.secret import SecretShape
from tui.settings.draft import Parsed
from tui.settings.values import Environment


class Model(StrEnum):
    """What decides delivery on an instance."""

    ACCOUNT = "email account"
    OTHER_SENDER = "another sender"
    NO_ACTIVE_ACCOUNT = "no active account"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where settings are read from and saved to.

    Attributes:
        model: the model in force; None for a local file, which sends nothing.
        environment: as the profile says; None where it does not, which counts as production.
        separate_from: the sender's address stands in a field of its own.
        on_loopback: the instance itself runs on loopback.
        secret_limit: characters the column of a password holds; 40 unless the instance's
            dictionary says otherwise.
    """

    model: Model | None = None
    environment: Environment | None = None
    separate_from: bool = False
    on_loopback: bool = False
    secret_limit: int = 40

    @property
    def is_file(self) -> bool:
        """Whether it is a local file."""
        return self.model is None

    @property
    def is_production(self) -> bool:
        """Whether it counts as production."""
        return self.environment is not Environment.NON_PRODUCTION


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may look at beside the values in effect.

    Attributes:
        place: what the settings are for.
        before: the values in effect as they were loaded.
        after: the values in effect with the draft in them.
        changed: the properties the draft changes.
        typed: what may be known of each secret that was typed.
    """

    place: Place
    before: Parsed
    after: Parsed
    changed: frozenset[str] = frozenset()
    typed: Mapping[str, SecretShape] = field(default_factory=dict)
