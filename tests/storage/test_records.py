"""Attestations and refused logins are remembered by profile, for one server and user."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cli.house import House, open_house
from tests.settings.factories import deterministic
from tests.storage.factories import file_names
from tests.storage.fakes import use_home
from tui.errors import Problem
from tui.settings.preconditions import Attestation, Condition
from tui.storage.records import (
    REFUSED_LOGIN_LIFETIME,
    RefusedLogin,
    add_attestations,
    forget_attestations,
    forget_refused_logins,
    load_attestations,
    load_refused_logins,
    remember_login,
)

WORD = Attestation(
    Condition.REACHABLE,
    "mail.corp.example",
    "helpdesk@corp.example",
    "root (sudo by anna)",
    datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2))),
    587,
)


def test_nothing_is_attested_at_first(here: House) -> None:
    assert load_attestations("default") == ()
    assert list(here.root.iterdir()) == []


def test_what_was_attested_is_remembered_where_state_lies(here: House) -> None:
    add_attestations("default", [WORD])
    assert load_attestations("default") == (WORD,)
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
    assert file_names(here.attestations) == ["default.toml"]


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


def test_a_word_for_another_port_is_kept_beside_it(here: House) -> None:
    other = replace(WORD, port=465)
    add_attestations("default", [WORD])
    add_attestations("default", [other])
    assert load_attestations("default") == (WORD, other)


def test_a_record_without_a_port_is_read_and_holds_for_no_port(here: House) -> None:
    add_attestations("default", [WORD])
    text = here.attestations.read_text()
    here.attestations.write_text(text.replace('port = "587"\n', ""))
    assert load_attestations("default") == (replace(WORD, port=0),)


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


def attestation_text(**changes: str) -> str:
    row = {
        "condition": '"own-server"',
        "server": '"mail.corp.example"',
        "user": '""',
        "who": '"root"',
        "when": '"2026-01-01T00:00:00+00:00"',
    }
    lines = (f"{name} = {value}" for name, value in {**row, **changes}.items() if value)
    return "\n".join(("[[attestation]]", *lines, ""))


def test_a_record_has_what_it_needs(here: House) -> None:
    here.write(attestation_text(), here.attestations)
    assert len(load_attestations("default")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "attestation",
        "\0",
        "attestation = 1",
        'attestation = "x"',
        "attestation = [1]",
        attestation_text(condition='"nonsense"'),
        attestation_text(condition=""),
        attestation_text(when=""),
        attestation_text(when='"yesterday"'),
        attestation_text(when="2026-01-01"),
        attestation_text(server=""),
    ],
)
def test_records_that_mean_nothing_are_named(here: House, text: str) -> None:
    path = here.write(text, here.attestations)
    with pytest.raises(Problem) as raised:
        load_attestations("default")
    assert str(path) in raised.value.message
    assert raised.value.hint
    assert path.read_text() == text


def test_a_link_to_records_is_not_followed(here: House) -> None:
    other = here.write(attestation_text(), here.root / "other")
    here.attestations.parent.mkdir(parents=True)
    here.attestations.symlink_to(other)
    with pytest.raises(Problem, match="symbolic link"):
        load_attestations("default")


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
words = st.builds(
    Attestation,
    st.sampled_from(Condition),
    texts,
    texts,
    texts,
    st.datetimes(timezones=st.just(UTC)).map(lambda when: when.replace(microsecond=0)),
    st.integers(0, 65535),
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
        use_home(house.root, patch)
        house.attestations.unlink(missing_ok=True)
        add_attestations("default", first)
        add_attestations("default", then)
        loaded = load_attestations("default")
    given_ = [*first, *then]
    assert set(loaded) <= set(given_)
    for each in given_:
        (kept,) = (one for one in loaded if subject(one) == subject(each))
        assert kept == [one for one in given_ if subject(one) == subject(each)][-1]


def subject(word: Attestation) -> tuple[str, str, int, str]:
    return word.condition, word.server.casefold(), word.port, word.user.casefold()


# Refused logins


def logins_path(here: House) -> Path:
    return here.attestations.parents[1] / "refused-logins" / "default.toml"


def logins(profile: str = "default") -> list[tuple[str, str]]:
    return [(each.server, each.user) for each in load_refused_logins(profile)]


def test_a_refused_login_is_remembered_for_its_profile(here: House) -> None:
    remember_login("default", "mail.corp.example", "anna", refused=True)
    remember_login("default", "mail.corp.example", "bert", refused=True)
    assert logins() == [("mail.corp.example", "anna"), ("mail.corp.example", "bert")]
    assert logins("other") == []
    assert logins_path(here).stat().st_mode & 0o777 == 0o600
    assert "password" not in logins_path(here).read_text()


def test_a_login_refused_again_is_remembered_once(here: House) -> None:
    remember_login("default", "mail.corp.example", "anna", refused=True)
    remember_login("default", "MAIL.corp.example", "Anna@corp.example", refused=True)
    assert logins() == [("MAIL.corp.example", "Anna@corp.example")]


def test_an_accepted_login_is_forgotten_and_the_others_stay(here: House) -> None:
    for server in ("mail.corp.example", "other.corp.example"):
        remember_login("default", server, "anna", refused=True)
    remember_login("default", "mail.corp.example", "anna@corp.example", refused=False)
    assert logins() == [("other.corp.example", "anna")]


def test_a_login_that_was_always_accepted_leaves_no_file(here: House) -> None:
    remember_login("default", "mail.corp.example", "anna", refused=False)
    assert list(here.root.iterdir()) == []


def test_a_refused_login_is_forgotten_after_a_day(here: House) -> None:
    remember_login("default", "mail.corp.example", "anna", refused=True)
    (login,) = load_refused_logins("default")
    before = login.when - REFUSED_LOGIN_LIFETIME - timedelta(seconds=1)
    text = logins_path(here).read_text()
    here.write(text.replace(login.when.isoformat(), before.isoformat()), logins_path(here))
    assert logins() == []
    remember_login("default", "mail.corp.example", "bert", refused=True)
    assert logins_path(here).read_text().count("[[refused]]") == 1


@pytest.mark.parametrize("refused", [False, True])
def test_a_broken_file_of_refused_logins_is_named_and_left_alone(
    here: House, refused: bool
) -> None:
    text = '[[refused]]\nserver = "mail.corp.example"\n'
    path = here.write(text, logins_path(here))
    with pytest.raises(Problem, match=r"refused-logins\.broken") as raised:
        remember_login("default", "mail.corp.example", "anna", refused=refused)
    assert str(path) in raised.value.message
    assert path.read_text() == text


def test_what_is_forgotten_is_gone_and_a_second_time_is_fine(here: House) -> None:
    add_attestations("default", [WORD])
    remember_login("default", "mail.corp.example", "anna", refused=True)
    for _ in range(2):
        forget_attestations("default")
        forget_refused_logins("default")
    assert (load_attestations("default"), load_refused_logins("default")) == ((), ())


@pytest.mark.parametrize(
    ("server", "user", "is_same"),
    [
        ("mail.corp.example", "anna", True),
        ("MAIL.corp.example", "ANNA@corp.example", True),
        ("mail.corp.example", "anna2", False),
        ("other.corp.example", "anna", False),
    ],
)
def test_a_refused_login_is_of_one_account(server: str, user: str, is_same: bool) -> None:
    login = RefusedLogin("mail.corp.example", "anna@corp.example", WORD.when)
    assert login.is_of(server, user) is is_same
