"""A reply of a mail server is explained on the command line."""

import pytest

from tests.cli.house import House
from tui.replies.cause import MEANINGS, Cause

GREYLISTED = "450 4.2.0 <ann@corp.example>: Recipient address rejected: Greylisted"


def test_a_reply_among_the_arguments_is_explained(house: House) -> None:
    done = house.call("explain-reply", "550 5.1.1 User unknown")
    assert done.code == 0
    assert done.out.startswith("550 5.1.1 User unknown\n")
    assert "recipient-unknown" in done.words
    assert "Correct the recipient's address." in done.words


def test_a_reply_may_be_given_as_several_words(house: House) -> None:
    assert (
        "recipient-unknown" in house.call("explain-reply", "550", "5.1.1", "User", "unknown").words
    )


def test_replies_on_standard_input_are_explained_one_by_one(house: House) -> None:
    text = f"550 5.1.1 User unknown\n\n{GREYLISTED}\n-ERR [IN-USE] busy\n"
    answer = house.call("explain-reply", "--json", "-", stdin=text.encode()).answer()
    assert answer["schema"] == 1
    assert [each["cause"] for each in answer["replies"]] == [
        "recipient-unknown",
        "greylisted",
        "temporary",
    ]


def test_lines_of_one_reply_are_one_reply(house: House) -> None:
    text = "550-5.7.26 This mail is unauthenticated,\n550-5.7.26 see\n550 5.7.26 gsmtp\n550 no\n"
    answer = house.call("explain-reply", "--json", "-", stdin=text.encode()).answer()
    assert [each["reply"] for each in answer["replies"]] == [
        "550-5.7.26 This mail is unauthenticated, see gsmtp",
        "550 no",
    ]


def test_the_answer_for_programs_has_every_part(house: House) -> None:
    answer = house.call("explain-reply", "--json", GREYLISTED).answer()
    (found,) = answer["replies"]
    assert found == {
        "reply": GREYLISTED,
        "cause": "greylisted",
        "statement": "The server defers the first message from a sender that it doesn't know.",
        "owner": "receiver",
        "next": MEANINGS[Cause.GREYLISTED].next,
        "temporary": True,
    }


def test_server_and_stage_decide_what_a_code_means(house: House) -> None:
    reply = "554 5.7.9 See the help"
    for argv, cause in (
        (("--server", "smtp.gmail.com", "--stage", "login"), "app-password"),
        (("--server", "mx.mail.yahoo.com", "--stage", "data"), "sender-authentication"),
        (("--stage", "login"), "mechanism"),
    ):
        answer = house.call("explain-reply", "--json", *argv, reply).answer()
        assert answer["replies"][0]["cause"] == cause


@pytest.mark.parametrize(
    ("argv", "stdin", "words"),
    [
        (("--stage", "hello", "550 no"), "", "--stage must be one of login"),
        (("-",), "", "no reply on standard input"),
        (("-",), "\n \n", "no reply on standard input"),
        (("-",), "550 no\n" * 200_000, "larger than 1 MiB"),
        ((), "", "the following arguments are required: REPLY"),
    ],
)
def test_a_call_that_is_wrong_is_refused(
    house: House, argv: tuple[str, ...], stdin: str, words: str
) -> None:
    done = house.call("explain-reply", *argv, stdin=stdin.encode())
    assert done.code == 64
    assert words in done.err


def test_a_hostile_reply_is_shown_visibly(house: House) -> None:
    done = house.call("explain-reply", "550 \x1b]0;owned\x07 User unknown")
    assert "\x1b" not in done.words
    assert "recipient-unknown" in done.words
