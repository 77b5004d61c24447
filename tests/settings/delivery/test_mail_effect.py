"""What a change can do to mail, and what leads back."""

from dataclasses import replace

import pytest

from tests.settings.factories import make_status
from tui.settings.delivery.account import Account
from tui.settings.delivery.activation import Activation
from tui.settings.delivery.mail_effect import affects_mail, change_time, find_way_back
from tui.settings.delivery.status import Model
from tui.settings.plan import Change, Plan
from tui.settings.snapshot import PropertyRow, Snapshot, Stamp
from tui.settings.target_facts import TargetFacts

OWN = Account(name="Own SMTP", active=True, server="mail.corp.example")
THEIRS = Account(name="ServiceNow SMTP", managed=True)
STATUS = make_status(OWN, changed=None)


def at(minute: int) -> str:
    """Return a time, as an instance writes it."""
    return f"2026-03-04 12:{minute:02}:00"


def plan(*names: str, activation: Activation | None = None) -> Plan:
    return Plan(tuple(Change(name, "a", "b") for name in names), activation=activation)


@pytest.mark.parametrize(
    ("made", "affects"),
    [
        (plan("server"), True),
        (plan("password", "display_name"), True),
        (plan("sending_enabled"), True),
        (plan("test_recipients"), True),
        (plan(activation=Activation("Own SMTP")), True),
        (plan("display_name"), False),
        (plan("pop3_server"), False),
    ],
)
def test_what_affects_mail_is_known_from_the_plan(made: Plan, affects: bool) -> None:
    assert affects_mail(made) is affects


def test_the_change_is_dated_by_the_records_it_wrote() -> None:
    rows = {"test_recipients": (PropertyRow(name="p", stamp=Stamp("1", at(3), "admin")),)}
    snapshot = Snapshot(rows=rows)
    # The account was changed by somebody else after that, which is no change of ours.
    later = replace(STATUS, changed=Stamp("9", at(5), "bob"))
    assert change_time(plan("test_recipients"), snapshot, later) == at(3)
    switch = plan("test_recipients", activation=Activation("Own SMTP"))
    assert change_time(switch, snapshot, later) == at(5)
    assert change_time(plan("server"), snapshot, replace(STATUS, changed=None)) == ""


def test_the_way_back_is_the_account_that_was_deactivated_or_else_servicenows() -> None:
    own = TargetFacts(model=Model.ACCOUNT, accounts=(OWN, THEIRS))
    assert find_way_back(own, None) == THEIRS
    assert find_way_back(replace(own, accounts=(OWN,)), None) is None
    sends = replace(THEIRS, active=True)
    theirs = replace(own, managed=True, accounts=(replace(OWN, active=False), sends))
    assert find_way_back(theirs, None) is None
    # As read before the plan was carried out.
    assert find_way_back(theirs, Activation("glidemail x", THEIRS.name)) == sends
    assert find_way_back(own, Activation(THEIRS.name, OWN.name, creates=False)) == OWN
    assert find_way_back(theirs, Activation("glidemail x", "")) == sends


def test_an_account_by_oauth_is_no_way_back() -> None:
    facts = TargetFacts(model=Model.ACCOUNT, accounts=(replace(OWN, uses_oauth=True), THEIRS))
    assert find_way_back(facts, Activation("glidemail x", OWN.name)) is None
