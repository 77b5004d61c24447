"""A local file: what is planned is what is read back, and nothing else moves."""

import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.settings.factories import OPEN_NAMES, TEST, deterministic, edits
from tests.storage.factories import (
    File,
    assert_rest_stays,
    edit_draft,
    file_names,
    files,
    typed_secrets,
    values,
)
from tests.storage.fakes import PYTHON_ENVIRONMENT
from tui.coroutines import run_without_loop
from tui.credentials.secret import Secret
from tui.errors import Problem, Refusal
from tui.settings.draft import Draft, is_same_value
from tui.settings.plan import Change, Plan
from tui.settings.review import review
from tui.settings.snapshot import Origin, Snapshot
from tui.settings.target_facts import TargetFacts
from tui.settings.values import Environment, SecretState, Value
from tui.storage.settings_file import HEADER, export_text
from tui.targets.local_file import LocalFile
from tui.targets.target import SaveResult, Target

CANARY = "c4nary"
COMMENTED = """\
# Asked for by the mail team.
server = "old.corp.example"  # until May
unknown = [1, 2]  # ours

[other]
server = "not ours"
"""
MOVE = Change("server", "old.corp.example", "new.corp.example")


@pytest.fixture
def target(tmp_path: Path) -> LocalFile:
    path = tmp_path / "settings.toml"
    path.write_text(COMMENTED)
    return LocalFile(path)


def write(target: LocalFile, *changes: Change) -> SaveResult:
    return run_without_loop(target.write(Plan(changes), {}))


def write_fails(target: LocalFile, *changes: Change) -> Problem:
    """Why a write is refused, which leaves the file and its folder as they were."""
    before = {name: target.path.with_name(name).read_bytes() for name in file_names(target.path)}
    with pytest.raises(Problem) as raised:
        write(target, *changes)
    assert {
        name: target.path.with_name(name).read_bytes() for name in file_names(target.path)
    } == before
    return raised.value


def value_after(change: Change, kept: SecretState) -> Value:
    """What a file holds after a change."""
    if change.after is SecretState.NEW:
        return kept
    return "" if change.after is SecretState.CLEARED else change.after


def test_it_is_a_place_that_sends_nothing(tmp_path: Path) -> None:
    target: Target = LocalFile(tmp_path / "a.toml", Environment.PRODUCTION)
    assert target.where == str(tmp_path / "a.toml")
    place = run_without_loop(target.read()).facts
    assert place == TargetFacts(environment=Environment.PRODUCTION)
    assert place.is_file


def test_its_stamp_is_the_same_until_somebody_writes(target: LocalFile) -> None:
    stamps = [target.file_version()]
    run_without_loop(target.read())
    assert target.file_version() == stamps[0]
    write(target, MOVE)
    stamps.append(target.file_version())
    replaced = target.path.with_name("new")
    replaced.write_bytes(target.path.read_bytes())
    os.utime(replaced, ns=(0, target.path.stat().st_mtime_ns))
    replaced.rename(target.path)
    stamps.append(target.file_version())
    os.utime(target.path, ns=(0, 0))  # as by an editor that writes as many characters in place
    stamps.append(target.file_version())
    with target.path.open("a") as file:
        file.write("#")
    os.utime(target.path, ns=(0, 0))
    stamps.append(target.file_version())
    target.path.unlink()
    stamps.append(target.file_version())
    assert all(before != after for before, after in pairwise(stamps))
    assert None not in stamps[:-1]


@pytest.mark.parametrize("place", ["missing.toml", "missing/a.toml", "file/a.toml", "x" * 300])
def test_where_there_is_no_file_there_is_no_stamp(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("")
    assert LocalFile(tmp_path / place).file_version() is None


def test_a_link_has_a_stamp_of_its_own(target: LocalFile) -> None:
    link = target.path.with_name("link.toml")
    link.symlink_to(target.path)
    assert LocalFile(link).file_version() not in (None, target.file_version())


def test_a_path_that_is_no_text_is_told_as_text(tmp_path: Path) -> None:
    target = LocalFile(tmp_path / os.fsdecode(b"\xff\xc3\xa4.toml"))
    assert ascii(target.where) == ascii(f"{tmp_path}/\\xffä.toml")
    write(target, Change("port", "", 25))
    assert write(target, Change("port", 25, 26)).previous == f"{target.where}.old"
    assert run_without_loop(target.read()).snapshot.values == {"port": 26}


def test_a_file_that_is_not_there_specifies_nothing_and_is_not_made(tmp_path: Path) -> None:
    assert run_without_loop(LocalFile(tmp_path / "deep" / "a.toml").read()).snapshot == Snapshot()
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_read_with_all_that_is_odd_in_it(target: LocalFile) -> None:
    target.path.write_text('port = "25"\nsever = 1\nuser = "a@corp.example"\n')
    snapshot = run_without_loop(target.read()).snapshot
    assert snapshot.value("user") == "a@corp.example"
    assert snapshot.origins["user"] == Origin(str(target.path), 3)
    assert snapshot.broken.keys() == {"port"}
    assert [each.property for each in snapshot.findings] == ["sever"]


def test_what_is_no_toml_is_neither_read_nor_written(target: LocalFile) -> None:
    target.path.write_text("server = \n")
    assert write_fails(target, MOVE).code == "toml.syntax"
    with pytest.raises(Problem, match=r"toml\.syntax"):
        run_without_loop(target.read())


def test_a_first_write_makes_a_file_for_its_owner_that_explains_itself(tmp_path: Path) -> None:
    target = LocalFile(tmp_path / "deep" / "a.toml")
    assert write(target, Change("port", "", 587)) == SaveResult(target.where, "")
    assert target.path.read_text() == f"{HEADER}port = 587\n"
    assert target.path.stat().st_mode & 0o777 == 0o600


def test_a_write_keeps_the_version_before_and_says_where(target: LocalFile) -> None:
    written = write(target, MOVE)
    assert written == SaveResult(target.where, f"{target.path}.old")
    assert Path(written.previous).read_text() == COMMENTED
    assert target.path.read_text() == COMMENTED.replace("old.corp", "new.corp")


@given(files(), edits(), typed_secrets(), st.booleans())
@deterministic
def test_what_the_plan_says_is_read_back_and_all_else_stays(
    file: File, texts: dict[str, str], secrets: dict[str, str], keeps: bool
) -> None:
    with TemporaryDirectory() as folder:
        target = LocalFile(Path(folder, "settings.toml"), keeps=keeps)
        target.path.write_bytes(file.text.encode())
        before = run_without_loop(target.read()).snapshot
        draft = edit_draft(before, texts, secrets)
        planned = review(draft, TEST, "corp").plan
        written = run_without_loop(target.write(planned, draft.secrets))
        after = run_without_loop(target.read()).snapshot
        text = target.path.read_bytes().decode()
        assert Path(written.previous).read_bytes().decode() == file.text
    wanted = {
        each.property: value_after(each, SecretState.KEPT if keeps else SecretState.NOT_KEPT)
        for each in planned.changes
    }
    assert after.values.keys() == before.values.keys() | wanted.keys()
    for name, value in after.values.items():
        assert is_same_value(value, wanted.get(name, before.value(name)))
    assert after.broken == {}
    assert [each.property for each in after.findings] == [each.property for each in before.findings]
    assert CANARY not in text
    assert_rest_stays(file, text, wanted)


@given(values(), edits(), typed_secrets())
@deterministic
def test_the_same_plan_again_changes_nothing_more(
    given_: dict[str, Value], texts: dict[str, str], secrets: dict[str, str]
) -> None:
    with TemporaryDirectory() as folder:
        target = LocalFile(Path(folder, "settings.toml"))
        target.path.write_text(export_text(Snapshot(given_), "x", None))
        draft = edit_draft(run_without_loop(target.read()).snapshot, texts, secrets)
        planned = review(draft, TEST, "corp").plan
        run_without_loop(target.write(planned, draft.secrets))
        once = target.path.read_bytes()
        run_without_loop(target.write(planned, draft.secrets))
        assert target.path.read_bytes() == once


open_values = values().map(
    lambda given_: {name: value for name, value in given_.items() if name in OPEN_NAMES}
)


@given(open_values, edits(), open_values)
@deterministic
def test_it_is_stale_only_where_a_value_moved_that_the_plan_touches(
    base: Mapping[str, Value], texts: dict[str, str], theirs: Mapping[str, Value]
) -> None:
    with TemporaryDirectory() as folder:
        target = LocalFile(Path(folder, "settings.toml"))
        target.path.write_text(export_text(Snapshot(base), "x", None))
        planned = review(
            edit_draft(run_without_loop(target.read()).snapshot, texts, {}), TEST, "corp"
        ).plan
        target.path.write_text(export_text(Snapshot(theirs), "x", None))
        there = run_without_loop(target.read()).snapshot
        stale = [
            each.property
            for each in planned.changes
            if there.value(each.property) not in (each.before, each.after)
        ]
        if stale:
            with pytest.raises(Refusal) as raised:
                run_without_loop(target.write(planned, {}))
            refusal = raised.value
            assert refusal.code == "target.stale"
            told = refusal.message.removeprefix(f"{target.path} has changed since it was read: ")
            assert [each.split()[0] for each in told.split("; ")] == stale
            assert run_without_loop(target.read()).snapshot.values == there.values
        else:
            run_without_loop(target.write(planned, {}))
            wanted = {each.property: each.after for each in planned.changes}
            assert run_without_loop(target.read()).snapshot.values == {**there.values, **wanted}


def test_a_stale_write_says_what_moved_and_what_to_do(target: LocalFile) -> None:
    refusal = write_fails(target, Change("server", "", "new.corp.example"), Change("port", 25, 26))
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.exit_code) == ("target.stale", 5)
    assert "server was blank and is old.corp.example; port was 25 and is blank" in refusal.message
    assert "Nothing was written." in refusal.message
    assert refusal.hint


def test_a_file_that_went_or_came_meanwhile_is_judged_by_its_values(target: LocalFile) -> None:
    target.path.unlink()
    assert write_fails(target, MOVE).code == "target.stale"
    assert file_names(target.path) == []
    write(target, Change("server", "", "new.corp.example"))
    target.path.write_text("# theirs\n")
    write(target, Change("port", "", 25))
    assert target.path.read_text() == "# theirs\nport = 25\n"


@pytest.mark.parametrize(
    ("there", "before", "stale"),
    [
        ("kept", SecretState.NOT_KEPT, False),
        ("not kept", SecretState.KEPT, False),
        ("", SecretState.KEPT, True),
        ("kept", "", True),
    ],
)
def test_where_a_secret_is_kept_is_no_other_secret(
    target: LocalFile, there: str, before: Value, stale: bool
) -> None:
    target.path.write_text(f'password = "{there}"\n')
    change = Change("password", before, SecretState.NEW)
    if stale:
        assert write_fails(target, change).code == "target.stale"
    else:
        write(target, change)
        assert target.path.read_text() == 'password = "not kept"\n'


@pytest.mark.parametrize(("keeps", "state"), [(False, "not kept"), (True, "kept")])
def test_a_secret_is_never_in_the_file(target: LocalFile, keeps: bool, state: str) -> None:
    target = LocalFile(target.path, keeps=keeps)
    draft = Draft(run_without_loop(target.read()).snapshot).type_secret("password", Secret(CANARY))
    run_without_loop(target.write(review(draft, TEST, "corp").plan, draft.secrets))
    assert f'password = "{state}"\n' in target.path.read_text()
    for name in file_names(target.path):
        assert CANARY not in target.path.with_name(name).read_text()


def test_a_secret_that_somebody_put_into_the_file_is_cleared_by_a_new_one(
    target: LocalFile,
) -> None:
    target.path.write_text(f'password = "{CANARY}"\n')
    draft = Draft(run_without_loop(target.read()).snapshot).type_secret("password", Secret("other"))
    run_without_loop(target.write(review(draft, TEST, "corp").plan, draft.secrets))
    assert target.path.read_text() == 'password = "not kept"\n'


# Several programs


_WRITER = """
import sys
from pathlib import Path
from tui.coroutines import run_without_loop
from tui.errors import Refusal
from tui.settings.draft import Draft
from tui.settings.target_facts import TargetFacts
from tui.settings.review import review
from tui.targets.local_file import LocalFile

target, me, own, count = LocalFile(Path(sys.argv[1])), *sys.argv[2:4], int(sys.argv[4])
done = 0
print("ready", flush=True)
sys.stdin.read()
while done < count:
    draft = Draft(run_without_loop(target.read()).snapshot)
    shared = f"{draft.text('display_name')} {me}{done}".strip()
    draft = draft.edit("display_name", shared).edit(own, f"{me}{done}.corp.example")
    try:
        run_without_loop(target.write(review(draft, TargetFacts(), "corp").plan, {}))
    except Refusal as refusal:
        assert refusal.code in ("target.stale", "file.locked"), refusal
    else:
        done += 1
"""


def test_of_programs_that_write_at_once_none_loses_a_change_of_another(target: LocalFile) -> None:
    mine = {"a": "server", "b": "pop3_server", "c": "pop3_user"}
    write(target, Change("server", "old.corp.example", ""))
    with ExitStack() as ending:
        writers = [
            ending.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", _WRITER, str(target.path), me, own, "20"],
                    env=PYTHON_ENVIRONMENT,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                )
            )
            for me, own in mine.items()
        ]
        for writer in writers:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"ready\n"
        for writer in writers:
            assert writer.stdin is not None
            writer.stdin.close()
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    values_ = run_without_loop(target.read()).snapshot.values
    words = str(values_["display_name"]).split()
    assert sorted(words) == sorted(f"{me}{number}" for me in mine for number in range(20))
    for me, own in mine.items():
        assert values_[own] == f"{me}19.corp.example"
    assert target.path.read_text().startswith("# Asked for by the mail team.\n")
    assert file_names(target.path) == ["settings.toml", "settings.toml.old"]
