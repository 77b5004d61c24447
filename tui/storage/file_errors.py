"""Errors of the operating system about a file, as problems that a person can act on."""

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from tui.errors import Problem

_SAVE_ERRORS = {
    errno.ENOSPC: ("file.no-space", "the disk is full", "Make some room, then save again."),
    errno.EDQUOT: (
        "file.no-space",
        "the quota of its owner is used up",
        "Make some room, then save again.",
    ),
    errno.EROFS: (
        "file.read-only",
        "its file system is mounted read-only",
        "Have it mounted for writing, or use a file somewhere else.",
    ),
    errno.EACCES: (
        "file.unwritable",
        "this user may not write in its directory",
        "Run this as a user who may, or have the directory's permissions changed.",
    ),
    errno.EPERM: (
        "file.unwritable",
        "the system forbids it",
        "See with lsattr whether the file or its directory is marked immutable.",
    ),
    errno.EIO: (
        "file.io",
        "the disk reported an error",
        "Look into the system's log (journalctl -k) before saving again.",
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
            number, ("file.io", os.strerror(number), "Settle that, then save again.")
        )
        raise Problem(code, f"{path} was not saved: {why}. The file is as it was.", then) from error


def not_regular_error(path: Path) -> Problem:
    return Problem(
        "file.not-regular",
        f"{path} is not a regular file but a directory, pipe, socket or device.",
        "Name a regular file.",
    )


def read_error(path: Path, error: OSError) -> Problem:
    match error.errno:
        case errno.ENOENT:
            return Problem(
                "file.missing", f"There is no file {path}.", "Check its name, or create it."
            )
        case errno.EACCES | errno.EPERM:
            return Problem(
                "file.unreadable",
                f"This user may not read {path}.",
                "Run this as a user who may, or have its permissions changed.",
            )
        case errno.ELOOP if path.is_symlink():
            return Problem(
                "file.symlink",
                f"{path} is a symbolic link, which is not followed.",
                f"Name the file itself: {path.parent / os.readlink(path)}",
            )
        case errno.ENXIO | errno.ENODEV:
            return not_regular_error(path)
    why = os.strerror(error.errno or errno.EIO)
    return Problem("file.io", f"{path} cannot be read: {why}.", "Settle that, then try again.")
