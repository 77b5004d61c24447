"""What the flows come to, for the application that orders them."""

from enum import Enum, auto


class ConnectOutcome(Enum):
    """How a connection ended, and so what comes next."""

    NO = auto()
    """The person did not want to go on, or it failed."""
    IN_FORCE = auto()
    """The settings are those of what sends now."""
    READY_TO_SEND = auto()
    """The settings are those of an account that is there already: nothing more has to be typed."""
    TO_FILL_IN = auto()
    """The settings are those of an account that does not exist yet."""


class QuitChoice(Enum):
    """What a person wants who quits."""

    STAY = auto()
    SAVE = auto()
    GO = auto()


class RereadOutcome(Enum):
    """What a reading found."""

    FAILED = auto()
    UNCHANGED = auto()
    CHANGED = auto()
    """Something has changed there, or the reading was requested."""


class RestoreOutcome(Enum):
    """What became of a draft."""

    DISCARDED = auto()
    RESTORED = auto()
    CONFLICTS = auto()
    """It was restored, but some of its values have changed on the target."""


class SaveOutcome(Enum):
    """How a save ended, or what has to come before it."""

    SAVED = auto()
    """Nothing stays unsaved that was there when it began."""
    NOT_SAVED = auto()
    FAILED = auto()
    """What is there now has to be read again."""
    ACCOUNT_DROPPED = auto()
    """It was cancelled, and so ServiceNow's account is no longer chosen."""
    SIGN_IN_FIRST = auto()
    CONFLICTS_FIRST = auto()
