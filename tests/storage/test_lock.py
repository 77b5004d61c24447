"""The lock of a folder: one program saves in it at a time, and only where that is safe."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.storage.factories import file_names, save, save_error
from tests.storage.fakes import PYTHON_ENVIRONMENT, run_as_ordinary_user
from tui.errors import Refusal
from tui.storage.file import lock_file, read_text


def test_a_directory_that_anyone_may_write_to_is_refused(file: Path) -> None:
    file.parent.chmod(0o777)
    assert save_error(file).code == "file.unsafe-directory"
    file.parent.chmod(0o1777)
    save(file)


def test_a_directory_that_this_user_may_not_write_to_leaves_the_file_alone(public: Path) -> None:
    path = public / "settings.toml"
    path.write_text("old\n")
    public.chmod(0o555)
    assert run_as_ordinary_user(lambda: save(path)) == "file.unwritable"
    assert (
        run_as_ordinary_user(lambda: save(public / "deep" / "settings.toml")) == "file.unwritable"
    )
    assert file_names(path) == ["settings.toml"]
    assert path.read_text() == "old\n"
    public.chmod(0o755)


def test_a_directory_that_is_a_file_is_a_problem(file: Path) -> None:
    assert save_error(file / "settings.toml").code == "file.io"


def test_an_error_of_the_caller_is_not_taken_for_one_of_the_file(file: Path) -> None:
    with pytest.raises(IsADirectoryError), lock_file(file):
        raise IsADirectoryError
    save(file)


def test_a_lock_that_is_held_is_not_waited_for_long(file: Path) -> None:
    holder = os.open(file.parent, os.O_RDONLY)
    fcntl.flock(holder, fcntl.LOCK_EX)
    with pytest.raises(Refusal) as refused:
        save(file)
    os.close(holder)
    assert refused.value.code == "file.locked"
    assert file.read_text() == "old\n"
    save(file)


def test_programs_that_save_at_once_leave_whole_versions_only(file: Path) -> None:
    versions = {letter: letter * 100_000 for letter in "abc"}
    program = (
        "import contextlib, sys\n"
        "from pathlib import Path\n"
        "from tui.storage.file import lock_file\n"
        "from tui.errors import Refusal\n"
        "for _ in range(30):\n"
        "    with contextlib.suppress(Refusal), lock_file(Path(sys.argv[1])) as file:\n"
        "        file.replace(sys.argv[2] * 100_000)\n"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", program, file, letter], env=PYTHON_ENVIRONMENT)
        for letter in versions
    ]
    seen = set()
    while any(writer.poll() is None for writer in writers):
        seen.add(read_text(file))
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    assert seen <= {"old\n", *versions.values()}
    assert read_text(file) in versions.values()
    assert file.with_name("settings.toml.old").read_text() in versions.values()
    assert file_names(file) == ["settings.toml", "settings.toml.old"]
