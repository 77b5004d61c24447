"""Whether mail goes out: what is said of it, against what the stand-in's mail server receives."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sandbox.sandbox import Sandbox, SavedRows
from tests.sandbox.situations import graph_sender, no_active_account, own_account, set_property
from tui.credentials.secret import Secret
from tui.sandbox.sandbox_state import Switches
from tui.settings.delivery.evidence import DeliveryState
from tui.settings.draft import Draft
from tui.settings.review import review
from tui.settings.values import Environment
from tui.storage.instance import Instance, SignInMethod
from tui.targets.instance.instance_target import InstanceTarget
from tui.targets.target import Reading

ACCOUNTS, OWN = "sys_email_account", "Own SMTP"


def change(sandbox: Sandbox, table: str, name: str, **fields: str) -> None:
    for row in sandbox.rows(table):
        if row["name"] == name:
            sandbox.change(table, row["sys_id"], **fields)


def activate(sandbox: Sandbox, name: str) -> None:
    no_active_account(sandbox)
    change(sandbox, ACCOUNTS, name, active="true")


def queue(sandbox: Sandbox, recipients: str = "ann@corp.example") -> None:
    fields = {"type": "send-ready", "state": "ready", "subject": "x", "body_text": "x"}
    sandbox.insert("sys_email", recipients=recipients, **fields)


def run_job(sandbox: Sandbox) -> None:
    """Run the sender job, unless it stalls."""
    if all(r["state"] == "0" for r in sandbox.rows("sys_trigger") if r["name"] == "SMTP Sender"):
        sandbox.deliver()


STEPS: Mapping[str, Callable[[Sandbox], object]] = {
    "right password": lambda s: change(s, ACCOUNTS, OWN, password=s.running.mail.password),
    "wrong password": lambda s: change(s, ACCOUNTS, OWN, password="wrong"),
    "own account": lambda s: activate(s, OWN),
    "ServiceNow's account": lambda s: activate(s, "ServiceNow SMTP"),
    "no account": no_active_account,
    "Graph": graph_sender,
    "sending on": lambda s: set_property(s, "glide.email.smtp.active", "true"),
    "sending off": lambda s: set_property(s, "glide.email.smtp.active", "false"),
    "test address": lambda s: set_property(s, "glide.email.test.user", "qa@corp.example"),
    "no test address": lambda s: set_property(s, "glide.email.test.user", ""),
    "job stalls": lambda s: change(s, "sys_trigger", "SMTP Sender", state="-1"),
    "job goes on": lambda s: change(s, "sys_trigger", "SMTP Sender", state="0"),
    "mail": queue,
    "job runs": run_job,
}
"""What can happen to an instance, a minute apart."""

USERS = ("admin", "admin", "admin", "mail.admin", "reader", "nobody")
HISTORIES = st.lists(st.sampled_from(sorted(STEPS)), max_size=12)


@dataclass(frozen=True, repr=False)
class Start:
    """A sandbox and the rows that every history starts from."""

    sandbox: Sandbox
    rows: SavedRows


@pytest.fixture(scope="module")
def start() -> Iterator[Start]:
    with Sandbox("accounts", switches=Switches(sender_seconds=0)) as sandbox:
        set_property(sandbox, "glide.email.test.user", "")
        own_account(sandbox)
        for row in sandbox.rows("sys_email"):
            sandbox.delete("sys_email", row["sys_id"])
        yield Start(sandbox, sandbox.save_rows())


def read(sandbox: Sandbox, user: str) -> Reading:
    at = sandbox.running
    instance = Instance(at.url, SignInMethod.BASIC, user, at.ca_file)
    secret = Secret(at.user(user).password)
    return asyncio.run(InstanceTarget(instance, secret, Environment.PRODUCTION).read())


def assert_truthful(start: Start, history: list[str], user: str) -> None:
    """Fail if delivery is claimed, or nothing is found, where the next mail doesn't arrive."""
    sandbox = start.sandbox
    sandbox.restore_rows(start.rows)
    sandbox.ahead = timedelta(seconds=1)
    for step in history:
        STEPS[step](sandbox)
        sandbox.ahead += timedelta(minutes=1)
    reading = read(sandbox, user)
    found = review(Draft(reading.snapshot), reading.facts, "corp").findings
    count = len(sandbox.delivered)
    queue(sandbox, "next@corp.example")
    run_job(sandbox)
    arrived = any("next@corp.example" in each.rcpt_tos for each in sandbox.delivered[count:])
    assert reading.facts.delivery
    state = reading.facts.delivery.state
    assert arrived or state is not DeliveryState.DELIVERING
    kinds = ("delivery.", "sending.off", "recipients.production")
    assert arrived or any(each.code.startswith(kinds) for each in found)


def test_a_history_of_accepted_mail_is_delivering(start: Start) -> None:
    sandbox = start.sandbox
    sandbox.restore_rows(start.rows)
    sandbox.ahead = timedelta(seconds=1)
    for step in ("wrong password", "mail", "job runs", "right password", "mail", "job runs"):
        STEPS[step](sandbox)
        sandbox.ahead += timedelta(minutes=1)
    found = read(sandbox, "admin").facts.delivery
    assert found
    assert found.state is DeliveryState.DELIVERING


@given(history=HISTORIES, user=st.sampled_from(USERS))
@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_nothing_is_claimed_that_the_mail_server_does_not_show(
    start: Start, history: list[str], user: str
) -> None:
    assert_truthful(start, history, user)


@pytest.mark.grid
@given(history=HISTORIES, user=st.sampled_from(USERS))
@settings(
    max_examples=10_000,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_nothing_is_claimed_in_ten_thousand_worlds(
    start: Start, history: list[str], user: str
) -> None:
    assert_truthful(start, history, user)
