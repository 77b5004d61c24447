"""What of a probe is remembered, and which logins it would try."""

import asyncio
import sys
from pathlib import Path

import pytest

from tests.probes.mail_server import HOST, PASSWORD, USER, Script, pop3_script, serve
from tests.probes.net.factories import trusted_file
from tests.storage.fakes import use_home
from tests.workspace.fakes import FakeInstance, make_instance_session
from tui.coroutines import run_without_loop
from tui.credentials.secret import Secret
from tui.errors import Problem
from tui.presentation.probe_report import report_lines
from tui.probes.server_spec import ProbeOptions
from tui.probes.stage import Stage, StageResult
from tui.settings.draft import Draft
from tui.settings.snapshot import Snapshot
from tui.storage.profile import Keep, Profile
from tui.storage.records import load_attestations
from tui.workspace.diagnose import (
    Diagnosis,
    Login,
    diagnose,
    find_logins,
    is_rejected_login,
    known_secrets,
    record_evidence,
    vantage,
)
from tui.workspace.session import Session, open_session

FULL = {
    "server": "mail.example",
    "user": "helpdesk@corp.example",
    "authenticate": "yes",
    "port": "587",
}


def draft(**texts: str) -> Draft:
    made = Draft(Snapshot({}))
    for name, text in (FULL | texts).items():
        made = made.edit(name, text)
    return made


def stage(kind: str, result: StageResult = StageResult.FAILED, name: str = "login") -> Stage:
    return Stage(protocol="smtp", name=name, result=result, kind=kind, message="")


def test_the_logins_are_those_of_the_draft_with_what_follows_from_it() -> None:
    found = find_logins(draft(), {"password": Secret("a")})
    assert {part: (each.server, each.user) for part, each in found.items()} == {
        "smtp": ("mail.example", "helpdesk@corp.example"),
        "pop3": ("mail.example", "helpdesk"),
    }
    assert find_logins(draft(), {}) == {}
    assert set(find_logins(draft(authenticate="no"), {"password": Secret("a")})) == {"pop3"}
    assert find_logins(draft(server=""), {"password": Secret("a")}) == {}


def test_pop3_takes_its_own_password() -> None:
    found = find_logins(draft(), {"password": Secret("a"), "pop3_password": Secret("b")})
    assert [each.password.reveal() for each in found.values()] == ["a", "b"]


@pytest.mark.parametrize(
    ("server", "user", "password", "alike"),
    [
        ("MAIL.example", "a@b.example", "p", True),
        ("mail.example", "A", "p", True),
        ("mail.example", "b@b.example", "p", False),
        ("mail.example", "a@b.example", "P", False),
        ("other.example", "a@b.example", "p", False),
    ],
)
def test_a_login_is_like_another_at_the_same_server_for_the_same_account(
    server: str, user: str, password: str, alike: bool
) -> None:
    first = Login("mail.example", "a@b.example", Secret("p"))
    assert first.is_like(Login(server, user, Secret(password))) is alike


@pytest.mark.parametrize(
    "kind", ["password", "unknown", "locked", "app-password", "login-disabled"]
)
def test_what_a_server_has_judged_is_a_refusal(kind: str) -> None:
    assert is_rejected_login(stage(kind))


@pytest.mark.parametrize(
    "other",
    [
        stage("temporary"),
        stage("tls-required"),
        stage("mechanism"),
        stage("just-refused", StageResult.SKIPPED),
        stage("accepted", StageResult.PASSED),
        stage("password", name="sender"),
    ],
)
def test_whatever_says_nothing_of_the_password_is_none(other: Stage) -> None:
    assert not is_rejected_login(other)


def raise_error(*_: object, **__: object) -> None:
    raise RuntimeError("what came from outside")


@pytest.mark.parametrize(
    ("broken", "codes"),
    [
        ("dns.asyncresolver.Resolver", ["sender.domain.fault"]),
        ("tui.probes.sender.sender_checks.Resolver", ["sender.domain.fault"]),
        ("tui.probes.sender.sender_checks.domain_of", ["sender.domain.fault"]),
        ("tui.probes.sender.sender_checks.check_sender_domain", ["sender.domain.fault"]),
        (
            "tui.probes.sender.resolver.Resolver.query",
            [
                *("sender.login.same", "sender.domain.fault", "sender.spf.fault"),
                *("sender.dmarc.fault", "sender.dkim.unknown"),
            ],
        ),
    ],
)
def test_whatever_fails_about_the_sender_the_results_of_the_servers_are_kept(
    broken: str, codes: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(broken, raise_error)
    found, reported = diagnose_sender(tmp_path)
    assert [each.code for each in found.sender] == codes
    for each in found.sender:
        if each.code.endswith(".fault"):
            assert each.result is StageResult.SKIPPED
            assert "RuntimeError" in each.message
            assert "outside" not in each.message
    assert list(found.servers.smtp) == reported
    assert found.servers.passed
    lines = " ".join(report_lines(found, 200))
    assert "accepted the login" in lines
    assert lines.endswith("No tested stage failed. Not done: recipient.")


def test_a_part_that_cannot_be_loaded_is_its_own_outcome(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "tui.probes.sender.sender_checks", None)
    found, _ = diagnose_sender(tmp_path)
    assert [each.code for each in found.sender] == ["sender.domain.fault"]
    assert found.servers.passed


def test_a_cancellation_ends_the_checks_of_the_sender(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def cancel(**_: object) -> None:
        raise asyncio.CancelledError

    monkeypatch.setattr("tui.probes.sender.sender_checks.check_sender_domain", cancel)
    with pytest.raises(asyncio.CancelledError):
        diagnose_sender(tmp_path)


def test_a_fault_in_one_protocol_leaves_the_other(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tui.probes.smtp.smtp_probe.parse_extensions", raise_error)
    monkeypatch.setattr("tui.probes.sender.sender_checks.check_sender_domain", raise_error)
    found, _ = diagnose_sender(tmp_path, pop3=True)
    results = {each.name: (each.result, each.kind) for each in found.servers.smtp}
    assert results["greeting"] == (StageResult.PASSED, "greeted")
    assert results["ehlo"] == (StageResult.FAILED, "fault")
    assert results["login"] == results["tls"] == (StageResult.SKIPPED, "not-reached")
    assert found.servers.pop3[-1].name == "quit"
    assert not found.servers.passed


def diagnose_sender(path: Path, *, pop3: bool = False) -> tuple[Diagnosis, list[Stage]]:
    """Probe a server without fault, and return what was found and which stages were reported."""
    reported: list[Stage] = []
    session = run_without_loop(open_session(Profile("default", path / "settings.toml")))
    options = ProbeOptions(ca_file=trusted_file(), deadline=20.0)
    with serve(Script()) as smtp, serve(pop3_script()) as reader:
        edited = draft(
            server=HOST,
            user=USER,
            port=str(smtp.port),
            security="starttls",
            pop3_port=str(reader.port),
        )
        secrets = {"password": Secret(PASSWORD)}
        found = asyncio.run(
            diagnose(
                session,
                edited,
                options,
                lambda _, stage: reported.append(stage),
                pop3=pop3,
                secrets=secrets,
            )
        )
    return found, reported


def record(session: Session, *stages: Stage, **texts: str) -> list[tuple[str, str, int, str]]:
    """Record what stages show of a draft, and return what is attested then."""
    record_evidence(session, draft(**texts), stages)
    return [
        (each.condition, each.server, each.port, each.user)
        for each in load_attestations(session.profile.name)
    ]


@pytest.mark.parametrize("result", [StageResult.PASSED, StageResult.WARNED])
def test_on_an_instance_an_accepted_login_attests_that_the_password_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, result: StageResult
) -> None:
    use_home(tmp_path, monkeypatch)
    session = make_instance_session(FakeInstance())
    accepted = stage("accepted", result)
    assert record(session, stage("wrong"), stage("greeted", result, "greeting")) == []
    assert record(session, accepted) == [("password-known", FULL["server"], 587, FULL["user"])]
    (word,) = load_attestations("default")
    assert word.who == f"a probe {vantage()}"
    assert len(record(session, accepted, user="other@corp.example")) == 2


def test_for_a_local_file_an_accepted_login_attests_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = use_home(tmp_path, monkeypatch)
    session = run_without_loop(open_session(Profile("default", house.settings)))
    assert record(session, stage("accepted", StageResult.PASSED)) == []
    assert not house.attestations.exists()


def test_a_login_shows_no_password() -> None:
    assert "Canary" not in repr(Login("mail.example", "a", Secret("Canary-77")))
    assert vantage().startswith("from ")


def test_secrets_at_hand_are_those_typed_and_those_a_keyring_keeps(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = []

    class Kept:
        def has(self, profile: str, name: str) -> bool:
            return True

        def get(self, profile: str, name: str) -> Secret | None:
            asked.append((profile, name))
            if name == "pop3_password":
                raise Problem("keyring.locked", "It is locked.", "Unlock it.")
            return Secret("kept")

    for module in ("diagnose", "session"):
        monkeypatch.setattr(f"tui.workspace.{module}.Keyring", Kept)
    path = tmp_path / "settings.toml"
    path.write_text('password = "not kept"\npop3_password = "kept"\n')
    for keep, words in ((Keep.NOTHING, []), (Keep.KEYRING, [("default", "pop3_password")])):
        session = run_without_loop(open_session(Profile("default", path, None, keep)))
        asked.clear()
        assert known_secrets(session, session.draft) == {}
        assert asked == words
    path.write_text('password = "kept"\n')
    session = run_without_loop(open_session(Profile("default", path, None, Keep.KEYRING)))
    assert known_secrets(session, session.draft)["password"].reveal() == "kept"
    typed = session.draft.type_secret("password", Secret("typed"))
    assert known_secrets(session, typed)["password"].reveal() == "typed"
