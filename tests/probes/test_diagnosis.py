"""The whole diagnosis, on a draft."""

import asyncio
from typing import Any

import pytest

from tests.probes import authorities
from tests.probes.bench import NONE, Case, diagnose
from tests.probes.faults import HOST, PASSWORD, USER, Script, Seen, pop3, serving
from tui.credentials.secret import Secret
from tui.probes.diagnosis import ServerDiagnosis, incoming_of, outgoing_of, probe
from tui.probes.server_spec import ProbeOptions, ServerSpec
from tui.probes.stage import Stage, StageResult
from tui.settings.draft import Draft, Parsed, parse
from tui.settings.snapshot import Snapshot
from tui.settings.values import SecretState

BASE: dict[str, Any] = {
    "server": HOST,
    "security": "starttls",
    "user": USER,
    "authenticate": True,
    "password": SecretState.KEPT,
    "pop3_security": "starttls",
}
SECRETS = {"password": Secret(PASSWORD)}


def parsed(**changed: Any) -> Parsed:
    """A draft with these texts in it."""
    values = {name: value for name, value in BASE.items() if name not in changed}
    draft = Draft(Snapshot({k: v for k, v in values.items() if isinstance(v, SecretState)}))
    for name, value in (values | changed).items():
        if isinstance(value, SecretState):
            draft = Draft(Snapshot({**draft.base.values, name: value}), draft.texts)
        else:
            draft = draft.edit(name, "true" if value is True else str(value))
    return parse(draft)


def probed(
    outgoing: Script, incoming: Script, secrets: dict[str, Secret] | None = None, **changed: Any
) -> tuple[ServerDiagnosis, list[tuple[str, Stage]], Seen, Seen]:
    told: list[tuple[str, Stage]] = []
    flags = {key: changed.pop(key) for key in ("smtp", "pop3") if key in changed}
    with serving(outgoing) as smtp, serving(incoming) as reader:
        changed = {"port": smtp.port, "pop3_port": reader.port} | changed
        options = ProbeOptions(ca_file=authorities.trusted(), deadline=20)
        found = asyncio.run(
            probe(
                parsed(**changed),
                SECRETS if secrets is None else secrets,
                options,
                lambda part, stage: told.append((part, stage)),
                **flags,
            )
        )
    return found, told, smtp, reader


def last(stages: tuple[Stage, ...], name: str) -> Stage:
    return next(stage for stage in stages if stage.name == name)


def test_both_pass_on_a_draft() -> None:
    found, told, smtp, reader = probed(Script(), pop3())
    assert found.passed
    assert found.not_tested == ()
    assert found.vantage.startswith("from ")
    assert [stage for part, stage in told if part == "smtp"] == list(found.smtp)
    assert [stage for part, stage in told if part == "pop3"] == list(found.pop3)
    assert last(found.smtp, "login").verdict is StageResult.PASSED
    assert last(found.pop3, "login").verdict is StageResult.PASSED
    assert (smtp.logins, reader.logins) == (1, 1)
    assert b"USER canary-user\r\n" in reader.secure
    assert PASSWORD not in repr(found)
    assert "> STLS" in found.transcript


def test_a_password_that_was_refused_is_not_tried_again() -> None:
    found, _, smtp, reader = probed(Script(password="another"), pop3())
    assert not found.passed
    assert last(found.pop3, "login").code == "pop3.login.just-refused"
    assert last(found.pop3, "login").verdict is StageResult.SKIPPED
    assert (smtp.logins, reader.logins) == (1, 0)


def test_another_password_is_tried_and_the_same_typed_twice_is_not() -> None:
    for text, logins in (("another one", 1), (PASSWORD, 0)):
        secrets = {**SECRETS, "pop3_password": Secret(text)}
        found, _, _, reader = probed(
            Script(password="another"),
            pop3(password="another one"),
            secrets,
            pop3_password=SecretState.KEPT,
        )
        assert reader.logins == logins
        assert last(found.pop3, "login").verdict == ("passed" if logins else "skipped")


def test_a_temporary_refusal_says_nothing_of_the_password() -> None:
    found, _, _, reader = probed(Script(answers={"AUTH": b"454 4.7.0 later\r\n"}), pop3())
    assert reader.logins == 1
    assert last(found.pop3, "login").verdict is StageResult.PASSED


def test_a_pop3_password_of_its_own_is_not_replaced_by_the_outgoing_one() -> None:
    for state in (SecretState.KEPT, SecretState.UNKNOWN, SecretState.NOT_KEPT):
        found = incoming_of(parsed(pop3_password=state), SECRETS)
        assert isinstance(found, ServerSpec)
        assert found.password is None
    found = incoming_of(parsed(), SECRETS)
    assert isinstance(found, ServerSpec)
    assert found.password is SECRETS["password"]


def test_the_incoming_server_is_derived() -> None:
    found = incoming_of(parsed(server="mail.example", pop3_security=""), {})
    assert isinstance(found, ServerSpec)
    assert (found.server, found.port, found.security) == ("mail.example", 110, NONE)
    assert (found.user, found.authenticate, found.password) == ("canary-user", True, None)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"server": ""}, "there is no outgoing mail server"),
        ({"server": "not a host"}, "Outgoing mail server has no valid value"),
        ({"port": "99999"}, "Port has no valid value"),
        ({"security": "maybe"}, "Security has no valid value"),
        ({"authenticate": "perhaps"}, "Authenticate has no valid value"),
    ],
)
def test_what_cannot_be_tested_outgoing(changed: dict[str, str], words: str) -> None:
    found = outgoing_of(parsed(**changed), SECRETS)
    assert isinstance(found, str)
    assert words in found


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"server": ""}, "there is no incoming mail server"),
        ({"server": "not a host"}, "Outgoing mail server has no valid value"),
        ({"pop3_server": "not a host"}, "POP3 server has no valid value"),
        ({"pop3_port": "0"}, "POP3 port has no valid value"),
    ],
)
def test_what_cannot_be_tested_incoming(changed: dict[str, str], words: str) -> None:
    found = incoming_of(parsed(**changed), SECRETS)
    assert isinstance(found, str)
    assert words in found


def test_nothing_tested_is_no_success() -> None:
    found, told, _, _ = probed(Script(), pop3(), server="")
    assert not found.passed
    assert len(found.not_tested) == 2
    assert (found.smtp, found.pop3, told) == ((), (), [])
    found, _, smtp, reader = probed(Script(), pop3(), smtp=False, pop3=False)
    assert not found.passed
    assert (smtp.connections, reader.connections) == (0, 0)
    assert not ServerDiagnosis("", (), (), (), ()).passed


def test_one_part_alone() -> None:
    found, _, smtp, reader = probed(Script(), pop3(), smtp=False)
    assert found.passed
    assert found.not_tested == ("SMTP was not asked for.",)
    assert (smtp.connections, reader.connections) == (0, 1)


SKIPS: list[tuple[Case, str, str]] = [
    (Case(wanted={"password": None}), "login.no-password", "sender.no-login"),
    (Case(wanted={"password": Secret("")}), "login.no-password", "sender.no-login"),
    (Case(wanted={"user": ""}), "login.no-user", "sender.no-login"),
    (Case(options={"login": False}), "login.not-asked", "sender.no-login"),
    (Case(security=NONE), "login.in-clear", "sender.no-login"),
    (Case(wanted={"authenticate": False}), "login.not-wanted", "sender.accepted"),
    (
        Case(wanted={"authenticate": False, "user": "apikey"}),
        "auth.not-wanted",
        "sender.no-address",
    ),
    (Case(script=pop3(), wanted={"password": None}), "login.no-password", ""),
    (Case(script=pop3(), security=NONE), "login.in-clear", ""),
    (Case(script=pop3(), options={"login": False}), "login.not-asked", ""),
]


@pytest.mark.parametrize(("case", "login", "sender"), SKIPS)
def test_what_is_skipped_says_why_and_is_no_success(case: Case, login: str, sender: str) -> None:
    found = diagnose(case)
    assert found.first_flaw is None
    stage = found[login.split(".")[0]]
    assert stage.code.endswith(login)
    assert stage.verdict is StageResult.SKIPPED
    assert stage.message.endswith(".")
    assert found.seen.logins == 0
    if sender:
        assert found["sender"].code.endswith(sender)
        assert found["recipient"].code == "smtp.recipient.none-given"


def test_a_recipient_is_asked_about_and_taken_back() -> None:
    case = Case(options={"recipient": "jürgen@mail.example"})
    utf8 = ("SIZE 1000000", "AUTH PLAIN", "SMTPUTF8")
    found = diagnose(Case(script=Script(in_tls=utf8), options=case.options))
    assert found["recipient"].verdict is StageResult.PASSED
    asked = [verb for verb in found.seen.verbs if verb in ("MAIL", "RCPT", "RSET", "QUIT", "DATA")]
    assert asked == ["MAIL", "RCPT", "RSET", "QUIT"]
    sent = bytes(found.seen.secure).decode()
    assert f"MAIL FROM:<{USER}> SIZE=10000 SMTPUTF8\r\n" in sent
    assert "RCPT TO:<jürgen@mail.example>\r\n" in sent
    assert diagnose(case)["recipient"].code == "smtp.recipient.needs-utf8"


def test_a_domain_beyond_ascii_needs_no_extension() -> None:
    found = diagnose(Case(wanted={"sender": "info@bücher.example"}))
    assert found["sender"].verdict is StageResult.PASSED
    assert b"MAIL FROM:<info@xn--bcher-kva.example>" in found.seen.secure


def test_a_password_beyond_ascii_is_said_where_it_may_matter() -> None:
    for script in (Script(password="another"), pop3(password="another")):
        assert "beyond ASCII" in diagnose(Case(script=script))["login"].hint
