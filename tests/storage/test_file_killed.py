import errno
import os
import stat
from pathlib import Path

import pytest

from tests.storage.saving import ENVIRONMENT, names, saving
from tests.storage.tracing import RENAMES, STOPPED, Run, run
from tui.storage.file import lock_file

EARLIER = "# the version before\n"
OLD = '# kept comment\nserver = "mail.old.example"\n'
NEW = '# kept comment\nserver = "mail.new.example"\nport = 587\n'
OWNER = 65534 if os.geteuid() == 0 else os.geteuid()


def save(path: Path, kill_at: int | None = None, longest_write: int | None = None) -> Run:
    return run(
        saving(path, NEW, stops=True),
        begin=STOPPED,
        kill_at=kill_at,
        environment=ENVIRONMENT,
        longest_write=longest_write,
    )


def old_files(path: Path) -> None:
    for name, text in ((path.name, OLD), (f"{path.name}.old", EARLIER)):
        file = path.with_name(name)
        file.unlink(missing_ok=True)
        file.write_text(text)
        file.chmod(0o640)
        os.chown(file, OWNER, -1)


def test_a_save_killed_at_any_system_call_leaves_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    found: list[tuple[str, str]] = []
    old_files(path)
    while (attempt := save(path, kill_at=len(found))).killed:
        found.append((path.read_text(), path.with_name("settings.toml.old").read_text()))
        for name in ("settings.toml", "settings.toml.old"):
            status = path.with_name(name).stat()
            assert (status.st_uid, stat.S_IMODE(status.st_mode)) == (OWNER, 0o640)
        with lock_file(path) as file:
            file.replace("after the kill\n")
        assert path.read_text() == "after the kill\n"
        assert names(path) == ["settings.toml", "settings.toml.old"]
        old_files(path)
    assert attempt.status == 0
    assert len(found) > 30
    assert {"flock", "fsync", "write"} < set(attempt.calls)
    assert RENAMES & set(attempt.calls)
    # In this order, and nothing else ever:
    assert list(dict.fromkeys(found)) == [(OLD, EARLIER), (OLD, OLD), (NEW, OLD)]


def test_a_first_save_killed_at_any_system_call_leaves_a_whole_file_or_none(tmp_path: Path) -> None:
    found: list[str | None] = []
    path = tmp_path / "0" / "glidemail" / "settings.toml"
    while (attempt := save(path, kill_at=len(found))).killed:
        found.append(path.read_text() if path.exists() else None)
        with lock_file(path) as file:
            file.replace("after the kill\n", keep_old=False)
        assert path.read_text() == "after the kill\n"
        assert names(path) == ["settings.toml"]
        path = tmp_path / str(len(found)) / "glidemail" / "settings.toml"
    assert attempt.status == 0
    assert len(found) > 30
    assert RENAMES & set(attempt.calls)
    assert list(dict.fromkeys(found)) == [None, NEW]


def test_a_write_that_takes_a_few_bytes_at_a_time_is_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    old_files(path)
    attempt = save(path, longest_write=7)
    assert attempt.status == 0
    assert attempt.calls.count("write") > 2 * (len(OLD) + len(NEW)) // 7
    assert path.read_text() == NEW
    assert path.with_name("settings.toml.old").read_text() == OLD


@pytest.mark.parametrize("number", [errno.ESTALE, errno.ENOENT, errno.EIO])
def test_a_rename_that_took_effect_and_reports_failure_counts_as_done(
    tmp_path: Path, number: int
) -> None:
    path = tmp_path / "settings.toml"
    old_files(path)
    attempt = run(
        saving(path, NEW, stops=True),
        begin=STOPPED,
        environment=ENVIRONMENT,
        misreported=dict.fromkeys(RENAMES, number),
    )
    assert attempt.status == 0
    assert path.read_text() == NEW
    assert path.with_name("settings.toml.old").read_text() == OLD
    assert names(path) == ["settings.toml", "settings.toml.old"]


def test_tracing_can_begin_with_a_system_call(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    old_files(path)
    attempt = run(saving(path, NEW), begin="flock", kill_at=0, environment=ENVIRONMENT)
    assert attempt.calls == ["flock"]
    assert attempt.killed
    assert path.read_text() == OLD
