"""What is seen of a TLS handshake, and why one failed, in plain words."""

import ssl
from dataclasses import dataclass
from typing import Any, NamedTuple

from tui.probes.stage import StageError
from tui.terminal.visible import visible

_SERVER_HELLO, _CERTIFICATE_REQUEST = 2, 13
"""Handshake messages: RFC 8446, section 4; RFC 5246, section 7.4."""
_ALERT, _HANDSHAKE = 21, 22
"""Types of content: RFC 8446, section 5.1."""
_FATAL = b"\2"
_OLD_VERSIONS = {b"\3\0": "SSL 3.0", b"\3\1": "TLS 1.0", b"\3\2": "TLS 1.1"}
_ALERT_PREFIXES = ("sslv3 ", "tlsv1 ", "tlsv13 ", "ssl/tls ")
"""What the reasons begin with that stand for an alert that the server sent."""
_ALERTS_WITHOUT_CERTIFICATE = (
    "handshake failure",
    "certificate",
    "unknown ca",
    "access denied",
)
"""The alerts that servers send after a client gave none of the certificates they asked for."""
_OTHER_PORT = "Use a port that lets users log in with a password."
_BETWEEN = (
    "Something in between may change the data: try from another network, and check the server's "
    "log."
)


@dataclass(slots=True)
class HandshakeRecord:
    """What the server said in a handshake, as far as Python shows it.

    Attributes:
        is_kept: messages are shown at all; else nothing follows from what is missing.
        is_answered: a ServerHello came.
        old_version: the version that the server chose, if it is older than TLS 1.2; else "".
        certificate_requested: the server asked for a certificate of the client.
        alert: the number of the fatal alert that came (RFC 8446, section 6); None if none did.
    """

    is_kept: bool = False
    is_answered: bool = False
    old_version: str = ""
    certificate_requested: bool = False
    alert: int | None = None

    def watch(self, context: ssl.SSLContext) -> None:
        """Note the messages of the handshakes of a context.

        Python has had the callback since 3.8, for its own tests and for diagnosis; should it go,
        nothing is noted.
        """
        context._msg_callback = self._note  # type: ignore[attr-defined]

    def _note(self, *message: Any) -> None:
        _connection, direction, _version, content, kind, data = message
        self.is_kept = True
        if direction != "read":
            return
        if content == _ALERT and data[:1] == _FATAL and len(data) > 1:
            self.alert = data[1]
        elif content == _HANDSHAKE and data:
            if kind == _SERVER_HELLO:
                self.is_answered = True
                self.old_version = _OLD_VERSIONS.get(data[4:6], "")
            elif kind == _CERTIFICATE_REQUEST:
                self.certificate_requested = True


class _Cause(NamedTuple):
    """What some of OpenSSL's reasons mean.

    Attributes:
        parts: a reason that has one of them is meant.
        what: follows the server.
    """

    parts: tuple[str, ...]
    kind: str
    what: str
    hint: str


_DAMAGED = (
    *("bad record mac", "decrypt", "digest check", "bad signature", "decode", "decompression"),
    *("illegal parameter", "unexpected message", "unexpected record", "record overflow"),
    *("bad extension", "length mismatch", "bad packet", "data length", "missing extension"),
)
# The first that fits counts.
_ALERTS = (
    _Cause(
        ("protocol version",),
        "old-version",
        "rejects TLS 1.2 and 1.3",
        "Have TLS 1.2 or 1.3 turned on there.",
    ),
    _Cause(
        ("insufficient security", "export restriction"),
        "no-common-cipher",
        "requires stronger ciphers than this machine offers",
        "Have the usual ciphers of TLS 1.2 or 1.3 turned on there.",
    ),
    _Cause(
        ("unrecognized name",),
        "unknown-name",
        "doesn't know the name it was asked for",
        "Check that the server's name is one that it serves.",
    ),
    _Cause(
        ("no renegotiation",),
        "old-renegotiation",
        "rejected a renegotiation",
        "Have its TLS software updated.",
    ),
    _Cause(
        ("inappropriate fallback",),
        "downgraded",
        "suspects that the connection was forced to an older TLS version",
        "Something in between may downgrade TLS: try from another network.",
    ),
    _Cause(_DAMAGED, "damaged", "received TLS data that was damaged or out of order", _BETWEEN),
    _Cause(
        ("internal error",),
        "handshake",
        "reports an internal error",
        "Ask its admin to check its log.",
    ),
    _Cause(
        ("access denied",),
        "handshake",
        "denied access during the handshake",
        "Ask its admin whether this machine is allowed and whether it needs a certificate.",
    ),
    _Cause(
        ("",),
        "handshake",
        "ended the handshake with an alert",
        "Ask its admin to check its log for the quoted alert.",
    ),
)
_FOUND_HERE = (
    _Cause(
        ("legacy renegotiation",),
        "old-renegotiation",
        "doesn't support secure renegotiation (RFC 5746), which this machine requires",
        "Have its TLS software updated.",
    ),
    _Cause(
        ("unsupported protocol", "wrong ssl version", "version too low"),
        "old-version",
        "chose a version of TLS that is older than 1.2 or unknown here",
        "Have TLS 1.2 or 1.3 turned on there.",
    ),
    _Cause(
        ("wrong version number", "record layer failure", "packet length", "http request"),
        "no-tls",
        "answers with something that isn't TLS",
        "Check host, port and connection security. Something in between may break TLS.",
    ),
    _Cause(
        ("dh key",),
        "weak",
        "uses Diffie-Hellman parameters that are too short for this machine",
        "Have longer ones set on the server, of 2048 bits or more, or have ECDHE turned on.",
    ),
    _Cause(
        ("key too small", "md too weak", "wrong signature type", "legacy sigalg"),
        "weak",
        "uses a key or a signature that is too weak for this machine",
        "Have its certificate or its TLS settings renewed.",
    ),
    _Cause(
        ("no ciphers available", "no protocols available"),
        "own-settings",
        "was not contacted: this machine's TLS settings allow no version or cipher",
        "Check this machine's OpenSSL settings (openssl.cnf).",
    ),
    _Cause(
        ("inappropriate fallback",),
        "downgraded",
        "supports a newer TLS version than the one it chose here",
        "Something in between may downgrade TLS: try from another network.",
    ),
    _Cause(
        ("no shared cipher", "cipher returned", "no suitable", "wrong curve", "elliptic curve"),
        "no-common-cipher",
        "chose a cipher or key exchange that this machine didn't offer",
        "Have the usual ciphers of TLS 1.2 or 1.3 turned on there.",
    ),
    _Cause(
        ("key usage",),
        "certificate-usage",
        "has a certificate whose key usage doesn't allow this kind of TLS",
        "Have another certificate issued for it, with digital signature as key usage.",
    ),
    _Cause(
        ("excessive message size", "message too long"),
        "too-much",
        "sent a message that is too large for a handshake",
        "Its certificate chain may be too long: have its admin check what it sends.",
    ),
    _Cause(
        ("asn1", "x509", "public key", "certificate type"),
        "bad-certificate",
        "sent a certificate that can't be read",
        "Have its certificate and its chain installed again.",
    ),
    _Cause(_DAMAGED, "damaged", "sent TLS data that is damaged or out of order", _BETWEEN),
    _Cause(
        ("",),
        "handshake",
        "could not agree on TLS with this machine",
        "Ask its admin to check its log. The quoted reason is OpenSSL's.",
    ),
)


def explain_reason(place: str, reason: str, record: HandshakeRecord) -> StageError:
    """Explain why OpenSSL gave up a handshake.

    Args:
        reason: in OpenSSL's words, in lower case.
    """
    if record.alert is not None and not is_alert(reason):
        reason = f"tlsv1 alert {record.alert}, {reason}"
    quote = visible(reason, 80)
    if wanted := explain_wanted_certificate(place, reason, record):
        return wanted
    if is_alert(reason) and "handshake failure" in reason:
        return _explain_failure(place, quote, record)
    causes = _ALERTS if is_alert(reason) else _FOUND_HERE
    found = next(each for each in causes if any(part in reason for part in each.parts))
    what = found.what
    if found.kind == "old-version" and record.old_version:
        what = f"chose {record.old_version}, which is older than TLS 1.2"
    return StageError(found.kind, f"{place} {what} ({quote}).", found.hint)


def explain_wanted_certificate(
    place: str, reason: str, record: HandshakeRecord
) -> StageError | None:
    """Explain that the server wants a certificate of the client; None if it does not say so."""
    quote = visible(reason, 80)
    if not is_alert(reason):
        return None
    if "certificate required" in reason:
        what = "requires a client certificate"
    elif not any(each in reason for each in _ALERTS_WITHOUT_CERTIFICATE):
        return None
    elif record.certificate_requested:
        what = "asked for a client certificate, got none and stopped"
    elif "certificate" in reason and not record.is_kept:
        what = "may require a client certificate"
    else:
        return None
    return StageError("client-certificate", f"{place} {what} ({quote}).", _OTHER_PORT)


def is_alert(reason: str) -> bool:
    """Whether a reason of OpenSSL stands for an alert of the other side (RFC 8446, section 6)."""
    return reason.startswith(_ALERT_PREFIXES)


def _explain_failure(place: str, quote: str, record: HandshakeRecord) -> StageError:
    """Explain the alert handshake_failure, which has many causes."""
    if record.is_answered:
        return StageError(
            "handshake",
            f"{place} stopped the handshake and doesn't say why ({quote}).",
            "Ask its admin to check its log.",
        )
    also = "" if record.is_kept else " It may also require a client certificate."
    return StageError(
        "no-common-cipher",
        f"{place} has no cipher, key exchange or signature in common with this machine ({quote}).",
        "Have the usual ciphers of TLS 1.2 or 1.3 turned on there, and check that it has a "
        f"certificate for this name.{also}",
    )
