"""What is a host, what is made of a text that is none, and what sort of host it is."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.settings.factories import deterministic, try_parse
from tui.settings.catalog import Kind
from tui.settings.findings import ParseError, Suggestion
from tui.settings.parse.host import (
    is_loopback,
    is_provider_host,
    mask_password,
    parse_host,
    parse_ip,
    to_a_label,
)

PLAIN = st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])


def parse_error(text: str) -> ParseError:
    with pytest.raises(ParseError) as raised:
        parse_host(text)
    return raised.value


@pytest.mark.parametrize(
    "text",
    [
        "mail.corp.example",
        "Mail.Corp.Example",
        "mail",
        "mail.corp.example.",
        "3com.example",
        "a--b.example",
        "xn--bcher-kva.example",
        "bücher.example",
        "почта.рф",
        "192.0.2.1",
        "2001:db8::1",
        "2001:DB8::192.0.2.1",
        "::1",
        "::ffff:192.0.2.1",
        "a" * 63 + ".example",
        ".".join(["a" * 49] * 5) + ".abc",
    ],
)
def test_a_host_stays_as_it_was_typed(text: str) -> None:
    assert parse_host(text) == text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (" mail.corp.example", "host.blanks"),
        ("mail.corp.example\u00a0", "host.blanks"),
        ("   ", "host.blanks"),
        ("mail corp", "host.several"),
        ("a.example,b.example", "host.several"),
        ("a.example; b.example", "host.several"),
        ("a.example\u3000b.example", "host.several"),
        ("smtp://mail.corp.example", "host.scheme"),
        ("SMTPS:/mail.corp.example", "host.scheme"),
        ("helpdesk@corp.example", "host.address"),
        ("smtp://helpdesk@mail.corp.example", "host.scheme"),
        ("helpdesk@mail.corp.example/x", "host.user"),
        ("mail.corp.example:25", "host.port"),
        ("mail.corp.example:", "host.port"),
        ("[2001:db8::1]:25", "host.port"),
        ("mail.corp.example/inbox", "host.path"),
        ("mail.corp.example?tls=1", "host.path"),
        ("mail.corp.example#x", "host.path"),
        ("mail.corp.example\\x", "host.path"),
        ("[2001:db8::1]", "host.brackets"),
        ("fe80::1%eth0", "host.zone"),
        ("fe80::1%25eth0", "host.zone"),
        (".", "host.label"),
        ("mail..example", "host.label"),
        (".mail.example", "host.label"),
        ("mail.example..", "host.label"),
        ("-mail.example", "host.label"),
        ("mail-.example", "host.label"),
        ("mail_1.example", "host.label"),
        ("a" * 64 + ".example", "host.label"),
        (".".join(["a" * 50] * 5), "host.label"),
        ("☃\u200d.example", "host.label"),
        ("\u200b", "host.label"),
        ("ü" * 60 + ".example", "host.label"),
        ("192.0.2", "host.bad-address"),
        ("192.0.2.256", "host.bad-address"),
        ("192.0.2.01", "host.bad-address"),
        ("1.2.3.4.5", "host.bad-address"),
        ("2130706433", "host.bad-address"),
        ("0x7f000001", "host.bad-address"),
        ("mail.0x7f", "host.bad-address"),
        ("１２７.0.0.1", "host.bad-address"),
        ("127.0.0.１", "host.bad-address"),
        ("²", "host.bad-address"),
        ("mail.②", "host.bad-address"),
        ("2001:db8:::1", "host.bad-address"),
        ("1:2:3:4:5:6:7:8:9", "host.bad-address"),
        ("0.0.0.0", "host.bad-address"),  # noqa: S104
        ("::", "host.bad-address"),
        ("255.255.255.255", "host.bad-address"),
        ("224.0.0.1", "host.bad-address"),
        ("ff02::1", "host.bad-address"),
        ("::ffff:224.0.0.1", "host.bad-address"),
    ],
)
def test_what_is_no_host_is_said_to_be_none(text: str, code: str) -> None:
    assert parse_error(text).code == code


@pytest.mark.parametrize(
    ("text", "salvage"),
    [
        (" mail.corp.example ", Suggestion("Use mail.corp.example", "mail.corp.example")),
        (
            "mail.corp.example:587",
            Suggestion("Use mail.corp.example", "mail.corp.example", 587),
        ),
        (
            "mail.corp.example:0587",
            Suggestion("Use mail.corp.example", "mail.corp.example", 587),
        ),
        ("mail.corp.example:", Suggestion("Use mail.corp.example", "mail.corp.example")),
        ("mail.corp.example:0", Suggestion("Use mail.corp.example", "mail.corp.example")),
        ("mail.corp.example:65536", Suggestion("Use mail.corp.example", "mail.corp.example")),
        ("[2001:db8::1]:25", Suggestion("Use 2001:db8::1", "2001:db8::1", 25)),
        ("[2001:db8::1]", Suggestion("Use 2001:db8::1", "2001:db8::1")),
        (
            "smtps://mail.corp.example:465/?auth=login",
            Suggestion("Use mail.corp.example", "mail.corp.example", 465, "smtps"),
        ),
        ("mail.corp.example/inbox", Suggestion("Use mail.corp.example", "mail.corp.example")),
        ("smtp://", None),
        ("http:///x", None),
        ("smtp://-bad-/x", None),
        ("192.0.2.256:25", None),
        ("a.example,b.example", None),
        ("mail..example", None),
    ],
)
def test_the_host_inside_a_text_is_offered_where_it_is_plain(
    text: str, salvage: Suggestion | None
) -> None:
    assert parse_error(text).suggestion == salvage


@pytest.mark.parametrize(
    "text",
    [
        "smtp://helpdesk:hunter2@mail.corp.example:465/x",
        "smtp://helpdesk:hun@ter2@mail.corp.example",
        "helpdesk:hunter2@mail.corp.example",
        "smtp://:hunter2@mail.corp.example",
        "smtp://helpdesk:hunter2@",
        "smtp://helpdesk:hunter2@mail corp",
        " smtp://helpdesk:hunter2@mail.corp.example",
        "mail.corp.example?password=hunter2",
        "mail.corp.example;password=hunter2",
    ],
)
def test_a_password_in_a_url_is_never_repeated(text: str) -> None:
    problem = parse_error(text)
    said = f"{problem} {problem.message} {problem.suggestion}"
    assert "hunter2" not in said
    assert "ter2" not in said
    assert "helpdesk" not in said


def test_everything_that_surrounds_a_host_is_named_at_once() -> None:
    message = parse_error("smtp://help@mail.corp.example:25/x").message
    assert message.startswith(
        "Enter the host name only, without a scheme, a user name, a port or a path."
    )


@given(st.text(PLAIN, min_size=1, max_size=80))
@deterministic
def test_any_text_is_a_host_or_malformed_and_is_not_repeated(text: str) -> None:
    host = try_parse(Kind.HOST, text)
    if isinstance(host, ParseError):
        assert len(text) < 12 or text not in host.message
    else:
        assert host == text


LABELS = st.from_regex(r"[a-z]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
NAMES = st.lists(LABELS, min_size=1, max_size=4).map(".".join)
HOSTS = st.one_of(NAMES, st.ip_addresses(v=4).map(str))
USUAL = HOSTS.filter(
    lambda host: (
        (address := parse_ip(host)) is None
        or not (address.is_multicast or address.is_unspecified or str(address) == "255.255.255.255")
    )
)


@given(
    st.sampled_from(["", "smtp://", "SMTPS://", "http:/"]),
    st.sampled_from(["", "help@", "help:hunter2@", "a@b@"]),
    USUAL,
    st.one_of(st.none(), st.integers(1, 65535)),
    st.sampled_from(["", "/", "/x:9/y", "?a=1", "#a"]),
)
@deterministic
def test_the_host_of_any_url_is_found_with_its_port(
    scheme: str, user: str, host: str, port: int | None, path: str
) -> None:
    text = f"{scheme}{user}{host}{'' if port is None else f':{port}'}{path}"
    if text == host:
        assert parse_host(text) == host
        return
    salvage = parse_error(text).suggestion
    if user and not scheme:
        assert salvage is None, "an address says nothing of the server that sends"
        return
    assert salvage is not None
    assert (salvage.value, salvage.port) == (host, port)


@given(st.text("a0.:/@-[]%# \\?é1", max_size=24))
@deterministic
def test_what_is_salvaged_is_a_host_and_a_port(text: str) -> None:
    host = try_parse(Kind.HOST, text)
    if isinstance(host, ParseError) and host.suggestion:
        assert parse_host(host.suggestion.value) == host.suggestion.value
        assert 1 <= int(host.suggestion.port or 1) <= 65535


@given(st.ip_addresses())
@deterministic
def test_every_address_of_a_host_is_one(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    meant = getattr(address, "ipv4_mapped", None) or address
    nobodys = meant.is_unspecified or meant.is_multicast or str(meant) == "255.255.255.255"
    host = try_parse(Kind.HOST, str(address))
    assert (host.code if isinstance(host, ParseError) else host) == (
        "host.bad-address" if nobodys else str(address)
    )


@pytest.mark.parametrize(
    "character", ["a", "ü", ".", ":", "@", "/", "[", "-", "1", " ", "a.", "ü."]
)
def test_ten_thousand_characters_are_no_host(character: str) -> None:
    text = character * (10_000 // len(character))
    assert text not in parse_error(text).message


def test_an_international_name_has_its_name_on_the_wire() -> None:
    assert to_a_label("Bücher.example") == "xn--bcher-kva.example"
    assert to_a_label("☃\u200d.example") is None


@pytest.mark.parametrize(
    "host",
    [
        *("localhost", "LOCALHOST", "localhost.", "mail.localhost", "localhost.localdomain"),
        *("127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "0:0:0:0:0:0:0:1"),
    ],
)
def test_loopback_is_known_in_every_spelling(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["localhost.corp.example", "128.0.0.1", "::2", "mylocalhost"])
def test_other_hosts_are_not_loopback(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    "host", ["service-now.com", "SMTP.Service-Now.com", "relay.service-now.com.", "servicenow.com"]
)
def test_the_providers_own_hosts_are_known(host: str) -> None:
    assert is_provider_host(host)


@pytest.mark.parametrize(
    "host", ["my-service-now.com", "service-now.com.example", "service-now.co", "", "com"]
)
def test_hosts_that_only_look_like_the_providers_are_not_its(host: str) -> None:
    assert not is_provider_host(host)


def test_an_ipv4_address_inside_ipv6_counts_as_ipv4() -> None:
    assert parse_ip("::ffff:10.0.0.1") == ipaddress.ip_address("10.0.0.1")
    assert parse_ip("mail.corp.example") is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("smtps://u:hunter2@mail.corp.example", "smtps://…@mail.corp.example"),
        ("smtp://hunter2@mail.corp.example:25/x", "smtp://…@mail.corp.example:25/x"),
        ("u:hun/t@er2@mail.corp.example", "…@mail.corp.example"),
        (" smtp://u:hun ter2@mail.corp.example", " smtp://…@mail.corp.example"),
        ("helpdesk@corp.example", "helpdesk@corp.example"),
        ("Support: helpdesk@corp.example", "Support: helpdesk@corp.example"),
        ("mail.corp.example:587", "mail.corp.example:587"),
        ("", ""),
    ],
)
def test_a_password_in_a_url_is_not_shown(text: str, shown: str) -> None:
    assert mask_password(text) == shown
    assert mask_password(shown) == shown
