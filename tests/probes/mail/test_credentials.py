"""When a login is tried, and what is said if none is."""

import asyncio
import socket
import ssl
from dataclasses import replace

import pytest

from tests.probes.factories import NONE, Case, diagnose
from tests.probes.mail_server import Script, pop3_script
from tui.credentials.secret import Secret
from tui.probes.mail.credentials import credentials_for
from tui.probes.net.connection import Connection
from tui.probes.stage import Stage, StageLog, StageResult

SKIPS: list[tuple[Case, str, str]] = [
    (Case(spec={"password": None}), "login.no-password", "sender.no-login"),
    (Case(spec={"password": Secret("")}), "login.no-password", "sender.no-login"),
    (Case(spec={"user": ""}), "login.no-user", "sender.no-login"),
    (Case(options={"login": False}), "login.not-asked", "sender.no-login"),
    (Case(security=NONE), "login.in-clear", "sender.no-login"),
    (Case(spec={"authenticate": False}), "login.not-wanted", "sender.accepted"),
    (
        Case(spec={"authenticate": False, "user": "apikey"}),
        "auth.not-wanted",
        "sender.no-address",
    ),
    (Case(script=pop3_script(), spec={"password": None}), "login.no-password", ""),
    (Case(script=pop3_script(), security=NONE), "login.in-clear", ""),
    (Case(script=pop3_script(), options={"login": False}), "login.not-asked", ""),
]


@pytest.mark.parametrize(("case", "login", "sender"), SKIPS)
def test_what_is_skipped_says_why_and_is_no_success(case: Case, login: str, sender: str) -> None:
    found = diagnose(case)
    assert found.first_flaw is None
    stage = found[login.split(".")[0]]
    assert stage.code.endswith(login)
    assert stage.result is StageResult.SKIPPED
    assert stage.message.endswith(".")
    assert found.traffic.logins == 0
    if sender:
        assert found["sender"].code.endswith(sender)
        assert found["recipient"].code == "smtp.recipient.none-given"


def test_a_password_beyond_ascii_is_said_where_it_may_matter() -> None:
    for script in (Script(password="another"), pop3_script(password="another")):
        assert "beyond ASCII" in diagnose(Case(script=script))["login"].hint


ODD = {
    "\ufeffx": "begins with a byte order mark",
    "x ": "ends with a blank",
    "x\u00a0y": "special blank",
    "x\u200by": "invisible",
    "x\ufffdy": "replacement character",
    "'x y'": "in quotes",
}


@pytest.mark.parametrize("password", ODD)
def test_what_is_odd_about_a_password_is_said_when_it_is_rejected(password: str) -> None:
    hint = diagnose(Case(spec={"password": Secret(password)}))["login"].hint
    assert ODD[password] in hint


@pytest.mark.parametrize("script", [pop3_script(), pop3_script(in_tls=("SASL PLAIN",))])
def test_pop3_says_what_is_odd_too_and_nobody_does_once_it_is_accepted(script: Script) -> None:
    case = Case(script=script, spec={"password": Secret("x ")})
    assert "ends with a blank" in diagnose(case)["login"].hint
    accepted = diagnose(replace(case, script=replace(script, password="x ")))
    assert (accepted["login"].result, accepted["login"].hint) == (StageResult.PASSED, "")


def test_nothing_is_said_of_an_odd_password_that_was_not_judged() -> None:
    for script in (
        Script(answers={"AUTH": b"454 4.7.0 later\r\n"}),
        pop3_script(answers={"PASS": b"-ERR [SYS/TEMP] later\r\n"}),
    ):
        hint = diagnose(Case(script=script, spec={"password": Secret("x ")}))["login"].hint
        assert "blank" not in hint


@pytest.mark.parametrize("password", ["x\r", "\tx"])
def test_a_line_end_in_a_password_is_named_and_nothing_is_sent(password: str) -> None:
    found = diagnose(Case(spec={"password": Secret(password)}))
    assert found["login"].code == "smtp.login.unsendable"
    assert "The password " in found["login"].hint
    assert found.traffic.logins == 0


def test_credentials_that_no_server_has_to_take_are_not_sent() -> None:
    for script in (Script(), pop3_script()):
        found = diagnose(Case(script=script, spec={"password": Secret("k" * 9300)}))
        assert found["login"].code.endswith(".login.too-long")
        assert found.traffic.logins == 0


def test_no_login_is_granted_in_tls_that_nobody_vouches_for() -> None:
    async def run() -> Stage:
        mine, other = socket.socketpair()
        with mine, other:
            opened = Connection(mine, 0)
            opened.tls = ssl.create_default_context().wrap_bio(
                ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="mail.example"
            )
            reported: list[Stage] = []
            spec, options = Case().arguments(25)
            log = StageLog("smtp", ("login",), reported.append)
            assert credentials_for(log, spec, options, opened) is None
            return reported[0]

    assert asyncio.run(run()).code == "smtp.login.in-clear"
