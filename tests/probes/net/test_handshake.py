"""Why a handshake fails is told by the reason that OpenSSL gives, and never guessed."""

import ssl
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.probes.factories import SSL_TLS, Case, diagnose
from tests.probes.mail_server import HOST, Script, Talk, hang_up, send_alert
from tests.probes.net.factories import issue, make_chain, root, server_context, trusted_file
from tui.probes.net.connection import (
    ConnectionClosed,
    DeadlineExceeded,
    TooMuchData,
    Verification,
    explain_handshake_error,
    make_context,
    openssl_reason,
)
from tui.probes.net.handshake import HandshakeRecord, explain_reason
from tui.terminal.visible import visible

PLACE = "mail port 465"
DER = make_chain("good")[0].der
UNSEEN = HandshakeRecord()
SEEN = HandshakeRecord(is_kept=True)
ANSWERED = HandshakeRecord(is_kept=True, is_answered=True)
ASKED = HandshakeRecord(is_kept=True, is_answered=True, certificate_requested=True)


def fail_handshake(
    change: Callable[[bytes], bytes],
    version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2,
    *,
    asks: bool = False,
) -> tuple[ssl.SSLError | None, HandshakeRecord]:
    """Do a handshake in memory with a server; return what failed, and what was noted.

    Args:
        change: what comes in place of each message of the server.
        asks: the server requires a client certificate.
    """
    client, server = make_context(Verification.STRICT, trusted_file()), server_context("good")
    server.maximum_version = version
    if asks:
        server.load_verify_locations(cadata=root().der)
        server.verify_mode = ssl.CERT_REQUIRED
    record = HandshakeRecord()
    record.watch(client)
    to_client, to_server, from_server = ssl.MemoryBIO(), ssl.MemoryBIO(), ssl.MemoryBIO()
    mine = client.wrap_bio(to_client, to_server, server_hostname=HOST)
    other = server.wrap_bio(to_server, from_server, server_side=True)
    for _ in range(5):
        try:
            mine.do_handshake()
            mine.read()
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError as error:
            return error, record
        with suppress(ssl.SSLError):
            other.do_handshake()
        to_client.write(change(from_server.read()))
    return None, record


def explain(reason: str, record: HandshakeRecord) -> tuple[str, str]:
    found = explain_reason(PLACE, reason, record)
    assert found.message.startswith(f"{PLACE} ")
    assert found.hint
    return found.kind, found.message


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        (lambda _: b"220 mail ESMTP\r\n", "no-tls", "something that isn't TLS"),
        (lambda _: b"HTTP/1.1 400 Bad Request\r\n", "no-tls", "something that isn't TLS"),
        (lambda sent: sent[:9] + b"\3\2" + sent[11:], "old-version", "chose TLS 1.1, which is"),
        (lambda sent: sent[:9] + b"\3\1" + sent[11:], "old-version", "chose TLS 1.0, which is"),
        (lambda sent: sent[:9] + b"\3\0" + sent[11:], "old-version", "chose SSL 3.0, which is"),
        (
            lambda sent: sent[:35] + b"DOWNGRD\1" + sent[43:],
            "downgraded",
            "a newer TLS version than",
        ),
        (lambda sent: sent.replace(DER, bytes(len(DER))), "bad-certificate", "can't be read"),
        (lambda sent: sent[:20] + bytes(9) + sent[29:], "damaged", "damaged or out of order"),
        (lambda sent: sent[:6] + b"\xff" + sent[7:], "too-much", "too large for a handshake"),
        (lambda _: bytes((21, 3, 3, 0, 2, 2, 200)), "handshake", "(tlsv1 alert 200"),
    ],
)
def test_what_comes_in_place_of_a_handshake(
    change: Callable[[bytes], bytes], kind: str, words: str
) -> None:
    error, record = fail_handshake(change)
    assert error is not None
    found = explain(openssl_reason(error), record)
    assert found[0] == kind, found
    assert words in found[1]


def test_a_request_for_a_client_certificate_is_noted() -> None:
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        error, record = fail_handshake(bytes, version, asks=True)
        assert error is not None
        assert record.is_answered
        assert record.certificate_requested
        error, record = fail_handshake(bytes, version)
        assert (error, record.certificate_requested) == (None, False)


@pytest.mark.parametrize(
    ("reason", "record", "kind", "words"),
    [
        ("sslv3 alert handshake failure", SEEN, "no-common-cipher", "in common"),
        ("sslv3 alert handshake failure", ANSWERED, "handshake", "doesn't say why"),
        ("sslv3 alert handshake failure", ASKED, "client-certificate", "asked for a client"),
        ("ssl/tls alert handshake failure", ASKED, "client-certificate", "asked for a client"),
        ("sslv3 alert bad certificate", ASKED, "client-certificate", "got none"),
        ("tlsv1 alert unknown ca", ASKED, "client-certificate", "got none"),
        ("sslv3 alert bad certificate", UNSEEN, "client-certificate", "may require"),
        ("sslv3 alert bad certificate", SEEN, "handshake", "ended the handshake with an alert"),
        ("tlsv13 alert certificate required", SEEN, "client-certificate", "requires a client"),
        ("tlsv1 alert internal error", ASKED, "handshake", "an internal error"),
        ("tlsv1 alert protocol version", SEEN, "old-version", "rejects TLS 1.2 and 1.3"),
        ("unsupported protocol", SEEN, "old-version", "older than 1.2 or unknown here"),
        ("unsafe legacy renegotiation disabled", SEEN, "old-renegotiation", "RFC 5746"),
        ("tlsv1 alert no renegotiation", SEEN, "old-renegotiation", "rejected a renegotiation"),
        ("tlsv1 alert inappropriate fallback", SEEN, "downgraded", "forced to an older TLS"),
        ("tlsv1 alert insufficient security", SEEN, "no-common-cipher", "stronger ciphers"),
        ("tlsv1 unrecognized name", SEEN, "unknown-name", "doesn't know the name"),
        ("tlsv1 alert access denied", SEEN, "handshake", "denied access"),
        ("sslv3 alert bad record mac", SEEN, "damaged", "received TLS data that was damaged"),
        ("decryption failed or bad record mac", SEEN, "damaged", "sent TLS data that is damaged"),
        ("dh key too small", SEEN, "weak", "Diffie-Hellman"),
        ("ee key too small", SEEN, "weak", "too weak"),
        ("wrong signature type", SEEN, "weak", "too weak"),
        ("wrong cipher returned", SEEN, "no-common-cipher", "didn't offer"),
        ("key usage bit incorrect", SEEN, "certificate-usage", "key usage"),
        ("no ciphers available", SEEN, "own-settings", "this machine"),
        ("asn1 lib", SEEN, "bad-certificate", "can't be read"),
        ("something new", SEEN, "handshake", "could not agree on TLS"),
        ("tlsv1 alert something new", SEEN, "handshake", "ended the handshake with an alert"),
    ],
)
def test_a_reason_is_put_into_plain_words_and_quoted(
    reason: str, record: HandshakeRecord, kind: str, words: str
) -> None:
    found = explain(reason, record)
    assert found[0] == kind
    assert words in found[1]
    assert found[1].endswith(f" ({reason}).")


@given(st.text(max_size=300), st.builds(HandshakeRecord))
def test_any_reason_is_explained_and_safe_to_show(reason: str, record: HandshakeRecord) -> None:
    found = explain_reason(PLACE, reason, record)
    assert found.hint
    assert visible(found.message) == found.message
    assert len(found.message) < 300


def test_a_server_that_closes_after_it_asked_for_a_certificate_possibly_wants_one() -> None:
    asked = explain_handshake_error(ConnectionClosed("reset"), PLACE, 1, ASKED)
    assert (asked.kind, "(reset)" in asked.message) == ("cut", True)
    assert "may require one" in asked.hint
    assert (
        "client certificate"
        not in explain_handshake_error(ConnectionClosed(), PLACE, 1, ANSWERED).hint
    )


def test_a_limit_that_is_reached_is_named() -> None:
    late = explain_handshake_error(DeadlineExceeded(), PLACE, 2.5, SEEN)
    assert (late.kind, "2.5 seconds" in late.message) == ("timeout", True)
    much = explain_handshake_error(TooMuchData(), PLACE, 1, SEEN)
    assert (much.kind, bool(much.hint)) == ("too-much", True)


@pytest.mark.parametrize(
    ("number", "kind"),
    [(20, "damaged"), (46, "handshake"), (48, "handshake"), (60, "no-common-cipher")],
)
def test_an_alert_is_told_by_its_meaning(number: int, kind: str) -> None:
    found = diagnose(Case(script=Script(before=send_alert(number)), security=SSL_TLS))
    assert found["tls"].code == f"smtp.tls.{kind}"
    assert "client certificate" not in found["tls"].message + found["tls"].hint


def test_a_server_that_closes_at_once_is_told_as_such() -> None:
    found = diagnose(Case(script=Script(before=hang_up), security=SSL_TLS))
    assert found["tls"].code == "smtp.tls.cut"


def test_a_certificate_may_be_large_but_not_endless() -> None:
    for count, code in ((1500, "certificate.name"), (7000, "tls.too-much")):
        names = tuple(f"host-{number}.corp.example" for number in range(count))
        script = Script(implicit=True, certificate=(issue("large", root(), names=names),))
        found = diagnose(Case(script=script, security=SSL_TLS))
        assert found.first_flaw is not None
        assert found.first_flaw.code == f"smtp.{code}"
        assert len(found.first_flaw.message) < 400


def test_a_server_that_closes_after_tls_1_3_possibly_wants_the_certificate_it_asked_for() -> None:
    def close_after_request(asks: bool) -> str:
        async def act(talk: Talk) -> None:
            context = server_context("good")
            context.load_verify_locations(cadata=root().der)
            context.verify_mode = ssl.CERT_OPTIONAL if asks else ssl.CERT_NONE
            await talk.secure(context)
            await hang_up(talk)

        return diagnose(Case(script=Script(before=act), security=SSL_TLS))["greeting"].hint

    assert "may require one" in close_after_request(asks=True)
    assert "may require one" not in close_after_request(asks=False)
