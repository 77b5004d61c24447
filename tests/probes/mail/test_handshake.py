"""A rejected certificate is looked at on a connection of its own."""

import pytest

from tests.probes.factories import Case, diagnose
from tests.probes.mail_server import Script


@pytest.mark.parametrize("kind", ["expired", "stranger", "strict-only", "expired-and-not-strict"])
def test_a_refused_certificate_is_read_without_credentials(kind: str) -> None:
    found = diagnose(Case(script=Script(certificate=kind)))
    assert found.traffic.connections == (3 if kind.startswith("expired-and") else 2)
    refused = kind != "strict-only"
    assert found.traffic.logins == (0 if refused else 1)
    assert (b"AUTH" in found.traffic.secure) is not refused
    assert found["login"].result == ("skipped" if refused else "passed")
