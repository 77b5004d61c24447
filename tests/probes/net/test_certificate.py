"""How a probe words what it found about a certificate, also when the chain is unknown."""

import pytest

from tests.probes.factories import Case, diagnose
from tests.probes.mail_server import HOST, Script
from tests.probes.net.factories import make_chain
from tui.probes.net.certificate import describe_rejection
from tui.tls.context import RejectedChain


@pytest.mark.parametrize(
    ("verify_code", "kind", "words"),
    [
        (9, "not-yet-valid", "isn't valid yet, or one above it in its chain (words)"),
        (10, "expired", "has expired, or one above it in its chain (words)"),
        (18, "self-signed", "is self-signed, and isn't trusted here (words)"),
        (19, "unknown-root", "leads to the root, which is not trusted here (words)"),
        (20, "unknown-issuer", "was issued by an authority that is not trusted here (words)"),
        (62, "name", f"is not for {HOST} (words)"),
        (
            68,
            "invalid",
            "it, or one above it, is signed with an algorithm that is too weak (words)",
        ),
        (22, "invalid", "too many certificates are above it (words)"),
        (999, "invalid", "isn't accepted (words)"),
    ],
)
def test_without_a_chain_no_certificate_of_it_is_blamed(
    verify_code: int, kind: str, words: str
) -> None:
    found = describe_rejection("mail port 25", HOST, verify_code, "words", RejectedChain())
    assert found.kind == kind
    assert words in found.message
    assert found.message.endswith(". No login was tried.")
    assert found.hint


def test_openssls_words_are_made_visible_and_short() -> None:
    found = describe_rejection("mail port 25", HOST, 7, f"\x1b{'x' * 999}.", RejectedChain())
    assert "(^[xxx" in found.message
    assert len(found.message) < 400


def test_names_in_certificates_are_made_visible() -> None:
    assert make_chain("hostile-name")
    found = diagnose(Case(script=Script(certificate="hostile-name")))
    assert "\x1b" not in found.text
    assert "\u202e" not in found.text
