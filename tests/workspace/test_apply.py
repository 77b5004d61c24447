"""A plan is carried out only once all is settled, and in an order that loses nothing."""

import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.cli.house import House, read_tree
from tests.programs import require
from tests.storage.fakes import use_home
from tests.workspace.fakes import HOST, FakeInstance, make_instance_session
from tui.coroutines import run_without_loop
from tui.credentials.keyring import Keyring
from tui.credentials.secret import Secret
from tui.errors import Problem, Refusal
from tui.settings.preconditions import Condition
from tui.settings.review import Review
from tui.settings.values import Environment, SecretState, Value
from tui.storage.profile import Keep, Profile
from tui.storage.records import load_attestations
from tui.targets.target import stale_refusal
from tui.workspace.apply import (
    ApplyResult,
    apply,
    attest,
    current_user,
    find_unsettled,
    refuse_errors,
)
from tui.workspace.session import Session, open_session

NAMELESS = 54321
"""A user that no list of users names."""
CANARY = "c4nary-in-the-mine"
SERVER: Mapping[str, str] = {"server": "mail.corp.example", "user": "a@corp.example"}
BEFORE = '# ours\ndisplay_name = "Help"  # short\n'


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    house = use_home(tmp_path, monkeypatch)
    house.write(BEFORE)
    return house


def opened(
    here: House,
    environment: Environment | None = Environment.NON_PRODUCTION,
    keep: Keep = Keep.NOTHING,
) -> Session:
    return run_without_loop(open_session(Profile("default", here.settings, environment, keep)))


def review(session: Session, texts: Mapping[str, str], password: str = "") -> Review:
    """The review of those texts, and of a password if there is one."""
    draft = session.draft
    for name, text in texts.items():
        draft = draft.edit(name, text)
    if password:
        draft = draft.type_secret("password", Secret(password))
    return session.review(draft)


def carried_out(
    session: Session,
    texts: Mapping[str, str],
    password: str = "",
    confirmed: tuple[str, ...] = (),
) -> ApplyResult:
    """Carries texts out, with every precondition attested."""
    bare = review(session, texts, password)
    words = attest(bare, [each.condition for each in bare.open_preconditions], "anna")
    session = replace(session, attestations=tuple(words))
    return run_without_loop(apply(session, review(session, texts, password), confirmed, words))


def fails(here: House, action: Callable[[], object]) -> Problem:
    """The problem that an action ends in, which leaves every file as it was."""
    before = read_tree(here.root)
    with pytest.raises(Problem) as raised:
        action()
    assert read_tree(here.root) == before
    return raised.value


# Reasons against it


def test_an_error_in_what_changes_is_refused(here: House) -> None:
    session = opened(here)
    wrong = review(session, {"port": "0", "display_name": "Desk"})
    problem = fails(here, lambda: run_without_loop(apply(session, wrong)))
    assert (problem.code, problem.exit_code) == ("plan.errors", 1)
    assert not isinstance(problem, Refusal)
    assert "port: Enter a port from 1 to 65535." in problem.message
    assert "Nothing was written." in problem.hint


def test_an_error_that_was_there_before_does_not_stand_in_the_way_of_another_change(
    here: House,
) -> None:
    here.write("port = 0\n")
    carried_out(opened(here), {"display_name": "Desk"})
    assert here.settings.read_text() == 'port = 0\ndisplay_name = "Desk"\n'


def test_open_preconditions_are_refused_by_name(here: House) -> None:
    target = FakeInstance()
    session = make_instance_session(target, values={"authenticate": False})
    problem = fails(
        here, lambda: run_without_loop(apply(session, review(session, SERVER), [HOST, "default"]))
    )
    assert isinstance(problem, Refusal)
    assert (problem.code, problem.exit_code) == ("preconditions.open", 5)
    for condition in set(Condition) - {Condition.PASSWORD_KNOWN}:
        assert condition in problem.message
    assert Condition.PASSWORD_KNOWN not in problem.message
    assert "Nothing was written." in problem.message
    assert target.plans == []


def test_one_open_precondition_is_enough(here: House) -> None:
    session = make_instance_session(FakeInstance())
    conditions = [each for each in Condition if each is not Condition.EXPECTED]
    words = attest(review(session, SERVER), conditions, "anna")
    session = replace(session, attestations=tuple(words))
    problem = fails(
        here, lambda: run_without_loop(apply(session, review(session, SERVER), (), words))
    )
    assert problem.message == "Not verified or attested: expected. Nothing was written."


@pytest.mark.parametrize("confirmed", [(), ("production",), ("default",), ("mail.corp.example",)])
@pytest.mark.parametrize("environment", [None, Environment.PRODUCTION])
def test_a_missing_confirmation_is_refused_on_an_instance_that_counts_as_production(
    here: House, environment: Environment | None, confirmed: tuple[str, ...]
) -> None:
    target = FakeInstance()
    session = make_instance_session(target, environment)
    problem = fails(
        here, lambda: carried_out(session, {"display_name": "Desk"}, confirmed=confirmed)
    )
    assert isinstance(problem, Refusal)
    assert (problem.code, problem.exit_code) == ("confirmation.missing", 5)
    assert "Nothing was written." in problem.message
    assert problem.hint == "Fix that first."
    assert target.plans == []


def test_every_confirmation_is_needed_and_those_that_miss_are_told(here: House) -> None:
    target = FakeInstance()
    base: dict[str, Value] = {"server": "old.corp.example", "password": SecretState.UNKNOWN}
    session = make_instance_session(target, Environment.PRODUCTION, base)
    moving = {"server": "new.corp.example"}
    for confirmed, missing in (
        ((), [HOST, "new.corp.example"]),
        ((HOST,), ["new.corp.example"]),
        (("new.corp.example",), [HOST]),
    ):
        fails(here, partial(carried_out, session, moving, confirmed=confirmed))
        found = find_unsettled(review(session, moving), confirmed).confirmations
        assert [each.word for each in found] == missing
    assert target.plans == []
    carried_out(session, moving, confirmed=("new.corp.example", HOST))
    assert len(target.plans) == 1


@pytest.mark.parametrize("environment", [None, *Environment])
def test_a_local_file_is_saved_without_an_attestation_or_a_typed_word(
    here: House, environment: Environment | None
) -> None:
    here.write('server = "relay.service-now.com"\npassword = "kept"\n')
    session = opened(here, environment)
    session = replace(
        session, reading=run_without_loop(session.target.read())
    )  # as if it were found
    moving = review(session, SERVER)
    assert not find_unsettled(moving, ())
    assert "secret.new-host" in {each.code for each in moving.plan.side_effects}
    run_without_loop(apply(session, moving))
    assert 'server = "mail.corp.example"\n' in here.settings.read_text()
    assert not here.attestations.exists()


def test_what_is_settled_is_refused_by_nobody(here: House) -> None:
    settled = review(opened(here), {"display_name": "Desk"})
    refuse_errors(settled)
    assert not find_unsettled(settled, ())


def test_a_value_that_moved_meanwhile_is_refused(here: House) -> None:
    session = opened(here)
    here.write('display_name = "theirs"\n')
    problem = fails(here, lambda: carried_out(session, {"display_name": "mine"}))
    assert (problem.code, problem.exit_code) == ("target.stale", 5)


# What is done


def test_a_plan_is_carried_out(here: House) -> None:
    done = carried_out(opened(here), {"display_name": "Desk"})
    assert here.settings.read_text() == '# ours\ndisplay_name = "Desk"  # short\n'
    assert (done.written.where, done.kept) == (str(here.settings), {})
    assert Path(done.written.previous).read_text() == BEFORE
    assert not here.attestations.exists()


def test_what_was_attested_is_remembered_for_the_server_port_and_user_of_the_draft(
    here: House,
) -> None:
    earliest = datetime.now().astimezone() - timedelta(seconds=1)
    carried_out(make_instance_session(FakeInstance()), SERVER)
    words = load_attestations("default")
    assert {each.condition for each in words} == set(Condition)
    for word in words:
        assert (word.server, word.user, word.who) == (*SERVER.values(), "anna")
        assert word.port == 25
        assert earliest <= word.when <= datetime.now().astimezone()
    target = FakeInstance()
    session = make_instance_session(target, values=SERVER)
    run_without_loop(apply(session, review(session, {"security": "starttls"})))
    assert [each.property for each in target.plans[0].changes] == ["security"]
    moved = review(session, {"port": "2525"})
    assert Condition.REACHABLE in {each.condition for each in moved.open_preconditions}


def test_attestations_are_remembered_before_anything_is_written(here: House) -> None:
    target = FakeInstance()
    session = make_instance_session(target)
    here.write("attestation = 1\n", here.attestations)
    problem = fails(here, lambda: carried_out(session, SERVER))
    assert problem.code == "attestations.broken"
    assert problem.message.endswith("The settings were not saved either.")
    assert target.plans == []


def test_attestations_stay_where_the_write_fails_after_them(here: House) -> None:
    session = make_instance_session(FakeInstance(problem=stale_refusal("It has changed.")))
    with pytest.raises(Refusal, match=r"target\.stale"):
        carried_out(session, SERVER)
    assert load_attestations("default") != ()


def test_a_user_without_a_name_attests_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.getuid", lambda: NAMELESS)
    monkeypatch.delenv("SUDO_USER", raising=False)
    assert current_user() == f"uid {NAMELESS}"
    for name, shown in (("\x1b[2J\u202e", "^[[2J\\u{202e}"), ("\udcff", "\\u{dcff}")):
        monkeypatch.setenv("SUDO_USER", name)
        assert current_user() == f"uid {NAMELESS} (sudo by {shown})"


# Secrets


def test_a_secret_is_kept_nowhere_where_the_profile_keeps_nothing(here: House) -> None:
    done = carried_out(opened(here), {}, CANARY)
    assert done.kept == {"password": ""}
    assert opened(here).snapshot.value("password") is SecretState.NOT_KEPT
    assert all(CANARY.encode() not in data for data in read_tree(here.root).values())
    cleared = carried_out(opened(here), {"password": ""})
    assert cleared.kept == {"password": ""}
    assert 'password = ""\n' in here.settings.read_text()


@pytest.mark.parametrize(
    ("texts", "password"), [({}, CANARY), (SERVER, CANARY), ({"password": ""}, "")]
)
def test_a_keyring_that_cannot_be_used_keeps_everything_from_being_written(
    here: House, texts: Mapping[str, str], password: str
) -> None:
    here.write('pop3_server = "pop.corp.example"\npassword = "kept"\n')
    session = opened(here, keep=Keep.KEYRING)
    problem = fails(here, lambda: carried_out(session, texts, password))
    assert problem.code == "keyring.unavailable"
    assert CANARY not in problem.message + problem.hint
    assert not here.attestations.exists()


def test_a_keyring_is_not_asked_for_a_change_without_secrets(here: House) -> None:
    carried_out(opened(here, keep=Keep.KEYRING), {"display_name": "Desk"})
    assert "Desk" in here.settings.read_text()


@pytest.fixture
def keyring(here: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Keyring]:
    """An unlocked gnome-keyring on a bus of its own."""
    runtime = here.root / "run"
    runtime.mkdir(0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    bus = [require("dbus-daemon", package="dbus"), "--session", "--nofork", "--print-address=1"]
    program = require("gnome-keyring-daemon", package="gnome-keyring")
    with subprocess.Popen(bus, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as daemon:
        assert daemon.stdout is not None
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", daemon.stdout.readline().decode().strip())
        try:
            subprocess.run(
                [program, "--unlock", "--components=secrets"],
                input=b"login",
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=True,
            )
            yield Keyring()
        finally:
            daemon.terminate()


def test_a_secret_is_kept_in_the_keyring_and_forgotten_when_it_is_cleared(
    here: House, keyring: Keyring
) -> None:
    done = carried_out(opened(here, keep=Keep.KEYRING), {}, CANARY)
    assert done.kept == {"password": "SecretService"}
    assert 'password = "kept"\n' in here.settings.read_text()
    kept = keyring.get("default", "password")
    assert kept is not None
    assert kept.reveal() == CANARY
    session = opened(here, keep=Keep.KEYRING)
    assert session.snapshot.value("password") is SecretState.KEPT
    assert session.snapshot.findings == ()
    assert carried_out(session, {"password": ""}).kept == {"password": ""}
    assert not keyring.has("default", "password")
    assert 'password = ""\n' in here.settings.read_text()


def test_a_secret_that_was_kept_and_is_gone_counts_as_not_kept(
    here: House, keyring: Keyring
) -> None:
    carried_out(opened(here, keep=Keep.KEYRING), {}, CANARY)
    keyring.forget("default", "password")
    snapshot = opened(here, keep=Keep.KEYRING).snapshot
    assert snapshot.value("password") is SecretState.NOT_KEPT
    assert snapshot.findings == ()


def test_a_secret_that_the_keyring_does_not_take_is_told_with_what_was_saved(
    here: House, keyring: Keyring
) -> None:
    session = opened(here, keep=Keep.KEYRING)
    with pytest.raises(Problem) as raised:
        carried_out(session, {}, f"{CANARY}\udcff")
    problem = raised.value
    assert (problem.code, problem.exit_code) == ("keyring.refused", 1)
    assert problem.message.startswith(f"The settings were saved to {here.settings}, but password ")
    assert CANARY not in problem.message + problem.hint
    assert not keyring.has("default", "password")
    snapshot = opened(here, keep=Keep.KEYRING).snapshot
    assert snapshot.value("password") is SecretState.NOT_KEPT
