"""A switch of accounts that is killed at any request: what sends is told, and it can be finished.

The killed program is a process of its own. Its requests are counted from the first write on.
"""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.house import DEADLINE, program
from tests.cli.site import ACCOUNTS, OWN, PRODUCTION, PROVIDERS, Site, is_write, open_site, sets
from tests.sandbox.fault_injection import Fault, RecordedRequest
from tests.sandbox.situations import own_account, set_property

OLD_OWN = "Own SMTP"


@dataclass(frozen=True, slots=True)
class Switch:
    """A switch, the account that sends before it and the one after it.

    Attributes:
        command: what switches.
        finish: what finishes it where nothing sends any more.
        back: what has another account send instead.
        requests: how many it sends, from the first write on.
        writes: which of them write.
    """

    before: str
    after: str
    command: tuple[str, ...]
    finish: tuple[str, ...]
    back: tuple[str, ...]
    requests: int
    writes: tuple[int, ...]


def make_switch(site: Site, name: str) -> Switch:
    port = sets({"port": str(site.sandbox.running.mail.ports["plain"]), "security": "none"})
    back = ("--provider-server",)
    switches = {
        "own": Switch(PROVIDERS, OWN, site.own, site.own, back, 11, (1, 4, 8, 9)),
        "provider's": Switch(OLD_OWN, PROVIDERS, back, back, site.own, 4, (1, 2)),
        "replacement": Switch(OLD_OWN, OWN, port, ("--own-server",), back, 11, (1, 4, 8, 9)),
    }
    return switches[name]


@contextmanager
def open_production(folder: Path, name: str) -> Iterator[tuple[Site, Switch]]:
    """A production instance whose mail was accepted, and a switch on it."""
    with open_site(folder, environment=PRODUCTION) as site:
        switch, sandbox = make_switch(site, name), site.sandbox
        set_property(sandbox, "glide.email.test.user", "")
        if switch.before == OLD_OWN:
            own_account(sandbox)
        sandbox.ahead = timedelta(seconds=1)
        sandbox.deliver()
        assert site.answer("why")["delivery"]["status"] == "delivering"
        yield site, switch


def secrets(site: Site, command: tuple[str, ...]) -> dict[str, str]:
    """Return the secrets that a command takes, beside the sign-in."""
    return {} if "--provider-server" in command else {"password": site.mail_password}


def apply(site: Site, command: tuple[str, ...]) -> int:
    """Run a switch to its end, and return its exit code."""
    return site.call("apply", *command, *site.settled, **secrets(site, command)).code


@dataclass(slots=True)
class Killer:
    """Kills a process at one of its requests.

    Attributes:
        at: the request, counted from the first write on.
        count: requests so far.
        pid: the process, once it runs.
    """

    at: int
    count: int = 0
    pid: int = 0

    def __call__(self, recorded: RecordedRequest) -> bool:
        self.count += bool(self.count) or is_write(recorded)
        if self.count != self.at:
            return False
        os.kill(self.pid, signal.SIGKILL)
        return True


def run_killed(site: Site, switch: Switch, at: int, *, effective: bool) -> int:
    """Run a switch that is killed at a request, and return its exit code."""
    killer = Killer(at)
    site.sandbox.faults.add(Fault("never_after" if effective else "never", killer))
    with subprocess.Popen(
        [*program(), "-p", "dev", "apply", *switch.command, *site.settled, "--secrets-stdin"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=site.house.environment,
        cwd=site.house.root,
    ) as process:
        killer.pid = process.pid
        process.communicate(site.lines(**secrets(site, switch.command)), timeout=DEADLINE)
    site.sandbox.faults.clear()
    return process.returncode


def assert_told(site: Site) -> None:
    """Fail unless what sends is told as it is."""
    senders = site.senders
    assert len(senders) <= 1
    told = site.call("why", "--json")
    delivery = told.answer()["delivery"]
    sender = site.answer("show")["verdict"]["sender"]
    assert (sender["name"] if sender else None) == (senders[0] if senders else None)
    if not senders:
        assert (told.code, delivery["status"]) == (1, "stopped")
        assert delivery["reason"] == "no-active-account"
    if delivery["status"] == "delivering":
        site.sandbox.insert("sys_email", type="send-ready", recipients="next@corp.example")
        site.sandbox.deliver()
        received = site.sandbox.delivered + site.sandbox.provider_mailbox
        assert "next@corp.example" in received[-1].rcpt_tos


def assert_finished(site: Site, switch: Switch) -> None:
    """Fail unless the switch can be finished, and another account can send instead."""
    left, rows = site.senders, site.sandbox.save_rows()
    if left == [switch.after]:
        # It is done: nothing changes, or there is no choice. A password is always a change.
        assert site.call("apply", *switch.command, *site.settled).code in (0, 5)
    else:
        assert apply(site, switch.command if left else switch.finish) == 0
    assert site.senders == [switch.after]
    assert len(site.rows(ACCOUNTS, switch.after)) == 1
    if left != [switch.before]:
        site.sandbox.restore_rows(rows)
        assert apply(site, switch.back) == 0
        assert site.senders == [OWN if switch.after == PROVIDERS else PROVIDERS]
        assert len(site.rows(ACCOUNTS, OWN)) == 1


def assert_survives(site: Site, switch: Switch, at: int, *, effective: bool) -> None:
    """Fail if what a switch leaves that is killed at a request is told wrong, or stays so."""
    assert run_killed(site, switch, at, effective=effective) == -signal.SIGKILL
    assert_told(site)
    assert_finished(site, switch)


@pytest.mark.parametrize(
    ("name", "at", "effective"),
    [
        ("own", 1, True),
        ("own", 8, True),
        ("own", 9, True),
        ("provider's", 1, True),
        ("provider's", 2, True),
        ("replacement", 9, False),
    ],
)
def test_a_switch_that_is_killed_is_told_and_can_be_finished(
    tmp_path: Path, name: str, at: int, effective: bool
) -> None:
    with open_production(tmp_path, name) as (site, switch):
        assert_survives(site, switch, at, effective=effective)


@pytest.mark.grid
@pytest.mark.parametrize("name", ["own", "provider's", "replacement"])
def test_a_switch_can_be_killed_at_each_of_its_requests(tmp_path: Path, name: str) -> None:
    with open_production(tmp_path, name) as (site, switch):
        start = site.sandbox.save_rows()
        assert run_killed(site, switch, switch.requests + 1, effective=False) == 0
        for at in range(1, switch.requests + 1):
            for effective in (False, True)[: 2 if at in switch.writes else 1]:
                site.sandbox.restore_rows(start)
                assert_survives(site, switch, at, effective=effective)
