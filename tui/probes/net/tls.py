"""TLS as a probe agrees on it: how it checks, what came of it, and why not, in words."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, auto
from pathlib import Path
from typing import Any

from tui.probes.fault import StageError
from tui.probes.net.certificate import SOON
from tui.probes.net.connection import (
    ConnectionClosed,
    DeadlineExceeded,
    TlsError,
    TooMuchData,
    TransportError,
)
from tui.terminal.visible import visible

_OLD = ("unsupported protocol", "protocol version", "wrong ssl version", "version too low")
_UNLIKE = ("no shared cipher", "handshake failure", "no suitable", "insufficient security")
_WEAK = ("key too small", "md too weak", "dh key")
_NO_TLS = ("wrong version number", "record layer failure", "packet length", "http request")


class Checking(Enum):
    """How strictly a certificate is checked."""

    STRICT = auto()
    """As Python 3.13 and later do by default: RFC 5280 to the letter."""
    USUAL = auto()
    NONE = auto()
    """Not at all: to read it only. Nothing of value goes over such a line."""


def context(checking: Checking, ca_file: Path | None) -> ssl.SSLContext:
    """Trusts the system's store and one file.

    Raises:
        Fault: the file cannot be used.
    """
    made = ssl.create_default_context()
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    if checking is Checking.STRICT:
        made.verify_flags |= ssl.VERIFY_X509_STRICT
    elif checking is Checking.USUAL:
        made.verify_flags &= ~ssl.VERIFY_X509_STRICT
    else:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    try:
        if ca_file:
            made.load_verify_locations(ca_file)
    except (OSError, ValueError) as error:
        own = isinstance(error, OSError) and not isinstance(error, ssl.SSLError)
        why = getattr(error, "strerror", "") if own else "holds no certificates"
        raise StageError(
            "ca-file",
            f"{visible(str(ca_file), 120)} cannot be used as the file of authorities: {why}.",
            "Name a file of certificates in PEM that you can read.",
        ) from None
    return made


def agreed(tls: ssl.SSLObject) -> str:
    """The version and the cipher, as in `TLS 1.3, TLS_AES_256_GCM_SHA384`."""
    version = (tls.version() or "TLS").replace("TLSv", "TLS ")
    cipher = tls.cipher()
    return f"{version}, {cipher[0]}" if cipher else version


def chain_of(tls: ssl.SSLObject) -> tuple[bytes, ...]:
    """The certificates that were shown, as DER; before Python 3.13 only the server's own."""
    whole: Any = getattr(tls, "get_unverified_chain", None)
    if whole and (found := whole()):
        return tuple(bytes(each) for each in found)
    own = tls.getpeercert(binary_form=True)
    return (own,) if own else ()


@dataclass(frozen=True, slots=True)
class Accepted:
    """A certificate that was accepted.

    Attributes:
        soon: it ends within 14 days.
    """

    words: str
    soon: bool


def accepted(tls: ssl.SSLObject, server: str) -> Accepted:
    """What an accepted certificate says."""
    found: Any = tls.getpeercert() or {}
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(found["notAfter"]), UTC)
    issuer = {key: value for part in found.get("issuer", ()) for key, value in part}
    by = issuer.get("commonName") or issuer.get("organizationName") or "nobody"
    return Accepted(
        f"The certificate is for {visible(server, 80)}, from {visible(by, 80)}, "
        f"until {ends:%Y-%m-%d}",
        ends - datetime.now(UTC) < SOON,
    )


def failed(error: TransportError, place: str, seconds: float) -> StageError:
    """Why TLS was not agreed on."""
    match error:
        case DeadlineExceeded():
            return StageError(
                "timeout",
                f"{place} did not finish agreeing on TLS in {seconds:.3g} seconds.",
                "See that the port speaks TLS, and what stands between here and the server.",
            )
        case TooMuchData():
            return StageError("too-much", f"{place} sends too much while TLS is agreed on.")
        case TlsError():
            kind, what, todo = _reason(error.why.casefold())
            return StageError(kind, f"{place} {what} ({visible(error.why, 80)}).", todo)
        case ConnectionClosed():
            return StageError(
                "cut",
                f"{place} closed the connection while TLS was agreed on.",
                "See its log; its certificate or key may be missing, or something between cuts.",
            )
    return StageError("handshake", f"{place}: TLS was not agreed on ({visible(error.why, 80)}).")


def _reason(why: str) -> tuple[str, str, str]:
    def among(known: tuple[str, ...]) -> bool:
        return any(each in why for each in known)

    if among(_OLD):
        return (
            "old-version",
            "speaks only versions of TLS that are older than 1.2, or none that is known here",
            "Have TLS 1.2 or 1.3 turned on there.",
        )
    if among(_NO_TLS):
        return (
            "no-tls",
            "answers what is no TLS",
            "See host, port and security; something between may break TLS.",
        )
    if among(_WEAK):
        return (
            "weak",
            "uses keys or signatures that are too weak for this machine",
            "Have its certificate or its parameters renewed.",
        )
    if among(_UNLIKE):
        return (
            "no-common-cipher",
            "has no cipher in common with this machine",
            "Have the ciphers of TLS 1.2 or 1.3 turned on there.",
        )
    if "unrecognized name" in why:
        return (
            "unknown-name",
            "does not know the name it is asked for",
            "See that the server's name is the one it serves.",
        )
    if "certificate" in why:
        return (
            "client-certificate",
            "wants a certificate from whoever connects",
            "Use a port that lets users log in with a password.",
        )
    return (
        "handshake",
        "could not agree on TLS",
        "See that it speaks TLS 1.2 or newer, and that nothing between breaks it.",
    )
