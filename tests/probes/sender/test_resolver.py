"""Name servers that do not answer, odd DNS settings, and when DNS is loaded."""

import asyncio
import subprocess
import sys
from pathlib import Path

import dns.asyncresolver
import pytest
from dns.resolver import NoResolverConfiguration

from tests.probes.sender.factories import FOUR, RELAY, USER, Findings, check
from tests.probes.sender.name_server import SILENT, serve_zone
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


def test_dns_is_loaded_only_when_it_is_asked() -> None:
    code = "import sys, tui.probes.sender.sender_checks; sys.exit('dns' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
