"""What a client calls itself is a domain or an address literal, whatever the machine is called."""

import ipaddress
import re
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.probes.factories import NONE, Case, diagnose
from tests.probes.mail_server import Act, Answer, Script, Talk
from tui.probes.smtp.ehlo_name import address_literal, own_domain
from tui.probes.stage import StageResult

DOMAIN = re.compile(
    r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+"
)
"""RFC 5321, section 4.1.2, with the lengths of RFC 1035, section 2.3.4."""
LITERAL = "[127.0.0.1]"


@pytest.mark.parametrize(
    ("host_name", "name"),
    [
        ("mail.corp.example", "mail.corp.example"),
        ("MX-1.Corp.Example", "MX-1.Corp.Example"),
        ("mail.corp.example.", "mail.corp.example"),
        ("1and1.example", "1and1.example"),
        ("4.corp.example", "4.corp.example"),
        ("a" * 63 + ".example", "a" * 63 + ".example"),
        ("localhosts.corp.example", "localhosts.corp.example"),
        ("mail", ""),
        ("", ""),
        (".", ""),
        ("..", ""),
        ("mail..example", ""),
        (".corp.example", ""),
        ("mail.corp.example..", ""),
        ("web_1.app.internal", ""),
        ("app(1).corp.test", ""),
        ("my mac.local", ""),
        ("mail.corp.example\n", ""),
        ("-mail.corp.example", ""),
        ("mail-.corp.example", ""),
        ("[192.0.2.1].example", ""),
        ("a" * 64 + ".example", ""),
        ("a." * 124 + "example", ""),
        ("bücher.example", ""),
        ("ma\u212al.example", ""),
        ("mail\udcfc.example", ""),
        ("192.0.2.1", ""),
        ("192.0.2.1.", ""),
        ("10.20", ""),
        ("mail.123", ""),
        ("::1", ""),
        ("localhost", ""),
        ("localhost.localdomain", ""),
        ("LocalHost.LocalDomain", ""),
        ("localhost4.localdomain4", ""),
        ("web1.localdomain", ""),
        ("web1.localhost", ""),
    ],
)
def test_a_name_is_used_only_if_it_is_a_full_domain(host_name: str, name: str) -> None:
    assert own_domain(host_name) == name


HOST_NAMES = st.one_of(
    st.text(max_size=300),
    st.text(alphabet="aZ0-_.", max_size=300),
    st.lists(st.text(alphabet="ab1-", max_size=66), max_size=6).map(".".join),
    st.ip_addresses().map(str),
)


@given(HOST_NAMES)
def test_any_host_name_gives_a_domain_or_none(host_name: str) -> None:
    name = own_domain(host_name)
    assert not name or (DOMAIN.fullmatch(name) and len(name) <= 253)
    assert not name.rpartition(".")[2].isdigit()


@pytest.mark.parametrize(
    ("address", "literal"),
    [
        ("192.0.2.1", "[192.0.2.1]"),
        ("127.0.0.1", "[127.0.0.1]"),
        ("2001:db8::1", "[IPv6:2001:db8::1]"),
        ("::1", "[IPv6:::1]"),
        ("fe80::1%eth0", "[IPv6:fe80::1]"),
        ("fe80::1%25", "[IPv6:fe80::1]"),
        ("::ffff:192.0.2.1", "[192.0.2.1]"),
        ("::ffff:c000:201%3", "[192.0.2.1]"),
        ("2001:DB8:0:0:1:0:0:1", "[IPv6:2001:db8::1:0:0:1]"),
    ],
)
def test_an_address_is_written_as_a_literal(address: str, literal: str) -> None:
    assert address_literal(address) == literal


@given(st.ip_addresses(), st.sampled_from(["", "%eth0", "%1"]))
def test_any_address_gives_a_literal_of_itself(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address, zone: str
) -> None:
    text = address_literal(f"{address}{zone if address.version == 6 else ''}")
    found = re.fullmatch(r"\[(IPv6:)?([0-9a-f:.]+)\]", text)
    assert found
    mapped = getattr(address, "ipv4_mapped", None)
    assert ipaddress.ip_address(found[2]) == (mapped or address)
    assert bool(found[1]) is (":" in found[2])


def refuse_names(reply: bytes) -> Act:
    """Refuse EHLO and HELO with a name, and accept a literal, before TLS and in it."""

    async def act(talk: Talk) -> None:
        line = bytes(talk.traffic.secure if talk.secured else talk.traffic.clear).splitlines()[-1]
        offers = b"250-mail.example\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n"
        await talk.say(offers if b"[" in line else reply)

    return act


def hello_lines(case: Case, monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], str, StageResult]:
    """Return what EHLO and HELO were given, and the message and the result of the stage ehlo."""
    monkeypatch.setattr(socket, "gethostname", lambda: "mail.corp.example")
    found = diagnose(case)
    sent = (bytes(found.traffic.clear) + bytes(found.traffic.secure)).decode().splitlines()
    lines = [line for line in sent if line.startswith(("EHLO", "HELO"))]
    return lines, found["ehlo"].message, found["ehlo"].result


def test_a_name_that_is_accepted_is_used_throughout(monkeypatch: pytest.MonkeyPatch) -> None:
    lines, message, _ = hello_lines(Case(), monkeypatch)
    assert lines == ["EHLO mail.corp.example"] * 2
    assert "corp.example" not in message


@pytest.mark.parametrize(
    "reply",
    [
        b"501 Syntactically invalid EHLO argument(s)\r\n",
        b"504 5.5.2 <mail.corp.example>: Helo command rejected: need fully-qualified hostname\r\n",
        b"550 5.7.1 Helo command rejected: Access denied\r\n",
        b"450 4.7.1 Helo command rejected: Host not found\r\n",
    ],
)
def test_a_name_that_is_refused_gives_way_to_the_address(
    reply: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = Case(script=Script(answers={"EHLO": refuse_names(reply)}))
    lines, message, result = hello_lines(case, monkeypatch)
    assert lines == ["EHLO mail.corp.example", f"EHLO {LITERAL}", f"EHLO {LITERAL}"]
    assert result is StageResult.PASSED
    assert f"answers EHLO mail.corp.example with {reply[:3].decode()} " in message
    assert "offers STARTTLS, AUTH" in message


def test_a_further_connection_takes_the_address_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script(answers={"EHLO": refuse_names(b"501 no\r\n")}, certificate="strict-only")
    lines, _, _ = hello_lines(Case(script=script), monkeypatch)
    assert lines == ["EHLO mail.corp.example", *[f"EHLO {LITERAL}"] * 3]


@pytest.mark.parametrize(
    ("answers", "lines", "result"),
    [
        (
            {"EHLO": b"550 no\r\n"},
            ["EHLO mail.corp.example", f"EHLO {LITERAL}", f"HELO {LITERAL}"],
            "warned",
        ),
        (
            {"EHLO": b"550 no\r\n", "HELO": b"550 no\r\n"},
            ["EHLO mail.corp.example", f"EHLO {LITERAL}", f"HELO {LITERAL}"],
            "failed",
        ),
        ({"EHLO": b"502 what\r\n"}, ["EHLO mail.corp.example", "HELO mail.corp.example"], "warned"),
        ({"EHLO": b"451 later\r\n"}, ["EHLO mail.corp.example"], "failed"),
        ({"EHLO": b"450 later\r\n"}, ["EHLO mail.corp.example", f"EHLO {LITERAL}"], "failed"),
        ({"EHLO": b"421 bye\r\n"}, ["EHLO mail.corp.example"], "failed"),
    ],
)
def test_what_is_refused_whatever_the_name_is_tried_once_more_at_most(
    answers: dict[str, Answer], lines: list[str], result: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = Case(script=Script(answers=answers), security=NONE)
    assert hello_lines(case, monkeypatch)[::2] == (lines, result)
