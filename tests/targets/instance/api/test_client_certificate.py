"""Mutual TLS with a server on loopback that requires a client certificate."""

import asyncio
import ssl
from dataclasses import replace
from pathlib import Path

import pytest

from tests.targets.instance.api.factories import WELCOME, identity, read, visible_text
from tests.targets.instance.api.fakes import authority, records_response, serve, write_ca_file
from tests.targets.instance.api.mutual_tls import MutualServer, serve_mutual
from tests.tls.client_certificates import PASSPHRASE, write_client
from tui.credentials.secret import Secret
from tui.targets.instance.api.client import Client, Page
from tui.targets.instance.api.response_errors import InstanceProblem
from tui.targets.instance.api.session import ApiSession
from tui.tls.client_certificate import ClientCertificate

VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]


@pytest.fixture(autouse=True)
def ca_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("HTTPS_PROXY", "ALL_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    return write_ca_file(tmp_path)


async def read_once(
    server: MutualServer, ca_file: Path, client: ClientCertificate | None, passphrase: str
) -> Page:
    session = ApiSession(server.url, Secret(passphrase) if passphrase else None)
    opened = Client(
        server.url, identity(), session=session, client_certificate=client, ca_file=ca_file
    )
    async with opened:
        await opened.sign_in()
        return await read(opened)


def run(
    server: MutualServer, ca_file: Path, client: ClientCertificate | None, passphrase: str = ""
) -> Page:
    return asyncio.run(read_once(server, ca_file, client, passphrase))


def problem(
    server: MutualServer, ca_file: Path, client: ClientCertificate | None, passphrase: str = ""
) -> InstanceProblem:
    with pytest.raises(InstanceProblem) as raised:
        run(server, ca_file, client, passphrase)
    assert server.requests == []
    assert not raised.value.uncertain
    return raised.value


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("passphrase", ["", PASSPHRASE])
def test_an_instance_that_requires_a_certificate_gets_it(
    tmp_path: Path, ca_file: Path, version: ssl.TLSVersion, passphrase: str
) -> None:
    client = write_client(tmp_path, authority("clients"), passphrase=passphrase)
    with serve_mutual(version) as server:
        assert run(server, ca_file, client, passphrase) == Page((), None)
    assert b"".join(server.requests).count(b"GET ") == 2


def test_an_instance_that_requires_one_and_gets_none_is_told_apart(ca_file: Path) -> None:
    with serve_mutual() as server:
        found = problem(server, ca_file, None)
    assert found.code == "instance.client-certificate-required"
    assert "Add client_certificate and client_key to the profile" in found.hint


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("issuer", "days"), [("strangers", 1), ("clients", -1)])
def test_a_certificate_that_is_rejected_is_said_to_be(
    tmp_path: Path, ca_file: Path, version: ssl.TLSVersion, issuer: str, days: int
) -> None:
    client = write_client(tmp_path, authority(issuer), days=days)
    with serve_mutual(version) as server:
        found = problem(server, ca_file, client)
    assert found.code == "instance.client-certificate-rejected"
    assert "rejects the client certificate (" in found.message


def test_a_wrong_passphrase_sends_nothing(tmp_path: Path, ca_file: Path) -> None:
    client = write_client(tmp_path, authority("clients"), passphrase=PASSPHRASE)
    with serve_mutual() as server:
        found = problem(server, ca_file, client, "wr0ng-c4nary")
    assert found.code == "instance.passphrase"
    assert f"Can't use {client.key} as client_key" in found.message
    assert "c4nary" not in visible_text(found)


def test_files_that_do_not_fit_send_nothing(tmp_path: Path, ca_file: Path) -> None:
    client = write_client(tmp_path, authority("clients"))
    gone = tmp_path / "gone.pem"
    with serve_mutual() as server:
        for wrong, name in (
            (replace(client, certificate=gone), "client_certificate"),
            (replace(client, key=gone), "client_key"),
        ):
            found = problem(server, ca_file, wrong)
            assert found.code == "instance.client-certificate"
            assert f"gone.pem as {name}" in found.message


def test_an_instance_that_does_not_ask_does_not_mind(tmp_path: Path, ca_file: Path) -> None:
    client = write_client(tmp_path, authority("clients"))

    async def main() -> Page:
        async with serve(WELCOME, records_response()) as served:
            return await read_once(MutualServer(served.url), ca_file, client, "")

    assert asyncio.run(main()) == Page((), None)
