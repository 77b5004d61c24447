"""Which account sends after a save, the name of a new one, and where passwords go."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.settings.factories import (
    BY_HAND,
    FOR_LEFT,
    FOR_NAMED,
    FOR_OWN,
    FOR_PROVIDERS,
    FOR_TEST_OWN,
    GRAPH,
    HOSTS,
    INSTANCES,
    LEFT,
    MANAGED,
    ON_MANAGED,
    ON_OWN,
    ON_TEST_OWN,
    OTHER_STAMP,
    OWN,
    PLACES,
    PROVIDERS_OWN,
    READER,
    RESTING,
    STAMP,
    TEST,
    UNKNOWN,
    Situation,
    deterministic,
    edit,
    instance,
    load,
    make_rows,
    situations,
)
from tui.settings.delivery.account import Account, AccountChoice, NamedAccount, is_ours
from tui.settings.delivery.activation import (
    OUTGOING,
    Activation,
    find_redirected_secrets,
    name_new_account,
)
from tui.settings.delivery.status import Model
from tui.settings.draft import Draft, parse
from tui.settings.snapshot import Snapshot
from tui.settings.target_facts import Context, TargetFacts
from tui.settings.values import SecretState, Value

MAIL, POP, USER = "mail.corp.example", "pop.corp.example", "helpdesk@corp.example"
KEPT, NOT_KEPT = SecretState.KEPT, SecretState.NOT_KEPT


BASE: Mapping[str, Value] = {
    "server": MAIL,
    "user": USER,
    "password": SecretState.UNKNOWN,
    "port": 587,
    "test_recipients": (USER,),
}


MADE = Activation("glidemail b.example", OWN.name)


BESIDE = Activation("glidemail mail.corp.example", OWN.name)


def activation(facts: TargetFacts, /, **texts: str) -> Activation | None:
    situation = edit(facts, BASE, **texts)
    return replace(situation, rows=make_rows(facts)).review.plan.activation


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        ({"server": "b.example"}, MADE),
        ({"user": "b@corp.example"}, BESIDE),
        ({"password": "new"}, BESIDE),
        ({"password": ""}, BESIDE),
        ({"server": "b.example", "password": "new"}, MADE),
        ({"server": "b.example", "display_name": "x", "test_recipients": ""}, MADE),
        ({"port": "465"}, BESIDE),
        ({"security": "ssl_tls"}, BESIDE),
        ({"authenticate": "yes"}, BESIDE),
        ({"display_name": "x"}, None),
        ({"sending_enabled": "no", "test_recipients": ""}, None),
        ({"server": ""}, None),
        ({"server": "a b"}, None),
        ({}, None),
    ],
)
def test_in_production_an_own_account_is_replaced_and_not_edited(
    texts: dict[str, str], wanted: Activation | None
) -> None:
    assert activation(ON_OWN, **texts) == wanted
    unnamed = replace(ON_OWN, environment=None)
    assert activation(unnamed, **texts) == wanted


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        ({"server": "b.example"}, None),
        ({"user": "b@corp.example", "password": "new"}, None),
        ({"password": "new"}, None),
        ({"port": "465", "security": "ssl_tls", "authenticate": "yes"}, None),
        ({"server": "b.example", "password": "new"}, MADE),
        ({"server": "b.example", "password": ""}, MADE),
        ({"server": "", "password": "new"}, None),
    ],
)
def test_elsewhere_it_is_edited_unless_a_server_and_its_password_change_together(
    texts: dict[str, str], wanted: Activation | None
) -> None:
    assert activation(ON_TEST_OWN, **texts) == wanted


@pytest.mark.parametrize("test", [True, False])
def test_an_account_of_the_providers_is_neither_edited_nor_replaced_by_itself(test: bool) -> None:
    facts = instance(MANAGED, READER, test=test)
    assert activation(facts, server="b.example", password="new") is None


@pytest.mark.parametrize("facts", [FOR_OWN, FOR_TEST_OWN])
def test_an_own_account_is_made_in_the_providers_place(facts: TargetFacts) -> None:
    assert edit(facts, server=MAIL).review.plan.activation == Activation(
        "glidemail mail.corp.example", PROVIDERS_OWN
    )
    assert edit(facts, user=USER).review.plan.activation is None
    assert load(facts).review.plan.activation is None


def test_an_own_account_is_made_where_nothing_sends() -> None:
    nothing = instance(RESTING, choice=AccountChoice.OWN)
    assert edit(nothing, server=MAIL).review.plan.activation == Activation(
        "glidemail mail.corp.example"
    )


def test_an_own_account_that_was_left_there_is_activated_as_it_is_or_with_changes() -> None:
    wanted = Activation(LEFT.name, "", creates=False)
    assert activation(FOR_LEFT) == wanted
    assert activation(FOR_LEFT, server="b.example", password="new") == wanted
    assert activation(FOR_LEFT, display_name="x") == wanted


@pytest.mark.parametrize("facts", [ON_OWN, ON_TEST_OWN])
def test_choosing_an_own_account_where_one_sends_is_choosing_that_one(facts: TargetFacts) -> None:
    asked = replace(facts, choice=AccountChoice.OWN)
    for texts in ({}, {"server": "b.example"}, {"port": "465"}, {"password": "new"}):
        assert activation(asked, **texts) == activation(facts, **texts)


def test_the_providers_account_sends_again_without_being_changed() -> None:
    assert activation(FOR_PROVIDERS) == Activation(PROVIDERS_OWN, OWN.name, creates=False)
    nothing = instance(RESTING, LEFT, choice=AccountChoice.PROVIDERS)
    assert load(nothing).review.plan.activation == Activation(PROVIDERS_OWN, "", creates=False)


@pytest.mark.parametrize(
    "accounts",
    [
        (OWN, READER),
        (MANAGED, READER),
        (MANAGED, replace(RESTING, name="Older SMTP")),
        (OWN, replace(RESTING, type="pop3")),
    ],
)
def test_without_another_account_of_the_providers_nothing_is_activated(
    accounts: tuple[object, ...],
) -> None:
    facts = instance(*accounts, choice=AccountChoice.PROVIDERS)  # type: ignore[arg-type]
    assert load(facts).review.plan.activation is None


def test_an_account_that_was_named_is_activated_as_it_is_or_with_changes() -> None:
    wanted = Activation(BY_HAND.name, OWN.name, creates=False)
    assert activation(FOR_NAMED) == wanted
    assert activation(FOR_NAMED, server="b.example", password="new") == wanted
    nothing = replace(FOR_NAMED, accounts=(RESTING, BY_HAND))
    assert activation(nothing) == replace(wanted, instead_of="")


def test_naming_servicenows_account_is_choosing_it() -> None:
    facts = replace(FOR_NAMED, choice=NamedAccount(RESTING.name))
    assert activation(facts) == activation(FOR_PROVIDERS)
    assert (facts.awaits_servicenows, facts.awaits_own) == (True, False)
    assert facts.settings_are_servicenows


@pytest.mark.parametrize("name", ["Nothing", READER.name, OWN.name])
def test_a_name_of_no_account_that_could_start_to_send_activates_nothing(name: str) -> None:
    facts = replace(FOR_NAMED, choice=NamedAccount(name))
    assert load(facts).review.plan.activation is None
    assert not facts.awaits_own


def test_a_name_of_two_accounts_activates_neither() -> None:
    twins = replace(FOR_NAMED, accounts=(OWN, BY_HAND, replace(BY_HAND, server="b.example")))
    assert load(twins).review.plan.activation is None


def test_where_two_accounts_have_one_name_none_is_activated() -> None:
    twin = replace(RESTING, server="other.example")
    facts = instance(OWN, RESTING, twin, choice=AccountChoice.PROVIDERS)
    assert load(facts).review.plan.activation is None
    twins = instance(OWN, replace(OWN, active=False), RESTING)
    assert activation(twins, server="b.example") is None


@pytest.mark.parametrize("which", AccountChoice)
@pytest.mark.parametrize(
    "facts", [GRAPH, UNKNOWN, *(each for each in PLACES if each.derives_incoming)]
)
def test_where_no_account_decides_none_is_activated(
    facts: TargetFacts, which: AccountChoice
) -> None:
    assert activation(replace(facts, choice=which), server="b.example", password="new") is None


def test_the_versions_of_the_accounts_that_are_there_are_in_the_plan() -> None:
    made = Situation(ON_OWN, BASE, {"user": "b@corp.example"}, rows=make_rows(ON_OWN))
    assert made.review.plan.stamps == {OWN.name: STAMP}
    back = Situation(FOR_PROVIDERS, BASE, rows=make_rows(FOR_PROVIDERS))
    assert back.review.plan.stamps == {OWN.name: STAMP, PROVIDERS_OWN: STAMP}
    named = Situation(FOR_NAMED, BASE, rows=make_rows(FOR_NAMED))
    assert named.review.plan.stamps == {OWN.name: STAMP, BY_HAND.name: OTHER_STAMP}
    left = Situation(FOR_LEFT, BASE, rows=make_rows(FOR_LEFT))
    assert left.review.plan.stamps == {LEFT.name: OTHER_STAMP}
    taken = instance(MANAGED, LEFT, choice=AccountChoice.OWN)
    again = edit(taken, server=MAIL, user=USER).review.plan
    assert again.activation == Activation(LEFT.name, PROVIDERS_OWN)
    assert again.stamps == {PROVIDERS_OWN: STAMP, LEFT.name: OTHER_STAMP}


@given(situations())
@deterministic
def test_what_is_activated_does_not_send_and_what_it_replaces_does(situation: Situation) -> None:
    facts, plan = situation.facts, situation.review.plan
    if plan.activation is None:
        return
    assert facts.model is Model.ACCOUNT
    assert plan.activation.instead_of == facts.sender
    active = {each.name for each in facts.accounts if each.active}
    assert plan.activation.account not in active
    there = plan.activation.account in {each.name for each in facts.accounts}
    assert plan.activation.creates or there


@given(situations())
@deterministic
def test_in_production_no_plan_changes_an_account_that_sends_where_mail_goes(
    situation: Situation,
) -> None:
    looked = situation.review
    live = situation.facts.model is Model.ACCOUNT and bool(situation.facts.sender)
    moved = OUTGOING & {each.property for each in looked.plan.changes}
    if live and situation.facts.is_production and moved and not situation.facts.managed:
        unclear = (
            not looked.parsed.settings.server or situation.facts.choice is AccountChoice.PROVIDERS
        )
        assert looked.plan.activation or unclear


def test_every_place_of_an_instance_is_looked_at() -> None:
    assert {each.model for each in INSTANCES} == set(Model)
    assert {each.choice for each in INSTANCES} == {*AccountChoice, FOR_NAMED.choice}
    assert ON_MANAGED in INSTANCES


LONG = "smtp-relay.a-very-long-name.of-a-region.corp.example"


def make_account(name: str, **more: bool | str) -> Account:
    return replace(Account(name=name), **more)  # type: ignore[arg-type]


def hosts() -> st.SearchStrategy[str]:
    return st.sampled_from((*HOSTS, LONG, f"{LONG}.x", "x" * 63))


@st.composite
def crowds(draw: st.DrawFn) -> tuple[str, tuple[Account, ...]]:
    """A server, and accounts some of which have the names that come first for it."""
    server = draw(hosts())
    crowd: list[Account] = []
    for _ in range(draw(st.integers(0, 12))):
        name = draw(st.sampled_from((name_new_account(server, crowd), "SMTP", "glidemail x")))
        kind = draw(st.sampled_from(("smtp", "pop3")))
        crowd.append(
            make_account(name, type=kind, active=draw(st.booleans()), managed=draw(st.booleans()))
        )
    return server, tuple(crowd)


@given(crowds())
@deterministic
def test_a_planned_name_is_short_and_ours_and_that_of_no_active_account(
    crowd: tuple[str, tuple[Account, ...]],
) -> None:
    server, accounts = crowd
    name = name_new_account(server, accounts)
    assert len(name) <= 40
    assert is_ours(name)
    there = [each for each in accounts if each.name.casefold() == name.casefold()]
    assert not any(each.active or each.managed or each.type != "smtp" for each in there)


@given(crowds())
@deterministic
def test_a_planned_name_stays_the_same_until_that_account_sends(
    crowd: tuple[str, tuple[Account, ...]],
) -> None:
    server, accounts = crowd
    name = name_new_account(server, accounts)
    made = make_account(name)
    assert name_new_account(server, (*accounts, made)) == name
    assert name_new_account(server, (*accounts, replace(made, active=True))) != name


def test_a_planned_name_says_the_server() -> None:
    assert name_new_account(MAIL, ()) == "glidemail mail.corp.example"
    assert name_new_account(
        MAIL, (make_account("glidemail MAIL.corp.example", active=True),)
    ).endswith(" 2")


def test_a_long_server_is_cut_and_still_counted() -> None:
    first = name_new_account(LONG, ())
    second = name_new_account(LONG, (make_account(first, active=True),))
    assert len(first) == len(second) == 40
    assert second.endswith(" 2")


@pytest.mark.parametrize("name", ["Own SMTP", "glidemail", "Glidemail x", ""])
def test_other_accounts_are_not_taken_for_ours(name: str) -> None:
    assert not is_ours(name)


def find_redirected(base: dict[str, Value], **texts: str) -> list[tuple[str, str, str]]:
    before, after = parse(Draft(Snapshot(base))), parse(edit(TEST, base, **texts).draft)
    found = find_redirected_secrets(Context(TEST, before, after))
    return [(each.secret, each.host, each.cause) for each in found]


@pytest.mark.parametrize("state", [KEPT, SecretState.UNKNOWN])
def test_a_stored_password_travels_to_a_new_server(state: SecretState) -> None:
    base: dict[str, Value] = {"server": MAIL, "password": state}
    assert find_redirected(base, server="b.example") == [("password", "b.example", "server")]


@pytest.mark.parametrize("state", [NOT_KEPT, SecretState.UNSET, ""])
def test_a_password_that_is_not_stored_travels_nowhere(state: Value) -> None:
    assert find_redirected({"server": MAIL, "password": state}, server="b.example") == []


def test_a_password_typed_anew_goes_where_it_is_meant_to() -> None:
    assert (
        find_redirected({"server": MAIL, "password": KEPT}, server="b.example", password="new")
        == []
    )


def test_a_cleared_password_travels_nowhere() -> None:
    assert (
        find_redirected({"server": MAIL, "password": KEPT}, server="b.example", password="") == []
    )


def test_the_same_host_in_other_letters_is_no_new_one() -> None:
    assert find_redirected({"server": MAIL, "password": KEPT}, server=MAIL.upper()) == []


def test_a_blank_or_broken_server_gets_no_password() -> None:
    assert find_redirected({"server": MAIL, "password": KEPT}, server="") == []
    assert find_redirected({"server": MAIL, "password": KEPT}, server="a b") == []


def test_a_first_server_is_a_new_one() -> None:
    assert find_redirected({"password": KEPT}, server=MAIL) == [("password", MAIL, "server")]


def test_the_outgoing_password_travels_to_a_new_pop_server_too() -> None:
    base: dict[str, Value] = {"server": MAIL, "password": KEPT}
    assert find_redirected(base, pop3_server=POP) == [("password", POP, "pop3_server")]


def test_a_pop_password_travels_with_the_derived_server() -> None:
    base: dict[str, Value] = {"server": MAIL, "pop3_password": KEPT}
    assert find_redirected(base, server="b.example") == [("pop3_password", "b.example", "server")]


def test_both_passwords_travel_by_themselves() -> None:
    base: dict[str, Value] = {
        "server": MAIL,
        "password": KEPT,
        "pop3_password": SecretState.UNKNOWN,
    }
    assert find_redirected(base, server="b.example") == [
        ("password", "b.example", "server"),
        ("pop3_password", "b.example", "server"),
    ]


def test_one_password_for_one_new_host_is_said_once() -> None:
    base: dict[str, Value] = {"server": MAIL, "password": KEPT, "user": "a@corp.example"}
    assert len(find_redirected(base, server="b.example")) == 1


def test_giving_up_a_pop_server_for_the_outgoing_one_is_no_new_host_for_its_password() -> None:
    assert (
        find_redirected({"server": MAIL, "pop3_server": POP, "password": KEPT}, pop3_server="")
        == []
    )
