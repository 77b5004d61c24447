"""Saves that the system refuses or cuts short leave a whole file."""

import errno
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.programs import require
from tests.storage.factories import file_names
from tests.storage.fakes import PYTHON_ENVIRONMENT
from tests.storage.ptrace import RENAMES, STOPPED, Run, run
from tui.storage.file import lock_file

OLD = "the version in force\n"
EARLIER = "the previous version\n"


_PROGRAM = """
import json, os, signal, sys
from pathlib import Path
from tui.storage.file import lock_file
from tui.errors import Problem
if {stops}:
    os.kill(os.getpid(), signal.SIGSTOP)
try:
    with lock_file(Path(sys.argv[1])) as file:
        file.replace(sys.argv[2])
except Problem as problem:
    os.write(1, json.dumps([problem.code, problem.message, problem.hint]).encode())
    os._exit(problem.exit_code)
os._exit(0)
"""


def save_command(path: Path, text: str, *, stops: bool = False) -> list[str]:
    """The command line of a program that saves `text` at `path`, and tells a Problem as JSON.

    Args:
        path: of the file.
        text: its new content.
        stops: whether the program stops itself once everything is imported.
    """
    return [sys.executable, "-S", "-c", _PROGRAM.format(stops=stops), str(path), text]


def parse_problem(output: bytes) -> tuple[str, str, str]:
    """The code, message and next step of the Problem that such a program told."""
    code, message, then = json.loads(output)
    return code, message, then


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "settings.toml"
    path.write_text(OLD)
    path.chmod(0o640)
    path.with_name("settings.toml.old").write_text(EARLIER)
    return path


def save_with_fault(fault: str, path: Path, *options: str) -> "subprocess.CompletedProcess[bytes]":
    strace = require("strace", package="strace")
    log = path.parent.parent / f"{path.parent.name}.strace"
    done = subprocess.run(
        [strace, "-f", "-o", log, "-e", f"inject={fault}", *options, *save_command(path, "new\n")],
        env=PYTHON_ENVIRONMENT,
        capture_output=True,
        check=False,
    )
    assert "(INJECTED)" in log.read_text()
    return done


# A save renames the .old version first and the new one second, and so on.
@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("/^rename:error=ESTALE:when=1", "file.io"),
        ("/^rename:error=ESTALE:when=2", "file.io"),
        ("/^rename:error=EXDEV:when=2", "file.io"),
        ("/^rename:error=EIO:when=2", "file.io"),
        ("/^rename:error=EPERM:when=2", "file.unwritable"),
        ("write:error=ENOSPC:when=1", "file.no-space"),
        ("write:error=ENOSPC:when=2", "file.no-space"),
        ("write:error=EDQUOT:when=2", "file.no-space"),
        ("write:error=EIO:when=2", "file.io"),
        ("fsync:error=EIO:when=1", "file.io"),
        ("fsync:error=EIO:when=2", "file.io"),
        ("fsync:error=EIO:when=3", "file.io"),
        ("fsync:error=ENOSPC:when=3", "file.no-space"),
        ("fchown:error=EPERM:when=1", "file.owner"),
        ("fchmod:error=EROFS:when=2", "file.read-only"),
        ("flock:error=EBADF", "file.no-locks"),
        ("flock:error=ENOLCK", "file.no-locks"),
        ("flock:error=EOPNOTSUPP", "file.no-locks"),
        ("flock:error=EINVAL", "file.no-locks"),
        ("flock:error=EIO", "file.io"),
    ],
)
def test_a_failing_system_call_leaves_the_file_as_it_was(file: Path, fault: str, code: str) -> None:
    before = file.stat()
    done = save_with_fault(fault, file)
    assert done.returncode == 1
    problem = parse_problem(done.stdout)
    assert problem[0] == code
    assert str(file) in problem[1]
    assert "Can't save" in problem[1]
    assert problem[2]
    assert file.read_text() == OLD
    after = file.stat()
    assert (after.st_ino, after.st_ctime_ns) == (before.st_ino, before.st_ctime_ns)
    assert file.with_name("settings.toml.old").read_text() in {OLD, EARLIER}
    assert file_names(file) == ["settings.toml", "settings.toml.old"]


def test_a_lock_that_is_let_go_in_time_is_taken(file: Path) -> None:
    assert save_with_fault("flock:error=EAGAIN:when=1..5", file).returncode == 0
    assert file.read_text() == "new\n"


def test_an_interrupted_call_is_made_again(file: Path) -> None:
    assert save_with_fault("write:error=EINTR:when=2", file).returncode == 0
    assert file.read_text() == "new\n"


def test_a_change_that_may_not_outlast_a_loss_of_power_says_that_it_is_made(file: Path) -> None:
    done = save_with_fault("fsync:error=EIO:when=4", file)
    assert done.returncode == 1
    code, message, _ = parse_problem(done.stdout)
    assert code == "file.not-durable"
    assert "was saved, but" in message
    assert file.read_text() == "new\n"


def test_a_file_system_that_cannot_sync_directories_will_do(file: Path) -> None:
    assert save_with_fault("fsync:error=EINVAL:when=4", file).returncode == 0
    assert file.read_text() == "new\n"


def test_a_leftover_that_cannot_be_cleared_away_stops_the_save(file: Path) -> None:
    file.with_name(".settings.toml.new").write_text("left over")
    done = save_with_fault("/^unlink:error=EACCES:when=1", file)
    assert parse_problem(done.stdout)[0] == "file.unwritable"
    assert file.read_text() == OLD


def test_a_link_put_in_the_temporary_files_place_is_not_written_through(file: Path) -> None:
    victim = file.with_name("victim")
    victim.write_text("untouched\n")
    file.with_name(".settings.toml.new").symlink_to(victim)
    done = save_with_fault(
        "/^unlink:retval=0:when=1", file
    )  # as if it came right after the clearing
    assert parse_problem(done.stdout)[0] == "file.io"
    assert victim.read_text() == "untouched\n"
    assert file.read_text() == OLD


@pytest.mark.parametrize("fault", ["read:error=EIO", "/fstat:error=ESTALE"])
def test_a_file_that_cannot_be_read_is_not_replaced(file: Path, fault: str) -> None:
    done = save_with_fault(fault, file, "-P", str(file))
    code, message, _ = parse_problem(done.stdout)
    assert code == "file.io"
    assert "Can't read" in message
    assert file.read_text() == OLD
    assert file_names(file) == ["settings.toml", "settings.toml.old"]


# A file system of its own, in a mount namespace of its own, so that nobody else sees it.
MOUNTED = """
import os, subprocess, sys
from pathlib import Path
from tui.storage.file import lock_file
from tui.errors import Problem

here = Path(sys.argv[1])
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", here], check=True)
file = here / "settings.toml"
file.write_text("old" * 5_000)
{prepare}
try:
    with lock_file(file) as current:
        current.replace("new" * 15_000)
except Problem as problem:
    print(problem.code)
assert file.read_text() == "old" * 5_000
assert not (here / ".settings.toml.new").exists()
"""


@pytest.mark.parametrize(
    ("prepare", "code"),
    [
        pytest.param("", "file.no-space", id="full"),
        pytest.param(
            "(here / 'filler').write_bytes(bytes(45_056))", "file.no-space", id="full at once"
        ),
        pytest.param(
            "subprocess.run(['mount', '-o', 'remount,bind,ro', here], check=True)",
            "file.read-only",
            id="read-only",
        ),
    ],
)
def test_a_disk_that_takes_no_more_leaves_the_file_as_it_was(
    tmp_path: Path, prepare: str, code: str
) -> None:
    unshare = require("unshare", package="util-linux")
    apart = [unshare, "-m"] if os.geteuid() == 0 else [unshare, "-Urm"]
    if subprocess.run([*apart, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine allows no mount namespace")
    done = subprocess.run(
        [*apart, sys.executable, "-c", MOUNTED.format(prepare=prepare), tmp_path],
        env=PYTHON_ENVIRONMENT,
        capture_output=True,
        check=False,
    )
    assert done.stderr == b""
    assert done.stdout.decode().split() == [code]


# Killed or misled at a system call

EARLIER_SETTINGS = "# the previous version\n"
OLD_SETTINGS = '# kept comment\nserver = "mail.old.example"\n'
NEW_SETTINGS = '# kept comment\nserver = "mail.new.example"\nport = 587\n'
OWNER = 65534 if os.geteuid() == 0 else os.geteuid()


def save_traced(path: Path, kill_at: int | None = None, longest_write: int | None = None) -> Run:
    return run(
        save_command(path, NEW_SETTINGS, stops=True),
        begin=STOPPED,
        kill_at=kill_at,
        environment=PYTHON_ENVIRONMENT,
        longest_write=longest_write,
    )


STEPS = [pytest.param(1, marks=pytest.mark.grid), 3]
"""How many system calls lie between one kill and the next."""


def write_old_files(path: Path) -> None:
    for name, text in ((path.name, OLD_SETTINGS), (f"{path.name}.old", EARLIER_SETTINGS)):
        file = path.with_name(name)
        file.unlink(missing_ok=True)
        file.write_text(text)
        file.chmod(0o640)
        os.chown(file, OWNER, -1)


@pytest.mark.parametrize("step", STEPS)
def test_a_save_killed_at_any_system_call_leaves_a_whole_file(tmp_path: Path, step: int) -> None:
    path = tmp_path / "settings.toml"
    found: list[tuple[str, str]] = []
    write_old_files(path)
    while (attempt := save_traced(path, kill_at=len(found) * step)).killed:
        found.append((path.read_text(), path.with_name("settings.toml.old").read_text()))
        for name in ("settings.toml", "settings.toml.old"):
            status = path.with_name(name).stat()
            assert (status.st_uid, stat.S_IMODE(status.st_mode)) == (OWNER, 0o640)
        with lock_file(path) as file:
            file.replace("after the kill\n")
        assert path.read_text() == "after the kill\n"
        assert file_names(path) == ["settings.toml", "settings.toml.old"]
        write_old_files(path)
    assert attempt.status == 0
    assert len(found) * step > 30
    assert {"flock", "fsync", "write"} < set(attempt.calls)
    assert RENAMES & set(attempt.calls)
    # In this order, and nothing else ever:
    assert list(dict.fromkeys(found)) == [
        (OLD_SETTINGS, EARLIER_SETTINGS),
        (OLD_SETTINGS, OLD_SETTINGS),
        (NEW_SETTINGS, OLD_SETTINGS),
    ]


@pytest.mark.parametrize("step", STEPS)
def test_a_first_save_killed_at_any_system_call_leaves_a_whole_file_or_none(
    tmp_path: Path, step: int
) -> None:
    found: list[str | None] = []
    path = tmp_path / "0" / "glidemail" / "settings.toml"
    while (attempt := save_traced(path, kill_at=len(found) * step)).killed:
        found.append(path.read_text() if path.exists() else None)
        with lock_file(path) as file:
            file.replace("after the kill\n", keep_old=False)
        assert path.read_text() == "after the kill\n"
        assert file_names(path) == ["settings.toml"]
        path = tmp_path / str(len(found)) / "glidemail" / "settings.toml"
    assert attempt.status == 0
    assert len(found) * step > 30
    assert RENAMES & set(attempt.calls)
    assert list(dict.fromkeys(found)) == [None, NEW_SETTINGS]


def test_a_write_that_takes_a_few_bytes_at_a_time_is_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    write_old_files(path)
    attempt = save_traced(path, longest_write=7)
    assert attempt.status == 0
    assert attempt.calls.count("write") > 2 * (len(OLD_SETTINGS) + len(NEW_SETTINGS)) // 7
    assert path.read_text() == NEW_SETTINGS
    assert path.with_name("settings.toml.old").read_text() == OLD_SETTINGS


@pytest.mark.parametrize("number", [errno.ESTALE, errno.ENOENT, errno.EIO])
def test_a_rename_that_took_effect_and_reports_failure_counts_as_done(
    tmp_path: Path, number: int
) -> None:
    path = tmp_path / "settings.toml"
    write_old_files(path)
    attempt = run(
        save_command(path, NEW_SETTINGS, stops=True),
        begin=STOPPED,
        environment=PYTHON_ENVIRONMENT,
        misreported=dict.fromkeys(RENAMES, number),
    )
    assert attempt.status == 0
    assert path.read_text() == NEW_SETTINGS
    assert path.with_name("settings.toml.old").read_text() == OLD_SETTINGS
    assert file_names(path) == ["settings.toml", "settings.toml.old"]


def test_tracing_can_begin_with_a_system_call(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    write_old_files(path)
    attempt = run(
        save_command(path, NEW_SETTINGS), begin="flock", kill_at=0, environment=PYTHON_ENVIRONMENT
    )
    assert attempt.calls == ["flock"]
    assert attempt.killed
    assert path.read_text() == OLD_SETTINGS
