"""A client's certificate and key: loaded, or refused in words."""

import ssl
from dataclasses import replace
from pathlib import Path

import pytest
import trustme

from tests.tls.client_certificates import PASSPHRASE, encrypt, write_client
from tui.credentials.secret import Secret
from tui.tls.client_certificate import ClientCertificate, ClientCertificateError


@pytest.fixture(scope="module")
def issuer() -> trustme.CA:
    return trustme.CA()


def load(client: ClientCertificate, passphrase: str = "") -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.load(context, Secret(passphrase) if passphrase else None)


def error(client: ClientCertificate, passphrase: str = "") -> ClientCertificateError:
    with pytest.raises(ClientCertificateError) as raised:
        load(client, passphrase)
    assert "c4nary" not in f"{raised.value!r} {raised.value.reason}"
    assert raised.value.__cause__ is None
    return raised.value


def test_a_certificate_and_its_key_are_loaded_from_two_files_or_one(
    tmp_path: Path, issuer: trustme.CA
) -> None:
    two = write_client(tmp_path, issuer)
    assert two.key
    load(two)
    both = tmp_path / "both.pem"
    both.write_bytes(two.key.read_bytes() + two.certificate.read_bytes())
    load(ClientCertificate(both))
    assert not two.needs_passphrase
    assert not ClientCertificate(both).needs_passphrase


@pytest.mark.parametrize("traditional", [True, False])
def test_an_encrypted_key_opens_with_its_passphrase_alone(
    tmp_path: Path, issuer: trustme.CA, traditional: bool
) -> None:
    client = write_client(tmp_path, issuer)
    assert client.key
    encrypt(client.key, PASSPHRASE, traditional=traditional)
    assert client.needs_passphrase
    load(client, PASSPHRASE)
    for wrong in ("", "wr0ng-c4nary", "c4nary" * 400):
        found = error(client, wrong)
        assert found.is_passphrase
        assert found.file == client.key


def test_a_key_of_another_certificate_is_named(tmp_path: Path, issuer: trustme.CA) -> None:
    one, other = (write_client(tmp_path, issuer, name) for name in ("one", "other"))
    found = error(replace(one, key=other.key))
    assert (found.file, found.reason) == (other.key, "isn't the certificate's key")
    assert not found.is_passphrase


def test_files_that_are_something_else_are_named(tmp_path: Path, issuer: trustme.CA) -> None:
    client = write_client(tmp_path, issuer)
    assert client.key
    text, gone = tmp_path / "text.pem", tmp_path / "gone.pem"
    text.write_text("c4nary")
    swapped = ClientCertificate(client.key, client.certificate)
    for wrong, file, reason in (
        (replace(client, certificate=text), text, "holds no certificate in PEM"),
        (replace(client, key=text), text, "holds no private key in PEM"),
        (replace(client, key=None), client.certificate, "holds no private key in PEM"),
        (swapped, client.key, "holds no certificate in PEM"),
        (replace(client, certificate=gone), gone, "No such file or directory"),
        (replace(client, key=gone), gone, "No such file or directory"),
        (replace(client, key=tmp_path), tmp_path, "Is a directory"),
    ):
        found = error(wrong)
        assert (found.file, found.reason) == (file, reason)
        assert not wrong.needs_passphrase
