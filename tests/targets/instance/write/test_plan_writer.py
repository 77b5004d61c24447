"""What a save writes to an instance, in which order, and what it refuses to write over."""

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product

import pytest

from tests.sampling import sample
from tests.sandbox.fault_injection import Fault, RecordedRequest
from tests.sandbox.situations import graph_sender, no_active_account, own_account
from tests.targets.instance.write.factories import (
    ACCOUNTS,
    PROPERTIES,
    Desk,
    Wish,
    is_write,
    open_desk,
    properties_named,
)
from tui.errors import Problem, Refusal, Unfinished
from tui.settings.catalog import catalog
from tui.settings.review import Review
from tui.storage.instance import SignInMethod
from tui.targets.instance.api.client import Client
from tui.targets.instance.write.plan_writer import AS_IT_WAS, READ_BACK, UNSEEN
from tui.targets.instance.write.record_writer import RetryPolicy
from tui.targets.target import QueueGrown, SaveResult

SENDING, RECIPIENTS = "glide.email.smtp.active", "glide.email.test.user"
RECEIVING = "glide.email.read.active"
LABEL, PASSWORD = "glide.email.username", "glide.email.user_password"
LONG = "a-password-of-one-and-forty-characters-41"


@pytest.fixture
def desk() -> Iterator[Desk]:
    """The properties are in force."""
    with open_desk("properties") as desk:
        yield desk


@pytest.fixture
def account() -> Iterator[Desk]:
    """An own account sends, with a From of its own."""
    with open_desk() as desk:
        own_account(desk.sandbox)
        yield desk


def wish(typed: str = "", /, **texts: str) -> Wish:
    return Wish(texts=texts, password=typed)


def refusal_of(desk: Desk, wish: Wish, planned: Review) -> Problem:
    """Why a save was refused before anything was written."""
    before = desk.state()
    with pytest.raises(Refusal) as caught:
        desk.write(wish, planned)
    assert desk.state() == before
    assert not any(map(is_write, desk.requests))
    assert caught.value.message.endswith("Nothing was written.")
    return caught.value


def unfinished_write(desk: Desk, wish: Wish, planned: Review) -> Unfinished:
    """How a save ended half way."""
    with pytest.raises(Unfinished) as caught:
        desk.write(wish, planned)
    return caught.value


def writes_to(desk: Desk, name: str, table: str = PROPERTIES) -> Callable[[RecordedRequest], bool]:
    """Whether a request writes a row."""
    sys_id = desk.row(table, name)["sys_id"]
    return lambda recorded: is_write(recorded) and recorded.path.endswith(sys_id)


# Without faults


VALUES: dict[str, tuple[str, str, str]] = {
    "server": ("localhost", "glide.email.server", "localhost"),
    "user": ("desk@corp.example", "glide.email.user", "desk@corp.example"),
    "display_name": ("Höllpdesk, 2nd", LABEL, "Höllpdesk, 2nd"),
    "authenticate": ("no", "glide.smtp.auth", "false"),
    "port": ("2525", "glide.smtp.port", "2525"),
    "sending_enabled": ("yes", SENDING, "true"),
    "test_recipients": (
        "a@corp.example, b@corp.example",
        RECIPIENTS,
        "a@corp.example,b@corp.example",
    ),
    "receiving": ("no", RECEIVING, "false"),
    "pop3_server": ("pop.corp.example", "glide.pop3.server", "pop.corp.example"),
    "pop3_user": ("helpdesk", "glide.pop3.user", "helpdesk"),
    "pop3_port": ("995", "new glide.pop3.port", "995"),
}


@pytest.mark.parametrize("name", VALUES)
def test_one_property_is_one_write_and_one_flush(desk: Desk, name: str) -> None:
    text, row, stored = VALUES[name]
    before = {row["name"]: row for row in desk.sandbox.rows(PROPERTIES)}
    written = desk.apply(wish(**{name: text}))
    assert written.verified == {name: READ_BACK}
    ((name_written, body),) = desk.writes()
    assert (name_written, body["value"]) == (row, stored)
    assert desk.value(row.removeprefix("new ")) == stored
    assert desk.sandbox.flushes == 1
    assert {n: r for n, r in before.items() if n != row} == {
        r["name"]: r for r in desk.sandbox.rows(PROPERTIES) if r["name"] != row.removeprefix("new ")
    }
    assert desk.plan(wish(**{name: text})).plan.changes == ()


@pytest.mark.parametrize("name", ["server", "sending_enabled", "test_recipients", "pop3_user"])
def test_a_row_that_every_instance_has_is_never_created(desk: Desk, name: str) -> None:
    text, row, _ = VALUES[name]
    asked = wish(**{name: text})
    planned = desk.plan(asked)
    desk.remove(PROPERTIES, row)  # what is hidden isn't returned either
    assert f"{row} is no longer returned" in refusal_of(desk, asked, planned).message
    words = blocked(desk, asked).message
    assert f"{row} was not returned. Every instance has it, so it is hidden" in words
    assert desk.rows(PROPERTIES, row) == []


def blocked(desk: Desk, asked: Wish) -> Problem:
    with pytest.raises(Problem, match=r"plan\.errors") as caught:
        desk.apply(asked)
    return caught.value


def test_a_hidden_row_that_the_instance_will_not_have_twice_is_explained(desk: Desk) -> None:
    desk.remove(PROPERTIES, "glide.smtp.port")
    desk.sandbox.faults.add(Fault("refuse_403", lambda each: each.method == "POST"))
    with pytest.raises(Problem) as caught:
        desk.apply(wish(port="2525"))
    assert "glide.smtp.port was not returned: it may exist and be hidden" in caught.value.message
    assert caught.value.message.endswith("Nothing was written.")


@pytest.mark.parametrize(("name", "kind"), [("port", "integer"), ("authenticate", "boolean")])
def test_a_missing_row_is_made_with_its_type(desk: Desk, name: str, kind: str) -> None:
    text, row, stored = VALUES[name]
    desk.remove(PROPERTIES, row)
    desk.apply(wish(**{name: text}))
    assert desk.writes() == [(f"new {row}", {"value": stored, "type": kind})]
    assert desk.row(PROPERTIES, row)["value"] == stored


def test_a_row_that_is_cached_alone_flushes_nothing(desk: Desk) -> None:
    desk.change(PROPERTIES, LABEL, ignore_cache="true")
    desk.apply(wish(display_name="Help Desk", port="2525"))
    assert desk.sandbox.flushes == 1


EARLIER: dict[str, dict[str, str]] = {
    "nothing": {},
    "blank": {"glide.smtp.encryption": "", "glide.smtp.tls": "false", "glide.smtp.ssl": ""},
    "TLS": {"glide.smtp.encryption": "TLS"},
    "SSL": {"glide.smtp.encryption": "SSL"},
    "tls": {"glide.smtp.tls": "true"},
    "ssl": {"glide.smtp.ssl": "true", "glide.smtp.tls": "false"},
    "TLS-tls": {"glide.smtp.encryption": "TLS", "glide.smtp.tls": "true"},
    "TLS-ssl": {"glide.smtp.encryption": "TLS", "glide.smtp.ssl": "true"},
}
WIRE = {"none": "plain", "starttls": "starttls", "ssl_tls": "ssl_tls"}


@pytest.mark.parametrize(("earlier", "wanted"), sample(product(EARLIER, WIRE), 4))
def test_security_comes_out_right_from_every_earlier_state(
    desk: Desk, earlier: str, wanted: str
) -> None:
    for name, value in EARLIER[earlier].items():
        desk.set_value(name, value)
    port = str(desk.sandbox.running.mail.ports[WIRE[wanted]])
    asked = wish(security=wanted, port=port, sending_enabled="true")
    desk.apply(asked)
    written = [name.removeprefix("new ") for name, _ in desk.writes()]
    assert len(written) == len(set(written))
    assert written[-1] == SENDING
    assert desk.plan(wish()).parsed.settings.security == wanted
    assert [each.tls for each in desk.delivered()] == [wanted != "none"] * 4
    for name, value in EARLIER[earlier].items():
        assert (desk.value(name) != value) == (name in written)


def test_what_protects_is_switched_on_before_what_it_replaces_goes_off(desk: Desk) -> None:
    desk.set_value("glide.pop3.secure", "true")
    desk.apply(wish(pop3_security="starttls"))
    assert desk.writes() == [
        ("new glide.pop3.tls", {"value": "true", "type": "string"}),
        ("glide.pop3.secure", {"value": "false"}),
    ]


def test_recipients_come_first_and_sending_on_last(desk: Desk) -> None:
    mail = desk.sandbox.running.mail
    desk.set_value(PASSWORD, "outdated")
    asked = wish(
        mail.password,
        sending_enabled="true",
        server="localhost",
        port=str(mail.ports["starttls"]),
        security="starttls",
        test_recipients="qa@corp.example",
    )
    written = desk.apply(asked)
    assert desk.writes() == [
        (RECIPIENTS, {"value": "qa@corp.example"}),
        (PASSWORD, {"value": mail.password}),
        ("glide.smtp.port", {"value": asked.texts["port"]}),
        ("new glide.smtp.encryption", {"value": "TLS", "type": "string"}),
        ("glide.email.server", {"value": "localhost"}),
        (SENDING, {"value": "true"}),
    ]
    assert desk.sandbox.flushes == 6
    assert written.verified["password"] == UNSEEN
    assert {each.rcpt_tos for each in desk.delivered()} == {("qa@corp.example",)}
    assert {(each.user, each.tls) for each in desk.sandbox.delivered} == {(mail.user, True)}


def test_sending_off_comes_first_and_recipients_are_emptied_last(desk: Desk) -> None:
    desk.set_value(SENDING, "true")
    desk.apply(wish(sending_enabled="false", test_recipients="", display_name="Help Desk"))
    assert [name for name, _ in desk.writes()] == [SENDING, LABEL, RECIPIENTS]


def test_each_password_goes_alone_and_is_told_to_nobody(desk: Desk) -> None:
    asked = replace(wish("new-outgoing", display_name="Help Desk"), pop3_password="new-incoming")
    planned = desk.plan(asked)
    written = desk.write(asked, planned)
    assert desk.value(PASSWORD) == "new-outgoing"
    assert desk.value("glide.pop3.password") == "new-incoming"
    carrying = [each for each in desk.requests if b"new-" in each.body]
    assert [json.loads(each.body) for each in carrying] == [
        {"value": "new-outgoing"},
        {"value": "new-incoming"},
    ]
    for each in carrying:
        assert each.query["sysparm_input_display_value"] == "true"
        assert each.headers["x-no-response-body"] == "true"
        assert each.status == 204
    others = [each for each in desk.requests if each not in carrying]
    assert "new-" not in f"{others!r} {written!r} {planned!r}"


def test_nobody_asks_for_the_value_of_a_secret(desk: Desk) -> None:
    desk.apply(wish("new", display_name="Help Desk"))
    secret = desk.row(PROPERTIES, PASSWORD)["sys_id"]
    for each in desk.sandbox.recorded:
        query = each.query.get("sysparm_query", "")
        if each.path.endswith(PROPERTIES) and (PASSWORD in query or secret in query):
            assert "value" not in each.query["sysparm_fields"].split(",")


def test_a_password_is_cleared_by_a_blank_one(desk: Desk) -> None:
    assert desk.apply(wish(authenticate="no", password="")).verified["password"] == UNSEEN
    assert desk.value(PASSWORD) == ""


def test_an_account_is_changed_in_place_with_what_differs_alone(account: Desk) -> None:
    mail = account.sandbox.running.mail
    account.change(ACCOUNTS, "Own SMTP", password="outdated")
    before = account.row(ACCOUNTS, "Own SMTP")
    asked = wish(
        mail.password, security="ssl_tls", port=str(mail.ports["ssl_tls"]), display_name="Desk"
    )
    written = account.apply(asked)
    assert account.writes() == [
        (
            "Own SMTP",
            {
                "email_user_label": "Desk",
                "port": asked.texts["port"],
                "connection_security": "implicit_tls",
            },
        ),
        ("Own SMTP", {"password": mail.password}),
    ]
    assert account.sandbox.flushes == 0
    assert set(written.verified) == {"security", "port", "display_name", "password"}
    now = account.row(ACCOUNTS, "Own SMTP")
    assert int(now["sys_mod_count"]) == int(before["sys_mod_count"]) + 2
    assert now["from"] == before["from"] == "helpdesk@corp.example"
    assert {(each.mail_from, each.tls) for each in account.delivered()} == {
        ("helpdesk@corp.example", True)
    }


@pytest.mark.parametrize("sender", ["", "it@corp.example"])
def test_from_goes_with_the_user_where_it_was_the_same(account: Desk, sender: str) -> None:
    account.change(ACCOUNTS, "Own SMTP", **{"from": sender})
    account.apply(wish(user="desk@corp.example"))
    assert account.writes() == [
        ("Own SMTP", {"user_name": "desk@corp.example", "from": "desk@corp.example"})
    ]


@pytest.mark.parametrize("sender", ["", "it@corp.example", "desk@corp.example"])
@pytest.mark.parametrize(
    ("texts", "columns"),
    [
        ({"from": "a@corp.example"}, {"from": "a@corp.example"}),
        (
            {"user": "apikey", "from": "a@corp.example"},
            {"user_name": "apikey", "from": "a@corp.example"},
        ),
        (
            {"user": "apikey", "from": "it@corp.example"},
            {"user_name": "apikey", "from": "it@corp.example"},
        ),
        ({"user": "a@corp.example", "from": "a@corp.example"}, {"user_name": "a@corp.example"}),
    ],
)
def test_a_from_that_a_person_sets_is_written_as_it_is(
    account: Desk, sender: str, texts: dict[str, str], columns: dict[str, str]
) -> None:
    account.change(ACCOUNTS, "Own SMTP", **{"from": sender})
    before = account.row(ACCOUNTS, "Own SMTP")
    account.apply(wish(**texts))
    now = account.row(ACCOUNTS, "Own SMTP")
    wanted = {**texts, "user": texts.get("user", before["user_name"])}
    assert (now["user_name"], now["from"]) == (wanted["user"], wanted["from"])
    assert columns.items() <= now.items()
    assert account.plan(wish(**texts)).plan.changes == ()


def test_a_cleared_from_is_blank_and_mail_comes_from_the_user_name(account: Desk) -> None:
    account.apply(wish(**{"from": ""}))
    assert account.writes() == [("Own SMTP", {"from": ""})]
    assert {each.mail_from for each in account.delivered()} == {"it@corp.example"}


def test_receiving_goes_off_first_and_on_last(desk: Desk) -> None:
    desk.apply(wish(receiving="no", pop3_server="pop.corp.example"))
    assert [name for name, _ in desk.writes()] == [RECEIVING, "glide.pop3.server"]
    desk.watch()
    desk.apply(wish(receiving="yes", pop3_user="helpdesk"))
    assert [name for name, _ in desk.writes()] == ["glide.pop3.user", RECEIVING]


# Two writers


def test_a_value_that_moved_is_refused_with_who_did_it(desk: Desk) -> None:
    asked = wish(display_name="Help Desk", port="2525")
    planned = desk.plan(asked)
    desk.change(PROPERTIES, "glide.smtp.port", by="sam", value="26")
    words = refusal_of(desk, asked, planned).message
    assert "glide.smtp.port was changed by sam at " in words
    assert "is 26" in words


def test_a_row_that_is_not_touched_may_move(desk: Desk) -> None:
    asked = wish(display_name="Help Desk")
    planned = desk.plan(asked)
    desk.change(PROPERTIES, "glide.smtp.port", value="26")
    desk.change(PROPERTIES, PASSWORD, value="another")
    assert desk.write(asked, planned).verified == {"display_name": READ_BACK}


def test_a_row_that_moved_and_says_the_same_is_written(desk: Desk) -> None:
    asked = wish(display_name="Help Desk")
    planned = desk.plan(asked)
    desk.change(PROPERTIES, LABEL, description="of the desk")
    assert desk.write(asked, planned).verified == {"display_name": READ_BACK}


@pytest.mark.parametrize("name", ["display_name", "port"])
def test_a_value_that_is_as_wanted_by_now_is_not_written(desk: Desk, name: str) -> None:
    asked = wish(display_name="Help Desk", port="2525")
    planned = desk.plan(asked)
    desk.change(PROPERTIES, VALUES[name][1], value=asked.texts[name])
    verified = desk.write(asked, planned).verified
    assert verified == {"display_name": READ_BACK, "port": READ_BACK} | {name: AS_IT_WAS}
    assert len(desk.writes()) == 1


def test_a_password_row_that_moved_is_refused_with_who_did_it(desk: Desk) -> None:
    asked = wish("new", display_name="Help Desk")
    planned = desk.plan(asked)
    desk.change(PROPERTIES, PASSWORD, by="sam", value="of-sam")
    words = refusal_of(desk, asked, planned).message
    assert f"{PASSWORD} was changed by sam at " in words
    assert "of-sam" not in words


def test_another_row_than_the_passwords_may_move(desk: Desk) -> None:
    asked = wish("new", display_name="Help Desk")
    planned = desk.plan(asked)
    desk.change(PROPERTIES, LABEL, description="of the desk")
    assert set(desk.write(asked, planned).verified) == {"display_name", "password"}


def test_an_accounts_row_that_moved_takes_no_password(account: Desk) -> None:
    asked = wish("new")
    planned = account.plan(asked)
    account.change(ACCOUNTS, "Own SMTP", by="sam", password="of-sam")
    assert "Own SMTP was changed by sam" in refusal_of(account, asked, planned).message


def test_a_row_that_moves_before_its_turn_is_left_alone(desk: Desk) -> None:
    asked = wish(display_name="Help Desk", port="2525", sending_enabled="true")
    planned = desk.plan(asked)
    desk.act_before(
        writes_to(desk, LABEL),
        lambda: desk.change(PROPERTIES, "glide.smtp.port", by="sam", value="26"),
    )
    problem = unfinished_write(desk, asked, planned)
    assert "glide.smtp.port was changed by sam at " in problem.message
    assert "and is 26" in problem.message
    assert properties_named(problem.message) == {
        "Written": ["display_name"],
        "Failed": ["port"],
        "Not written": ["sending_enabled"],
    }
    assert desk.value("glide.smtp.port") == "26"


def test_of_an_account_only_what_still_differs_is_written(account: Desk) -> None:
    asked = wish(display_name="Help Desk", port=str(account.sandbox.running.mail.ports["plain"]))
    planned = account.plan(asked)
    account.change(ACCOUNTS, "Own SMTP", email_user_label="Help Desk")
    account.write(asked, planned)
    assert account.writes() == [("Own SMTP", {"port": asked.texts["port"]})]


def test_an_account_that_is_as_wanted_by_now_is_not_written(account: Desk) -> None:
    asked = wish(display_name="Help Desk")
    planned = account.plan(asked)
    account.change(ACCOUNTS, "Own SMTP", email_user_label="Help Desk")
    assert account.write(asked, planned).verified == {"display_name": AS_IT_WAS}
    assert account.writes() == []


def test_a_value_that_a_rule_changes_has_been_written(desk: Desk) -> None:
    asked = wish(display_name="Help Desk", port="2525")
    planned = desk.plan(asked)
    row, patched = desk.row(PROPERTIES, LABEL)["sys_id"], list[int]()

    def after_the_write(recorded: RecordedRequest) -> bool:
        patched.extend([recorded.number] if recorded.path.endswith(row) else [])
        return bool(patched) and not is_write(recorded)

    desk.act_before(after_the_write, lambda: desk.change(PROPERTIES, LABEL, value="HELP DESK"))
    problem = unfinished_write(desk, asked, planned)
    assert f"The instance said it saved {LABEL}, but" in problem.message
    assert properties_named(problem.message) == {
        "Failed": ["display_name"],
        "Not written": ["port"],
    }


def test_a_row_that_is_gone_is_not_made_anew(desk: Desk) -> None:
    asked = wish(display_name="Help Desk")
    planned = desk.plan(asked)
    desk.remove(PROPERTIES, LABEL)
    assert LABEL in refusal_of(desk, asked, planned).message


def test_a_row_that_goes_before_its_turn_is_told(desk: Desk) -> None:
    asked = wish(display_name="Help Desk", port="2525")
    planned = desk.plan(asked)
    desk.act_before(writes_to(desk, LABEL), lambda: desk.remove(PROPERTIES, "glide.smtp.port"))
    problem = unfinished_write(desk, asked, planned)
    assert "glide.smtp.port is no longer returned" in problem.message
    assert properties_named(problem.message) == {"Written": ["display_name"], "Failed": ["port"]}


@pytest.mark.parametrize("theirs", ["995", "110"])
def test_a_row_that_somebody_made_meanwhile_is_compared(desk: Desk, theirs: str) -> None:
    asked = wish(pop3_port="995")
    planned = desk.plan(asked)
    desk.set_value("glide.pop3.port", theirs)
    if theirs == "995":
        assert desk.write(asked, planned).verified == {"pop3_port": AS_IT_WAS}
    else:
        assert "is 110" in refusal_of(desk, asked, planned).message


def test_a_row_that_somebody_makes_just_before_is_not_made_twice(desk: Desk) -> None:
    asked = wish(display_name="Help Desk", pop3_port="995")
    planned = desk.plan(asked)
    desk.act_before(writes_to(desk, LABEL), lambda: desk.set_value("glide.pop3.port", "110"))
    problem = unfinished_write(desk, asked, planned)
    assert "glide.pop3.port now exists" in problem.message
    assert properties_named(problem.message) == {
        "Written": ["display_name"],
        "Failed": ["pop3_port"],
    }


def test_of_a_property_in_two_rows_one_can_stay(desk: Desk) -> None:
    desk.set_value("glide.smtp.tls", "true")
    desk.set_value("glide.smtp.ssl", "true")
    asked = wish(security="none", display_name="Help Desk")
    planned = desk.plan(asked)
    desk.act_before(
        writes_to(desk, "glide.smtp.tls"),
        lambda: desk.change(PROPERTIES, "glide.smtp.ssl", value="false"),
    )
    problem = unfinished_write(desk, asked, planned)
    assert "One part of security was written: glide.smtp.tls." in problem.message
    assert properties_named(problem.message) == {
        "Written": ["display_name"],
        "Failed": ["security"],
    }


def empty_queue(desk: Desk) -> None:
    for row in desk.sandbox.rows("sys_email"):
        desk.sandbox.change("sys_email", row["sys_id"], type="sent")


def test_mail_that_began_to_wait_is_not_let_out(desk: Desk) -> None:
    empty_queue(desk)
    asked = wish(sending_enabled="true")
    planned = desk.plan(asked)
    desk.sandbox.insert("sys_email", type="send-ready", recipients="someone@corp.example")
    problem = refusal_of(desk, asked, planned)
    assert problem.code == "queue.grown"
    assert "1 can go out now, 0 when the plan was made." in problem.message


def test_a_queue_that_cannot_be_counted_any_more_counts_as_mail(desk: Desk) -> None:
    empty_queue(desk)
    asked = wish(sending_enabled="true")
    planned = desk.plan(asked)
    fault = Fault("refuse_403", lambda each: each.path.endswith("sys_email"), times=2)
    desk.sandbox.faults.add(fault)
    assert refusal_of(desk, asked, planned).code == "queue.grown"


def test_mail_that_waited_already_was_shown(desk: Desk) -> None:
    asked = wish(sending_enabled="true")
    planned = desk.plan(asked)
    desk.write(asked, planned)


def test_a_queue_that_grew_is_asked_about_again(desk: Desk) -> None:
    asked = wish(sending_enabled="true")
    planned = desk.plan(asked)
    desk.sandbox.insert("sys_email", type="send-ready", recipients="someone@corp.example")
    problem = refusal_of(desk, asked, planned)
    assert isinstance(problem, QueueGrown)
    assert problem.queue.fresh == 5
    assert "5 can go out now, 4 when the plan was made." in problem.message


def activate(desk: Desk) -> None:
    own_account(desk.sandbox)


def send_by_graph(desk: Desk) -> None:
    graph_sender(desk.sandbox)


@pytest.mark.parametrize("begins", [activate, send_by_graph])
@pytest.mark.parametrize("name", ["display_name", "server", "pop3_port"])
def test_properties_are_left_alone_once_an_account_sends(
    desk: Desk, name: str, begins: Callable[[Desk], None]
) -> None:
    asked = wish(**{name: VALUES[name][0]})
    planned = desk.plan(asked)
    begins(desk)
    refusal_of(desk, asked, planned)


def stop(desk: Desk) -> None:
    no_active_account(desk.sandbox)


def send_by_another(desk: Desk) -> None:
    desk.sandbox.change(ACCOUNTS, own_account(desk.sandbox), name="Another SMTP")


@pytest.mark.parametrize("act", [stop, send_by_another, send_by_graph])
def test_an_account_is_left_alone_once_it_does_not_send(
    account: Desk, act: Callable[[Desk], None]
) -> None:
    asked = wish(display_name="Help Desk")
    planned = account.plan(asked)
    act(account)
    refusal_of(account, asked, planned)


def test_a_secret_row_that_keeps_none_any_more_takes_none(desk: Desk) -> None:
    asked = wish("new", display_name="Help Desk")
    planned = desk.plan(asked)
    desk.change(PROPERTIES, PASSWORD, type="string")
    refusal_of(desk, asked, planned)


# Who signs in, and where


def test_another_instance_is_refused_before_anything_is_written(desk: Desk) -> None:
    asked = wish(display_name="Help Desk")
    planned = desk.plan(asked)
    desk.change(PROPERTIES, "instance_name", value="clone")
    problem = refusal_of(desk, asked, planned)
    assert problem.code == "instance.other"
    assert "now has the name clone; at the first sign-in it was sandbox" in problem.message
    with pytest.raises(Refusal):
        desk.plan(asked)
    assert desk.plan(asked, name="clone").plan.changes
    assert desk.plan(asked, name="").plan.changes


def test_an_instance_without_a_name_is_not_the_pinned_one(desk: Desk) -> None:
    asked = wish(display_name="Help Desk")
    planned = desk.plan(asked)
    desk.remove(PROPERTIES, "instance_name")
    assert refusal_of(desk, asked, planned).code == "instance.other"
    unpinned = asyncio.run(desk.target(asked, name="").read())
    assert unpinned.status
    assert "instance_name" in " ".join(unpinned.status.unread)


def test_a_wrong_secret_is_tried_once(desk: Desk) -> None:
    asked = wish(display_name="Help Desk")
    planned = desk.plan(asked)
    with pytest.raises(Problem) as opening:
        desk.plan(asked, secret="wrong")
    assert desk.sandbox.refused_sign_ins == {"admin": 1}
    desk.sandbox.refused_sign_ins.clear()
    with pytest.raises(Problem) as saving:
        desk.write(asked, planned, secret="wrong")
    assert desk.sandbox.refused_sign_ins == {"admin": 1}
    assert opening.value.code == saving.value.code == "instance.sign-in"
    assert saving.value.message.endswith("Nothing was written.")


def test_basic_sign_in_may_be_restricted(desk: Desk) -> None:
    desk.sandbox.switches.basic_restricted = True
    with pytest.raises(Problem) as caught:
        desk.plan(wish())
    assert "API key" in caught.value.hint
    assert desk.sandbox.refused_sign_ins == {"admin": 1}


@pytest.mark.parametrize("sign_in", [SignInMethod.API_KEY, SignInMethod.CLIENT_CREDENTIALS])
def test_other_ways_to_sign_in_do_as_well(desk: Desk, sign_in: SignInMethod) -> None:
    # A sign-in without a user's name has no roles to read: an account has to be visible.
    own_account(desk.sandbox, active=False)
    running = desk.sandbox.running
    user, secret = "", running.api_key
    if sign_in is SignInMethod.CLIENT_CREDENTIALS:
        user, secret = running.oauth.client_id, running.oauth.client_secret
    desk.apply(wish("new", port="2525"), sign_in=sign_in, user=user, secret=secret)
    assert (desk.value("glide.smtp.port"), desk.value(PASSWORD)) == ("2525", "new")
    assert {each.user for each in desk.requests if each.path != "/oauth_token.do"} == {"admin"}


def test_a_sign_in_that_ends_half_way_ends_it_all(desk: Desk) -> None:
    asked = wish(display_name="Help Desk", port="2525", sending_enabled="true")
    planned = desk.plan(asked)

    def restrict() -> None:
        desk.sandbox.switches.basic_restricted = True

    sys_id = desk.row(PROPERTIES, "glide.smtp.port")["sys_id"]
    desk.act_before(lambda each: each.query.get("sysparm_query") == f"sys_id={sys_id}", restrict)
    problem = unfinished_write(desk, asked, planned)
    assert properties_named(problem.message) == {
        "Written": ["display_name"],
        "Failed": ["port"],
        "Not written": ["sending_enabled"],
    }
    assert sum(desk.sandbox.refused_sign_ins.values()) <= 2


def test_a_user_who_may_not_write_is_told_so(desk: Desk) -> None:
    asked = wish(display_name="Help Desk")
    planned = desk.plan(asked)
    before = desk.state()
    with pytest.raises(Problem) as caught:
        desk.write(asked, planned, user="mail.admin")
    assert caught.value.code == "instance.forbidden"
    assert caught.value.message.endswith("Nothing was written.")
    assert desk.state() == before


def test_a_new_password_that_nobody_gave_is_not_written_as_blank(desk: Desk) -> None:
    planned = desk.plan(wish("new"))
    planned = replace(planned, draft=planned.draft.reset("password"))
    assert refusal_of(desk, wish(), planned).code == "secrets.needed"
    assert desk.requests == []


@pytest.mark.parametrize("user", ["mail.admin", "admin"])
def test_who_may_write_accounts_only_is_told_where_that_ends(account: Desk, user: str) -> None:
    account.set_value(SENDING, "false")
    asked = wish(display_name="Help Desk", sending_enabled="true")
    planned = account.plan(asked, user=user)
    if user == "admin":
        account.write(asked, planned)
        return
    with pytest.raises(Unfinished) as caught:
        account.write(asked, planned, user=user)
    assert properties_named(caught.value.message) == {
        "Written": ["display_name"],
        "Failed": ["sending_enabled"],
    }


@pytest.mark.parametrize("name", ["display_name", "server"])
def test_who_stops_it_at_its_very_end_is_told_what_was_done(
    desk: Desk, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = wish(**{name: VALUES[name][0]})
    planned = desk.plan(asked)
    closed = Client.__aexit__
    tasks: list[asyncio.Task[SaveResult]] = []

    async def slowly(client: Client, *_: object) -> None:
        tasks[0].cancel()
        await asyncio.sleep(0.01)
        await closed(client)

    monkeypatch.setattr(Client, "__aexit__", slowly)

    async def stopped() -> SaveResult:
        tasks.append(asyncio.create_task(desk.write_async(asked, planned)))
        return await tasks[0]

    if name == "server":
        desk.sandbox.faults.add(Fault("refuse_403", is_write))
        with pytest.raises(Problem, match="Nothing was written"):
            asyncio.run(stopped())
    else:
        assert asyncio.run(stopped()).verified == {name: READ_BACK}


# What is not confirmed of the platform


def test_caches_that_rebuild_after_each_write_are_waited_for() -> None:
    with open_desk("properties", flush_seconds=0.15) as desk:
        asked = wish(display_name="Help Desk", port="2525")
        planned = desk.plan(asked)
        desk.write(asked, planned, deadline=0.1, patience=RetryPolicy(3.0, 0.01))
        assert [name for name, _ in desk.writes()] == [LABEL, "glide.smtp.port"]
        assert len(desk.requests) > 8 + 6


@pytest.mark.parametrize("read", ["blank", "ciphertext", "masked"])
def test_whatever_reading_a_secret_gives(read: str) -> None:
    with open_desk("properties", secrets_read=read) as desk:
        assert desk.apply(wish("new")).verified == {"password": UNSEEN}
        assert desk.value(PASSWORD) == "new"


def test_fields_that_do_not_exist_are_never_sent() -> None:
    with open_desk("properties", unknown_fields_refused=True) as desk:
        desk.apply(wish("new", pop3_port="995", display_name="Help Desk"))
        assert desk.value("glide.pop3.port") == "995"


@pytest.mark.parametrize("kind", ["string", "password"])
def test_a_password_is_written_to_no_other_type_of_row(kind: str) -> None:
    with open_desk("properties", legacy_password_type=kind) as desk:
        (finding,) = desk.plan(wish("new")).blocking
        assert (finding.property, finding.code) == ("password", "property.locked")
        assert "password2" in finding.message


def test_a_password_is_written_to_no_row_that_travels() -> None:
    with open_desk("properties", secret_rows_private=False) as desk:
        (finding,) = desk.plan(wish("new")).blocking
        assert "private" in finding.message


@pytest.mark.parametrize("policy", ["refuse", "truncate"])
def test_a_password_that_is_too_long_for_the_instance(policy: str) -> None:
    with open_desk(long_secret=policy) as desk:
        own_account(desk.sandbox)
        planned = desk.plan(wish(LONG, display_name="Help Desk"))
        assert [each.property for each in planned.blocking] == ["password"]
        if policy == "truncate":
            return  # which nobody could see afterwards
        problem = unfinished_write(desk, wish(), planned)
        assert "longer than 40" in problem.message
        assert LONG not in problem.message
        assert properties_named(problem.message) == {
            "Written": ["display_name"],
            "Failed": ["password"],
        }


def test_values_say_what_every_property_is_tried_with() -> None:
    kept = {"password", "pop3_password", "security", "pop3_security", "from"}
    assert set(VALUES) == set(catalog()) - kept
