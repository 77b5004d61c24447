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

import pyte
import pytest

from tests.cli.house import DEADLINE, Terminal, program
from tests.cli.site import OWN, PROVIDERS, Site, is_write
from tests.sampling import sample
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
def start_command(
    site: Site,
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
        env=site.house.environment,
        cwd=site.house.root,
        preexec_fn=before,
    ) as process:
        assert process.stdin
        process.stdin.write(site.lines())
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


@pytest.mark.parametrize(("number", "code"), sample(SIGNALS, 3))
def test_an_instance_that_never_answers_can_be_left(
    site: Site, number: signal.Signals, code: int
) -> None:
    site.sandbox.switches.never_answers = True
    with start_command(site, "show") as process:
        wait_for(lambda: site.sandbox.recorded)
        process.stop(number)
        ended, out, err = process.end()
    assert (ended, out) == (code, "")
    assert err == (
        "glidemail: Stopped before it finished. Nothing was written. See: glidemail -p dev show"
    )


@pytest.mark.parametrize("argv", sample([(("doctor", "--json"),), (("plan", "--json"),)], 2))
def test_a_program_is_told_of_it_in_json(site: Site, argv: tuple[str, ...]) -> None:
    site.sandbox.switches.never_answers = True
    with start_command(site, *argv) as process:
        wait_for(lambda: site.sandbox.recorded)
        process.stop(signal.SIGTERM)
        ended, out, err = process.end()
    assert (ended, err) == (143, "")
    assert json.loads(out)["error"]["code"] == "stopped"


@pytest.mark.parametrize(("number", "code"), SIGNALS[:1])
def test_a_name_server_that_never_answers_can_be_left(
    site: Site, number: signal.Signals, code: int
) -> None:
    profile = site.house.config / "profiles" / "dev.toml"
    site.house.write(profile.read_text().replace("127.0.0.1", "localhost"), profile)
    with start_command(site, "check", how=[sys.executable, "-P", "-c", HANGS]) as process:
        assert process.running.stderr
        assert process.running.stderr.readline() == b"looking\n"
        process.stop(number)
        ended, _, err = process.end()
    assert (ended, "Nothing was written." in err) == (code, True)


def test_who_hangs_up_does_not_end_what_was_told_not_to_hear_it(site: Site) -> None:
    site.sandbox.switches.never_answers = True

    def deaf() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does

    with start_command(site, "show", before=deaf) as process:
        wait_for(lambda: site.sandbox.recorded)
        process.stop(signal.SIGHUP)
        time.sleep(0.2)
        assert process.running.poll() is None
        process.stop(signal.SIGTERM)
        assert process.end()[0] == 143


@pytest.mark.grid
@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_who_stops_a_write_is_told_that_it_may_have_been_done(
    site: Site, number: signal.Signals, code: int
) -> None:
    site.sandbox.faults.add(Fault("never_after", is_write))
    with start_command(site, *SAVE) as process:
        wait_for(lambda: site.value("glide.email.test.user") == "a@corp.example")
        process.stop(number)
        ended, out, err = process.end()
    assert (ended, "Wrote" in out) == (code, False)
    assert "glidemail: Stopped before it finished. Not known: test_recipients." in err


def test_who_stops_between_two_writes_is_told_which_was_done(site: Site) -> None:
    edits = ("--set", "sending_enabled=no", "--set", "test_recipients=a@corp.example")
    site.sandbox.faults.add(Fault("never_after", is_second_write(site)))
    with start_command(site, "apply", *edits, "--yes") as process:
        wait_for(lambda: len(site.writes) == 2)
        process.stop(signal.SIGTERM)
        ended, _, err = process.end()
    assert ended == 143
    assert "Written: sending_enabled. Not known: test_recipients." in err


def test_an_account_is_not_left_half_switched_however_often_somebody_asks_to_stop(
    site: Site,
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
    site.sandbox.faults.add(Fault("drop_before", deactivates))
    done = site.call("apply", *site.own, *site.settled, password=site.mail_password)
    assert len(sent) == 3
    assert site.senders == [OWN]
    assert site.row("sys_email_account", PROVIDERS)["active"] == "false"
    assert (done.code, f"{OWN} is active" in done.words) == (0, True)
    assert {number: signal.getsignal(number) for number, _ in SIGNALS} == before


def test_who_stops_while_it_is_read_again_before_a_save_has_written_nothing(site: Site) -> None:
    def again(recorded: RecordedRequest) -> bool:
        return recorded.query.get("sysparm_query") == "name=instance_name" and recorded.number > 1

    site.sandbox.faults.add(Fault("never", again))
    with start_command(site, *SAVE) as process:
        wait_for(lambda: site.sandbox.faults.left == 0)
        process.stop(signal.SIGTERM)
        ended, _, err = process.end()
    assert (ended, site.writes) == (143, [])
    assert "glidemail: Stopped before it finished." in err


# On a terminal


def screen_lines(terminal: Terminal) -> list[str]:
    """What stands on the terminal in the end."""
    screen = pyte.Screen(80, 200)
    pyte.Stream(screen).feed(terminal.shown.decode())
    return [line.rstrip() for line in screen.display]


def sign_in(site: Site, terminal: Terminal) -> None:
    terminal.until(f"Password of admin at {site.host}: ")
    assert not terminal.echoes
    terminal.type(f"{site.password()}\n")


def test_what_is_under_way_is_told_on_a_terminal_and_gone_before_the_answer(site: Site) -> None:
    with site.house.on_terminal("-p", "dev", "show") as terminal:
        sign_in(site, terminal)
        terminal.until(f"Signing in at {site.host}.")
        terminal.until("Reading email accounts.")
        assert terminal.end() == 0
    shown = screen_lines(terminal)
    assert shown[1].startswith(f"NON-PROD  dev  {site.host}  admin")
    assert not [line for line in shown if "Reading" in line or "Signing" in line]
    assert site.password() not in terminal.text


def test_what_is_under_way_fits_a_narrow_terminal(site: Site) -> None:
    with site.house.on_terminal("-p", "dev", "show") as terminal:
        terminal.until("Password of admin")
        termios.tcsetwinsize(terminal._theirs, (24, 24))
        terminal.type(f"{site.password()}\n")
        terminal.until("Counting the emails in")
        assert terminal.end() == 0
    told = [each for each in terminal.text.split("\r") if each.startswith(("Count", "Reading"))]
    assert {len(each) for each in told} == {23}


@pytest.mark.parametrize(("number", "code"), SIGNALS[:2])
def test_who_leaves_a_terminal_gets_it_back_with_one_sentence(
    site: Site, number: signal.Signals, code: int
) -> None:
    site.sandbox.switches.never_answers = True
    with site.house.on_terminal("-p", "dev", "show") as terminal:
        sign_in(site, terminal)
        terminal.until("Signing in at")
        terminal.stop(number)
        assert terminal.end() == code
        assert terminal.echoes
    shown = [line for line in screen_lines(terminal) if line]
    assert shown[1:] == [
        "glidemail: Stopped before it finished. Nothing was written.",
        "  See: glidemail -p dev show",
    ]


@pytest.mark.parametrize(("number", "code"), sample(SIGNALS[1:], 2))
def test_a_prompt_after_the_reading_still_gives_the_echo_back(
    site: Site, number: signal.Signals, code: int
) -> None:
    argv = ("apply", "--own-server", "--set", "server=x.corp.example", "--password-stdin")
    with site.house.on_terminal("-p", "dev", *argv) as terminal:
        sign_in(site, terminal)
        terminal.until("server password: ")
        assert not terminal.echoes
        terminal.stop(number)
        assert terminal.end() == code
        assert terminal.echoes
    assert site.writes == []


def is_second_write(site: Site) -> Callable[[RecordedRequest], bool]:
    return lambda recorded: is_write(recorded) and len(site.writes) == 2
