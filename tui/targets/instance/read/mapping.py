"""Settings as an instance stores them: property records, and columns of an email account.

Sources: the article; the platform's own migration of properties to an account; the form of
an account (t_ConfigureAnEmailAccount).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tui.errors import Problem
from tui.settings.catalog import Entry, Kind, catalog
from tui.settings.draft import is_same_value
from tui.settings.findings import ParseError
from tui.settings.parse.value import format_value, parse_value
from tui.settings.values import SecretState, Security, Value

ACCOUNT_COLUMNS = {
    name: entry.declared.account[0] for name, entry in catalog().items() if entry.declared.account
}
"""The column of an account that holds each property."""

ALWAYS_PRESENT = frozenset(
    {
        *("glide.email.server", "glide.email.user", "glide.email.username"),
        *("glide.email.user_password", "glide.email.smtp.active", "glide.email.test.user"),
        *("glide.pop3.server", "glide.pop3.user", "glide.pop3.password"),
        "glide.email.read.active",
    }
)
"""Properties that every instance has: one that isn't returned is hidden, and not to be created.

Sources: KB0521756; r_OutboundMailConfiguration; scripts that blank them on a fresh instance.
"""

_LABELS = {
    "none": Security.NONE,
    "starttls": Security.STARTTLS,
    "ssl/tls": Security.SSL_TLS,
    "ssl": Security.SSL_TLS,
    "tls/ssl": Security.SSL_TLS,
}
_NO_WORDS = "The meaning of this stored value can't be read there."
_TYPES = {Kind.PORT: "integer", Kind.SWITCH: "boolean"}


def property_value(entry: Entry, texts: Mapping[str, str]) -> tuple[Value, str]:
    """Return the value of a property and the name of the record that holds it.

    A text that is not a value of the property is returned as it is, for rules to say why.

    Args:
        texts: the value of each record that was returned, by name.
    """
    found: list[tuple[Value, str]] = []
    for name, words in entry.declared.instance.items():
        if text := texts.get(name, ""):
            found.append((_parse_or_keep(entry, words.get(text.strip().casefold(), text)), name))
            if "false" not in words:
                break  # flags count only if this is blank
    # Of several flags the strongest counts: `glide.smtp.ssl` on, `glide.smtp.tls` off.
    strong = [each for each in found if each[0] is not Security.NONE]
    return (strong or found or [("", next(iter(entry.declared.instance), ""))])[0]


def _parse_or_keep(entry: Entry, text: str) -> Value:
    try:
        return parse_value(entry, text)
    except ParseError:
        return text


def property_writes(entry: Entry, value: Value, texts: Mapping[str, str]) -> dict[str, str]:
    """Return the text to write to each record, of those that hold something else now.

    Args:
        value: the value to write; `""` clears.
        texts: as for `property_value`.
    """
    if is_same_value(property_value(entry, texts)[0], value):
        return {}
    first, *_ = entry.declared.instance
    writes = {first: _property_text(entry, value, entry.declared.instance[first])}
    if not writes[first] or entry.declared.instance[first].get("false"):
        # The names after the first count if that is blank.
        for name, words in entry.declared.instance.items():
            writes[name] = _property_text(entry, value, words)
    return {
        name: text
        for name, text in writes.items()
        if not _holds(entry.declared.instance[name], texts.get(name, ""), text)
    }


def _holds(words: Mapping[str, str], now: str, text: str) -> bool:
    """Return whether a record holds a text already; a missing flag is off."""
    is_off = "false" in words and {now, text} <= {"", "false"}
    return now == text or is_off


def values_to_write(entry: Entry, name: str, texts: Mapping[str, str]) -> frozenset[str] | None:
    """Return the values, as texts, for which a record is written; None for all of them."""
    if len(entry.declared.instance) < 2:
        return None
    values = ("", *Security)
    return frozenset(str(each) for each in values if name in property_writes(entry, each, texts))


def _property_text(entry: Entry, value: Value, words: Mapping[str, str]) -> str:
    if not words or value == "":
        return ",".join(value) if isinstance(value, tuple) else format_value(value)
    word = next((word for word, ours in words.items() if ours == value), "")
    if word in ("true", "false"):
        return word
    return word.upper() if word else ("false" if "false" in words else "")


def property_type(entry: Entry) -> str:
    """Return the type of a record that is created for a property."""
    return _TYPES.get(entry.declared.kind, "string")


@dataclass(frozen=True, slots=True)
class Choices:
    """What an account's choice columns store, according to `sys_choice`.

    Attributes:
        security: the stored value of each; empty if they cannot be read.
        password: the stored value for password authentication.
        nothing: the stored value for no authentication.
        oauth: the stored values for OAuth.
        legacy: whether accounts have `enable_tls` and `enable_ssl` in place of one column.
    """

    security: Mapping[Security, str] = field(default_factory=dict)
    password: str = "password"  # noqa: S105
    nothing: str = "NULL"
    oauth: frozenset[str] = frozenset()
    legacy: bool = False

    @property
    def writes_security(self) -> bool:
        """Whether each security can be written."""
        return self.legacy or self.security.keys() == set(Security)

    def is_oauth(self, stored: str) -> bool:
        """Return whether a stored value stands for OAuth, even if no label can be read."""
        return stored in self.oauth or "oauth" in stored.casefold()


def parse_choices(labels: Mapping[str, Mapping[str, str]], *, legacy: bool) -> Choices:
    """Return what is stored for each choice, from the label of each stored value, by column."""
    authentication = _normalize(labels.get("authentication", {}))
    securities = _normalize(labels.get("connection_security", {}))
    return Choices(
        {_LABELS[label]: stored for stored, label in securities if label in _LABELS},
        next((stored for stored, label in authentication if label == "password"), "password"),
        next((stored for stored, label in authentication if label == "none"), "NULL"),
        frozenset(stored for stored, label in authentication if "oauth" in label),
        legacy,
    )


def _normalize(labels: Mapping[str, str]) -> list[tuple[str, str]]:
    return [
        (stored, label.strip().strip("-").strip().casefold()) for stored, label in labels.items()
    ]


def account_value(entry: Entry, record: Mapping[str, str], choices: Choices) -> Value:
    """Return the value of a property in an account; a text that is not one as it is.

    Raises:
        ParseError: what the stored value means cannot be read.
    """
    text = record.get(ACCOUNT_COLUMNS[entry.name], "")
    if other := entry.declared.same_as:
        is_same = text.casefold() == record.get(ACCOUNT_COLUMNS[other], "").casefold()
        return "" if is_same else _parse_or_keep(entry, text)
    if entry.is_secret:
        return SecretState.UNKNOWN
    if entry.name == "authenticate":
        return _parse_authentication(text, choices)
    if entry.name == "security":
        return _parse_security(text, record, choices)
    return _parse_or_keep(entry, text)


def _parse_authentication(text: str, choices: Choices) -> bool:
    if text == choices.password or choices.is_oauth(text):
        return True
    if text in ("", "NULL", choices.nothing):
        return False
    raise ParseError("authenticate.stored", _NO_WORDS)


def _parse_security(text: str, record: Mapping[str, str], choices: Choices) -> Value:
    if choices.legacy:
        if record.get("enable_ssl") == "true":
            return Security.SSL_TLS
        return Security.STARTTLS if record.get("enable_tls") == "true" else Security.NONE
    if not text:
        return ""
    for security, stored in choices.security.items():
        if stored == text:
            return security
    raise ParseError("security.stored", _NO_WORDS)


def account_columns(values: Mapping[str, Value], choices: Choices) -> dict[str, str]:
    """Return the columns to write for properties of an account, secrets left out.

    Raises:
        Problem: the stored value of a connection security cannot be read.
    """
    columns: dict[str, str] = {}
    for name, value in values.items():
        if isinstance(value, SecretState):
            continue
        if name == "authenticate":
            columns["authentication"] = choices.password if value is True else choices.nothing
        elif name == "security":
            columns |= _security_columns(value, choices)
        else:
            columns[ACCOUNT_COLUMNS[name]] = format_value(value)
    return columns


def _security_columns(value: Value, choices: Choices) -> dict[str, str]:
    if choices.legacy:
        return {
            "enable_tls": format_value(value == Security.STARTTLS),
            "enable_ssl": format_value(value == Security.SSL_TLS),
        }
    security = Security(str(value)) if value else Security.NONE
    if security not in choices.security:
        raise Problem(
            "security.stored",
            f"Can't read what an email account stores for {security.label} (sys_choice).",
            "Set its connection security on the instance.",
        )
    return {"connection_security": choices.security[security]}
