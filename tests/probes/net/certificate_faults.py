"""Chains with one thing wrong, each with what a probe has to say about it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.probes.net.factories import (
    HOST,
    IssuedCertificate,
    damage_signature,
    intermediate,
    issue,
    key_usage,
    root,
    sign_with_sha1,
    stranger,
)

_DAY = timedelta(days=1)
_PAST: dict[str, Any] = {"begins": -20 * _DAY, "ends": -5 * _DAY}
_FUTURE: dict[str, Any] = {"begins": 5 * _DAY}
_MAIL = "mail.corp.example"

Chain = tuple[IssuedCertificate, ...]


@dataclass(frozen=True)
class Fault:
    """A server's chain, and what is said about it.

    Attributes:
        make: returns what the server sends, and what is trusted; () for the tests' root.
        code: of the stage certificate.
        words: are in its message or its hint.
        not_words: are in neither.
    """

    make: Callable[[], tuple[Chain, Chain]]
    code: str
    words: tuple[str, ...]
    not_words: tuple[str, ...] = ()
    server: str = HOST


def _authority(name: str, issuer: IssuedCertificate | None = None, **how: Any) -> Chain:
    """Return a leaf under an authority, and that authority."""
    above = issue(name, issuer, authority=True, **how)
    return issue("leaf", above), above


def _below(name: str, **how: Any) -> tuple[Chain, Chain]:
    """Return a chain with an intermediate under the tests' root."""
    return _authority(name, root(), **how), ()


def _under(name: str, *, sends: bool = False, **how: Any) -> tuple[Chain, Chain]:
    """Return a chain with a root of its own that is trusted."""
    leaf, above = _authority(name, **how)
    return (leaf, above) if sends else (leaf,), (above,)


def _leaf(**how: Any) -> tuple[Chain, Chain]:
    return (issue("leaf", root(), **how),), ()


def _of_two(**how: Any) -> tuple[Chain, Chain]:
    """Return a chain of two intermediates, the upper one made in some way."""
    upper = issue("upper", root(), authority=True, **how)
    leaf, lower = _authority("lower", upper)
    return (leaf, lower, upper), ()


def _named(*names: str, server: str = _MAIL, **more: Any) -> Fault:
    return Fault(partial(_leaf, names=names), "name", server=server, **more)


def _two_expired() -> tuple[Chain, Chain]:
    above = issue("old intermediate", root(), authority=True, **_PAST)
    return (issue("leaf", above, **_PAST), above), ()


def _all_above_expired() -> tuple[Chain, Chain]:
    above = issue("old root", authority=True, **_PAST)
    return _authority("old intermediate", above, **_PAST), (above,)


def _kept_here() -> tuple[Chain, Chain]:
    leaf, above = _authority("old intermediate", root(), **_PAST)
    return (leaf,), (above,)


def _rekeyed() -> tuple[Chain, Chain]:
    leaf, _ = _authority("the corporate root")
    return (leaf,), (issue("the corporate root", authority=True),)


def _wrong_intermediate() -> tuple[Chain, Chain]:
    leaf, _ = _authority("the tests' intermediate", root())
    return (leaf, intermediate()), ()


def _rekeyed_self_signed() -> tuple[Chain, Chain]:
    return (issue("itself"),), (issue("itself", authority=True),)


def _upper_missing() -> tuple[Chain, Chain]:
    upper = issue("upper", root(), authority=True)
    return _authority("lower", upper, links_issuer=True), ()


def _other_identifier() -> tuple[Chain, Chain]:
    wrong = x509.AuthorityKeyIdentifier(b"another key", None, None)
    return (issue("leaf", intermediate(), extra=((wrong, False),)), intermediate()), ()


def _constrained(*, permits: bool) -> tuple[Chain, Chain]:
    tree = [x509.DNSName("corp.example" if not permits else "other.example")]
    limit = x509.NameConstraints(tree if permits else None, None if permits else tree)
    above = issue("limited", root(), authority=True, extra=((limit, True),))
    return (issue("leaf", above, names=(_MAIL,)), above), ()


def _too_many_below() -> tuple[Chain, Chain]:
    upper = issue("upper", root(), authority=True, path_length=0)
    return (*_authority("lower", upper), upper), ()


def _damaged(*, leaf: bool) -> tuple[Chain, Chain]:
    own = issue("leaf", intermediate())
    if leaf:
        return (damage_signature(own), intermediate()), ()
    return (own, damage_signature(intermediate())), ()


def _short_key(*, leaf: bool) -> tuple[Chain, Chain]:
    key = rsa.generate_private_key(65537, 1024)  # noqa: S505 - weak by intent
    return _leaf(key=key) if leaf else _below("short intermediate", key=key)


def _critical_identifier() -> tuple[Chain, Chain]:
    key = ec.generate_private_key(ec.SECP256R1())
    own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return _below("picky", key=key, extra=((own, True),))


def _weak_signature(*, leaf: bool) -> tuple[Chain, Chain]:
    above = issue("RSA root", authority=True, key=rsa.generate_private_key(65537, 2048))
    if leaf:
        return (sign_with_sha1(issue("leaf", above), above),), (above,)
    weak = sign_with_sha1(issue("weak intermediate", above, authority=True), above)
    return (issue("leaf", weak), weak), (above,)


def _purpose(oid: x509.ObjectIdentifier) -> tuple[tuple[x509.ExtensionType, bool], ...]:
    return ((x509.ExtendedKeyUsage([oid]), False),)


_CLIENT = _purpose(ExtendedKeyUsageOID.CLIENT_AUTH)
_CODE = _purpose(ExtendedKeyUsageOID.CODE_SIGNING)
_UNKNOWN = (
    (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.55555.1"), b"\5\0"), True),
)
_NOT_CRITICAL = ((x509.BasicConstraints(ca=True, path_length=None), False),)
_NO_SIGNING = ((key_usage("crl_sign"), True),)

DATES = {
    "leaf expired": Fault(
        partial(_leaf, **_PAST), "expired", ("expired on", "renewed", "clock"), ("above it",)
    ),
    "leaf not valid yet": Fault(
        partial(_leaf, **_FUTURE), "not-yet-valid", ("only valid from", "clock"), ("above it",)
    ),
    "intermediate expired": Fault(
        partial(_below, "old intermediate", **_PAST),
        "expired-intermediate",
        ("within its own dates", 'the intermediate "old intermediate"', "expired on", "admin"),
    ),
    "intermediate not valid yet": Fault(
        partial(_below, "young intermediate", **_FUTURE),
        "not-yet-valid-intermediate",
        ('the intermediate "young intermediate"', "only valid from"),
    ),
    "root expired": Fault(
        partial(_under, "old root", **_PAST),
        "expired-root",
        ('the root "old root"', "expired on", "trusted authorities of this machine"),
    ),
    "root expired, and sent": Fault(
        partial(_under, "old root", sends=True, **_PAST), "expired-root", ('the root "old root"',)
    ),
    "root not valid yet": Fault(
        partial(_under, "young root", **_FUTURE), "not-yet-valid-root", ('the root "young root"',)
    ),
    "leaf and intermediate expired": Fault(
        _two_expired, "expired", ("expired on", 'and the intermediate "old intermediate"')
    ),
    "intermediate and root expired": Fault(
        _all_above_expired, "expired-root", ('"old intermediate"', 'the root "old root"')
    ),
    "upper of two intermediates expired": Fault(
        partial(_of_two, **_PAST), "expired-intermediate", ('"upper"',), ('"lower"',)
    ),
    "intermediate expired, and kept here": Fault(
        _kept_here, "expired-intermediate", ("doesn't send it", "this machine")
    ),
}
NAMES = {
    "another name": _named("other.example", words=(f"not for {_MAIL}, but for other.example",)),
    "a wildcard for one part only": _named(
        "*.example", words=("*.example", "a * stands for one part")
    ),
    "a wildcard without its parent": _named(
        f"*.{_MAIL}", words=(f"*.{_MAIL}", "a * stands for one part")
    ),
    "a wildcard elsewhere": _named(
        "*.other.example", words=("*.other.example",), not_words=("a *",)
    ),
    "a part of a label": _named("ma*.corp.example", words=("but for ma*.corp.example",)),
    "an address, for a name": _named("192.0.2.1", words=("no DNS names", "192.0.2.1")),
    "a name, for an address": _named(
        _MAIL, server=HOST, words=("no addresses, only the names", _MAIL)
    ),
    "another address": _named("192.0.2.1", server=HOST, words=(f"not for {HOST}, but for 192",)),
    "an address as a DNS name": Fault(
        partial(_leaf, extra=((x509.SubjectAlternativeName([x509.DNSName(HOST)]), False),)),
        "name",
        ("only has as a DNS name", "as an IP address"),
    ),
    "an address as the common name": Fault(
        lambda: ((issue(HOST, root(), names=()),), ()),
        "name",
        ("only its subject", HOST, "subject alternative name"),
    ),
    "another common name": Fault(
        partial(_leaf, names=()), "name", ('only its subject "leaf"',), server=_MAIL
    ),
    "the common name": Fault(
        lambda: ((issue(_MAIL, root(), names=()),), ()),
        "old-name",
        ("only its common name", "subject alternative name"),
        server=_MAIL,
    ),
    "many names": _named(
        *(f"n{number}.example" for number in range(40)),
        words=("n5.example and more",),
        not_words=("n6.",),
    ),
    "hostile names": _named("a\x1b]0;z.example", words=("a^[]0;z.example",)),
    "another name, and expired": Fault(
        partial(_leaf, names=("other.example",), **_PAST),
        "name",
        ("but for other.example", "also expired on"),
        server=_MAIL,
    ),
}
ISSUERS = {
    "unknown issuer": Fault(
        lambda: ((issue("leaf", stranger()),), ()),
        "unknown-issuer",
        ('issued by "a stranger"', "not trusted here and not sent"),
    ),
    "unknown root": Fault(
        lambda: ((issue("leaf", stranger()), stranger()), ()),
        "unknown-root",
        ('the root "a stranger"', "not trusted here"),
        ("another",),
    ),
    "self-signed": Fault(lambda: ((issue("itself"),), ()), "self-signed", ('("itself")',)),
    "self-signed again": Fault(
        _rekeyed_self_signed, "self-signed", ("another certificate of that name is trusted",)
    ),
    "no intermediate": Fault(
        lambda: ((issue("leaf", intermediate(), links_issuer=True),), ()),
        "missing-intermediate",
        ('issued by "the tests\' intermediate"', "may be missing", "whole chain"),
    ),
    "upper of two intermediates missing": Fault(
        _upper_missing,
        "missing-intermediate",
        ('the intermediate "lower", issued by "upper"', "may be missing"),
    ),
    "root made again": Fault(
        _rekeyed, "unknown-issuer", ("of that name is trusted here, but it has another key",)
    ),
    "another intermediate of that name": Fault(
        _wrong_intermediate, "unknown-issuer", ("of that name is sent, but it has another key",)
    ),
    "another identifier": Fault(
        _other_identifier, "unknown-issuer", ("is sent, but its identifiers",)
    ),
    "intermediate that may not sign": Fault(
        partial(_below, "weak", extra=_NO_SIGNING),
        "invalid",
        ('the intermediate "weak" above it isn\'t allowed to issue certificates',),
    ),
}
FLAWS = {
    "leaf for clients": Fault(
        partial(_leaf, extra=_CLIENT), "invalid", ("it isn't meant for ser",)
    ),
    "leaf that may sign nothing": Fault(
        partial(_leaf, extra=((key_usage("crl_sign"), True),)),
        "invalid",
        ("it isn't meant for servers",),
    ),
    "intermediate for code": Fault(
        partial(_below, "coder", extra=_CODE),
        "invalid",
        ('the intermediate "coder" above it isn\'t meant for servers',),
    ),
    "intermediate that is no authority": Fault(
        partial(
            _below, "plain", extra=((x509.BasicConstraints(ca=False, path_length=None), True),)
        ),
        "invalid",
        ('the intermediate "plain" above it isn\'t allowed to issue',),
    ),
    "more authorities than allowed": Fault(
        _too_many_below, "invalid", ('the intermediate "upper"', "allows fewer authorities")
    ),
    "names not permitted": Fault(
        partial(_constrained, permits=True),
        "invalid",
        ("the intermediate \"limited\" above it doesn't allow the server's names",),
        server=_MAIL,
    ),
    "names excluded": Fault(
        partial(_constrained, permits=False),
        "invalid",
        ('"limited" above it forbids the server\'s names',),
        server=_MAIL,
    ),
    "leaf with a bad signature": Fault(
        partial(_damaged, leaf=True), "invalid", ("it isn't signed with the key of its issuer",)
    ),
    "intermediate with a bad signature": Fault(
        partial(_damaged, leaf=False),
        "invalid",
        ("the intermediate \"the tests' intermediate\" above it isn't signed with",),
    ),
    "leaf with a short key": Fault(
        partial(_short_key, leaf=True), "invalid", ("it has a key that is too short",)
    ),
    "intermediate with a short key": Fault(
        partial(_short_key, leaf=False), "invalid", ('"short intermediate" above it has a key',)
    ),
    "leaf signed with SHA-1": Fault(
        partial(_weak_signature, leaf=True), "invalid", ("it is signed with an algorithm",)
    ),
    "intermediate signed with SHA-1": Fault(
        partial(_weak_signature, leaf=False), "invalid", ('"weak intermediate" above it is signed',)
    ),
    "leaf with an unknown critical extension": Fault(
        partial(_leaf, extra=_UNKNOWN), "invalid", ("it has a critical extension",)
    ),
    "intermediate with an unknown critical extension": Fault(
        partial(_below, "odd", extra=_UNKNOWN),
        "invalid",
        ('"odd" above it has a critical extension',),
    ),
    "intermediate with a critical key identifier": Fault(
        _critical_identifier, "invalid", ('"picky" above it has a critical extension',)
    ),
    "root without basic constraints": Fault(
        partial(_under, "ancient root", without=(x509.BasicConstraints, x509.KeyUsage)),
        "invalid",
        ('the root "ancient root" above it isn\'t allowed to issue certificates', "a new root"),
    ),
}
STRICT = {
    "leaf without its issuer's key": Fault(
        partial(_leaf, without=(x509.AuthorityKeyIdentifier,)),
        "strict-only",
        ("it doesn't say which key signed it (authority key identifier)",),
    ),
    "intermediate without its own key": Fault(
        partial(_below, "keyless", without=(x509.SubjectKeyIdentifier,)),
        "strict-only",
        ('the intermediate "keyless" above it doesn\'t identify its own key',),
    ),
    "root with uncritical basic constraints": Fault(
        partial(_under, "lax root", extra=_NOT_CRITICAL),
        "strict-only",
        ('the root "lax root" above it doesn\'t mark its basic constraints as critical',),
    ),
    "intermediate without key usage": Fault(
        partial(_below, "useless", without=(x509.KeyUsage,)),
        "strict-only",
        ('the intermediate "useless" above it is an authority without key usage',),
    ),
    "leaf that may issue certificates": Fault(
        partial(_leaf, extra=((key_usage("digital_signature", "key_cert_sign"), True),)),
        "strict-only",
        ("it may issue certificates, but isn't an authority",),
    ),
}
NONE_AT_ALL = {
    "leaf that is an authority": Fault(
        lambda: (
            (
                issue(
                    "leaf",
                    root(),
                    authority=True,
                    extra=((x509.SubjectAlternativeName([x509.DNSName(_MAIL)]), False),),
                ),
            ),
            (),
        ),
        "accepted",
        (),
        server=_MAIL,
    ),
    "trusted intermediate": Fault(
        lambda: ((issue("leaf", intermediate()),), (intermediate(),)), "accepted", ()
    ),
    "trusted leaf": Fault(lambda: ((chain := (issue("itself"),)), chain), "accepted", ()),
    "wildcard": Fault(partial(_leaf, names=("*.corp.example",)), "accepted", (), server=_MAIL),
}
FAULTS = {**DATES, **NAMES, **ISSUERS, **FLAWS, **STRICT, **NONE_AT_ALL}
