"""Unsaved drafts: what was typed comes back to the letter, a secret never; one edits at a time."""

import json
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Annotated, Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ConfigDict, TypeAdapter, with_config

from tests.settings.factories import (
    OPEN_NAMES,
    Situation,
    bases,
    broken_finding,
    deterministic,
    situations,
)
from tests.storage.factories import file_names
from tests.storage.fakes import PYTHON_ENVIRONMENT, use_home
from tui.credentials.secret import Secret
from tui.errors import Problem, Refusal
from tui.settings.catalog import Group, Kind, Property, Settings
from tui.settings.delivery.account import AccountChoice
from tui.settings.draft import Draft, is_same_value, rebase
from tui.settings.parse.host import mask_password
from tui.settings.snapshot import Snapshot
from tui.settings.values import SecretState, Security
from tui.storage.draft_file import (
    DraftFile,
    DraftLock,
    SavedDraft,
    discard_draft,
    draft_path,
    load_draft,
    save_draft,
)
from tui.storage.file import SIZE_LIMIT
from tui.storage.settings_file import parse_snapshot

CANARY = "c4nary-in-the-mine"
TARGET = "/srv/mail/\udcff.toml"
WHEN = datetime(2026, 3, 1, 12, 30, 5, 123456, timezone(timedelta(hours=-3, minutes=-30)))


@pytest.fixture(autouse=True)
def root(tmp_path: Path) -> Iterator[Path]:
    """The directory below which all is read and written."""
    with pytest.MonkeyPatch.context() as patch:
        use_home(tmp_path, patch)
        yield tmp_path


def save_and_load(draft: Draft, profile: str = "corp") -> SavedDraft:
    """Return the draft once it is saved and loaded again."""
    save_draft(profile, TARGET, draft, WHEN)
    found = load_draft(profile, draft.settings)
    assert found is not None
    return found


def read_document(profile: str = "corp") -> Any:
    """Return the document in the file."""
    return json.loads(draft_path(profile).read_text())


def load_error(profile: str = "corp", settings: type[Settings] = Settings) -> Problem:
    """Return why a draft cannot be loaded; its content is not repeated."""
    with pytest.raises(Problem) as raised:
        load_draft(profile, settings)
    problem = raised.value
    assert (problem.code, problem.exit_code) == ("draft.broken", 1)
    assert str(draft_path(profile)) in problem.message
    assert "remove" in problem.hint
    assert CANARY not in problem.message + problem.hint
    return problem


def draft_with(text: str, name: str = "server") -> Draft:
    return Draft(Snapshot({name: "mail.corp.example"})).edit(name, text)


# What was typed comes back


def test_a_draft_comes_back_with_all_that_belongs_to_it() -> None:
    base = Snapshot(
        {
            "server": "mail.corp.example",
            "user": "",
            "authenticate": True,
            "port": 587,
            "security": Security.STARTTLS,
            "test_recipients": ("a@corp.example", "b@corp.example"),
            "password": SecretState.KEPT,
        }
    )
    draft = Draft(base).edit("server", "smtp://x y").edit("port", "").edit("password", "")
    found = save_and_load(draft)
    assert found == SavedDraft("corp", TARGET, WHEN, draft, (), ())
    assert found.when.utcoffset() == WHEN.utcoffset()
    for name, value in base.values.items():
        assert type(found.draft.base.values[name]) is type(value)


@pytest.mark.parametrize(
    ("target", "which"),
    [(TARGET, AccountChoice.IN_FORCE), (f"{TARGET}, own server", AccountChoice.OWN)],
)
def test_a_file_of_before_the_account_was_a_field_is_read(
    target: str, which: AccountChoice
) -> None:
    save_and_load(draft_with("x"))
    document = read_document()
    del document["account"]
    draft_path("corp").write_text(json.dumps({**document, "target": target}))
    found = load_draft("corp")
    assert found == SavedDraft("corp", TARGET, WHEN, draft_with("x"), choice=which)


@deterministic
@given(situations())
def test_any_draft_comes_back_but_for_its_secrets(situation: Situation) -> None:
    draft = situation.draft
    found = save_and_load(draft)
    assert found.draft == Draft(Snapshot(draft.base.values, broken=draft.base.broken), draft.texts)
    assert found.retype == tuple(name for name in draft.entries if name in draft.secrets)
    assert found.dropped == ()
    for name in draft.entries:
        assert is_same_value(found.draft.base.value(name), draft.base.value(name))


# The strategy of all characters includes lone surrogates.
@deterministic
@given(
    st.dictionaries(
        st.sampled_from(OPEN_NAMES), st.text(st.characters(exclude_categories=())), max_size=4
    ),
    bases(),
)
def test_any_text_comes_back_to_the_letter(texts: dict[str, str], base: Snapshot) -> None:
    draft = Draft(base)
    assume(all(mask_password(text) == text for text in texts.values()))
    for name, text in texts.items():
        draft = draft.edit(name, text)
    found = save_and_load(draft)
    assert {name: found.draft.text(name) for name in texts} == texts
    assert found.draft == draft


@deterministic
@given(st.text("\ud83d\ude00\udbff\udfff\ud800\udc00\U0001f600a"))
def test_surrogates_in_any_order_are_not_put_together(text: str) -> None:
    assert save_and_load(draft_with(text)).draft.text("server") == text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="blank"),
        pytest.param("\0", id="NUL"),
        pytest.param("\x1b[2J\x1b]52;c;\x07", id="ESC"),
        pytest.param("\x7f\x80\x9b31m\x9f", id="DEL and C1"),
        pytest.param("a\r\nb\u2028c\u2029\n", id="lines"),
        pytest.param("\u202e\u2066\u200b\ufeff", id="bidi and zero width"),
        pytest.param("\ufeffmail", id="BOM"),
        pytest.param("\ud800", id="high surrogate"),
        pytest.param("\udcff\udc80", id="low surrogates"),
        pytest.param("\ud83d\ude00", id="two surrogates that are no character"),
        pytest.param("\U0001f600\U0010ffff", id="astral"),
        pytest.param('"\\u0041{}[@click=app.quit]', id="JSON and markup"),
        pytest.param("x" * 10_000, id="10 kB"),
        pytest.param("\U0001f600" * 10_000, id="10000 astral characters"),
    ],
)
def test_hostile_text_comes_back_and_stands_in_the_file_as_printable_ascii(text: str) -> None:
    assert save_and_load(draft_with(text)).draft.text("server") == text
    raw = draft_path("corp").read_bytes()
    assert raw.isascii()
    assert raw.replace(b"\n", b"").decode().isprintable()


def test_a_base_value_of_the_wrong_type_is_broken_as_before() -> None:
    text = 'port = "x\u202e"\npassword = "hunter2"\nserver = ["a"]\nsecurity = "TLS"\n'
    base = parse_snapshot(text, Path("/srv/mail.toml"))
    assert base.broken.keys() == {"port", "password", "server"}
    found = save_and_load(Draft(base).edit("server", base.values["server"]))  # type: ignore[arg-type]
    assert found.draft.base.values == base.values
    assert found.draft.base.broken == base.broken
    assert found.draft.texts == {"server": base.values["server"]}
    assert "hunter2" not in draft_path("corp").read_text()


def test_a_draft_is_rebased_on_what_is_there_at_the_next_start() -> None:
    draft = Draft(Snapshot({"server": "old.example", "port": 25})).edit("server", "mine.example")
    theirs = Snapshot({"server": "theirs.example", "port": 587})
    assert rebase(save_and_load(draft).draft, theirs) == rebase(draft, theirs)


def test_the_last_draft_takes_the_place_of_the_one_before_and_of_no_other_profile() -> None:
    save_and_load(draft_with("one"))
    save_and_load(draft_with("other"), "other")
    assert save_and_load(draft_with("two")).draft.text("server") == "two"
    other = load_draft("other")
    assert other
    assert other.draft.text("server") == "other"
    assert file_names(draft_path("corp")) == ["corp.json", "other.json"]


def test_profiles_with_dots_have_drafts_and_locks_of_their_own() -> None:
    profiles = ("a", "a.lock", "a.json", "a.b")
    locks = [DraftLock.acquire(profile) for profile in profiles]
    for profile in profiles:
        save_and_load(draft_with(profile), profile)
    assert [load_draft(profile) for profile in profiles] == [
        SavedDraft(profile, TARGET, WHEN, draft_with(profile)) for profile in profiles
    ]
    for lock in locks:
        lock.release()


def test_only_the_owner_may_read_it(root: Path) -> None:
    before = os.umask(0)
    try:
        save_draft("corp", TARGET, draft_with("x"), WHEN)
        DraftLock.acquire("corp").release()
    finally:
        os.umask(before)
    for path, mode in (
        (draft_path("corp"), 0o600),
        (draft_path("corp").with_suffix(".lock"), 0o600),
        (draft_path("corp").parent, 0o700),
    ):
        assert path.is_relative_to(root)
        assert stat.S_IMODE(path.stat().st_mode) == mode


def test_a_time_without_an_offset_is_no_time() -> None:
    with pytest.raises(ValueError, match="offset"):
        save_draft("corp", TARGET, draft_with("x"), datetime(2026, 3, 1))
    assert load_draft("corp") is None


def test_what_could_not_be_read_again_is_not_written() -> None:
    save_and_load(draft_with("before"))
    with pytest.raises(Problem) as raised:
        save_draft("corp", TARGET, draft_with("\U0001f600" * (SIZE_LIMIT // 12)), WHEN)
    assert raised.value.code == "draft.too-large"
    found = load_draft("corp")
    assert found
    assert found.draft.text("server") == "before"


# No secret


def test_a_typed_secret_leaves_only_its_name() -> None:
    draft = Draft(Snapshot({"password": SecretState.KEPT, "pop3_password": SecretState.KEPT}))
    draft = draft.type_secret("pop3_password", Secret(CANARY)).type_secret(
        "password", Secret(CANARY)
    )
    found = save_and_load(draft)
    assert found.retype == ("password", "pop3_password")
    assert found.draft == Draft(draft.base)
    assert CANARY not in draft_path("corp").read_text()


def test_a_cleared_secret_stays_cleared() -> None:
    draft = Draft(Snapshot({"password": SecretState.NOT_KEPT})).edit("password", "")
    found = save_and_load(draft)
    assert found.retype == ()
    assert found.draft.value("password") is SecretState.CLEARED


def test_no_field_of_the_file_could_hold_a_secret() -> None:
    strict = with_config(ConfigDict(extra="forbid", strict=True))
    adapter = TypeAdapter(strict(DraftFile))  # a Secret in any field would raise here
    save_draft(
        "corp", "/srv/mail.toml", draft_with("x").type_secret("password", Secret(CANARY)), WHEN
    )
    assert adapter.validate_json(draft_path("corp").read_bytes()).retype == ["password"]
    with pytest.raises(TypeError, match="a Secret has no schema"):
        TypeAdapter(SavedDraft)


# Not as the program writes it


def test_no_draft_is_none(root: Path) -> None:
    assert load_draft("corp") is None
    assert not (root / "state").exists()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="half"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"null", id="null"),
        pytest.param(b"[" * 100_000, id="deep"),
        pytest.param(b'{"schema": ' + b"1" * 5_000 + b"}", id="a long number"),
        pytest.param(b'{"schema": 1}', id="fields missing"),
        pytest.param(b"{}" + b" " * SIZE_LIMIT, id="too large"),
        pytest.param(b"\xff", id="no text"),
        pytest.param(b"{}\0", id="a NUL"),
    ],
)
def test_what_is_no_draft_at_all_is_broken(data: bytes) -> None:
    save_and_load(draft_with("x"))
    draft_path("corp").write_bytes(data)
    load_error()
    discard_draft("corp")
    assert load_draft("corp") is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("schema", 2),
        ("schema", True),
        ("schema", 1.0),
        ("schema", "1"),
        ("profile", "other"),
        ("profile", None),
        ("target", 1),
        ("account", 1),
        ("account", "mine " + CANARY),
        ("when", "2026-03-01T12:00:00"),
        ("when", "yesterday " + CANARY),
        ("when", "\ud800"),
        ("when", 0),
        ("base", []),
        ("base", {"port": 25.0}),
        ("base", {"port": float("nan")}),
        ("base", {"port": "25"}),
        ("base", {"port": True}),
        ("base", {"authenticate": 1}),
        ("base", {"server": {}}),
        ("base", {"server": ["mail.corp.example"]}),
        ("base", {"test_recipients": "a@corp.example"}),
        ("base", {"test_recipients": ["a@corp.example", 1]}),
        ("base", {"password": CANARY}),
        ("base", {"password": True}),
        ("broken_finding", {"server": "no"}),
        ("broken_finding", {"server": ["file.type"]}),
        ("broken_finding", {"server": ["file.type", "no", "no"]}),
        ("texts", []),
        ("texts", {"server": "x"}),
        ("texts", {"server": [1]}),
        ("texts", {"password": [CANARY]}),
        ("retype", "password"),
        ("retype", [["password"]]),
        ("retype", ["port"]),
        ("more", CANARY),
    ],
)
def test_a_field_that_the_program_does_not_write_so_is_broken(field: str, value: object) -> None:
    save_and_load(draft_with("x"))
    document = read_document()
    document[field] = value
    draft_path("corp").write_text(json.dumps(document))
    load_error()


@pytest.mark.parametrize("field", sorted(DraftFile.__annotations__.keys() - {"account"}))
def test_every_field_is_needed(field: str) -> None:
    save_and_load(draft_with("x"))
    document = read_document()
    del document[field]
    draft_path("corp").write_text(json.dumps(document))
    load_error()


@pytest.mark.parametrize("value", [25, CANARY])
def test_a_broken_base_value_is_text_and_of_a_secret_not_even_that(value: object) -> None:
    save_and_load(draft_with("x"))
    name = "password" if value == CANARY else "port"
    document = read_document()
    document |= {"base": {name: value}, "broken": {name: ["file.type", "No."]}}
    draft_path("corp").write_text(json.dumps(document))
    load_error()


def test_a_secret_cannot_be_both_cleared_and_typed() -> None:
    save_and_load(Draft(Snapshot({"password": SecretState.KEPT})).edit("password", ""))
    draft_path("corp").write_text(json.dumps(read_document() | {"retype": ["password"]}))
    load_error()


def test_a_file_that_is_not_read_is_told_as_any_other() -> None:
    save_and_load(draft_with("x"))
    path = draft_path("corp")
    path.rename(path.with_name("elsewhere"))
    path.symlink_to("elsewhere")
    with pytest.raises(Problem, match=r"file\.symlink"):
        load_draft("corp")


@dataclass(frozen=True, kw_only=True)
class Later(Settings):
    """The program when it had two properties more."""

    retries: Annotated[
        int,
        Property(
            kind=Kind.PORT, label="Retries", short="Retries", help="a\nb", group=Group.SENDING
        ),
    ] = 3
    token: Annotated[
        SecretState,
        Property(kind=Kind.SECRET, label="Token", short="Token", help="a\nb", group=Group.SENDING),
    ] = SecretState.UNSET


def test_a_property_that_is_no_more_is_dropped_and_named() -> None:
    base = Snapshot({"retries": "three", "port": 25}, broken={"retries": broken_finding("retries")})
    draft = Draft(base, settings=Later).edit("retries", "5").edit("port", "587")
    draft = draft.type_secret("token", Secret(CANARY)).type_secret("password", Secret(CANARY))
    assert save_and_load(draft).draft == Draft(base, draft.texts, settings=Later)
    assert load_draft("corp") == SavedDraft(
        "corp",
        TARGET,
        WHEN,
        Draft(Snapshot({"port": 25}), {"port": "587"}),
        retype=("password",),
        dropped=("retries", "token"),
    )


# Discarding


def test_a_discarded_draft_is_gone_and_a_second_time_is_fine(root: Path) -> None:
    discard_draft("corp")
    assert not (root / "state").exists()
    save_and_load(draft_with("x"))
    save_and_load(draft_with("x"), "other")
    for _ in range(2):
        discard_draft("corp")
        assert load_draft("corp") is None
    assert file_names(draft_path("corp")) == ["other.json"]


def test_what_cannot_be_removed_is_told() -> None:
    draft_path("corp").mkdir(parents=True)
    with pytest.raises(Problem) as raised:
        discard_draft("corp")
    assert raised.value.code == "draft.not-removed"
    assert str(draft_path("corp")) in raised.value.message


# One edits at a time


_HOLDS = """
import sys
from tui.storage.draft_file import DraftLock
lock = DraftLock.acquire("corp")
print("taken", flush=True)
sys.stdin.readline()
{then}
print("done", flush=True)
sys.stdin.readline()
"""


@contextmanager
def holder(then: str = "") -> Iterator["subprocess.Popen[str]"]:
    """Another process that holds the lock until it reads a line, and does something `then`."""
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLDS.format(then=then)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        # The house of this test; the import path of the others.
        env={**os.environ, "PYTHONPATH": PYTHON_ENVIRONMENT["PYTHONPATH"]},
    )
    with process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "taken\n"
            yield process
        finally:
            process.kill()


def let_continue(process: "subprocess.Popen[str]") -> None:
    """Let it do what comes after the lock."""
    assert process.stdin
    assert process.stdout
    process.stdin.write("\n")
    process.stdin.flush()
    assert process.stdout.readline() == "done\n"


def lock_holder() -> str:
    """Return the message about the lock's holder."""
    with pytest.raises(Refusal) as raised:
        DraftLock.acquire("corp")
    assert (raised.value.code, raised.value.exit_code) == ("draft.locked", 5)
    assert "glidemail -p NAME" in raised.value.hint
    return raised.value.message


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_another_process_holds_the_lock_until_it_dies(number: signal.Signals) -> None:
    DraftLock.acquire("corp").release()  # whose number is not told
    with holder() as process:
        assert (
            lock_holder() == f"Another glidemail (process {process.pid}) is editing this profile."
        )
        DraftLock.acquire("other").release()
        process.send_signal(number)
        process.wait()
        lock = DraftLock.acquire("corp")
    assert f"(process {os.getpid()})" in lock_holder()
    lock.release()


@pytest.mark.parametrize("then", ["lock.release()", "lock.release(); lock.release()"])
def test_a_lock_that_is_let_go_can_be_taken(then: str) -> None:
    with holder(then) as process:
        lock_holder()
        let_continue(process)
        DraftLock.acquire("corp").release()


def test_a_lock_is_held_although_nobody_remembers_it() -> None:
    with holder("del lock; import gc; gc.collect()") as process:
        let_continue(process)
        assert str(process.pid) in lock_holder()


def test_a_child_that_outlives_its_parent_has_not_inherited_the_lock() -> None:
    child = "import subprocess; subprocess.Popen(['cat'], stdout=-3, close_fds=False)"
    with holder(child) as process:
        let_continue(process)
        lock_holder()
        process.kill()
        process.wait()
        DraftLock.acquire("corp").release()


def test_a_lock_is_let_go_although_a_child_is_just_starting() -> None:
    reading, writing = os.pipe()
    lock = DraftLock.acquire("corp")
    child = os.fork()
    if child == 0:
        os.close(writing)
        os.read(reading, 1)
        os._exit(0)
    lock.release()
    DraftLock.acquire("corp").release()
    os.close(writing)
    os.close(reading)
    os.waitpid(child, 0)


def test_a_holder_that_is_no_number_is_not_named() -> None:
    lock = DraftLock.acquire("corp")
    path = draft_path("corp").with_suffix(".lock")
    assert path.read_text() == f"{os.getpid()}\n"
    for text in ("", CANARY, "-1", "\u0661"):
        path.write_text(text)
        assert lock_holder() == "Another glidemail is editing this profile."
    path.write_text("1" * 100)
    lock.release()
    lock = DraftLock.acquire("corp")
    assert path.read_text() == f"{os.getpid()}\n"
    lock.release()


def test_a_draft_is_saved_read_and_discarded_while_the_lock_is_held() -> None:
    lock = DraftLock.acquire("corp")
    assert save_and_load(draft_with("x")).draft.text("server") == "x"
    discard_draft("corp")
    assert load_draft("corp") is None
    lock_holder()
    lock.release()


def test_locks_and_saves_of_many_threads_wait_for_nobody_for_long() -> None:
    taken: list[str] = []
    failed: list[Exception] = []

    def work(number: int) -> None:
        try:
            for turn in range(20):
                try:
                    lock = DraftLock.acquire("corp")
                except Refusal as refusal:
                    assert refusal.code == "draft.locked"  # noqa: PT017
                else:
                    save_draft("corp", TARGET, draft_with(f"{number}.{turn}"), WHEN)
                    taken.append(f"{number}.{turn}")
                    lock.release()
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    found = load_draft("corp")
    assert found
    assert found.draft.text("server") == taken[-1]


def link_to_nowhere(path: Path) -> None:
    path.symlink_to("precious")


@pytest.mark.parametrize("put", [link_to_nowhere, os.mkfifo, Path.mkdir])
def test_what_is_no_lock_file_is_not_followed_written_or_waited_for(
    put: Callable[[Path], None],
) -> None:
    path = draft_path("corp").with_suffix(".lock")
    path.parent.mkdir(parents=True)
    precious = path.with_name("precious")
    precious.write_text("kept")
    put(path)
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    with pytest.raises(Problem) as raised:
        DraftLock.acquire("corp")
    assert not isinstance(raised.value, Refusal)
    assert str(path) in raised.value.message
    assert precious.read_text() == "kept"
    if before:
        assert len(os.listdir("/proc/self/fd")) == before


@pytest.mark.parametrize("number", [9, 22, 37, 95])
def test_a_file_system_without_locks_is_told(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def flock(file: int, operation: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("fcntl.flock", flock)
    with pytest.raises(Problem) as raised:
        DraftLock.acquire("corp")
    assert raised.value.code == "file.no-locks"


# What it costs


def test_a_draft_is_kept_and_read_without_pydantic() -> None:
    program = """
import sys
from datetime import UTC, datetime
from tui.storage.draft_file import DraftLock, load_draft, save_draft
from tui.settings.draft import Draft, Snapshot
DraftLock.acquire("corp")
save_draft("corp", "/srv/mail.toml", Draft(Snapshot()).edit("server", "x"), datetime.now(UTC))
assert load_draft("corp")
sys.exit(bool({"pydantic", "textual", "tomlkit", "asyncio"} & sys.modules.keys()))
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": PYTHON_ENVIRONMENT["PYTHONPATH"]},
        check=False,
    )
    assert done.returncode == 0


def test_a_password_that_was_pasted_with_a_url_is_not_kept() -> None:
    save_draft("corp", TARGET, draft_with("smtps://me:hunter2@mail.corp.example"), WHEN)
    assert "hunter2" not in draft_path("corp").read_text()
    found = load_draft("corp")
    assert found
    assert found.draft.text("server") == "smtps://…@mail.corp.example"
