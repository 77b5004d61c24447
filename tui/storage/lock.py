"""The lock of the directory in which a file is saved, and what can prevent a save there."""

import contextlib
import errno
import fcntl
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from tui.errors import Problem, Refusal

_TIMEOUT = 2.0  # seconds
_POLL_INTERVAL = 0.01  # seconds
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC

_NO_LOCKS = {errno.EBADF, errno.ENOLCK, errno.EOPNOTSUPP, errno.EINVAL}

_MAKE_ROOM = "Free some space, then save again."
_SAVE_ERRORS = {
    errno.ENOSPC: ("file.no-space", "the disk is full", _MAKE_ROOM),
    errno.EDQUOT: ("file.no-space", "its owner's quota is used up", _MAKE_ROOM),
    errno.EROFS: (
        "file.read-only",
        "its file system is mounted read-only",
        "Remount it for writing, or use a file somewhere else.",
    ),
    errno.EACCES: (
        "file.unwritable",
        "this user isn't allowed to write in its directory",
        "Run this as a user who is, or change the directory's permissions.",
    ),
    errno.EPERM: (
        "file.unwritable",
        "the system forbids it",
        "Check with lsattr whether the file or its directory is immutable.",
    ),
    errno.EIO: (
        "file.io",
        "the disk reported an error",
        "Check the system log (journalctl -k) before saving again.",
    ),
    errno.ESTALE: (
        "file.io",
        "the file server no longer knows its directory",
        "Check that the network file system is still mounted, then save again.",
    ),
}


@contextlib.contextmanager
def explain_save_errors(path: Path) -> Iterator[None]:
    """Turn an OSError while `path` is being saved into a `Problem` that explains it."""
    try:
        yield
    except OSError as error:
        number = error.errno or errno.EIO
        code, why, then = _SAVE_ERRORS.get(
            number, ("file.io", os.strerror(number), "Fix that, then save again.")
        )
        raise Problem(code, f"Can't save {path}: {why}. The file is unchanged.", then) from error


@contextlib.contextmanager
def lock_directory(path: Path) -> Iterator[int]:
    """Lock the directory of `path` and give its descriptor; see `file.lock_file`."""
    with explain_save_errors(path):
        directory = _open_directory(path.parent)
    try:
        with explain_save_errors(path):
            _check_permissions(path, directory)
            _wait_for_lock(path, directory)
        yield directory
    finally:
        os.close(directory)  # unlocks as well


def sync_directory(directory: int) -> None:
    """Make changes to the names in an open directory survive a power loss."""
    try:
        os.fsync(directory)
    except OSError as error:
        if error.errno != errno.EINVAL:  # this file system cannot sync directories
            raise


def _open_directory(directory: Path) -> int:
    with contextlib.suppress(FileNotFoundError):
        return os.open(directory, _DIRECTORY)
    _make_directory(directory)
    return os.open(directory, _DIRECTORY)


def _make_directory(directory: Path) -> None:
    with contextlib.suppress(FileExistsError):  # another program was faster
        try:
            directory.mkdir(0o700)
        except FileNotFoundError:
            _make_directory(directory.parent)
            directory.mkdir(0o700)
    parent = os.open(directory.parent, _DIRECTORY)
    try:
        sync_directory(parent)
    finally:
        os.close(parent)


def _check_permissions(path: Path, directory: int) -> None:
    mode = os.fstat(directory).st_mode
    if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
        raise Problem(
            "file.unsafe-directory",
            f"Can't save {path}: anyone can replace files in {path.parent}.",
            f"Remove that permission (chmod o-w {path.parent}), or use another directory.",
        )


def _wait_for_lock(path: Path, directory: int) -> None:
    deadline = time.monotonic() + _TIMEOUT
    while True:
        try:
            fcntl.flock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError as error:
            if time.monotonic() >= deadline:
                raise Refusal(
                    "file.locked",
                    f"Another program is saving in {path.parent}.",
                    "Wait until it is done, then try again.",
                ) from error
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise
            raise Problem(
                "file.no-locks",
                f"Can't save {path}: the file system of {path.parent} has no locks.",
                "Keep the file on a local disk.",
            ) from error
        time.sleep(_POLL_INTERVAL)
