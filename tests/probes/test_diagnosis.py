"""The whole diagnosis, on a draft."""

import asyncio
from typing import Any

import pytest

from tests.probes.factories import NONE
from tests.probes.mail_server import HOST, PASSWORD, USER, Script, Traffic, pop3_script, serve
from tests.probes.net.factories import trusted_file
from tui.credentials.secret import Secret
from tui.probes.diagnosis import ServerDiagnosis, incoming_spec, outgoing_spec, probe
from tui.probes.server_spec import ProbeOptions, ServerSpec
from tui.probes.stage import Stage, StageResult
from tui.settings.draft import Draft, ParsedDraft, parse
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


def parse_draft(**changed: Any) -> ParsedDraft:
    """Return the values of a draft with these texts."""
    values = {name: value for name, value in BASE.items() if name not in changed}
    draft = Draft(Snapshot({k: v for k, v in values.items() if isinstance(v, SecretState)}))
    for name, value in (values | changed).items():
        if isinstance(value, SecretState):
            draft = Draft(Snapshot({**draft.base.values, name: value}), draft.texts)
        else:
            draft = draft.edit(name, "true" if value is True else str(value))
    return parse(draft)


def probe_both(
    outgoing: Script, incoming: Script, secrets: dict[str, Secret] | None = None, **changed: Any
) -> tuple[ServerDiagnosis, list[tuple[str, Stage]], Traffic, Traffic]:
    reported: list[tuple[str, Stage]] = []
    flags = {key: changed.pop(key) for key in ("smtp", "pop3") if key in changed}
    with serve(outgoing) as smtp, serve(incoming) as reader:
        changed = {"port": smtp.port, "pop3_port": reader.port} | changed
        options = ProbeOptions(ca_file=trusted_file(), deadline=20)
        found = asyncio.run(
            probe(
                parse_draft(**changed),
                SECRETS if secrets is None else secrets,
                options,
                lambda part, stage: reported.append((part, stage)),
                **flags,
            )
        )
    return found, reported, smtp, reader


def find_stage(stages: tuple[Stage, ...], name: str) -> Stage:
    return next(stage for stage in stages if stage.name == name)


def test_both_pass_on_a_draft() -> None:
    found, reported, smtp, reader = probe_both(Script(), pop3_script())
    assert found.passed
    assert found.not_tested == {}
    assert found.vantage.startswith("from ")
    assert [stage for part, stage in reported if part == "smtp"] == list(found.smtp)
    assert [stage for part, stage in reported if part == "pop3"] == list(found.pop3)
    assert find_stage(found.smtp, "login").result is StageResult.PASSED
    assert find_stage(found.pop3, "login").result is StageResult.PASSED
    assert (smtp.logins, reader.logins) == (1, 1)
    assert b"USER canary-user\r\n" in reader.secure
    assert PASSWORD not in repr(found)
    assert "> STLS" in found.transcript


def test_a_password_that_was_refused_is_not_tried_again() -> None:
    found, _, smtp, reader = probe_both(Script(password="another"), pop3_script())
    assert not found.passed
    assert find_stage(found.pop3, "login").code == "pop3.login.just-refused"
    assert find_stage(found.pop3, "login").result is StageResult.SKIPPED
    assert (smtp.logins, reader.logins) == (1, 0)


def test_another_password_is_tried_and_the_same_typed_twice_is_not() -> None:
    for text, logins in (("another one", 1), (PASSWORD, 0)):
        secrets = {**SECRETS, "pop3_password": Secret(text)}
        found, _, _, reader = probe_both(
            Script(password="another"),
            pop3_script(password="another one"),
            secrets,
            pop3_password=SecretState.KEPT,
        )
        assert reader.logins == logins
        assert find_stage(found.pop3, "login").result == ("passed" if logins else "skipped")


def test_a_temporary_refusal_says_nothing_of_the_password() -> None:
    found, _, _, reader = probe_both(
        Script(answers={"AUTH": b"454 4.7.0 later\r\n"}), pop3_script()
    )
    assert reader.logins == 1
    assert find_stage(found.pop3, "login").result is StageResult.PASSED


def test_a_pop3_password_of_its_own_is_not_replaced_by_the_outgoing_one() -> None:
    for state in (SecretState.KEPT, SecretState.UNKNOWN, SecretState.NOT_KEPT):
        found = incoming_spec(parse_draft(pop3_password=state), SECRETS)
        assert isinstance(found, ServerSpec)
        assert found.password is None
    found = incoming_spec(parse_draft(), SECRETS)
    assert isinstance(found, ServerSpec)
    assert found.password is SECRETS["password"]


def test_the_incoming_server_is_derived() -> None:
    found = incoming_spec(parse_draft(server="mail.example", pop3_security=""), {})
    assert isinstance(found, ServerSpec)
    assert (found.server, found.port, found.security) == ("mail.example", 110, NONE)
    assert (found.user, found.authenticate, found.password) == ("canary-user", True, None)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"server": ""}, "there is no outgoing mail server"),
        ({"server": "not a host"}, "Mail server is not valid"),
        ({"port": "99999"}, "Port is not valid"),
        ({"security": "maybe"}, "Connection security is not valid"),
        ({"authenticate": "perhaps"}, "Authenticate is not valid"),
    ],
)
def test_what_cannot_be_tested_outgoing(changed: dict[str, str], words: str) -> None:
    found = outgoing_spec(parse_draft(**changed), SECRETS)
    assert isinstance(found, str)
    assert words in found


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"server": ""}, "there is no incoming mail server"),
        ({"server": "not a host"}, "Mail server is not valid"),
        ({"pop3_server": "not a host"}, "POP3 server is not valid"),
        ({"pop3_port": "0"}, "POP3 port is not valid"),
    ],
)
def test_what_cannot_be_tested_incoming(changed: dict[str, str], words: str) -> None:
    found = incoming_spec(parse_draft(**changed), SECRETS)
    assert isinstance(found, str)
    assert words in found


def test_nothing_tested_is_no_success() -> None:
    found, reported, _, _ = probe_both(Script(), pop3_script(), server="")
    assert not found.passed
    assert len(found.not_tested) == 2
    assert (found.smtp, found.pop3, reported) == ((), (), [])
    found, _, smtp, reader = probe_both(Script(), pop3_script(), smtp=False, pop3=False)
    assert not found.passed
    assert (smtp.connections, reader.connections) == (0, 0)
    assert not ServerDiagnosis("", (), (), {}, ()).passed


def test_one_part_alone() -> None:
    found, _, smtp, reader = probe_both(Script(), pop3_script(), smtp=False)
    assert found.passed
    assert found.not_tested == {"smtp": "SMTP was not asked for."}
    assert (smtp.connections, reader.connections) == (0, 1)


@pytest.mark.parametrize(
    ("changed", "sender"),
    [
        ({}, ""),
        ({"from": USER}, ""),
        ({"from": "desk@corp.example"}, "desk@corp.example"),
        ({"user": "apikey", "from": USER}, USER),
    ],
)
def test_the_sender_is_from_where_that_is_another_address(
    changed: dict[str, Any], sender: str
) -> None:
    found = outgoing_spec(parse_draft(**changed), SECRETS)
    assert isinstance(found, ServerSpec)
    assert found.sender == sender


def test_a_from_that_does_not_parse_is_not_tried() -> None:
    broken = outgoing_spec(parse_draft(**{"from": " a@b.example"}), SECRETS)
    assert broken == "SMTP was not tested: From is not valid."
