"""Why a text is no value of its property."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What can be made of a malformed text.

    Attributes:
        label: what using it does, in words that begin small.
        value: the well-formed text.
        port: what belongs in the host's port instead, if anything.
    """

    label: str
    value: str
    port: str | None = None


class ParseError(Exception):
    """The text cannot be read as a value of its kind.

    Attributes:
        code: stable and dotted, as a finding's.
        message: the reason, in words.
        salvage: what can be made of it, if anything.
    """

    def __init__(self, code: str, message: str, salvage: Suggestion | None = None) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.salvage = salvage
