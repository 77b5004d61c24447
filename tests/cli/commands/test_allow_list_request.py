"""The letter to a mail server's administrators, as the command writes it."""

import pytest

from tests.cli.house import House, assert_harmless, read_tree
from tests.cli.site import Site

CANARY = "Canary-77-pässword"
DRAFT = (
    *("--set", "server=mail.corp.example", "--set", "port=587", "--set", "security=starttls"),
    *("--set", "user=helpdesk@corp.example", "--set", "authenticate=yes"),
)


def test_a_letter_is_written_from_a_draft_and_nothing_is_saved(house: House) -> None:
    house.write('server = "mail.old.example"\n')
    before = read_tree(house.root)
    done = house.run("allow-list-request", *DRAFT)
    assert_harmless(done)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Subject: ")
    for words in ("mail.corp.example", "587", "STARTTLS", "helpdesk@corp.example", "[FILL IN: "):
        assert words in done.out
    assert "mail.old.example" not in done.out
    assert read_tree(house.root) == before


def test_the_letter_is_one_text_in_json(house: House) -> None:
    answer = house.call("allow-list-request", *DRAFT, "--json").answer()
    words = house.call("allow-list-request", *DRAFT).out
    assert answer["letter"].splitlines() == words.splitlines()


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_a_password_is_told_only_to_be_known(house: House, form: tuple[str, ...]) -> None:
    argv = ("allow-list-request", *DRAFT, "--password-stdin", *form)
    done = house.call(*argv, stdin=f"{CANARY}\n".encode())
    letter = done.answer()["letter"] if form else done.out
    assert "The password is known to us" in " ".join(letter.split())
    assert "Canary" not in done.out + done.err


def test_a_password_among_the_arguments_is_refused(house: House) -> None:
    done = house.call("allow-list-request", "--set", "password=Canary-77")
    assert (done.code, done.out) == (64, "")
    assert "Canary" not in done.err


def test_a_value_that_is_none_is_not_told_as_a_default(house: House) -> None:
    done = house.call("allow-list-request", *DRAFT[:2], "--set", "port=abc")
    assert (done.code, done.out) == (1, "")
    assert "No letter was written: Port is not valid." in done.words


def test_hostile_values_are_only_text(house: House) -> None:
    hostile = "x\x1b[31m\u202e [bold]y[/bold]"
    done = house.run("allow-list-request", *DRAFT, "--set", f"pop3_user={hostile}")
    assert_harmless(done)
    house.write(f'server = "mail.corp.example"\ndisplay_name = "{hostile[6:]}"\n')
    done = house.run("allow-list-request")
    assert_harmless(done)
    assert "[bold]y[/bold]" in done.out


def test_an_instance_is_named_with_its_environment(site: Site) -> None:
    before = site.state()
    text = site.answer("allow-list-request", *site.own)["letter"]
    assert site.host in text
    assert "non-production" in text
    assert site.sandbox.running.mail.user in text
    assert site.mail_password not in text
    assert (site.state(), site.writes) == (before, [])
