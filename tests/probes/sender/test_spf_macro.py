"""The macros of SPF: their values, their transformers, and anything else that may stand there."""

import string
import time
from contextlib import suppress
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.settings.factories import deterministic
from tui.probes.sender.spf_macro import (
    MacroError,
    MacroValues,
    UnknownMacroError,
    expand,
    expand_name,
    parse_macros,
)

VALUES = MacroValues(
    sender="mary-ann.lee=x@eu.mail.shop.example",
    domain="spf.shop.example",
    address=ip_address("198.51.100.77"),
    helo="out.mailer.example",
    validated="m.shop.example",
    receiver="mx.reader.example",
    seconds=1_790_000_000,
)
SIX = MacroValues("a@b.example", "b.example", ip_address("2001:db8::c0de"))
EXPANSIONS = [
    ("%{s}", "mary-ann.lee=x@eu.mail.shop.example"),
    ("%{l}", "mary-ann.lee=x"),
    ("%{o}", "eu.mail.shop.example"),
    ("%{d}", "spf.shop.example"),
    ("%{i}", "198.51.100.77"),
    ("%{p}", "m.shop.example"),
    ("%{v}", "in-addr"),
    ("%{h}", "out.mailer.example"),
    ("%{c}", "198.51.100.77"),
    ("%{r}", "mx.reader.example"),
    ("%{t}", "1790000000"),
    ("%{o2}", "shop.example"),
    ("%{o1}", "example"),
    ("%{o9}", "eu.mail.shop.example"),
    ("%{o127}", "eu.mail.shop.example"),
    ("%{o99999999999999999999}", "eu.mail.shop.example"),
    ("%{o02}", "shop.example"),
    ("%{ir}", "77.100.51.198"),
    ("%{i2R}", "51.198"),
    ("%{dr}", "example.shop.spf"),
    ("%{l-}", "mary.ann.lee=x"),
    ("%{lr-}", "ann.lee=x.mary"),
    ("%{l2r.-=}", "ann.mary"),
    ("%{l1=}", "x"),
    ("%{L}", "mary-ann.lee%3Dx"),
    ("%{S2.}", "shop.example"),
    ("%{ir}.%{v}.%{d2}", "77.100.51.198.in-addr.shop.example"),
    ("a%%b%_c%-d", "a%b c%20d"),
]


@pytest.mark.parametrize(("text", "expected"), EXPANSIONS)
def test_a_macro_expands(text: str, expected: str) -> None:
    assert expand(parse_macros(text, explains=True), VALUES) == expected


def test_an_ipv6_address_is_its_digits_in_a_name_and_itself_in_an_explanation() -> None:
    digits = "2.0.0.1.0.D.B.8.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.C.0.D.E"
    assert expand(parse_macros("%{i} %{v} %{c}", explains=True), SIX) == (
        f"{digits} ip6 2001:db8::c0de"
    )
    reverse = "e.d.0.c" + ".0" * 20 + ".8.b.d.0.1.0.0.2.ip6.x.example"
    assert expand_name(parse_macros("%{ir}.%{v}.x.example"), SIX) == reverse


@pytest.mark.parametrize(
    "text",
    ["%", "%d", "%{", "%{}", "%{d", "%{q}", "%{d0}", "%{d00r}", "%{drr}", "%{d*}", "%{d}%", "% ",
     "%{-d}", "%{1d}", "%{dr2}", "\x7f", "\xe9", "a b", "%{c}", "%{T}", "%(d)", "％{d}"],
)  # fmt: skip
def test_what_is_not_a_macro_string(text: str) -> None:
    with pytest.raises(MacroError):
        parse_macros(text)


@pytest.mark.parametrize("letter", ["h", "p"])
def test_a_macro_without_a_known_value_is_unknown(letter: str) -> None:
    with pytest.raises(UnknownMacroError, match=letter):
        expand(parse_macros(f"x.%{{{letter}}}"), SIX)


def test_a_name_that_is_too_long_keeps_what_fits_on_the_right() -> None:
    name = expand_name(parse_macros(f"{'%{s}.' * 40}end.example"), VALUES)
    assert len(name) <= 253
    assert name.startswith(("mail.", "shop.", "eu.", "example.", "lee=x", "mary-ann."))
    assert name.endswith(".example.end.example")


PIECES = st.lists(
    st.one_of(
        st.sampled_from([each for each, _ in EXPANSIONS]),
        st.text(string.printable, max_size=6),
        st.text("\x00\x85é\u2028\ud800😀％", max_size=4),
        st.builds(
            "%{{{}{}{}}}".format,
            st.sampled_from(string.ascii_letters),
            st.integers(0, 10**30),
            st.text("rR.-+,/_=", max_size=9),
        ),
    ),
    max_size=8,
).map("".join)


@deterministic
@given(PIECES, st.booleans(), st.text("ab@.-+\x00é\ud800", max_size=30))
def test_any_text_is_a_macro_string_or_an_error_and_expands(
    text: str, explains: bool, sender: str
) -> None:
    try:
        parts = parse_macros(text, explains=explains)
    except MacroError:
        assert "%" in text or not (text.isascii() and text.isprintable()) or " " in text
        return
    values = MacroValues(sender, "b.example", SIX.address, "h.example", "unknown")
    assert len(expand(parts, values)) <= 4096
    assert expand_name(parts, values) == expand_name(parts, values).lower()


@pytest.mark.parametrize(
    "unit", ["%{sr}", "%{S1-.+,/_=}", "%%", "%{", "%{d" + "1" * 30, ".", "a.", "%{l}.", "%{d9r"]
)
def test_a_long_macro_string_takes_no_longer_than_its_length(unit: str) -> None:
    def seconds(text: str) -> float:
        begin = time.process_time()
        with suppress(MacroError):
            expand_name(parse_macros(text), VALUES)
        return time.process_time() - begin

    # Quadratic work on a TXT record's 65,535 octets would take minutes.
    assert min(seconds(unit * (65_000 // len(unit))) for _ in range(2)) < 0.5
