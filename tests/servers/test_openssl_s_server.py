"""The probe against `openssl s_server`, set up wrongly in one way each."""

import asyncio
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest

from tests.probes.net.factories import (
    HOST,
    IssuedCertificate,
    chain_file,
    intermediate,
    issue,
    root,
    trusted_file,
)
from tests.programs import require
from tui.probes.server_spec import ProbeOptions, ServerSpec
from tui.probes.smtp.smtp_probe import probe_smtp
from tui.probes.stage import Stage, StageResult
from tui.settings.values import Security

_DAY = timedelta(days=1)
_OLD = ("-cipher", "ALL:@SECLEVEL=0")
_DEMAND = ("-Verify", "1", "-verify_return_error")


@contextmanager
def s_server(chain: tuple[IssuedCertificate, ...], options: tuple[str, ...]) -> Iterator[int]:
    """Run the server until the block ends; return its port."""
    file = str(chain_file(chain))
    command = [
        *(require("openssl", "openssl"), "s_server", "-accept", f"{HOST}:0"),
        *("-cert", file, "-key", file, "-cert_chain", file, "-CAfile", str(trusted_file())),
        *options,
    ]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout
        try:
            yield next(
                int(line.rsplit(b":", 1)[1]) for line in process.stdout if b"ACCEPT " in line
            )
        finally:
            process.kill()


@dataclass(frozen=True)
class Case:
    """How the server is set up, and what the probe says of it.

    Attributes:
        options: of `openssl s_server`.
        code: of the first stage that fails, without the protocol.
        words: are in its message.
    """

    options: tuple[str, ...]
    code: str
    words: tuple[str, ...]
    make: Callable[[], tuple[IssuedCertificate, ...]] = lambda: (issue("good", root()),)


CASES = {
    "TLS 1.2, client certificate required": Case(
        ("-tls1_2", *_DEMAND),
        "tls.client-certificate",
        ("asked for a client certificate, got none", "handshake failure)"),
    ),
    "TLS 1.3, client certificate required": Case(
        ("-tls1_3", *_DEMAND),
        "greeting.client-certificate",
        ("requires a client certificate", "certificate required)"),
    ),
    "TLS 1.0 only": Case(
        ("-tls1", *_OLD), "tls.old-version", ("rejects TLS 1.2 and 1.3", "protocol version)")
    ),
    "TLS 1.1 only": Case(
        ("-tls1_1", *_OLD), "tls.old-version", ("rejects TLS 1.2 and 1.3", "protocol version)")
    ),
    "no common cipher": Case(
        ("-tls1_2", "-cipher", "PSK"),
        "tls.no-common-cipher",
        ("no cipher, key exchange or signature in common", "handshake failure)"),
    ),
    "no common signature": Case(
        ("-tls1_2", "-sigalgs", "ECDSA+SHA1", *_OLD),
        "tls.no-common-cipher",
        ("no cipher, key exchange or signature in common", "handshake failure)"),
    ),
    "expired leaf": Case(
        (),
        "certificate.expired",
        ("expired on", "(certificate has expired)"),
        lambda: (issue("old", root(), begins=-20 * _DAY, ends=-2 * _DAY),),
    ),
    "incomplete chain": Case(
        (),
        "certificate.missing-intermediate",
        ("may be missing", "unable to get local issuer certificate)"),
        lambda: (issue("alone", intermediate(), links_issuer=True),),
    ),
    "name mismatch": Case(
        (),
        "certificate.name",
        (f"is not for {HOST}", "other.example", "IP address mismatch"),
        lambda: (issue("other", root(), names=("other.example",)),),
    ),
    "name mismatch in TLS 1.2": Case(
        ("-tls1_2",),
        "certificate.name",
        (f"is not for {HOST}", "other.example", "IP address mismatch"),
        lambda: (issue("other", root(), names=("other.example",)),),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_cause_is_found_at_its_stage(case: Case) -> None:
    stages: list[Stage] = []
    with s_server(case.make(), case.options) as port:
        spec = ServerSpec(
            server=HOST,
            port=port,
            security=Security.SSL_TLS,
            user="",
            password=None,
            authenticate=False,
        )
        options = ProbeOptions(ca_file=trusted_file(), deadline=10)
        asyncio.run(probe_smtp(spec, options, stages.append))
    failed = next(each for each in stages if each.result is StageResult.FAILED)
    assert failed.code == f"smtp.{case.code}", failed
    assert all(each in failed.message for each in case.words), failed.message
    assert failed.hint
