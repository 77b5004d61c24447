"""Undo and redo."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from tests.settings.factories import bases, deterministic, edits
from tui.settings.draft import Draft
from tui.settings.history import History
from tui.settings.rebase import rebase
from tui.settings.snapshot import Snapshot

EMPTY = Draft(Snapshot({"server": "mail.old.example"}))
ONE, TWO, THREE = (EMPTY.edit("server", f"mail.{each}.example") for each in ("a", "b", "c"))


def histories() -> st.SearchStrategy[History]:
    """Histories of any steps, visits, undos and redos, the last visit perhaps not over."""
    moves = st.lists(
        st.one_of(
            st.tuples(st.sampled_from(("step", "type")), edits()),
            st.tuples(st.sampled_from(("settle", "undo", "redo")), st.just({})),
        ),
        max_size=8,
    )
    return st.builds(_build_history, bases(), moves)


def _build_history(base: Snapshot, moves: Sequence[tuple[str, dict[str, str]]]) -> History:
    history = History.from_draft(Draft(base))
    for move, texts in moves:
        draft = _edit_all(history.draft, texts)
        match move:
            case "step":
                history = history.add_step(draft)
            case "type":
                history = history.update(draft)
            case "settle":
                history = history.settle()
            case "undo":
                history = history.undo()
            case _:
                history = history.redo()
    return history


def _edit_all(draft: Draft, texts: dict[str, str]) -> Draft:
    for name, text in texts.items():
        draft = draft.edit(name, text)
    return draft


def test_there_is_nothing_to_undo_or_redo_at_first() -> None:
    history = History.from_draft(EMPTY)
    assert history.undo() == history.redo() == history.settle() == history


def test_a_visit_is_one_step_however_much_is_typed_in_it() -> None:
    history = History.from_draft(EMPTY).update(ONE).update(TWO).update(THREE).settle()
    assert history.past == (EMPTY,)
    assert history.undo().draft == EMPTY


def test_a_visit_that_is_not_over_is_undone_as_a_whole() -> None:
    history = History.from_draft(EMPTY).add_step(ONE).update(TWO).update(THREE)
    assert history.undo().draft == ONE
    assert history.undo().redo().draft == THREE


def test_a_visit_that_changes_nothing_is_no_step() -> None:
    history = History.from_draft(EMPTY).add_step(ONE)
    assert history.update(TWO).update(ONE).settle().past == history.past
    assert history.add_step(ONE).past == history.past


def test_a_step_within_a_visit_leaves_the_visit_as_a_step_of_its_own() -> None:
    history = History.from_draft(EMPTY).update(ONE).add_step(TWO)
    assert history.undo().draft == ONE
    assert history.undo().undo().draft == EMPTY


def test_what_was_undone_is_gone_once_something_else_is_typed() -> None:
    history = History.from_draft(EMPTY).add_step(ONE).undo()
    assert history.redo().draft == ONE
    assert history.update(TWO).redo().draft == TWO
    assert history.add_step(TWO).redo().draft == TWO


def test_what_was_undone_stays_while_nothing_else_is_typed() -> None:
    history = History.from_draft(EMPTY).add_step(ONE).add_step(TWO).undo().undo()
    assert history.update(EMPTY).settle().redo().redo().draft == TWO


@deterministic
@given(histories(), edits())
def test_undo_after_any_step_gives_back_the_draft_before(
    history: History, texts: dict[str, str]
) -> None:
    after = history.add_step(_edit_all(history.draft, texts))
    if after.draft != history.draft:
        assert after.undo().draft == history.draft


@deterministic
@given(histories())
def test_redo_after_undo_leads_back(history: History) -> None:
    settled = history.settle()
    if settled.past:
        assert history.undo().redo() == settled


@deterministic
@given(histories())
def test_undo_after_redo_leads_back(history: History) -> None:
    if history.settle().future:
        assert history.redo().undo() == history.settle()


@deterministic
@given(histories())
def test_enough_undos_lead_to_the_beginning_and_enough_redos_back(history: History) -> None:
    settled = history.settle()
    back = settled
    for _ in settled.past:
        back = back.undo()
    assert back.draft.texts == {}
    assert not back.past
    for _ in settled.past:
        back = back.redo()
    assert back == settled


@deterministic
@given(histories(), bases())
def test_every_step_is_put_over_what_is_there_now(history: History, now: Snapshot) -> None:
    over = history.rebase(now)
    pairs = [
        (history.draft, over.draft),
        (history.settled, over.settled),
        *zip(history.past, over.past, strict=True),
        *zip(history.future, over.future, strict=True),
    ]
    for before, after in pairs:
        assert after == rebase(before, now).draft
        assert after.base is now


@deterministic
@given(histories())
def test_a_history_over_what_was_there_already_undoes_to_the_same_values(history: History) -> None:
    here, there = history.undo().draft, history.rebase(history.draft.base).undo().draft
    if len(history.settle().past) == len(history.rebase(history.draft.base).settle().past):
        assert [here.value(name) for name in here.entries] == [
            there.value(name) for name in there.entries
        ]
