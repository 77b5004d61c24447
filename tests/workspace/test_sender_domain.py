"""What DNS says of what an instance sends from, asked of a real name server on loopback."""

import asyncio
from dataclasses import replace

import pytest

from tests.app.factories import make_instance_session
from tests.probes.sender.dns_of_machine import use_name_server
from tests.probes.sender.name_server import SILENT, Zone, serve_zone_beside
from tests.settings.factories import MANAGED, OWN, STAMP
from tui.probes.stage import StageResult
from tui.settings.delivery.account import Account
from tui.settings.delivery.status import DeliveryStatus, Model, Queue
from tui.workspace.sender_domain import look_up_sender
from tui.workspace.session import Session

DOMAIN = "corp.example"
NAMES = [f"{letter}.spf.service-now.com" for letter in "bcd"]
ALL = "v=spf1 a:b.spf.service-now.com a:c.spf.service-now.com a:d.spf.service-now.com -all"
ZONE: Zone = {
    f"{DOMAIN} MX": f"10 mail.{DOMAIN}.",
    f"{DOMAIN} TXT": ALL,
    f"_dmarc.{DOMAIN} TXT": "v=DMARC1; p=reject",
    **{f"{name} A": f"192.0.2.{number}" for number, name in enumerate(NAMES, 1)},
}


def session(sender: Account | None, *, on_loopback: bool = False) -> Session:
    status = DeliveryStatus(
        name="corp",
        release="",
        model=Model.ACCOUNT,
        why="It is active.",
        sender=sender,
        sending=True,
        recipients=(),
        queue=Queue(0, "", 0),
        sent_from=f"helpdesk@{DOMAIN}",
        receiving=True,
        readers=(),
        changed=STAMP,
        unread=(),
    )
    made = make_instance_session(on_loopback=on_loopback)
    return replace(made, reading=replace(made.reading, status=status))


MANAGED_HERE = replace(MANAGED, user=f"helpdesk@{DOMAIN}")


def codes(sender: Account | None, *, on_loopback: bool = False) -> dict[str, StageResult]:
    found = asyncio.run(look_up_sender(session(sender, on_loopback=on_loopback)))
    return {each.code: each.result for each in found}


def test_servicenows_own_account_sends_from_servicenows_servers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with serve_zone_beside(ZONE) as server:
        use_name_server(monkeypatch, server)
        found = codes(MANAGED_HERE)
        assert found["sender.spf.pass"] is StageResult.PASSED
        assert found["sender.dmarc.aligned"] is StageResult.PASSED
        assert {f"{name} A" for name in NAMES} <= set(server.queries)


def test_a_server_that_is_not_authorized_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve_zone_beside({**ZONE, f"{DOMAIN} TXT": "v=spf1 -all"}) as server:
        use_name_server(monkeypatch, server)
        assert codes(MANAGED_HERE)["sender.spf.fail"] is StageResult.WARNED


def test_what_an_own_relay_sends_from_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve_zone_beside(ZONE) as server:
        use_name_server(monkeypatch, server)
        assert codes(OWN)["sender.spf.relay"] is StageResult.SKIPPED


def test_without_dns_nothing_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    use_name_server(monkeypatch, None)
    assert codes(OWN)["sender.spf.no-dns"] is StageResult.SKIPPED


def test_a_name_server_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.workspace.sender_domain._SECONDS", 0.2)
    with serve_zone_beside(dict.fromkeys(ZONE, SILENT)) as server:
        use_name_server(monkeypatch, server)
        assert codes(OWN)["sender.spf.timeout"] is StageResult.SKIPPED


def test_a_stand_in_and_an_unknown_sender_ask_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve_zone_beside(ZONE) as server:
        use_name_server(monkeypatch, server)
        assert list(codes(OWN, on_loopback=True)) == ["sender.domain.stand-in"]
        assert list(codes(None)) == ["sender.domain.no-account"]
        assert server.queries == []


def test_a_fault_in_the_checks_fails_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.probes.sender.sender_checks.check_sender_domain", None)
    assert list(codes(OWN)) == ["sender.domain.fault"]
