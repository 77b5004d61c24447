"""What a person is asked on a terminal before a save, and what follows from the answers."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.house import House, Terminal, assert_printable
from tests.cli.site import PRODUCTION, Site, open_site

BEFORE = '# ours\nserver = "old.corp.example"\n'
ARGV = ("apply", "--set", "server=new.corp.example")
PORT = ("apply", "--set", "port=2525")
QUESTION = "Save? [y/N] "
CONDITIONS = 5


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = House(tmp_path)
    house.write(BEFORE)
    return house


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A production instance that sends by its properties."""
    with open_site(tmp_path, "properties", PRODUCTION) as opened:
        yield opened


@contextmanager
def sign_in(site: Site, *argv: str) -> Iterator[Terminal]:
    with site.house.on_terminal("-p", "dev", *argv) as terminal:
        terminal.until("Password of admin at")
        terminal.type(f"{site.password()}\n")
        yield terminal


def word(site: Site) -> str:
    return f"Type {site.host} to continue: "


def attest(terminal: Terminal, times: int = CONDITIONS) -> None:
    for _ in range(times):
        terminal.until("Is it true? ")
        terminal.until("[y/N] ")
        terminal.type("y\n")


def assert_not_written(site: Site, terminal: Terminal, code: int = 5) -> None:
    assert terminal.end() == code
    assert "Nothing was written." in " ".join(terminal.text.split())
    assert site.writes == []
    assert not attestations(site).exists()


def attestations(site: Site) -> Path:
    return site.house.attestations.with_name("dev.toml")


# On a local file


def test_a_file_shows_warning_changes_and_reminder_before_its_one_question(house: House) -> None:
    with house.on_terminal(*ARGV) as terminal:
        terminal.until(QUESTION)
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
            "- The mail server is our own, not the provisioned one.",
            "- Enable email sending (SMTP) has been checked on the instance.",
            QUESTION.strip(),
        )
    ]
    assert places == sorted(places)
    for asked in ("Is it true?", "own-server", "Type "):
        assert asked not in before


@pytest.mark.parametrize("answer", ["n\n", "\n", "\x04", "default\n"])
def test_anything_but_a_yes_leaves_a_file_as_it_was(house: House, answer: str) -> None:
    with house.on_terminal(*ARGV) as terminal:
        terminal.until(QUESTION)
        terminal.type(answer)
        assert terminal.end() == 5
        assert "Not saved: nothing was written." in terminal.text
    assert house.settings.read_text() == BEFORE
    assert list(house.config.iterdir()) == [house.settings]


@pytest.mark.parametrize("answer", ["y\n", "YES\n"])
def test_one_yes_saves_a_file(house: House, answer: str) -> None:
    with house.on_terminal(*ARGV) as terminal:
        terminal.until(QUESTION)
        terminal.type(answer)
        assert terminal.end() == 0
        assert "Saved 1 change to" in terminal.text
        assert_printable(terminal.text)
    assert house.settings.read_text() == BEFORE.replace("old", "new")
    assert not house.attestations.exists()


def test_yes_saves_a_file_without_a_question(house: House) -> None:
    with house.on_terminal(*ARGV, "--yes") as terminal:
        assert terminal.end() == 0
        assert "[y/N]" not in terminal.text
    assert house.settings.read_text() == BEFORE.replace("old", "new")


def test_what_a_file_does_not_need_answers_no_question(house: House) -> None:
    with house.on_terminal(*ARGV, "--attest", "all", "--confirm", "default") as terminal:
        terminal.until("A local file needs no --attest and no --confirm.")
        terminal.until(QUESTION)
        terminal.type("\n")
        assert terminal.end() == 5
    assert house.settings.read_text() == BEFORE


def test_an_error_is_said_once(house: House) -> None:
    refused = house.call("apply", "--set", "server=http://x.example/", "--set", "port=0")
    assert refused.code == 1
    assert refused.words.count("Enter the host name only") == 1
    assert "There are 2 errors in what would be saved." in refused.words


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
    with house.on_terminal(*ARGV, "--json") as terminal:
        assert terminal.end() == 5
        assert '"code": "consent.missing"' in terminal.text
        assert QUESTION not in terminal.text


def test_an_interrupt_at_the_question_leaves_a_file_as_it_was(house: House) -> None:
    with house.on_terminal(*ARGV) as terminal:
        terminal.until(QUESTION)
        terminal.stop(signal.SIGINT)
        assert terminal.end() == 130
        lines = terminal.text.replace("^C", "").splitlines()
        assert lines[-2] == "glidemail: Stopped before it finished. Nothing was written."
        assert_printable(terminal.text.replace("^C", ""))
    assert house.settings.read_text() == BEFORE


# On an instance


def test_warning_changes_and_side_effects_come_before_the_first_question(site: Site) -> None:
    with sign_in(site, *PORT) as terminal:
        terminal.until("Is it true? ")
        before = " ".join(terminal.text.split())
    places = [
        before.index(words)
        for words in (
            f"PRODUCTION dev {site.host}",
            "Avoid modifying provisioned settings.",
            "-> 2525",
            "What else happens",
            "Is it true?",
        )
    ]
    assert places == sorted(places)
    for asked_next in ("own-server", "Type to confirm"):
        assert asked_next not in before


def test_each_thing_is_said_once(site: Site) -> None:
    with sign_in(site, *PORT, "--attest", "all") as terminal:
        terminal.until(word(site))
        terminal.type("other\n")
        assert_not_written(site, terminal)
        said = " ".join(terminal.text.split())
    assert said.count(f'"{site.host}" is production.') == 1
    assert f"You didn't type {site.host}. Nothing was written." in said


def test_the_right_word_saves(site: Site) -> None:
    with sign_in(site, *PORT) as terminal:
        attest(terminal)
        terminal.until(word(site))
        terminal.type(f"{site.host}\n")
        assert terminal.end() == 0
        assert "Wrote 1 change to" in terminal.text
    assert site.value("glide.smtp.port") == "2525"
    assert attestations(site).read_text().count("[[attestation]]") == CONDITIONS


@pytest.mark.parametrize("typed", ["dev", "yes", "", "\x1b[A"])
def test_a_wrong_word_is_refused(site: Site, typed: str) -> None:
    with sign_in(site, *PORT) as terminal:
        attest(terminal)
        terminal.until(word(site))
        terminal.type(f"{typed}\n")
        assert_not_written(site, terminal)


@pytest.mark.parametrize("answer", ["n\n", "\n", "maybe\n", "\x04"])
def test_anything_but_a_yes_attests_nothing(site: Site, answer: str) -> None:
    with sign_in(site, *PORT) as terminal:
        attest(terminal, CONDITIONS - 1)
        terminal.until("[y/N] ")
        terminal.type(answer)
        assert_not_written(site, terminal)
        assert word(site) not in terminal.text


def test_the_first_no_ends_the_questions(site: Site) -> None:
    with sign_in(site, *PORT) as terminal:
        terminal.until("[y/N] ")
        terminal.type("n\n")
        assert_not_written(site, terminal)
        assert terminal.text.count("Is it true?") == 1
        assert "Not attested: own-server." in terminal.text


def test_the_end_of_input_at_the_word_is_a_no(site: Site) -> None:
    with sign_in(site, *PORT, "--attest", "all") as terminal:
        terminal.until(word(site))
        terminal.type("\x04")
        assert_not_written(site, terminal)


def test_the_last_question_is_answered_with_a_no(site: Site) -> None:
    with sign_in(site, *PORT, "--attest", "all", "--confirm", site.host) as terminal:
        terminal.until(QUESTION)
        terminal.type("\n")
        assert terminal.end() == 5
        assert "Not saved: nothing was written." in terminal.text
    assert site.writes == []


def test_yes_does_not_answer_what_is_to_be_typed(site: Site) -> None:
    with sign_in(site, *PORT, "--attest", "all", "--yes") as terminal:
        terminal.until(word(site))
        terminal.type("\n")
        assert_not_written(site, terminal)


def test_yes_does_not_attest(site: Site) -> None:
    with sign_in(site, *PORT, "--confirm", site.host, "--yes") as terminal:
        terminal.until("Is it true? ")
        terminal.type("\n")
        assert_not_written(site, terminal)


def test_a_display_name_asks_for_no_condition(site: Site) -> None:
    with sign_in(site, "apply", "--set", "display_name=x") as terminal:
        terminal.until(word(site))
        assert "Is it true?" not in terminal.text
        terminal.type(f"{site.host}\n")
        assert terminal.end() == 0


def test_an_interrupt_at_a_question_writes_nothing(site: Site) -> None:
    with sign_in(site, *PORT) as terminal:
        attest(terminal, 1)
        terminal.until("Is it true? ")
        terminal.stop(signal.SIGINT)
        assert_not_written(site, terminal, 130)
