"""What a person is asked on a terminal before a save, and what follows from the answers."""

import signal
from pathlib import Path

import pytest

from tests.cli.house import House, Terminal, assert_printable

BEFORE = '# ours\nserver = "old.corp.example"\n'
ARGV = ("apply", "--set", "server=new.corp.example")
WORD = "Type default to continue: "
CONDITIONS = 4


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = House(tmp_path)
    house.write(BEFORE)
    return house


def attest(terminal: Terminal, times: int = CONDITIONS) -> None:
    for _ in range(times):
        terminal.until("Is it true? ")
        terminal.until("[y/N] ")
        terminal.type("y\n")


def assert_not_saved(house: House, terminal: Terminal) -> None:
    assert terminal.end() == 5
    assert "Nothing was written." in " ".join(terminal.text.split())
    assert_printable(terminal.text)
    assert house.settings.read_text() == BEFORE
    assert list(house.config.iterdir()) == [house.settings]


def test_warning_changes_and_side_effects_come_before_the_first_question(house: House) -> None:
    with house.on_terminal(*ARGV) as terminal:
        terminal.until("Is it true? ")
        before = " ".join(terminal.text.split())
    places = [
        before.index(words)
        for words in (
            f"FILE default {house.settings} (counts as production)",
            "Avoid modifying provisioned settings.",
            "Mail server old.corp.example -> new.corp.example",
            "The POP3 server changes too: old.corp.example -> new.corp.example.",
            "If email receiving is on, the instance reads and deletes that mailbox.",
            "Before you change these settings (KB0521756)",
            "[x] password-known",
            "Is it true?",
        )
    ]
    assert places == sorted(places)
    for asked_next in ("own-server", "Type to confirm"):
        assert asked_next not in before


def test_each_thing_is_said_once(house: House) -> None:
    with house.on_terminal(*ARGV, "--attest", "all") as terminal:
        terminal.until(WORD)
        terminal.type("other\n")
        assert terminal.end() == 5
        said = " ".join(terminal.text.split())
    assert said.count("counts as production, as nothing says otherwise.") == 1
    assert "You didn't type default. Nothing was written." in said


def test_an_error_is_said_once(house: House) -> None:
    refused = house.call("apply", "--set", "server=http://x.example/", "--set", "port=0")
    assert refused.code == 1
    assert refused.words.count("Enter the host name only") == 1
    assert "There are 2 errors in what would be saved." in refused.words


def test_the_right_word_saves(house: House) -> None:
    with house.on_terminal(*ARGV) as terminal:
        attest(terminal)
        terminal.until(WORD)
        terminal.type("default\n")
        assert terminal.end() == 0
        assert "Saved 1 change to" in terminal.text
        assert_printable(terminal.text)
    assert house.settings.read_text() == BEFORE.replace("old", "new")
    assert house.attestations.read_text().count("[[attestation]]") == CONDITIONS


@pytest.mark.parametrize("word", ["Default", "yes", "", "default default", "other", "\x1b[A"])
def test_a_wrong_word_is_refused(house: House, word: str) -> None:
    with house.on_terminal(*ARGV) as terminal:
        attest(terminal)
        terminal.until(WORD)
        terminal.type(f"{word}\n")
        assert_not_saved(house, terminal)


@pytest.mark.parametrize("answer", ["n\n", "\n", "no\n", "maybe\n", "\x04"])
def test_anything_but_a_yes_attests_nothing(house: House, answer: str) -> None:
    with house.on_terminal(*ARGV) as terminal:
        attest(terminal, CONDITIONS - 1)
        terminal.until("[y/N] ")
        terminal.type(answer)
        assert_not_saved(house, terminal)
        assert WORD not in terminal.text
    assert not house.attestations.exists()


def test_the_first_no_ends_the_questions(house: House) -> None:
    with house.on_terminal(*ARGV) as terminal:
        terminal.until("[y/N] ")
        terminal.type("n\n")
        assert_not_saved(house, terminal)
        assert terminal.text.count("Is it true?") == 1
        assert "Not attested: own-server." in terminal.text


def test_the_end_of_input_at_the_word_is_a_no(house: House) -> None:
    with house.on_terminal(*ARGV, "--attest", "all") as terminal:
        terminal.until(WORD)
        terminal.type("\x04")
        assert_not_saved(house, terminal)


@pytest.mark.parametrize("answer", ["n\n", "\n", "\x04"])
def test_the_last_question_is_answered_with_a_no(house: House, answer: str) -> None:
    with house.on_terminal(*ARGV, "--attest", "all", "--confirm", "default") as terminal:
        terminal.until("Save? [y/N] ")
        terminal.type(answer)
        assert terminal.end() == 5
        assert "Not saved: nothing was written." in terminal.text
    assert house.settings.read_text() == BEFORE


@pytest.mark.parametrize("answer", ["y\n", "YES\n"])
def test_the_last_question_is_answered_with_a_yes(house: House, answer: str) -> None:
    with house.on_terminal(*ARGV, "--attest", "all", "--confirm", "default") as terminal:
        terminal.until("Save? [y/N] ")
        terminal.type(answer)
        assert terminal.end() == 0
    assert house.settings.read_text() != BEFORE


def test_yes_does_not_answer_what_is_to_be_typed(house: House) -> None:
    with house.on_terminal(*ARGV, "--attest", "all", "--yes") as terminal:
        terminal.until(WORD)
        terminal.type("\n")
        assert_not_saved(house, terminal)


def test_a_display_name_asks_for_no_condition(house: House) -> None:
    with house.on_terminal("apply", "--set", "display_name=x") as terminal:
        terminal.until(WORD)
        assert "Is it true?" not in terminal.text
        terminal.type("default\n")
        assert terminal.end() == 0


def test_non_production_asks_for_no_word(house: House) -> None:
    house.call("profiles", "add", "dev", "--environment", "non-production")
    with house.on_terminal("-p", "dev", "apply", "--set", "display_name=x") as terminal:
        terminal.until("Save? [y/N] ")
        assert "Type " not in terminal.text
        terminal.type("y\n")
        assert terminal.end() == 0


def test_an_error_is_refused_without_a_question(house: House) -> None:
    with house.on_terminal("apply", "--set", "server=http://x.example/") as terminal:
        assert terminal.end() == 1
        assert "[y/N]" not in terminal.text
        assert (
            "enter the host name only, without a scheme or a path"
            in " ".join(terminal.text.split()).lower()
        )
    assert house.settings.read_text() == BEFORE


def test_a_program_is_asked_nothing_even_on_a_terminal(house: House) -> None:
    with house.on_terminal(*ARGV, "--json", "--attest", "all") as terminal:
        assert terminal.end() == 5
        assert '"code": "confirmation.missing"' in terminal.text
        assert WORD not in terminal.text


def test_an_interrupt_at_a_question_leaves_all_as_it_was(house: House) -> None:
    with house.on_terminal(*ARGV) as terminal:
        attest(terminal, 1)
        terminal.until("Is it true? ")
        terminal.stop(signal.SIGINT)
        assert terminal.end() == 130
        lines = terminal.text.replace("^C", "").splitlines()
        assert lines[-2] == "glidemail: Stopped before it finished. Nothing was written."
        assert_printable(terminal.text.replace("^C", ""))
    assert house.settings.read_text() == BEFORE
    assert not house.attestations.exists()
