"""Text files: read as they are or refused with a reason, and replaced as a whole."""

import errno
import os
import stat
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.storage.factories import file_names, save, save_error
from tests.storage.fakes import NOBODY, PYTHON_ENVIRONMENT, run_as_ordinary_user
from tui.errors import Problem
from tui.storage.file import lock_file, read_text

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
ACCESS, DEFAULT = "system.posix_acl_access", "system.posix_acl_default"
# Owner rw, group nothing, user nobody read, mask read, others nothing.
ACCESS_LIST = struct.pack(
    "<I" + "HHI" * 5,
    *(2, 0x01, 6, 2**32 - 1, 0x02, 4, NOBODY, 0x04, 0, 2**32 - 1),
    *(0x10, 4, 2**32 - 1, 0x20, 0, 2**32 - 1),
)


def read_error(path: Path, limit: int = 256 * 1024) -> Problem:
    with pytest.raises(Problem) as raised:
        read_text(path, limit)
    return raised.value


def test_a_text_is_read_as_it_is(file: Path) -> None:
    file.write_bytes("a = 'ü'\r\n# 設定\n".encode())
    assert read_text(file) == "a = 'ü'\r\n# 設定\n"


def test_a_file_as_large_as_the_limit_is_read(file: Path) -> None:
    file.write_text("12345")
    assert read_text(file, limit=5) == "12345"
    assert read_error(file, limit=4).code == "file.too-large"


def test_an_enormous_file_is_not_read(file: Path) -> None:
    os.truncate(file, 100 * 1024 * 1024)
    assert read_error(file).code == "file.too-large"
    assert save_error(file).code == "file.too-large"


def test_a_missing_file_is_told_apart(tmp_path: Path) -> None:
    assert read_error(tmp_path / "none.toml").code == "file.missing"
    assert read_error(tmp_path / "none" / "none.toml").code == "file.missing"
    assert not (tmp_path / "none").exists()


def test_a_symbolic_link_is_not_followed_and_its_target_is_named(file: Path) -> None:
    link = file.with_name("link.toml")
    link.symlink_to("settings.toml")
    for problem in (read_error(link), save_error(link)):
        assert problem.code == "file.symlink"
        assert problem.hint.endswith(str(file))
    assert link.is_symlink()
    assert file.read_text() == "old\n"


def test_a_link_to_nowhere_is_no_missing_file(tmp_path: Path) -> None:
    link = tmp_path / "link.toml"
    link.symlink_to("nowhere")
    assert save_error(link).code == "file.symlink"
    assert file_names(link) == ["link.toml"]


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.mkdir()
    assert read_error(path).code == "file.not-regular"
    assert save_error(path).code == "file.not-regular"


def test_a_pipe_that_nobody_writes_to_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    os.mkfifo(path)
    assert read_error(path).code == "file.not-regular"
    assert save_error(path).code == "file.not-regular"


def test_a_socket_is_no_file(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    os.mknod(path, stat.S_IFSOCK | 0o600)
    assert read_error(path).code == "file.not-regular"


def test_a_device_without_end_is_not_read() -> None:
    assert read_error(Path("/dev/zero")).code == "file.not-regular"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param(b"a\nb\n\xff\n", "a byte that is not UTF-8 in line 3", id="no UTF-8"),
        pytest.param(b"\xe9t\xe9\n", "a byte that is not UTF-8 in line 1", id="Latin-1"),
        pytest.param(b"a\n\xed\xa0\x80", "a byte that is not UTF-8 in line 2", id="a surrogate"),
        pytest.param(b"a\nb\xe2\x82", "a byte that is not UTF-8 in line 2", id="cut off"),
        pytest.param(b"a\n\0\n\xff", "a NUL in line 2", id="a NUL"),
        pytest.param(b"\xff\0", "a byte that is not UTF-8 in line 1", id="a NUL behind"),
        pytest.param(b"\xef\xbb\xbfa = 1\n", "starts with a byte order mark", id="a BOM"),
    ],
)
def test_what_is_not_text_is_refused_and_the_line_named(
    file: Path, data: bytes, words: str
) -> None:
    file.write_bytes(data)
    problem = read_error(file)
    assert problem.code == "file.not-text"
    assert words in problem.message
    with lock_file(file) as current, pytest.raises(Problem, match=r"file\.not-text"):
        current.read()


@settings(deadline=None)
@given(st.binary(max_size=20))
def test_whatever_is_read_is_what_the_bytes_say(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "file"
        path.write_bytes(data)
        if b"\0" in data or data.decode(errors="ignore").encode() != data:
            assert read_error(path).code == "file.not-text"
        else:
            assert read_text(path).encode() == data


def test_a_file_of_somebody_else_is_unreadable(public: Path) -> None:
    path = public / "settings.toml"
    path.write_text("old\n")
    path.chmod(0)
    assert run_as_ordinary_user(lambda: read_text(path)) == "file.unreadable"


def test_a_program_that_reads_a_file_needs_no_event_loop() -> None:
    program = "import sys, tui.storage.file; sys.exit('asyncio' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], env=PYTHON_ENVIRONMENT, check=True)


# Saving


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
    assert file_names(file) == ["settings.toml", "settings.toml.old"]


def test_the_version_before_need_not_be_kept(file: Path) -> None:
    save(file, keep_old=False)
    assert file_names(file) == ["settings.toml"]


def test_a_new_file_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "glidemail" / "settings.toml"
    with lock_file(path) as current:
        assert current.read() is None
        current.replace("new\n")
    assert path.read_text() == "new\n"
    assert mode(path) == 0o600
    assert mode(path.parent) == mode(path.parent.parent) == 0o700
    assert file_names(path) == ["settings.toml"]


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
    assert run_as_ordinary_user(lambda: save(path)) == "file.owner"
    assert path.read_text() == "old\n"
    assert file_names(path) == ["settings.toml"]


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
    assert file_names(file) == ["settings.toml", "settings.toml.old", "victim"]


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
    assert save_error(file).code == "file.io"
    assert file.read_text() == "old\n"
    assert file_names(file) == ["settings.toml", "settings.toml.old"]


def test_a_file_with_several_names_is_replaced_under_this_one(file: Path) -> None:
    other = file.with_name("other")
    other.hardlink_to(file)
    save(file)
    assert (file.read_text(), other.read_text()) == ("new\n", "old\n")
