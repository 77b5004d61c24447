"""Macros of SPF (RFC 7208, section 7): their syntax, and what they expand to. Pure."""

import re
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from tui.settings.parse.host import IpAddress

_MOST_PARTS = 128
"""Section 7.1: a name has no more labels, so a larger count means all of them."""
_LONGEST_NAME = 253
_LONGEST_TEXT = 4096
_EVERYWHERE = "slodiphv"
_EXPLANATION_ONLY = "crt"
_MACRO = re.compile(
    r"%(?:(?P<literal>[%_-])|\{(?P<letter>[a-z])(?P<count>[0-9]*)(?P<reverse>r?)"
    r"(?P<delimiters>[-.+,/_=]*)\})",
    re.IGNORECASE | re.ASCII,
)
_LITERALS = {"%": "%", "_": " ", "-": "%20"}
ESCAPED = frozenset(_LITERALS.values())
"""The parts that stand for `%%`, `%_` and `%-`; no other literal part of a domain-spec is one."""
_UNRESERVED = string.ascii_letters + string.digits + "-._~"


class MacroError(ValueError):
    """A text is not a macro-string. The argument is the part at fault, as it was written."""


class UnknownMacroError(Exception):
    """A macro stands for something that is not known here. The argument is its letter."""


@dataclass(frozen=True, slots=True)
class Macro:
    """One macro of a macro-string.

    Attributes:
        letter: in small letters.
        count: how many parts from the right are kept; 0 keeps all.
        delimiters: what the value is split at.
        escapes: the letter was upper case, so the result is escaped as in a URL.
    """

    letter: str
    count: int
    reverses: bool
    delimiters: str
    escapes: bool


MacroString = tuple[str | Macro, ...]
"""A macro-string as it was parsed: literal text and macros in order."""


@dataclass(frozen=True, slots=True)
class MacroValues:
    """What the macros of one check stand for.

    Attributes:
        sender: the whole envelope sender, with `postmaster` if it had no local part.
        domain: the domain whose record is evaluated.
        address: of the client.
        helo: the name that the client gives; None if that isn't known.
        validated: the client's validated host name, or `unknown`; None if it wasn't asked for.
        receiver: the host that checks.
        seconds: since 1970, in UTC.
    """

    sender: str
    domain: str
    address: IpAddress
    helo: str | None = None
    validated: str | None = None
    receiver: str = "unknown"
    seconds: int = 0


def parse_macros(text: str, *, explains: bool = False) -> MacroString:
    """Return the parts of a macro-string.

    Args:
        explains: it is an explanation, which may hold blanks and the macros `c`, `r` and `t`.

    Raises:
        MacroError: it has a character or a macro that section 7.1 doesn't allow.
    """
    letters = _EVERYWHERE + (_EXPLANATION_ONLY if explains else "")
    parts: list[str | Macro] = []
    position = 0
    while position < len(text):
        if text[position] == "%":
            match = _MACRO.match(text, position)
            if match is None:
                raise MacroError(text[position:])
            parts.append(_macro(match, letters))
            position = match.end()
            continue
        end = text.find("%", position)
        end = len(text) if end < 0 else end
        literal = text[position:end]
        if not all("!" <= char <= "~" or (explains and char == " ") for char in literal):
            raise MacroError(literal)
        parts.append(literal)
        position = end
    return tuple(parts)


def expand(parts: MacroString, values: MacroValues) -> str:
    """Return what a macro-string expands to, cut if it is longer than any use of it.

    Raises:
        UnknownMacroError: one of its macros has no known value.
    """
    text: list[str] = []
    length = 0
    for part in parts:
        text.append(part if isinstance(part, str) else _expand_macro(part, values))
        length += len(text[-1])
        if length > _LONGEST_TEXT:
            break
    return "".join(text)[:_LONGEST_TEXT]


def expand_name(parts: MacroString, values: MacroValues) -> str:
    """Return the domain name that a domain-spec expands to, in small letters, without a last dot.

    A name that is too long loses labels on the left (section 7.3).

    Raises:
        UnknownMacroError: one of its macros has no known value.
    """
    name = expand(parts, values).lower().removesuffix(".")
    if len(name) > _LONGEST_NAME:
        cut = name.find(".", len(name) - _LONGEST_NAME - 1)
        name = name[cut + 1 :] if cut >= 0 else name
    return name


def needs(parts: MacroString, letter: str) -> bool:
    """Return whether a macro-string uses a macro."""
    return any(isinstance(part, Macro) and part.letter == letter for part in parts)


def dotted(address: IpAddress) -> str:
    """Return an address as the macro `i` has it: four numbers, or 32 hexadecimal digits."""
    return (
        str(address)
        if address.version == 4
        else ".".join(address.exploded.replace(":", "").upper())
    )


def _macro(match: re.Match[str], letters: str) -> str | Macro:
    if match["literal"]:
        return _LITERALS[match["literal"]]
    letter, digits = match["letter"].lower(), match["count"].lstrip("0")
    if letter not in letters or (match["count"] and not digits):
        raise MacroError(match[0])
    count = int(digits) if 0 < len(digits) <= 3 else (_MOST_PARTS if digits else 0)
    return Macro(
        letter, count, bool(match["reverse"]), match["delimiters"] or ".", match["letter"].isupper()
    )


_VALUES: Mapping[str, Callable[[MacroValues], str | None]] = {
    "s": lambda values: values.sender,
    "l": lambda values: values.sender.rpartition("@")[0],
    "o": lambda values: values.sender.rpartition("@")[2],
    "d": lambda values: values.domain,
    "i": lambda values: dotted(values.address),
    "p": lambda values: values.validated,
    "v": lambda values: "in-addr" if values.address.version == 4 else "ip6",
    "h": lambda values: values.helo,
    "c": lambda values: str(values.address),
    "r": lambda values: values.receiver,
    "t": lambda values: str(values.seconds),
}


def _expand_macro(macro: Macro, values: MacroValues) -> str:
    value = _VALUES[macro.letter](values)
    if value is None:
        raise UnknownMacroError(macro.letter)
    parts = re.split(f"[{re.escape(macro.delimiters)}]", value)
    if macro.reverses:
        parts.reverse()
    text = ".".join(parts[-macro.count :])
    return quote(text, safe=_UNRESERVED, errors="replace") if macro.escapes else text
