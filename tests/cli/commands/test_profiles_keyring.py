"""What a profile signs in with: kept in a real keyring, and found nowhere else."""

from contextlib import closing
from typing import NoReturn

import pytest

from tests.cli.desk import Desk, read_sign_in
from tests.cli.house import House, assert_harmless, read_tree
from tests.sampling import sample
from tui.credentials.keyring import Keyring
from tui.credentials.secret import Secret
from tui.errors import Problem
from tui.storage.file import LockedFile
from tui.storage.profile import load_profile

CANARY = "c4nary-in-the-mine"
LOCAL = ("profiles", "add", "dev", "--keep", "keyring")
ADD = (*LOCAL, "--instance", "dev12345", "--environment", "production", "--user", "admin")


def assert_nowhere(house: House, *texts: str) -> None:
    """Fails where the canary is in a file or in what was shown."""
    assert CANARY not in "".join(texts)
    assert not [path for path, data in read_tree(house.root).items() if CANARY.encode() in data]


@pytest.mark.parametrize("form", sample([((),), (("--json",),)], 2))
def test_a_secret_on_standard_input_is_kept_in_the_keyring_alone(
    desk: Desk, form: tuple[str, ...]
) -> None:
    added = desk.run(*ADD, "--sign-in-stdin", *form, stdin=f"{CANARY}\n".encode())
    assert_harmless(added)
    assert (added.code, added.err) == (0, "")
    assert form or "The sign-in is kept in the keyring." in added.out
    assert read_sign_in("dev") == CANARY
    listed = desk.call("profiles", *form)
    assert_nowhere(desk, added.out, listed.out, repr(load_profile("dev")))
    removed = desk.run("profiles", "remove", "dev")
    assert removed.code == 0
    assert "Not forgotten" not in removed.out
    assert read_sign_in("dev") is None


def test_a_secret_is_asked_for_twice_on_a_terminal(desk: Desk) -> None:
    with desk.on_terminal(*ADD) as terminal:
        terminal.until("Just press Enter to leave it out.")
        for words in ("Password for dev12345.service-now.com: ", "again: "):
            terminal.until(words)
            assert not terminal.echoes
            terminal.type(f"{CANARY}\n")
        assert terminal.end() == 0
        assert "Next: glidemail -p dev show" in terminal.text
        assert_nowhere(desk, terminal.text)
    assert read_sign_in("dev") == CANARY


@pytest.mark.grid
@pytest.mark.parametrize(
    ("sign_in", "label"), [("api-key", "API key for"), ("client-credentials", "Client secret for")]
)
def test_what_is_asked_for_is_named(desk: Desk, sign_in: str, label: str) -> None:
    user = () if sign_in == "api-key" else ADD[-2:]
    with desk.on_terminal(*ADD[:-2], *user, "--sign-in", sign_in, "--sign-in-stdin") as terminal:
        for words in (label, "again: "):
            terminal.until(words)
            terminal.type(f"{CANARY}\n")
        assert terminal.end() == 0
        assert "Enter to" not in terminal.text
    assert read_sign_in("dev") == CANARY


def test_enter_alone_leaves_the_secret_out(desk: Desk) -> None:
    with desk.on_terminal(*ADD) as terminal:
        terminal.until("service-now.com: ")
        terminal.type("\n")
        assert terminal.end() == 0
        assert "is kept" not in terminal.text
    assert load_profile("dev").instance is not None
    assert read_sign_in("dev") is None


def test_two_entries_that_differ_add_nothing(desk: Desk) -> None:
    with desk.on_terminal(*ADD) as terminal:
        for words, typed in (("com: ", CANARY), ("again: ", f"{CANARY}2")):
            terminal.until(words)
            terminal.type(f"{typed}\n")
        assert terminal.end() == 5
        assert_nowhere(desk, terminal.text)
    assert desk.run("-p", "dev", "show").code == 1
    assert read_sign_in("dev") is None


@pytest.mark.parametrize("argv", [LOCAL, (*ADD[:4], "nothing", *ADD[5:])])
def test_nothing_is_asked_for_that_is_not_kept(desk: Desk, argv: tuple[str, ...]) -> None:
    with desk.on_terminal(*argv) as terminal:
        assert terminal.end() == 0
        assert terminal.text.startswith("Added dev: ")


@pytest.mark.grid
def test_the_secret_of_a_profile_that_is_there_already_stays(desk: Desk) -> None:
    desk.run(*ADD, "--sign-in-stdin", stdin=CANARY.encode())
    again = desk.run(*ADD, "--sign-in-stdin", stdin=b"another")
    assert again.code == 5
    assert "A profile with that name already" in again.words
    assert read_sign_in("dev") == CANARY


def test_nobody_is_asked_for_the_secret_of_a_profile_that_is_there_already(desk: Desk) -> None:
    desk.run(*ADD)
    with desk.on_terminal(*ADD) as terminal:
        assert terminal.end() == 5
        assert "Password" not in terminal.text


@pytest.mark.grid
def test_a_secret_is_taken_back_where_the_profile_cannot_be_written(desk: Desk) -> None:
    (desk.config / "profiles" / ".dev.toml.new").mkdir(parents=True)
    told = desk.run(*ADD, "--sign-in-stdin", stdin=CANARY.encode())
    assert told.code == 1
    assert "dev.toml" in told.words
    assert read_sign_in("dev") is None
    assert_nowhere(desk, told.out, told.err)


def test_a_secret_that_cannot_be_taken_back_is_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> NoReturn:
        lock()
        raise Problem("file.no-space", "The disk is full.", "Make room.")

    monkeypatch.setattr(LockedFile, "replace", fails)
    told = desk.call(*ADD, "--sign-in-stdin", "--json", stdin=CANARY.encode())
    error = told.answer()["error"]
    assert (told.code, error["code"]) == (1, "profile.sign-in-stays")
    assert "was not added: The disk is full." in error["message"]
    assert "is still in the keyring: Can't use the keyring." in error["message"]
    assert "Unlock" in error["next"]
    assert_nowhere(desk, told.out)


def test_a_secret_stays_where_the_profile_was_written_and_only_may_not_last(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: int) -> NoReturn:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("tui.storage.file.sync_directory", fails)
    told = desk.call(*ADD, "--sign-in-stdin", "--json", stdin=CANARY.encode())
    assert (told.code, told.answer()["error"]["code"]) == (1, "file.not-durable")
    assert load_profile("dev").instance is not None
    assert read_sign_in("dev") == CANARY


def lock() -> None:
    """Locks the default collection, as a desktop does."""
    import secretstorage

    with closing(secretstorage.dbus_init()) as connection:
        secretstorage.get_default_collection(connection).lock()


def test_a_change_forgets_what_is_not_to_be_kept_any_more(desk: Desk) -> None:
    desk.run(*ADD, "--sign-in-stdin", stdin=f"{CANARY}\n".encode())
    assert desk.run("profiles", "set", "dev", "--environment", "non-production").code == 0
    assert read_sign_in("dev") == CANARY
    assert desk.run("profiles", "set", "dev", "--user", "other").code == 0
    assert read_sign_in("dev") is None
    Keyring().keep("dev", "sign_in", Secret(CANARY))
    assert desk.run("profiles", "set", "dev", "--keep", "nothing").code == 0
    assert read_sign_in("dev") is None
    assert desk.run("profiles", "set", "dev", "--keep", "keyring").code == 0
