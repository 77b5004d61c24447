"""Values in words: alone, and beside a field."""

from pathlib import Path

import pytest

from tests.settings.factories import TEST, TEST_ACCOUNT, edit, load
from tui.presentation.value_text import (
    conflict_words,
    count_words,
    list_value,
    origin_words,
    short_path,
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
    assert origin_words(now, "server") == "was mail.a.example"
    assert origin_words(now, "port") == ""
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


def test_the_list_shows_a_value_that_is_set_and_says_so() -> None:
    now = edit(
        base={"port": 587, "test_recipients": ("a@b.example", "c@b.example")},
        security="starttls",
        authenticate="true",
    ).review
    assert list_value(now, "port") == ("587", True)
    assert list_value(now, "security") == ("STARTTLS", True)
    assert list_value(now, "authenticate") == ("yes", True)
    assert list_value(now, "test_recipients") == ("a@b.example, c@b.example", True)
    assert list_value(load(sending_enabled=False).review, "sending_enabled") == ("no", True)


def test_the_list_shows_a_default_and_what_is_not_set_as_not_set_here() -> None:
    now = load().review
    assert list_value(now, "server") == ("not set", False)
    assert list_value(now, "sending_enabled") == ("not set", False)
    assert list_value(now, "port") == ("25", False)
    assert list_value(now, "security") == ("None", False)
    assert list_value(edit(base={"port": 587}, port="").review, "port") == ("25", False)


def test_the_list_shows_what_cannot_be_parsed_as_it_was_typed_without_a_password() -> None:
    assert list_value(edit(port="a lot").review, "port") == ("a lot", True)
    words, is_set = list_value(edit(server="smtp://me:hunter2@mail.a.example/x").review, "server")
    assert is_set
    assert "mail.a.example" in words
    assert "hunter2" not in words


def test_the_list_names_where_a_value_follows_from() -> None:
    now = load(server="mail.a.example", user="me@a.example").review
    assert list_value(now, "pop3_server") == ("same as outgoing", False)
    assert list_value(now, "pop3_user") == ("from user email", False)
    assert list_value(now, "pop3_port") == ("110", False)
    assert list_value(now, "pop3_security") == ("None", False)
    assert list_value(load(pop3_port=995).review, "pop3_port") == ("995", True)
    derives_nothing = load(TEST_ACCOUNT, pop3_server="pop.a.example").review
    assert list_value(derives_nothing, "pop3_server") == ("-", False)


def test_the_list_shows_the_state_of_a_secret_only() -> None:
    def seen(state: Value) -> tuple[str, bool]:
        return list_value(load(password=state).review, "password")

    assert seen(SecretState.NOT_KEPT) == ("not kept", True)
    assert seen(SecretState.UNKNOWN) == ("unknown", True)
    assert seen(SecretState.KEPT) == ("kept", True)
    assert list_value(load().review, "password") == ("not set", False)
    assert list_value(edit(password="hunter2").review, "password") == ("new", True)
    cleared = edit(base={"password": SecretState.KEPT}, password="").review
    assert list_value(cleared, "password") == ("cleared", True)


def test_the_list_says_that_a_value_is_hidden_until_one_is_typed() -> None:
    draft = Draft(Snapshot(hidden=frozenset({"server"})))
    assert list_value(review(draft, TEST, "x"), "server") == ("unknown (hidden)", False)
    typed = review(draft.edit("server", "mail.a.example"), TEST, "x")
    assert list_value(typed, "server") == ("mail.a.example", True)
