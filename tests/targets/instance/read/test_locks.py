"""What of an instance cannot be changed, and why."""

import dataclasses

import pytest

from tests.targets.instance.read.factories import (
    BOUND,
    LEFT,
    MANAGED,
    OWN,
    PASSWORD,
    POP3,
    READER,
    RESTING,
    account,
    inventory,
    locked,
    read,
    review_of,
    row,
    with_rows,
)
from tui.settings.catalog import catalog
from tui.settings.delivery.account import AccountChoice
from tui.settings.values import Security
from tui.targets.instance.read.inventory import Inventory


def test_an_account_of_the_providers_is_shown_and_locked() -> None:
    reading = read(inventory(MANAGED, READER))
    assert reading.facts.managed
    assert reading.snapshot.value("server") == "relay.service-now.com"
    assert locked(reading) == BOUND
    assert "ServiceNow-configured account" in reading.snapshot.locked["server"]
    assert "own server" in reading.snapshot.locked["server"]


def test_oauth_is_shown_and_locked() -> None:
    for stored in ("o2", "oauth2"):
        reading = read(inventory(account(authentication=stored)))
        assert reading.snapshot.value("authenticate") is True
        assert locked(reading) == BOUND
        assert "OAuth" in reading.snapshot.locked["server"]


def test_without_readable_choices_only_the_security_is_locked() -> None:
    reading = read(inventory(OWN, choices={}))
    assert locked(reading) == {*POP3, "security"}
    assert "sys_choice" in reading.snapshot.locked["security"]
    older = account(enable_tls="true", enable_ssl="false")
    flags = {key: text for key, text in older.items() if key != "connection_security"}
    reading = read(inventory(flags, choices={}))
    assert locked(reading) == POP3
    assert reading.snapshot.value("security") is Security.STARTTLS


@pytest.mark.parametrize(
    ("there", "says"),
    [
        (
            inventory(account("Graph", type="g2")),
            "a clone, a migration can turn it into an account",
        ),
        (inventory(OWN, account("Second SMTP")), "Leave only one of them active"),
        (inventory(hidden_accounts=True), "Sign in with the role email_account_admin"),
    ],
)
def test_where_the_properties_do_not_decide_they_are_shown_and_locked(
    there: Inventory, says: str
) -> None:
    reading = read(there)
    assert reading.snapshot.value("server") == "mail.old.example"
    assert locked(reading) == BOUND
    assert says in reading.snapshot.locked["server"]


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"type": "string"}, "the type string, which can't hold a secret"),
        ({"type": "password"}, "Change it to password2 on the instance"),
        ({"type": ""}, "that wasn't returned"),
        ({"type": "password2", "is_private": "false"}, "make it private"),
    ],
)
def test_a_password_is_written_only_to_a_private_row_that_encrypts(
    columns: dict[str, str], says: str
) -> None:
    there = inventory(properties=with_rows(row(PASSWORD[0], None, **columns)))
    assert says in read(there).snapshot.locked["password"]
    assert "password" not in read(inventory()).snapshot.locked


def test_what_an_earlier_try_has_left_there_is_to_be_settled_first() -> None:
    reading = read(inventory(RESTING, LEFT))
    assert locked(reading) == BOUND
    assert LEFT["name"] in reading.snapshot.locked["port"]
    assert reading.snapshot.value("server") == "mail.old.example"


def test_a_property_with_several_rows_is_locked() -> None:
    doubled = frozenset({"glide.email.smtp.active", "glide.smtp.port", "glide.smtp.tls"})
    reading = read(inventory(RESTING, duplicates=doubled))
    assert {"sending_enabled", "port", "security"} <= locked(reading)
    assert "glide.smtp.tls" in reading.snapshot.locked["security"]
    assert "server" not in locked(reading)
    on_account = read(inventory(OWN, duplicates=doubled))
    assert locked(on_account) == {*POP3, "sending_enabled"}


def test_two_accounts_of_one_name_are_not_told_apart_and_so_not_touched() -> None:
    twin = account(active="false")
    reading = read(inventory(OWN, twin))
    assert locked(reading) == BOUND
    assert "Several accounts are called Own SMTP" in reading.snapshot.locked["server"]
    back = read(inventory(OWN, RESTING, {**RESTING, "sys_id": "x"}), AccountChoice.PROVIDERS)
    assert "Several accounts are called ServiceNow SMTP" in back.snapshot.locked["server"]
    assert not review_of(back).plan


@pytest.mark.parametrize("which", AccountChoice)
@pytest.mark.parametrize(
    "there",
    [
        *(
            inventory(OWN),
            inventory(MANAGED),
            inventory(RESTING),
            inventory(RESTING, LEFT),
            inventory(OWN, OWN),
        ),
        *(inventory(account(authentication="o1")), inventory(account("Graph", type="g2"))),
        inventory(hidden_accounts=True),
    ],
)
def test_a_lock_never_hides_a_value(there: Inventory, which: AccountChoice) -> None:
    reading = read(there, which)
    free = dataclasses.replace(reading.snapshot, locked={})
    assert free.values == reading.snapshot.values
    shown = reading.snapshot.values
    assert shown["sending_enabled"] is True
    if which is AccountChoice.IN_FORCE:
        assert {"server", "user", "port", "authenticate", "password"} <= shown.keys()
    assert set(reading.snapshot.locked) <= set(catalog())
    assert all(each.endswith(".") for each in reading.snapshot.locked.values())
