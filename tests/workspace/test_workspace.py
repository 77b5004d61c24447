"""What is being worked on, without a screen: edits, sign-ins, saves, drafts and the report."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.cli.house import House
from tests.storage.fakes import use_home
from tests.workspace.fakes import FakeInstance, make_instance_session
from tui.coroutines import run_without_loop
from tui.credentials.keyring import Keyring
from tui.credentials.secret import Secret
from tui.errors import Problem, Refusal
from tui.settings.preconditions import Condition
from tui.settings.values import Environment
from tui.storage.draft_file import draft_path
from tui.storage.instance import Instance
from tui.storage.profile import Keep, Profile
from tui.storage.records import RefusedSignIn, load_attestations, remember_sign_in
from tui.workspace.exit_report import Saved, StoppedBySignal
from tui.workspace.session import Session, open_session, unread_session
from tui.workspace.sign_in import NotSignedIn, SignIns
from tui.workspace.workspace import Update, Workspace

SAVED = 'server = "mail.old.example"\nport = 25\n'
LOCKED = Problem("keyring.locked", "The keyring is locked.", "Unlock it.")


@dataclass
class FakeOperator:
    """Somebody at the keyboard, who types one secret or none.

    Attributes:
        seen: what was announced and asked, in order.
    """

    secret: Secret | None = None
    signs_in_again: bool = False
    seen: list[object] = field(default_factory=list)

    def announce_keyring_search(self) -> None:
        self.seen.append("keyring")

    def announce_reading(self, where: str) -> None:
        self.seen.append(where)

    def show_progress(self, words: str) -> None:
        self.seen.append(words)

    async def ask_sign_in_again(self, refused: RefusedSignIn) -> bool:
        self.seen.append(refused)
        return self.signs_in_again

    async def ask_passphrase(self, instance: Instance) -> Secret | None:
        self.seen.append(instance)
        return self.secret

    async def ask_sign_in(self, profile: Profile, trouble: Problem | None) -> Secret | None:
        self.seen.append(trouble)
        return self.secret


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    house = use_home(tmp_path, monkeypatch)
    house.write(SAVED)
    return house


def open_file(here: House, name: str = "default") -> Session:
    profile = Profile(name, here.settings, Environment.NON_PRODUCTION)
    return run_without_loop(open_session(profile))


def make_profile(keep: Keep = Keep.NOTHING) -> Profile:
    instance = Instance("https://dev12345.service-now.com", user="admin")
    return Profile("corp", Path("unused"), Environment.PRODUCTION, keep, instance)


@pytest.fixture
def workspace(here: House) -> Iterator[Workspace]:
    workspace = Workspace(open_file(here))
    yield workspace
    workspace.drafts.close()


def find_secret(workspace: Workspace, operator: FakeOperator, profile: Profile) -> Secret | None:
    return asyncio.run(workspace.find_secret(profile, operator))


def test_the_listener_learns_how_the_work_changed(here: House, workspace: Workspace) -> None:
    updates: list[Update] = []
    workspace.subscribe(updates.append)
    workspace.change(workspace.editing.type("port", "587"))
    workspace.rebase(open_file(here))
    workspace.open(open_file(here, "other"))
    assert updates == [Update.EDITED, Update.REREAD, Update.OPENED]


def test_leaving_an_untouched_field_is_no_update(workspace: Workspace) -> None:
    updates: list[Update] = []
    workspace.subscribe(updates.append)
    before = workspace.editing
    assert workspace.leave_field() is before
    assert updates == []


@pytest.mark.parametrize("end", [Workspace.show_findings, Workspace.leave_field])
def test_what_was_held_back_while_typing_is_shown_and_told(
    workspace: Workspace, end: Callable[[Workspace], object]
) -> None:
    workspace.change(workspace.editing.type("port", "a lot"))
    updates: list[Update] = []
    workspace.subscribe(updates.append)
    assert "port" not in workspace.editing.findings
    end(workspace)
    assert "port" in workspace.editing.findings
    assert updates == [Update.REVIEWED]
    assert workspace.editing.draft.text("port") == "a lot"


def test_edits_stay_when_the_file_was_changed_and_is_read_again(
    here: House, workspace: Workspace
) -> None:
    workspace.change(workspace.editing.type("port", "587"))
    assert not workspace.has_file_changed
    here.write('server = "mail.new.example"\nport = 25\n')
    assert workspace.has_file_changed
    workspace.rebase(asyncio.run(workspace.read(FakeOperator())))
    assert not workspace.has_file_changed
    assert workspace.session.snapshot.value("server") == "mail.new.example"
    assert workspace.editing.changed == ("port",)


def test_a_known_secret_signs_in_unasked() -> None:
    profile, operator = make_profile(), FakeOperator()
    workspace = Workspace(unread_session(profile), SignIns({"corp": Secret("known")}))
    found = find_secret(workspace, operator, profile)
    assert found
    assert (found.reveal(), operator.seen) == ("known", [])


def test_a_typed_secret_is_remembered_and_asked_for_once() -> None:
    profile, operator = make_profile(), FakeOperator(Secret("typed"))
    workspace = Workspace(unread_session(profile))
    for _ in range(2):
        found = find_secret(workspace, operator, profile)
        assert found
        assert found.reveal() == "typed"
    assert operator.seen == [None]


def test_the_operator_learns_why_the_keyring_gave_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> Secret:
        raise LOCKED

    monkeypatch.setattr(Keyring, "get", fail)
    profile, operator = make_profile(Keep.KEYRING), FakeOperator()
    assert find_secret(Workspace(unread_session(profile)), operator, profile) is None
    assert operator.seen == ["keyring", LOCKED]


@pytest.mark.parametrize("signs_in_again", [True, False])
def test_a_sign_in_that_was_refused_is_asked_about_first(signs_in_again: bool) -> None:
    profile = make_profile()
    assert profile.instance
    remember_sign_in(profile.instance, refused=True)
    operator = FakeOperator(Secret("typed"), signs_in_again)
    found = find_secret(Workspace(unread_session(profile)), operator, profile)
    assert (found is not None) is signs_in_again
    assert isinstance(operator.seen[0], RefusedSignIn)
    assert len(operator.seen) == 1 + signs_in_again


def test_an_instance_is_not_read_when_nobody_signs_in() -> None:
    workspace = Workspace(unread_session(make_profile()))
    with pytest.raises(NotSignedIn):
        asyncio.run(workspace.read(FakeOperator()))


def test_a_save_is_written_and_reported(here: House, workspace: Workspace) -> None:
    workspace.change(workspace.editing.type("display_name", "Desk"))
    draft = workspace.editing.draft
    result = run_without_loop(workspace.apply(draft))
    assert result.written.where == str(here.settings)
    assert 'display_name = "Desk"' in here.settings.read_text()
    assert workspace.report.events == [
        Saved(str(here.settings), f"{here.settings}.old", is_instance=False)
    ]
    workspace.adopt_saved(open_file(here), draft)
    assert workspace.editing.changed == ()


def test_a_save_takes_the_word_of_a_person_for_what_is_open() -> None:
    workspace = Workspace(make_instance_session(FakeInstance()))
    workspace.change(workspace.editing.type("server", "mail.new.example"))
    draft = workspace.editing.draft
    with pytest.raises(Refusal, match=r"preconditions\.open"):
        run_without_loop(workspace.apply(draft))
    assert workspace.report.events == []
    run_without_loop(workspace.apply(draft, attested=list(Condition)))
    assert len(workspace.report.events) == 1
    assert {each.condition for each in load_attestations("default")} == set(Condition)


def test_a_save_of_a_file_takes_no_ones_word(here: House, workspace: Workspace) -> None:
    workspace.change(workspace.editing.type("server", "mail.new.example"))
    draft = workspace.editing.draft
    run_without_loop(workspace.apply(draft, attested=list(Condition)))
    assert 'server = "mail.new.example"' in here.settings.read_text()
    assert load_attestations("default") == ()


def test_a_draft_is_kept_at_an_end_that_nobody_asked_for(workspace: Workspace) -> None:
    workspace.drafts.claim()
    workspace.change(workspace.editing.type("port", "587"))
    workspace.end("SIGHUP")
    assert draft_path("default").exists()
    assert workspace.report.unsaved
    assert (workspace.report.unsaved.count, workspace.report.unsaved.is_kept) == (1, True)
    assert workspace.report.events == [StoppedBySignal("SIGHUP")]


@pytest.mark.parametrize("is_typing_on", [False, True])
def test_what_was_written_counts_as_saved_before_it_is_read_again(
    here: House, workspace: Workspace, is_typing_on: bool
) -> None:
    workspace.drafts.claim()
    workspace.change(workspace.editing.type("display_name", "Desk"))
    run_without_loop(workspace.apply(workspace.editing.draft))
    if is_typing_on:
        workspace.change(workspace.editing.type("user", "helpdesk@corp.example"))
    workspace.end("SIGTERM")
    assert bool(workspace.report.unsaved) is is_typing_on
    assert draft_path("default").exists() is is_typing_on
    assert workspace.report.events[-1] == StoppedBySignal("SIGTERM")


def test_nothing_is_kept_of_a_profile_that_was_left(here: House, workspace: Workspace) -> None:
    workspace.drafts.claim()
    left = workspace.drafts
    workspace.open(open_file(here, "other"))
    assert not left.save(workspace.editing.type("port", "587"))
    assert not draft_path("default").exists()
    assert workspace.drafts.can_save
