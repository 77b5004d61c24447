"""Another account sends: made inactive, put in the old one's place, and back where that fails."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.sandbox.fault_injection import RecordedRequest
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.situations import graph_sender, no_active_account, own_account
from tests.targets.instance.read.factories import account, inventory
from tests.targets.instance.write.factories import (
    ACCOUNTS,
    OWN,
    PRODUCTION,
    PROPERTIES,
    Desk,
    Wish,
    is_write,
    open_desk,
    own_server,
    properties_named,
)
from tui.errors import Outage, Problem, Refusal, Unfinished
from tui.settings.delivery.account import AccountChoice
from tui.settings.review import Review
from tui.settings.values import Security
from tui.targets.instance.write.plan_writer import READ_BACK, UNSEEN
from tui.targets.instance.write.switchover import columns_to_write

THEIRS, USER = "ServiceNow SMTP", "it@corp.example"
ON, OFF = {"active": "true"}, {"active": "false"}
SECURITIES = {"none": "unencrypted", "starttls": "explicit_tls", "ssl_tls": "implicit_tls"}
LONG = "a-password-of-one-and-forty-characters-41"


@pytest.fixture
def desk() -> Iterator[Desk]:
    """The provider's account sends."""
    with open_desk() as desk:
        yield desk


def failure_of(desk: Desk, wish: Wish, planned: Review) -> Problem:
    """How a save ended that went wrong."""
    desk.watch()
    with pytest.raises(Problem) as caught:
        desk.write(wish, planned)
    assert all(len(each.senders) < 2 for each in desk.moments)
    return caught.value


def before_write(desk: Desk, name: str, body: bytes) -> Callable[[RecordedRequest], bool]:
    """Whether a request writes that to an account."""

    def is_it(recorded: RecordedRequest) -> bool:
        sys_ids = [row["sys_id"] for row in desk.rows(ACCOUNTS, name)]
        return recorded.body == body and recorded.path.rpartition("/")[2] in sys_ids

    return is_it


ACTIVATE, DEACTIVATE = b'{"active": "true"}', b'{"active": "false"}'


def test_the_older_columns_of_connection_security_go_with_the_newer_one() -> None:
    both = account(enable_tls="true", enable_ssl="false")
    columns = columns_to_write({"security": Security.SSL_TLS}, both, inventory(both))
    assert columns == {
        "connection_security": "implicit",
        "enable_tls": "false",
        "enable_ssl": "true",
    }
    only = account()
    assert columns_to_write({"security": Security.SSL_TLS}, only, inventory(only)) == {
        "connection_security": "implicit"
    }


def test_a_from_that_was_not_returned_is_left_alone() -> None:
    hidden = {name: text for name, text in account().items() if name != "from"}
    user = {"user_name": "desk@corp.example"}
    assert columns_to_write({"user": user["user_name"]}, hidden, inventory(hidden)) == user


FURTHER = {"enable_debug": "false", "system_address_filter": "", "u_cost_center": ""}
"""The columns of the account before that no property stands for."""


# Without faults


@pytest.mark.parametrize("second", ["refuse", "deactivate_other"])
@pytest.mark.parametrize("security", SECURITIES)
def test_an_own_server_sends_in_the_providers_place(security: str, second: str) -> None:
    with open_desk(second_active=second) as desk:
        wish, provider = own_server(desk, security), desk.row(ACCOUNTS, THEIRS)
        desk.watch()
        written = desk.apply(wish)
        made = {
            "type": "smtp",
            **OFF,
            "authentication": "password",
            "port": wish.texts["port"],
            "connection_security": SECURITIES[security],
            "server": "127.0.0.1",
            "user_name": "it@corp.example",
            "from": "it@corp.example",
            "email_user_label": "Help Desk",
            **FURTHER,
        }
        assert desk.writes() == [
            (f"new {OWN}", made),
            (OWN, {"password": wish.password}),
            (THEIRS, OFF),
            (OWN, ON),
        ]
        assert written.verified == dict.fromkeys(wish.rows, READ_BACK) | {"password": UNSEEN}
        assert all(len(each.senders) < 2 for each in desk.moments)
        assert sum(not each.senders for each in desk.moments) <= 2
        assert desk.sandbox.flushes == 0
        now = desk.row(ACCOUNTS, THEIRS)
        assert {key for key in now if now[key] != provider[key]} <= {
            *("active", "sys_mod_count", "sys_updated_on", "sys_updated_by")
        }
        assert {each.user for each in desk.delivered()} == {"it@corp.example"}
        assert {each.tls for each in desk.sandbox.delivered} == {security != "none"}


@pytest.mark.parametrize("security", SECURITIES)
def test_older_columns_hold_the_security_as_well(security: str) -> None:
    with open_desk(security_columns="enable", unknown_fields_refused=True) as desk:
        wish = own_server(desk, security)
        desk.apply(wish)
        row = desk.row(ACCOUNTS, OWN)
        assert (row["enable_tls"], row["enable_ssl"]) == {
            "none": ("false", "false"),
            "starttls": ("true", "false"),
            "ssl_tls": ("false", "true"),
        }[security]
        assert [each.tls for each in desk.delivered()] == [security != "none"] * 4


def test_an_account_that_signs_in_nowhere_has_no_password(desk: Desk) -> None:
    wish = own_server(desk)
    texts = {**wish.texts, "authenticate": "no"}
    desk.apply(replace(wish, texts=texts, password=""))
    row = desk.row(ACCOUNTS, OWN)
    assert (row["authentication"], row["password"], row["active"]) == ("NULL", "", "true")


def test_what_is_not_given_for_an_own_server_has_a_plain_value(desk: Desk) -> None:
    desk.apply(
        Wish(
            texts={"server": "mx.corp.example", "user": "a@corp.example"}, choice=AccountChoice.OWN
        )
    )
    row = desk.row(ACCOUNTS, "glidemail mx.corp.example")
    assert (row["port"], row["connection_security"], row["authentication"]) == (
        *("25", "unencrypted", "NULL"),
    )
    # The label is what the account before it has.
    assert (row["email_user_label"], row["from"]) == ("IT Service Desk", "a@corp.example")


def test_a_live_account_in_production_is_replaced_whole(desk: Desk) -> None:
    own_account(desk.sandbox)
    old = desk.row(ACCOUNTS, "Own SMTP")
    wish = Wish(texts={"server": "localhost"}, password=old["password"], environment=PRODUCTION)
    desk.apply(wish)
    new = desk.row(ACCOUNTS, "glidemail localhost")
    other = ("name", "server", "enable_tls", "enable_ssl")  # the latter do not exist there
    alike = [key for key in new if not key.startswith("sys_") and key not in other]
    assert {key: new[key] for key in alike} == {key: old[key] for key in alike}
    assert new["from"] == "helpdesk@corp.example"
    assert (
        desk.row(ACCOUNTS, "Own SMTP")
        | ON
        | {key: old[key] for key in ("sys_mod_count", "sys_updated_on", "sys_updated_by")}
        == old
    )
    assert desk.senders() == ("glidemail localhost",)
    assert len(desk.delivered()) == 4


def test_the_providers_account_sends_again_before_sending_goes_on(desk: Desk) -> None:
    own_account(desk.sandbox)
    desk.set_value("glide.email.smtp.active", "false")
    desk.watch()
    desk.apply(Wish(texts={"sending_enabled": "true"}, choice=AccountChoice.PROVIDERS))
    assert desk.writes() == [
        ("Own SMTP", OFF),
        (THEIRS, ON),
        ("glide.email.smtp.active", {"value": "true"}),
    ]


def test_the_providers_account_sends_again_and_nothing_else_changes(desk: Desk) -> None:
    own_account(desk.sandbox)
    written = desk.apply(Wish(choice=AccountChoice.PROVIDERS))
    assert written.verified == {}
    assert desk.writes() == [("Own SMTP", OFF), (THEIRS, ON)]


def leave_account(desk: Desk, **columns: str) -> str:
    """An account that an earlier try has made."""
    sys_id = own_account(desk.sandbox, active=False)
    desk.sandbox.change(ACCOUNTS, sys_id, "admin", name=OWN, **columns)
    return sys_id


def test_an_account_that_was_left_there_is_taken_up(desk: Desk) -> None:
    leave_account(desk, password="outdated", port="26")
    wish = own_server(desk)
    desk.apply(wish)
    assert desk.writes() == [
        (
            OWN,
            {"port": wish.texts["port"], "email_user_label": "Help Desk", "from": USER, **FURTHER},
        ),
        (OWN, {"password": wish.password}),
        (THEIRS, OFF),
        (OWN, ON),
    ]
    assert len(desk.delivered()) == 4


def test_an_account_that_was_left_there_sends_where_nothing_does(desk: Desk) -> None:
    leave_account(desk)
    no_active_account(desk.sandbox)
    password = desk.sandbox.running.mail.password
    assert list(desk.apply(Wish(choice=AccountChoice.OWN, password=password)).verified) == [
        "password"
    ]
    assert [name for name, _ in desk.writes()] == [OWN, OWN]
    assert desk.writes()[-1] == (OWN, ON)
    assert len(desk.delivered()) == 4


def test_from_goes_with_the_user_of_an_account_that_was_left_there(desk: Desk) -> None:
    leave_account(desk, authentication="NULL", **{"from": "it@corp.example"})
    no_active_account(desk.sandbox)
    desk.apply(Wish(texts={"user": "desk@corp.example"}, choice=AccountChoice.OWN))
    both = {"user_name": "desk@corp.example", "from": "desk@corp.example"}
    assert desk.writes() == [(OWN, both), (OWN, ON)]


def test_a_cleared_password_is_not_left_in_an_account_that_was_left_there(desk: Desk) -> None:
    leave_account(desk)
    no_active_account(desk.sandbox)
    desk.apply(Wish(texts={"password": "", "authenticate": "no"}, choice=AccountChoice.OWN))
    assert desk.row(ACCOUNTS, OWN)["password"] == ""


# Names


def test_of_two_accounts_of_a_name_the_one_that_sends_is_stopped(desk: Desk) -> None:
    own_account(desk.sandbox)
    wish = Wish(choice=AccountChoice.PROVIDERS)
    planned = desk.plan(wish)
    for kind in ("imap", "pop3"):
        desk.sandbox.insert(ACCOUNTS, name="Own SMTP", type=kind, active="true")
    desk.sandbox.insert(ACCOUNTS, name=THEIRS, type="pop3", servicenow_configured="true")
    desk.write(wish, planned)
    assert desk.senders() == (THEIRS,)
    assert [row["active"] for row in desk.rows(ACCOUNTS, "Own SMTP")] == ["false", "true", "true"]


def test_of_two_accounts_that_could_be_meant_none_is_activated(desk: Desk) -> None:
    own_account(desk.sandbox)
    wish = Wish(choice=AccountChoice.PROVIDERS)
    planned = desk.plan(wish)
    desk.sandbox.insert(ACCOUNTS, name=THEIRS, type="smtp", servicenow_configured="true")
    assert failure_of(desk, wish, planned).code == "account.taken"
    assert desk.senders() == ("Own SMTP",)


def test_a_name_that_means_something_in_a_query_is_no_matter(desk: Desk) -> None:
    sys_id = own_account(desk.sandbox)
    desk.sandbox.change(ACCOUNTS, sys_id, name="a^ORname=ServiceNow POP3")
    desk.apply(Wish(choice=AccountChoice.PROVIDERS))
    assert desk.senders() == (THEIRS,)


@pytest.mark.parametrize("kind", ["pop3", "managed"])
def test_a_name_that_was_taken_meanwhile_is_refused(desk: Desk, kind: str) -> None:
    wish = own_server(desk)
    planned = desk.plan(wish)
    managed = "true" if kind == "managed" else "false"
    kind = kind.replace("managed", "smtp")
    desk.sandbox.insert(ACCOUNTS, name=OWN, type=kind, servicenow_configured=managed)
    problem = failure_of(desk, wish, planned)
    assert isinstance(problem, Refusal)
    assert problem.code == "account.taken"
    assert problem.message.endswith("Nothing was written.")
    assert not any(map(is_write, desk.requests))


def test_a_name_that_is_taken_just_before_is_refused(desk: Desk) -> None:
    wish = own_server(desk)
    planned = desk.plan(wish)

    def take() -> None:
        desk.sandbox.insert(ACCOUNTS, name=OWN, type="smtp")

    desk.act_before(lambda each: each.query.get("sysparm_query") == f"name={OWN}", take)
    problem = failure_of(desk, wish, planned)
    assert f"{OWN} now exists" in problem.message
    assert problem.message.endswith("Nothing was written.")


# Two writers


def test_the_old_account_moved_since_it_was_read(desk: Desk) -> None:
    wish = own_server(desk)
    planned = desk.plan(wish)
    desk.change(ACCOUNTS, THEIRS, by="sam", email_user_label="Desk of Sam")
    problem = failure_of(desk, wish, planned)
    assert isinstance(problem, Refusal)
    assert f"{THEIRS} was changed by sam at " in problem.message
    assert problem.message.endswith("Nothing was written.")


def test_a_property_that_moved_and_says_the_same_is_no_matter(desk: Desk) -> None:
    wish = own_server(desk)
    wish = replace(wish, texts={**wish.texts, "test_recipients": "qa@corp.example"})
    planned = desk.plan(wish)
    desk.change(PROPERTIES, "glide.email.test.user", description="of the desk")
    desk.write(wish, planned)
    assert desk.senders() == (OWN,)


@pytest.mark.parametrize(
    ("sends", "act", "why"),
    [
        (True, no_active_account, "No SMTP account is active"),
        (True, own_account, "The email account Own SMTP is active"),
        (True, graph_sender, "Graph sender sends"),
        (False, own_account, "The email account Own SMTP is active"),
        (False, graph_sender, "Graph sender sends"),
    ],
)
def test_something_else_sends_since_it_was_read(
    desk: Desk, sends: bool, act: Callable[[Sandbox], object], why: str
) -> None:
    if not sends:
        no_active_account(desk.sandbox)
    wish = own_server(desk)
    planned = desk.plan(wish)
    act(desk.sandbox)
    before = desk.state()
    problem = failure_of(desk, wish, planned)
    assert isinstance(problem, Refusal)
    assert why in problem.message
    assert problem.message.endswith("Nothing was written.")
    assert desk.state() == before


def test_the_account_that_was_left_there_moved_since_it_was_read(desk: Desk) -> None:
    sys_id = leave_account(desk)
    no_active_account(desk.sandbox)
    wish = Wish(texts={"display_name": "Help Desk"}, choice=AccountChoice.OWN)
    planned = desk.plan(wish)
    desk.sandbox.change(ACCOUNTS, sys_id, "sam", server="mx.sam.example")
    problem = failure_of(desk, wish, planned)
    assert isinstance(problem, Refusal)
    assert "changed by sam" in problem.message


def test_the_old_account_is_stopped_by_somebody_else_meanwhile(desk: Desk) -> None:
    wish = own_server(desk)
    planned = desk.plan(wish)
    desk.act_before(
        lambda each: each.method == "POST",
        lambda: desk.change(ACCOUNTS, THEIRS, by="sam", active="false"),
    )
    problem = failure_of(desk, wish, planned)
    assert isinstance(problem, Unfinished)
    assert f"{THEIRS} was changed by sam at " in problem.message
    assert "active was true and is false" in problem.message
    assert f"{OWN} exists, inactive: the next attempt reuses it." in problem.message
    assert desk.senders() == ()
    desk.apply_again(wish)
    assert desk.senders() == (OWN,)


def test_the_new_account_is_changed_by_somebody_else_meanwhile(desk: Desk) -> None:
    wish = own_server(desk)
    planned = desk.plan(wish)
    password = f'{{"password": "{wish.password}"}}'.encode()
    seen: list[RecordedRequest] = []

    def after_it(recorded: RecordedRequest) -> bool:
        if recorded.body == password:
            seen.append(recorded)
        return bool(seen) and recorded.number == seen[0].number + 2

    desk.act_before(after_it, lambda: desk.change(ACCOUNTS, OWN, by="sam", server="mx.sam.example"))
    problem = failure_of(desk, wish, planned)
    assert f"{OWN} was changed by sam at " in problem.message
    assert desk.senders() == (THEIRS,)
    assert not any(body in (ON, OFF) for _, body in desk.writes())


@pytest.mark.parametrize("moment", [DEACTIVATE, ACTIVATE])
def test_a_third_account_is_activated_by_somebody_else_meanwhile(desk: Desk, moment: bytes) -> None:
    wish = own_server(desk)
    planned = desk.plan(wish)
    own_account(desk.sandbox, active=False)
    stopped = [THEIRS] if moment == DEACTIVATE else [OWN]

    def activate() -> None:
        if desk.senders():
            desk.change(ACCOUNTS, THEIRS, active="false")
        desk.change(ACCOUNTS, "Own SMTP", active="true")

    desk.act_before(before_write(desk, stopped[0], moment), activate)
    problem = failure_of(desk, wish, planned)
    assert "Own SMTP is active now." in problem.message
    assert f"{OWN} stays inactive" in problem.message
    assert desk.senders() == ("Own SMTP",)


def test_a_third_account_is_stopped_where_the_instance_does_that() -> None:
    with open_desk(second_active="deactivate_other") as desk:
        wish = own_server(desk)
        planned = desk.plan(wish)
        own_account(desk.sandbox, active=False)
        desk.act_before(
            before_write(desk, OWN, ACTIVATE),
            lambda: desk.change(ACCOUNTS, "Own SMTP", active="true"),
        )
        desk.write(wish, planned)
        assert desk.senders() == (OWN,)


# What an instance refuses


def test_a_new_account_that_is_refused_leaves_the_old_one(desk: Desk) -> None:
    desk.sandbox.switches.long_secret = "refuse"
    wish = replace(own_server(desk), password=LONG)
    problem = failure_of(desk, wish, desk.plan(wish))
    assert isinstance(problem, Unfinished)
    assert "The active account was not changed." in problem.message
    assert f"{OWN} exists, inactive" in problem.message
    assert LONG not in problem.message
    assert set(properties_named(problem.message)["Failed"]) == set(wish.rows)
    assert desk.senders() == (THEIRS,)


def test_a_server_that_the_instance_refuses_makes_no_account(desk: Desk) -> None:
    wish = own_server(desk)
    wish = replace(wish, texts={**wish.texts, "port": "2525"})
    before = desk.state()
    problem = failure_of(desk, wish, desk.plan(wish))
    assert "KB0724199" in problem.message
    assert problem.message.endswith("Nothing was written.")
    assert desk.state() == before


def test_a_sign_in_that_ends_between_the_two_may_leave_nothing_sending(desk: Desk) -> None:
    wish = own_server(desk)
    planned = desk.plan(wish)

    def restrict() -> None:
        desk.sandbox.switches.basic_restricted = True

    is_deactivation = before_write(desk, THEIRS, DEACTIVATE)
    seen: list[RecordedRequest] = []

    def is_after_deactivation(recorded: RecordedRequest) -> bool:
        if not seen and is_deactivation(recorded):
            seen.append(recorded)
            return False
        return bool(seen)

    desk.act_before(is_after_deactivation, restrict)
    problem = failure_of(desk, wish, planned)
    assert isinstance(problem, Outage)
    assert problem.message.startswith(
        "THE INSTANCE MAY NOT BE SENDING. No SMTP account is active now. "
    )
    assert f"Going back to {THEIRS} failed too: " in problem.message
    assert f"{OWN} stays inactive" in problem.message
    assert desk.senders() == ()
    assert sum(desk.sandbox.refused_sign_ins.values()) <= 2  # one on the way back
    desk.sandbox.switches.basic_restricted = False
    desk.apply_again(wish)
    assert desk.senders() == (OWN,)


@pytest.mark.parametrize("gone", [{"None", "STARTTLS", "SSL/TLS"}, {"STARTTLS"}])
def test_choices_that_are_gone_are_refused(desk: Desk, gone: set[str]) -> None:
    wish = own_server(desk)
    planned = desk.plan(wish)
    for row in desk.sandbox.rows("sys_choice"):
        if row["element"] == "connection_security" and row["label"] in gone:
            desk.sandbox.change("sys_choice", row["sys_id"], element="gone")
    problem = failure_of(desk, wish, planned)
    assert "sys_choice" in problem.message
    assert problem.message.endswith("Nothing was written.")


# Asked to stop


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("body", [DEACTIVATE, ACTIVATE])
def test_an_exchange_is_gone_through_with(desk: Desk, body: bytes, times: int) -> None:
    wish = own_server(desk)
    planned = desk.plan(wish)

    async def stopped() -> object:
        loop = asyncio.get_running_loop()
        task = asyncio.create_task(desk.write_async(wish, planned))

        def stop() -> None:
            for _ in range(times):
                loop.call_soon_threadsafe(task.cancel)

        desk.act_before(lambda each: is_write(each) and each.body == body, stop)
        return await task

    asyncio.run(stopped())
    assert desk.senders() == (OWN,)


def test_nothing_is_begun_after_an_exchange_that_was_to_stop(desk: Desk) -> None:
    desk.set_value("glide.email.smtp.active", "false")
    wish = own_server(desk)
    wish = replace(wish, texts={**wish.texts, "sending_enabled": "true"})
    planned = desk.plan(wish)

    async def stopped() -> object:
        loop = asyncio.get_running_loop()
        task = asyncio.create_task(desk.write_async(wish, planned))

        def stop() -> None:
            loop.call_soon_threadsafe(task.cancel)

        desk.act_before(lambda each: each.body == DEACTIVATE, stop)
        return await task

    with pytest.raises(Unfinished) as caught:
        asyncio.run(stopped())
    assert caught.value.message.startswith("Stopped before it finished. Written: ")
    assert properties_named(caught.value.message)["Not written"] == ["sending_enabled"]
    assert desk.senders() == (OWN,)
    assert desk.row(PROPERTIES, "glide.email.smtp.active")["value"] == "false"
