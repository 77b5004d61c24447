"""The sandbox in a process of its own: it explains itself and ends without a trace."""

import json
import shlex
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cli.house import DEADLINE, House, assert_harmless, program
from tests.programs import require

SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
SOON = 3.0
"""Seconds in which it has to end."""

WITHOUT = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "starlette":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Missing())
from tui.cli.main import run
run()
"""


@pytest.fixture
def house(tmp_path: Path) -> House:
    (tmp_path / "tmp").mkdir()
    return House(tmp_path)


class SandboxProcess:
    """A sandbox in a process of its own, whose output is read line by line."""

    def __init__(self, house: House, process: subprocess.Popen[bytes]) -> None:
        self._here = house
        self.process = process

    def read_line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().decode()

    def read_until(self, words: str) -> list[str]:
        """Return the lines up to the one that has these words."""
        lines = [self.read_line()]
        while words not in lines[-1]:
            assert lines[-1], lines
            lines.append(self.read_line())
        return lines

    def stop(self, number: int) -> int:
        """Stop it, check that nothing is left of it, and return the exit code."""
        began = time.monotonic()
        self.process.send_signal(number)
        _, err = self.process.communicate(timeout=DEADLINE)
        assert time.monotonic() - began < SOON
        assert err == b""
        assert list((self._here.root / "tmp").iterdir()) == []
        return self.process.returncode


@contextmanager
def start_sandbox(house: House, *argv: str) -> Iterator[SandboxProcess]:
    with subprocess.Popen(
        [*program(), "sandbox", "--no-screen", *argv],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**house.environment, "TMPDIR": str(house.root / "tmp")},
        cwd=house.root,
    ) as process:
        try:
            yield SandboxProcess(house, process)
        finally:
            process.kill()


def get_records(about: Any, path: str) -> tuple[int, list[dict[str, str]]]:
    """Return status and records of a response to the API key."""
    headers = {"Accept": "application/json", "x-sn-apikey": about["api_key"]}
    context = ssl.create_default_context(cafile=about["ca_file"])
    request = urllib.request.Request(f"{about['url']}{path}", headers=headers)  # noqa: S310
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
    )
    with opener.open(request, timeout=DEADLINE) as response:
        return response.status, json.load(response)["result"]


@pytest.mark.parametrize("number", SIGNALS)
def test_it_is_ready_with_its_first_line_and_ends_without_a_trace(
    house: House, number: signal.Signals
) -> None:
    with start_sandbox(house, "--json") as sandbox:
        about = json.loads(sandbox.read_line())
        assert get_records(about, "/api/now/table/sys_properties?sysparm_limit=1")[0] == 200
        assert Path(about["ca_file"]).is_relative_to(house.root / "tmp")
        assert sandbox.stop(number) == 0
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", int(about["url"].rpartition(":")[2])))


def test_it_says_how_to_reach_it_in_one_document(house: House) -> None:
    with start_sandbox(house, "--json", "--model", "properties") as sandbox:
        about = json.loads(sandbox.read_line())
        assert about.keys() == {"schema", "url", "ca_file", "users", "api_key", "oauth", "mail"}
        assert about["schema"] == 1
        passwords = {each["name"]: each["password"] for each in about["users"]}
        added = house.run(
            *("profiles", "add", "dev", "--instance", about["url"], "--user", "admin"),
            *("--environment", "non-production", "--ca-file", about["ca_file"]),
        )
        assert added.code == 0
        stdin = f"sign_in={passwords['admin']}\n".encode()
        shown = house.run("-p", "dev", "show", "--secrets-stdin", stdin=stdin)
        assert shown.code == 0
        assert "admin no active account" in shown.words
        with socket.create_connection((about["mail"]["host"], about["mail"]["ports"]["plain"])):
            pass
        assert sandbox.stop(signal.SIGTERM) == 0


@pytest.mark.grid
def test_a_person_is_led_by_what_it_says(house: House) -> None:
    with start_sandbox(house) as sandbox:
        said = "".join(sandbox.read_until("/sandbox/switches\n"))
        assert said.startswith("A stand-in instance runs at https://127.0.0.1:")
        assert "Nothing in it is real." in said
        commands = [
            shlex.split(line)
            for line in said.replace("\\\n", "").splitlines()
            if line.startswith(("  glidemail", "  curl"))
        ]
        add, work, remove, curl = commands
        assert house.run(*add[1:]).code == 0
        (password,) = (line.split()[1] for line in said.splitlines() if line.startswith("  admin "))
        with house.on_terminal(*work[1:], "show") as terminal:
            terminal.until("Password of admin at 127.0.0.1:")
            terminal.type(f"{password}\n")
            assert terminal.end() == 0
            assert "ServiceNow-configured account" in terminal.text
        curl[0] = require("curl", package="curl")
        switched = subprocess.run(
            [*curl, "--silent", "--noproxy", "*"], capture_output=True, check=True
        )
        assert json.loads(switched.stdout)["hibernating"] is True
        stdin = f"sign_in={password}\n".encode()
        shown = house.run(*work[1:], "show", "--secrets-stdin", stdin=stdin)
        assert (shown.code, "127.0.0.1 is hibernating" in shown.words) == (1, True)
        assert house.run(*remove[1:]).code == 0
        for words in ("API key", "OAuth client", "security starttls", "it@corp.example"):
            assert words in said
        assert sandbox.stop(signal.SIGINT) == 0


def test_a_signal_while_it_starts_ends_it_too(house: House) -> None:
    with start_sandbox(house) as sandbox:
        time.sleep(0.25)
        sandbox.process.send_signal(signal.SIGTERM)
        sandbox.process.communicate(timeout=DEADLINE)
        assert sandbox.process.returncode in (0, 143, -signal.SIGTERM)
    assert list((house.root / "tmp").iterdir()) == []


def test_its_output_may_be_cut_off(house: House) -> None:
    done = house.shell('"$@" | true', "sandbox", "--no-screen", TMPDIR=str(house.root / "tmp"))
    assert_harmless(done)
    assert list((house.root / "tmp").iterdir()) == []


def test_a_port_can_be_chosen(house: House) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with start_sandbox(house, "--json", "--port", str(port)) as sandbox:
        assert json.loads(sandbox.read_line())["url"] == f"https://127.0.0.1:{port}"
        assert sandbox.stop(signal.SIGTERM) == 0


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_a_port_that_is_taken_is_told(house: House, form: tuple[str, ...]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        told = house.call("sandbox", "--no-screen", "--port", str(port), *form)
    assert told.code == 1
    assert f"Can't use port {port} on loopback: Address already in use." in told.words
    assert "Leave --port out to use a free one." in told.words
    assert not form or told.answer()["error"]["code"] == "sandbox.port"


def test_switches_can_be_set_from_the_start(house: House) -> None:
    options = ("--switch", "production=true", "--switch", "accounts_hidden=true")
    with start_sandbox(house, "--json", *options) as sandbox:
        about = json.loads(sandbox.read_line())
        query = "sysparm_query=name=glide.installation.production&sysparm_fields=value"
        found = get_records(about, f"/api/now/table/sys_properties?{query}")
        assert found == (200, [{"value": "true"}])
        assert get_records(about, "/api/now/table/sys_email_account") == (200, [])
        assert sandbox.stop(signal.SIGTERM) == 0


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("--model", "mine"), "--model takes accounts, clone or properties."),
        (("--switch", "sender_jobs=error"), "There is no switch sender_jobs."),
        (("--switch", "sender_job=eager"), "--switch: sender_job must be one of: ready, "),
        (("--port", "65536"), "--port takes 1 to 65535."),
        (("--port", "-1"), "--port takes 1 to 65535."),
        (("--port", "http"), "The arguments are not understood."),
        (("--json",), "--json needs --no-screen here."),
        ((), "The configurator needs a terminal."),
    ],
)
def test_a_call_that_is_wrong_starts_nothing(
    house: House, argv: tuple[str, ...], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    more = ("--no-screen",) if argv and argv != ("--json",) else ()
    told = house.call("sandbox", *argv, *more)
    assert_harmless(told)
    assert told.code == 64
    assert words in told.words


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_without_its_libraries_it_says_what_to_install(house: House, form: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-c", WITHOUT, "sandbox", "--no-screen", *form],
        capture_output=True,
        env=house.environment,
        cwd=house.root,
        timeout=DEADLINE,
        check=False,
    )
    said = " ".join((done.stdout + done.stderr).decode().split())
    assert done.returncode == 1
    assert "The sandbox needs starlette, which is not installed." in said
    assert "Install glidemail with its extra: glidemail[sandbox]" in said
    assert "Traceback" not in said
