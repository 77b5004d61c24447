"""A switch of accounts that may have stopped half-way, guessed from who changed what, and when."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tui.presentation.target_text import CHOICE_HINTS
from tui.settings.delivery.account import Account
from tui.settings.delivery.evidence import format_time
from tui.settings.delivery.interrupted_switch import find_interrupted_switch
from tui.settings.snapshot import Stamp

NOW = datetime(2026, 3, 4, 12, 0, 0, tzinfo=UTC)
DAY = 24 * 60


def changed(account: Account, minutes: float, *, active: bool = False, by: str = "me") -> Account:
    """Return an account as somebody changed it minutes ago."""
    when = format_time(NOW - timedelta(minutes=minutes))
    return replace(account, active=active, stamp=Stamp("3", when, by))


OURS = Account(name="glidemail mail.corp.example")
PROVIDERS = Account(name="ServiceNow SMTP", managed=True)
BY_HAND = Account(name="Corp SMTP")


def words(*accounts: Account, user: str = "me") -> str:
    found = find_interrupted_switch(accounts, user, NOW)
    return f"{found.words} {found.ways(CHOICE_HINTS)}" if found else ""


def test_an_account_that_was_deactivated_last_is_the_old_one() -> None:
    said = words(changed(PROVIDERS, 5), changed(OURS, 6))
    assert said == (
        "A switch from ServiceNow SMTP to glidemail mail.corp.example may have stopped halfway: "
        "neither is active. To finish: apply --own-server (^P on the screen). To go back: apply "
        "--provider-server (^P on the screen)."
    )


def test_of_one_second_ours_is_the_new_one() -> None:
    assert words(changed(OURS, 5), changed(PROVIDERS, 5)).startswith("A switch from ServiceNow")


def test_an_account_made_by_hand_is_activated_by_hand() -> None:
    said = words(changed(BY_HAND, 5), changed(OURS, 6))
    assert "To go back: apply --account NAME" in said


def test_the_way_back_to_servicenows_account_leaves_the_direction_open() -> None:
    said = words(changed(PROVIDERS, DAY), changed(OURS, 5))
    assert said.startswith("A switch between glidemail mail.corp.example and ServiceNow SMTP")
    assert "apply --own-server (^P on the screen) activates glidemail mail.corp.example." in said
    assert "apply --provider-server (^P on the screen) activates ServiceNow SMTP." in said


def test_a_replacement_of_ours_by_ours_is_told_apart_by_time() -> None:
    second = replace(OURS, name=f"{OURS.name} 2")
    said = words(changed(OURS, 5), changed(second, 6), changed(PROVIDERS, DAY))
    assert said.startswith("A switch from glidemail mail.corp.example to glidemail mail.corp")


@pytest.mark.parametrize(("user", "is_said"), [("me", True), ("", True), ("another", False)])
def test_only_the_users_own_switch_counts_if_that_is_known(user: str, is_said: bool) -> None:
    assert bool(words(changed(PROVIDERS, 5), changed(OURS, 6), user=user)) is is_said


@pytest.mark.parametrize(
    ("minutes", "is_said"), [(59, True), (61, False), (-5, True), (-20, False)]
)
def test_only_the_last_hour_counts(minutes: int, is_said: bool) -> None:
    assert bool(words(changed(PROVIDERS, minutes), changed(OURS, minutes))) is is_said


def test_two_active_accounts_are_named_with_what_to_do() -> None:
    said = words(changed(PROVIDERS, DAY, active=True), changed(OURS, 5, active=True))
    assert "to glidemail mail.corp.example may have stopped halfway: both are active." in said
    assert "Deactivate ServiceNow SMTP or glidemail mail.corp.example on the instance." in said


def test_a_prepared_account_is_noted_while_the_old_one_is_active() -> None:
    said = words(changed(PROVIDERS, DAY, active=True), changed(OURS, 5))
    assert "may have stopped halfway: only ServiceNow SMTP is active." in said
    assert "Or leave ServiceNow SMTP active." in said


@pytest.mark.parametrize(
    "accounts",
    [
        (changed(PROVIDERS, 5, active=True), changed(OURS, 6)),
        (changed(PROVIDERS, 5, active=True), changed(OURS, 5)),
        (changed(PROVIDERS, 6), changed(OURS, 5, active=True)),
        (changed(PROVIDERS, 5), changed(BY_HAND, 5)),
        (changed(OURS, 5),),
        (replace(OURS, active=False),),
        (),
    ],
)
def test_a_switch_that_came_to_its_end_is_not_mentioned(accounts: tuple[Account, ...]) -> None:
    assert words(*accounts) == ""
