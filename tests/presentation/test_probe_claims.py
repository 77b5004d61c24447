"""A report says of no stage what only its success would show."""

from collections.abc import Mapping
from functools import cache
from itertools import product

import pytest

from tests.probes.factories import NONE, Case, diagnose
from tests.probes.mail_server import PASSWORD, USER, Script, hang_up, pop3_script
from tests.probes.sender.factories import GOOD, check
from tui.presentation.probe_report import SENDER_TITLE, SETTINGS_TITLE, report_lines
from tui.probes.diagnosis import ServerDiagnosis
from tui.probes.stage import SenderFinding, Stage, StageResult
from tui.workspace.diagnose import Diagnosis

WITH_RECIPIENT = {"recipient": "someone@mail.example"}


def smtp(**script: object) -> Case:
    """Return an SMTP server that is asked about a recipient, too."""
    return Case(script=Script(**script), options=WITH_RECIPIENT)  # type: ignore[arg-type]


def pop3(**script: object) -> Case:
    """Return a POP3 server."""
    return Case(script=pop3_script(**script))


NOWHERE = {"server": "no host"}
# No one listens on the first port.
SMTP: Mapping[str, Case] = {
    "": smtp(),
    "resolve": Case(spec=NOWHERE, options=WITH_RECIPIENT),
    "connect": Case(spec={"port": 1}, options=WITH_RECIPIENT),
    "greeting": smtp(greeting=b"554 no\r\n"),
    "ehlo": smtp(answers={"EHLO": hang_up}),
    "tls": smtp(answers={"STARTTLS": b"454 no\r\n"}),
    "certificate": smtp(certificate="expired"),
    "auth": smtp(in_tls=("SIZE 1000000",)),
    "login": smtp(password="another"),
    "sender": smtp(answers={"MAIL": b"550 5.7.1 no\r\n"}),
    "recipient": smtp(answers={"RCPT": b"550 5.1.1 no\r\n"}),
    "quit": smtp(answers={"QUIT": hang_up}),
    "login, not wanted": Case(spec={"authenticate": False}, options=WITH_RECIPIENT),
    "login, not asked for": Case(options={**WITH_RECIPIENT, "login": False}),
    "login, unencrypted": Case(security=NONE, options=WITH_RECIPIENT),
    "login, without a password": Case(spec={"password": None}, options=WITH_RECIPIENT),
}
POP3: Mapping[str, Case] = {
    "": pop3(),
    "resolve": Case(script=pop3_script(), spec=NOWHERE),
    "connect": Case(script=pop3_script(), spec={"port": 1}),
    "greeting": pop3(greeting=b"-ERR no\r\n"),
    "tls": pop3(answers={"STLS": b"-ERR no\r\n"}),
    "certificate": pop3(certificate="expired"),
    "capabilities": pop3(in_tls=("SASL XOAUTH2",)),
    "login": pop3(password="another"),
    "quit": pop3(answers={"QUIT": hang_up}),
}
CLAIMS: Mapping[str, tuple[str, ...]] = {
    "resolve": ("is an address:",),
    "connect": ("answers (",),
    "greeting": ("greets with 220", "greets with +OK"),
    "ehlo": (" offers SIZE",),
    "tls": ("negotiated", "speaks TLS"),
    "certificate": ("The certificate is for",),
    "auth": ("would be used",),
    "capabilities": ("would be used",),
    "login": ("accepted the login", "logs in", "logged in", "No mail was read"),
    "sender": ("accepts mail from", "None was sent"),
    "recipient": ("accepts mail for",),
    "quit": ("answers QUIT", "took leave", "work was done", "any more"),
}
"""By stage, words that hold only if it has passed."""


@cache
def stages(protocol: str, failing: str) -> tuple[Stage, ...]:
    """Return the stages of a probe in which this one is the first to fail."""
    found = diagnose((SMTP if protocol == "smtp" else POP3)[failing]).outcome.stages
    name, _, is_skipped = failing.partition(",")
    for each in found:
        if each.name == name:
            assert (each.result is StageResult.SKIPPED) is bool(is_skipped), each
            break
        assert each.result in (StageResult.PASSED, StageResult.SKIPPED), each
    return found


@cache
def sender(user: str, sender: str) -> tuple[SenderFinding, ...]:
    """Return the findings about a sender whose domain is in order."""
    return tuple(check(GOOD, user=user, sender=sender).values())


def report(smtp: str, pop3: str, finding: tuple[SenderFinding, ...]) -> str:
    """Return a report as one line."""
    servers = ServerDiagnosis("from here", stages("smtp", smtp), stages("pop3", pop3), {}, ())
    return " ".join(" ".join(report_lines(Diagnosis(servers, finding), 500)).split())


def claims_in(protocol: str, text: str) -> set[str]:
    """Return the stages whose success a text claims."""
    names = {each.name for each in stages(protocol, "")}
    return {name for name in names if any(words in text for words in CLAIMS[name])}


@pytest.mark.parametrize(
    ("protocol", "failing"),
    [*(("smtp", name) for name in SMTP), *(("pop3", name) for name in POP3)],
)
def test_a_stage_that_has_not_passed_claims_nothing(protocol: str, failing: str) -> None:
    passed = set[str]()
    for each in stages(protocol, failing):
        if each.result is StageResult.PASSED:
            passed.add(each.name)
        assert claims_in(protocol, f"{each.message} {each.hint}") <= passed, each


def test_a_probe_in_which_all_passes_makes_claims() -> None:
    text = report("", "", sender(USER, USER))
    assert claims_in("smtp", text) >= {each.name for each in stages("smtp", "")}
    assert claims_in("pop3", text) >= {each.name for each in stages("pop3", "")}
    assert PASSWORD not in text


@pytest.mark.parametrize(
    "of_sender",
    [
        (USER, USER),
        (USER, "other@mail.example"),
        (USER, "helpdesk@corp.example"),
        ("apikey", "helpdesk@corp.example"),
        ("", "helpdesk@corp.example"),
    ],
)
def test_a_report_claims_no_login_that_did_not_happen(of_sender: tuple[str, str]) -> None:
    failed_before = [name for name in SMTP if name not in ("", "sender", "recipient", "quit")]
    for smtp, pop3 in product(failed_before, [each for each in POP3 if each not in ("", "quit")]):
        text = report(smtp, pop3, sender(*of_sender))
        assert not [words for words in CLAIMS["login"] if words in text], (smtp, pop3)
        if smtp != "login, not wanted":
            assert "takes mail" not in text


def test_what_the_settings_say_is_told_apart_from_what_dns_says() -> None:
    lines = list(report_lines(Diagnosis(ServerDiagnosis("", (), (), {}, ()), sender(USER, USER))))
    at = lines.index(SETTINGS_TITLE)
    assert lines[at + 1] == f" + The settings send as {USER}, which is also the user name."
    assert lines[at + 2 : at + 4] == ["", SENDER_TITLE]
