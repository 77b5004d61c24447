"""Why a server's certificate is rejected, which one of its chain is at fault, and what to do."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from tui.terminal.visible import visible
from tui.tls.certificate import Certificate, parse_certificate
from tui.tls.context import RejectedChain
from tui.tls.flaws import find_flaw, is_signed_by, may_issue

_MOST_NAMES = 6
_CLOCK = "Check that this machine's clock is right."
_WORDS_LENGTH = 120


class CertificateFault(StrEnum):
    """Why a certificate is rejected."""

    NOT_YET_VALID = "not-yet-valid"
    NOT_YET_VALID_INTERMEDIATE = "not-yet-valid-intermediate"
    NOT_YET_VALID_ROOT = "not-yet-valid-root"
    EXPIRED = "expired"
    EXPIRED_INTERMEDIATE = "expired-intermediate"
    EXPIRED_ROOT = "expired-root"
    SELF_SIGNED = "self-signed"
    UNKNOWN_ROOT = "unknown-root"
    """The chain ends in an authority that is not trusted here."""
    UNKNOWN_ISSUER = "unknown-issuer"
    """The certificate of an issuer was neither sent nor is it trusted here."""
    MISSING_INTERMEDIATE = "missing-intermediate"
    """The same, and it can be fetched, as those of intermediate authorities mostly can."""
    NAME = "name"
    INVALID = "invalid"
    """Anything else: the certificate itself is no good."""


_EXPIRED, _NOT_YET_VALID = 10, 9
_SELF_SIGNED, _UNKNOWN_ROOT = 18, 19
_UNKNOWN_ISSUER = (2, 20, 21)
_TOO_LONG = 22
_NAME = (62, 64)
"""X509_V_ERR_*, as in X509_STORE_CTX_get_error(3)."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do about a certificate if that depends on who connects.

    Attributes:
        trust: how to trust one more authority, to follow a condition.
        caution: a sentence that follows it.
        name: how to use a name that the certificate has, as a sentence.
    """

    trust: str
    caution: str
    name: str

    def trust_if(self, condition: str) -> str:
        """Return how to trust an authority on a condition, in sentences."""
        return f"If {condition}, {self.trust}. {self.caution}"

    @property
    def trust_own(self) -> str:
        return self.trust_if("the authority is your own")


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a certificate is rejected, safe to show.

    Attributes:
        what: follows `The certificate of SERVER`; it has no full stop.
        hint: what to do now.
    """

    fault: CertificateFault
    what: str
    hint: str


def is_cause_plain(verify_code: int) -> bool:
    """Whether dates, names or the issuer are at fault, which no strict check adds to."""
    plain = (_EXPIRED, _NOT_YET_VALID, _SELF_SIGNED, _UNKNOWN_ROOT, *_UNKNOWN_ISSUER, *_NAME)
    return verify_code in plain


def describe_flaw(verify_code: int, chain: RejectedChain) -> str:
    """Return what strict checks find wrong, as a clause; "" if there are no words for it."""
    built = _parse(chain.built)
    flaw = find_flaw(verify_code, built)
    return f"{_subject(built, flaw.position)} {flaw.words}" if flaw else ""


def explain_rejection(
    verify_code: int, why: str, chain: RejectedChain, server: str, advice: Advice
) -> Rejection:
    """Explain why a certificate was rejected.

    Args:
        verify_code: OpenSSL's X509_V_ERR_*.
        why: OpenSSL's own words.
        server: the name or address that the certificate was checked for.
    """
    built = _parse(chain.built)
    now = datetime.now(UTC)
    if verify_code in (_EXPIRED, _NOT_YET_VALID):
        found = _explain_dates(built, chain, now, expired=verify_code == _EXPIRED)
    elif verify_code in (_SELF_SIGNED, _UNKNOWN_ROOT):
        found = _explain_root(built, chain, advice, alone=verify_code == _SELF_SIGNED)
    elif verify_code in _UNKNOWN_ISSUER:
        found = _explain_issuer(built, chain, advice)
    elif verify_code in _NAME:
        found = _explain_name(built[0] if built else None, server, advice)
    else:
        found = _explain_flaw(verify_code, built)
    words = visible(why.strip().rstrip("."), _WORDS_LENGTH)
    what = f"{found.what} ({words})" if words else found.what
    if built and verify_code != _EXPIRED and built[0].not_after < now:
        what += f"; it also expired on {built[0].not_after:%Y-%m-%d}"
    return Rejection(found.fault, what, found.hint)


def _parse(chain: Sequence[bytes]) -> tuple[Certificate, ...]:
    """Return the certificates of a chain up to the first that cannot be parsed."""
    found: list[Certificate] = []
    for each in chain:
        if (certificate := parse_certificate(each)) is None:
            break
        found.append(certificate)
    return tuple(found)


def _title(built: Sequence[Certificate], position: int) -> str:
    """Return what a certificate above the server's own is, and its name."""
    kind = "root" if built[position].self_issued else "intermediate"
    return f'the {kind} "{built[position].subject}"'


def _subject(built: Sequence[Certificate], position: int | None) -> str:
    match position:
        case None:
            return "it, or one above it,"
        case 0:
            return "it"
    return f"{_title(built, position)} above it"


def _explain_dates(
    built: Sequence[Certificate], chain: RejectedChain, now: datetime, *, expired: bool
) -> Rejection:
    kind = CertificateFault.EXPIRED if expired else CertificateFault.NOT_YET_VALID

    def words(certificate: Certificate) -> str:
        if expired:
            return f"expired on {certificate.not_after:%Y-%m-%d}"
        return f"is only valid from {certificate.not_before:%Y-%m-%d}"

    wrong = [
        position
        for position, each in enumerate(built)
        if (each.not_after < now if expired else each.not_before > now)
    ]
    above = ", and ".join(f"{_title(built, at)} above it {words(built[at])}" for at in wrong if at)
    renewal = "Have it renewed." if expired else "Wait, or have another one issued."
    if not wrong:
        verb = "has expired" if expired else "isn't valid yet"
        hint = f"{_CLOCK} Have the server's admin check every certificate of the chain."
        return Rejection(kind, f"{verb}, or one above it in its chain", hint)
    if wrong[0] == 0:
        what = f"{words(built[0])}{f', and {above}' if above else ''}"
        hint = f"{_CLOCK} {renewal}" if not expired else f"{renewal} {_CLOCK}"
        return Rejection(kind, what, hint)
    what = f"is within its own dates, but {above}"
    highest = wrong[-1]
    if built[highest].self_issued:
        return Rejection(
            CertificateFault(f"{kind}-root"),
            what,
            "Update the trusted authorities of this machine; the admin of a private authority has "
            f"to issue a new root. {_CLOCK}",
        )
    if chain.built[highest] in chain.sent:
        hint = (
            "The server's admin has to install the authority's current intermediate, so that the "
            f"server sends it. {_CLOCK}"
        )
    else:
        hint = (
            "The server doesn't send it: update the trusted authorities of this machine. " + _CLOCK
        )
    return Rejection(CertificateFault(f"{kind}-intermediate"), what, hint)


def _explain_root(
    built: Sequence[Certificate], chain: RejectedChain, advice: Advice, *, alone: bool
) -> Rejection:
    if alone:
        name = f' ("{built[0].subject}")' if built else ""
        what = f"is self-signed{name}, and isn't trusted here"
        hint = (
            f"Have one issued by an authority. {advice.trust_if('it is meant to be self-signed')}"
        )
        fault = CertificateFault.SELF_SIGNED
    else:
        name = f' "{built[-1].subject}"' if len(built) > 1 else ""
        what = f"leads to the root{name}, which is not trusted here"
        hint, fault = advice.trust_own, CertificateFault.UNKNOWN_ROOT
    if built and _namesakes(built[-1].x509.subject.public_bytes(), chain.trusted):
        what += "; another certificate of that name is trusted"
    return Rejection(fault, what, hint)


def _explain_issuer(
    built: Sequence[Certificate], chain: RejectedChain, advice: Advice
) -> Rejection:
    fault = CertificateFault.UNKNOWN_ISSUER
    if not built:
        what = "was issued by an authority that is not trusted here"
        hint = f"Have the server's admin check that it sends the whole chain. {advice.trust_own}"
        return Rejection(fault, what, hint)
    last = built[-1]
    what = f'was issued by "{last.issuer}"'
    if len(built) > 1:
        what = f'leads to the intermediate "{last.subject}", issued by "{last.issuer}"'
    name = last.x509.issuer.public_bytes()
    for kind, found in (("sent", chain.sent), ("trusted here", chain.trusted)):
        for candidate in _namesakes(name, found):
            if reason := _why_no_issuer(last, candidate):
                return Rejection(
                    fault,
                    f"{what}; a certificate of that name is {kind}, but {reason}",
                    f"Have the right certificate of this authority installed. {advice.trust_own}",
                )
    if last.links_issuer and not last.self_issued:
        return Rejection(
            CertificateFault.MISSING_INTERMEDIATE,
            f"{what}, whose certificate is not sent and not trusted here: an intermediate may be "
            "missing",
            f"Have the server's admin send the whole chain. {advice.trust_own}",
        )
    return Rejection(fault, f"{what}, which is not trusted here and not sent", advice.trust_own)


def _namesakes(name: bytes, candidates: Sequence[bytes]) -> list[Certificate]:
    """Return the certificates with that subject, as DER."""
    found = (parse_certificate(each) for each in candidates if name in each)
    return [each for each in found if each and each.x509.subject.public_bytes() == name]


def _why_no_issuer(certificate: Certificate, candidate: Certificate) -> str:
    """Return why a certificate with the issuer's name did not issue another; "" if unknown."""
    if candidate.x509 == certificate.x509:
        return ""
    if not is_signed_by(certificate, candidate):
        return "it has another key"
    if not may_issue(candidate):
        return "it isn't allowed to issue certificates"
    return "its identifiers are not the ones that were named for the issuer"


def _explain_name(own: Certificate | None, server: str, advice: Advice) -> Rejection:
    shown = visible(server, 80)
    what, hint = f"is not for {shown}", f"{advice.name} Or have one issued for {shown}."
    if own is None:
        return Rejection(CertificateFault.NAME, what, hint)
    names = _listing((*own.names, *own.addresses))
    folded = server.casefold().removesuffix(".")
    if not own.has_readable_names:
        what += ": its names can't be read"
    elif not names:
        what += f': it has no DNS names and no addresses, only its subject "{own.subject}"'
        hint = f"Have one issued with {shown} as a subject alternative name."
    elif _is_address(folded):
        if folded in own.names:
            what += ", which it only has as a DNS name: an address has to be an IP address in it"
            hint = "Have one issued with the address as an IP address. " + advice.name
        elif own.names and not own.addresses:
            what += f": it has no addresses, only the names {names}"
        else:
            what += f", but for {names}"
    elif not own.names:
        what += f": it has no DNS names, only the addresses {names}"
    else:
        what += f", but for {names}"
        if any(_is_deeper(folded, each.casefold()) for each in own.names):
            what += "; a * stands for one part of a name"
    return Rejection(CertificateFault.NAME, what, hint)


def _listing(names: Sequence[str]) -> str:
    more = " and more" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + more


def _is_address(server: str) -> bool:
    try:
        ipaddress.ip_address(server)
    except ValueError:
        return False
    return True


def _is_deeper(server: str, pattern: str) -> bool:
    """Whether a wildcard would match if it stood for any number of labels."""
    parent = pattern.removeprefix("*.")
    return parent != pattern and (server == parent or server.endswith(f".{parent}"))


def _explain_flaw(verify_code: int, built: Sequence[Certificate]) -> Rejection:
    if verify_code == _TOO_LONG:
        what = "isn't accepted: too many certificates are above it"
        hint = "Have the server's admin send only the chain of its own authority."
        return Rejection(CertificateFault.INVALID, what, hint)
    flaw = find_flaw(verify_code, built)
    if flaw is None:
        hint = "Have the server's admin check the certificate and its chain."
        return Rejection(CertificateFault.INVALID, "isn't accepted", hint)
    what = f"isn't accepted: {_subject(built, flaw.position)} {flaw.words}"
    if flaw.position is None:
        hint = "Have the server's admin check every certificate of the chain."
    elif flaw.position == 0:
        hint = "Have another certificate issued for the server, without this flaw."
    elif built[flaw.position].self_issued:
        hint = "Have the authority make a new root without this flaw, and trust that one here."
    else:
        hint = (
            "Have the authority issue itself a certificate without this flaw, and the server's "
            "admin install it."
        )
    return Rejection(CertificateFault.INVALID, what, hint)
