"""What decides delivery on an instance."""

import pytest

from tests.targets.instance.read.factories import (
    CHOICES,
    LEFT,
    MANAGED,
    READER,
    RESTING,
    account,
    inventory,
)
from tui.settings.delivery.account import AccountChoice
from tui.settings.delivery.status import Model
from tui.settings.snapshot import Stamp
from tui.targets.instance.read.current_sender import (
    account_from,
    accounts_from,
    choices_from,
    choose_account,
    find_leftover,
    find_sender,
    stamp_from,
)
from tui.targets.instance.read.inventory import Inventory

OWN = account()
SECOND = account("Second SMTP")
GRAPH_OUT = account("Graph sender", type="g2")
GRAPH_IN = account("Graph reader", type="g1")
ODD = account("Odd", type="g9")
NO_LABELS = {key: each for key, each in CHOICES.items() if key != "type"}


@pytest.mark.parametrize(
    ("there", "model", "says"),
    [
        # the four answers
        (inventory(OWN, RESTING, READER), Model.ACCOUNT, "Own SMTP is active"),
        (inventory(MANAGED, READER), Model.ACCOUNT, "ServiceNow SMTP is active"),
        (inventory(GRAPH_OUT, RESTING), Model.OTHER_SENDER, "Graph sender sends"),
        (inventory(RESTING, READER), Model.NO_ACTIVE_ACCOUNT, "No SMTP account is active"),
        (
            inventory(READER, hidden_accounts=True),
            Model.UNDETERMINED,
            "This user can't see all email accounts",
        ),
        # what lies between them
        (inventory(), Model.NO_ACTIVE_ACCOUNT, "No SMTP account is active"),
        (inventory(accounts=None), Model.NO_ACTIVE_ACCOUNT, "has no email accounts"),
        (inventory(hidden_accounts=True), Model.UNDETERMINED, "email_account_admin"),
        (inventory(OWN, SECOND), Model.UNDETERMINED, "Own SMTP, Second SMTP"),
        (inventory(OWN, GRAPH_OUT), Model.UNDETERMINED, "Own SMTP, Graph sender"),
        (inventory(OWN, GRAPH_IN), Model.ACCOUNT, "Own SMTP is active"),
        (inventory(OWN, {**GRAPH_OUT, "active": "false"}), Model.ACCOUNT, "Own SMTP is active"),
        (inventory(GRAPH_IN), Model.NO_ACTIVE_ACCOUNT, "No SMTP account is active"),
        (inventory(GRAPH_IN, hidden_accounts=True), Model.UNDETERMINED, "Sign in with"),
        (inventory(OWN, hidden_accounts=True), Model.ACCOUNT, "Own SMTP is active"),
        (
            inventory(ODD),
            Model.UNDETERMINED,
            "Odd is active, but it can't be read whether its type sends",
        ),
        (inventory(OWN, ODD), Model.UNDETERMINED, "may send: Own SMTP, Odd"),
        (inventory(GRAPH_IN, choices=NO_LABELS), Model.UNDETERMINED, "can't be read"),
        (inventory(OWN, READER, choices={}), Model.ACCOUNT, "Own SMTP is active"),
        (
            inventory(account("I", type="imap"), choices={}),
            Model.NO_ACTIVE_ACCOUNT,
            "No SMTP account",
        ),
    ],
)
def test_what_decides_delivery_is_one_of_four(there: Inventory, model: Model, says: str) -> None:
    force = find_sender(there)
    assert force.model is model
    assert says in force.why
    assert force.why.endswith(".")
    assert (force.record is not None) is (model is Model.ACCOUNT)


def test_the_row_in_force_is_that_of_the_active_account() -> None:
    assert find_sender(inventory(RESTING, READER, OWN)).record is OWN


def test_an_account_is_shown_without_what_nobody_needs() -> None:
    shown = account_from(MANAGED)
    assert (shown.name, shown.type, shown.active, shown.managed) == (
        "ServiceNow SMTP",
        "smtp",
        True,
        True,
    )
    assert (shown.server, shown.port, shown.user) == (
        "relay.service-now.com",
        "465",
        "corp@service-now.com",
    )
    assert shown.stamp == stamp_from(MANAGED) == Stamp("3", "2026-01-02 03:04:05", "admin")
    assert not account_from({}).active


def test_who_reads_mail_is_known_by_the_labels_too() -> None:
    found = {
        each.name: each.reads_mail
        for each in accounts_from(inventory(OWN, READER, GRAPH_IN, GRAPH_OUT))
    }
    assert found == {
        "Own SMTP": False,
        "POP3": True,
        "Graph reader": True,
        "Graph sender": False,
    }
    assert accounts_from(inventory(accounts=None)) == ()


def test_an_instance_with_older_columns_is_known_by_what_it_returns() -> None:
    flags = {key: text for key, text in OWN.items() if key != "connection_security"}
    assert choices_from(inventory({**flags, "enable_tls": "true", "enable_ssl": "false"})).legacy
    assert not choices_from(inventory(OWN)).legacy
    assert not choices_from(inventory()).legacy
    # A column that is hidden shows neither of them.
    assert not choices_from(inventory(flags)).legacy


# the account that the settings are those of


@pytest.mark.parametrize("which", AccountChoice)
@pytest.mark.parametrize(
    "there",
    [
        inventory(accounts=None),
        inventory(GRAPH_OUT, RESTING),
        inventory(OWN, SECOND),
        inventory(ODD),
    ],
)
def test_where_no_account_can_be_chosen_what_is_in_force_stays(
    there: Inventory, which: AccountChoice
) -> None:
    force = find_sender(there)
    assert choose_account(there, which, force) == (force, force.record)


@pytest.mark.parametrize(
    ("there", "which", "row"),
    [
        (inventory(OWN, RESTING), AccountChoice.IN_FORCE, OWN),
        (inventory(OWN, RESTING), AccountChoice.OWN, OWN),
        (inventory(MANAGED, LEFT), AccountChoice.PROVIDERS, MANAGED),
        (inventory(OWN, RESTING), AccountChoice.PROVIDERS, RESTING),
        (inventory(RESTING, LEFT), AccountChoice.PROVIDERS, RESTING),
        (inventory(OWN), AccountChoice.PROVIDERS, None),
        (inventory(MANAGED), AccountChoice.OWN, None),
        (inventory(MANAGED, LEFT), AccountChoice.OWN, None),
        (inventory(RESTING, LEFT), AccountChoice.OWN, LEFT),
        (inventory(RESTING), AccountChoice.OWN, None),
    ],
)
def test_the_account_that_is_chosen(there: Inventory, which: AccountChoice, row: object) -> None:
    model, found = choose_account(there, which, find_sender(there))
    assert model.model is Model.ACCOUNT
    assert found == row


def test_a_reader_of_the_providers_is_not_its_sender() -> None:
    there = inventory(OWN, account("ServiceNow POP3", type="pop3", servicenow_configured="true"))
    assert choose_account(there, AccountChoice.PROVIDERS, find_sender(there))[1] is None


def test_of_several_that_were_left_the_last_one_counts() -> None:
    later = {**LEFT, "name": "glidemail b.example", "sys_updated_on": "2026-02-01 00:00:00"}
    assert find_leftover(inventory(LEFT, later)) is later
    assert find_leftover(inventory(later, LEFT)) is later
    assert find_leftover(inventory(later, {**LEFT, "active": "true"})) is later


@pytest.mark.parametrize(
    "other",
    [
        {**LEFT, "active": "true"},
        {**LEFT, "type": "pop3"},
        {**LEFT, "name": "Own SMTP"},
    ],
)
def test_only_a_sender_of_ours_that_does_not_send_was_left(other: dict[str, str]) -> None:
    assert find_leftover(inventory(other)) is None
    assert find_leftover(inventory(accounts=None)) is None
