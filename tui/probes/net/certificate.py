"""What a probe says about a server's certificate."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tui.probes.stage import StageError
from tui.terminal.visible import visible
from tui.tls.context import RejectedChain
from tui.tls.rejection import Advice, explain_rejection

_SOON = timedelta(days=14)
_ADVICE = Advice(
    trust="use its certificate as the file of authorities",
    caution="The instance has to trust it as well.",
    name="Set the server to a name in the certificate.",
)


@dataclass(frozen=True, slots=True)
class AcceptedCertificate:
    """A verified certificate.

    Attributes:
        words: who it is for, who issued it and until when it is valid.
        expires_soon: it expires within 14 days.
        has_old_name: it was accepted for its common name, as it has no DNS names and addresses;
            other programs reject that (RFC 9525, section 2).
    """

    words: str
    expires_soon: bool
    has_old_name: bool


def describe_accepted(tls: ssl.SSLObject, server: str) -> AcceptedCertificate:
    """Describe the certificate of a session that verified it."""
    found: Any = tls.getpeercert() or {}
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(found["notAfter"]), UTC)
    issuer = {key: value for part in found.get("issuer", ()) for key, value in part}
    by = issuer.get("commonName") or issuer.get("organizationName") or "an authority without a name"
    kinds = {kind for kind, _ in found.get("subjectAltName", ())}
    return AcceptedCertificate(
        f"The certificate is for {visible(server, 80)}, issued by {visible(by, 80)}, "
        f"valid until {ends:%Y-%m-%d}",
        ends - datetime.now(UTC) < _SOON,
        not kinds & {"DNS", "IP Address"},
    )


def describe_rejection(
    place: str, server: str, verify_code: int, why: str, chain: RejectedChain
) -> StageError:
    """Explain why a certificate was rejected.

    Args:
        why: OpenSSL's own words.
    """
    found = explain_rejection(verify_code, why, chain, server, _ADVICE)
    message = f"The certificate of {place} {found.what}. No login was tried."
    return StageError(found.fault, message, found.hint)
