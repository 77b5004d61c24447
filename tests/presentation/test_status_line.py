"""What the screen says in one line."""

from datetime import UTC, datetime

from tests.app.factories import make_editing, make_session
from tui.presentation.status_line import greeting, reread_words, restore_words, saved_words
from tui.settings.draft import Draft
from tui.settings.snapshot import Snapshot
from tui.storage.draft_file import SavedDraft
from tui.targets.target import SaveResult
from tui.workspace.apply import ApplyResult

START = make_editing(server="mail.old.example", port=25)
WHEN = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


def saved_draft(
    draft: Draft, retype: tuple[str, ...] = (), dropped: tuple[str, ...] = ()
) -> SavedDraft:
    """A draft that was left."""
    return SavedDraft("default", "/etc/default.toml", WHEN, draft, retype, dropped)


def test_a_greeting_tells_what_was_read_and_where_to_begin() -> None:
    assert greeting(START.session).startswith("F3 shows every key. Read default.toml; Enter edits")
    assert greeting(make_session()).startswith("F3 shows every key. Nothing is set yet; Enter")


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
    assert reread_words(START.over(START.session)) == (
        "default.toml was read again: nothing that counts has changed."
    )
    assert reread_words(START.over(now)) == (
        "default.toml was changed: Outgoing mail server is mail.new.example now."
    )
    both = make_session(Snapshot({"server": "mail.new.example", "port": 587}))
    assert reread_words(START.over(both)).endswith(" now, and 1 more.")
    assert reread_words(START.type("server", "m").over(now)) == (
        "default.toml was changed, Outgoing mail server there and here too: F9 compares."
    )


def test_a_draft_that_was_left_tells_all_that_is_in_it() -> None:
    draft = START.draft.edit("server", "mail.mine.example").edit("port", "587")
    words = list(
        restore_words(START.restored(draft), saved_draft(draft, ("password",), ("sever",)))
    )
    assert words == [
        "They were typed until 2026-01-02 03:04.",
        "",
        "  * Outgoing mail server: mail.mine.example",
        "  * Port: 587",
        "  - Outgoing password: typed, and in no draft. Type it again.",
        "  - sever: no property any more.",
        "",
        "Escape restores too; F7 takes it back.",
    ]


def test_a_draft_that_was_left_tells_its_conflicts() -> None:
    draft = START.draft.edit("server", "mail.mine.example")
    there = make_editing(server="mail.theirs.example", port=25)
    words = list(restore_words(there.restored(draft), saved_draft(draft)))
    assert "  ~   It is mail.theirs.example there now, and mail.mine.example here." in words


def test_a_draft_of_what_is_there_already_says_so() -> None:
    draft = START.draft.edit("server", "mail.new.example")
    there = make_editing(server="mail.new.example", port=25)
    words = list(restore_words(there.restored(draft), saved_draft(draft)))
    assert words[-1] == "  All of it is there already."
