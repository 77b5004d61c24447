"""Settings as an instance stores them: rows of properties, columns of an email account.

Sources: the article; the platform's own migration of properties to an account; the form of
an account (t_ConfigureAnEmailAccount).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tui.errors import Problem
from tui.settings.catalog import Entry, catalog
from tui.settings.draft import is_same_value
from tui.settings.parse.error import ParseError
from tui.settings.parse.value import format_value, parse_value
from tui.settings.property import Kind
from tui.settings.values import SecretState, Security, Value

ACCOUNT_COLUMNS = {
    name: entry.declared.account[0] for name, entry in catalog().items() if entry.declared.account
}
"""The column of an account in which each property stands."""

_LABELS = {
    "none": Security.NONE,
    "starttls": Security.STARTTLS,
    "ssl/tls": Security.SSL_TLS,
    "ssl": Security.SSL_TLS,
    "tls/ssl": Security.SSL_TLS,
}
_NO_WORDS = "Nothing that can be read there says what this stored word means."
_TYPES = {Kind.PORT: "integer", Kind.SWITCH: "boolean"}


def property_value(entry: Entry, rows: Mapping[str, str]) -> tuple[Value, str]:
    """The value of a property and the name of the row it was found in.

    Args:
        entry: the property.
        rows: the value of each row that was returned, by name.

    Returns:
        A text that is no value of the property as it is, for rules to say why.
    """
    found: list[tuple[Value, str]] = []
    for name, words in entry.declared.instance.items():
        if text := rows.get(name, ""):
            found.append((_value(entry, words.get(text.strip().casefold(), text)), name))
            if "false" not in words:
                break  # flags are looked at only where this is blank
    # Of several flags the one that says most: `glide.smtp.ssl` on, `glide.smtp.tls` off.
    strong = [each for each in found if each[0] is not Security.NONE]
    return (strong or found or [("", next(iter(entry.declared.instance), ""))])[0]


def _value(entry: Entry, text: str) -> Value:
    try:
        return parse_value(entry, text)
    except ParseError:
        return text


def property_writes(entry: Entry, value: Value, rows: Mapping[str, str]) -> dict[str, str]:
    """The text to write to each row, only where it is another one than now.

    Args:
        entry: the property.
        value: what is wanted; `""` clears.
        rows: the value of each row that was returned, by name.
    """
    if is_same_value(property_value(entry, rows)[0], value):
        return {}
    first, *_ = entry.declared.instance
    wanted = {first: _property_text(entry, value, entry.declared.instance[first])}
    if not wanted[first] or entry.declared.instance[first].get("false"):
        # The names after the first one count where that is blank.
        for name, words in entry.declared.instance.items():
            wanted[name] = _property_text(entry, value, words)
    return {
        name: text
        for name, text in wanted.items()
        if not _says(entry.declared.instance[name], rows.get(name, ""), text)
    }


def _says(words: Mapping[str, str], now: str, wanted: str) -> bool:
    """Whether a row says that already; a flag that is missing is off as it is."""
    flag_off = "false" in words and {now, wanted} <= {"", "false"}
    return now == wanted or flag_off


def rows_taken(entry: Entry, name: str, rows: Mapping[str, str]) -> frozenset[str] | None:
    """The values, as texts, for which a row is written; None where that is all of them."""
    if len(entry.declared.instance) < 2:
        return None
    values = ("", *Security)
    return frozenset(str(each) for each in values if name in property_writes(entry, each, rows))


def _property_text(entry: Entry, value: Value, words: Mapping[str, str]) -> str:
    if not words or value == "":
        return ",".join(value) if isinstance(value, tuple) else format_value(value)
    word = next((word for word, ours in words.items() if ours == value), "")
    if word in ("true", "false"):
        return word
    return word.upper() if word else ("false" if "false" in words else "")


def property_type(entry: Entry) -> str:
    """The type of a row that is made for a property."""
    return _TYPES.get(entry.declared.kind, "string")


@dataclass(frozen=True, slots=True)
class Choices:
    """What an account's choice columns store, as `sys_choice` tells it.

    Attributes:
        security: the stored word of each; empty where that cannot be read.
        password: the stored word for signing in with a password.
        nothing: the stored word for not signing in.
        oauth: the stored words for OAuth.
        types: the label of each stored type.
        legacy: the account has `enable_tls` and `enable_ssl` in place of one column.
    """

    security: Mapping[Security, str] = field(default_factory=dict)
    password: str = "password"  # noqa: S105
    nothing: str = "NULL"
    oauth: frozenset[str] = frozenset()
    types: Mapping[str, str] = field(default_factory=dict)
    legacy: bool = False

    @property
    def writes_security(self) -> bool:
        """Whether each security can be written."""
        return self.legacy or self.security.keys() == set(Security)

    def is_oauth(self, stored: str) -> bool:
        """Whether that stands for signing in by OAuth, even where no label can be read."""
        return stored in self.oauth or "oauth" in stored.casefold()


def choices_of(rows: Mapping[str, Mapping[str, str]], *, legacy: bool) -> Choices:
    """What is stored for each choice.

    Args:
        rows: the label of each stored word, by column.
        legacy: whether the accounts have no column `connection_security`.
    """
    plain = {stored: _plain(label) for stored, label in rows.get("authentication", {}).items()}
    password = next((stored for stored, label in plain.items() if label == "password"), "password")
    nothing = next((stored for stored, label in plain.items() if label == "none"), "NULL")
    security = {
        _LABELS[_plain(label)]: stored
        for stored, label in rows.get("connection_security", {}).items()
        if _plain(label) in _LABELS
    }
    return Choices(
        security,
        password,
        nothing,
        frozenset(stored for stored, label in plain.items() if "oauth" in label),
        rows.get("type", {}),
        legacy,
    )


def _plain(label: str) -> str:
    return label.strip().strip("-").strip().casefold()


def account_value(entry: Entry, row: Mapping[str, str], choices: Choices) -> Value:
    """The value of a property in an account; a text that is none of it as it is.

    Raises:
        ParseError: nobody knows what the stored word means.
    """
    text = row.get(ACCOUNT_COLUMNS[entry.name], "")
    if entry.is_secret:
        return SecretState.UNKNOWN
    if entry.name == "authenticate":
        return _authenticates(text, choices)
    if entry.name == "security":
        return _security(text, row, choices)
    return _value(entry, text)


def _authenticates(text: str, choices: Choices) -> bool:
    if text == choices.password or choices.is_oauth(text):
        return True
    if text in ("", "NULL", choices.nothing):
        return False
    raise ParseError("authenticate.stored", _NO_WORDS)


def _security(text: str, row: Mapping[str, str], choices: Choices) -> Value:
    if choices.legacy:
        if row.get("enable_ssl") == "true":
            return Security.SSL_TLS
        return Security.STARTTLS if row.get("enable_tls") == "true" else Security.NONE
    if not text:
        return ""
    for security, stored in choices.security.items():
        if stored == text:
            return security
    raise ParseError("security.stored", _NO_WORDS)


def account_columns(values: Mapping[str, Value], choices: Choices) -> dict[str, str]:
    """The columns to write for properties of an account; secrets are not among them.

    Raises:
        Problem: nobody knows the stored word for a security.
    """
    return dict(
        pair
        for name, value in values.items()
        if not isinstance(value, SecretState)
        for pair in _columns(name, value, choices)
    )


def _columns(name: str, value: Value, choices: Choices) -> Iterator[tuple[str, str]]:
    if name == "authenticate":
        yield "authentication", choices.password if value is True else choices.nothing
    elif name == "security" and choices.legacy:
        yield "enable_tls", format_value(value == Security.STARTTLS)
        yield "enable_ssl", format_value(value == Security.SSL_TLS)
    elif name == "security":
        wanted = Security(str(value)) if value else Security.NONE
        if wanted not in choices.security:
            raise Problem(
                "security.stored",
                f"What an email account there stores for {wanted} cannot be read (sys_choice).",
                "Set its connection security in the web form.",
            )
        yield "connection_security", choices.security[wanted]
    else:
        yield ACCOUNT_COLUMNS[name], format_value(value)
