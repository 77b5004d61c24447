"""The letter to a mail server's administrators, as the command writes it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.house import House, assert_harmless, read_tree
from tests.cli.site import Site, open_site

CANARY = "Canary-77-pässword"
DRAFT = (
    *("--set", "server=mail.corp.example", "--set", "port=587", "--set", "security=starttls"),
    *("--set", "user=helpdesk@corp.example", "--set", "authenticate=yes"),
)


@pytest.fixture
def here(tmp_path: Path) -> House:
    return House(tmp_path)


@pytest.fixture
def away(tmp_path: Path) -> Iterator[Site]:
    with open_site(tmp_path) as opened:
        yield opened


def test_a_letter_is_written_from_a_draft_and_nothing_is_saved(here: House) -> None:
    here.write('server = "mail.old.example"\n')
    before = read_tree(here.root)
    done = here.run("allow-list-request", *DRAFT)
    assert_harmless(done)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Subject: ")
    for words in ("mail.corp.example", "587", "STARTTLS", "helpdesk@corp.example", "[FILL IN: "):
        assert words in done.out
    assert "mail.old.example" not in done.out
    assert read_tree(here.root) == before


def test_the_letter_is_one_text_in_json(here: House) -> None:
    answer = here.call("allow-list-request", *DRAFT, "--json").answer()
    words = here.call("allow-list-request", *DRAFT).out
    assert answer["letter"].splitlines() == words.splitlines()


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_a_password_is_told_only_to_be_known(here: House, form: tuple[str, ...]) -> None:
    argv = ("allow-list-request", *DRAFT, "--password-stdin", *form)
    done = here.call(*argv, stdin=f"{CANARY}\n".encode())
    letter = done.answer()["letter"] if form else done.out
    assert "its password is known to us" in " ".join(letter.split())
    assert "Canary" not in done.out + done.err


def test_a_password_among_the_arguments_is_refused(here: House) -> None:
    done = here.call("allow-list-request", "--set", "password=Canary-77")
    assert (done.code, done.out) == (64, "")
    assert "Canary" not in done.err


def test_a_value_that_is_none_is_not_told_as_a_default(here: House) -> None:
    done = here.call("allow-list-request", *DRAFT[:2], "--set", "port=abc")
    assert (done.code, done.out) == (1, "")
    assert "No letter was written: Port has no valid value." in done.words


def test_hostile_values_are_only_text(here: House) -> None:
    hostile = "x\x1b[31m\u202e [bold]y[/bold]"
    done = here.run("allow-list-request", *DRAFT, "--set", f"pop3_user={hostile}")
    assert_harmless(done)
    here.write(f'server = "mail.corp.example"\ndisplay_name = "{hostile[6:]}"\n')
    done = here.run("allow-list-request")
    assert_harmless(done)
    assert "[bold]y[/bold]" in done.out


def test_an_instance_is_named_with_its_environment(away: Site) -> None:
    before = away.state()
    text = away.answer("allow-list-request", *away.own)["letter"]
    assert away.host in text
    assert "non-production" in text
    assert away.sandbox.running.mail.user in text
    assert away.mail_password not in text
    assert (away.state(), away.writes) == (before, [])
