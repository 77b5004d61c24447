"""What a replacement takes over from the account that sends, beyond its settings."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.sandbox.fault_injection import Fault
from tests.sandbox.situations import own_account
from tests.targets.instance.write.factories import (
    ACCOUNTS,
    OWN,
    PRODUCTION,
    TEST,
    Desk,
    Wish,
    open_desk,
    own_server,
)
from tui.errors import Refusal
from tui.sandbox.tables import TABLES, Column
from tui.settings.review import Review

MADE = "glidemail localhost"
MORE = {
    "u_region": Column("u_region"),
    "u_verbose": Column("u_verbose", "boolean", 40),
    "u_filter": Column("u_filter", "reference", 32, "sys_scope"),
    "u_blank": Column("u_blank"),
}
TOKEN = Column("u_token", "password2", 40)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """An own account sends in production, with columns that the instance added."""
    monkeypatch.setitem(TABLES, ACCOUNTS, {**TABLES[ACCOUNTS], **MORE})
    dictionary = {**TABLES["sys_dictionary"], "read_only": Column("read_only", "boolean", 40)}
    monkeypatch.setitem(TABLES, "sys_dictionary", dictionary)
    with open_desk() as desk:
        sys_id = own_account(desk.sandbox)
        desk.sandbox.change(ACCOUNTS, sys_id, u_region="EMEA", u_verbose="true", u_filter="global")
        yield desk


def moved(desk: Desk) -> Wish:
    """Another server for the account that sends in production."""
    password = desk.row(ACCOUNTS, "Own SMTP")["password"]
    return Wish(texts={"server": "localhost"}, password=password, environment=PRODUCTION)


def effects(planned: Review) -> dict[str, str]:
    return {each.code: each.message for each in planned.plan.side_effects}


def name_in_dictionary(desk: Desk, element: str, **more: str) -> None:
    desk.sandbox.insert(
        "sys_dictionary", name=ACCOUNTS, element=element, column_label=f"The {element}", **more
    )


def confirmations(planned: Review) -> list[str]:
    return [each.code for each in planned.plan.confirmations]


def test_a_replacement_has_every_column_of_the_old_account(desk: Desk) -> None:
    old = desk.row(ACCOUNTS, "Own SMTP")
    wish = moved(desk)
    planned = desk.plan(wish)
    assert effects(planned)["account.columns"] == (
        f"{MADE} gets these columns of Own SMTP: U filter, U region, U verbose."
    )
    assert confirmations(planned) == ["confirm.production"]
    desk.write(wish, planned)
    new = desk.row(ACCOUNTS, MADE)
    other = {"name", "server"}
    alike = {key for key in new if not key.startswith("sys_")} - other
    alike -= {"enable_tls", "enable_ssl"}  # which the instance does not have
    assert {key: new[key] for key in alike} == {key: old[key] for key in alike}


def test_an_account_in_servicenows_place_takes_over_its_label_and_columns(desk: Desk) -> None:
    for name, active in (("Own SMTP", "false"), ("ServiceNow SMTP", "true")):
        desk.change(ACCOUNTS, name, active=active, u_region="APAC")
    wish = own_server(desk)
    texts = {name: text for name, text in wish.texts.items() if name != "display_name"}
    planned = desk.plan(replace(wish, texts=texts))
    assert effects(planned)["account.columns"] == (
        f"{OWN} gets these columns of ServiceNow SMTP: Email user label, U region."
    )
    desk.write(replace(wish, texts=texts), planned)
    new = desk.row(ACCOUNTS, OWN)
    assert (new["email_user_label"], new["u_region"]) == ("IT Service Desk", "APAC")
    assert (new["user_name"], new["from"]) == (wish.texts["user"], wish.texts["user"])


def test_a_column_that_is_not_returned_is_named_and_asked_about(desk: Desk) -> None:
    name_in_dictionary(desk, "u_hidden")
    planned = desk.plan(moved(desk))
    words = "These columns of Own SMTP can't be copied: The u_hidden."
    assert effects(planned)["account.columns-lost"].startswith(words)
    (asked,) = (each for each in planned.plan.confirmations if each.code == "confirm.columns")
    assert (asked.reason, asked.word) == (words, "yes")


@pytest.mark.parametrize(("name", "is_lost"), [("u_region", True), ("u_blank", False)])
def test_a_column_that_is_read_only_is_asked_about_if_it_is_set(
    desk: Desk, name: str, is_lost: bool
) -> None:
    for row in desk.sandbox.rows("sys_dictionary"):
        if row["element"] == name:
            desk.sandbox.change("sys_dictionary", row["sys_id"], read_only="true")
    planned = desk.plan(moved(desk))
    assert ("confirm.columns" in confirmations(planned)) is is_lost
    assert "U region" in effects(planned)["account.columns-lost" if is_lost else "account.columns"]


def test_a_label_that_is_blank_or_typed_is_not_said_to_be_taken_over(desk: Desk) -> None:
    desk.change(ACCOUNTS, "Own SMTP", active="false")
    desk.change(ACCOUNTS, "ServiceNow SMTP", active="true")
    assert "account.columns" not in effects(desk.plan(own_server(desk)))
    desk.change(ACCOUNTS, "ServiceNow SMTP", email_user_label="")
    texts = {name: text for name, text in own_server(desk).texts.items() if name != "display_name"}
    planned = desk.plan(replace(own_server(desk), texts=texts))
    assert "account.columns" not in effects(planned)


def test_another_secret_of_an_account_is_never_requested_and_is_asked_about(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TABLES, ACCOUNTS, {**TABLES[ACCOUNTS], "u_token": TOKEN})
    name_in_dictionary(desk, "u_token", internal_type="password2")
    planned = desk.plan(moved(desk))
    assert "The u_token" in effects(planned)["account.columns-lost"]
    asked = [each.query.get("sysparm_fields", "") for each in desk.sandbox.recorded]
    assert not any("u_token" in each or "password" in each.split(",") for each in asked)


@pytest.mark.parametrize("is_refused", [True, False])
def test_a_dictionary_that_is_not_returned_is_asked_about(desk: Desk, is_refused: bool) -> None:
    if is_refused:
        hidden = Fault("refuse_403", lambda each: each.path.endswith("sys_dictionary"), times=9)
        desk.sandbox.faults.add(hidden)
    else:
        for row in desk.sandbox.rows("sys_dictionary"):
            desk.sandbox.delete("sys_dictionary", row["sys_id"])
    planned = desk.plan(moved(desk))
    assert "such as System Address Filter" in effects(planned)["account.columns-lost"]
    assert "confirm.columns" in confirmations(planned)


def test_a_change_in_place_copies_nothing_and_asks_nothing(desk: Desk) -> None:
    name_in_dictionary(desk, "u_hidden")
    planned = desk.plan(Wish(texts={"display_name": "Desk"}, environment=PRODUCTION))
    assert effects(planned).keys().isdisjoint({"account.columns", "account.columns-lost"})
    assert confirmations(planned) == ["confirm.production"]
    elsewhere = desk.plan(Wish(texts={"port": "2525"}, environment=TEST))
    assert "confirm.columns" not in confirmations(elsewhere)


def test_a_column_that_cannot_be_copied_any_more_is_refused(desk: Desk) -> None:
    wish = moved(desk)
    planned = desk.plan(wish)
    name_in_dictionary(desk, "u_hidden")
    with pytest.raises(Refusal) as caught:
        desk.write(wish, planned)
    assert "These columns can no longer be copied: The u_hidden." in caught.value.message
    assert caught.value.message.endswith("Nothing was written.")
    assert desk.senders() == ("Own SMTP",)


def test_a_column_that_the_instance_does_not_take_stops_before_anything_sends(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    wish = moved(desk)
    planned = desk.plan(wish)

    def forget() -> None:
        left = {name: each for name, each in TABLES[ACCOUNTS].items() if name != "u_region"}
        monkeypatch.setitem(TABLES, ACCOUNTS, left)

    desk.act_before(lambda each: each.method == "POST", forget)
    with pytest.raises(Exception, match="u_region isn't known"):
        desk.write(wish, planned)
    assert desk.senders() == ("Own SMTP",)
