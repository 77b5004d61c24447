"""Client certificates and their keys as files, good and not."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme

from tui.tls.client_certificate import ClientCertificate

PASSPHRASE = "p4ssphrase-c4nary"


def write_client(
    folder: Path, issuer: trustme.CA, name: str = "client", *, days: int = 1, passphrase: str = ""
) -> ClientCertificate:
    """Write a certificate that ends after some days, and its key; return their paths."""
    start = datetime.now(UTC) - timedelta(days=9)
    end = datetime.now(UTC) + timedelta(days=days)
    cert = issuer.issue_cert("glidemail.example", not_before=start, not_after=end)
    paths = ClientCertificate(folder / f"{name}.pem", folder / f"{name}-key.pem")
    paths.certificate.write_bytes(b"".join(each.bytes() for each in cert.cert_chain_pems))
    assert paths.key
    paths.key.write_bytes(cert.private_key_pem.bytes())
    if passphrase:
        encrypt(paths.key, passphrase)
    return paths


def encrypt(key: Path, passphrase: str, *, traditional: bool = False) -> None:
    """Encrypt a key in place."""
    form = ["ec", "-aes256"] if traditional else ["pkcs8", "-topk8", "-v2", "aes256"]
    command = ["openssl", *form, "-in", str(key), "-passout", "stdin"]
    done = subprocess.run(command, input=passphrase.encode(), capture_output=True, check=True)
    key.write_bytes(done.stdout)
