"""Whether mail goes out: what is said of it, against what the stand-in's mail server receives.

Histories are what happens to one instance, step by step; worlds are whole instances of all kinds.
"""

import contextlib
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

import pytest

from tests.sandbox.clock import ManualClock
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.situations import graph_sender, no_active_account, own_account, set_property
from tests.sandbox.worlds import NOT_REACHED, SOMEONE, open_world, random_world, send_fresh_message
from tui.credentials.secret import Secret
from tui.errors import Problem
from tui.presentation.delivery_stages import diagnose_delivery
from tui.sandbox.loopback_servers import AcceptedMessage
from tui.sandbox.sandbox_state import Switches
from tui.sandbox.tables import format_time, utc_now
from tui.settings.delivery.evidence import DeliveryState
from tui.settings.draft import Draft
from tui.settings.findings import Severity
from tui.settings.review import review
from tui.settings.values import Environment
from tui.storage.instance import Instance, SignInMethod
from tui.targets.instance.instance_target import InstanceTarget

ACCOUNTS, OWN = "sys_email_account", "Own SMTP"
BATCHES, WORLDS, HISTORIES = 100, 80, 20
"""Batches of the ten thousand that the nightly run has, and how many of each are in one."""

ABOUT_DELIVERY = frozenset({"delivery", "sending_enabled", "test_recipients"})


@dataclass(frozen=True, slots=True)
class Claims:
    """What the program says of an instance's mail.

    Attributes:
        reason: Why, as `check` has it; a problem's code if it can't be read.
        is_clean: Whether `check` finds nothing wrong with delivery.
        is_shown: Whether `why` ends with 0.
    """

    state: DeliveryState | None
    reason: str
    is_clean: bool
    is_shown: bool


def read_claims(sandbox: Sandbox, user: str, environment: Environment) -> Claims:
    """Read an instance as `check` and `why` do."""
    at = sandbox.running
    instance = Instance(at.url, SignInMethod.BASIC, user, at.ca_file)
    target = InstanceTarget(instance, Secret(at.user(user).password), environment)
    try:
        reading = sandbox.run(target.read())
    except Problem as problem:
        return Claims(None, problem.code, is_clean=False, is_shown=False)
    found = review(Draft(reading.snapshot), reading.facts, "corp").findings
    wrong = [
        each.code
        for each in found
        if each.property in ABOUT_DELIVERY and each.severity is not Severity.NOTE
    ]
    judged, status = reading.facts.delivery, reading.status
    assert judged
    assert status
    is_production = reading.facts.is_production
    diagnosis = diagnose_delivery(status, is_production=is_production, signed_in="here")
    return Claims(judged.state, judged.reason, not wrong, diagnosis.is_shown)


def assert_truthful(claims: Claims, received: list[AcceptedMessage]) -> None:
    """Fail if delivery is claimed, or nothing is found, where the next mail doesn't arrive.

    With a test address in force it is enough for a clean check that mail arrives there.
    """
    arrived = any(SOMEONE in each.rcpt_tos for each in received)
    assert arrived or claims.state is not DeliveryState.DELIVERING
    assert arrived or not claims.is_shown
    assert received or not claims.is_clean
    if claims.reason in ("sending-off", "job"):
        assert not received
    if claims.reason.startswith("test-address"):
        assert not arrived


@contextlib.contextmanager
def explain(words: str) -> Iterator[None]:
    """Add to a failure what it is about."""
    try:
        yield
    except AssertionError as error:
        raise AssertionError(words) from error


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


def reject_login(sandbox: Sandbox) -> None:
    """Let the mail server reject the password from now on, and the next email show that."""
    sandbox.change_silently(ACCOUNTS, OWN, password="wrong")
    queue(sandbox)
    run_job(sandbox)
    sandbox.ahead += timedelta(minutes=15)


STEPS: Mapping[str, Callable[[Sandbox], object]] = {
    "right password": lambda s: change(s, ACCOUNTS, OWN, password=s.running.mail.password),
    "wrong password": lambda s: change(s, ACCOUNTS, OWN, password="wrong"),
    "password expires": reject_login,
    "own account": lambda s: activate(s, OWN),
    "ServiceNow's account": lambda s: activate(s, "ServiceNow SMTP"),
    "no account": no_active_account,
    "Graph": graph_sender,
    "sending on": lambda s: set_property(s, "glide.email.smtp.active", "true"),
    "sending off": lambda s: set_property(s, "glide.email.smtp.active", "false"),
    "test address": lambda s: set_property(s, "glide.email.test.user", "qa@corp.example"),
    "refused test address": lambda s: set_property(s, "glide.email.test.user", NOT_REACHED[1]),
    "no test address": lambda s: set_property(s, "glide.email.test.user", ""),
    "job stalls": lambda s: change(s, "sys_trigger", "SMTP Sender", state="-1"),
    "job goes on": lambda s: change(s, "sys_trigger", "SMTP Sender", state="0"),
    "mail": queue,
    "mail to nobody": lambda s: queue(s, "gone@refused.example"),
    "mail to a busy server": lambda s: queue(s, "busy@later.example"),
    "job runs": run_job,
}
"""What can happen to an instance, a minute apart."""

USERS = ("admin", "admin", "admin", "mail.admin", "reader", "nobody")
MOST_STEPS = 14


class Start:
    """A sandbox and the rows that every history starts from."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.rows = sandbox.save_rows()


@pytest.fixture(scope="module", autouse=True)
def no_system_authorities() -> Iterator[None]:
    """Spare each connection the system's authorities, which take longest to load."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", "/dev/null")
        patch.setenv("SSL_CERT_DIR", "/nonexistent")
        yield


@pytest.fixture(scope="module")
def start() -> Iterator[Start]:
    long_ago = utc_now().replace(microsecond=0) - timedelta(hours=3)
    switches = Switches(sender_seconds=0)
    with Sandbox("accounts", switches=switches, clock=ManualClock(long_ago)) as sandbox:
        set_property(sandbox, "glide.email.test.user", "")
        own_account(sandbox)
        for row in sandbox.rows("sys_email"):
            sandbox.delete("sys_email", row["sys_id"])
        yield Start(sandbox)


def play(start: Start, history: list[str]) -> None:
    """Let the steps of a history happen, the last one a minute ago."""
    sandbox = start.sandbox
    sandbox.restore_rows(start.rows)
    minutes = len(history) + 15 * history.count("password expires")
    sandbox.ahead = timedelta()
    sandbox.ahead = utc_now() - sandbox.now - timedelta(minutes=minutes)
    for step in history:
        STEPS[step](sandbox)
        sandbox.ahead += timedelta(minutes=1)
    # It ran each minute, if only in "job runs" with something to do.
    due = format_time(sandbox.now + timedelta(seconds=40))
    sandbox.change_silently("sys_trigger", "SMTP Sender", next_action=due)


def assert_history_is_told_truly(start: Start, seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - a history is no secret
    history = rng.choices(sorted(STEPS), k=rng.randint(0, MOST_STEPS))
    user, environment = rng.choice(USERS), rng.choice(list(Environment))
    sandbox = start.sandbox
    play(start, history)
    claims = read_claims(sandbox, user, environment)
    count = len(sandbox.delivered), len(sandbox.provider_mailbox)
    queue(sandbox, SOMEONE)
    run_job(sandbox)
    received = sandbox.delivered[count[0] :] + sandbox.provider_mailbox[count[1] :]
    with explain(f"{claims} of {history} for {user}, {environment}"):
        assert_truthful(claims, received)


def test_a_history_of_accepted_mail_is_delivering(start: Start) -> None:
    play(start, ["wrong password", "mail", "job runs", "right password", "mail", "job runs"])
    found = read_claims(start.sandbox, "admin", Environment.PRODUCTION)
    assert found == Claims(DeliveryState.DELIVERING, "sent", is_clean=True, is_shown=True)


@pytest.mark.parametrize("older", [1, 250])
def test_mail_that_waits_behind_older_mail_is_seen(start: Start, older: int) -> None:
    play(start, [])
    for kind, minutes in [("send-retry-backoff", 60)] * older + [("sent", 30), ("send-ready", 15)]:
        when = format_time(start.sandbox.now - timedelta(minutes=minutes))
        stamps = {"sys_created_on": when, "sys_updated_on": when}
        start.sandbox.insert("sys_email", type=kind, recipients=SOMEONE, **stamps)
    found = read_claims(start.sandbox, "admin", Environment.PRODUCTION)
    assert (found.state, found.reason) == (DeliveryState.UNPROVEN, "queue-stuck")


def test_no_history_is_told_better_than_it_is(start: Start) -> None:
    for seed in range(40):
        assert_history_is_told_truly(start, seed)


@pytest.mark.grid
@pytest.mark.parametrize("batch", range(BATCHES))
def test_none_of_many_histories_is_told_better_than_it_is(start: Start, batch: int) -> None:
    for seed in range(batch * HISTORIES, (batch + 1) * HISTORIES):
        assert_history_is_told_truly(start, seed)


def assert_world_is_told_truly(seed: int) -> None:
    world = random_world(seed)
    environment = list(Environment)[seed % 2]
    with open_world(world) as sandbox:
        claims = read_claims(sandbox, world.user, environment)
        received = send_fresh_message(sandbox)
        with explain(f"{claims} of {world}, {environment}"):
            assert_truthful(claims, received)


@pytest.mark.parametrize("part", range(4))
def test_no_world_is_told_better_than_it_is(part: int) -> None:
    # Among these is each kind that was told wrong once, or would be with a part of it undone.
    for seed in range(200 + part * 40, 240 + part * 40):
        assert_world_is_told_truly(seed)


@pytest.mark.grid
@pytest.mark.parametrize("batch", range(BATCHES))
def test_none_of_many_worlds_is_told_better_than_it_is(batch: int) -> None:
    for seed in range(batch * WORLDS, (batch + 1) * WORLDS):
        assert_world_is_told_truly(seed)
