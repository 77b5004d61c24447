import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.programs import require
from tests.storage.saving import ENVIRONMENT, names, saving, told

OLD = "the version in force\n"
EARLIER = "the version before\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "settings.toml"
    path.write_text(OLD)
    path.chmod(0o640)
    path.with_name("settings.toml.old").write_text(EARLIER)
    return path


def save_with(fault: str, path: Path, *options: str) -> "subprocess.CompletedProcess[bytes]":
    strace = require("strace", package="strace")
    log = path.parent.parent / f"{path.parent.name}.strace"
    done = subprocess.run(
        [strace, "-f", "-o", log, "-e", f"inject={fault}", *options, *saving(path, "new\n")],
        env=ENVIRONMENT,
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
    done = save_with(fault, file)
    assert done.returncode == 1
    problem = told(done.stdout)
    assert problem[0] == code
    assert str(file) in problem[1]
    assert "was not saved" in problem[1]
    assert problem[2]
    assert file.read_text() == OLD
    after = file.stat()
    assert (after.st_ino, after.st_ctime_ns) == (before.st_ino, before.st_ctime_ns)
    assert file.with_name("settings.toml.old").read_text() in {OLD, EARLIER}
    assert names(file) == ["settings.toml", "settings.toml.old"]


def test_a_lock_that_is_let_go_in_time_is_taken(file: Path) -> None:
    assert save_with("flock:error=EAGAIN:when=1..5", file).returncode == 0
    assert file.read_text() == "new\n"


def test_an_interrupted_call_is_made_again(file: Path) -> None:
    assert save_with("write:error=EINTR:when=2", file).returncode == 0
    assert file.read_text() == "new\n"


def test_a_change_that_may_not_outlast_a_loss_of_power_says_that_it_is_made(file: Path) -> None:
    done = save_with("fsync:error=EIO:when=4", file)
    assert done.returncode == 1
    code, message, _ = told(done.stdout)
    assert code == "file.not-durable"
    assert "was saved, but" in message
    assert file.read_text() == "new\n"


def test_a_file_system_that_cannot_sync_directories_will_do(file: Path) -> None:
    assert save_with("fsync:error=EINVAL:when=4", file).returncode == 0
    assert file.read_text() == "new\n"


def test_a_leftover_that_cannot_be_cleared_away_stops_the_save(file: Path) -> None:
    file.with_name(".settings.toml.new").write_text("left over")
    done = save_with("/^unlink:error=EACCES:when=1", file)
    assert told(done.stdout)[0] == "file.unwritable"
    assert file.read_text() == OLD


def test_a_link_put_in_the_temporary_files_place_is_not_written_through(file: Path) -> None:
    victim = file.with_name("victim")
    victim.write_text("untouched\n")
    file.with_name(".settings.toml.new").symlink_to(victim)
    done = save_with("/^unlink:retval=0:when=1", file)  # as if it came right after the clearing
    assert told(done.stdout)[0] == "file.io"
    assert victim.read_text() == "untouched\n"
    assert file.read_text() == OLD


@pytest.mark.parametrize("fault", ["read:error=EIO", "/fstat:error=ESTALE"])
def test_a_file_that_cannot_be_read_is_not_replaced(file: Path, fault: str) -> None:
    done = save_with(fault, file, "-P", str(file))
    code, message, _ = told(done.stdout)
    assert code == "file.io"
    assert "cannot be read" in message
    assert file.read_text() == OLD
    assert names(file) == ["settings.toml", "settings.toml.old"]


# A file system of its own, in a mount namespace of its own, so that nobody else sees it.
MOUNTED = """
import os, subprocess, sys
from pathlib import Path
from tui.storage.file import locked
from tui.errors import Problem

here = Path(sys.argv[1])
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", here], check=True)
file = here / "settings.toml"
file.write_text("old" * 5_000)
{prepare}
try:
    with locked(file) as current:
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
        env=ENVIRONMENT,
        capture_output=True,
        check=False,
    )
    assert done.stderr == b""
    assert done.stdout.decode().split() == [code]
