"""What OpenSSL finds wrong with a certificate besides its dates, names and issuer, in plain words.

The numbers are X509_V_ERR_*, as in X509_STORE_CTX_get_error(3).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from tui.tls.certificate import Certificate, find_extension

if TYPE_CHECKING:
    from cryptography import x509

Chain: TypeAlias = Sequence[Certificate]
"""A certificate, its issuer's, and so on."""
_Test: TypeAlias = Callable[[Chain, int], bool]
_LEAST_BITS = {"rsa": 2048, "dsa": 2048, "ec": 224}
"""112 bits of security, the usual security level 2: SSL_CTX_set_security_level(3)."""

_OWN_KEY = 66
"""X509_V_ERR_EE_KEY_TOO_SMALL, which also stands for a key that OpenSSL cannot use."""
_HANDLED = {
    *(f"2.5.29.{number}" for number in (15, 17, 19, 30, 31, 32, 33, 36, 37, 54)),
    *(f"1.3.6.1.5.5.7.1.{number}" for number in (7, 8, 14)),
    "2.16.840.1.113730.1.1",
}
"""The extensions that may be critical: X509_supported_extension(3)."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with one certificate of a chain.

    Attributes:
        words: the flaw, to follow the certificate as the subject of a sentence.
        position: where it is in the chain; 0 is the server's own. None if that is not known.
    """

    words: str
    position: int | None


def find_flaw(verify_code: int, chain: Chain) -> Flaw | None:
    """Return the flaw that a verify code stands for, and which certificate has it.

    None if the code stands for something else.
    """
    if verify_code not in _FLAWS:
        return None
    words, has_flaw = _FLAWS[verify_code]
    found = [index for index in range(len(chain)) if _holds(has_flaw, chain, index)]
    if verify_code == _OWN_KEY and not found:
        return Flaw("has a key that is too weak or can't be used here", 0)
    return Flaw(words, found[0] if len(found) == 1 or 0 in found else None)


def may_issue(certificate: Certificate) -> bool:
    """Whether a certificate may issue others (RFC 5280, 4.2.1.3 and 4.2.1.9)."""
    from cryptography import x509

    usage = find_extension(certificate.x509, x509.KeyUsage)
    return _is_authority(certificate) and (usage is None or usage.key_cert_sign)


def is_signed_by(certificate: Certificate, issuer: Certificate) -> bool:
    """Whether the issuer's key made the certificate's signature."""
    try:
        certificate.x509.verify_directly_issued_by(issuer.x509)
    except Exception:  # a bad signature, another name, or a key of a kind that is not known
        return False
    return True


def _holds(has_flaw: _Test, chain: Chain, index: int) -> bool:
    try:
        return has_flaw(chain, index)
    except Exception:  # a stranger made the certificates
        return False


def _is_authority(certificate: Certificate) -> bool:
    from cryptography import x509

    constraints = find_extension(certificate.x509, x509.BasicConstraints)
    return constraints is not None and constraints.ca


def _is_no_issuer(chain: Chain, index: int) -> bool:
    return index > 0 and not may_issue(chain[index])


def _has_bad_signature(chain: Chain, index: int) -> bool:
    issuer = min(index + 1, len(chain) - 1)
    return (issuer > index or chain[index].self_issued) and not is_signed_by(
        chain[index], chain[issuer]
    )


def _is_too_high(chain: Chain, index: int) -> bool:
    from cryptography import x509

    constraints = find_extension(chain[index].x509, x509.BasicConstraints)
    limit = constraints.path_length if constraints else None
    below = sum(not each.self_issued for each in chain[1:index])
    return index > 0 and limit is not None and below > limit


def _is_for_no_server(chain: Chain, index: int) -> bool:
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID as Purpose

    purposes = find_extension(chain[index].x509, x509.ExtendedKeyUsage)
    if purposes and not {Purpose.SERVER_AUTH, Purpose.ANY_EXTENDED_KEY_USAGE} & set(purposes):
        return True
    usage = find_extension(chain[index].x509, x509.KeyUsage)
    return (
        index == 0
        and usage is not None
        and not (usage.digital_signature or usage.key_encipherment or usage.key_agreement)
    )


def _has_unhandled_extension(chain: Chain, index: int) -> bool:
    extensions = chain[index].x509.extensions
    return any(each.critical and each.oid.dotted_string not in _HANDLED for each in extensions)


def _has_name_constraints(chain: Chain, index: int) -> bool:
    from cryptography import x509

    return index > 0 and find_extension(chain[index].x509, x509.NameConstraints) is not None


def _has_short_key(chain: Chain, index: int) -> bool:
    from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa

    key = chain[index].x509.public_key()
    match key:
        case rsa.RSAPublicKey():
            return key.key_size < _LEAST_BITS["rsa"]
        case dsa.DSAPublicKey():
            return key.key_size < _LEAST_BITS["dsa"]
        case ec.EllipticCurvePublicKey():
            return key.key_size < _LEAST_BITS["ec"]
    return False


def _has_weak_signature(chain: Chain, index: int) -> bool:
    algorithm = chain[index].x509.signature_hash_algorithm
    is_last = index == len(chain) - 1
    return not is_last and algorithm is not None and algorithm.name in ("md5", "sha1")


def _lacks_issuer_key(chain: Chain, index: int) -> bool:
    from cryptography import x509

    return not chain[index].self_issued and not _has(chain[index], x509.AuthorityKeyIdentifier)


def _lacks_own_key(chain: Chain, index: int) -> bool:
    from cryptography import x509

    return _is_authority(chain[index]) and not _has(chain[index], x509.SubjectKeyIdentifier)


def _lacks_key_usage(chain: Chain, index: int) -> bool:
    from cryptography import x509

    return _is_authority(chain[index]) and not _has(chain[index], x509.KeyUsage)


def _has_constraints_uncritical(chain: Chain, index: int) -> bool:
    from cryptography import x509

    if not _is_authority(chain[index]):
        return False
    found = chain[index].x509.extensions.get_extension_for_class(x509.BasicConstraints)
    return not found.critical


def _limits_as_no_authority(chain: Chain, index: int) -> bool:
    from cryptography import x509

    constraints = find_extension(chain[index].x509, x509.BasicConstraints)
    return constraints is not None and not constraints.ca and constraints.path_length is not None


def _signs_as_no_authority(chain: Chain, index: int) -> bool:
    from cryptography import x509

    usage = find_extension(chain[index].x509, x509.KeyUsage)
    return usage is not None and usage.key_cert_sign and not _is_authority(chain[index])


def _has(certificate: Certificate, kind: "type[x509.ExtensionType]") -> bool:
    return find_extension(certificate.x509, kind) is not None


def _is_own(_: Chain, index: int) -> bool:
    return index == 0


def _is_unknown(_chain: Chain, _index: int) -> bool:
    return False


_NO_ISSUER = ("isn't allowed to issue certificates", _is_no_issuer)
_BAD_SIGNATURE = ("isn't signed with the key of its issuer", _has_bad_signature)
_NO_ALGORITHM = ("is signed in a way that isn't supported here", _is_unknown)
_NAME_LIMIT = ("limits names in a way that can't be checked", _has_name_constraints)
_FLAWS: dict[int, tuple[str, _Test]] = {
    4: _BAD_SIGNATURE,
    6: ("has a public key that can't be read", _is_unknown),
    7: _BAD_SIGNATURE,
    13: ("has a start date that can't be read", _is_unknown),
    14: ("has an end date that can't be read", _is_unknown),
    24: _NO_ISSUER,
    25: ("allows fewer authorities below it than there are", _is_too_high),
    26: ("isn't meant for servers", _is_for_no_server),
    27: ("isn't trusted for servers by this machine", _is_unknown),
    28: ("is marked as rejected on this machine", _is_unknown),
    32: _NO_ISSUER,
    34: ("has a critical extension that isn't supported here", _has_unhandled_extension),
    41: ("has an extension that is damaged or contradicts another", _is_unknown),
    42: ("has a damaged extension for policies", _is_unknown),
    47: ("doesn't allow the server's names", _has_name_constraints),
    48: ("forbids the server's names", _has_name_constraints),
    49: _NAME_LIMIT,
    51: _NAME_LIMIT,
    52: _NAME_LIMIT,
    53: _NAME_LIMIT,
    _OWN_KEY: (
        "has a key that is too short",
        lambda chain, at: at == 0 and _has_short_key(chain, at),
    ),
    67: ("has a key that is too short", lambda chain, at: at > 0 and _has_short_key(chain, at)),
    68: ("is signed with an algorithm that is too weak", _has_weak_signature),
    76: _NO_ALGORITHM,
    77: ("is signed in a way that its issuer's key doesn't allow", _is_unknown),
    78: ("names two different algorithms for its signature", _is_unknown),
    79: _NO_ISSUER,
    80: ("limits a chain below it, but isn't an authority", _limits_as_no_authority),
    81: ("limits a chain below it, but may not issue certificates", _is_unknown),
    82: ("may issue certificates, but isn't an authority", _signs_as_no_authority),
    83: ("doesn't name its issuer", _is_unknown),
    84: ("is an authority without a name", _is_unknown),
    85: ("doesn't say which key signed it (authority key identifier)", _lacks_issuer_key),
    86: ("doesn't identify its own key (subject key identifier)", _lacks_own_key),
    87: ("has an empty list of names (subject alternative name)", _is_unknown),
    88: ("has no subject, and its alternative names aren't marked critical", _is_own),
    89: ("doesn't mark its basic constraints as critical", _has_constraints_uncritical),
    90: (
        "marks the authority key identifier as critical",
        _is_unknown,
    ),
    91: ("marks the subject key identifier as critical", _is_unknown),
    92: ("is an authority without key usage", _lacks_key_usage),
    93: ("has extensions that its version doesn't allow", _is_unknown),
    94: ("spells out its elliptic curve instead of naming it", _is_unknown),
}
