"""The draft of a profile, kept while it is edited."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from tests.cli.house import House
from tests.storage.fakes import use_home
from tui.coroutines import run_without_loop
from tui.credentials.secret import Secret
from tui.errors import Problem, Refusal
from tui.settings.delivery.account import AccountChoice, NamedAccount
from tui.settings.delivery.status import Model
from tui.settings.values import Environment
from tui.storage.draft_file import draft_path, save_draft
from tui.storage.profile import Keep, Profile
from tui.workspace.draft_keeper import DraftKeeper
from tui.workspace.editing import Editing
from tui.workspace.session import Session, open_session


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    house = use_home(tmp_path, monkeypatch)
    house.write('server = "mail.old.example"\n')
    return house


def opened(here: House, name: str = "default") -> Session:
    profile = Profile(name, here.settings, Environment.NON_PRODUCTION, Keep.NOTHING)
    return run_without_loop(open_session(profile))


@contextmanager
def keeping(session: Session) -> Iterator[DraftKeeper]:
    keeper = DraftKeeper(session)
    keeper.claim()
    try:
        yield keeper
    finally:
        keeper.release()


def changed(session: Session) -> Editing:
    return Editing.from_session(session).type("server", "mail.new.example")


def test_there_is_no_draft_at_first(here: House) -> None:
    with keeping(opened(here)) as keeper:
        assert keeper.load() is None
        assert keeper.trouble is None


def test_what_is_kept_is_found_at_the_next_start(here: House) -> None:
    session = opened(here)
    with keeping(session) as keeper:
        keeper.save(changed(session))
    with keeping(session) as keeper:
        found = keeper.load()
    assert found is not None
    assert found.draft.texts == {"server": "mail.new.example"}
    assert found.target == str(here.settings)


def test_a_typed_secret_is_in_no_draft(here: House) -> None:
    session = opened(here)
    with keeping(session) as keeper:
        keeper.save(changed(session).type_secret("password", Secret("hunter2")))
        assert "hunter2" not in draft_path("default").read_text()
        found = keeper.load()
    assert found is not None
    assert found.retype == ("password",)


def test_a_draft_is_removed_once_nothing_is_changed_any_more(here: House) -> None:
    session = opened(here)
    with keeping(session) as keeper:
        keeper.save(changed(session))
        assert draft_path("default").exists()
        keeper.save(Editing.from_session(session))
        assert not draft_path("default").exists()


def test_a_draft_of_an_earlier_start_is_not_removed_before_it_was_offered(here: House) -> None:
    session = opened(here)
    with keeping(session) as keeper:
        keeper.save(changed(session))
    with keeping(session) as keeper:
        keeper.save(Editing.from_session(session))
        assert keeper.load() is not None


def test_a_draft_that_is_forgotten_is_gone_and_a_second_time_is_fine(here: House) -> None:
    session = opened(here)
    with keeping(session) as keeper:
        keeper.save(changed(session))
        keeper.discard()
        assert not draft_path("default").exists()
        keeper.discard()


def test_who_comes_second_is_told_who_is_first_and_keeps_nothing(here: House) -> None:
    session = opened(here)
    with keeping(session) as first, keeping(session) as second:
        assert isinstance(second.trouble, Refusal)
        assert f"process {os.getpid()}" in second.trouble.message
        second.save(changed(session))
        assert not draft_path("default").exists()
        first.save(changed(session))
        second.discard()
        assert second.load() is None
        assert draft_path("default").exists()


def test_another_profile_is_another_draft(here: House) -> None:
    with keeping(opened(here)) as first, keeping(opened(here, "other")) as second:
        assert (first.trouble, second.trouble) == (None, None)


def test_whoever_comes_after_a_release_is_first(here: House) -> None:
    with keeping(opened(here)) as keeper:
        keeper.release()
        with keeping(opened(here)) as next_one:
            assert next_one.trouble is None


def test_a_draft_that_cannot_be_read_is_told_and_left_as_it_is(here: House) -> None:
    here.write("{", draft_path("default"))
    session = opened(here)
    with keeping(session) as keeper:
        with pytest.raises(Problem, match=r"draft\.broken"):
            keeper.load()
        assert keeper.trouble
        assert keeper.trouble.code == "draft.broken"
        keeper.save(changed(session))
        keeper.discard()
        assert keeper.load() is None
    assert draft_path("default").read_text() == "{"


def test_a_draft_that_is_too_large_is_told_and_the_last_one_stays(here: House) -> None:
    session = opened(here)
    with keeping(session) as keeper:
        keeper.save(changed(session))
        with pytest.raises(Problem, match=r"draft\.too-large"):
            keeper.save(Editing.from_session(session).type("display_name", "x" * 2_000_000))
        found = keeper.load()
    assert found is not None
    assert found.draft.texts == {"server": "mail.new.example"}


def test_where_no_draft_can_be_kept_it_is_told(here: House) -> None:
    session = opened(here)
    here.write("a file where a folder should be", here.root / "state")
    with keeping(session) as keeper:
        assert keeper.trouble
        keeper.save(changed(session))
        keeper.discard()
        assert keeper.load() is None
    assert (here.root / "state").is_file()


def test_a_draft_over_another_target_is_found_as_well(here: House) -> None:
    session = opened(here)
    with keeping(session) as keeper:
        now = datetime.now().astimezone()
        save_draft("default", "/elsewhere.toml", changed(session).draft, now)
        found = keeper.load()
    assert found is not None
    assert found.target == "/elsewhere.toml"


def test_a_draft_that_another_one_left_meanwhile_is_not_written_over(here: House) -> None:
    session = opened(here)
    with keeping(session) as first, keeping(session) as second:
        first.save(Editing.from_session(session).type("server", "first.example"))
        assert not second.save(changed(session))
        first.release()
        assert not second.save(changed(session))
        assert second.is_undecided
        second.discard()
        found = second.load()
        assert found
        assert found.draft.text("server") == "first.example"
        second.mark_decided()
        assert second.save(changed(session))
        assert not second.is_undecided
        again = second.load()
        assert again
        assert again.draft.text("server") == "mail.new.example"


def test_a_draft_that_nobody_has_looked_at_is_neither_written_over_nor_removed(
    here: House,
) -> None:
    session = opened(here)
    with keeping(session) as keeper:
        keeper.save(Editing.from_session(session).type("server", "first.example"))
    with keeping(session) as keeper:
        assert keeper.is_undecided
        keeper.discard()
        assert not keeper.save(changed(session))
        found = keeper.load()
        assert found
        assert found.draft.text("server") == "first.example"
        keeper.mark_decided()
        keeper.save(Editing.from_session(session))
        assert not draft_path("default").exists()


def test_a_draft_tells_which_account_it_is_for(here: House) -> None:
    session = opened(here)
    for which in (*AccountChoice, NamedAccount("Corp Relay"), NamedAccount("own")):
        place = replace(session.facts, model=Model.ACCOUNT, choice=which)
        there = replace(session, reading=replace(session.reading, facts=place))
        with keeping(there) as keeper:
            assert keeper.save(changed(there))
            found = keeper.load()
            keeper.discard()
        assert found
        assert found.choice == which


def test_nothing_is_touched_before_the_claim_and_nothing_kept_after_the_end(here: House) -> None:
    session = opened(here)
    keeper = DraftKeeper(session)
    with keeping(session) as other:
        assert other.trouble is None
        keeper.close()
        assert not keeper.save(changed(session))
        assert not draft_path("default").exists()
