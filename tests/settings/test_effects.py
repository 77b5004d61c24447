"""What a plan moves besides what it changes."""

from dataclasses import replace

import pytest
from hypothesis import given

from tests.settings.factories import (
    COMPLETE,
    FOR_NAMED,
    FOR_OWN,
    FOR_PROVIDERS,
    INSTANCES,
    LEFT,
    LEGACY,
    MAIL,
    MANAGED,
    ON_OWN,
    ON_TEST_OWN,
    OWN,
    PROVIDERS_OWN,
    READER,
    SENDS,
    STAMP,
    TEST,
    TEST_LEGACY,
    USER,
    Situation,
    deterministic,
    edit,
    instance,
    load,
    make_rows,
    situations,
    with_rows,
)
from tests.settings.rules.factories import find_codes
from tui.settings import effects as module
from tui.settings.delivery.account import AccountChoice
from tui.settings.delivery.status import Queue
from tui.settings.effects import LABEL, SideEffect, describe_queue
from tui.settings.snapshot import PropertyRow, Stamp
from tui.settings.target_facts import TargetFacts
from tui.settings.values import SecretState, Security, Value

POP, KEPT = "pop.corp.example", SecretState.KEPT
NOON = "2026-01-02 12:00:00"


EFFECTS: list[tuple[str, dict[str, str], dict[str, str]]] = [
    ("outbound.off", {"server": ""}, {"server": "b.example"}),
    ("pop3.server", {"server": "b.example"}, {"server": "b.example", "pop3_server": MAIL}),
    ("pop3.server", {"server": ""}, {"pop3_server": POP}),
    ("pop3.user", {"user": "b@corp.example"}, {"user": "helpdesk@b.example"}),
    ("pop3.user", {"user": "apikey"}, {"user": "apikey", "pop3_user": "helpdesk"}),
    ("pop3.password", {"password": "new"}, {"password": "new", "pop3_password": "other"}),
    ("pop3.password", {"password": ""}, {"port": "465"}),
    ("sending.off", {"sending_enabled": "no"}, {"sending_enabled": "yes"}),
    ("receiving.on", {"receiving": "yes"}, {"receiving": "no"}),
    ("receiving.off", {"receiving": "no"}, {"receiving": "yes"}),
    ("recipients.emptied", {"test_recipients": ""}, {"test_recipients": "b@corp.example"}),
    ("security.weaker", {"security": "none"}, {"security": "starttls"}),
    ("security.weaker", {"pop3_security": "none"}, {"pop3_security": "ssl_tls"}),
    ("security.weaker", {"security": ""}, {}),
    ("secret.new-host", {"server": "b.example"}, {"server": "b.example", "password": "new"}),
]


ROW = PropertyRow(name="glide.smtp.port", stamp=Stamp("1", "2026-01-02 03:04:05", "admin"))
PORT = edit(TEST_LEGACY, COMPLETE, port="2525")
ON_INSTANCES: list[tuple[str, Situation, Situation]] = [
    (
        "account.switch",
        edit(ON_OWN, COMPLETE, port="465"),
        edit(ON_OWN, COMPLETE, display_name="x"),
    ),
    (
        "account.columns",
        edit(replace(ON_OWN, copied_columns=("Region",)), COMPLETE, port="465"),
        edit(replace(ON_OWN, copied_columns=("Region",)), COMPLETE, display_name="x"),
    ),
    (
        "account.columns",
        edit(replace(FOR_OWN, copied_columns=(LABEL,)), server=MAIL, user=USER),
        edit(replace(FOR_OWN, copied_columns=(LABEL,)), server=MAIL, user=USER, display_name="x"),
    ),
    (
        "account.columns-lost",
        edit(replace(ON_OWN, lost_columns=("Region",)), COMPLETE, port="465"),
        edit(ON_OWN, COMPLETE, port="465"),
    ),
    ("account.switch", load(FOR_PROVIDERS), load(replace(FOR_PROVIDERS, managed=True))),
    ("from.follows", edit(ON_TEST_OWN, COMPLETE, user="b@corp.example"), edit(LEGACY, user=USER)),
    ("from.follows", edit(FOR_OWN, server=MAIL, user=USER), edit(FOR_OWN, server=MAIL)),
    (
        "from.stays",
        edit(ON_OWN, {**COMPLETE, "from": "it@corp.example"}, user="b@corp.example"),
        edit(ON_OWN, COMPLETE, user="b@corp.example"),
    ),
    (
        "cache.flush",
        with_rows(PORT, replace(ROW, flushes=True), at="port"),
        with_rows(PORT, ROW, at="port"),
    ),
    (
        "row.created",
        with_rows(PORT, replace(ROW, stamp=None), at="port"),
        with_rows(PORT, ROW, at="port"),
    ),
    (
        "row.travels",
        with_rows(PORT, replace(ROW, private=False), at="port"),
        with_rows(PORT, ROW, at="port"),
    ),
    (
        "queue.release",
        edit(TEST_LEGACY, {"sending_enabled": False}, sending_enabled="yes"),
        edit(TEST_LEGACY, {"sending_enabled": False}, server=MAIL),
    ),
    ("queue.release", edit(LEGACY, server=MAIL), edit(LEGACY, display_name="x")),
    ("password.unseen", edit(LEGACY, pop3_password="new"), edit(TEST, pop3_password="new")),
    ("race", edit(ON_TEST_OWN, display_name="x"), edit(TEST, display_name="x")),
]


def effects(situation: Situation) -> list[str]:
    return [each.code for each in situation.review.plan.side_effects]


def message(situation: Situation, code: str) -> str:
    (found,) = (each for each in situation.review.plan.side_effects if each.code == code)
    return found.message


def messages(situation: Situation, code: str) -> list[str]:
    effects = situation.review.plan.side_effects
    return [each.message for each in effects if each.code == code]


def row(name: str, **more: bool | frozenset[str] | None) -> PropertyRow:
    return replace(PropertyRow(name=name, stamp=STAMP), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(("code", "moving", "still"), EFFECTS)
def test_a_side_effect_is_said_where_there_is_one(
    code: str, moving: dict[str, str], still: dict[str, str]
) -> None:
    assert code in effects(edit(TEST, COMPLETE, **moving))
    assert code not in effects(edit(TEST, COMPLETE, **still))


@pytest.mark.parametrize(("code", "moving", "still"), ON_INSTANCES)
def test_a_side_effect_on_an_instance_is_said_where_there_is_one(
    code: str, moving: Situation, still: Situation
) -> None:
    assert code in effects(moving)
    assert code not in effects(still)


def test_mail_that_waits_goes_out_when_sending_is_turned_on() -> None:
    base: dict[str, Value] = {"sending_enabled": False}
    assert effects(edit(base=base, sending_enabled="yes")) == ["sending.on"]
    assert effects(edit(base=base, display_name="x")) == []


def test_the_incoming_server_that_moves_along_is_named_and_its_mailbox_deleted() -> None:
    (effect,) = (
        each
        for each in edit(base=COMPLETE, server="b.example").review.plan.side_effects
        if each.code == "pop3.server"
    )
    assert f"{MAIL} -> b.example" in effect.message
    assert "deletes" in effect.message


def test_without_an_outgoing_server_no_mailbox_is_read() -> None:
    assert "no mail is read" in message(edit(base=COMPLETE, server=""), "pop3.server")


def test_a_new_password_is_the_pop_password_too_and_a_cleared_one_is_gone_there_too() -> None:
    assert "the new one" in message(edit(base=COMPLETE, password="new"), "pop3.password")
    assert "is removed too" in message(edit(base=COMPLETE, password=""), "pop3.password")


def test_giving_up_a_pop_server_says_which_one_is_read_instead() -> None:
    situation = edit(base={**COMPLETE, "pop3_server": POP}, pop3_server="")
    (effect,) = situation.review.plan.side_effects
    assert f"{POP} -> {MAIL}" in effect.message


def test_an_incoming_server_of_its_own_does_not_move_along() -> None:
    situation = edit(base={**COMPLETE, "pop3_server": POP, "pop3_user": "x"}, server="b.example")
    assert "pop3.server" not in effects(situation)


BROKEN: list[tuple[dict[str, Value], dict[str, str]]] = [
    ({"server": MAIL}, {"server": "https://x.example/"}),
    ({"server": "relay.service-now.com"}, {"server": "https://x.example/"}),
    ({"server": MAIL, "pop3_server": POP}, {"pop3_server": "a b"}),
    ({"user": USER}, {"user": f"{USER},{USER}"}),
    ({"security": Security.STARTTLS}, {"security": "tls"}),
    ({"pop3_security": Security.STARTTLS}, {"pop3_security": "tls"}),
    ({"test_recipients": (USER,)}, {"test_recipients": "bad"}),
]


@pytest.mark.parametrize(("base", "texts"), BROKEN)
def test_nothing_is_said_to_follow_from_a_broken_text(
    base: dict[str, Value], texts: dict[str, str]
) -> None:
    assert effects(edit(TEST, base=base, **texts)) == []


def test_a_cleared_pop3_password_follows_the_outgoing_one() -> None:
    situation = edit(base={"password": KEPT, "pop3_password": KEPT}, pop3_password="")
    (effect,) = situation.review.plan.side_effects
    assert effect == SideEffect("pop3.password", "The POP3 password is now the outgoing one.")


@pytest.mark.parametrize("name", ["server", "pop3_server"])
def test_a_local_file_says_which_server_of_servicenows_is_replaced(name: str) -> None:
    relay = "relay.service-now.com"
    for text in (MAIL, ""):
        words = message(edit(TEST, {name: relay}, **{name: text}), "server.provisioned")
        assert words == f"This replaces {relay}, which ServiceNow set up."
    both: dict[str, Value] = {"server": relay, "pop3_server": relay}
    assert message(edit(TEST, both, server=MAIL, pop3_server=MAIL), "server.provisioned")
    assert "server.provisioned" not in effects(edit(TEST, {name: POP}, **{name: MAIL}))
    # On an instance a word is typed for it.
    assert "server.provisioned" not in effects(edit(TEST_LEGACY, {name: relay}, **{name: MAIL}))


def test_every_code_of_a_side_effect_has_a_case() -> None:
    cases = {code for code, *_ in (*EFFECTS, *ON_INSTANCES)}
    readers = {"reader.started", "reader.stopped", "reader.replies"}  # test_account_switch
    on_files = {"sending.on", "server.provisioned"}
    assert cases == find_codes(module) - on_files - readers | {"race"}


def test_a_switch_says_what_is_made_what_ends_and_the_way_back() -> None:
    words = message(edit(FOR_OWN, server=MAIL, user=USER), "account.switch")
    assert words == (
        "glidemail mail.corp.example is created, inactive, and read back. Then ServiceNow SMTP "
        "is deactivated and glidemail mail.corp.example activated right after it. In between, no "
        "account is active. ServiceNow SMTP is kept, inactive, so that you can go back."
    )


def test_an_account_that_an_earlier_try_left_is_not_said_to_be_made() -> None:
    facts = instance(MANAGED, LEFT, choice=AccountChoice.OWN)
    words = message(edit(facts, server=MAIL, user=USER), "account.switch")
    assert words.startswith(f"{LEFT.name} already exists, inactive: it is changed and read back.")


def test_going_back_makes_nothing() -> None:
    words = message(load(FOR_PROVIDERS), "account.switch")
    assert words.startswith(
        f"{OWN.name} is deactivated and {PROVIDERS_OWN} activated right after it."
    )


def test_an_account_that_is_changed_first_is_said_to_be() -> None:
    changed = "Corp Relay is changed while inactive, and read back. Then Own SMTP is deactivated"
    words = message(edit(FOR_NAMED, server=MAIL), "account.switch")
    assert words.startswith(changed)
    bare = message(edit(FOR_NAMED, sending_enabled="no"), "account.switch")
    assert bare.startswith("Own SMTP is deactivated and Corp Relay activated right after it.")


def test_where_nothing_sends_nothing_ends() -> None:
    words = message(
        edit(instance(choice=AccountChoice.OWN), server=MAIL, user=USER), "account.switch"
    )
    assert words.endswith("is activated.")
    assert "deactivated" not in words


@pytest.mark.parametrize(
    ("queue", "words"),
    [
        (Queue(), "Can't read how many emails are in the queue."),
        (Queue(0, "", 0), "No email is in the queue."),
        (
            Queue(1, NOON, 1),
            f"1 email is in the queue, since {NOON} UTC; it is less than 24 hours old.",
        ),
        (
            Queue(1, NOON, 0),
            f"1 email is in the queue, since {NOON} UTC; it is more than 24 hours old.",
        ),
        (
            Queue(5, NOON, 4, 48),
            f"5 emails are in the queue, the oldest since {NOON} UTC; "
            "4 are less than 48 hours old.",
        ),
        (
            Queue(5, NOON, 1),
            f"5 emails are in the queue, the oldest since {NOON} UTC; 1 is less than 24 hours old.",
        ),
        (
            Queue(5, NOON, 0),
            f"5 emails are in the queue, the oldest since {NOON} UTC; "
            "all are more than 24 hours old.",
        ),
        (
            Queue(5, "", None),
            "5 emails are in the queue; it is unknown how many are less than 24 hours old.",
        ),
    ],
)
def test_what_waits_is_said_in_a_sentence(queue: Queue, words: str) -> None:
    assert describe_queue(queue) == words


@pytest.mark.parametrize(
    ("queue", "end"),
    [
        (Queue(), "Some may go out, and can't be recalled."),
        (Queue(5, NOON, None), "Some may go out, and can't be recalled."),
        (Queue(0, "", 0), "Emails that arrive before the save go out."),
        (Queue(5, NOON, 0), "They stay unsent."),
        (Queue(1, NOON, 0), "It stays unsent."),
        (Queue(5, NOON, 4), "Those can go out, and can't be recalled."),
        (Queue(5, NOON, 1), "It can go out, and can't be recalled."),
        (None, "Some may go out, and can't be recalled."),
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
    assert "ends up with two" in message(situation, "row.created")
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
    apart = edit(ON_OWN, {**base, "from": "it@corp.example"}, user="b@corp.example")
    assert messages(apart, "from.stays")


def test_nothing_is_said_of_an_outgoing_server_that_does_not_decide() -> None:
    for facts in INSTANCES:
        situation = edit(facts, {"server": MAIL}, server="")
        assert bool(messages(situation, "outbound.off")) is facts.derives_incoming


def test_a_pop_password_that_is_never_told_may_be_the_new_one() -> None:
    base: dict[str, Value] = {"server": MAIL, "pop3_password": SecretState.UNKNOWN}
    situation = edit(LEGACY, base, password="new")
    assert "unless POP3 has its own" in message(situation, "pop3.password")
    assert situation.review.incoming.password.origin == "its own or outgoing"


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


def test_turning_receiving_on_names_what_it_reads_and_deletes() -> None:
    base: dict[str, Value] = {**SENDS, "receiving": False}
    on_accounts = edit(instance(OWN, READER, replace(READER, active=False)), base, receiving="yes")
    assert message(on_accounts, "receiving.on") == (
        "The instance reads and deletes the mail of POP3 (helpdesk on pop.corp.example)."
    )
    derived = edit(LEGACY, base, receiving="yes", pop3_server=POP)
    assert "helpdesk on pop.corp.example (POP3)" in message(derived, "receiving.on")
    hidden = edit(instance(OWN), base, receiving="yes")
    assert "none is visible to this user" in message(hidden, "receiving.on")
    blank = edit(LEGACY, base, receiving="")
    assert "Blank may mean on" in message(blank, "receiving.on")


@given(situations())
@deterministic
def test_receiving_is_never_turned_on_in_silence(situation: Situation) -> None:
    plan = situation.review.plan
    turned = [each for each in plan.changes if each.property == "receiving"]
    if turned and situation.review.parsed.value("receiving") is not False:
        assert "receiving.on" in effects(situation) or "receiving" in situation.review.parsed.broken


@given(situations())
@deterministic
def test_no_fix_turns_a_switch_on(situation: Situation) -> None:
    for finding in situation.review.findings:
        if finding.fix:
            assert finding.fix.set.keys().isdisjoint({"sending_enabled", "receiving"})


FROM = {"from": "it@corp.example"}


def test_a_from_that_a_person_sets_neither_follows_nor_stays() -> None:
    both = edit(ON_TEST_OWN, SENDS, user="apikey", **FROM)
    assert not {"from.follows", "from.stays"} & set(effects(both))


def test_a_live_accounts_from_is_not_edited_in_production() -> None:
    replaced = edit(ON_OWN, SENDS, **FROM).review.plan
    assert replaced.activation
    assert replaced.activation.creates
    assert edit(ON_TEST_OWN, SENDS, **FROM).review.plan.activation is None
