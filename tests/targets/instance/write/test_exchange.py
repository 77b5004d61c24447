"""The exchange of the account that sends, while the instance is busy, slow or silent."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.sandbox.fault_injection import Fault, RecordedRequest
from tests.sandbox.situations import own_account
from tests.targets.instance.write.factories import (
    ACCOUNTS,
    OWN,
    PRODUCTION,
    Desk,
    Wish,
    is_write,
    open_desk,
    own_server,
)
from tui.errors import Outage, Problem
from tui.settings.delivery.account import AccountChoice
from tui.targets.instance.write.record_writer import RetryPolicy

THEIRS = "ServiceNow SMTP"
ACTIVATE, DEACTIVATE = b'{"active": "true"}', b'{"active": "false"}'
PATIENT = RetryPolicy(300.0, 0.01, 60.0)
"""As long as the program itself waits, with shorter pauses."""


@pytest.fixture
def desk() -> Iterator[Desk]:
    """ServiceNow's account sends."""
    with open_desk() as desk:
        yield desk


def switch(desk: Desk, *faults: Fault, patience: RetryPolicy = PATIENT, **how: object) -> object:
    """Switch to your own server while things go wrong; return the result or the problem."""
    wish = replace(own_server(desk), **how)  # type: ignore[arg-type]
    planned = desk.plan(wish)
    for fault in faults:
        desk.sandbox.faults.add(fault)
    try:
        return desk.write(wish, planned, patience=patience)
    except Problem as problem:
        return problem


def sends(body: bytes) -> Callable[[RecordedRequest], bool]:
    """Return whether a request activates or deactivates an account."""
    return lambda recorded: is_write(recorded) and recorded.body == body


def from_activation_on(requests: list[RecordedRequest]) -> Callable[[RecordedRequest], bool]:
    """Return whether a request is the activation or comes after it."""

    def is_it(recorded: RecordedRequest) -> bool:
        if requests or sends(ACTIVATE)(recorded):
            requests.append(recorded)
        return bool(requests)

    return is_it


def busy_for(monkeypatch: pytest.MonkeyPatch, seconds: int) -> None:
    """Let a 429 ask to wait that long."""
    monkeypatch.setattr("tui.sandbox.http_messages.RATE_LIMIT_SECONDS", seconds)


def test_the_activation_follows_the_deactivation_and_both_are_read_after_it(desk: Desk) -> None:
    switch(desk)
    steps = [(each.method, each.body) for each in desk.requests][-4:]
    assert steps == [("PATCH", DEACTIVATE), ("PATCH", ACTIVATE), ("GET", b""), ("GET", b"")]
    assert desk.senders() == (OWN,)


def test_reads_that_fail_for_long_do_not_hold_the_activation_up(desk: Desk) -> None:
    seen: list[RecordedRequest] = []

    def is_read_between(recorded: RecordedRequest) -> bool:
        if sends(DEACTIVATE)(recorded):
            seen.append(recorded)
        return bool(seen) and not is_write(recorded)

    switch(desk, Fault("status_500", is_read_between, times=20))
    writes = [each for each in desk.requests if is_write(each)]
    assert writes[-1].number == writes[-2].number + 1
    assert desk.senders() == (OWN,)


def test_a_busy_instance_is_asked_again_when_it_says(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy_for(monkeypatch, 1)
    began = time.monotonic()
    switch(desk, Fault("status_429", sends(ACTIVATE)))
    assert time.monotonic() - began >= 1
    assert desk.senders() == (OWN,)
    assert [each.status for each in desk.requests if sends(ACTIVATE)(each)] == [429, 200]


def test_an_instance_that_asks_for_too_long_is_not_waited_for(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy_for(monkeypatch, 3600)
    began = time.monotonic()
    problem = switch(desk, Fault("status_429", sends(ACTIVATE)))
    assert time.monotonic() - began < 5
    assert isinstance(problem, Problem)
    assert f"Undone: {THEIRS} is active again." in problem.message
    assert problem.exit_code == 1
    assert desk.senders() == (THEIRS,)


@pytest.mark.parametrize("environment", [PRODUCTION, None])
def test_a_busy_instance_that_takes_nothing_more_is_left_with_an_alarm(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, environment: object
) -> None:
    busy_for(monkeypatch, 3600)
    fault = Fault("status_429", from_activation_on([]), times=99)
    problem = switch(desk, fault, environment=environment)
    assert isinstance(problem, Outage)
    assert problem.exit_code == 4
    assert problem.is_known
    assert problem.message.startswith(
        "PRODUCTION MAY NOT BE SENDING. No SMTP account is active now. "
    )
    assert f"Activate {THEIRS} or {OWN} on the instance." in problem.hint
    assert desk.senders() == ()


def test_a_deactivation_that_is_refused_is_no_alarm_even_if_nothing_can_be_read(
    desk: Desk,
) -> None:
    seen: list[RecordedRequest] = []

    def is_from_there_on(recorded: RecordedRequest) -> bool:
        if seen or sends(DEACTIVATE)(recorded):
            seen.append(recorded)
        return bool(seen)

    problem = switch(desk, Fault("refuse_403", is_from_there_on, times=99))
    assert isinstance(problem, Problem)
    assert problem.exit_code == 1
    assert "The active account was not changed." in problem.message
    assert f"{OWN} stays inactive" in problem.message
    assert desk.senders() == (THEIRS,)


def test_what_is_known_of_each_account_is_said_where_nothing_can_be_read(desk: Desk) -> None:
    fault = Fault("drop_after", from_activation_on([]), times=99)
    problem = switch(desk, fault, patience=RetryPolicy(0.0, 0.01, 0.0))
    assert isinstance(problem, Outage)
    assert not problem.is_known
    assert problem.message.startswith("THE INSTANCE MAY NOT BE SENDING. ")
    assert f"{THEIRS} was deactivated. It isn't known whether {OWN} was activated." in (
        problem.message
    )
    assert "Can't read which account is active: " in problem.message


def test_an_account_that_was_activated_and_cannot_be_read_back_is_not_said_to_send(
    desk: Desk,
) -> None:
    seen: list[RecordedRequest] = []

    def is_after(recorded: RecordedRequest) -> bool:
        found = bool(seen)
        if sends(ACTIVATE)(recorded):
            seen.append(recorded)
        return found

    hasty = RetryPolicy(0.0, 0.01, 0.0)
    problem = switch(desk, Fault("status_500", is_after, times=99), patience=hasty)
    assert isinstance(problem, Outage)
    assert f"{THEIRS} was deactivated. {OWN} was activated." in problem.message
    assert "sends now" not in problem.message


def test_an_activation_that_does_not_hold_is_noticed_and_taken_back(desk: Desk) -> None:
    def undo() -> None:
        desk.change(ACCOUNTS, OWN, active="false")

    seen: list[RecordedRequest] = []

    def is_after(recorded: RecordedRequest) -> bool:
        found = bool(seen)
        if sends(ACTIVATE)(recorded):
            seen.append(recorded)
        return found

    wish = own_server(desk)
    planned = desk.plan(wish)
    desk.act_before(is_after, undo)
    with pytest.raises(Problem) as caught:
        desk.write(wish, planned)
    assert "reading it back shows: active is false." in caught.value.message
    assert f"Undone: {THEIRS} is active again." in caught.value.message
    assert desk.senders() == (THEIRS,)


def test_going_back_to_servicenows_account_is_as_quick(desk: Desk) -> None:
    own_account(desk.sandbox)
    desk.apply(Wish(choice=AccountChoice.PROVIDERS))
    steps = [(each.method, each.body) for each in desk.requests][-4:]
    assert steps == [("PATCH", DEACTIVATE), ("PATCH", ACTIVATE), ("GET", b""), ("GET", b"")]
