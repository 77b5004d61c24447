"""Where secrets may be kept, against a real gnome-keyring on a bus of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.programs import require
from tests.sampling import sample
from tui.credentials.keyring import TIMEOUT_SECONDS, Keyring
from tui.credentials.secret import Secret
from tui.errors import Problem

CANARY = "c4nary-P4ssword"
pytestmark = pytest.mark.skipif(
    sys.platform in {"darwin", "win32"}, reason="keyrings over D-Bus are elsewhere"
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine of its own for the children: no session bus, no desktop, no configuration."""
    runtime = tmp_path / "run"
    runtime.mkdir(0o700)
    for name in list(os.environ):
        if name.startswith(("DBUS_", "XDG_", "GNOME_", "DISPLAY", "WAYLAND", "PYTHON_KEYRING")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    return tmp_path


@pytest.fixture
def bus(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A session bus."""
    command = [require("dbus-daemon", package="dbus"), "--session", "--nofork", "--print-address=1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as daemon:
        assert daemon.stdout is not None
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", daemon.stdout.readline().decode().strip())
        yield
        daemon.terminate()


@pytest.fixture
def gnome_keyring(bus: None, home: Path) -> None:
    """An unlocked gnome-keyring on the bus, whose end ends it too."""
    program = require("gnome-keyring-daemon", package="gnome-keyring")
    subprocess.run(
        [program, "--unlock", "--components=secrets"],
        input=b"login",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )


@pytest.mark.usefixtures("gnome_keyring")
def test_a_kept_secret_is_there_until_it_is_forgotten() -> None:
    assert not Keyring().has("default", "password")
    assert Keyring().get("default", "password") is None
    assert Keyring().keep("default", "password", Secret(CANARY)) == "SecretService"
    assert Keyring().has("default", "password")
    assert reveal(Keyring().get("default", "password")) == CANARY
    Keyring().forget("default", "password")
    assert not Keyring().has("default", "password")
    assert Keyring().get("default", "password") is None


@pytest.mark.grid
@pytest.mark.usefixtures("gnome_keyring")
@pytest.mark.parametrize(
    "value", sample(["a\nb\x00\x7f", " a=b ", "\\\"'", "pä\U0001f511\u202e", ""], 3)
)
def test_any_text_comes_back_as_it_was(value: str) -> None:
    keyring = Keyring()
    keyring.keep("default", "password", Secret(value))
    assert reveal(keyring.get("default", "password")) == value


@pytest.mark.grid
@pytest.mark.usefixtures("gnome_keyring")
def test_keeping_again_replaces() -> None:
    keyring = Keyring()
    keyring.keep("default", "password", Secret("before"))
    keyring.keep("default", "password", Secret(CANARY))
    assert reveal(keyring.get("default", "password")) == CANARY
    keyring.forget("default", "password")
    assert not keyring.has("default", "password")


@pytest.mark.usefixtures("gnome_keyring")
def test_forgetting_what_is_not_kept_is_fine() -> None:
    Keyring().forget("default", "password")


@pytest.mark.grid
@pytest.mark.usefixtures("gnome_keyring")
def test_profiles_and_names_are_apart() -> None:
    keyring = Keyring()
    keyring.keep("one", "password", Secret(CANARY))
    assert not keyring.has("two", "password")
    assert not keyring.has("one", "sign_in")
    keyring.forget("two", "password")
    assert keyring.has("one", "password")


@pytest.mark.usefixtures("gnome_keyring")
def test_a_secret_that_is_no_text_is_refused_without_a_word_of_it() -> None:
    error = problem_of(lambda: Keyring().keep("default", "password", Secret(CANARY + "\udcff")))
    assert error.code == "keyring.refused"
    assert "UnicodeEncodeError" in error.message


@pytest.mark.usefixtures("gnome_keyring")
def test_every_keyring_of_the_platform_is_listed_with_why_not() -> None:
    first, *others = Keyring().backends()
    assert (first.name, first.usable, first.why) == ("SecretService", True, "")
    assert [backend.name for backend in others] == ["KWallet", "libsecret"]
    assert all(backend.usable is not bool(backend.why) for backend in others)


@pytest.mark.grid
@pytest.mark.usefixtures("gnome_keyring")
def test_a_locked_keyring_says_how_to_go_on() -> None:
    keyring = Keyring()
    keyring.keep("default", "password", Secret(CANARY))
    lock()
    uses: list[Callable[[], object]] = [
        lambda: keyring.has("default", "password"),
        lambda: keyring.get("default", "password"),
        lambda: keyring.keep("default", "password", Secret(CANARY)),
        lambda: keyring.forget("default", "password"),
    ]
    for use in uses:
        error = problem_of(use)
        assert error.code == "keyring.locked"
        assert "Unlock" in error.hint
    assert keyring.backends()[0].why == "locked"


@pytest.mark.usefixtures("home")
def test_without_a_bus_no_keyring_is_tried_and_the_way_out_is_named() -> None:
    error = problem_of(lambda: Keyring().keep("default", "password", Secret(CANARY)))
    assert error.code == "keyring.unavailable"
    assert "SecretService: no D-Bus session" in error.message
    assert "dbus-run-session" in error.hint
    assert {backend.why for backend in Keyring().backends()} == {"no D-Bus session"}


@pytest.mark.grid
def test_a_bus_that_never_answers_is_given_up(home: Path) -> None:
    with closing(socket.socket(socket.AF_UNIX)) as silent:
        silent.bind(str(home / "run" / "bus"))  # where it is looked for unless one is named
        silent.listen()
        started = time.monotonic()
        backends = Keyring().backends()
        assert time.monotonic() - started < len(backends) * (TIMEOUT_SECONDS + 1)
        assert not any(backend.usable for backend in backends)
        assert "no D-Bus session" not in {backend.why for backend in backends}
        assert problem_of(lambda: Keyring().has("default", "password")).code in {
            "keyring.unavailable",
            "keyring.timeout",
        }


@pytest.mark.grid
@pytest.mark.usefixtures("gnome_keyring")
def test_a_keyring_that_hangs_is_given_up_after_three_seconds() -> None:
    hanging = keyring_pid()
    os.kill(hanging, signal.SIGSTOP)
    try:
        started = time.monotonic()
        backends = Keyring().backends()
        passed = time.monotonic() - started
    finally:
        os.kill(hanging, signal.SIGCONT)
    assert backends[0].why == "no answer in 3 s"
    assert TIMEOUT_SECONDS <= passed < len(backends) * (TIMEOUT_SECONDS + 1)
    assert Keyring().backends()[0].usable


@pytest.mark.usefixtures("gnome_keyring")
def test_a_write_to_a_keyring_that_hangs_says_how_to_go_on() -> None:
    hanging = keyring_pid()
    os.kill(hanging, signal.SIGSTOP)
    try:
        error = problem_of(lambda: Keyring().keep("default", "password", Secret(CANARY)))
    finally:
        os.kill(hanging, signal.SIGCONT)
    assert error.code == "keyring.timeout"
    assert "SecretService: no answer in 3 s" in error.message
    assert not Keyring().has("default", "password")


@pytest.mark.usefixtures("gnome_keyring")
def test_an_insecure_keyring_that_makes_itself_the_default_is_not_used(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = install_greedy_keyring(home, monkeypatch)
    Keyring().keep("default", "password", Secret(CANARY))
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
    (home / ".config/python_keyring/keyringrc.cfg").unlink()
    assert reveal(Keyring().get("default", "password")) == CANARY
    assert not loaded.exists()


def test_an_insecure_keyring_is_not_used_where_there_is_no_other(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = install_greedy_keyring(home, monkeypatch)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={home}/none")
    error = problem_of(lambda: Keyring().keep("default", "password", Secret(CANARY)))
    assert error.code == "keyring.unavailable"
    assert not loaded.exists()


@pytest.mark.grid
def test_the_greedy_keyring_is_what_the_library_itself_would_choose(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = install_greedy_keyring(home, monkeypatch)
    assert library_default() == "keyring.backends.null"
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
    assert library_default() == "keyring.backends.null"
    (home / ".config/python_keyring/keyringrc.cfg").unlink()
    assert library_default() == "greedy"
    assert loaded.exists()


@pytest.mark.usefixtures("gnome_keyring")
def test_no_secret_is_in_arguments_environment_or_files(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = home / "seen"
    replace_interpreter(
        home,
        monkeypatch,
        f"cat /proc/$$/cmdline /proc/$$/environ >> {seen}",
        f'exec {sys.executable} "$@"',
    )
    keyring = Keyring()
    keyring.keep("default", "password", Secret(CANARY))
    assert reveal(keyring.get("default", "password")) == CANARY
    assert seen.read_bytes().count(b"tui.credentials.keyring_child") == 3
    files = [path for path in home.rglob("*") if path.is_file()]
    assert any(path.suffix == ".keyring" for path in files)
    assert not [path for path in files if CANARY.encode() in path.read_bytes()]


@pytest.mark.grid
@pytest.mark.usefixtures("gnome_keyring")
def test_asking_whether_a_secret_is_kept_does_not_bring_it() -> None:
    Keyring().keep("default", "password", Secret(CANARY))
    answer = run_child("keyring.backends.SecretService.Keyring", "has", None)
    assert answer == {"found": True, "secret": None}


def test_a_child_has_no_terminal_to_ask_on(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = home / "session"
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={home}/none")
    replace_interpreter(
        home, monkeypatch, f"cut -d' ' -f6,7 /proc/$$/stat > {session}; echo $$ >> {session}"
    )
    problem_of(lambda: Keyring().has("default", "password"))
    leader, terminal, child = session.read_text().split()
    assert (leader, terminal) == (child, "0")


@pytest.mark.parametrize(
    "output",
    sample(["", "[]", '{"found": true}', CANARY, '{"found": 1, "secret": null}', "\\377", "{"], 3),
)
def test_an_answer_that_is_none_is_told_by_its_exit_code_alone(
    output: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={home}/none")
    replace_interpreter(home, monkeypatch, f"printf '{output}'; echo {CANARY} >&2; exit 7")
    error = problem_of(lambda: Keyring().get("default", "password"))
    assert error.code == "keyring.unavailable"
    assert "SecretService: its process ended without an answer (exit code 7)" in error.message


def test_a_child_that_cannot_start_is_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={home}/none")
    monkeypatch.setattr(sys, "executable", str(home / "missing"))
    error = problem_of(lambda: Keyring().get("default", "password"))
    assert "its process can't start: No such file or directory" in error.message


@pytest.mark.usefixtures("gnome_keyring")
def test_the_process_that_asks_never_loads_a_keyring() -> None:
    code = (
        "import sys; from tui.credentials.keyring import Keyring; assert Keyring().backends();"
        "print([m for m in sys.modules if m.split('.')[0] in {'keyring', 'secretstorage'}])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert run.stdout == b"[]\n"


def run_child(backend: str, do: str, secret: str | None) -> object:
    """Return what a child replies on its pipe."""
    request = {"backend": backend, "do": do, "user": "default/password", "secret": secret}
    command = [sys.executable, "-P", "-m", "tui.credentials.keyring_child"]
    data = json.dumps(request).encode()
    run = subprocess.run(command, input=data, capture_output=True, check=True)
    assert CANARY.encode() not in run.stdout + run.stderr
    return json.loads(run.stdout)


def reveal(secret: Secret | None) -> str:
    assert secret is not None
    return secret.reveal()


def problem_of(use: Callable[[], object]) -> Problem:
    """The problem, once it is sure that no traceback shows the secret."""
    with pytest.raises(Problem) as caught:
        use()
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert caught.value.__context__ is None
    assert CANARY not in "".join(shown.format())
    return caught.value


def replace_interpreter(home: Path, monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    """Starts children by a script of these lines."""
    script = home / "python"
    script.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    script.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(script))


def install_greedy_keyring(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Chosen by its priority, the environment and the configuration; tells when it is loaded."""
    loaded = home / "loaded"
    site = home / "site"
    (site / "greedy-1.dist-info").mkdir(parents=True)
    (site / "greedy-1.dist-info" / "METADATA").write_text("Name: greedy\nVersion: 1\n")
    (site / "greedy-1.dist-info" / "entry_points.txt").write_text(
        "[keyring.backends]\ngreedy = greedy\n"
    )
    (site / "greedy.py").write_text(
        f"open({str(loaded)!r}, 'w').close()\n"
        "from keyring.backends import null\n"
        "class Keyring(null.Keyring):\n"
        "    priority = 99\n"
    )
    configuration = home / ".config" / "python_keyring"
    configuration.mkdir(parents=True)
    (configuration / "keyringrc.cfg").write_text(
        "[backend]\ndefault-keyring=keyring.backends.null.Keyring\n"
    )
    path = [str(site), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, path)))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setenv("KEYRING_PROPERTY_GET_PASSWORD", "no method any more")
    return loaded


def lock() -> None:
    """Locks the default collection, as a desktop does."""
    import secretstorage

    with closing(secretstorage.dbus_init()) as connection:
        secretstorage.get_default_collection(connection).lock()


def keyring_pid() -> int:
    """The process that answers for the Secret Service, once it does."""
    assert Keyring().backends()[0].usable
    ask = ["dbus-send", "--session", "--print-reply=literal", "--dest=org.freedesktop.DBus", "/"]
    ask += ["org.freedesktop.DBus.GetConnectionUnixProcessID", "string:org.freedesktop.secrets"]
    return int(subprocess.run(ask, capture_output=True, check=True).stdout.split()[-1])


def library_default() -> str:
    code = "import keyring; print(type(keyring.get_keyring()).__module__)"
    run = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, check=True)
    return run.stdout.decode().strip()
