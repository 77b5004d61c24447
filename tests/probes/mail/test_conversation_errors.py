"""The words for conversations that break."""

import pytest

from tui.probes.mail.conversation_errors import explain_broken_reply, explain_broken_tls
from tui.probes.mail.reply_parser import BreakKind, BrokenReply

PLACE = "mail.example port 25"


@pytest.mark.parametrize("kind", [*BreakKind, "too-much"])
def test_an_excess_is_explained_without_an_excerpt(kind: str) -> None:
    error = explain_broken_reply("smtp", PLACE, BrokenReply(kind, "secret"), " after EHLO")
    assert error.kind == kind
    assert error.message.startswith(f"{PLACE} sends ")
    assert "secret" not in error.message


def test_another_protocol_is_named_and_quoted() -> None:
    error = explain_broken_reply("pop3", PLACE, BrokenReply("ssh", "SSH-2.0-x\x1b"))
    assert error.message == f"{PLACE} speaks SSH, not POP3: SSH-2.0-x^["
    assert "995" in error.hint


def test_a_certificate_that_the_server_wants_is_told_from_broken_tls() -> None:
    wanted = explain_broken_tls(PLACE, " after EHLO", "tlsv13 alert certificate required")
    assert wanted.kind == "client-certificate"
    assert explain_broken_tls(PLACE, "", "bad record mac").kind == "tls-broke"
