"""What decides delivery on an instance."""

import pytest

from tests.targets.instance.worlds import (
    CHOICES,
    LEFT,
    MANAGED,
    READER,
    RESTING,
    account,
    world,
)
from tui.settings.delivery.account import AccountChoice
from tui.settings.snapshot import Stamp
from tui.settings.target_facts import Model
from tui.targets.instance.read.inventory import Inventory
from tui.targets.instance.read.sender import (
    account_of,
    accounts_of,
    choices_in,
    chosen,
    in_force,
    left_over,
    stamp_of,
)

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
        (world(OWN, RESTING, READER), Model.ACCOUNT, "Own SMTP is active"),
        (world(MANAGED, READER), Model.ACCOUNT, "ServiceNow SMTP is active"),
        (world(GRAPH_OUT, RESTING), Model.OTHER_SENDER, "Graph sender sends"),
        (world(RESTING, READER), Model.NO_ACTIVE_ACCOUNT, "No email account that sends"),
        (world(READER, hidden_accounts=True), Model.UNDETERMINED, "visible to this user"),
        # what lies between them
        (world(), Model.NO_ACTIVE_ACCOUNT, "No email account that sends"),
        (world(accounts=None), Model.NO_ACTIVE_ACCOUNT, "has no email accounts"),
        (world(hidden_accounts=True), Model.UNDETERMINED, "email_account_admin"),
        (world(OWN, SECOND), Model.UNDETERMINED, "Own SMTP, Second SMTP"),
        (world(OWN, GRAPH_OUT), Model.UNDETERMINED, "Own SMTP, Graph sender"),
        (world(OWN, GRAPH_IN), Model.ACCOUNT, "Own SMTP is active"),
        (world(OWN, {**GRAPH_OUT, "active": "false"}), Model.ACCOUNT, "Own SMTP is active"),
        (world(GRAPH_IN), Model.NO_ACTIVE_ACCOUNT, "No email account that sends"),
        (world(GRAPH_IN, hidden_accounts=True), Model.UNDETERMINED, "Sign in with"),
        (world(OWN, hidden_accounts=True), Model.ACCOUNT, "Own SMTP is active"),
        (world(ODD), Model.UNDETERMINED, "Odd is active, and whether its type sends"),
        (world(OWN, ODD), Model.UNDETERMINED, "may send: Own SMTP, Odd"),
        (world(GRAPH_IN, choices=NO_LABELS), Model.UNDETERMINED, "cannot be read"),
        (world(OWN, READER, choices={}), Model.ACCOUNT, "Own SMTP is active"),
        (world(account("I", type="imap"), choices={}), Model.NO_ACTIVE_ACCOUNT, "No email"),
    ],
)
def test_what_decides_delivery_is_one_of_four(there: Inventory, model: Model, says: str) -> None:
    force = in_force(there)
    assert force.model is model
    assert says in force.why
    assert force.why.endswith(".")
    assert (force.row is not None) is (model is Model.ACCOUNT)


def test_the_row_in_force_is_that_of_the_active_account() -> None:
    assert in_force(world(RESTING, READER, OWN)).row is OWN


def test_an_account_is_shown_without_what_nobody_needs() -> None:
    shown = account_of(MANAGED)
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
    assert shown.stamp == stamp_of(MANAGED) == Stamp("3", "2026-01-02 03:04:05", "admin")
    assert not account_of({}).active


def test_who_reads_mail_is_known_by_the_labels_too() -> None:
    found = {
        each.name: each.reads_mail for each in accounts_of(world(OWN, READER, GRAPH_IN, GRAPH_OUT))
    }
    assert found == {
        "Own SMTP": False,
        "POP3": True,
        "Graph reader": True,
        "Graph sender": False,
    }
    assert accounts_of(world(accounts=None)) == ()


def test_an_instance_with_older_columns_is_known_by_what_it_returns() -> None:
    flags = {key: text for key, text in OWN.items() if key != "connection_security"}
    assert choices_in(world({**flags, "enable_tls": "true", "enable_ssl": "false"})).legacy
    assert not choices_in(world(OWN)).legacy
    assert not choices_in(world()).legacy
    # A column that is hidden shows neither of them.
    assert not choices_in(world(flags)).legacy


# the account that the settings are those of


@pytest.mark.parametrize("which", AccountChoice)
@pytest.mark.parametrize(
    "there", [world(accounts=None), world(GRAPH_OUT, RESTING), world(OWN, SECOND), world(ODD)]
)
def test_where_no_account_can_be_chosen_what_is_in_force_stays(
    there: Inventory, which: AccountChoice
) -> None:
    force = in_force(there)
    assert chosen(there, which, force) == (force, force.row)


@pytest.mark.parametrize(
    ("there", "which", "row"),
    [
        (world(OWN, RESTING), AccountChoice.IN_FORCE, OWN),
        (world(OWN, RESTING), AccountChoice.OWN, OWN),
        (world(MANAGED, LEFT), AccountChoice.PROVIDERS, MANAGED),
        (world(OWN, RESTING), AccountChoice.PROVIDERS, RESTING),
        (world(RESTING, LEFT), AccountChoice.PROVIDERS, RESTING),
        (world(OWN), AccountChoice.PROVIDERS, None),
        (world(MANAGED), AccountChoice.OWN, None),
        (world(MANAGED, LEFT), AccountChoice.OWN, None),
        (world(RESTING, LEFT), AccountChoice.OWN, LEFT),
        (world(RESTING), AccountChoice.OWN, None),
    ],
)
def test_the_account_that_is_chosen(there: Inventory, which: AccountChoice, row: object) -> None:
    model, found = chosen(there, which, in_force(there))
    assert model.model is Model.ACCOUNT
    assert found == row


def test_a_reader_of_the_providers_is_not_its_sender() -> None:
    there = world(OWN, account("ServiceNow POP3", type="pop3", servicenow_configured="true"))
    assert chosen(there, AccountChoice.PROVIDERS, in_force(there))[1] is None


def test_of_several_that_were_left_the_last_one_counts() -> None:
    later = {**LEFT, "name": "glidemail b.example", "sys_updated_on": "2026-02-01 00:00:00"}
    assert left_over(world(LEFT, later)) is later
    assert left_over(world(later, LEFT)) is later
    assert left_over(world(later, {**LEFT, "active": "true"})) is later


@pytest.mark.parametrize(
    "other",
    [
        {**LEFT, "active": "true"},
        {**LEFT, "type": "pop3"},
        {**LEFT, "name": "Own SMTP"},
    ],
)
def test_only_a_sender_of_ours_that_does_not_send_was_left(other: dict[str, str]) -> None:
    assert left_over(world(other)) is None
    assert left_over(world(accounts=None)) is None
