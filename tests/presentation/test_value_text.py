"""Values in words: alone, and beside a field."""

from pathlib import Path

import pytest

from tests.settings.factories import TEST, edit, load
from tui.presentation.value_text import (
    conflict_words,
    count_words,
    origin_words,
    short_path,
    short_value,
    state_words,
)
from tui.settings.draft import Conflict, Draft
from tui.settings.review import review
from tui.settings.snapshot import Origin, Snapshot
from tui.settings.values import SecretState, Value


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("end", ["", "/"])
def test_a_path_below_the_home_directory_is_short(
    home: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    monkeypatch.setenv("HOME", f"{home}{end}")
    assert short_path(f"{home}/a/b.toml") == "~/a/b.toml"
    for path in (f"{home}", f"{home}-other/a", f"/x{home}/a", "relative", "~/a", ""):
        assert short_path(path) == path


@pytest.mark.parametrize("value", ["/", ""])
def test_a_home_that_is_the_root_makes_no_path_short(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("HOME", value)
    assert short_path("/etc/a.toml") == "/etc/a.toml"


@pytest.mark.parametrize(("count", "words"), [(0, "no changes"), (1, "1 change"), (2, "2 changes")])
def test_things_are_counted_in_words(count: int, words: str) -> None:
    assert count_words(count, "change") == words


def test_a_value_that_is_not_set_says_so_and_its_default() -> None:
    now = load().review
    assert origin_words(now, "server") == "Not set."
    assert origin_words(now, "port") == "Not set. Default: 25."
    assert origin_words(now, "security") == "Not set. Default: None."
    assert origin_words(now, "password") == "Not set."


def test_a_value_out_of_a_file_names_its_line() -> None:
    snapshot = Snapshot({"port": 587}, {"port": Origin("/etc/default.toml", 4)})
    assert (
        origin_words(review(Draft(snapshot), TEST, "x"), "port")
        == "Line 4 of the file. Default: 25."
    )


def test_a_changed_value_tells_what_it_was() -> None:
    snapshot = Snapshot({"server": "mail.a.example"}, {"server": Origin("/etc/default.toml", 2)})
    draft = Draft(snapshot).edit("server", "mail.b.example").edit("port", "587")
    now = review(draft, TEST, "x")
    assert origin_words(now, "server") == "Was mail.a.example (line 2)."
    assert origin_words(now, "port") == "Was not set. Default: 25."
    assert origin_words(now, "display_name") == "Not set."


def test_a_state_is_told_in_its_own_words_and_a_value_in_a_persons() -> None:
    assert state_words(SecretState.NOT_KEPT) == "not kept"
    assert state_words(True) == "yes"
    assert state_words(25) == "25"
    assert state_words(("a@b.example", "c@b.example")) == "a@b.example, c@b.example"


def test_a_conflict_is_one_sentence() -> None:
    def words(theirs: Value, mine: Value) -> str:
        return conflict_words(Conflict("server", "mail.a.example", mine, theirs))

    assert words("mail.b.example", "m") == "It is mail.b.example there now and m here."
    assert words("", "m") == "It is blank there now and m here."
    assert words("m", "") == "It is m there now and blank here."


def test_a_glance_is_a_value_in_a_few_characters_or_nothing() -> None:
    now = edit(base={"port": 587}, security="starttls", authenticate="true").review
    assert short_value(now, "port") == "587"
    assert short_value(now, "security") == "STARTTLS"
    assert short_value(now, "authenticate") == "yes"
    assert short_value(now, "server") == ""
    assert short_value(now, "sending_enabled") == ""
    assert short_value(load(sending_enabled=False).review, "sending_enabled") == "no"
    assert short_value(edit(port="x").review, "port") == ""


def test_a_glance_tells_how_many_and_what_is_derived() -> None:
    assert short_value(load(test_recipients=("a@b.example",)).review, "test_recipients") == "1"
    now = load(server="mail.a.example").review
    assert short_value(now, "pop3_server") == short_value(now, "pop3_user") == "derived"
    assert short_value(now, "pop3_port") == "110"
    assert short_value(now, "pop3_security") == "None"


def test_a_glance_at_a_secret_tells_its_state_only() -> None:
    def seen(state: Value) -> str:
        return short_value(load(password=state).review, "password")

    assert seen(SecretState.NOT_KEPT) == "set"
    assert seen(SecretState.UNKNOWN) == "?"
    assert seen(SecretState.KEPT) == "kept"
    assert short_value(load().review, "password") == ""
    assert short_value(edit(password="hunter2").review, "password") == "new"
    cleared = edit(base={"password": SecretState.KEPT}, password="").review
    assert short_value(cleared, "password") == "none"
