"""A session while it is edited."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.settings.factories import NATIVE, OPEN_NAMES, bases, deterministic, edits
from tui.credentials.secret import Secret
from tui.settings.catalog import catalog
from tui.settings.draft import Draft, has_changed, is_same_value
from tui.settings.findings import Fix
from tui.settings.snapshot import Snapshot
from tui.settings.target_facts import TargetFacts
from tui.settings.values import Environment, SecretState, Value
from tui.storage.profile import Keep, Profile
from tui.targets.local_file import LocalFile
from tui.targets.target import Reading
from tui.workspace.editing import Editing
from tui.workspace.session import Session


def session(snapshot: Snapshot) -> Session:
    """A session in which a snapshot was read; nothing of it is on any disk."""
    path = Path("/nowhere/default.toml")
    profile = Profile("default", path, Environment.NON_PRODUCTION, Keep.NOTHING)
    environment = Environment.NON_PRODUCTION
    reading = Reading(snapshot, TargetFacts(environment=environment))
    return Session(profile, LocalFile(path, environment), reading, ())


def editing(**values: Value) -> Editing:
    """An editing of values in which nothing has been edited."""
    return Editing.from_session(session(Snapshot(values)))


def edited(start: Editing, texts: dict[str, str]) -> Editing:
    """An editing in which each text was typed in a visit of its own."""
    for name, text in texts.items():
        start = start.type(name, text).leave()
    return start


def editings() -> st.SearchStrategy[Editing]:
    """Any visits, steps, undos and redos over any snapshot."""
    name = st.sampled_from(tuple(catalog()))
    moves = st.lists(
        st.one_of(
            st.tuples(st.just("type"), edits()),
            st.tuples(st.sampled_from(("clear", "reset")), name),
            st.tuples(st.sampled_from(("leave", "undo", "redo")), st.none()),
        ),
        max_size=6,
    )
    return st.builds(_moved, bases(), moves)


def _moved(base: Snapshot, moves: Sequence[tuple[str, object]]) -> Editing:
    now = Editing.from_session(session(base))
    for move, what in moves:
        match what:
            case dict():
                for name, text in what.items():
                    now = now.type(name, text)
            case str():
                now = now.clear(what) if move == "clear" else now.reset(what)
            case _:
                step = {"leave": now.leave, "undo": now.undo, "redo": now.redo}[move]
                now = step()
    return now


def values(of: Editing) -> dict[str, Value]:
    """The values that a save would leave."""
    return {name: of.draft.value(name) for name in of.draft.entries}


def test_nothing_is_changed_at_first() -> None:
    start = editing(server="mail.old.example")
    assert start.changed == ()
    assert start.undo().changed == start.redo().changed == ()


@deterministic
@given(editings(), st.sampled_from(OPEN_NAMES), st.lists(st.text(max_size=5), min_size=1))
def test_a_visit_is_one_step_however_much_is_typed(
    start: Editing, name: str, texts: list[str]
) -> None:
    start = now = start.leave()
    for text in texts:
        now = now.type(name, text)
    if now.draft != start.draft:
        assert now.undo().draft == start.draft
        assert now.leave().undo().draft == start.draft
        assert len(now.leave().history.past) == len(start.history.past) + 1


@deterministic
@given(editings(), st.sampled_from(tuple(catalog())))
def test_a_reset_and_a_clear_are_one_step_each(start: Editing, name: str) -> None:
    assert start.reset(name).draft == start.draft.reset(name)
    assert start.clear(name).draft == start.draft.edit(name, "")
    for after in (start.reset(name), start.clear(name)):
        if after.draft != start.draft:
            assert after.undo().draft == start.draft


@deterministic
@given(editings())
def test_every_fix_is_one_step(start: Editing) -> None:
    for finding in start.review.findings:
        if finding.fix:
            after = start.apply_fix(finding.fix)
            assert after.draft == start.draft.apply_fix(finding.fix)
            if after.draft != start.draft:
                assert after.undo().draft == start.draft


def test_a_fix_of_two_properties_is_undone_at_once() -> None:
    start = editing(server="mail.old.example")
    fixed = start.apply_fix(Fix("use both", {"server": "mail.new.example", "port": "587"}))
    assert fixed.changed == ("server", "port")
    assert fixed.undo().changed == ()


@deterministic
@given(editings())
def test_redo_after_undo_changes_nothing(start: Editing) -> None:
    if start.leave().history.past:
        assert start.undo().redo() == start.leave()


def test_a_typed_secret_is_one_step_and_an_empty_one_is_none() -> None:
    start = editing(password=SecretState.NOT_KEPT)
    typed = start.type_secret("password", Secret("h")).type_secret("password", Secret("hu"))
    assert typed.changed == ("password",)
    assert typed.draft.value("password") is SecretState.NEW
    assert typed.leave().undo().draft == start.draft
    assert typed.type_secret("password", Secret("")).draft == start.draft


def test_a_cleared_secret_comes_back_by_undo_and_a_typed_one_by_undo_of_the_clear() -> None:
    secret = Secret("hunter2")
    typed = editing(password=SecretState.NOT_KEPT).type_secret("password", secret).leave()
    cleared = typed.clear("password")
    assert cleared.draft.value("password") is SecretState.CLEARED
    assert cleared.undo().draft.secrets["password"] is secret


@deterministic
@given(bases(), edits(), bases())
def test_conflicts_are_only_where_both_moved_and_what_was_typed_is_kept(
    base: Snapshot, texts: dict[str, str], now: Snapshot
) -> None:
    start = edited(Editing.from_session(session(base)), texts)
    over = start.rebase(session(now))
    for each in over.conflicts:
        assert each.property in start.changed
        assert has_changed(base.value(each.property), now.value(each.property))
        assert not is_same_value(start.draft.value(each.property), now.value(each.property))
    for name in start.changed:
        assert is_same_value(over.draft.value(name), start.draft.value(name))
        assert over.draft.text(name) == start.draft.text(name) or name not in over.changed
    assert over.open_conflicts == over.conflicts
    assert over.session.snapshot is now


@deterministic
@given(bases(), edits())
def test_reading_the_same_again_changes_nothing(base: Snapshot, texts: dict[str, str]) -> None:
    start = edited(Editing.from_session(session(base)), texts)
    over = start.rebase(session(base))
    assert (over.conflicts, over.taken) == ((), ())
    assert values(over) == values(start)


def test_what_moved_there_only_is_taken() -> None:
    start = editing(server="mail.old.example", port=25).type("port", "587")
    over = start.rebase(session(Snapshot({"server": "mail.new.example", "port": 25})))
    assert (over.taken, over.conflicts, over.changed) == (("server",), (), ("port",))


def conflicting() -> Editing:
    """An editing of a server that somebody else has changed too."""
    start = editing(server="mail.old.example").type("server", "mail.mine.example").leave()
    return start.rebase(session(Snapshot({"server": "mail.theirs.example"})))


def test_a_conflict_that_is_kept_is_settled_and_what_is_typed_here_stays() -> None:
    kept = conflicting().resolve_with_mine("server")
    assert kept.open_conflicts == ()
    assert kept.draft.value("server") == "mail.mine.example"
    assert kept.rebase(kept.session).conflicts == ()


def test_a_conflict_that_is_taken_is_settled_in_one_step() -> None:
    taken = conflicting().resolve_with_theirs("server")
    assert (taken.open_conflicts, taken.changed) == ((), ())
    assert taken.draft.value("server") == "mail.theirs.example"
    assert taken.undo().draft.value("server") == "mail.mine.example"


def test_a_conflict_is_settled_by_taking_the_edit_back() -> None:
    assert conflicting().undo().open_conflicts == ()
    assert conflicting().reset("server").open_conflicts == ()
    assert len(conflicting().undo().redo().open_conflicts) == 1


def test_a_conflict_that_is_open_stays_when_something_else_is_read() -> None:
    now = Snapshot({"server": "mail.theirs.example", "port": 587})
    over = conflicting().rebase(session(now))
    assert [each.property for each in over.open_conflicts] == ["server"]
    assert over.taken == ("port",)


def test_a_conflict_tells_what_is_there_last() -> None:
    over = conflicting().rebase(session(Snapshot({"server": "mail.last.example"})))
    (conflict,) = over.open_conflicts
    assert (conflict.theirs, conflict.mine) == ("mail.last.example", "mail.mine.example")


@deterministic
@given(bases(), edits(), bases())
def test_a_restored_draft_is_taken_back_by_one_undo(
    base: Snapshot, texts: dict[str, str], now: Snapshot
) -> None:
    saved = Draft(base)
    for name, text in texts.items():
        saved = saved.edit(name, text)
    start = Editing.from_session(session(now))
    restored = start.restore(saved)
    assert restored.undo().draft == start.draft
    assert restored.undo().changed == ()
    for name in saved.changed_properties():
        assert is_same_value(restored.draft.value(name), saved.value(name))


def test_a_restored_draft_tells_its_conflicts() -> None:
    saved = Draft(Snapshot({"server": "mail.old.example"})).edit("server", "mail.mine.example")
    start = Editing.from_session(session(Snapshot({"server": "mail.theirs.example"})))
    restored = start.restore(saved)
    assert [each.property for each in restored.open_conflicts] == ["server"]
    assert restored.undo().open_conflicts == ()


@deterministic
@given(editings())
def test_a_review_is_of_the_draft_as_it_is_now(start: Editing) -> None:
    assert start.review == start.session.review(start.draft)
    assert start.changed == start.draft.changed_properties()


def test_an_editing_is_never_changed_itself() -> None:
    start = editing(server="mail.old.example")
    before = replace(start)
    start.type("server", "x").leave().clear("port").undo().redo()
    assert start == before


def test_every_kind_of_native_value_can_be_read_again() -> None:
    for name, entry in catalog().items():
        for value in NATIVE[entry.declared.kind]:
            start = editing(**{name: value})
            assert start.rebase(session(Snapshot({name: value}))).taken == ()


def test_what_was_typed_while_a_save_was_under_way_stays() -> None:
    start = editing(server="mail.old.example", port=25)
    written = start.type("port", "587").type("server", "mail.new.example")
    later = written.type("server", "mail.newer.example").type("user", "me@corp.example")
    after = session(Snapshot({"port": 587, "server": "mail.new.example"}))
    now = later.drop_saved(after, written.draft)
    assert now.changed == ("server", "user")
    assert now.draft.text("server") == "mail.newer.example"
    assert now.open_conflicts == ()


def test_leaving_a_field_in_which_nothing_was_typed_changes_nothing() -> None:
    start = editing(server="mail.corp.example")
    assert start.leave() is start
    typed = start.type("server", "other.corp.example")
    left = typed.leave()
    assert left is not typed
    assert left.leave() is left


@deterministic
@given(editings(), st.sampled_from(OPEN_NAMES), st.text(max_size=5))
def test_no_finding_is_added_while_a_text_is_typed_and_what_is_mended_is_gone_at_once(
    start: Editing, name: str, text: str
) -> None:
    start = start.show_findings()
    typed = start.type(name, text)
    again = typed.type(name, f"{text}x")
    for now, before in ((typed, start), (again, typed)):
        for each in now.review.findings:
            assert (each in now.shown_findings) is (each in before.shown_findings)
        assert all(each in now.review.findings for each in now.shown_findings)
    for after in (again.show_findings(), again.leave(), again.undo(), again.clear(name)):
        assert after.shown_findings == after.review.findings


def test_a_finding_is_held_back_until_a_pause_or_until_the_field_is_left() -> None:
    start = editing(server="mail.old.example")
    typed = start.type("port", "a lot")
    assert "port" not in typed.findings
    assert [each.code for each in typed.review.findings if each.property == "port"]
    assert "port" in typed.show_findings().findings
    assert "port" in typed.leave().findings
    assert "port" not in typed.show_findings().type("port", "25").findings
    assert start.show_findings() is start


def test_what_is_found_in_two_properties_is_shown_by_property() -> None:
    now = editing(server="mail.old.example", port=25).type("port", "x").type("user", "a b").leave()
    assert {each.property for each in now.shown_findings} == {*now.findings}
    assert now.findings["port"][0].code == "port.number"
    assert all(each.property == "user" for each in now.findings["user"])


def test_a_finding_that_is_shown_is_a_difference() -> None:
    typed = editing(server="mail.old.example").type("port", "a lot")
    assert "port" in typed.show_findings().find_differences(typed)
    assert not typed.show_findings().find_differences(typed.show_findings())


def save(of: Editing) -> Editing:
    """What is left of an editing after all of it was saved and read again."""
    there = {n: v for n, v in values(of).items() if not isinstance(v, SecretState) and v != ""}
    return of.drop_saved(session(Snapshot(there)), of.draft)


def test_undo_after_a_save_brings_the_value_from_before_it_back_as_an_edit() -> None:
    saved = save(edited(editing(port=25), {"port": "587", "user": "me@corp.example"}))
    assert saved.changed == ()
    back = saved.undo()
    assert (back.changed, back.draft.text("user")) == (("user",), "")
    back = back.undo()
    assert (back.changed, back.draft.text("port")) == (("user", "port"), "25")
    assert back.redo().redo() == saved
    assert save(back).draft.text("port") == "25"


def test_a_visit_that_is_not_over_is_undone_after_a_save_too() -> None:
    saved = save(editing(port=25).type("port", "587"))
    assert saved.undo().draft.text("port") == "25"


def test_a_save_that_could_not_be_read_again_is_undone_without_its_secret() -> None:
    start = editing(port=25, password=SecretState.NOT_KEPT)
    typed = start.type_secret("password", Secret("hunter2")).leave().type("port", "587").leave()
    saved = typed.assume_written(typed.draft)
    assert saved.changed == ()
    back = saved.undo()
    assert back.changed == ("port",)
    assert back.undo() == back
    assert not back.draft.secrets


def test_what_was_typed_while_a_save_was_under_way_is_the_first_to_be_undone() -> None:
    written = editing(port=25).type("port", "587").leave()
    later = written.type("user", "me@corp.example").leave()
    now = later.drop_saved(session(Snapshot({"port": 587})), written.draft)
    assert now.changed == ("user",)
    assert now.undo().changed == ()
    assert now.undo().undo().draft.text("port") == "25"
