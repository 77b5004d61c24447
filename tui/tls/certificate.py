"""What a certificate says, read out of bytes that anybody may have made."""

import warnings
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from tui.terminal.visible import visible

if TYPE_CHECKING:
    from cryptography import x509

    E = TypeVar("E", bound=x509.ExtensionType)

_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Certificate:
    """The contents of a certificate; its texts are safe to show.

    Attributes:
        names: the DNS names it is valid for.
        addresses: the IP addresses it is valid for.
        self_issued: subject and issuer are the same.
        has_readable_names: the names and addresses are all that it has.
        links_issuer: it says where its issuer's certificate can be fetched (RFC 5280, 4.2.2.1).
    """

    subject: str
    issuer: str
    names: tuple[str, ...]
    addresses: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    has_readable_names: bool
    self_issued: bool
    links_issuer: bool
    x509: "x509.Certificate" = field(repr=False)


def parse_certificate(der: bytes) -> Certificate | None:
    """Return the contents of a certificate, or None if it cannot be parsed."""
    from cryptography import x509

    try:
        with warnings.catch_warnings():  # the library warns of what a stranger did wrong
            warnings.simplefilter("ignore")
            found = x509.load_der_x509_certificate(der)
            others = find_extension(found, x509.SubjectAlternativeName) or ()
            return Certificate(
                subject=_name(found.subject),
                issuer=_name(found.issuer),
                names=tuple(
                    visible(each.value, _LENGTH)
                    for each in others
                    if isinstance(each, x509.DNSName)
                ),
                addresses=tuple(
                    str(each.value) for each in others if isinstance(each, x509.IPAddress)
                ),
                not_before=found.not_valid_before_utc,
                not_after=found.not_valid_after_utc,
                has_readable_names=_has_readable_extensions(found),
                self_issued=found.issuer == found.subject,
                links_issuer=_links_issuer(found),
                x509=found,
            )
    except Exception:  # the library raises many things, of many kinds
        return None


def find_extension(certificate: "x509.Certificate", kind: "type[E]") -> "E | None":
    """Return an extension; None if there is none, or if the extensions cannot be parsed."""
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except Exception:  # as above
        return None


def _has_readable_extensions(certificate: "x509.Certificate") -> bool:
    try:
        return certificate.extensions is not None
    except Exception:  # as above
        return False


def _name(name: "x509.Name") -> str:
    from cryptography.x509.oid import NameOID

    for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        for attribute in name.get_attributes_for_oid(oid):
            return visible(str(attribute.value), _LENGTH)
    return visible(name.rfc4514_string(), _LENGTH) or "(no name)"


def _links_issuer(certificate: "x509.Certificate") -> bool:
    from cryptography import x509
    from cryptography.x509.oid import AuthorityInformationAccessOID as Access

    links = find_extension(certificate, x509.AuthorityInformationAccess) or ()
    return any(each.access_method == Access.CA_ISSUERS for each in links)
