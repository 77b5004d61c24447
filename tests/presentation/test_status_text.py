"""What the screen says in one line, of a file and of an instance, and what is said after it."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.app.factories import make_editing, make_instance_session, make_session
from tui.credentials.secret import Secret
from tui.errors import Problem
from tui.presentation.status_text import (
    exit_lines,
    greeting_words,
    leave_profile_words,
    reread_words,
    restore_words,
    saved_words,
    short_message,
)
from tui.settings.delivery.account import Account, AccountChoice
from tui.settings.delivery.activation import Activation
from tui.settings.delivery.status import Model
from tui.settings.draft import Draft
from tui.settings.snapshot import PropertyRow, Snapshot, Stamp
from tui.storage.draft_file import SavedDraft
from tui.targets.target import SaveResult
from tui.terminal.layout import width
from tui.workspace.apply import ApplyResult
from tui.workspace.editing import Editing
from tui.workspace.exit_report import Discarded, ExitReport, StoppedBySignal, Unsaved

START = make_editing(server="mail.old.example", port=25)
WHEN = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
WHERE = "/etc/default.toml"
CHANGED = make_editing(server="mail.old.example").type("server", "mail.new.example")
NOTHING = f"Nothing was written to {WHERE}."
HOST = "dev12345.service-now.com"
ON_INSTANCE = ApplyResult(SaveResult(HOST, verified={"port": "read back"}), {})
LEGACY: dict[str, Any] = {"model": Model.NO_ACTIVE_ACCOUNT}
STAMPS = tuple(
    PropertyRow(name=f"glide.smtp.{number}", stamp=Stamp(number, f"2026-01-0{number} 10:00:00", by))
    for number, by in (("1", "early"), ("3", "late\x1b"), ("2", "between"))
)
REMOTE_START = Editing.from_session(
    make_instance_session(**LEGACY, snapshot=Snapshot({"port": 25}))
)
THERE = make_instance_session(**LEGACY, snapshot=Snapshot({"port": 587}, rows={"port": STAMPS}))
DONE = ApplyResult(SaveResult(HOST, verified={"port": "read back"}), {})


def saved_draft(
    draft: Draft, retype: tuple[str, ...] = (), dropped: tuple[str, ...] = ()
) -> SavedDraft:
    """A draft that was left."""
    return SavedDraft("default", "/etc/default.toml", WHEN, draft, retype, dropped)


def test_a_greeting_tells_what_was_read_and_where_to_begin() -> None:
    assert greeting_words(START.session).startswith(
        "F3 shows every key. Read default.toml; Enter edits"
    )
    assert greeting_words(make_session()).startswith(
        "F3 shows every key. Nothing is set yet; Enter"
    )


def test_a_save_tells_how_much_where_and_what_is_next() -> None:
    done = ApplyResult(SaveResult("/etc/default.toml", ""), {})
    one = START.type("port", "587")
    assert saved_words(one, done, 60).startswith("Saved 1 change to default.toml. Next: ")
    two = one.type("server", "mail.new.example")
    assert saved_words(two, done, 60).startswith("Saved 2 changes to default.toml. ")


def test_a_save_tells_where_a_password_is_kept_if_it_is() -> None:
    written = SaveResult("/etc/default.toml", "")
    kept = ApplyResult(written, {"password": "the keyring"})
    assert "to default.toml and the keyring. " in saved_words(START.type("port", "1"), kept, 60)
    lost = ApplyResult(written, {"password": ""})
    assert " and " not in saved_words(START.type("port", "1"), lost, 60)


def test_what_was_read_again_is_told_shortest_first() -> None:
    now = make_session(Snapshot({"server": "mail.new.example", "port": 25}))
    assert reread_words(START.rebase(START.session)) == (
        "default.toml was read again: nothing relevant has changed."
    )
    assert reread_words(START.rebase(now)) == (
        "default.toml was changed: Mail server is mail.new.example now."
    )
    both = make_session(Snapshot({"server": "mail.new.example", "port": 587}))
    assert reread_words(START.rebase(both)).endswith(" now, and 1 more.")
    assert reread_words(START.type("server", "m").rebase(now)) == (
        "default.toml was changed. Conflict: Mail server (F9)."
    )


def test_a_draft_that_was_left_tells_all_that_is_in_it() -> None:
    draft = START.draft.edit("server", "mail.mine.example").edit("port", "587")
    words = list(restore_words(START.restore(draft), saved_draft(draft, ("password",), ("sever",))))
    assert words == [
        "Last typed: 2026-01-02 03:04.",
        "",
        "  * Mail server: mail.mine.example",
        "  * Port: 587",
        "  - Password: not kept in the draft. Type it again.",
        "  - sever: no longer a setting.",
        "",
        "Escape restores too; F7 undoes that.",
    ]


def test_a_draft_that_was_left_tells_its_conflicts() -> None:
    draft = START.draft.edit("server", "mail.mine.example")
    there = make_editing(server="mail.theirs.example", port=25)
    words = list(restore_words(there.restore(draft), saved_draft(draft)))
    assert "  ~   It is mail.theirs.example there now and mail.mine.example here." in words


def test_a_draft_of_what_is_there_already_says_so() -> None:
    draft = START.draft.edit("server", "mail.new.example")
    there = make_editing(server="mail.new.example", port=25)
    words = list(restore_words(there.restore(draft), saved_draft(draft)))
    assert words[-1] == "  All of it has been saved already."


def test_nothing_happened_and_nothing_was_written() -> None:
    assert list(exit_lines(ExitReport(WHERE))) == [NOTHING]


def test_a_save_is_told_with_the_version_before_if_there_was_one() -> None:
    report = ExitReport(WHERE)
    report.add_save(ApplyResult(SaveResult(WHERE, ""), {}))
    report.add_save(ApplyResult(SaveResult(WHERE, f"{WHERE}.old"), {}))
    assert list(exit_lines(report)) == [
        f"Saved to {WHERE}.",
        f"Saved to {WHERE} (before: {WHERE}.old).",
    ]


def test_what_was_discarded_is_counted() -> None:
    for count, words in ((1, "1 change"), (2, "2 changes")):
        report = ExitReport(WHERE)
        report.add(Discarded(count))
        assert list(exit_lines(report)) == [f"Discarded: {words}.", NOTHING]


def test_what_was_not_saved_is_told_and_whether_it_is_kept() -> None:
    kept, lost = ExitReport(WHERE), ExitReport(WHERE)
    kept.unsaved = Unsaved.from_editing(CHANGED, is_kept=True)
    lost.unsaved = Unsaved.from_editing(CHANGED, is_kept=False)
    assert next(exit_lines(kept)) == (
        "Not saved: 1 change; kept as a draft, offered at the next start."
    )
    assert next(exit_lines(lost)) == "Not saved: 1 change; no draft was kept."


def test_a_password_that_was_typed_is_told_to_be_in_no_draft() -> None:
    report = ExitReport(WHERE)
    report.unsaved = Unsaved.from_editing(
        CHANGED.type_secret("password", Secret("hunter2")), is_kept=True
    )
    lines = list(exit_lines(report))
    assert lines[0].startswith("Not saved: 2 changes;")
    assert lines[1] == "A typed password is never kept in a draft: type it again then."
    assert "hunter2" not in "".join(lines)


def test_a_signal_and_a_late_trouble_are_told() -> None:
    report = ExitReport(WHERE)
    report.add(Problem("file.io", "It failed.", "Do this."))
    report.add(StoppedBySignal("SIGTERM"))
    assert list(exit_lines(report)) == ["It failed. Do this.", "Stopped by SIGTERM.", NOTHING]


def test_what_was_written_and_then_went_wrong_is_not_said_to_be_unwritten() -> None:
    report = ExitReport("/etc/default.toml")
    report.mark_written()
    assert not [line for line in exit_lines(report) if "Nothing was written" in line]


def test_each_place_in_which_nothing_was_written_is_named_at_the_end() -> None:
    report = ExitReport("/etc/default.toml")
    report.add_save(ApplyResult(SaveResult("/etc/default.toml"), {}))
    report.move_to("corp", HOST)
    report.move_to("other", "other.service-now.com")
    report.add_save(ON_INSTANCE, "Own SMTP")
    assert list(exit_lines(report)) == [
        "Saved to /etc/default.toml.",
        "Written to other.service-now.com. Own SMTP is active. It isn't known yet whether mail "
        "goes out.",
        f"Nothing was written to {HOST}.",
    ]


def test_what_was_put_aside_is_told_at_the_end_unless_it_was_taken_up_again() -> None:
    report = ExitReport("/etc/default.toml")
    for count in (1, 2):
        report.add_set_aside(make_editing(port=25).type("port", "587"), is_kept=count == 1)
        report.move_to("corp", HOST)
        report.add_set_aside(make_editing(port=25), is_kept=True)
        lines = list(exit_lines(report))
        words = "kept as a draft" if count == 1 else "no draft was kept"
        assert lines[0] == f"Not saved in profile default: 1 change; {words}."
        assert len(lines) == 3
    report.move_to("default", "/etc/default.toml")
    assert "Not saved" not in "".join(exit_lines(report))


def test_what_was_given_up_in_the_middle_is_not_said_to_be_unwritten() -> None:
    report = ExitReport(HOST)
    report.add_interrupted_write()
    (line,) = exit_lines(report)
    assert line.startswith(f"Stopped while writing to {HOST}: what was written there is unknown.")


def test_what_was_saved_after_all_is_not_said_to_be_unsaved() -> None:
    report = ExitReport(HOST)
    report.unsaved = Unsaved.from_editing(CHANGED, is_kept=True)
    report.add_save(ON_INSTANCE)
    assert "Not saved" in "".join(exit_lines(report))
    report.unsaved = None
    assert list(exit_lines(report)) == [f"Written to {HOST}."]


def switch_editing(account: str = "glidemail mail.corp.example") -> Editing:
    """An editing whose save has another account send."""
    start = Editing.from_session(
        make_instance_session(choice=AccountChoice.OWN, managed=True)
    ).type("server", "mail.corp.example")
    review = start.review
    plan = replace(review.plan, activation=Activation(account, "ServiceNow SMTP"))
    start.__dict__["review"] = replace(review, plan=plan)
    return start


def test_what_was_read_is_called_by_its_host() -> None:
    assert greeting_words(REMOTE_START.session).startswith(
        f"F3 shows every key. Read {HOST}; ^P lists"
    )
    assert (
        greeting_words(make_instance_session(is_read=False))
        == f"{HOST} hasn't been read yet: F5 connects."
    )
    problem = Problem("instance.x", f"{HOST} sleeps.", "Wake it.")
    assert short_message(problem, REMOTE_START.session) == f"{HOST} sleeps."


def test_what_somebody_else_has_changed_is_told_with_who_did_it_last() -> None:
    assert reread_words(REMOTE_START.rebase(THERE), REMOTE_START.session) == (
        f"{HOST} was changed by late\x1b: Port is 587 now."
    )
    mine = REMOTE_START.type("port", "2525").rebase(THERE)
    assert reread_words(mine, REMOTE_START.session) == (
        f"{HOST} was changed by late\x1b. Conflict: Port (F9)."
    )
    empty = make_instance_session(**LEGACY)
    assert reread_words(Editing.from_session(empty).rebase(empty), empty) == (
        f"{HOST} was read again: nothing relevant has changed."
    )
    assert reread_words(REMOTE_START.rebase(empty), REMOTE_START.session) == (
        f"{HOST} was changed: Port is blank now."
    )


def test_that_something_else_sends_by_now_is_told_before_all_else() -> None:
    now = make_instance_session(accounts=(Account(name="Own SMTP", active=True),))
    assert reread_words(REMOTE_START.rebase(now), REMOTE_START.session) == (
        f"The sender on {HOST} has changed: account Own SMTP. ^P shows more."
    )
    assert "nothing relevant" in reread_words(REMOTE_START, make_instance_session(is_read=False))


@pytest.mark.parametrize("room", [40, 60, 78, 98, 118, 200])
@pytest.mark.parametrize("kind", ["values", "secret", "switch"])
def test_a_save_is_told_in_as_many_words_as_there_is_room_for(kind: str, room: int) -> None:
    changed = {
        "values": REMOTE_START.type("port", "587"),
        "secret": REMOTE_START.type("port", "587").type_secret("password", Secret("hunter2")),
        "switch": switch_editing(),
    }[kind]
    words = saved_words(changed, DONE, room)
    count = {"values": "1 change", "secret": "2 changes", "switch": "1 change"}[kind]
    assert words.startswith(f"{count} written")
    assert ("is active" in words) is (kind == "switch")
    assert "test message" in words
    assert "hunter2" not in words
    if room >= 78:
        assert width(words) <= room
    if room == 200:
        assert ("and read back" in words) is True
        assert ("except for secrets" in words) is (kind == "secret")
        assert HOST in words


@pytest.mark.parametrize("room", [40, 78, 200])
def test_no_test_message_is_advised_while_sending_is_off(room: int) -> None:
    words = saved_words(REMOTE_START.type("sending_enabled", "no"), DONE, room)
    assert "test message" not in words
    assert "Sending is off" in words


def test_an_account_that_only_is_to_send_is_told_without_a_count() -> None:
    start = switch_editing("ServiceNow SMTP").reset("server")
    start.__dict__["review"] = switch_editing("ServiceNow SMTP").review
    assert saved_words(start, DONE, 78) == ("ServiceNow SMTP is active. ^T sends a test message.")


def test_what_would_be_lost_by_leaving_is_told() -> None:
    assert leave_profile_words(REMOTE_START, kept=False) == ()
    assert leave_profile_words(REMOTE_START.type("port", "587"), kept=True) == ()
    lost = leave_profile_words(REMOTE_START.type("port", "587"), kept=False)
    assert lost[0] == "1 change is not saved: Port"
    assert "would be lost" in lost[1]
    secret = REMOTE_START.type_secret("password", Secret("hunter2"))
    assert leave_profile_words(secret, kept=True) == (
        "You typed a password. No draft keeps it, so it would be lost.",
    )


@pytest.mark.parametrize("own", [True, False])
def test_a_draft_of_an_own_server_is_told_as_one(own: bool) -> None:
    draft = REMOTE_START.draft.edit("server", "mail.corp.example")
    which = AccountChoice.OWN if own else AccountChoice.IN_FORCE
    found = SavedDraft("corp", HOST, datetime(2026, 1, 2, tzinfo=UTC), draft, choice=which)
    words = list(restore_words(REMOTE_START.restore(draft), found))
    assert ("They are for your own SMTP account, which isn't active yet." in words) is own
