"""Secrets, which only `reveal()` gives away."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn, final

from tui.credentials.oddities import Oddity, find_oddities

NOT_TEXT = "What was typed is not text in the terminal's encoding."


@dataclass(frozen=True, slots=True)
class SecretShape:
    """What rules may know about a secret.

    Attributes:
        length: in characters; never shown.
        controls: it has a control character (C0, DEL, C1) or U+2028, U+2029.
    """

    length: int
    controls: bool
    oddities: tuple[Oddity, ...] = ()


@final
class Secret:
    """A password or token, kept out of logs, tracebacks, files and copies.

    Its repr is `Secret(...)`. Formatting, copying, pickling and any pydantic schema raise
    TypeError. Two are never equal: comparing values would confirm guesses, and put the value
    into hashes.
    """

    __slots__ = ("_open",)

    def __init__(self, value: str) -> None:
        # A closure, so that the slot contains no text.
        self._open: Callable[[], str] = lambda: value

    def reveal(self) -> str:
        """Return the secret itself; the only way to get it."""
        return self._open()

    @property
    def shape(self) -> SecretShape:
        """What may be known of the secret."""
        value = self._open()
        categories = {unicodedata.category(character) for character in value}
        return SecretShape(
            length=len(value),
            controls=not categories.isdisjoint({"Cc", "Zl", "Zp"}),
            oddities=find_oddities(value),
        )

    def _words(self) -> str:
        return "Secret(...)"

    def _refuse(self, *_: object) -> NoReturn:
        raise TypeError("a Secret is not formatted, copied or stored; only reveal() opens it")

    __repr__ = _words
    __format__ = __reduce__ = __reduce_ex__ = __getstate__ = _refuse

    @classmethod
    def __get_pydantic_core_schema__(cls, *_: object) -> NoReturn:
        raise TypeError("a Secret has no schema: nothing that is read or written may hold one")
