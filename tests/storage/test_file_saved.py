import errno
import fcntl
import os
import stat
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.storage.people import NOBODY, as_person
from tests.storage.saving import ENVIRONMENT, names, save, save_fails
from tui.errors import Refusal
from tui.storage.file import lock_file, read_text

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
ACCESS, DEFAULT = "system.posix_acl_access", "system.posix_acl_default"
# Owner rw, group nothing, user nobody read, mask read, others nothing.
ACCESS_LIST = struct.pack(
    "<I" + "HHI" * 5,
    *(2, 0x01, 6, 2**32 - 1, 0x02, 4, NOBODY, 0x04, 0, 2**32 - 1),
    *(0x10, 4, 2**32 - 1, 0x20, 0, 2**32 - 1),
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "settings.toml"
    path.write_text("old\n")
    path.chmod(0o640)
    return path


@pytest.fixture
def public() -> Iterator[Path]:
    """A directory that every user can reach."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def set_attribute(path: Path, name: str, value: bytes) -> None:
    try:
        os.setxattr(path, name, value)
    except OSError as error:
        if error.errno != errno.EOPNOTSUPP:
            raise
        pytest.skip(f"the file system of {path} keeps no {name}")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_version_before_is_kept(file: Path) -> None:
    with lock_file(file) as current:
        assert current.read() == "old\n"
        current.replace("new\n")
        assert current.read() == "new\n"
    assert file.read_text() == "new\n"
    assert file.with_name("settings.toml.old").read_text() == "old\n"
    assert names(file) == ["settings.toml", "settings.toml.old"]


def test_the_version_before_need_not_be_kept(file: Path) -> None:
    save(file, keep_old=False)
    assert names(file) == ["settings.toml"]


def test_a_new_file_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "glidemail" / "settings.toml"
    with lock_file(path) as current:
        assert current.read() is None
        current.replace("new\n")
    assert path.read_text() == "new\n"
    assert mode(path) == 0o600
    assert mode(path.parent) == mode(path.parent.parent) == 0o700
    assert names(path) == ["settings.toml"]


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff")))
def test_what_is_saved_is_what_is_read(text: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "settings.toml"
        save(path, text)
        assert read_text(path) == text


@pytest.mark.parametrize("bits", [0o600, 0o640, 0o664, 0o444])
def test_the_mode_is_kept(file: Path, bits: int) -> None:
    file.chmod(bits)
    save(file)
    assert mode(file) == mode(file.with_name("settings.toml.old")) == bits


@AS_ROOT
def test_the_owner_is_kept(file: Path) -> None:
    os.chown(file, NOBODY, NOBODY)
    save(file)
    for path in (file, file.with_name("settings.toml.old")):
        assert (path.stat().st_uid, path.stat().st_gid) == (NOBODY, NOBODY)


@AS_ROOT
def test_a_file_whose_owner_cannot_be_kept_is_left_alone(public: Path) -> None:
    path = public / "settings.toml"
    path.write_text("old\n")
    path.chmod(0o666)
    os.chown(public, NOBODY, NOBODY)
    assert as_person(lambda: save(path)) == "file.owner"
    assert path.read_text() == "old\n"
    assert names(path) == ["settings.toml"]


def test_access_list_and_attributes_are_kept(file: Path) -> None:
    set_attribute(file, "user.origin", b"by hand")
    set_attribute(file, ACCESS, ACCESS_LIST)
    save(file)
    for path in (file, file.with_name("settings.toml.old")):
        assert os.getxattr(path, "user.origin") == b"by hand"
        assert os.getxattr(path, ACCESS) == ACCESS_LIST
        assert mode(path) == 0o640


def test_an_access_list_of_the_directory_gives_nobody_new_rights(file: Path) -> None:
    set_attribute(file.parent, DEFAULT, ACCESS_LIST)
    save(file)
    assert ACCESS not in os.listxattr(file)
    assert mode(file) == 0o640


def test_what_a_killed_save_left_is_cleared_away(file: Path) -> None:
    victim = file.with_name("victim")
    victim.write_text("untouched\n")
    file.with_name(".settings.toml.new").symlink_to(victim)
    save(file)
    assert victim.read_text() == "untouched\n"
    assert names(file) == ["settings.toml", "settings.toml.old", "victim"]


def test_an_old_version_that_is_a_link_is_replaced_and_not_followed(file: Path) -> None:
    victim = file.with_name("victim")
    victim.write_text("untouched\n")
    file.with_name("settings.toml.old").symlink_to(victim)
    save(file)
    assert victim.read_text() == "untouched\n"
    assert not file.with_name("settings.toml.old").is_symlink()
    assert file.with_name("settings.toml.old").read_text() == "old\n"


def test_an_old_version_that_cannot_be_kept_stops_the_save(file: Path) -> None:
    file.with_name("settings.toml.old").mkdir()
    assert save_fails(file).code == "file.io"
    assert file.read_text() == "old\n"
    assert names(file) == ["settings.toml", "settings.toml.old"]


def test_a_file_with_several_names_is_replaced_under_this_one(file: Path) -> None:
    other = file.with_name("other")
    other.hardlink_to(file)
    save(file)
    assert (file.read_text(), other.read_text()) == ("new\n", "old\n")


def test_a_directory_that_anyone_may_write_to_is_refused(file: Path) -> None:
    file.parent.chmod(0o777)
    assert save_fails(file).code == "file.unsafe-directory"
    file.parent.chmod(0o1777)
    save(file)


def test_a_directory_that_this_user_may_not_write_to_leaves_the_file_alone(public: Path) -> None:
    path = public / "settings.toml"
    path.write_text("old\n")
    public.chmod(0o555)
    assert as_person(lambda: save(path)) == "file.unwritable"
    assert as_person(lambda: save(public / "deep" / "settings.toml")) == "file.unwritable"
    assert names(path) == ["settings.toml"]
    assert path.read_text() == "old\n"
    public.chmod(0o755)


def test_a_directory_that_is_a_file_is_a_problem(file: Path) -> None:
    assert save_fails(file / "settings.toml").code == "file.io"


def test_an_error_of_the_caller_is_not_taken_for_one_of_the_file(file: Path) -> None:
    with pytest.raises(IsADirectoryError), lock_file(file):
        raise IsADirectoryError
    save(file)


# Several programs


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
        subprocess.Popen([sys.executable, "-c", program, file, letter], env=ENVIRONMENT)
        for letter in versions
    ]
    seen = set()
    while any(writer.poll() is None for writer in writers):
        seen.add(read_text(file))
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    assert seen <= {"old\n", *versions.values()}
    assert read_text(file) in versions.values()
    assert file.with_name("settings.toml.old").read_text() in versions.values()
    assert names(file) == ["settings.toml", "settings.toml.old"]
