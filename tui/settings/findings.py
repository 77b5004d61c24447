"""What a rule says about settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding weighs; an error in what a draft changes refuses its saving."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def mark(self) -> str:
        """One character for it, so that a colour is never the only sign."""
        return {"error": "x", "warning": "!", "note": "-"}[self.value]


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that settles a finding.

    It never turns sending on, empties the test recipients or weakens encryption.

    Attributes:
        label: what it does, in words that begin small: "use mail.corp.example and port 587".
        set: the new text of each property it changes.
    """

    label: str
    set: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a rule says.

    Attributes:
        property: the property it is shown at.
        severity: how much it weighs.
        code: stable and dotted, for programs.
        message: what is the matter and, where a fix does not say it, what to do.
        fix: a change that settles it.
        about: every property that it depends on; a change of any of them makes it count.
    """

    property: str
    severity: Severity
    code: str
    message: str
    fix: Fix | None = None
    about: frozenset[str] = field(default=frozenset())
