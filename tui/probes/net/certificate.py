"""What a server's certificate says, and why OpenSSL rejected it."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tui.probes.stage import StageError
from tui.terminal.visible import visible
from tui.tls import CertificateFault, certificate_fault

if TYPE_CHECKING:
    from cryptography import x509

_SOON = timedelta(days=14)
_MOST_NAMES = 6
_TRUST = "Where the authority is your own, give its certificate as the file of authorities."
_TRUST_THERE = "The instance has to trust it as well."
_CLOCK = "See that this machine's clock is right."
_KINDS = {
    CertificateFault.INCOMPLETE_CHAIN: "unknown-issuer",
    CertificateFault.OTHER_NAME: "name",
    CertificateFault.OTHER_ADDRESS: "name",
}
"""The kinds of the faults that a probe does not tell apart by themselves."""


@dataclass(frozen=True, slots=True)
class AcceptedCertificate:
    """A verified certificate.

    Attributes:
        words: who it is for, who issued it and until when it is valid.
        expires_soon: it expires within 14 days.
    """

    words: str
    expires_soon: bool


@dataclass(frozen=True, slots=True)
class Certificate:
    """The contents of a server's own certificate, safe to show.

    Attributes:
        names: the names and addresses it is valid for.
        self_signed: subject and issuer are the same.
        links_issuer: it says where its issuer's certificate can be fetched (RFC 5280, 4.2.2.1).
    """

    subject: str
    issuer: str
    names: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    self_signed: bool
    links_issuer: bool


def describe_accepted(tls: ssl.SSLObject, server: str) -> AcceptedCertificate:
    """Describe the certificate of a session that verified it."""
    found: Any = tls.getpeercert() or {}
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(found["notAfter"]), UTC)
    issuer = {key: value for part in found.get("issuer", ()) for key, value in part}
    by = issuer.get("commonName") or issuer.get("organizationName") or "nobody"
    return AcceptedCertificate(
        f"The certificate is for {visible(server, 80)}, from {visible(by, 80)}, "
        f"until {ends:%Y-%m-%d}",
        ends - datetime.now(UTC) < _SOON,
    )


def peer_chain(tls: ssl.SSLObject) -> tuple[bytes, ...]:
    """Return the certificates that the server sent, as DER; before Python 3.13 only its own."""
    get_chain: Any = getattr(tls, "get_unverified_chain", None)
    if get_chain and (chain := get_chain()):
        return tuple(bytes(each) for each in chain)
    own = tls.getpeercert(binary_form=True)
    return (own,) if own else ()


def has_known_cause(verify_code: int) -> bool:
    """Whether the certificate is rejected for a cause that does not depend on strict checking."""
    return certificate_fault(verify_code) is not CertificateFault.INVALID


def parse_certificate(der: bytes) -> Certificate | None:
    """Return the contents of a certificate, or None if it cannot be parsed."""
    from cryptography import x509

    try:
        found = x509.load_der_x509_certificate(der)
        return Certificate(
            subject=_name(found.subject),
            issuer=_name(found.issuer),
            names=_alternative_names(found),
            not_before=found.not_valid_before_utc,
            not_after=found.not_valid_after_utc,
            self_signed=found.issuer == found.subject,
            links_issuer=_links_issuer(found),
        )
    except Exception:  # a stranger made it: the library raises many things, of many kinds
        return None


def _name(name: "x509.Name") -> str:
    from cryptography.x509.oid import NameOID

    for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        for attribute in name.get_attributes_for_oid(oid):
            return visible(str(attribute.value), 80)
    return visible(name.rfc4514_string(), 80) or "nobody"


def _alternative_names(certificate: "x509.Certificate") -> tuple[str, ...]:
    from cryptography import x509

    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    kept = [each for each in names if isinstance(each, x509.DNSName | x509.IPAddress)]
    return tuple(visible(str(each.value), 80) for each in kept[: _MOST_NAMES + 1])


def _links_issuer(certificate: "x509.Certificate") -> bool:
    from cryptography import x509
    from cryptography.x509.oid import AuthorityInformationAccessOID as Access

    try:
        links = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess)
    except x509.ExtensionNotFound:
        return False
    return any(each.access_method == Access.CA_ISSUERS for each in links.value)


def explain_rejection(
    place: str, server: str, verify_code: int, why: str, chain: tuple[bytes, ...]
) -> StageError:
    """Explain why a certificate was rejected.

    Args:
        why: OpenSSL's own words.
        chain: the certificates as DER, the server's own first; () if they could not be read.
    """
    own = parse_certificate(chain[0]) if chain else None
    fault = certificate_fault(verify_code)
    kind = _KINDS.get(fault, str(fault))
    if (
        kind == "unknown-issuer"
        and own
        and own.links_issuer
        and not own.self_signed
        and len(chain) == 1
    ):
        kind = "missing-intermediate"
    what, hint = _cause(kind, visible(server, 80), own, visible(why, 120))
    also = ""
    if own and kind != "expired" and own.not_after < datetime.now(UTC):
        also = f"; it has ended on {own.not_after:%Y-%m-%d} too"
    return StageError(
        kind, f"The certificate of {place} {what}{also}. No login was tried on it.", hint
    )


def _cause(kind: str, server: str, own: Certificate | None, why: str) -> tuple[str, str]:
    """Return what is wrong with the certificate, and what to do."""
    issuer = f" ({own.issuer})" if own else ""
    match kind:
        case "expired":
            return f"has ended{f' on {own.not_after:%Y-%m-%d}' if own else ''}", (
                f"Have it renewed. {_CLOCK}"
            )
        case "not-yet-valid":
            return f"is valid only{f' from {own.not_before:%Y-%m-%d} on' if own else ' later'}", (
                f"{_CLOCK} Else wait, or have another one issued."
            )
        case "self-signed":
            return f"is signed by itself{f' ({own.subject})' if own else ''}", (
                "Have one issued by an authority; if it is meant so, give it as the file of "
                f"authorities. {_TRUST_THERE}"
            )
        case "unknown-root" | "unknown-issuer":
            verb = "leads to" if kind == "unknown-root" else "was issued by"
            what = f"{verb} an authority that is not trusted here{issuer}"
            return what, f"{_TRUST} {_TRUST_THERE}"
        case "missing-intermediate":
            return (
                f"comes from an issuer that is not known here{issuer}, and the server "
                "may not send the certificates between it and its authority",
                f"Have the server send its whole chain. {_TRUST}",
            )
        case "name":
            return f"is not for {server}{_names_instead(own)}", (
                "Set the server to a name the certificate has, or have one issued for this name."
            )
    return f"is not accepted ({why})", "Have it looked at by whoever issued it."


def _names_instead(own: Certificate | None) -> str:
    if own is None:
        return ""
    if not own.names:
        return f"; it has no names but the old form of one ({own.subject})"
    more = " and more" if len(own.names) > _MOST_NAMES else ""
    return f", but for {', '.join(own.names[:_MOST_NAMES])}{more}"
