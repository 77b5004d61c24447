"""Name servers that do not answer, odd DNS settings, and when DNS is loaded."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import dns.asyncresolver
import dns.message
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import pytest
from dns.rdtypes.ANY.TXT import TXT
from dns.resolver import NoResolverConfiguration

from tests.probes.sender.factories import FOUR, RELAY, USER, Findings, check
from tests.probes.sender.name_server import SILENT, Zone, serve_zone
from tui.probes.sender.resolver import Resolver
from tui.probes.sender.sender_checks import check_sender_domain
from tui.probes.stage import StageResult


def test_name_servers_that_are_silent_or_not_there_are_told_apart() -> None:
    silent = dict.fromkeys(
        ("corp.example MX", "corp.example TXT", "_dmarc.corp.example TXT"), SILENT
    )
    parts = ("domain", "spf", "dmarc")
    found = check(silent, deadline=0.2)
    assert {found[part].code for part in parts} == {f"sender.{part}.timeout" for part in parts}

    async def nowhere() -> Findings:
        async with serve_zone({}) as server:
            resolver = server.resolver
        resolver.nameservers = []
        found = await check_sender_domain(
            user=USER, sender="", relay=RELAY, addresses=(FOUR,), deadline=9, resolver=resolver
        )
        return {finding.code.split(".")[1]: finding for finding in found}

    found = asyncio.run(nowhere())
    assert {found[part].code for part in parts} == {f"sender.{part}.no-dns" for part in parts}
    assert all(found[part].result is StageResult.SKIPPED for part in parts)
    assert all("not tested" in found[part].message for part in parts)


def test_machine_without_name_servers_tests_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def unset() -> None:
        raise NoResolverConfiguration

    monkeypatch.setattr(dns.asyncresolver, "Resolver", unset)
    found = asyncio.run(
        check_sender_domain(user=USER, sender="", relay=RELAY, addresses=(FOUR,), deadline=9)
    )
    assert [finding.code for finding in found[1:4]] == [
        f"sender.{part}.no-dns" for part in ("domain", "spf", "dmarc")
    ]


@pytest.mark.parametrize(
    "text",
    [
        b"search ns-" + b"a" * 66 + b".svc.cluster.local\nnameserver 127.0.0.1\n",
        b"search .home\nnameserver 127.0.0.1\n",
        b"nameserver localhost\n",
        "# Büro\nnameserver 127.0.0.1\n".encode("latin-1"),
    ],
)
def test_odd_dns_settings_are_the_outcome_of_each_part(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: bytes
) -> None:
    settings = tmp_path / "resolv.conf"
    settings.write_bytes(text)
    read = dns.asyncresolver.Resolver
    monkeypatch.setattr(dns.asyncresolver, "Resolver", lambda: read(str(settings)))
    found = asyncio.run(
        check_sender_domain(user=USER, sender="", relay=RELAY, addresses=(FOUR,), deadline=9)
    )
    assert [finding.code for finding in found[1:4]] == [
        f"sender.{part}.settings" for part in ("domain", "spf", "dmarc")
    ]
    assert all("/etc/resolv.conf" in finding.hint for finding in found[1:4])


def answers(make: Callable[[dns.message.Message], bytes]) -> Findings:
    """Return the findings if a name server answers every query with what is made of it."""

    async def main() -> Findings:
        with socket.socket(type=socket.SOCK_DGRAM) as datagrams:
            datagrams.bind(("127.0.0.1", 0))
            datagrams.setblocking(False)

            def answer() -> None:
                query, client = datagrams.recvfrom(512)
                datagrams.sendto(make(dns.message.from_wire(query)), client)

            loop = asyncio.get_running_loop()
            loop.add_reader(datagrams, answer)
            resolver = dns.asyncresolver.Resolver(configure=False)
            resolver.nameservers, resolver.port = ["127.0.0.1"], datagrams.getsockname()[1]
            try:
                found = await check_sender_domain(
                    user=USER, sender="", relay=RELAY, addresses=(FOUR,), deadline=0.4,
                    resolver=resolver,
                )  # fmt: skip
            finally:
                loop.remove_reader(datagrams)
        return {finding.code.split(".")[1]: finding for finding in found}

    return asyncio.run(main())


def response(query: dns.message.Message, *records: str) -> bytes:
    """Return an answer with records, each as `name type value`, whatever was asked."""
    answer = dns.message.make_response(query)
    for record in records:
        name, kind, value = record.split(" ", 2)
        answer.answer.append(dns.rrset.from_text(name, 60, "IN", kind, value))
    return answer.to_wire()


def chain(query: dns.message.Message, length: int) -> bytes:
    name = query.question[0].name.to_text()
    names = [name, *(f"c{number}.example." for number in range(length))]
    return response(query, *(f"{a} CNAME {b}" for a, b in pairwise(names)), f"{names[-1]} A {FOUR}")


HOSTILE: list[tuple[str, Callable[[dns.message.Message], bytes], str]] = [
    ("for another name", lambda query: response(query, 'evil.example. TXT "v=spf1 +all"'), "none"),
    ("a loop of names", lambda query: response(
        query, f"{query.question[0].name} CNAME b.example.",
        f"b.example. CNAME {query.question[0].name}"), "servfail"),
    ("a long chain of names", lambda query: chain(query, 40), "servfail"),
    ("not DNS", lambda query: query.to_wire()[:2] + b"\xff" * 40, "timeout"),
    ("another number", lambda query: b"\0\0" + response(query)[2:], "timeout"),
    ("cut short", lambda query: response(query, f"{query.question[0].name} A {FOUR}")[:-3],
     "timeout"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "kind"), [x[1:] for x in HOSTILE], ids=[x[0] for x in HOSTILE])
def test_no_hostile_answer_is_believed_or_waited_for(
    make: Callable[[dns.message.Message], bytes], kind: str
) -> None:
    found = answers(make)
    assert found["spf"].code == f"sender.spf.{kind}"


def test_a_record_of_a_thousand_strings_is_read_or_refused_by_its_length() -> None:
    strings = [b"v=spf1 ", *[b"ip4:192.0.2.25 "] * 100, b"-all"]
    assert asyncio.run(read_strings(strings)) == b"".join(strings).decode()
    thousand = asyncio.run(read_strings([b"v=spf1 ", *[b"a:x.example "] * 1000]))
    assert len(thousand) > 4096
    zone: Zone = {"corp.example MX": "1 m.example.", "corp.example TXT": thousand}
    assert check(zone)["spf"].code == "sender.spf.long"


async def read_strings(strings: list[bytes]) -> str:
    """Return the text of a TXT record of these strings, as a resolver reads it."""
    record = TXT(dns.rdataclass.IN, dns.rdatatype.TXT, strings)
    async with serve_zone({"corp.example TXT": record}) as server:
        (text,) = (await Resolver(9, server.resolver).query("corp.example", "TXT")).records
    return text


@pytest.mark.parametrize("name", ["", ".", "a..b", "x" * 64, "a." * 128, "\u20ac.example"])
def test_a_text_that_is_not_a_name_asks_nothing(name: str) -> None:
    async def main() -> list[str]:
        async with serve_zone({}) as server:
            assert not (await Resolver(9, server.resolver).query(name, "A")).records
        return server.queries

    assert set(asyncio.run(main())) <= {". A"}


def test_the_names_of_an_address_are_asked_for() -> None:
    async def main() -> tuple[str, ...]:
        async with serve_zone({"1.2.0.192.in-addr.arpa PTR": ["b.example.", "a.example."]}) as one:
            found = await Resolver(9, one.resolver).query("1.2.0.192.in-addr.arpa", "PTR")
        return found.records

    assert sorted(asyncio.run(main())) == ["a.example", "b.example"]


def test_dns_is_loaded_only_when_it_is_asked() -> None:
    code = (
        "import sys, tui.probes.sender.sender_checks; "
        "sys.exit(bool({'dns', 'publicsuffixlist'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
