"""What is read, what is being edited, and the values of both."""

import pytest
from hypothesis import given

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
from tui.settings.draft import Draft, is_same_value, parse
from tui.settings.findings import Fix
from tui.settings.parse.value import format_value
from tui.settings.snapshot import Snapshot
from tui.settings.values import SecretState, Security

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
    assert list(draft.changed_properties()) == differing


@given(situations())
@deterministic
def test_resetting_everything_leaves_the_base(situation: Situation) -> None:
    draft = situation.draft
    for name in draft.entries:
        draft = draft.reset(name)
    assert draft == Draft(situation.draft.base)


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
            assert parsed.value(name) == getattr(Settings(), name)
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
        draft = draft.edit(name, format_value(NATIVE[catalog()[name].declared.kind][0]))
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
