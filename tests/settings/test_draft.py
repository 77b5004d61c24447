"""What is read and what is being edited: its values, its rebase, undo and redo."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.settings.factories import (
    NATIVE,
    OPEN_NAMES,
    SECRETS,
    Situation,
    bases,
    broken_finding,
    deterministic,
    edit,
    edits,
    situations,
)
from tui.credentials.secret import Secret
from tui.settings.catalog import Settings, catalog
from tui.settings.draft import Conflict, Draft, History, has_changed, is_same_value, parse, rebase
from tui.settings.findings import Fix
from tui.settings.parse.value import format_value
from tui.settings.snapshot import Snapshot
from tui.settings.values import SecretState, Security, Value

KEPT, NOT_KEPT = SecretState.KEPT, SecretState.NOT_KEPT


@given(bases())
@deterministic
def test_a_draft_without_edits_is_clean(base: Snapshot) -> None:
    assert Draft(base).changed_properties() == ()


@given(bases(), edits())
@deterministic
def test_editing_everything_back_is_clean(base: Snapshot, texts: dict[str, str]) -> None:
    draft = Situation(base=base.values, texts=texts).draft
    for name in texts:
        draft = draft.edit(name, format_value(base.value(name)))
    assert draft.changed_properties() == ()


@given(situations())
@deterministic
def test_dirty_means_that_a_value_differs(situation: Situation) -> None:
    draft = situation.draft
    differing = [
        name
        for name in draft.entries
        if not is_same_value(draft.value(name), draft.base.value(name))
    ]
    assert list(draft.changed_properties()) == [n for n in differing if not draft.is_unset(n)]


@given(situations())
@deterministic
def test_resetting_everything_leaves_the_base(situation: Situation) -> None:
    draft = situation.draft
    for name in draft.entries:
        draft = draft.reset(name)
    assert draft == Draft(situation.draft.base, switches=situation.switches)


@given(situations())
@deterministic
def test_what_was_typed_stays_as_it_was_typed(situation: Situation) -> None:
    for name, text in situation.texts.items():
        assert situation.draft.text(name) == text


@given(situations())
@deterministic
def test_every_draft_has_settings_and_says_what_is_broken(situation: Situation) -> None:
    parsed = parse(situation.draft)
    assert parsed.broken.keys() <= parsed.specified
    for name in OPEN_NAMES:
        if name in parsed.broken or name not in parsed.specified:
            assert parsed.value(name) == catalog()[name].default
        else:
            assert is_same_value(parsed.value(name), situation.draft.value(name))


@given(situations())
@deterministic
def test_an_edit_leaves_the_draft_before_it_alone(situation: Situation) -> None:
    draft = situation.draft
    texts, secrets = dict(draft.texts), dict(draft.secrets)
    draft.edit("server", "other.example").edit("password", "").reset("port")
    assert (draft.texts, draft.secrets) == (texts, secrets)


def test_the_same_value_in_other_words_is_clean() -> None:
    base = {"authenticate": True, "port": 25, "test_recipients": ("a@b.example", "c@d.example")}
    texts = {"authenticate": "YES", "port": "025", "test_recipients": "a@b.example,c@d.example"}
    assert Situation(base=base, texts=texts).draft.changed_properties() == ()  # type: ignore[arg-type]


def test_unspecified_means_leave_alone() -> None:
    draft = Draft(Snapshot()).edit("server", "").edit("port", "").edit("authenticate", "")
    assert draft.changed_properties() == ()
    assert parse(draft).specified == frozenset()


def test_a_default_that_is_typed_is_a_change() -> None:
    draft = Draft(Snapshot()).edit("port", "25").edit("security", "none").edit("authenticate", "no")
    assert draft.changed_properties() == ("authenticate", "port", "security")


def test_blank_and_a_default_are_not_the_same() -> None:
    draft = Draft(Snapshot({"port": 25, "authenticate": False}))
    draft = draft.edit("port", "").edit("authenticate", "")
    assert draft.changed_properties() == ("authenticate", "port")
    assert parse(draft).settings == Settings()


def test_true_is_no_one() -> None:
    assert not is_same_value(True, 1)
    assert not is_same_value(0, False)
    assert is_same_value("none", Security.NONE)


def test_changes_stand_in_the_catalogs_order() -> None:
    draft = Draft(Snapshot())
    for name in reversed(OPEN_NAMES):
        draft = draft.edit(name, format_value(NATIVE[catalog()[name].declared.kind][-1]))
    draft = draft.edit("from", "it@corp.example")
    assert list(draft.changed_properties()) == list(OPEN_NAMES)


def test_a_text_that_is_no_value_is_kept_and_the_default_stands() -> None:
    draft = Draft(Snapshot({"port": 587})).edit("port", "58 7")
    parsed = parse(draft)
    assert draft.text("port") == "58 7"
    assert draft.changed_properties() == ("port",)
    assert parsed.broken["port"].code == "port.number"
    assert parsed.settings.port == 25


def test_a_loaded_value_of_the_wrong_type_is_broken_until_it_is_edited() -> None:
    base = Snapshot({"port": "587 or so"}, broken={"port": broken_finding("port")})
    assert parse(Draft(base)).broken["port"].code == "file.type"
    assert parse(Draft(base).edit("port", "587")).settings.port == 587
    assert parse(Draft(base).edit("port", "587").reset("port")).broken["port"].code == "file.type"


def test_a_reset_property_is_as_it_was_loaded() -> None:
    draft = edit(base={"port": 587, "password": KEPT}, port="25", password="new").draft
    assert draft.reset("port").changed_properties() == ("password",)
    assert draft.reset("password").changed_properties() == ("port",)
    assert draft.reset("password").secrets == {}


def test_resetting_what_nobody_touched_changes_nothing() -> None:
    draft = edit(port="587").draft
    assert draft.reset("server") == draft


def test_a_fix_is_edits() -> None:
    draft = Draft(Snapshot()).edit("server", "mail:587")
    draft = draft.apply_fix(Fix("take apart", {"server": "mail", "port": "587"}))
    assert draft == edit(server="mail", port="587").draft


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_a_secret_is_no_text(name: str) -> None:
    with pytest.raises(ValueError, match="no text"):
        Draft(Snapshot()).edit(name, "hunter2")


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_a_typed_secret_is_new_and_not_readable_as_text(name: str) -> None:
    draft = Draft(Snapshot({name: KEPT})).type_secret(name, Secret("hunter2"))
    assert draft.value(name) is SecretState.NEW
    assert draft.changed_properties() == (name,)
    assert "hunter2" not in draft.text(name)
    assert "hunter2" not in repr(draft)
    assert draft.secrets[name].reveal() == "hunter2"


def test_typing_the_stored_secret_again_is_a_change_as_nobody_can_compare() -> None:
    draft = Draft(Snapshot()).type_secret("password", Secret("x"))
    again = draft.type_secret("password", Secret("x"))
    assert again.changed_properties() == ("password",)
    assert len(again.secrets) == 1


def test_a_blank_text_clears_a_secret_and_takes_a_typed_one_back() -> None:
    draft = Draft(Snapshot({"password": KEPT})).type_secret("password", Secret("x"))
    cleared = draft.edit("password", "")
    assert cleared.value("password") is SecretState.CLEARED
    assert cleared.secrets == {}
    assert parse(cleared).settings.password is SecretState.CLEARED
    assert "password" not in parse(cleared).specified


def test_typing_a_secret_takes_its_clearing_back() -> None:
    draft = Draft(Snapshot({"password": KEPT})).edit("password", "")
    assert draft.type_secret("password", Secret("x")).value("password") is SecretState.NEW


def test_clearing_a_secret_that_is_not_there_changes_nothing() -> None:
    assert Draft(Snapshot()).edit("password", "").changed_properties() == ()


@pytest.mark.parametrize("state", [KEPT, SecretState.NOT_KEPT, SecretState.UNKNOWN])
def test_the_state_of_a_loaded_secret_is_in_effect(state: SecretState) -> None:
    assert parse(Draft(Snapshot({"password": state}))).settings.password is state


def test_an_absent_secret_is_unset() -> None:
    parsed = parse(Draft(Snapshot({"password": ""})))
    assert parsed.settings.password is SecretState.UNSET
    assert parsed.settings.pop3_password is SecretState.UNSET


@pytest.mark.parametrize("text", list(SecretState))
def test_a_text_that_reads_like_the_state_of_a_secret_is_a_text(text: str) -> None:
    draft = Draft(Snapshot({"display_name": text})).edit("pop3_user", str(text))
    assert {"display_name", "pop3_user"} <= parse(draft).specified


def test_a_misplaced_secret_is_settled_by_another_or_by_none() -> None:
    base = Snapshot({"password": NOT_KEPT}, broken={"password": broken_finding("password")})
    assert "password" in parse(Draft(base)).broken
    typed = Draft(base).type_secret("password", Secret("new"))
    cleared = Draft(base).edit("password", "")
    for draft, state in ((typed, SecretState.NEW), (cleared, SecretState.CLEARED)):
        assert parse(draft).broken == {}
        assert parse(draft).value("password") is state
        assert draft.changed_properties() == ("password",)


def test_blank_is_what_is_specified_and_blank() -> None:
    draft = Draft(Snapshot({"server": "", "port": 25, "user": "a@b.example"}))
    draft = draft.edit("port", "").edit("display_name", "")
    assert parse(draft).blank == {"server", "port"}


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
    typed = {name for name in mine.texts if mine.is_unset(name)}
    for name in set(mine.entries) - set(mine.changed_properties()) - typed:
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
        and not (name in mine.texts and mine.is_unset(name))
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
    assert has_changed(one, other) is not is_same_value(one, other)


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
    assert not has_changed(was, now)
    assert rebase(Draft(Snapshot({"password": was})), Snapshot({"password": now})).taken == ()


@pytest.mark.parametrize("state", [KEPT, NOT_KEPT])
def test_a_secret_that_appears_or_goes_away_has_moved(state: SecretState) -> None:
    assert has_changed("", state)
    assert has_changed(state, "")
    assert has_changed(state, SecretState.UNSET)


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


LOOSENED = {"sending_enabled", "test_recipients", "security", "pop3_security", *SECRETS}
"""What undoing a save may leave as it was saved."""


def saved_histories() -> st.SearchStrategy[tuple[History, History]]:
    """Histories with typed secrets among their steps: before a save of the last draft, and after.

    What was read after the save is what was written, and perhaps what someone else wrote.
    """
    secrets = st.lists(st.sampled_from(sorted(SECRETS)), max_size=2)
    return st.builds(_save, histories(), secrets, edits(), edits(), st.booleans())


def _save(
    history: History, secrets: list[str], texts: dict[str, str], theirs: dict[str, str], over: bool
) -> tuple[History, History]:
    for name in secrets:
        history = history.add_step(history.draft.type_secret(name, Secret("hunter2")))
    history = history.update(_edit_all(history.draft, texts))
    written = history.draft
    states = {SecretState.NEW: SecretState.NOT_KEPT, SecretState.CLEARED: SecretState.UNSET}
    there = values_after(_edit_all(written, theirs) if over else written)
    values = {
        name: states.get(value, value) if isinstance(value, SecretState) else value
        for name, value in there.items()
    }
    return history, history.carry_past_save(written, Draft(Snapshot(values)))


@deterministic
@given(saved_histories())
def test_no_undo_after_a_save_lets_mail_out_or_carries_a_secret(
    histories: tuple[History, History],
) -> None:
    _, history = histories
    there = history.draft.base
    while history.past:
        history = history.undo()
        now = history.draft
        assert now.base is there
        assert not SECRETS & {*now.texts, *now.secrets}
        if "sending_enabled" in now.texts:
            assert now.value("sending_enabled") is False
        if "test_recipients" in now.texts:
            assert now.value("test_recipients")
        for name in {"security", "pop3_security"} & {*now.texts}:
            mine, theirs = now.value(name) or Security.NONE, there.value(name) or Security.NONE
            assert isinstance(mine, Security)
            assert isinstance(theirs, Security)
            assert not mine.is_weaker_than(theirs)


@deterministic
@given(saved_histories())
def test_undo_after_a_save_brings_everything_else_back_as_an_edit(
    histories: tuple[History, History],
) -> None:
    before, history = histories
    assert history.draft.changed_properties() == ()
    first = before.settle().past[0] if before.settle().past else before.draft
    while history.past:
        history = history.undo()
    for name in {*before.draft.changed_properties()} - LOOSENED:
        assert is_same_value(history.draft.value(name), first.value(name))
    assert {*history.draft.texts} <= {*before.draft.changed_properties(), *first.texts}


def test_undo_after_a_save_makes_the_sending_switch_and_the_encryption_only_stricter() -> None:
    def undo_save(base: dict[str, Value], **texts: str) -> Draft:
        written = draft(base, **texts)
        after = Draft(Snapshot(values_after(written)))
        return History(written, Draft(written.base)).carry_past_save(written, after).undo().draft

    one, two = ("a@b.example",), ("c@d.example",)
    for base, texts, edits_again in (
        ({"sending_enabled": True}, {"sending_enabled": "no"}, {}),
        ({"sending_enabled": False}, {"sending_enabled": "yes"}, {"sending_enabled": "false"}),
        ({}, {"sending_enabled": "no"}, {}),
        ({}, {"test_recipients": "a@b.example"}, {}),
        ({"test_recipients": one}, {"test_recipients": ""}, {"test_recipients": one[0]}),
        ({"test_recipients": one}, {"test_recipients": two[0]}, {"test_recipients": one[0]}),
        ({"security": Security.NONE}, {"security": "starttls"}, {}),
        ({}, {"security": "starttls"}, {}),
        ({"security": Security.SSL_TLS}, {"security": "none"}, {"security": "ssl_tls"}),
        ({"port": 25}, {"port": "587"}, {"port": "25"}),
        ({}, {"port": "587"}, {"port": ""}),
    ):
        again = undo_save(dict(base), **texts)
        assert again.texts == edits_again


def test_a_step_that_is_the_same_after_a_save_is_left_out() -> None:
    start = Draft(Snapshot({"password": KEPT, "server": "mail.old.example"}))
    history = History.from_draft(start).add_step(start.type_secret("password", Secret("hunter2")))
    after = Draft(Snapshot({"password": NOT_KEPT, "server": "mail.old.example"}))
    assert history.carry_past_save(history.draft, after) == History.from_draft(after)


@pytest.mark.parametrize(
    ("base", "texts", "changed"),
    [
        ({"user": "a@b.example"}, {"from": "a@b.example"}, ()),
        ({"user": "a@b.example"}, {"from": "A@B.example"}, ()),
        ({"user": "a@b.example"}, {"user": "apikey", "from": "a@b.example"}, ("user", "from")),
        ({"user": "a@b.example"}, {"user": "c@d.example", "from": "c@d.example"}, ("user",)),
        ({"user": "a@b.example", "from": "x@b.example"}, {"from": "a@b.example"}, ("from",)),
        ({"user": "a@b.example", "from": "x@b.example"}, {"from": ""}, ("from",)),
        ({"user": "a@b.example", "from": "x@b.example"}, {"user": "x@b.example"}, ("user",)),
    ],
)
def test_a_from_that_is_the_user_name_is_as_good_as_none(
    base: dict[str, Value], texts: dict[str, str], changed: tuple[str, ...]
) -> None:
    draft = Draft(Snapshot(base))
    for name, text in texts.items():
        draft = draft.edit(name, text)
    assert draft.changed_properties() == changed


@given(situations())
@deterministic
def test_mail_comes_from_from_or_else_from_the_user(situation: Situation) -> None:
    parsed = parse(situation.draft)
    address, user = parsed.value("from"), parsed.value("user")
    assert parsed.sender_address.casefold() == (address or user).casefold()
    assert parsed.own_from in ("", address)
    assert not parsed.own_from or parsed.own_from.casefold() != user.casefold()
