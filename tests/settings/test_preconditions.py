"""The article's conditions: when they are asked for, and what settles them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given

from tests.settings.factories import (
    FOR_LEFT,
    FOR_OWN,
    FOR_PROVIDERS,
    FOR_TEST_OWN,
    INSTANCES,
    ON_OWN,
    PLACES,
    PRODUCTION,
    TEST,
    TEST_ACCOUNT,
    TEST_LEGACY,
    UNNAMED,
    Situation,
    deterministic,
    edit,
    load,
    make_rows,
    situations,
    with_grid,
)
from tui.settings.catalog import catalog
from tui.settings.preconditions import WARNING, Attestation, Condition, PreconditionState
from tui.settings.review import Review, review
from tui.settings.target_facts import TargetFacts
from tui.settings.values import SecretState, Value

MAIL, USER = "mail.corp.example", "helpdesk@corp.example"
WHEN = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
OWN: dict[str, Value] = {"server": MAIL, "user": USER, "password": SecretState.NOT_KEPT}

TOUCHING = {
    "server": "b.example",
    "port": "587",
    "security": "starttls",
    "user": "b@corp.example",
    "authenticate": "yes",
    "password": "new",
    "pop3_server": "pop.corp.example",
    "pop3_user": "reader",
    "pop3_password": "new",
    "pop3_port": "995",
    "pop3_security": "ssl_tls",
}
LEAVING = {
    "display_name": "Help",
    "from": "it@corp.example",
    "sending_enabled": "no",
    "receiving": "no",
    "test_recipients": "qa@corp.example",
}


def attest(
    condition: Condition, server: str = MAIL, user: str = USER, port: int = 25
) -> Attestation:
    return Attestation(condition, server, user, "ada", WHEN, port)


def make_review(situation: Situation, *attestations: Attestation) -> Review:
    return review(situation.draft, situation.facts, "corp", attestations)


def states(situation: Situation, *attestations: Attestation) -> dict[Condition, PreconditionState]:
    return {
        each.condition: each.state for each in make_review(situation, *attestations).preconditions
    }


def find_open(situation: Situation, *attestations: Attestation) -> set[Condition]:
    return {each.condition for each in make_review(situation, *attestations).open_preconditions}


def test_every_property_is_one_that_asks_or_one_that_does_not() -> None:
    assert {*TOUCHING, *LEAVING} == set(catalog())


@pytest.mark.parametrize("name", TOUCHING)
@pytest.mark.parametrize("facts", with_grid(PLACES, TEST, ON_OWN))
def test_touching_a_connection_or_a_secret_asks(name: str, facts: TargetFacts) -> None:
    assert set(states(edit(facts, OWN, **{name: TOUCHING[name]}))) == set(Condition)


@pytest.mark.parametrize("facts", PLACES)
def test_touching_the_server_asks_in_every_place(facts: TargetFacts) -> None:
    assert set(states(edit(facts, OWN, server="b.example"))) == set(Condition)


@pytest.mark.parametrize("name", LEAVING)
@pytest.mark.parametrize(
    "facts", with_grid([each for each in PLACES if not each.awaits_own], TEST, ON_OWN)
)
def test_the_display_name_from_sending_and_receiving_ask_for_nothing(
    name: str, facts: TargetFacts
) -> None:
    assert states(edit(facts, OWN, **{name: LEAVING[name]})) == {}


def test_a_new_from_of_a_live_account_asks_for_its_password_alone() -> None:
    texts = {"from": "it@corp.example", "password": "new"}
    replaced = edit(ON_OWN, OWN, **texts)
    assert replaced.review.plan.activation
    assert set(states(replaced)) == {Condition.PASSWORD_KNOWN}
    assert set(states(edit(ON_OWN, OWN, **texts, port="465"))) == set(Condition)
    assert set(states(edit(FOR_OWN, OWN, **texts))) == set(Condition)


def test_having_an_own_account_send_asks_even_where_nothing_in_it_is_changed() -> None:
    left = Situation(FOR_LEFT, OWN, rows=make_rows(FOR_LEFT))
    assert left.review.plan.changes == ()
    assert set(states(left)) == set(Condition)
    assert states(load(FOR_OWN)) == {}
    assert states(edit(FOR_OWN, display_name="x")) == {}


def test_going_back_to_the_providers_account_asks_for_nothing() -> None:
    assert load(FOR_PROVIDERS).review.plan.activation
    assert states(load(FOR_PROVIDERS, **OWN)) == {}


def test_what_was_attested_for_an_own_server_holds_for_the_account_that_is_made() -> None:
    situation = edit(FOR_TEST_OWN, server=MAIL, user=USER, password="new")
    assert find_open(situation) == set(Condition)
    assert find_open(situation, *map(attest, Condition)) == set()


@pytest.mark.parametrize("facts", with_grid(INSTANCES, ON_OWN, TEST_LEGACY))
def test_sending_that_is_on_shows_that_it_was_checked(facts: TargetFacts) -> None:
    base: dict[str, Value] = {**OWN, "sending_enabled": True}
    (sending,) = (
        each
        for each in edit(facts, base, port="587").review.preconditions
        if each.condition is Condition.SENDING_CHECKED
    )
    assert (sending.state, sending.evidence) == (PreconditionState.VERIFIED, "it is on")
    for other in (False, ""):
        assert Condition.SENDING_CHECKED in find_open(
            edit(facts, {**OWN, "sending_enabled": other}, port="587")
        )


def test_a_password_that_an_instance_never_tells_is_attested() -> None:
    base: dict[str, Value] = {**OWN, "authenticate": True, "password": SecretState.UNKNOWN}
    assert Condition.PASSWORD_KNOWN in find_open(edit(ON_OWN, base, port="587"))
    assert Condition.PASSWORD_KNOWN in find_open(edit(ON_OWN, base, password="new"))


def test_clearing_a_secret_is_a_change_of_it() -> None:
    assert states(edit(TEST_LEGACY, OWN, password=""))


def test_no_change_asks_for_nothing() -> None:
    assert states(edit(TEST_LEGACY, OWN)) == {}
    assert states(edit(TEST_LEGACY, OWN, server=MAIL)) == {}


def test_turning_outgoing_mail_off_asks_for_nothing() -> None:
    assert states(edit(TEST_LEGACY, OWN, server="")) == {}


def test_the_conditions_are_open_until_somebody_settles_them() -> None:
    assert find_open(edit(TEST_LEGACY, OWN, authenticate="yes")) == set(Condition)


def test_an_attested_condition_says_by_whom_and_when() -> None:
    attested = make_review(
        edit(TEST_LEGACY, OWN, security="starttls"), attest(Condition.OWN_SERVER)
    ).preconditions
    (own,) = (each for each in attested if each.condition is Condition.OWN_SERVER)
    assert own.state is PreconditionState.ATTESTED
    assert own.evidence == "ada, 2026-01-02 03:04"


def test_each_condition_is_attested_by_itself() -> None:
    situation = edit(TEST_LEGACY, OWN, security="starttls")
    assert find_open(situation, attest(Condition.REACHABLE)) == set(Condition) - {
        Condition.REACHABLE
    }
    assert find_open(situation, *map(attest, Condition)) == set()


def test_once_attested_holds_for_every_change_of_that_server_port_and_user() -> None:
    words = [attest(each) for each in Condition]
    for name in TOUCHING.keys() - {"server", "port", "user"}:
        assert find_open(edit(TEST_LEGACY, OWN, **{name: TOUCHING[name]}), *words) == set()


@pytest.mark.parametrize(
    "texts",
    [{"server": "b.example"}, {"port": "465"}, {"user": "b@corp.example"}, {"user": ""}],
)
def test_another_server_port_or_user_is_attested_again(texts: dict[str, str]) -> None:
    words = [attest(each) for each in Condition]
    assert find_open(edit(TEST_LEGACY, OWN, **texts), *words) >= {
        Condition.OWN_SERVER,
        Condition.REACHABLE,
        Condition.EXPECTED,
    }


def test_an_attestation_is_for_the_server_that_is_wanted() -> None:
    words = [attest(each, "b.example") for each in Condition]
    assert find_open(edit(TEST_LEGACY, OWN, server="b.example"), *words) == set()


def test_the_letters_of_a_server_and_a_user_do_not_matter() -> None:
    words = [attest(each, MAIL.upper(), USER.upper()) for each in Condition]
    assert find_open(edit(TEST_LEGACY, OWN, security="starttls"), *words) == set()


def test_what_was_attested_without_a_port_is_attested_again() -> None:
    words = [attest(each, port=0) for each in Condition]
    assert Condition.REACHABLE in find_open(edit(TEST_LEGACY, OWN, security="starttls"), *words)


def test_a_password_that_is_typed_is_not_known_by_that() -> None:
    situation = edit(TEST_LEGACY, OWN, authenticate="yes", password="new")
    assert states(situation)[Condition.PASSWORD_KNOWN] is PreconditionState.OPEN


@pytest.mark.parametrize("state", list(SecretState))
def test_a_password_that_nobody_here_has_is_to_be_attested(state: SecretState) -> None:
    base: dict[str, Value] = {**OWN, "password": state, "authenticate": True}
    assert (
        states(edit(TEST_LEGACY, base, port="587"))[Condition.PASSWORD_KNOWN]
        is PreconditionState.OPEN
    )


def test_without_signing_in_there_is_no_password_to_know() -> None:
    situation = edit(TEST_LEGACY, {"server": MAIL, "authenticate": False}, port="587")
    assert states(situation)[Condition.PASSWORD_KNOWN] is PreconditionState.VERIFIED
    unread = edit(TEST_LEGACY, {"server": MAIL}, port="587")
    assert states(unread)[Condition.PASSWORD_KNOWN] is PreconditionState.OPEN


def test_sending_that_was_read_as_on_from_an_instance_is_verified() -> None:
    base: dict[str, Value] = {**OWN, "sending_enabled": True}
    looked = states(edit(TEST_ACCOUNT, base, port="587"))
    assert looked[Condition.SENDING_CHECKED] is PreconditionState.VERIFIED


@pytest.mark.parametrize("facts", [UNNAMED, PRODUCTION, TEST])
@pytest.mark.parametrize("name", TOUCHING)
def test_a_local_file_reminds_and_asks_for_nothing(facts: TargetFacts, name: str) -> None:
    base: dict[str, Value] = {**OWN, "password": SecretState.KEPT, "sending_enabled": True}
    for attestations in ([], [attest(each) for each in Condition]):
        looked = make_review(edit(facts, base, **{name: TOUCHING[name]}), *attestations)
        assert [each.condition for each in looked.preconditions] == list(Condition)
        for each in looked.preconditions:
            assert (each.state, each.evidence) == (PreconditionState.REMINDER, "")
        assert looked.open_preconditions == ()


@given(situations())
@deterministic
def test_an_instance_only_ever_asks_and_a_file_only_ever_reminds(situation: Situation) -> None:
    reminds = [each is PreconditionState.REMINDER for each in states(situation).values()]
    assert reminds == [situation.facts.is_file] * len(reminds)


@pytest.mark.parametrize("name", ["password", "pop3_password"])
def test_a_typed_secret_asks_for_them_without_a_server_too(name: str) -> None:
    assert find_open(edit(TEST_LEGACY, {"user": USER}, **{name: "new"}))
    assert not find_open(edit(TEST_LEGACY, {name: SecretState.NOT_KEPT}, **{name: ""}))


@pytest.mark.parametrize("value", ["", False])
def test_sending_that_is_off_or_not_known_is_to_be_checked(value: Value) -> None:
    base: dict[str, Value] = {**OWN, "sending_enabled": value}
    assert Condition.SENDING_CHECKED in find_open(edit(TEST_LEGACY, base, port="587"))


def test_sending_that_this_draft_turns_on_has_not_been_checked_before() -> None:
    situation = edit(TEST_LEGACY, OWN, sending_enabled="yes", port="587")
    assert Condition.SENDING_CHECKED in find_open(situation)


def test_what_is_verified_needs_nobodys_word() -> None:
    situation = edit(TEST_LEGACY, {"server": MAIL, "authenticate": False}, port="587")
    assert (
        states(situation, *map(attest, Condition))[Condition.PASSWORD_KNOWN]
        is PreconditionState.VERIFIED
    )


def test_every_condition_has_a_statement_of_its_own() -> None:
    assert len({each.statement for each in Condition}) == len(Condition)
    assert all(each.statement.endswith(".") for each in Condition)


def test_the_warning_says_to_avoid_it_and_names_the_conditions() -> None:
    assert WARNING.startswith("Avoid modifying provisioned settings.")
    for words in ("your own", "know its password", "can reach it", "administrators"):
        assert words in WARNING


def test_an_attestation_holds_no_secret() -> None:
    fields = {"condition", "server", "port", "user", "who", "when"}
    assert set(Attestation.__dataclass_fields__) == fields
