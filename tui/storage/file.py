"""Reading and replacing a small text file; no reader ever sees a half-written one.

A save holds the lock of the file's directory, writes a temporary file beside the old one and
renames it into place. A file with several hard links is replaced under this name only.
"""

import contextlib
import errno
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tui.errors import Problem, Unfinished
from tui.storage.lock import explain_save_errors, lock_directory, sync_directory

SIZE_LIMIT = 256 * 1024
"""The largest file that is read, in bytes."""

_TO_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
_TO_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC

_NOT_TEXT = re.compile("[\0\udc80-\udcff]")  # the surrogates stand for bytes that are not UTF-8


def read_text_if_exists(path: Path) -> str | None:
    """Return the text of a file as `read_text` does, or None if there is no file."""
    try:
        return read_text(path)
    except Problem as problem:
        if problem.code == "file.missing":
            return None
        raise


def read_text(path: Path, limit: int = SIZE_LIMIT) -> str:
    """Return the text of the regular file at `path`, with its line ends as they are.

    A symbolic link is not followed; `limit` is in bytes.

    Raises:
        Problem: `file.missing`, `file.unreadable`, `file.symlink`, `file.not-regular`,
            `file.too-large`, `file.not-text` (not UTF-8, a NUL, a byte order mark) or `file.io`.
    """
    with _open(path) as file:
        data = _read_bytes(path, file, limit)
    return _decode(path, data)


@contextlib.contextmanager
def lock_file(path: Path) -> Iterator["LockedFile"]:
    """Lock the file at `path`, to read and replace it while no other copy of this program does.

    The lock is on the directory and covers every file in it: never lock two files of one
    directory at once. This blocks for up to two seconds. A missing directory is created, 0700.

    Raises:
        Refusal: `file.locked`; a Problem, if the directory cannot be used.
    """
    with lock_directory(path) as directory:
        yield LockedFile(path, directory)


@dataclass(frozen=True, slots=True)
class _Version:
    data: bytes
    status: os.stat_result
    attributes: dict[str, bytes]


class LockedFile:
    """A file, which may be missing, under its directory's lock; `lock_file` makes one."""

    def __init__(self, path: Path, directory: int) -> None:
        self.path = path
        self._directory = directory

    def read(self) -> str | None:
        """Return the current text, or None if there is no file."""
        version = self._version()
        return None if version is None else _decode(self.path, version.data)

    def replace(self, text: str, keep_old: bool = True) -> None:
        """Replace the content with `text`; after an error the file is as it was.

        The owner, mode, access list and `user.` attributes stay; a file that was missing gets
        mode 0600. Line ends are written as they are. With `keep_old`, the previous version is
        kept as `NAME.old`, even if the text is the same.

        Raises:
            Problem: as `read`, and `file.owner`, `file.no-space`, `file.read-only`,
                `file.unwritable`, `file.io`.
            Unfinished: `file.not-durable`: the change is made, but may not survive a power loss.
        """
        data = text.encode()
        before = self._version()
        with explain_save_errors(self.path):
            if before and keep_old:
                self._write(f"{self.path.name}.old", before.data, before)
                sync_directory(self._directory)
            self._write(self.path.name, data, before)
        try:
            sync_directory(self._directory)
        except OSError as error:
            raise Unfinished(
                "file.not-durable",
                f"{self.path} was saved, but may be lost if the power fails now:"
                f" {os.strerror(error.errno or errno.EIO)}.",
                "Check the system log (journalctl -k), then save again.",
            ) from error

    def _version(self) -> _Version | None:
        try:
            with _open(self.path, self._directory) as file:
                data = _read_bytes(self.path, file, SIZE_LIMIT)
                return _Version(data, os.fstat(file), _read_attributes(file))
        except Problem as problem:
            if problem.code == "file.missing":
                return None
            raise

    def _write(self, name: str, data: bytes, like: _Version | None) -> None:
        temporary = f".{self.path.name}.new"
        with contextlib.suppress(FileNotFoundError):  # left behind by a killed save
            os.unlink(temporary, dir_fd=self._directory)
        file = os.open(temporary, _TO_CREATE, 0o600, dir_fd=self._directory)
        try:
            with open(file, "wb") as stream:
                self._copy_metadata(file, like)
                stream.write(data)
                stream.flush()
                os.fsync(file)
            self._rename(temporary, name, data)
        finally:
            # Gone after a rename; if it cannot be removed now, the next save does it.
            with contextlib.suppress(OSError):
                os.unlink(temporary, dir_fd=self._directory)

    def _copy_metadata(self, file: int, like: _Version | None) -> None:
        if like is None:
            os.fchmod(file, 0o600)
            return
        try:
            os.fchown(file, like.status.st_uid, like.status.st_gid)
        except PermissionError as error:
            raise self._owner_error(like.status) from error
        for name in _read_attributes(file).keys() - like.attributes.keys():
            os.removexattr(file, name)  # inherited from the directory
        for name, value in like.attributes.items():
            os.setxattr(file, name, value)
        os.fchmod(file, stat.S_IMODE(like.status.st_mode))

    def _owner_error(self, status: os.stat_result) -> Problem:
        try:
            owner = self.path.owner()
        except KeyError:
            owner = str(status.st_uid)
        return Problem(
            "file.owner",
            f"Can't save {self.path}: it belongs to user {owner} and group {status.st_gid}, which "
            "this user can't keep. The file is unchanged.",
            f"Run this as {owner}, or change the file's owner or group first.",
        )

    def _rename(self, temporary: str, name: str, data: bytes) -> None:
        here = self._directory
        try:
            os.rename(temporary, name, src_dir_fd=here, dst_dir_fd=here)
        except OSError:
            # NFS can report that a rename failed when only the reply to it was lost.
            path = self.path.with_name(name)
            with contextlib.suppress(Problem), _open(path, here) as file:
                if _read_bytes(path, file, len(data)) == data:
                    return
            raise


def remove_file(path: Path, code: str) -> None:
    """Remove one of the program's own files, if it exists; `code` is the problem's if it can't."""
    if not os.path.isdir(path.parent):
        return
    # Under the lock, so that a save in progress does not bring it back.
    with lock_directory(path) as directory:
        try:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path.name, dir_fd=directory)
            sync_directory(directory)
        except OSError as error:
            why = f"Can't remove {path}: {error.strerror}."
            raise Problem(code, why, "Remove it yourself.") from error


@contextlib.contextmanager
def _open(path: Path, directory: int | None = None) -> Iterator[int]:
    try:
        name = path if directory is None else path.name
        file = os.open(name, _TO_READ, dir_fd=directory)
        try:
            if not stat.S_ISREG(os.fstat(file).st_mode):
                raise _not_regular_error(path)
            yield file
        finally:
            os.close(file)
    except OSError as error:
        raise _read_error(path, error) from error


def _not_regular_error(path: Path) -> Problem:
    return Problem(
        "file.not-regular",
        f"{path} is not a regular file but a directory, pipe, socket or device.",
        "Name a regular file.",
    )


def _read_error(path: Path, error: OSError) -> Problem:
    match error.errno:
        case errno.ENOENT:
            return Problem(
                "file.missing", f"There is no file {path}.", "Check its name, or create it."
            )
        case errno.EACCES | errno.EPERM:
            return Problem(
                "file.unreadable",
                f"This user isn't allowed to read {path}.",
                "Run this as a user who is, or change its permissions.",
            )
        case errno.ELOOP if path.is_symlink():
            return Problem(
                "file.symlink",
                f"{path} is a symbolic link. Links aren't followed.",
                f"Name the file itself: {path.parent / os.readlink(path)}",
            )
        case errno.ENXIO | errno.ENODEV:
            return _not_regular_error(path)
    why = os.strerror(error.errno or errno.EIO)
    return Problem("file.io", f"Can't read {path}: {why}.", "Fix that, then try again.")


def _read_bytes(path: Path, file: int, limit: int) -> bytes:
    with open(file, "rb", closefd=False) as stream:
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise Problem(
            "file.too-large",
            f"{path} is larger than {limit} bytes.",
            "Check that this is the file you meant.",
        )
    return data


def _decode(path: Path, data: bytes) -> str:
    text = data.decode(errors="surrogateescape")
    if found := _NOT_TEXT.search(text):
        why = "a NUL" if found[0] == "\0" else "a byte that is not UTF-8"
        line = text.count("\n", 0, found.start()) + 1
        raise Problem(
            "file.not-text",
            f"{path} isn't a text file: {why} in line {line}.",
            "Check that this is the file you meant, and save it as UTF-8.",
        )
    if text.startswith("\ufeff"):
        raise Problem(
            "file.not-text",
            f"{path} starts with a byte order mark.",
            "Save it as UTF-8 without a byte order mark (BOM).",
        )
    return text


def _read_attributes(file: int) -> dict[str, bytes]:
    if not hasattr(os, "listxattr"):
        return {}
    try:
        names = os.listxattr(file)
    except OSError as error:
        if error.errno == errno.EOPNOTSUPP:
            return {}
        raise
    return {
        name: os.getxattr(file, name)
        for name in names
        if name == "system.posix_acl_access" or name.startswith("user.")
    }
