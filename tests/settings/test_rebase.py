"""What was there, what I made of it, and what is there now."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.settings.factories import (
    NATIVE,
    OPEN_NAMES,
    SECRETS,
    Situation,
    bases,
    deterministic,
    situations,
)
from tui.credentials.secret import Secret
from tui.settings.catalog import catalog
from tui.settings.draft import Draft, is_same_value
from tui.settings.parse.value import format_value
from tui.settings.plan import Change
from tui.settings.rebase import Conflict, describe_stale, has_moved, rebase
from tui.settings.snapshot import Snapshot
from tui.settings.values import SecretState, Value

KEPT, NOT_KEPT, UNKNOWN = SecretState.KEPT, SecretState.NOT_KEPT, SecretState.UNKNOWN


def draft(base: dict[str, Value], **texts: str) -> Draft:
    return Situation(base=base, texts=texts).draft


def values_after(one: Draft) -> dict[str, Value]:
    return {name: one.value(name) for name in one.entries}


@given(situations())
@deterministic
def test_a_rebase_onto_the_same_changes_nothing(situation: Situation) -> None:
    mine = situation.draft
    rebased = rebase(mine, Snapshot(dict(mine.base.values)))
    assert (rebased.conflicts, rebased.taken) == ((), ())
    assert rebased.draft.changed_properties() == mine.changed_properties()
    assert values_after(rebased.draft) == values_after(mine)


@given(situations(), bases())
@deterministic
def test_nothing_that_was_typed_is_lost(situation: Situation, theirs: Snapshot) -> None:
    mine = situation.draft
    rebased = rebase(mine, theirs).draft
    assert rebased.base == theirs
    for name in mine.changed_properties():
        assert is_same_value(rebased.value(name), mine.value(name))
        assert name in rebased.changed_properties() or is_same_value(
            theirs.value(name), mine.value(name)
        )
    assert rebased.secrets == mine.secrets


@given(situations(), bases())
@deterministic
def test_what_i_left_alone_is_theirs(situation: Situation, theirs: Snapshot) -> None:
    mine = situation.draft
    rebased = rebase(mine, theirs).draft
    for name in set(mine.entries) - set(mine.changed_properties()):
        assert name not in rebased.changed_properties()
        assert is_same_value(rebased.value(name), theirs.value(name))


@given(situations(), bases())
@deterministic
def test_a_conflict_is_where_both_moved_to_different_values(
    situation: Situation, theirs: Snapshot
) -> None:
    mine = situation.draft
    expected = [
        Conflict(name, mine.base.value(name), mine.value(name), theirs.value(name))
        for name in OPEN_NAMES
        if name in mine.changed_properties()
        and not is_same_value(mine.base.value(name), theirs.value(name))
        and not is_same_value(mine.value(name), theirs.value(name))
    ]
    conflicts = rebase(mine, theirs).conflicts
    assert [each for each in conflicts if each.property not in SECRETS] == expected
    assert all(each.property in mine.changed_properties() for each in conflicts)


@given(situations(), bases())
@deterministic
def test_taken_is_what_moved_there_only(situation: Situation, theirs: Snapshot) -> None:
    mine = situation.draft
    expected = [
        name
        for name in OPEN_NAMES
        if name not in mine.changed_properties()
        and not is_same_value(mine.base.value(name), theirs.value(name))
    ]
    taken = rebase(mine, theirs).taken
    assert [name for name in taken if name not in SECRETS] == expected
    assert not set(taken) & set(mine.changed_properties())


@given(situations(), bases())
@deterministic
def test_twice_onto_the_same_is_once(situation: Situation, theirs: Snapshot) -> None:
    once = rebase(situation.draft, theirs)
    twice = rebase(once.draft, theirs)
    assert twice.draft == once.draft
    assert (twice.conflicts, twice.taken) == ((), ())


@given(bases(), bases())
@deterministic
def test_a_draft_without_edits_takes_everything(base: Snapshot, theirs: Snapshot) -> None:
    rebased = rebase(Draft(base), theirs)
    assert rebased.draft == Draft(theirs)
    assert rebased.conflicts == ()


@given(bases(), bases())
@deterministic
def test_whoever_made_the_same_edits_has_nothing_left_to_save(
    base: Snapshot, theirs: Snapshot
) -> None:
    texts = {name: format_value(theirs.value(name)) for name in OPEN_NAMES}
    rebased = rebase(Situation(base=base.values, texts=texts).draft, theirs)
    assert rebased.draft.changed_properties() == ()
    assert rebased.conflicts == ()


@given(st.sampled_from(OPEN_NAMES), st.data())
@deterministic
def test_a_value_moves_to_any_other(name: str, data: st.DataObject) -> None:
    values = st.sampled_from((*NATIVE[catalog()[name].declared.kind], ""))
    one, other = data.draw(values), data.draw(values)
    assert has_moved(one, other) is not is_same_value(one, other)


def test_a_conflict_keeps_mine_and_shows_all_three() -> None:
    rebased = rebase(draft({"port": 25}, port="587"), Snapshot({"port": 465}))
    assert rebased.conflicts == (Conflict("port", 25, 587, 465),)
    assert rebased.draft.text("port") == "587"
    assert rebased.draft.reset("port").text("port") == "465"


def test_a_text_that_does_not_parse_is_kept_as_it_was_typed() -> None:
    rebased = rebase(draft({"port": 25}, port="58 7"), Snapshot({"port": 465, "user": "a@b.c"}))
    assert rebased.draft.text("port") == "58 7"
    assert [each.property for each in rebased.conflicts] == ["port"]
    assert rebased.taken == ("user",)


def test_a_value_that_went_away_there_has_moved() -> None:
    rebased = rebase(draft({"server": "a.example", "user": "a@b.c"}, user="d@e.f"), Snapshot())
    assert rebased.taken == ("server",)
    assert [each.property for each in rebased.conflicts] == ["user"]


@pytest.mark.parametrize(
    ("was", "now"), [(KEPT, NOT_KEPT), (NOT_KEPT, KEPT), (KEPT, KEPT), (UNKNOWN, UNKNOWN)]
)
def test_where_a_secret_is_kept_makes_no_other_secret_of_it(
    was: SecretState, now: SecretState
) -> None:
    assert not has_moved(was, now)
    assert rebase(Draft(Snapshot({"password": was})), Snapshot({"password": now})).taken == ()


@pytest.mark.parametrize("state", [KEPT, NOT_KEPT])
def test_a_secret_that_appears_or_goes_away_has_moved(state: SecretState) -> None:
    assert has_moved("", state)
    assert has_moved(state, "")
    assert has_moved(state, SecretState.UNSET)


def test_a_typed_secret_is_kept_over_another_place_of_the_old_one() -> None:
    secret = Secret("hunter2")
    mine = Draft(Snapshot({"password": KEPT})).type_secret("password", secret)
    rebased = rebase(mine, Snapshot({"password": NOT_KEPT}))
    assert rebased.conflicts == ()
    assert rebased.draft.secrets["password"] is secret
    assert rebased.draft.changed_properties() == ("password",)


def test_a_typed_secret_conflicts_with_one_that_went_away() -> None:
    mine = Draft(Snapshot({"password": KEPT})).type_secret("password", Secret("hunter2"))
    rebased = rebase(mine, Snapshot())
    assert rebased.conflicts == (Conflict("password", KEPT, SecretState.NEW, ""),)
    assert "hunter2" not in repr(rebased)


def test_clearing_a_secret_survives_another_place_of_it() -> None:
    rebased = rebase(draft({"password": KEPT}, password=""), Snapshot({"password": NOT_KEPT}))
    assert rebased.conflicts == ()
    assert rebased.draft.value("password") is SecretState.CLEARED


@pytest.mark.parametrize(
    ("before", "after", "now"),
    [
        ("a.example", "b.example", "a.example"),
        ("a.example", "b.example", "b.example"),
        (KEPT, SecretState.NEW, NOT_KEPT),
        (NOT_KEPT, SecretState.CLEARED, ""),
        ("", NOT_KEPT, NOT_KEPT),
        (False, True, False),
    ],
)
def test_a_change_goes_on_from_what_it_starts_from_or_leads_to(
    before: Value, after: Value, now: Value
) -> None:
    assert describe_stale([Change("server", before, after)], Snapshot({"server": now})) == ""


def test_a_change_that_starts_from_something_else_is_stale() -> None:
    changes = [
        Change("server", "a.example", "b.example"),
        Change("password", NOT_KEPT, SecretState.NEW),
        Change("port", 25, 587),
    ]
    assert describe_stale(changes, Snapshot({"port": 25})) == (
        "server was a.example and is blank; password was not kept and is blank"
    )
