"""Why a text isn't a value of its property."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A well-formed text in place of a malformed one.

    Attributes:
        label: what using it does, starting in lower case.
        value: the well-formed text.
        port: the text for the host's port, if one was found.
    """

    label: str
    value: str
    port: str | None = None


class ParseError(Exception):
    """A text that can't be read as a value of its kind, with the code of the finding."""

    def __init__(self, code: str, message: str, suggestion: Suggestion | None = None) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.suggestion = suggestion
