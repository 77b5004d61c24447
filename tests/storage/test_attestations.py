"""Attestations are remembered by profile, for one server and user."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cli.running import House, open_house
from tests.settings.factories import deterministic
from tests.storage.homes import moved_in
from tests.storage.saving import names
from tui.errors import Problem
from tui.settings.preconditions import Attestation, Condition
from tui.storage.attestations import add_attestations, load_attestations, path_of

WORD = Attestation(
    Condition.REACHABLE,
    "mail.corp.example",
    "helpdesk@corp.example",
    "root (sudo by anna)",
    datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2))),
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    return moved_in(tmp_path, monkeypatch)


def test_nothing_is_attested_at_first(here: House) -> None:
    assert load_attestations("default") == ()
    assert list(here.root.iterdir()) == []


def test_what_was_attested_is_remembered_where_state_lies(here: House) -> None:
    add_attestations("default", [WORD])
    assert load_attestations("default") == (WORD,)
    assert path_of("default") == here.attestations
    assert here.attestations.stat().st_mode & 0o777 == 0o600


def test_profiles_are_apart(here: House) -> None:
    other = replace(WORD, condition=Condition.EXPECTED)
    add_attestations("one", [WORD])
    add_attestations("two", [other])
    assert (load_attestations("one"), load_attestations("two")) == ((WORD,), (other,))


def test_a_newer_one_takes_the_place_of_the_older(here: House) -> None:
    newer = replace(WORD, server="MAIL.corp.example", user=WORD.user.upper(), who="anna")
    add_attestations("default", [WORD])
    add_attestations("default", [newer])
    assert load_attestations("default") == (newer,)
    assert names(here.attestations) == ["default.toml"]


@pytest.mark.parametrize(
    "other",
    [
        replace(WORD, condition=Condition.EXPECTED),
        replace(WORD, server="other.corp.example"),
        replace(WORD, user=""),
    ],
)
def test_one_for_anything_else_stands_beside_it(here: House, other: Attestation) -> None:
    add_attestations("default", [WORD])
    add_attestations("default", iter([other]))
    assert load_attestations("default") == (WORD, other)


def test_adding_none_keeps_those_there_are(here: House) -> None:
    add_attestations("default", [WORD])
    add_attestations("default", [])
    assert load_attestations("default") == (WORD,)


def test_a_broken_file_is_named_and_is_not_added_to(here: House) -> None:
    add_attestations("default", [WORD])
    broken = here.attestations.read_text().replace("reachable", "nonsense")
    here.attestations.write_text(broken)
    for use in (lambda: load_attestations("default"), lambda: add_attestations("default", [WORD])):
        with pytest.raises(Problem) as raised:
            use()
        assert (raised.value.code, raised.value.exit_code) == ("attestations.broken", 1)
        assert str(here.attestations) in raised.value.message
    assert here.attestations.read_text() == broken


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
words = st.builds(
    Attestation,
    st.sampled_from(Condition),
    texts,
    texts,
    texts,
    st.datetimes(timezones=st.just(UTC)).map(lambda when: when.replace(microsecond=0)),
)


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with open_house() as house:
        yield house


@given(st.lists(words, max_size=4), st.lists(words, max_size=4))
@deterministic
def test_what_is_added_is_what_is_loaded(
    house: House, first: list[Attestation], then: list[Attestation]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        moved_in(house.root, patch)
        house.attestations.unlink(missing_ok=True)
        add_attestations("default", first)
        add_attestations("default", then)
        loaded = load_attestations("default")
    given_ = [*first, *then]
    assert set(loaded) <= set(given_)
    for each in given_:
        (kept,) = (one for one in loaded if about(one) == about(each))
        assert kept == [one for one in given_ if about(one) == about(each)][-1]


def about(word: Attestation) -> tuple[str, str, str]:
    return word.condition, word.server.casefold(), word.user.casefold()
