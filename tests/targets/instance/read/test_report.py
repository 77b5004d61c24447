"""What holds on an instance, for a person to read: every fact, and nobody's address."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from tests.cli.site import Site, open_site
from tests.targets.instance.read.factories import (
    CHOICES,
    MANAGED,
    PASSWORD,
    READER,
    account,
    inventory,
    row,
    with_rows,
)
from tui.credentials.secret import Secret
from tui.settings.delivery.status import DeliveryStatus, Queue
from tui.settings.values import Environment
from tui.storage.instance import Instance, SignInMethod
from tui.targets.instance.api.auth import Identity
from tui.targets.instance.api.client import Client
from tui.targets.instance.instance_target import InstanceTarget
from tui.targets.instance.read.instance_reading import reading_from
from tui.targets.instance.read.inventory import Inventory
from tui.targets.instance.read.report import HIDDEN, Report, build_report
from tui.targets.instance.read.roles import read_roles, role_words

SENDS, ACCOUNTS = "What sends", "Email accounts that are visible"
OPEN, PROPERTIES = "What documents leave open, and what this instance does", "Properties"
RIGHTS = "Rights"


def verdict_of(inventory: Inventory) -> DeliveryStatus:
    verdict = reading_from(inventory, Environment.PRODUCTION).status
    assert verdict
    return verdict


def report(inventory: Inventory, *, addresses: bool = False) -> Report:
    return build_report(inventory, verdict_of(inventory), "admin", addresses=addresses)


def fact(report: Report, title: str, name: str) -> str:
    (words,) = (words for each, words in report[title] if each == name)
    return words


def test_a_report_has_a_place_for_everything() -> None:
    assert list(report(inventory(MANAGED))) == [SENDS, ACCOUNTS, OPEN, PROPERTIES, RIGHTS]


def test_what_sends_is_told_without_its_name() -> None:
    assert report(inventory(MANAGED, READER))[SENDS] == (
        ("release", "glide-x"),
        ("instance", HIDDEN),
        ("model", "email account"),
        ("managed by ServiceNow", "yes"),
        ("sending", "on"),
        ("test addresses", "1"),
        ("in the queue", "2"),
        ("of them young enough", "1"),
    )


def test_what_was_not_returned_is_told_as_that() -> None:
    hidden = inventory(properties={}, hidden_accounts=True, queue=Queue())
    assert report(hidden)[SENDS] == (
        ("release", "not returned"),
        ("instance", "not returned"),
        ("model", "undetermined"),
        ("sending", "not returned"),
        ("test addresses", "not returned"),
        ("in the queue", "not known"),
        ("of them young enough", "not known"),
    )


@pytest.mark.parametrize("value", ["false", "true"])
def test_whether_it_sends_is_told(value: str) -> None:
    found = inventory(properties=with_rows(row("glide.email.smtp.active", value)))
    assert fact(report(found), SENDS, "sending") == {"false": "off", "true": "on"}[value]


def test_accounts_are_counted_and_named_only_where_that_is_wanted() -> None:
    found = inventory(MANAGED, READER, account(active="false", port=""))
    assert report(found)[ACCOUNTS] == (
        ("account 1", f"smtp, active, ServiceNow's, {HIDDEN} port 465"),
        ("account 2", f"pop3, active, own, {HIDDEN} port 995"),
        ("account 3", f"smtp, inactive, own, {HIDDEN} port -"),
    )
    assert report(found, addresses=True)[ACCOUNTS] == (
        ("ServiceNow SMTP", "smtp, active, ServiceNow's, relay.service-now.com port 465"),
        ("POP3", "pop3, active, own, pop.corp.example port 995"),
        ("Own SMTP", "smtp, inactive, own, mail.corp.example port -"),
    )


def test_no_account_is_told_too() -> None:
    assert report(inventory())[ACCOUNTS] == (("none", "none was returned"),)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"accounts": None}, "no such table"),
        ({"hidden_accounts": True}, "some are hidden, or may be"),
        ({}, "none is known to be hidden"),
    ],
)
def test_how_much_of_the_accounts_is_visible_is_told(more: dict[str, Any], words: str) -> None:
    assert fact(report(inventory(**more)), OPEN, "email accounts") == words


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"type": "password2"}, "type password2, private"),
        ({"type": "string", "is_private": "false"}, "type string, not private"),
        ({"type": ""}, "type unknown, private"),
    ],
)
def test_how_a_legacy_password_is_kept_is_told(columns: dict[str, str], words: str) -> None:
    name, _ = PASSWORD
    found = report(inventory(properties=with_rows(row(name, None, **columns))))
    assert fact(found, OPEN, name) == words
    assert fact(found, OPEN, "glide.pop3.password") == "not returned"


def test_stored_words_are_told_with_what_people_see() -> None:
    found = report(inventory(MANAGED))
    assert fact(found, OPEN, "choices of authentication") == (
        "--None-- = NULL, Password = password, OAUTH = o1, OAUTH 2.0 = o2"
    )
    none = report(
        inventory(MANAGED, choices={**CHOICES, "type": {}, "authentication": {"": "None"}})
    )
    assert fact(none, OPEN, "choices of type") == "not read"
    assert fact(none, OPEN, "choices of authentication") == "None = blank"


def test_the_columns_of_security_are_told_as_they_are_there() -> None:
    old = {name: text for name, text in MANAGED.items() if name != "connection_security"}
    both = {**old, "enable_tls": "true", "enable_ssl": "false"}
    assert fact(report(inventory(both)), OPEN, "columns of security") == "enable_tls, enable_ssl"
    assert fact(report(inventory(MANAGED)), OPEN, "columns of security") == "connection_security"
    assert "no account was returned" in fact(report(inventory()), OPEN, "columns of security")


def test_each_property_is_told_by_its_row_and_not_by_its_value() -> None:
    found = report(
        inventory(
            properties=with_rows(
                row("glide.email.server", "mail.secret.example", ignore_cache="true"),
                row("glide.email.user", "me@secret.example", is_private="false"),
                without=("glide.smtp.port",),
            )
        ),
        addresses=True,
    )
    assert fact(found, PROPERTIES, "glide.email.server") == (
        "type string, flushes its own cache, private"
    )
    assert fact(found, PROPERTIES, "glide.email.user") == (
        "type string, flushes all caches, carried by update sets"
    )
    assert fact(found, PROPERTIES, "glide.smtp.port") == "not returned: missing, or hidden"
    assert "secret.example" not in str(found)


def test_what_was_not_read_is_told_piece_by_piece() -> None:
    assert ("not read", "nothing: everything was read") in report(inventory())[RIGHTS]
    found = report(inventory(unread=("some email accounts", "the queue")))
    assert found[RIGHTS] == (
        ("roles", "admin"),
        ("not read", "some email accounts"),
        ("not read", "the queue"),
        ("may write", "not known: never tested by writing"),
    )


# On the stand-in


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("house")) as here:
        yield here


def roles(here: Site, who: str, asked: str = "") -> str:
    running = here.sandbox.running
    identity = Identity(SignInMethod.BASIC, who, Secret(here.password(who)))

    async def ask() -> str:
        async with Client(running.url, identity, ca_file=running.ca_file) as client:
            await client.sign_in()
            return role_words(await read_roles(client, asked or who))

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("admin", "admin"),
        ("mail.admin", "email_account_admin"),
        ("nobody", "not known: the user's own record isn't visible"),
    ],
)
def test_the_roles_of_whoever_signed_in_are_told(here: Site, who: str, words: str) -> None:
    assert roles(here, who) == words


def test_a_user_without_roles_that_are_visible_has_none(here: Site) -> None:
    assert roles(here, "admin", "nobody") == "none that is visible"


@pytest.mark.parametrize("asked", ["admin^ORuser_name=mail.admin", "^", "nobody there"])
def test_a_name_that_fits_no_query_is_no_other_user(here: Site, asked: str) -> None:
    assert roles(here, "admin", asked).startswith("not known: ")


def test_a_report_writes_nothing(here: Site) -> None:
    here.sandbox.recorded.clear()
    running = here.sandbox.running
    address = Instance(running.url, user="admin", ca_file=running.ca_file)
    target = InstanceTarget(address, Secret(here.password()), Environment.PRODUCTION)
    for addresses in (False, True):
        found = str(asyncio.run(target.report(addresses=addresses)))
        assert ("relay.sandbox.service-now.com" in found) is addresses
        assert "corp.example" not in found
    assert here.sandbox.recorded
    assert here.writes == []
