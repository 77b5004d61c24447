"""What a certificate says of itself, and why it is not accepted.

Nothing here decides whether one is good: OpenSSL did, and this names the cause.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tui.probes.fault import StageError
from tui.terminal.visible import visible

if TYPE_CHECKING:
    from cryptography import x509

SOON = timedelta(days=14)
_NAMES = 6
_TRUST = "Where the authority is your own, give its certificate as the file of authorities."
_CLOCK = "See that this machine's clock is right."
# X509_V_ERR_*, as in X509_STORE_CTX_get_error(3).
_KINDS: Mapping[int, str] = {
    9: "not-yet-valid",
    10: "expired",
    18: "self-signed",
    19: "unknown-root",
    20: "unknown-issuer",
    21: "unknown-issuer",
    62: "name",
    64: "name",
}


@dataclass(frozen=True, slots=True)
class Certificate:
    """What stands in a server's own certificate, safe to show.

    Attributes:
        subject: who it was issued to.
        issuer: who issued it.
        names: the names and addresses it is for.
        self_signed: it was issued to whoever issued it.
        points_up: it says where its issuer's certificate is to be had (RFC 5280, 4.2.2.1).
    """

    subject: str
    issuer: str
    names: tuple[str, ...]
    begins: datetime
    ends: datetime
    self_signed: bool
    points_up: bool


def known(verify_code: int) -> bool:
    """Whether a refusal has a cause that is one under any checking, strict or not."""
    return verify_code in _KINDS


def read(der: bytes) -> Certificate | None:
    """What stands in a certificate, None where it cannot be read."""
    from cryptography import x509

    try:
        found = x509.load_der_x509_certificate(der)
        return Certificate(
            subject=_name(found.subject),
            issuer=_name(found.issuer),
            names=_names(found),
            begins=found.not_valid_before_utc,
            ends=found.not_valid_after_utc,
            self_signed=found.issuer == found.subject,
            points_up=_points_up(found),
        )
    except Exception:  # a stranger made it: the library raises many things, of many kinds
        return None


def _name(name: "x509.Name") -> str:
    from cryptography.x509.oid import NameOID

    for wanted in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        for attribute in name.get_attributes_for_oid(wanted):
            return visible(str(attribute.value), 80)
    return visible(name.rfc4514_string(), 80) or "nobody"


def _names(found: "x509.Certificate") -> tuple[str, ...]:
    from cryptography import x509

    try:
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    kept = [each for each in names if isinstance(each, x509.DNSName | x509.IPAddress)]
    return tuple(visible(str(each.value), 80) for each in kept[: _NAMES + 1])


def _points_up(found: "x509.Certificate") -> bool:
    from cryptography import x509
    from cryptography.x509.oid import AuthorityInformationAccessOID as Access

    try:
        told = found.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound:
        return False
    return any(each.access_method == Access.CA_ISSUERS for each in told)


def refused(
    place: str, server: str, verify_code: int, why: str, chain: tuple[bytes, ...]
) -> StageError:
    """Why a certificate is not accepted.

    Args:
        place: the server and the port.
        server: the name it has to be for.
        why: OpenSSL's own words.
        chain: the certificates as DER, the server's own first; () where they could not be read.
            Only from Python 3.13 on there is more than the first.
    """
    seen = read(chain[0]) if chain else None
    kind = _KINDS.get(verify_code, "invalid")
    if (
        kind == "unknown-issuer"
        and seen
        and seen.points_up
        and not seen.self_signed
        and len(chain) == 1
    ):
        kind = "missing-intermediate"
    what, todo = _cause(kind, visible(server, 80), seen, visible(why, 120))
    also = _also(kind, seen)
    return StageError(
        kind, f"The certificate of {place} {what}{also}. No login was tried on it.", todo
    )


def _cause(kind: str, server: str, seen: Certificate | None, why: str) -> tuple[str, str]:
    match kind:
        case "expired":
            return f"has ended{f' on {seen.ends:%Y-%m-%d}' if seen else ''}", (
                f"Have it renewed. {_CLOCK}"
            )
        case "not-yet-valid":
            return f"is valid only{f' from {seen.begins:%Y-%m-%d} on' if seen else ' later'}", (
                f"{_CLOCK} Else wait, or have another one issued."
            )
        case "self-signed":
            return f"is signed by itself{f' ({seen.subject})' if seen else ''}", (
                "Have one issued by an authority; if it is meant so, give it as the file of "
                "authorities. The instance has to trust it as well."
            )
        case "unknown-root":
            return f"leads to an authority that is not trusted here{_issuer(seen)}", (
                f"{_TRUST} The instance has to trust it as well."
            )
        case "unknown-issuer":
            return f"was issued by an authority that is not trusted here{_issuer(seen)}", (
                f"{_TRUST} The instance has to trust it as well."
            )
        case "missing-intermediate":
            return (
                f"comes from an issuer that is not known here{_issuer(seen)}, and the server "
                "may not send the certificates between it and its authority",
                f"Have the server send its whole chain. {_TRUST}",
            )
        case "name":
            return f"is not for {server}{_listed(seen)}", (
                "Set the server to a name the certificate has, or have one issued for this name."
            )
    return f"is not accepted ({why})", "Have it looked at by whoever issued it."


def _issuer(seen: Certificate | None) -> str:
    return f" ({seen.issuer})" if seen else ""


def _listed(seen: Certificate | None) -> str:
    if seen is None:
        return ""
    if not seen.names:
        return f"; it has no names but the old form of one ({seen.subject})"
    more = " and more" if len(seen.names) > _NAMES else ""
    return f", but for {', '.join(seen.names[:_NAMES])}{more}"


def _also(kind: str, seen: Certificate | None) -> str:
    now = datetime.now(UTC)
    if seen and kind != "expired" and seen.ends < now:
        return f"; it has ended on {seen.ends:%Y-%m-%d} too"
    return ""
