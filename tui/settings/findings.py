"""Findings, and the parse errors that become findings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """The severity of a finding; an error in what a draft changes blocks saving it."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def mark(self) -> str:
        """The severity as one character, so that colour is never the only sign."""
        return {"error": "x", "warning": "!", "note": "-"}[self.value]


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that resolves a finding.

    It never turns sending on, clears the test address or weakens encryption.

    Attributes:
        label: what it does: "Use mail.corp.example and port 587".
        set: the new text of each property that it changes.
    """

    label: str
    set: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a rule says.

    Attributes:
        property: the property that shows it.
        code: stable and dotted, for programs.
        message: what is wrong and, if no fix says so, what to do.
        about: the properties it depends on; changing any of them makes it count.
    """

    property: str
    severity: Severity
    code: str
    message: str
    fix: Fix | None = None
    about: frozenset[str] = field(default=frozenset())


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A well-formed text in place of a malformed one.

    Attributes:
        label: what using it does, such as "Use mail.corp.example".
        value: the well-formed text.
        port: the host's port, if one was found.
        scheme: the scheme of the URL that the host was found in, or "".
    """

    label: str
    value: str
    port: int | None = None
    scheme: str = ""


class ParseError(Exception):
    """A text that can't be read as a value of its kind, with the code of the finding."""

    def __init__(self, code: str, message: str, suggestion: Suggestion | None = None) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.suggestion = suggestion
