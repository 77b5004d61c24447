"""What the screen says of an instance in one line, and after the end."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.app.factories import make_instance_session
from tui.credentials.secret import Secret
from tui.errors import Problem
from tui.presentation.status_line import (
    brief,
    greeting,
    left_words,
    reread_words,
    restore_words,
    saved_words,
)
from tui.settings.delivery.activation import Activation
from tui.settings.delivery.status import Account, AccountChoice, Model
from tui.settings.snapshot import PropertyRow, Snapshot, Stamp
from tui.storage.draft_file import SavedDraft
from tui.targets.target import SaveResult
from tui.terminal.layout import width
from tui.workspace.apply import ApplyResult
from tui.workspace.editing import Editing

HOST = "dev12345.service-now.com"
LEGACY: dict[str, Any] = {"model": Model.NO_ACTIVE_ACCOUNT}
STAMPS = tuple(
    PropertyRow(name=f"glide.smtp.{number}", stamp=Stamp(number, f"2026-01-0{number} 10:00:00", by))
    for number, by in (("1", "early"), ("3", "late\x1b"), ("2", "between"))
)
START = Editing.of(make_instance_session(**LEGACY, snapshot=Snapshot({"port": 25})))
THERE = make_instance_session(**LEGACY, snapshot=Snapshot({"port": 587}, rows={"port": STAMPS}))
DONE = ApplyResult(SaveResult(HOST, verified={"port": "read back"}), {})


def switch_editing(account: str = "glidemail mail.corp.example") -> Editing:
    """An editing whose save has another account send."""
    start = Editing.of(make_instance_session(choice=AccountChoice.OWN, managed=True)).type(
        "server", "mail.corp.example"
    )
    review = start.review
    plan = replace(review.plan, activation=Activation(account, "ServiceNow SMTP"))
    start.__dict__["review"] = replace(review, plan=plan)
    return start


def test_what_was_read_is_called_by_its_host() -> None:
    assert greeting(START.session).startswith(f"F3 shows every key. Read {HOST}; ^P has")
    assert greeting(make_instance_session(is_read=False)) == f"{HOST} is not read yet: F5 connects."
    problem = Problem("instance.x", f"{HOST} sleeps.", "Wake it.")
    assert brief(problem, START.session) == f"{HOST} sleeps."


def test_what_somebody_else_has_changed_is_told_with_who_did_it_last() -> None:
    assert reread_words(START.over(THERE), START.session) == (
        f"{HOST} was changed by late\x1b: Port is 587 now."
    )
    mine = START.type("port", "2525").over(THERE)
    assert reread_words(mine, START.session) == (
        f"{HOST} was changed by late\x1b, Port there and here too: F9 compares."
    )
    empty = make_instance_session(**LEGACY)
    assert reread_words(Editing.of(empty).over(empty), empty) == (
        f"{HOST} was read again: nothing that counts has changed."
    )
    assert reread_words(START.over(empty), START.session) == (
        f"{HOST} was changed: Port is blank now."
    )


def test_that_something_else_sends_by_now_is_told_before_all_else() -> None:
    now = make_instance_session(accounts=(Account(name="Own SMTP", active=True),))
    assert reread_words(START.over(now), START.session) == (
        f"What sends at {HOST} has changed: account Own SMTP. ^P tells more."
    )
    assert "nothing that counts" in reread_words(START, make_instance_session(is_read=False))


@pytest.mark.parametrize("room", [40, 60, 78, 98, 118, 200])
@pytest.mark.parametrize("kind", ["values", "secret", "switch"])
def test_a_save_is_told_in_as_many_words_as_there_is_room_for(kind: str, room: int) -> None:
    changed = {
        "values": START.type("port", "587"),
        "secret": START.type("port", "587").type_secret("password", Secret("hunter2")),
        "switch": switch_editing(),
    }[kind]
    words = saved_words(changed, DONE, room)
    count = {"values": "1 change", "secret": "2 changes", "switch": "1 change"}[kind]
    assert words.startswith(f"{count} written")
    assert ("sends now" in words) is (kind == "switch")
    assert "test message" in words
    assert "hunter2" not in words
    if room >= 78:
        assert width(words) <= room
    if room == 200:
        assert ("and read back" in words) is True
        assert ("but for what is secret" in words) is (kind == "secret")
        assert HOST in words


def test_an_account_that_only_is_to_send_is_told_without_a_count() -> None:
    start = switch_editing("ServiceNow SMTP").reset("server")
    start.__dict__["review"] = switch_editing("ServiceNow SMTP").review
    assert saved_words(start, DONE, 78) == (
        "ServiceNow SMTP sends now. Next: send a test message there."
    )


def test_what_would_be_lost_by_leaving_is_told() -> None:
    assert left_words(START, kept=False) == ()
    assert left_words(START.type("port", "587"), kept=True) == ()
    lost = left_words(START.type("port", "587"), kept=False)
    assert lost[0] == "1 change is not saved: Port"
    assert "would be lost" in lost[1]
    secret = START.type_secret("password", Secret("hunter2"))
    assert left_words(secret, kept=True) == (
        "A password was typed, and is in no draft: it would be lost.",
    )


@pytest.mark.parametrize("own", [True, False])
def test_a_draft_of_an_own_server_is_told_as_one(own: bool) -> None:
    draft = START.draft.edit("server", "mail.corp.example")
    which = AccountChoice.OWN if own else AccountChoice.IN_FORCE
    found = SavedDraft("corp", HOST, datetime(2026, 1, 2, tzinfo=UTC), draft, choice=which)
    words = list(restore_words(START.restored(draft), found))
    assert ("They are for a server of your own, which does not send yet." in words) is own
