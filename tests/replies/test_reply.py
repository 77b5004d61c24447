"""Replies as logs have them are taken apart."""

import pytest

from tui.replies.reply import Reply, ReplyStage, parse_reply

LOGIN, RECIPIENT = ReplyStage.LOGIN, ReplyStage.RECIPIENT


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("550 5.1.1 User unknown", Reply("550", "5.1.1", "User unknown")),
        ("550-5.1.1 User\r\n unknown", Reply("550", "5.1.1", "User unknown")),
        ("550 User unknown", Reply("550", "", "User unknown")),
        ("550 #5.1.0 Address rejected", Reply("550", "5.1.0", "Address rejected")),
        ("550", Reply("550", "", "")),
        ("User unknown", Reply("", "", "User unknown")),
        ("smtp; 550 5.1.1 User unknown", Reply("550", "5.1.1", "User unknown")),
        (
            "host mx.corp.example[192.0.2.1] said: 554 5.7.1 Relay access denied "
            "(in reply to RCPT TO command)",
            Reply("554", "5.7.1", "Relay access denied (in reply to RCPT TO command)", RECIPIENT),
        ),
        (
            "javax.mail.AuthenticationFailedException: 535 5.7.8 failed",
            Reply("535", "5.7.8", "failed", LOGIN),
        ),
        ("(535, b'5.7.8 failed')", Reply("535", "5.7.8", "failed')", LOGIN)),
        ("-ERR [IN-USE] busy", Reply("IN-USE", "", "busy", LOGIN, is_pop3=True)),
        ("-ERR busy", Reply("", "", "busy", LOGIN, is_pop3=True)),
        (
            "450 later 551 not our user 503 need RCPT",
            Reply("551", "", "later 551 not our user 503 need RCPT"),
        ),
        ("450 try in 550 seconds", Reply("450", "", "try in 550 seconds")),
        ("550 no. Giving up on 192.0.2.25.", Reply("550", "", "no.")),
        ("", Reply("", "", "")),
    ],
)
def test_a_reply_is_taken_apart(text: str, reply: Reply) -> None:
    assert parse_reply(text) == reply


def test_a_stage_that_is_given_counts_before_one_that_is_found() -> None:
    assert parse_reply("535 no", RECIPIENT).stage is RECIPIENT


@pytest.mark.parametrize(
    ("text", "temporary"),
    [("450 no", True), ("550 no", False), ("-ERR [SYS/TEMP] no", True), ("-ERR no", False)],
)
def test_what_may_succeed_later_is_temporary(text: str, temporary: bool) -> None:
    assert parse_reply(text).is_temporary is temporary
