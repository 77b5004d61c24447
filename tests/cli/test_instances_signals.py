"""Signals while an instance is waited for: a prompt end, the right code, and what was written."""

import json
import os
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyte
import pytest

from tests.cli.instances import OWN, PROVIDERS, Site, is_write, site
from tests.cli.running import DEADLINE, Terminal, program
from tests.sandbox.fault_injection import Fault, RecordedRequest

SAVE = ("apply", "--set", "test_recipients=a@corp.example", "--yes")
SIGNALS = [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
SOON = 3.0
"""Seconds in which whoever is stopped has ended; an answer is waited for ten times as long."""

HANGS = """
import socket, sys, time

def hangs(*_, **__):
    print("looking", file=sys.stderr, flush=True)
    time.sleep(60)

socket.getaddrinfo = hangs
from tui.cli.main import run
run()
"""


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as here:
        yield here


class Process:
    """A command that runs."""

    def __init__(self, running: subprocess.Popen[bytes]) -> None:
        self.running = running

    def stop(self, number: int) -> None:
        self.running.send_signal(number)

    def end(self) -> tuple[int, str, str]:
        """The exit code and what was written; it has to end soon."""
        began = time.monotonic()
        out, err = self.running.communicate(timeout=DEADLINE)
        assert time.monotonic() - began < SOON
        assert b"Traceback" not in err
        assert b"Exception" not in err
        return self.running.returncode, out.decode(), " ".join(err.decode().split())


@contextmanager
def begun(
    here: Site,
    *argv: str,
    how: list[str] | None = None,
    before: Callable[[], object] | None = None,
) -> Iterator[Process]:
    """A command on the instance in a process of its own, which may be stopped."""
    with subprocess.Popen(
        [*(how or program()), "-p", "dev", *argv, "--secrets-stdin"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=here.house.environment,
        cwd=here.house.root,
        preexec_fn=before,
    ) as process:
        assert process.stdin
        process.stdin.write(here.lines())
        process.stdin.close()
        process.stdin = None
        try:
            yield Process(process)
        finally:
            process.kill()


def wait_for(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + DEADLINE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_an_instance_that_never_answers_can_be_left(
    here: Site, number: signal.Signals, code: int
) -> None:
    here.sandbox.switches.never_answers = True
    with begun(here, "show") as process:
        wait_for(lambda: here.sandbox.recorded)
        process.stop(number)
        ended, out, err = process.end()
    assert (ended, out) == (code, "")
    assert err == (
        "glidemail: Stopped before it was done. Nothing was written. See: glidemail -p dev show"
    )


@pytest.mark.parametrize("argv", [("doctor", "--json"), ("plan", "--json")])
def test_a_program_is_told_of_it_in_json(here: Site, argv: tuple[str, ...]) -> None:
    here.sandbox.switches.never_answers = True
    with begun(here, *argv) as process:
        wait_for(lambda: here.sandbox.recorded)
        process.stop(signal.SIGTERM)
        ended, out, err = process.end()
    assert (ended, err) == (143, "")
    assert json.loads(out)["error"]["code"] == "stopped"


@pytest.mark.parametrize(("number", "code"), SIGNALS[:1])
def test_a_name_server_that_never_answers_can_be_left(
    here: Site, number: signal.Signals, code: int
) -> None:
    profile = here.house.config / "profiles" / "dev.toml"
    here.house.write(profile.read_text().replace("127.0.0.1", "localhost"), profile)
    with begun(here, "check", how=[sys.executable, "-P", "-c", HANGS]) as process:
        assert process.running.stderr
        assert process.running.stderr.readline() == b"looking\n"
        process.stop(number)
        ended, _, err = process.end()
    assert (ended, "Nothing was written." in err) == (code, True)


def test_who_hangs_up_does_not_end_what_was_told_not_to_hear_it(here: Site) -> None:
    here.sandbox.switches.never_answers = True

    def deaf() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does

    with begun(here, "show", before=deaf) as process:
        wait_for(lambda: here.sandbox.recorded)
        process.stop(signal.SIGHUP)
        time.sleep(0.2)
        assert process.running.poll() is None
        process.stop(signal.SIGTERM)
        assert process.end()[0] == 143


@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_who_stops_a_write_is_told_that_it_may_have_been_done(
    here: Site, number: signal.Signals, code: int
) -> None:
    here.sandbox.faults.add(Fault("never_after", is_write))
    with begun(here, *SAVE) as process:
        wait_for(lambda: here.value("glide.email.test.user") == "a@corp.example")
        process.stop(number)
        ended, out, err = process.end()
    assert (ended, "Wrote" in out) == (code, False)
    assert "glidemail: Stopped before it was done. Not known: test_recipients." in err


def test_who_stops_between_two_writes_is_told_which_was_done(here: Site) -> None:
    edits = ("--set", "sending_enabled=no", "--set", "test_recipients=a@corp.example")
    here.sandbox.faults.add(Fault("never_after", second_write(here)))
    with begun(here, "apply", *edits, "--yes") as process:
        wait_for(lambda: len(here.writes) == 2)
        process.stop(signal.SIGTERM)
        ended, _, err = process.end()
    assert ended == 143
    assert "Written: sending_enabled. Not known: test_recipients." in err


def test_an_account_is_not_left_half_switched_however_often_somebody_asks_to_stop(
    here: Site,
) -> None:
    sent: list[int] = []

    def deactivates(recorded: RecordedRequest) -> bool:
        if is_write(recorded) and recorded.body == b'{"active": "false"}':
            for number in (signal.SIGINT, signal.SIGINT, signal.SIGTERM):
                os.kill(os.getpid(), number)
                sent.append(number)
                time.sleep(0.05)
        return False

    before = {number: signal.getsignal(number) for number, _ in SIGNALS}
    here.sandbox.faults.add(Fault("drop_before", deactivates))
    done = here.call("apply", *here.own, *here.settled, password=here.mail_password)
    assert len(sent) == 3
    assert here.senders == [OWN]
    assert here.row("sys_email_account", PROVIDERS)["active"] == "false"
    assert (done.code, f"{OWN} sends now" in done.words) == (0, True)
    assert {number: signal.getsignal(number) for number, _ in SIGNALS} == before


def test_who_stops_while_it_is_read_again_before_a_save_has_written_nothing(here: Site) -> None:
    def again(recorded: RecordedRequest) -> bool:
        return recorded.query.get("sysparm_query") == "name=instance_name" and recorded.number > 1

    here.sandbox.faults.add(Fault("never", again))
    with begun(here, *SAVE) as process:
        wait_for(lambda: here.sandbox.faults.left == 0)
        process.stop(signal.SIGTERM)
        ended, _, err = process.end()
    assert (ended, here.writes) == (143, [])
    assert "glidemail: Stopped before it was done." in err


# On a terminal


def lines(terminal: Terminal) -> list[str]:
    """What stands on the terminal in the end."""
    screen = pyte.Screen(80, 200)
    pyte.Stream(screen).feed(terminal.shown.decode())
    return [line.rstrip() for line in screen.display]


def signed_in(here: Site, terminal: Terminal) -> None:
    terminal.until(f"Password of admin at {here.host}: ")
    assert not terminal.echoes
    terminal.type(f"{here.password()}\n")


def test_what_is_under_way_is_told_on_a_terminal_and_gone_before_the_answer(here: Site) -> None:
    with here.house.on_terminal("-p", "dev", "show") as terminal:
        signed_in(here, terminal)
        terminal.until(f"Signing in at {here.host}.")
        terminal.until("Reading email accounts.")
        assert terminal.end() == 0
    shown = lines(terminal)
    assert shown[1].startswith(f"NON-PROD  dev  {here.host}  admin")
    assert not [line for line in shown if "Reading" in line or "Signing" in line]
    assert here.password() not in terminal.text


def test_what_is_under_way_fits_a_narrow_terminal(here: Site) -> None:
    with here.house.on_terminal("-p", "dev", "show") as terminal:
        terminal.until("Password of admin")
        termios.tcsetwinsize(terminal._theirs, (24, 24))
        terminal.type(f"{here.password()}\n")
        terminal.until("Counting the mail that")
        assert terminal.end() == 0
    told = [each for each in terminal.text.split("\r") if each.startswith(("Count", "Reading"))]
    assert {len(each) for each in told} == {23}


@pytest.mark.parametrize(("number", "code"), SIGNALS[:2])
def test_who_leaves_a_terminal_gets_it_back_with_one_sentence(
    here: Site, number: signal.Signals, code: int
) -> None:
    here.sandbox.switches.never_answers = True
    with here.house.on_terminal("-p", "dev", "show") as terminal:
        signed_in(here, terminal)
        terminal.until("Signing in at")
        terminal.stop(number)
        assert terminal.end() == code
        assert terminal.echoes
    shown = [line for line in lines(terminal) if line]
    assert shown[1:] == [
        "glidemail: Stopped before it was done. Nothing was written.",
        "  See: glidemail -p dev show",
    ]


@pytest.mark.parametrize(("number", "code"), SIGNALS[1:])
def test_a_prompt_after_the_reading_still_gives_the_echo_back(
    here: Site, number: signal.Signals, code: int
) -> None:
    argv = ("apply", "--own-server", "--set", "server=x.corp.example", "--password-stdin")
    with here.house.on_terminal("-p", "dev", *argv) as terminal:
        signed_in(here, terminal)
        terminal.until("server password: ")
        assert not terminal.echoes
        terminal.stop(number)
        assert terminal.end() == code
        assert terminal.echoes
    assert here.writes == []


def second_write(here: Site) -> Callable[[RecordedRequest], bool]:
    return lambda recorded: is_write(recorded) and len(here.writes) == 2
