"""Settings to rows and columns, and back."""

from collections.abc import Iterator, Mapping
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.settings.factories import NATIVE, deterministic
from tests.targets.instance.read.factories import CHOICES, MODERN, OLD, SECURITY
from tui.errors import Problem
from tui.settings.catalog import Entry, catalog
from tui.settings.draft import is_same_value
from tui.settings.findings import ParseError
from tui.settings.values import SecretState, Security, Value
from tui.targets.instance.read.mapping import (
    ACCOUNT_COLUMNS,
    Choices,
    account_columns,
    account_value,
    parse_choices,
    property_type,
    property_value,
    property_writes,
    values_to_write,
)

OPEN = {name: entry for name, entry in catalog().items() if not entry.is_secret}
SECURITIES = {name: OPEN[name] for name in ("security", "pop3_security")}
ROWS = {name: entry for name, entry in OPEN.items() if entry.declared.instance}
PLAIN = {name: entry for name, entry in ROWS.items() if name not in SECURITIES}
GIVEN = {name: (*NATIVE[entry.declared.kind], "") for name, entry in OPEN.items()}
TEXTS = ("", "x", "true", "FALSE", " 25 ", "25", "a@b.example, c@d.example", "mail.corp.example")


def states(entry: Entry) -> Iterator[dict[str, str]]:
    """Every state of the rows of a connection's security; a row may be missing."""
    options = [
        (None, "", "true", "false", "yes") if "false" in words else (None, "", "TLS", "ssl", "none")
        for words in entry.declared.instance.values()
    ]
    for texts in product(*options):
        named = zip(entry.declared.instance, texts, strict=True)
        yield {name: text for name, text in named if text is not None}


def effective(value: Value) -> Value:
    return Security.NONE if value == "" else value


# the law of every property


@pytest.mark.parametrize("name", PLAIN)
@given(data=st.data())
@deterministic
def test_what_is_written_to_a_property_is_what_is_read_of_it(
    name: str, data: st.DataObject
) -> None:
    entry = PLAIN[name]
    (row,) = entry.declared.instance
    value = data.draw(st.sampled_from(GIVEN[name]))
    before = data.draw(st.sampled_from([{}, *({row: text} for text in TEXTS)]))
    writes = property_writes(entry, value, before)
    read, origin = property_value(entry, before | writes)
    assert is_same_value(read, value)
    assert origin == row
    assert property_writes(entry, value, before | writes) == {}


@pytest.mark.parametrize("name", SECURITIES)
@pytest.mark.parametrize("value", [*Security, ""])
def test_what_is_written_of_a_security_is_what_is_read_whatever_the_rows_held(
    name: str, value: Value
) -> None:
    entry = SECURITIES[name]
    for before in states(entry):
        writes = property_writes(entry, value, before)
        after = before | writes
        assert effective(property_value(entry, after)[0]) == effective(value), before
        assert property_writes(entry, value, after) == {}, before


@pytest.mark.parametrize("name", ROWS)
def test_nothing_is_written_where_it_says_so_already(name: str) -> None:
    entry = OPEN[name]
    for text in ("TLS", "tls", *TEXTS):
        rows = {next(iter(entry.declared.instance)): text}
        assert property_writes(entry, property_value(entry, rows)[0], rows) == {}


@pytest.mark.parametrize("name", SECURITIES)
def test_no_row_is_made_only_to_say_no(name: str) -> None:
    entry = SECURITIES[name]
    for before, value in product(states(entry), (*Security, "")):
        made = property_writes(entry, value, before).items() - before.items()
        assert not [row for row, text in made if row not in before and text in ("", "false")]


@pytest.mark.parametrize("name", SECURITIES)
def test_the_rows_that_a_value_is_written_to_are_known_before(name: str) -> None:
    entry = SECURITIES[name]
    for before, value in product(states(entry), (*Security, "")):
        writes = property_writes(entry, value, before)
        for row in entry.declared.instance:
            taken = values_to_write(entry, row, before)
            assert taken is not None
            assert (row in writes) is (str(value) in taken)


def test_a_property_with_one_row_is_always_written_to_that() -> None:
    assert values_to_write(OPEN["port"], "glide.smtp.port", {}) is None


# each of them as it is stored


@pytest.mark.parametrize(
    ("name", "value", "stored"),
    [
        ("server", "mail.corp.example", {"glide.email.server": "mail.corp.example"}),
        ("user", "helpdesk@corp.example", {"glide.email.user": "helpdesk@corp.example"}),
        ("display_name", " Häuser ", {"glide.email.username": " Häuser "}),
        ("authenticate", True, {"glide.smtp.auth": "true"}),
        ("authenticate", False, {"glide.smtp.auth": "false"}),
        ("port", 587, {"glide.smtp.port": "587"}),
        ("security", Security.STARTTLS, {"glide.smtp.encryption": "TLS"}),
        ("security", Security.SSL_TLS, {"glide.smtp.encryption": "SSL"}),
        ("security", Security.NONE, {}),
        ("sending_enabled", True, {"glide.email.smtp.active": "true"}),
        ("sending_enabled", False, {"glide.email.smtp.active": "false"}),
        (
            "test_recipients",
            ("a@b.example", "c@d.example"),
            {"glide.email.test.user": "a@b.example,c@d.example"},
        ),
        ("receiving", True, {"glide.email.read.active": "true"}),
        ("receiving", False, {"glide.email.read.active": "false"}),
        ("pop3_server", "pop.corp.example", {"glide.pop3.server": "pop.corp.example"}),
        ("pop3_user", "helpdesk", {"glide.pop3.user": "helpdesk"}),
        ("pop3_port", 995, {"glide.pop3.port": "995"}),
        ("pop3_security", Security.STARTTLS, {"glide.pop3.tls": "true"}),
        ("pop3_security", Security.SSL_TLS, {"glide.pop3.secure": "true"}),
    ],
)
def test_each_property_is_stored_as_the_platform_does(
    name: str, value: Value, stored: dict[str, str]
) -> None:
    assert property_writes(OPEN[name], value, {}) == stored
    if stored:
        assert is_same_value(property_value(OPEN[name], stored)[0], value)


def test_every_property_is_among_them() -> None:
    marked = test_each_property_is_stored_as_the_platform_does.pytestmark[0].args[1]  # type: ignore[attr-defined]
    assert {name for name, *_ in marked} == set(ROWS)


def test_clearing_a_property_blanks_its_row() -> None:
    rows = {"glide.email.server": "mail.corp.example"}
    assert property_writes(OPEN["server"], "", rows) == {"glide.email.server": ""}
    assert property_value(OPEN["server"], {"glide.email.server": ""}) == ("", "glide.email.server")


def test_a_flag_counts_only_where_the_encryption_is_blank() -> None:
    security = OPEN["security"]
    flags = {"glide.smtp.tls": "false", "glide.smtp.ssl": "true"}
    assert property_value(security, flags) == (Security.SSL_TLS, "glide.smtp.ssl")
    both = {"glide.smtp.encryption": "TLS", **flags}
    assert property_value(security, both) == (Security.STARTTLS, "glide.smtp.encryption")
    none = {"glide.smtp.encryption": "none", **flags}
    assert property_value(security, none) == (Security.NONE, "glide.smtp.encryption")
    spoilt = {"glide.smtp.encryption": "SSL", "glide.smtp.tls": "maybe"}
    assert property_value(security, spoilt) == (Security.SSL_TLS, "glide.smtp.encryption")


def test_switching_between_flags_turns_the_other_one_off() -> None:
    rows = {"glide.pop3.secure": "true", "glide.pop3.tls": "false"}
    assert property_writes(OPEN["pop3_security"], Security.STARTTLS, rows) == {
        "glide.pop3.secure": "false",
        "glide.pop3.tls": "true",
    }


@pytest.mark.parametrize(
    ("name", "row", "text"),
    [
        ("port", "glide.smtp.port", "smtp"),
        ("server", "glide.email.server", " mail.corp.example"),
        ("security", "glide.smtp.encryption", "maybe"),
        ("sending_enabled", "glide.email.smtp.active", "maybe"),
        ("test_recipients", "glide.email.test.user", "a@b.example;c@d.example"),
    ],
)
def test_a_text_that_is_no_value_is_given_as_it_is(name: str, row: str, text: str) -> None:
    assert property_value(OPEN[name], {row: text}) == (text, row)


@pytest.mark.parametrize("name", ROWS)
def test_a_row_that_is_made_has_a_type(name: str) -> None:
    wanted = {
        "port": "integer",
        "pop3_port": "integer",
        "authenticate": "boolean",
        "sending_enabled": "boolean",
        "receiving": "boolean",
    }
    assert property_type(OPEN[name]) == wanted.get(name, "string")


# accounts


def test_what_is_stored_for_a_choice_is_found_by_its_label() -> None:
    assert MODERN.security == SECURITY
    assert (MODERN.password, MODERN.nothing) == ("password", "NULL")
    assert MODERN.oauth == {"o1", "o2"}
    assert MODERN.writes_security


def test_a_label_is_known_in_other_letters_and_with_other_dashes() -> None:
    found = parse_choices(
        {
            "connection_security": {"0": "-- none --", "1": "StartTLS ", "2": "ssl/tls"},
            "authentication": {"7": "PASSWORD", "8": "None", "9": "OAuth 2.0"},
        },
        legacy=False,
    )
    assert found.security == dict(zip(Security, "012", strict=True))
    assert account_value(OPEN["authenticate"], {"authentication": "NULL"}, found) is False
    assert (found.password, found.nothing, *found.oauth) == ("7", "8", "9")


@pytest.mark.parametrize("missing", ["plain", "explicit", "implicit"])
def test_a_security_that_no_choice_stands_for_is_not_written(missing: str) -> None:
    some = {key: label for key, label in CHOICES["connection_security"].items() if key != missing}
    choices = parse_choices({**CHOICES, "connection_security": some}, legacy=False)
    assert not choices.writes_security
    for security, stored in SECURITY.items():
        if stored != missing:
            assert account_columns({"security": security}, choices) == {
                "connection_security": stored
            }
            continue
        with pytest.raises(Problem, match="sys_choice"):
            account_columns({"security": security}, choices)


def test_without_choices_the_platforms_own_words_are_left() -> None:
    choices = parse_choices({}, legacy=False)
    assert not choices.writes_security
    assert account_columns({"authenticate": True}, choices) == {"authentication": "password"}
    assert account_columns({"authenticate": False}, choices) == {"authentication": "NULL"}


def values() -> st.SearchStrategy[dict[str, Value]]:
    names = [name for name in ACCOUNT_COLUMNS if name in OPEN]
    return st.fixed_dictionaries({}, optional={n: st.sampled_from(GIVEN[n]) for n in names})


BLANK: Mapping[str, Value] = {"authenticate": False, "security": Security.NONE}
"""What a blank choice is stored as: there it has no blank."""


@pytest.mark.parametrize("choices", [MODERN, OLD], ids=["modern", "old"])
@given(values=values())
@deterministic
def test_what_is_written_to_an_account_is_what_is_read_of_it(
    choices: Choices, values: dict[str, Value]
) -> None:
    columns = account_columns(values, choices)
    for name, value in values.items():
        wanted = BLANK.get(name, value) if value == "" else value
        if name == "from" and value == values.get("user", ""):
            wanted = ""  # as good as none
        assert is_same_value(account_value(OPEN[name], columns, choices), wanted)


def test_no_secret_is_among_the_columns() -> None:
    assert account_columns({"password": SecretState.NEW}, MODERN) == {}
    assert account_value(catalog()["password"], {"password": "x"}, MODERN) is SecretState.UNKNOWN


def test_an_older_account_has_two_flags_in_place_of_a_choice() -> None:
    assert account_columns({"security": Security.STARTTLS}, OLD) == {
        "enable_tls": "true",
        "enable_ssl": "false",
    }
    both = {"enable_tls": "true", "enable_ssl": "true"}
    assert account_value(OPEN["security"], both, OLD) is Security.SSL_TLS
    assert account_value(OPEN["security"], {}, OLD) is Security.NONE


@pytest.mark.parametrize(
    ("stored", "choices"),
    [("o1", MODERN), ("o2", MODERN), ("oauth2", parse_choices({}, legacy=False)), ("OAUTH", OLD)],
)
def test_oauth_is_signing_in_even_where_no_label_says_so(stored: str, choices: Choices) -> None:
    assert choices.is_oauth(stored)
    assert account_value(OPEN["authenticate"], {"authentication": stored}, choices) is True


@pytest.mark.parametrize(("text", "signs_in"), [("", False), ("NULL", False), ("password", True)])
def test_signing_in_is_a_choice(text: str, signs_in: bool) -> None:
    row = {"authentication": text}
    assert account_value(OPEN["authenticate"], row, MODERN) is signs_in


@pytest.mark.parametrize(
    ("name", "column", "code"),
    [
        ("security", "connection_security", "security.stored"),
        ("authenticate", "authentication", "authenticate.stored"),
    ],
)
def test_a_stored_word_that_nobody_knows_is_no_value(name: str, column: str, code: str) -> None:
    with pytest.raises(ParseError) as raised:
        account_value(OPEN[name], {column: "word"}, MODERN)
    assert raised.value.code == code


def test_a_blank_security_is_left_alone() -> None:
    assert account_value(OPEN["security"], {"connection_security": ""}, MODERN) == ""


@pytest.mark.parametrize("choices", [MODERN, OLD], ids=["modern", "old"])
@pytest.mark.parametrize("security", Security)
def test_a_security_that_came_out_of_a_file_as_text_is_that_security(
    choices: Choices, security: Security
) -> None:
    columns = account_columns({"security": str(security)}, choices)
    assert columns == account_columns({"security": security}, choices)
