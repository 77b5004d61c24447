"""What is said before anything is written to an instance."""

from dataclasses import replace

import pytest

from tests.settings.factories import (
    FOR_OWN,
    FOR_PROVIDERS,
    INSTANCES,
    LEFT,
    LEGACY,
    MANAGED,
    ON_OWN,
    OWN,
    PROVIDERS_OWN,
    STAMP,
    TEST_LEGACY,
    Situation,
    edit,
    instance,
    load,
    make_rows,
    with_rows,
)
from tui.settings.delivery.account import AccountChoice
from tui.settings.delivery.instance_effects import queue_words
from tui.settings.snapshot import PropertyRow
from tui.settings.target_facts import Queue, TargetFacts
from tui.settings.values import SecretState, Security, Value

MAIL, USER = "mail.corp.example", "helpdesk@corp.example"
NOON = "2026-01-02 12:00:00"


def message(situation: Situation, code: str) -> str:
    (found,) = (each for each in situation.review.plan.side_effects if each.code == code)
    return found.message


def messages(situation: Situation, code: str) -> list[str]:
    effects = situation.review.plan.side_effects
    return [each.message for each in effects if each.code == code]


def row(name: str, **more: bool | frozenset[str] | None) -> PropertyRow:
    return replace(PropertyRow(name=name, stamp=STAMP), **more)  # type: ignore[arg-type]


def test_a_switch_says_what_is_made_what_ends_and_the_way_back() -> None:
    words = message(edit(FOR_OWN, server=MAIL, user=USER), "account.switch")
    assert words == (
        "glidemail mail.corp.example is created, inactive, and read back. Then ServiceNow SMTP "
        "is deactivated and glidemail mail.corp.example activated at once; between the two nothing "
        "sends. ServiceNow SMTP is kept, inactive: that is the way back."
    )


def test_an_account_that_an_earlier_try_left_is_not_said_to_be_made() -> None:
    facts = instance(MANAGED, LEFT, choice=AccountChoice.OWN)
    words = message(edit(facts, server=MAIL, user=USER), "account.switch")
    assert words.startswith(f"{LEFT.name} is there already, inactive: it is changed and read back.")


def test_going_back_makes_nothing() -> None:
    words = message(load(FOR_PROVIDERS), "account.switch")
    assert words.startswith(f"{OWN.name} is deactivated and {PROVIDERS_OWN} activated at once")


def test_where_nothing_sends_nothing_ends() -> None:
    words = message(
        edit(instance(choice=AccountChoice.OWN), server=MAIL, user=USER), "account.switch"
    )
    assert words.endswith("is activated: it sends from then on.")
    assert "deactivated" not in words


@pytest.mark.parametrize(
    ("queue", "words"),
    [
        (Queue(), "How much mail waits cannot be read."),
        (Queue(0, "", 0), "No mail waits."),
        (Queue(1, NOON, 1), f"1 mail waits, since {NOON} UTC; it is younger than 24 h."),
        (Queue(1, NOON, 0), f"1 mail waits, since {NOON} UTC; it is older than 24 h."),
        (
            Queue(5, NOON, 4, 48),
            f"5 mails wait, the oldest since {NOON} UTC; 4 are younger than 48 h.",
        ),
        (Queue(5, NOON, 1), f"5 mails wait, the oldest since {NOON} UTC; 1 is younger than 24 h."),
        (Queue(5, NOON, 0), f"5 mails wait, the oldest since {NOON} UTC; all are older than 24 h."),
        (Queue(5, "", None), "5 mails wait; how many are younger than 24 h cannot be read."),
    ],
)
def test_what_waits_is_said_in_a_sentence(queue: Queue, words: str) -> None:
    assert queue_words(queue) == words


@pytest.mark.parametrize(
    ("queue", "end"),
    [
        (Queue(), "Count on some: it goes out, and cannot be unsent."),
        (Queue(5, NOON, None), "Count on some: it goes out, and cannot be unsent."),
        (Queue(0, "", 0), "What arrives until then goes out."),
        (Queue(5, NOON, 0), "They stay unsent."),
        (Queue(1, NOON, 0), "It stays unsent."),
        (Queue(5, NOON, 4), "Those can go out, and cannot be unsent."),
        (Queue(5, NOON, 1), "It can go out, and cannot be unsent."),
        (None, "Count on some: it goes out, and cannot be unsent."),
    ],
)
def test_what_becomes_of_it_is_said_before_it_is_released(queue: Queue | None, end: str) -> None:
    facts = replace(TEST_LEGACY, queue=queue)
    on = edit(facts, {"sending_enabled": False}, sending_enabled="yes", test_recipients=USER)
    assert message(on, "queue.release").endswith(end)
    assert on.review.plan.queue is queue


@pytest.mark.parametrize("facts", INSTANCES)
def test_only_a_plan_that_can_release_mail_counts_it(facts: TargetFacts) -> None:
    base: dict[str, Value] = {"sending_enabled": True, "server": MAIL, "user": USER}
    situation = edit(replace(facts, choice=AccountChoice.IN_FORCE), base, test_recipients=USER)
    assert messages(situation, "queue.release") == []
    assert situation.review.plan.queue is None


@pytest.mark.parametrize("texts", [{"server": "b.example"}, {"password": "new"}, {"port": "465"}])
def test_with_sending_off_a_new_server_or_password_releases_nothing(texts: dict[str, str]) -> None:
    off, on = Situation(LEGACY, {"sending_enabled": False}), Situation(LEGACY)
    for situation, said in ((off, 0), (on, 1)):
        typed = edit(LEGACY, situation.base, **texts)
        assert len(messages(typed, "queue.release")) == said


def test_each_row_that_is_written_and_flushes_is_counted() -> None:
    rows = {
        "port": (row("glide.smtp.port", flushes=True),),
        "server": (row("glide.email.server", flushes=True),),
        "user": (row("glide.email.user"),),
        "display_name": (row("glide.email.username", flushes=True),),
    }
    texts = {"port": "587", "server": MAIL, "user": USER}
    assert message(Situation(LEGACY, {}, texts, rows=rows), "cache.flush").endswith(
        "2 properties = 2 flushes."
    )
    one = Situation(LEGACY, {}, {"port": "587"}, rows=rows)
    assert message(one, "cache.flush").endswith("1 property = 1 flush.")


def test_of_several_rows_those_are_counted_that_the_value_is_written_to() -> None:
    rows = (
        row("glide.pop3.secure", flushes=True, takes=frozenset({"none", "", "starttls"})),
        row("glide.pop3.tls", flushes=True, takes=frozenset({"starttls"})),
    )
    base: dict[str, Value] = {"pop3_security": Security.SSL_TLS}
    for text, count in (("starttls", "2 flushes"), ("none", "1 flush"), ("", "1 flush")):
        situation = edit(LEGACY, base, pop3_security=text)
        words = message(with_rows(situation, *rows, at="pop3_security"), "cache.flush")
        assert words.endswith(f"{count}.")


def test_a_row_that_is_written_for_no_value_is_not_spoken_of() -> None:
    missing = replace(row("glide.smtp.tls", takes=frozenset()), stamp=None)
    situation = with_rows(edit(LEGACY, security="none"), missing, at="security")
    assert [each.code for each in situation.review.plan.side_effects] == ["queue.release", "race"]


def test_a_row_that_was_not_returned_may_be_there_twice_then() -> None:
    missing = PropertyRow(name="glide.smtp.port", flushes=True)
    situation = with_rows(edit(LEGACY, port="587"), missing, at="port")
    assert message(situation, "row.created").startswith("glide.smtp.port was not returned")
    assert "twice" in message(situation, "row.created")
    assert messages(situation, "row.travels") == []


@pytest.mark.parametrize("texts", [{"port": "x"}, {"port": "587"}])
def test_of_what_is_broken_or_locked_no_row_is_spoken_of(texts: dict[str, str]) -> None:
    situation = with_rows(
        edit(LEGACY, None, **texts),
        row("glide.smtp.port", flushes=True, private=False),
        locked={} if texts["port"] == "x" else {"port": "No."},
        at="port",
    )
    assert messages(situation, "cache.flush") == messages(situation, "row.travels") == []


def test_the_row_of_an_account_flushes_nothing_and_travels_nowhere() -> None:
    situation = Situation(ON_OWN, {"port": 587}, {"port": "465"}, rows=make_rows(ON_OWN))
    assert [each.code for each in situation.review.plan.side_effects] == ["queue.release", "race"]


def test_a_new_sender_is_said_where_an_account_is_made_too() -> None:
    base: dict[str, Value] = {"server": MAIL, "user": USER}
    assert messages(edit(ON_OWN, base, user="b@corp.example"), "from.follows")
    apart = replace(ON_OWN, sent_from="it@corp.example")
    assert messages(edit(apart, base, user="b@corp.example"), "from.stays")


def test_nothing_is_said_of_an_outgoing_server_that_does_not_decide() -> None:
    for facts in INSTANCES:
        situation = edit(facts, {"server": MAIL}, server="")
        assert bool(messages(situation, "outbound.off")) is facts.derives


def test_a_pop_password_that_is_never_told_may_be_the_new_one() -> None:
    base: dict[str, Value] = {"server": MAIL, "pop3_password": SecretState.UNKNOWN}
    situation = edit(LEGACY, base, password="new")
    assert "unless it has one of its own" in message(situation, "pop3.password")
    assert situation.review.incoming.password.origin == "its own or the outgoing one, never told"


def test_what_is_always_said_is_short() -> None:
    assert len(message(edit(LEGACY, port="587"), "race")) < 80


def test_rows_that_travel_are_named_together() -> None:
    server = row("glide.email.server", private=False)
    port = row("glide.smtp.port", private=False)
    situation = replace(
        edit(LEGACY, None, server="mail.corp.example", port="587"),
        rows={"server": (server,), "port": (port,)},
    )
    assert message(situation, "row.travels") == (
        "glide.email.server, glide.smtp.port are not private: an update set can carry them to "
        "another instance."
    )
