"""Conversion between texts and values, by the kind of property; nothing asks a network."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from tui.settings.catalog import Entry, Kind
from tui.settings.findings import ParseError, Suggestion
from tui.settings.parse.address import find_address_problem
from tui.settings.parse.host import parse_host
from tui.settings.values import SecretState, Security, Value

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_YES = frozenset({"true", "yes", "on", "1"})
_NO = frozenset({"false", "no", "off", "0"})
_NAMED = re.compile(r"[^<>]*<\s*(?P<address>[^<>\s]+)\s*>\s*")


def parse_value(entry: Entry, text: str) -> Value:
    """Return the value of a text; `""` is blank for every kind.

    Raises:
        ParseError: the text isn't a value of that kind.
    """
    # A secret may stand in the wrong property, so its text is not cached.
    result = (_try_parse if entry.is_secret else _try_parse_cached)(entry.declared.kind, text)
    if isinstance(result, ParseError):
        raise ParseError(result.code, result.message, result.suggestion)
    return result


def _try_parse(kind: Kind, text: str) -> Value | ParseError:
    if _CONTROL.search(text):
        words = "It contains control characters, line breaks or broken characters."
        return ParseError("text.control", words, _without_controls(kind, text))
    try:
        return _PARSERS[kind](text) if text else ""
    except ParseError as error:
        return error


# Each keystroke parses the same texts many times.
_try_parse_cached = lru_cache(maxsize=256)(_try_parse)


def _without_controls(kind: Kind, text: str) -> Suggestion | None:
    """Suggest the rest of the text, but never a switch or a security: that could weaken it."""
    rest = _CONTROL.sub("", text).strip()
    if not rest or kind not in (Kind.HOST, Kind.USER, Kind.TEXT, Kind.ADDRESSES):
        return None
    try:
        _PARSERS[kind](rest)
    except ParseError as error:
        return error.suggestion
    return Suggestion("Remove them", rest)


def format_value(value: Value) -> str:
    """Return the text that a value is edited as; `parse_value` reads it back."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ", ".join(value)
    return str(value)


def has_native_type(entry: Entry, value: object) -> bool:
    """Return whether a value from outside is blank or has the native type of its property."""
    if value == "":
        return True
    if isinstance(value, tuple) and not all(isinstance(part, str) and part for part in value):
        return False
    native_type, _ = _NATIVE_TYPES.get(entry.declared.kind, (str, ""))
    return isinstance(value, native_type) and isinstance(value, bool) == (native_type is bool)


def native_type_name(entry: Entry) -> str:
    """Return the native type of a property in words."""
    return _NATIVE_TYPES.get(entry.declared.kind, (str, "text in quotes"))[1]


def _parse_port(text: str) -> int:
    if text != text.strip():
        raise ParseError(
            "port.blanks", "There are blanks around it.", Suggestion("Remove them", text.strip())
        )
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise ParseError("port.number", "Enter a whole number from 1 to 65535.")
    if not 1 <= int(text) <= 65535:
        raise ParseError("port.range", "Enter a port from 1 to 65535.")
    return int(text)


def _parse_security(text: str) -> Security:
    try:
        return Security(text)
    except ValueError:
        raise ParseError(
            "security.word",
            "Enter none, starttls (plain first, then TLS) or ssl_tls (TLS from the start).",
        ) from None


def _parse_switch(text: str) -> bool:
    word = text.strip().casefold()
    if word not in _YES | _NO:
        raise ParseError("switch.word", "Enter true or false (yes, no, on and off work too).")
    return word in _YES


def _parse_user(text: str) -> str:
    """Return the user name of a mail server: an address, or a word such as `apikey`."""
    if text != text.strip():
        raise ParseError(
            "address.blanks", "There are blanks around it.", Suggestion("Remove them", text.strip())
        )
    if match := _NAMED.fullmatch(text):
        raise ParseError(
            "address.named",
            "Enter the address only; the display name is a separate setting.",
            Suggestion(f"Use {match['address']}", match["address"]),
        )
    if re.search(r"[,;]", text) and text.count("@") > 1 and find_address_problem(text):
        raise ParseError("address.several", "Enter one address only.")
    return text


def _parse_addresses(text: str) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in re.split("[;,]", text))
    tidy = ", ".join(part for part in parts if part)
    if len(parts) > 1 and any(_opens_quotation(part) for part in parts):
        words = "Remove the comma or semicolon in quotation marks: it would end the address."
        raise ParseError("addresses.quoted", words)
    if ";" in text:
        words = "Separate the addresses with commas, not semicolons."
        suggestion = Suggestion("Use commas", tidy) if tidy else None
        raise ParseError("addresses.separator", words, suggestion)
    if "" in parts:
        words = "There is a comma without an address next to it."
        suggestion = Suggestion("Remove it", tidy) if tidy else None
        raise ParseError("addresses.empty", words, suggestion)
    for position, part in enumerate(parts, start=1):
        if problem := find_address_problem(part):
            position_words = f"Address {position} of {len(parts)}: " if len(parts) > 1 else ""
            raise ParseError("addresses.syntax", f"{position_words}{problem}")
    return parts


def _opens_quotation(part: str) -> bool:
    return re.sub(r"\\.", "", part).count('"') % 2 == 1


def _parse_secret_state(text: str) -> SecretState:
    if text not in (SecretState.KEPT, SecretState.NOT_KEPT):
        raise ParseError(
            "secret.in-text",
            f'Only "{SecretState.KEPT}" or "{SecretState.NOT_KEPT}" can be here, never the '
            "password itself. If a password was here, change it: others may have read it.",
        )
    return SecretState(text)


_PARSERS: Mapping[Kind, Callable[[str], Value]] = {
    Kind.HOST: parse_host,
    Kind.PORT: _parse_port,
    Kind.SECURITY: _parse_security,
    Kind.SWITCH: _parse_switch,
    Kind.TEXT: str,
    Kind.USER: _parse_user,
    Kind.ADDRESSES: _parse_addresses,
    Kind.SECRET: _parse_secret_state,
}

_NATIVE_TYPES: Mapping[Kind, tuple[type, str]] = {
    Kind.PORT: (int, "a whole number"),
    Kind.SWITCH: (bool, "true or false"),
    Kind.ADDRESSES: (tuple, "a list of texts"),
}
