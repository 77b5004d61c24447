"""Text to value and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.settings.factories import NATIVE, deterministic, try_parse, with_grid
from tui.settings.catalog import Entry, Kind, catalog
from tui.settings.findings import ParseError, Suggestion
from tui.settings.parse.value import format_value, has_native_type, native_type_name, parse_value
from tui.settings.values import SecretState, Security, Value

ENTRIES = list(catalog().values())
OF_KIND = {entry.declared.kind: entry for entry in reversed(ENTRIES)}


def parse_error(kind: Kind, text: str) -> ParseError:
    with pytest.raises(ParseError) as raised:
        parse_value(OF_KIND[kind], text)
    return raised.value


@pytest.mark.parametrize("entry", OF_KIND.values(), ids=lambda entry: entry.name)
def test_an_empty_text_is_blank_for_every_property(entry: Entry) -> None:
    assert parse_value(entry, "") == ""


ADDRESSES = st.from_regex(r"[a-z]{1,8}(\.[a-z]{1,8})?@[a-z]{1,8}\.example", fullmatch=True)
PLAIN = st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])
VALUES: dict[Kind, st.SearchStrategy[Value]] = {
    Kind.HOST: st.sampled_from([str(each) for each in NATIVE[Kind.HOST]]),
    Kind.PORT: st.integers(1, 65535),
    Kind.SECURITY: st.sampled_from(Security),
    Kind.SWITCH: st.booleans(),
    Kind.TEXT: st.text(PLAIN),
    Kind.USER: st.one_of(ADDRESSES, st.just("apikey")),
    Kind.ADDRESSES: st.lists(ADDRESSES, min_size=1, max_size=4).map(tuple),
    Kind.SECRET: st.sampled_from([SecretState.KEPT, SecretState.NOT_KEPT]),
}


@given(st.sampled_from(ENTRIES), st.data())
@deterministic
def test_the_text_of_a_value_reads_back_as_that_value(entry: Entry, data: st.DataObject) -> None:
    value = data.draw(VALUES[entry.declared.kind])
    read = parse_value(entry, format_value(value))
    assert (read, type(read)) == (value, type(value))


ODD = st.one_of(
    st.text(max_size=60),
    st.text(st.characters(), max_size=20),
    st.text("a@b.,;:/<>[]%\\\"' \t\n\x00\x9b\u2028\u202e\u200b\ud800１é0125", max_size=40),
)


@given(st.sampled_from(ENTRIES), ODD)
@deterministic
def test_any_text_is_a_value_or_malformed(entry: Entry, text: str) -> None:
    value = try_parse(entry.declared.kind, text)
    if isinstance(value, ParseError):
        assert value.code
        assert value.message.endswith(".")
    else:
        assert has_native_type(entry, value)
        assert parse_value(entry, format_value(value)) == value


@pytest.mark.parametrize("entry", OF_KIND.values(), ids=lambda entry: entry.name)
@pytest.mark.parametrize(
    "character",
    with_grid(
        ["\x00", "\t", "\n", "\r", "\x1b", "\x7f", "\x85", "\x9b", "\u2028", "\u2029", "\ud800"],
        "\n",
    ),
    ids=ascii,
)
def test_a_control_character_breaks_a_value_of_any_kind(entry: Entry, character: str) -> None:
    for text in (character, f"a{character}", f"{character}a@corp.example", f"25{character}"):
        with pytest.raises(ParseError) as raised:
            parse_value(entry, text)
        assert raised.value.code == "text.control"
        assert character not in raised.value.message


@pytest.mark.parametrize(
    "character", ["\x00", "\x1f", "\x7f", "\x9f", "\u2028", "\u2029", "\ud800"], ids=ascii
)
def test_every_sort_of_control_character_breaks_a_text(character: str) -> None:
    assert parse_error(Kind.TEXT, f"a{character}").code == "text.control"


@pytest.mark.parametrize("kind", [Kind.HOST, Kind.PORT, Kind.SECURITY, Kind.SWITCH, Kind.SECRET])
def test_ten_thousand_characters_break_what_is_short_by_nature(kind: Kind) -> None:
    assert len(parse_error(kind, "x" * 10_000).message) < 200


def test_ten_thousand_characters_of_free_text_are_kept() -> None:
    assert parse_value(OF_KIND[Kind.TEXT], "é" * 10_000) == "é" * 10_000


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("mail.corp\n.example", Suggestion("Remove them", "mail.corp.example")),
        ("smtps://mail\n", Suggestion("Use mail", "mail", scheme="smtps")),
        ("0\x1f", None),
        ("a b\n", None),
    ],
)
def test_a_text_without_its_control_characters_is_offered_only_if_it_is_a_value(
    text: str, suggestion: Suggestion | None
) -> None:
    assert parse_error(Kind.HOST, text).suggestion == suggestion


@pytest.mark.parametrize(("text", "port"), [("1", 1), ("25", 25), ("0025", 25), ("65535", 65535)])
def test_a_port_is_a_whole_number(text: str, port: int) -> None:
    assert parse_value(OF_KIND[Kind.PORT], text) == port


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0", "port.range"),
        ("65536", "port.range"),
        ("999999999", "port.range"),
        ("1" * 10_000, "port.number"),
        ("-25", "port.number"),
        ("+25", "port.number"),
        ("2_5", "port.number"),
        ("25.0", "port.number"),
        ("0x19", "port.number"),
        ("２５", "port.number"),
        ("٢٥", "port.number"),
        ("smtp", "port.number"),
        (" 25", "port.blanks"),
    ],
)
def test_what_is_no_port_is_said_to_be_none(text: str, code: str) -> None:
    assert parse_error(Kind.PORT, text).code == code


def test_blanks_around_a_port_are_offered_to_be_removed() -> None:
    assert parse_error(Kind.PORT, " 25 ").suggestion == Suggestion("Remove them", "25")


@pytest.mark.parametrize("text", ["true", "TRUE", "yes", "on", "1", " on "])
def test_the_words_for_yes(text: str) -> None:
    assert parse_value(OF_KIND[Kind.SWITCH], text) is True


@pytest.mark.parametrize("text", ["false", "False", "no", "off", "0"])
def test_the_words_for_no(text: str) -> None:
    assert parse_value(OF_KIND[Kind.SWITCH], text) is False


@pytest.mark.parametrize("text", ["2", "y", "maybe", "ja", "１", "truе"])
def test_other_words_are_neither(text: str) -> None:
    assert parse_error(Kind.SWITCH, text).code == "switch.word"


@pytest.mark.parametrize("text", ["TLS", "ssl", "STARTTLS", "None", " none", "Security.NONE"])
def test_security_is_one_of_three_words(text: str) -> None:
    assert parse_error(Kind.SECURITY, text).code == "security.word"


@pytest.mark.parametrize("state", SecretState)
def test_only_where_a_secret_is_can_stand_in_text(state: SecretState) -> None:
    if state in (SecretState.KEPT, SecretState.NOT_KEPT):
        assert parse_value(OF_KIND[Kind.SECRET], state) is state
    else:
        assert parse_error(Kind.SECRET, state).code == "secret.in-text"


def test_a_secret_in_text_is_not_repeated() -> None:
    problem = parse_error(Kind.SECRET, "hunter2")
    assert problem.code == "secret.in-text"
    assert "hunter2" not in f"{problem}{problem.message}{problem.suggestion}"


@pytest.mark.parametrize(
    ("text", "code", "offered"),
    [
        (" a@corp.example", "address.blanks", "a@corp.example"),
        ("Help <a@corp.example>", "address.named", "a@corp.example"),
        ("<a@corp.example>", "address.named", "a@corp.example"),
        ("a@corp.example, b@corp.example", "address.several", None),
        ("a@corp.example;b@corp.example", "address.several", None),
    ],
)
def test_a_user_is_one_address_alone(text: str, code: str, offered: str | None) -> None:
    problem = parse_error(Kind.USER, text)
    assert problem.code == code
    assert (problem.suggestion.value if problem.suggestion else None) == offered


@pytest.mark.parametrize(
    ("text", "code", "offered"),
    [
        ("a@corp.example;b@corp.example", "addresses.separator", "a@corp.example, b@corp.example"),
        ("; ;", "addresses.separator", None),
        ("a@corp.example,,", "addresses.empty", "a@corp.example"),
        (",", "addresses.empty", None),
        (" ", "addresses.empty", None),
        ("a@corp.example, b", "addresses.syntax", None),
        ("a", "addresses.syntax", None),
        ("a@corp.example b@corp.example", "addresses.syntax", None),
    ],
)
def test_recipients_are_full_addresses_between_commas(
    text: str, code: str, offered: str | None
) -> None:
    problem = parse_error(Kind.ADDRESSES, text)
    assert problem.code == code
    assert (problem.suggestion.value if problem.suggestion else None) == offered


def test_the_address_that_is_none_is_counted() -> None:
    message = parse_error(Kind.ADDRESSES, "a@corp.example, b").message
    assert message.startswith("Address 2 of 2: ")
    assert not parse_error(Kind.ADDRESSES, "b").message.startswith("Address")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a@corp.example", ("a@corp.example",)),
        (" a@corp.example ,b@corp.example", ("a@corp.example", "b@corp.example")),
    ],
)
def test_blanks_beside_commas_do_not_matter(text: str, values: tuple[str, ...]) -> None:
    assert parse_value(OF_KIND[Kind.ADDRESSES], text) == values


@pytest.mark.parametrize("entry", OF_KIND.values(), ids=lambda entry: entry.name)
def test_native_values_fit_their_property_only(entry: Entry) -> None:
    kind = entry.declared.kind
    assert has_native_type(entry, "")
    assert all(has_native_type(entry, value) for value in NATIVE[kind])
    assert has_native_type(entry, 25) is (kind is Kind.PORT)
    assert has_native_type(entry, True) is (kind is Kind.SWITCH)
    assert has_native_type(entry, ("a@corp.example",)) is (kind is Kind.ADDRESSES)
    assert not has_native_type(entry, 2.5)
    assert not has_native_type(entry, None)


@pytest.mark.parametrize("entry", OF_KIND.values(), ids=lambda entry: entry.name)
def test_the_native_type_is_said_in_words(entry: Entry) -> None:
    words = {Kind.PORT: "number", Kind.SWITCH: "true or false", Kind.ADDRESSES: "list"}
    assert words.get(entry.declared.kind, "quotes") in native_type_name(entry)


@pytest.mark.parametrize("state", SecretState)
def test_a_secret_is_set_where_one_is_known_to_be(state: SecretState) -> None:
    known = {SecretState.KEPT, SecretState.NOT_KEPT, SecretState.NEW}
    assert state.is_set is (state in known)
