"""Every request of a save goes wrong once, in every way there is: what is reported is true.

The landing run has one case of each kind of step; the mark `grid` has all the others. What a
second try comes to follows from the instance's state, so it is tried once for each state that a
first one left behind.
"""

import asyncio
import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest

from tests.sandbox.fault_injection import EFFECTIVE, EFFECTLESS, Fault
from tests.sandbox.situations import no_active_account, own_account
from tests.targets.instance.write.factories import (
    ACCOUNTS,
    HASTY,
    OWN,
    PATIENT,
    PRODUCTION,
    PROPERTIES,
    SOON,
    Desk,
    Wish,
    account_places,
    is_write,
    open_desk,
    own_server,
    properties_named,
    property_places,
)
from tui.errors import Outage, Problem, Unfinished
from tui.settings.delivery.account import AccountChoice, NamedAccount
from tui.settings.review import Review
from tui.targets.target import SaveResult

SENDING, RECIPIENTS = "glide.email.smtp.active", "glide.email.test.user"
OF_A_READ = (
    *("refuse_403", "status_429", "status_500", "drop_before", "garbage", "hibernating", "never"),
)
SILENT = ("never", "never_after", "endless")
"""Faults that end with the deadline only."""
READING = ["sign-in", "properties", "secrets", "accounts"]
READING += ["choices", "dictionary", "waiting", "fresh"]
READING_ROLES = [*READING[:4], "user", "roles of user", "roles", *READING[4:]]
"""Without an account, a role has to show the right to see one."""
FROM_ACCOUNT = [*READING, "columns", "further columns"]


def property_rows(desk: Desk) -> Wish:
    """Recipients, a text, a password, a row that is not there, and then sending on."""
    mail = desk.sandbox.running.mail
    desk.set_value("glide.smtp.port", str(mail.ports["starttls"]))
    desk.set_value("glide.email.user_password", "outdated")
    return Wish(
        texts={
            "test_recipients": "qa@corp.example",
            "display_name": "Help Desk",
            "security": "starttls",
            "sending_enabled": "true",
        },
        password=mail.password,
        rows={
            "test_recipients": property_places(RECIPIENTS, "qa@corp.example"),
            "display_name": property_places("glide.email.username", "Help Desk"),
            "password": property_places("glide.email.user_password", mail.password),
            "security": property_places("glide.smtp.encryption", "TLS"),
            "sending_enabled": property_places(SENDING, "true"),
        },
    )


def several_rows(desk: Desk) -> Wish:
    """Properties that stand in more than one row each."""
    desk.set_value("glide.smtp.tls", "true")
    desk.set_value("glide.smtp.ssl", "true")
    desk.set_value("glide.pop3.secure", "true")
    return Wish(
        texts={"security": "none", "pop3_security": "starttls"},
        rows={
            "security": property_places("glide.smtp.tls", "false")
            + property_places("glide.smtp.ssl", "false"),
            "pop3_security": property_places("glide.pop3.secure", "false")
            + property_places("glide.pop3.tls", "true"),
        },
    )


def change_in_place(desk: Desk) -> Wish:
    """An own account that sends, in non-production, and sending on after it."""
    mail = desk.sandbox.running.mail
    desk.sandbox.change(ACCOUNTS, own_account(desk.sandbox), password="outdated")
    desk.set_value(SENDING, "false")
    return Wish(
        texts={
            "test_recipients": "qa@corp.example",
            "display_name": "Help Desk",
            "sending_enabled": "true",
        },
        password=mail.password,
        sends="Own SMTP",
        rows={
            **account_places(
                "Own SMTP",
                display_name=("email_user_label", "Help Desk"),
                password=("password", mail.password),
            ),
            "test_recipients": property_places(RECIPIENTS, "qa@corp.example"),
            "sending_enabled": property_places(SENDING, "true"),
        },
    )


def replacement(desk: Desk) -> Wish:
    """Another server for your own account that sends in production; recipients emptied last."""
    mail = desk.sandbox.running.mail
    own_account(desk.sandbox, "None")
    port, name = str(mail.ports["starttls"]), "glidemail localhost"
    return Wish(
        texts={
            "server": "localhost",
            "security": "starttls",
            "port": port,
            "test_recipients": "",
        },
        password=mail.password,
        environment=PRODUCTION,
        sends=name,
        rows={
            **account_places(
                name,
                server=("server", "localhost"),
                security=("connection_security", "explicit_tls"),
                port=("port", port),
                password=("password", mail.password),
            ),
            "test_recipients": property_places(RECIPIENTS, ""),
        },
    )


def provider_again(desk: Desk) -> Wish:
    """The provider's account again, and sending on after it."""
    own_account(desk.sandbox)
    desk.set_value(SENDING, "false")
    return Wish(
        texts={"sending_enabled": "true"},
        choice=AccountChoice.PROVIDERS,
        sends="ServiceNow SMTP",
        rows={"sending_enabled": property_places(SENDING, "true")},
    )


def leftover_account(desk: Desk) -> Wish:
    """An account that an earlier try has left there, where nothing sends."""
    mail = desk.sandbox.running.mail
    sys_id = own_account(desk.sandbox, "None", active=False)
    no_active_account(desk.sandbox)
    desk.sandbox.change(ACCOUNTS, sys_id, name=OWN, password="outdated")
    port = str(mail.ports["starttls"])
    return Wish(
        texts={"security": "starttls", "port": port},
        password=mail.password,
        choice=AccountChoice.OWN,
        sends=OWN,
        rows=account_places(
            OWN,
            security=("connection_security", "explicit_tls"),
            port=("port", port),
            password=("password", mail.password),
        ),
    )


def named_account(desk: Desk) -> Wish:
    """An account made by hand, in the place of ServiceNow's, and its label changed before that."""
    own_account(desk.sandbox, active=False)
    name = "Own SMTP"
    return Wish(
        texts={"display_name": "Help Desk"},
        choice=NamedAccount(name),
        sends=name,
        rows=account_places(name, display_name=("email_user_label", "Help Desk")),
    )


def mail_readers(desk: Desk) -> Wish:
    """One account stops reading mail, another starts to, and a property between the two."""
    for name, active in (("Old IMAP", "true"), ("New IMAP", "false")):
        desk.sandbox.insert(ACCOUNTS, name=name, type="imap", active=active, user_name="a@b.c")
    return Wish(
        texts={"test_recipients": "qa@corp.example"},
        sends="ServiceNow SMTP",
        switches={"New IMAP": True, "Old IMAP": False},
        rows={
            "Old IMAP (inactive)": ((ACCOUNTS, "Old IMAP", "active", "false"),),
            "test_recipients": property_places(RECIPIENTS, "qa@corp.example"),
            "New IMAP (active)": ((ACCOUNTS, "New IMAP", "active", "true"),),
        },
    )


def change_requests(*names: str) -> list[str]:
    """The requests that write rows that are there."""
    return [f"{step} {name}" for name in names for step in ("compare", "write", "see")]


def create_requests(name: str) -> list[str]:
    """The requests that make a row."""
    return [f"{step} {name}" for step in ("miss", "write", "see")]


def switch_requests(*names: str) -> list[str]:
    """The requests that stop one account and start another."""
    steps = [f"write {name}" for name in names] + [f"see {name}" for name in reversed(names)]
    return [f"compare {name}" for name in reversed(names)] + steps


@dataclass(frozen=True)
class Scenario:
    """A save, with each of its requests in a word or two."""

    model: str
    wish: Callable[[Desk], Wish]
    requests: list[str]


SCENARIOS = {
    "property-rows": Scenario(
        "properties",
        property_rows,
        [
            *READING_ROLES,
            *change_requests("recipients", "label", "password"),
            *create_requests("security"),
            *change_requests("sending"),
        ],
    ),
    "own-server": Scenario(
        "accounts",
        own_server,
        [
            *FROM_ACCOUNT,
            *create_requests("account"),
            *change_requests("password"),
            *switch_requests("old", "new"),
        ],
    ),
    "several-rows": Scenario(
        "properties",
        several_rows,
        [
            *READING_ROLES,
            *change_requests("tls", "ssl"),
            *create_requests("pop3-tls"),
            *change_requests("pop3-secure"),
        ],
    ),
    "in-place": Scenario(
        "accounts",
        change_in_place,
        [*FROM_ACCOUNT, *change_requests("recipients", "label", "password", "sending")],
    ),
    "replacement": Scenario(
        "accounts",
        replacement,
        [
            *FROM_ACCOUNT,
            *create_requests("account"),
            *change_requests("password"),
            *switch_requests("old", "new"),
            *change_requests("recipients"),
        ],
    ),
    "going-back": Scenario(
        "accounts",
        provider_again,
        [*FROM_ACCOUNT, *switch_requests("old", "new"), *change_requests("sending")],
    ),
    "left-over": Scenario(
        "accounts",
        leftover_account,
        [*READING, *change_requests("columns", "password"), "compare new", "write new", "see new"],
    ),
    "named": Scenario(
        "accounts",
        named_account,
        [*FROM_ACCOUNT, *change_requests("columns"), *switch_requests("old", "new")],
    ),
    "readers": Scenario(
        "accounts",
        mail_readers,
        [*FROM_ACCOUNT, *change_requests("reader", "recipients", "reader")],
    ),
}
WHOLE = ("property-rows", "own-server")
"""Of these every request goes wrong, of the others each that writes."""


@dataclass
class Stage:
    """A scenario on a stand-in of its own, to be played again and again."""

    desk: Desk
    wish: Wish
    planned: Review
    finished: set[str] = field(default_factory=set)

    def play(
        self, *faults: Fault, deadline: float = SOON, patience: object = HASTY
    ) -> SaveResult | Problem:
        """Saves once, with what is to go wrong."""
        self.desk.put_back()
        self.desk.watch()
        for fault in faults:
            self.desk.sandbox.faults.add(fault)
        try:
            return self.desk.write(self.wish, self.planned, deadline=deadline, patience=patience)
        except Problem as problem:
            return problem


@pytest.fixture(scope="module")
def stages() -> Iterator[Callable[[str], Stage]]:
    """One stage for each scenario that is asked for."""
    with ExitStack() as stack:
        ready: dict[str, Stage] = {}

        def stage(name: str) -> Stage:
            if name not in ready:
                scenario = SCENARIOS[name]
                desk = stack.enter_context(open_desk(scenario.model))
                wish = scenario.wish(desk)
                desk.keep()
                ready[name] = Stage(desk, wish, desk.plan(wish))
                assert not ready[name].planned.blocking
            return ready[name]

        yield stage


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_requests_are_these(stages: Callable[[str], Stage], name: str) -> None:
    stage = stages(name)
    outcome = stage.play()
    assert isinstance(outcome, SaveResult)
    check(stage, outcome)
    asked = [("write" if is_write(each) else "read") for each in stage.desk.requests]
    requests = SCENARIOS[name].requests
    assert asked == ["write" if each.startswith("write") else "read" for each in requests]


class Sample:
    """Picks the first case of each kind for the landing run, and marks the others as the grid."""

    def __init__(self) -> None:
        self._kinds: set[tuple[str, ...]] = set()

    def marks(self, *kind: str, more: bool = True) -> list[pytest.MarkDecorator]:
        """Return the marks of a case; one without `more` to say for itself is never picked."""
        if not more or kind in self._kinds:
            return [pytest.mark.grid]
        self._kinds.add(kind)
        return []


def step_kind(request: str) -> str:
    """Return what kind of step a request is: which records it is about matters little."""
    step, _, name = request.partition(" ")
    if step in ("compare", "miss") or not name:
        return step
    kinds = {"password": "secret", "old": "deactivate", "new": "activate"}
    kinds |= dict.fromkeys(("security", "pop3-tls", "account"), "new record")
    return f"{step} {kinds.get(name, 'columns')}"


SAMPLE = Sample()
COMBINATIONS = [
    pytest.param(
        name,
        number,
        kind,
        id=f"{name}-{number}-{request.replace(' ', '_')}-{kind}",
        marks=SAMPLE.marks(
            step_kind(request),
            kind,
            more=request.startswith("write") or kind == OF_A_READ[number % len(OF_A_READ)],
        ),
    )
    for name, scenario in SCENARIOS.items()
    for number, request in enumerate(scenario.requests, 1)
    if name in WHOLE or request.startswith("write")
    # A read has no effect, so what goes wrong with it is of fewer kinds.
    for kind in ((*EFFECTLESS, *EFFECTIVE) if request.startswith("write") else OF_A_READ)
]


@pytest.mark.parametrize(("name", "number", "kind"), COMBINATIONS)
def test_one_request_goes_wrong(
    stages: Callable[[str], Stage], name: str, number: int, kind: str
) -> None:
    stage = stages(name)
    fault = Fault(kind, lambda recorded: recorded.number == number)
    began = time.monotonic()
    reads = not SCENARIOS[name].requests[number - 1].startswith("write")
    silence = 0.1 if reads else 0.5  # seconds; a write must not be slower than that
    outcome = stage.play(fault, deadline=silence if kind in SILENT else SOON)
    assert time.monotonic() - began < 20
    check(stage, outcome)
    check_again(stage, outcome)


SAMPLE = Sample()
LOOKS = [
    pytest.param(
        name,
        number,
        id=f"{name}-{number}-{request.replace(' ', '_')}",
        marks=SAMPLE.marks(step_kind(request)),
    )
    for name in WHOLE
    for number, request in enumerate(SCENARIOS[name].requests, 1)
    if request not in (*READING_ROLES, *FROM_ACCOUNT) and not request.startswith("write")
]


@pytest.mark.parametrize(("name", "number"), LOOKS)
def test_a_look_that_fails_is_tried_again(
    stages: Callable[[str], Stage], name: str, number: int
) -> None:
    stage = stages(name)
    fault = Fault("status_500", lambda recorded: recorded.number >= number, times=2)
    outcome = stage.play(fault, patience=PATIENT)
    assert isinstance(outcome, SaveResult)
    check(stage, outcome)


SAMPLE = Sample()
LASTING = [
    pytest.param(
        name,
        number,
        id=f"{name}-{number}-{request.replace(' ', '_')}-drop_after",
        marks=SAMPLE.marks(step_kind(request), more=number >= len(READING)),
    )
    for name in (*WHOLE, "going-back", "named", "readers")
    for number, request in enumerate(SCENARIOS[name].requests, 1)
]


@pytest.mark.parametrize(("name", "number"), LASTING)
def test_all_goes_wrong_from_one_request_on(
    stages: Callable[[str], Stage], name: str, number: int
) -> None:
    stage = stages(name)
    outcome = stage.play(Fault("drop_after", lambda recorded: recorded.number >= number, times=99))
    assert isinstance(outcome, Problem)
    check(stage, outcome)
    check_again(stage, outcome)


SAMPLE = Sample()
STOPPED = [
    pytest.param(
        name,
        number,
        held,
        id=f"{name}-{number}-{request.replace(' ', '_')}-{held}",
        marks=SAMPLE.marks(step_kind(request), more=number >= len(READING)),
    )
    for name in (*WHOLE, "several-rows", "going-back", "named", "readers")
    for number, request in enumerate(SCENARIOS[name].requests, 1)
    for held in (0.0, 0.02)
]


@pytest.mark.parametrize(("name", "number", "held"), STOPPED)
def test_somebody_stops_it(
    stages: Callable[[str], Stage], name: str, number: int, held: float
) -> None:
    stage = stages(name)
    desk = stage.desk
    desk.put_back()
    desk.watch()
    before = desk.senders()
    outcome = asyncio.run(run_and_stop(stage, number, held))
    wait_for_requests(desk)
    if outcome is None:
        assert desk.state() == desk.kept_state()
        return
    if isinstance(outcome, Problem):
        assert outcome.message.startswith("Stopped before it finished.")
        assert "Failed: " not in outcome.message or "One part of " in outcome.message
    check(stage, outcome)
    assert bool(desk.senders()) == bool(before)
    check_again(stage, outcome)


async def run_and_stop(stage: Stage, number: int, held: float) -> SaveResult | Problem | None:
    """What comes of a save that is cancelled while a request is under way; None: just that.

    Args:
        held: seconds that the request is held back before it takes effect.
    """
    loop = asyncio.get_running_loop()
    task = asyncio.create_task(stage.desk.write_async(stage.wish, stage.planned))

    def stop() -> None:
        loop.call_soon_threadsafe(task.cancel)
        time.sleep(held)

    stage.desk.act_before(lambda recorded: recorded.number == number, stop)
    try:
        return await task
    except Problem as problem:
        return problem
    except asyncio.CancelledError:
        return None


def wait_for_requests(desk: Desk) -> None:
    """Lets a request that nobody waits for any more take effect."""
    for each in desk.requests:
        for _ in range(100):
            if each.status or not is_write(each):
                break
            time.sleep(0.002)


def check(stage: Stage, outcome: SaveResult | Problem) -> None:
    """What is told is what is there, nothing was done twice, and nothing let out early."""
    if isinstance(outcome, SaveResult):
        check_success(stage, outcome)
    else:
        check_words(stage, outcome)
    check_writes(stage.desk)
    check_secrets(stage, outcome)
    check_moments(stage.desk, stage.wish)


def steps_of(stage: Stage) -> list[str]:
    """Everything that the plan changes, in the words of a report."""
    plan = stage.planned.plan
    return [*(each.property for each in plan.changes), *(each.label for each in plan.switches)]


def check_success(stage: Stage, outcome: SaveResult) -> None:
    """All of it is there."""
    names = set(steps_of(stage))
    assert set(outcome.verified) == names == set(stage.wish.rows)
    assert [name for name in names if not stage.desk.holds(stage.wish, name)] == []
    if stage.wish.sends:
        assert stage.desk.senders() == (stage.wish.sends,)


def check_words(stage: Stage, problem: Problem) -> None:
    """Each property is told of once, and truly; so is what sends."""
    desk, words = stage.desk, problem.message
    names = steps_of(stage)
    has_moved = desk.state() != desk.kept_state()
    assert problem.code != "internal"
    assert words.endswith(".")
    assert problem.hint.endswith(".")
    assert has_moved <= isinstance(problem, Unfinished)
    assert ("Nothing was written." in words) == (not isinstance(problem, Unfinished))
    parts = properties_named(words)
    if isinstance(problem, Unfinished):
        assert sorted(name for part in parts.values() for name in part) == sorted(names)
    for name in parts.get("Written", []):
        assert desk.holds(stage.wish, name), words
    for name in parts.get("Failed", []) + parts.get("Not written", []):
        assert not desk.holds(stage.wish, name), words
    check_senders(desk, words)
    gone = bool(desk.moments[0].senders) and not desk.senders()
    assert gone <= (problem.exit_code == 4)
    assert (problem.exit_code == 4) == isinstance(problem, Outage)
    if isinstance(problem, Outage) and problem.is_known:
        assert gone


def check_senders(desk: Desk, words: str) -> None:
    """What is told of the accounts is so; that none sends is told."""
    before, now = desk.moments[0].senders, desk.senders()
    for name in re.findall(r"(?:Gone back:|[.]) ([\w. ]+?) sends (?:again|now)[.]", words):
        assert now == (name,), words
    if "The active account was not changed." in words:
        assert now == before, words
    if (
        "No SMTP account is active now." in words
        or "No SMTP account is active, as before." in words
    ):
        assert not now, words
    if before and not now:
        assert words.startswith("THE INSTANCE MAY NOT BE SENDING. ") or "PRODUCTION MAY" in words
    for name in re.findall(r"([\w.]+ [\w.]+) (?:is there, inactive|stays inactive)", words):
        assert desk.row(ACCOUNTS, name)["active"] == "false", words


def check_writes(desk: Desk) -> None:
    """No request was sent twice, and nothing is there twice."""
    sent = [(each.method, each.path, each.body) for each in desk.requests if is_write(each)]
    assert len(sent) == len(set(sent))
    for table in (PROPERTIES, ACCOUNTS):
        names = [row["name"] for row in desk.sandbox.rows(table)]
        assert len(names) == len(set(names))


def check_secrets(stage: Stage, outcome: SaveResult | Problem) -> None:
    """A password went in one request of its own, and is told to nobody."""
    if secret := stage.wish.password:
        carrying = [each for each in stage.desk.requests if secret in f"{each.body!r} {each.query}"]
        assert len(carrying) <= 1
        for each in carrying:
            assert list(json.loads(each.body)) in (["value"], ["password"])
            assert each.query["sysparm_input_display_value"] == "true"
            assert each.headers["x-no-response-body"] == "true"
        words = getattr(outcome, "message", "") + getattr(outcome, "hint", "")
        assert secret not in f"{outcome!r} {words}"


def check_moments(desk: Desk, wish: Wish) -> None:
    """At no moment do two accounts send, or does mail go out before what holds it in."""
    for moment in desk.moments:
        assert len(moment.senders) < 2
        if "sending_enabled" in wish.texts and moment.sending == "true":
            assert moment.recipients == wish.texts.get("test_recipients", moment.recipients)
            assert moment.senders == ((wish.sends,) if wish.sends else ())
        if wish.texts.get("test_recipients") == "" and not moment.recipients:
            assert moment.senders == (wish.sends,)


def check_again(stage: Stage, outcome: SaveResult | Problem) -> None:
    """The same once more comes to what is wanted."""
    desk = stage.desk
    state = json.dumps(
        [
            sorted(
                json.dumps({k: v for k, v in row.items() if not k.startswith("sys_")})
                for row in rows
            )
            for rows in desk.state().values()
        ]
    )
    if isinstance(outcome, Problem) and state not in stage.finished:
        stage.finished.add(state)
        desk.sandbox.faults.clear()
        desk.watch()
        desk.apply_again(stage.wish)
        assert [name for name in stage.wish.rows if not desk.holds(stage.wish, name)] == []
        if stage.wish.sends:
            assert desk.senders() == (stage.wish.sends,)
        check_writes(desk)
        check_moments(desk, stage.wish)
