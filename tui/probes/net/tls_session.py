"""TLS as a probe uses it: how a certificate is verified, and why a handshake failed."""

import ssl
from enum import Enum, auto
from pathlib import Path

from tui.probes.net.connection import (
    ConnectionClosed,
    DeadlineExceeded,
    TlsError,
    TooMuchData,
    TransportError,
)
from tui.probes.stage import StageError
from tui.terminal.visible import visible
from tui.tls import CaFileError, client_context

# Parts of OpenSSL's reasons, then what the server does, and what to do about it; the first counts.
_REASONS: tuple[tuple[tuple[str, ...], str, str, str], ...] = (
    (
        ("unsupported protocol", "protocol version", "wrong ssl version", "version too low"),
        "old-version",
        "speaks only versions of TLS that are older than 1.2, or none that is known here",
        "Have TLS 1.2 or 1.3 turned on there.",
    ),
    (
        ("wrong version number", "record layer failure", "packet length", "http request"),
        "no-tls",
        "answers what is no TLS",
        "See host, port and security; something between may break TLS.",
    ),
    (
        ("key too small", "md too weak", "dh key"),
        "weak",
        "uses keys or signatures that are too weak for this machine",
        "Have its certificate or its parameters renewed.",
    ),
    (
        ("no shared cipher", "handshake failure", "no suitable", "insufficient security"),
        "no-common-cipher",
        "has no cipher in common with this machine",
        "Have the ciphers of TLS 1.2 or 1.3 turned on there.",
    ),
    (
        ("unrecognized name",),
        "unknown-name",
        "does not know the name it is asked for",
        "See that the server's name is the one it serves.",
    ),
    (
        ("certificate",),
        "client-certificate",
        "wants a certificate from whoever connects",
        "Use a port that lets users log in with a password.",
    ),
    (
        ("",),
        "handshake",
        "could not agree on TLS",
        "See that it speaks TLS 1.2 or newer, and that nothing between breaks it.",
    ),
)


class Verification(Enum):
    """How strictly a certificate is verified."""

    STRICT = auto()
    """As Python 3.13 and later do by default: RFC 5280 to the letter."""
    USUAL = auto()
    NONE = auto()
    """Not at all, to read the certificate only. Nothing of value is sent on such a connection."""


def make_context(verification: Verification, ca_file: Path | None) -> ssl.SSLContext:
    """Return a context that trusts the system's authorities and those of one file.

    Raises:
        StageError: the file cannot be used.
    """
    try:
        context = client_context(ca_file)
    except CaFileError as error:
        raise StageError(
            "ca-file",
            f"{visible(str(ca_file), 120)} cannot be used as the file of authorities: "
            f"{error.reason or 'holds no certificates'}.",
            "Name a file of certificates in PEM that you can read.",
        ) from None
    if verification is Verification.STRICT:
        context.verify_flags |= ssl.VERIFY_X509_STRICT
    elif verification is Verification.USUAL:
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    else:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def describe_session(tls: ssl.SSLObject) -> str:
    """Return the version and the cipher, as in `TLS 1.3, TLS_AES_256_GCM_SHA384`."""
    version = (tls.version() or "TLS").replace("TLSv", "TLS ")
    cipher = tls.cipher()
    return f"{version}, {cipher[0]}" if cipher else version


def explain_handshake_error(error: TransportError, place: str, seconds: float) -> StageError:
    """Explain why a handshake failed."""
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
            why = error.why.casefold()
            kind, what, hint = next(
                row for parts, *row in _REASONS if any(part in why for part in parts)
            )
            return StageError(kind, f"{place} {what} ({visible(error.why, 80)}).", hint)
        case ConnectionClosed():
            return StageError(
                "cut",
                f"{place} closed the connection while TLS was agreed on.",
                "See its log; its certificate or key may be missing, or something between cuts.",
            )
    return StageError("handshake", f"{place}: TLS was not agreed on ({visible(error.why, 80)}).")
