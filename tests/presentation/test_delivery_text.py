"""What sends on an instance, in words."""

from dataclasses import replace

import pytest

from tests.settings.factories import (
    MANAGED,
    OWN,
    READER,
    STAMP,
)
from tui.presentation.delivery_text import delivery_lines, delivery_rows, reader_words, sender_words
from tui.settings.delivery.status import DeliveryStatus, Model, Queue
from tui.terminal.layout import width

SENDS = DeliveryStatus(
    name="dev12345",
    release="glide-x",
    model=Model.ACCOUNT,
    why="The email account Own SMTP is active.",
    sender=OWN,
    sending=True,
    recipients=(),
    queue=Queue(0, "", 0),
    sent_from="helpdesk@corp.example",
    receiving=True,
    readers=(READER,),
    changed=STAMP,
    unread=(),
)


def row(verdict: DeliveryStatus, name: str) -> tuple[str, str]:
    """The mark and the words of a row."""
    (found,) = ((mark, words) for mark, title, words in delivery_rows(verdict) if title == name)
    return found


def test_what_sends_is_told_with_whose_it_is_and_what_that_means() -> None:
    own = sender_words(SENDS)
    assert own == f"{SENDS.why} It hands mail to mail.corp.example:587. It is one of your own."
    managed = sender_words(replace(SENDS, sender=MANAGED))
    assert "to relay.service-now.com:465. ServiceNow manages it: leave it as it is" in managed
    assert sender_words(replace(SENDS, sender=None, why="Nobody knows.")) == "Nobody knows."
    assert "mail.corp.example. It" in sender_words(replace(SENDS, sender=replace(OWN, port="")))


@pytest.mark.parametrize(
    ("change", "name", "expected"),
    [
        ({}, "Sending", (" ", "on")),
        ({"sending": False}, "Sending", (" ", "off")),
        (
            {"sending": None},
            "Sending",
            (" ", "not returned: missing, or hidden from this user"),
        ),
        ({}, "Recipients", (" ", "none: mail reaches the people it is meant for")),
        (
            {"recipients": ("a@b.example", "c@d.example")},
            "Recipients",
            (" ", "all mail goes to a@b.example, c@d.example"),
        ),
        (
            {"recipients": None},
            "Recipients",
            (" ", "not returned, which counts as none: mail reaches people"),
        ),
        ({}, "Waiting", (" ", "No mail waits.")),
        ({"queue": Queue()}, "Waiting", ("!", "How much mail waits cannot be read.")),
        ({}, "From", (" ", "helpdesk@corp.example; replies are read there")),
        (
            {"receiving": False},
            "From",
            ("!", "helpdesk@corp.example; replies are not read, as receiving is off"),
        ),
        (
            {"receiving": None},
            "From",
            (" ", "helpdesk@corp.example; whether replies are read is not known"),
        ),
        (
            {"readers": ()},
            "From",
            ("!", "helpdesk@corp.example; no active account reads that mailbox"),
        ),
        (
            {"readers": (), "hides_readers": True},
            "From",
            (" ", "helpdesk@corp.example; whether replies are read is not known"),
        ),
        (
            {"readers": (), "model": Model.NO_ACTIVE_ACCOUNT},
            "From",
            (" ", "helpdesk@corp.example; whether replies are read is not known"),
        ),
        ({"sent_from": ""}, "From", (" ", "not known")),
        ({}, "Receiving", (" ", "on")),
        ({}, "Reader", (" ", "POP3: pop3 pop.corp.example as helpdesk, active")),
        ({}, "Last changed", (" ", "2026-01-02 03:04:05 UTC by admin")),
        ({}, "Instance", (" ", "dev12345, glide-x")),
        ({"name": "", "release": ""}, "Instance", (" ", "name not returned, release not returned")),
    ],
)
def test_everything_a_change_could_move_is_told(
    change: dict[str, object], name: str, expected: tuple[str, str]
) -> None:
    assert row(replace(SENDS, **change), name) == expected  # type: ignore[arg-type]


def test_an_inactive_reader_is_told_as_one() -> None:
    resting = replace(READER, active=False, port="995")
    assert reader_words(resting) == "pop3 pop.corp.example:995 as helpdesk"
    assert row(replace(SENDS, readers=(resting,)), "Reader")[1].endswith(", inactive")


def test_nothing_is_said_of_a_change_that_nobody_knows_of() -> None:
    rows = delivery_rows(replace(SENDS, changed=None))
    assert "Last changed" not in [title for _, title, _ in rows]


def test_the_verdict_is_told_in_lines_that_fit() -> None:
    verdict = replace(SENDS, unread=("some email accounts (hidden from this user)", "the rest"))
    lines = list(delivery_lines(verdict, 60))
    assert lines[0] == "What sends there now"
    assert lines[-2].startswith("   ! Not read: some email accounts")
    assert max(map(width, lines)) <= 60


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("glide.email.server",), "glide.email.server holds a value that does not affect"),
        (("glide.email.server", "a", "b"), "glide.email.server and 2 more of the article's"),
    ],
)
def test_properties_that_have_no_effect_are_named(names: tuple[str, ...], words: str) -> None:
    found = {label: told for _, label, told in delivery_rows(replace(SENDS, left_over=names))}
    assert words in found["No effect"]
    assert "No effect" not in {label for _, label, _ in delivery_rows(replace(SENDS, left_over=()))}
