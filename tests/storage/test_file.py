import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.storage.people import as_person
from tests.storage.saving import ENVIRONMENT, names, save_fails
from tui.errors import Problem
from tui.storage.file import lock_file, read_text


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


def read_fails(path: Path, limit: int = 256 * 1024) -> Problem:
    with pytest.raises(Problem) as raised:
        read_text(path, limit)
    return raised.value


def test_a_text_is_read_as_it_is(file: Path) -> None:
    file.write_bytes("a = 'ü'\r\n# 設定\n".encode())
    assert read_text(file) == "a = 'ü'\r\n# 設定\n"


def test_a_file_as_large_as_the_limit_is_read(file: Path) -> None:
    file.write_text("12345")
    assert read_text(file, limit=5) == "12345"
    assert read_fails(file, limit=4).code == "file.too-large"


def test_an_enormous_file_is_not_read(file: Path) -> None:
    os.truncate(file, 100 * 1024 * 1024)
    assert read_fails(file).code == "file.too-large"
    assert save_fails(file).code == "file.too-large"


def test_a_missing_file_is_told_apart(tmp_path: Path) -> None:
    assert read_fails(tmp_path / "none.toml").code == "file.missing"
    assert read_fails(tmp_path / "none" / "none.toml").code == "file.missing"
    assert not (tmp_path / "none").exists()


def test_a_symbolic_link_is_not_followed_and_its_target_is_named(file: Path) -> None:
    link = file.with_name("link.toml")
    link.symlink_to("settings.toml")
    for problem in (read_fails(link), save_fails(link)):
        assert problem.code == "file.symlink"
        assert problem.hint.endswith(str(file))
    assert link.is_symlink()
    assert file.read_text() == "old\n"


def test_a_link_to_nowhere_is_no_missing_file(tmp_path: Path) -> None:
    link = tmp_path / "link.toml"
    link.symlink_to("nowhere")
    assert save_fails(link).code == "file.symlink"
    assert names(link) == ["link.toml"]


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.mkdir()
    assert read_fails(path).code == "file.not-regular"
    assert save_fails(path).code == "file.not-regular"


def test_a_pipe_that_nobody_writes_to_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    os.mkfifo(path)
    assert read_fails(path).code == "file.not-regular"
    assert save_fails(path).code == "file.not-regular"


def test_a_socket_is_no_file(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    os.mknod(path, stat.S_IFSOCK | 0o600)
    assert read_fails(path).code == "file.not-regular"


def test_a_device_without_end_is_not_read() -> None:
    assert read_fails(Path("/dev/zero")).code == "file.not-regular"


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
    problem = read_fails(file)
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
            assert read_fails(path).code == "file.not-text"
        else:
            assert read_text(path).encode() == data


def test_a_file_of_somebody_else_is_unreadable(public: Path) -> None:
    path = public / "settings.toml"
    path.write_text("old\n")
    path.chmod(0)
    assert as_person(lambda: read_text(path)) == "file.unreadable"


def test_a_program_that_reads_a_file_needs_no_event_loop() -> None:
    program = "import sys, tui.storage.file; sys.exit('asyncio' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], env=ENVIRONMENT, check=True)
