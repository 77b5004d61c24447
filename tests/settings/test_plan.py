"""From a draft to what a save would do, in which order, and what has changed since then."""

import dataclasses
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from pydantic import TypeAdapter

from tests.settings.factories import (
    ACCOUNT,
    COMPLETE,
    FOR_OWN,
    FOR_PROVIDERS,
    FOR_TEST_OWN,
    FOR_TEST_PROVIDERS,
    LEGACY,
    MAIL,
    ON_OWN,
    ON_TEST_OWN,
    PLACES,
    PRODUCTION,
    TEST,
    TEST_LEGACY,
    UNNAMED,
    USER,
    Situation,
    deterministic,
    edit,
    load,
    situations,
)
from tests.settings.rules.factories import find_codes
from tui.credentials.secret import Secret
from tui.settings import plan as module
from tui.settings.delivery.account import Account
from tui.settings.delivery.activation import Activation
from tui.settings.delivery.status import DeliveryStatus, Model, Queue
from tui.settings.draft import Conflict, Draft, ParsedDraft, is_same_value
from tui.settings.effects import SideEffect
from tui.settings.plan import (
    Change,
    ChangedRecord,
    Confirmation,
    Plan,
    describe_stale,
    find_changed_records,
    find_queue_growth,
    sets_secret,
)
from tui.settings.preconditions import Attestation, Precondition
from tui.settings.review import review
from tui.settings.snapshot import PropertyRow, Snapshot, Stamp
from tui.settings.target_facts import TargetFacts
from tui.settings.values import SecretState, Value
from tui.storage.plan_file import PlanFile, to_plan_file

POP, KEPT = "pop.corp.example", SecretState.KEPT
CANARY = "c4nary-Päss"


def effects(situation: Situation) -> list[str]:
    return [each.code for each in situation.review.plan.side_effects]


KEPT = SecretState.KEPT


def names(situation: Situation) -> list[str]:
    return [each.property for each in situation.review.plan.changes]


def confirmations(situation: Situation) -> list[tuple[str, str]]:
    return [(each.code, each.word) for each in situation.review.plan.confirmations]


@pytest.mark.parametrize(
    "facts", [each for each in PLACES if not (each.awaits_servicenows or each.chosen)]
)
def test_no_change_is_an_empty_plan(facts: Any) -> None:
    base: dict[str, Value] = {"server": MAIL, "sending_enabled": True, "password": KEPT}
    for draft in (Draft(Snapshot(base)), Draft(Snapshot(base)).edit("server", MAIL)):
        assert review(draft, facts, "corp").plan == Plan(())


def test_a_change_holds_the_values_before_and_after() -> None:
    changes = edit(base={"port": 25}, port="0587", server="", user=USER).review.plan.changes
    assert set(changes) == {Change("port", 25, 587), Change("user", "", USER)}


def test_a_change_of_a_secret_holds_its_states() -> None:
    base: dict[str, Value] = {"password": KEPT, "pop3_password": KEPT}
    changes = edit(base=base, password="new", pop3_password="").review.plan.changes
    assert changes == (
        Change("password", KEPT, SecretState.NEW),
        Change("pop3_password", KEPT, SecretState.CLEARED),
    )


def test_recipients_go_first_and_sending_on_last() -> None:
    texts = {"sending_enabled": "yes", "server": MAIL, "pop3_server": POP, "test_recipients": USER}
    order = names(edit(TEST, None, password="new", **texts))
    assert order == ["test_recipients", "server", "password", "pop3_server", "sending_enabled"]


def test_sending_off_goes_first() -> None:
    base: dict[str, Value] = {"sending_enabled": True}
    situation = edit(base=base, sending_enabled="no", server=MAIL, test_recipients=USER)
    assert names(situation) == ["sending_enabled", "test_recipients", "server"]


def test_emptying_recipients_comes_after_what_sends_and_before_sending_on() -> None:
    situation = edit(
        base={"test_recipients": (USER,), "sending_enabled": False},
        test_recipients="",
        sending_enabled="yes",
        server=MAIL,
        pop3_security="ssl_tls",
    )
    assert names(situation) == ["server", "pop3_security", "test_recipients", "sending_enabled"]


@given(situations())
@deterministic
def test_the_order_never_lets_mail_out_early(situation: Situation) -> None:
    changes = situation.review.plan.changes
    order = [each.property for each in changes]
    for each in changes:
        if each.property == "sending_enabled":
            first = each.after is False
            assert order.index("sending_enabled") == (0 if first else len(order) - 1)
        if each.property == "test_recipients" and each.after:
            assert set(order[: order.index("test_recipients")]) <= {"sending_enabled"}
        if each.property == "test_recipients" and not each.after:
            assert set(order[order.index("test_recipients") + 1 :]) <= {"sending_enabled"}


def test_sending_that_becomes_blank_goes_last_as_it_may_be_on_then() -> None:
    base: dict[str, Value] = {"sending_enabled": False}
    assert names(edit(TEST_LEGACY, base, sending_enabled="", server=MAIL)) == [
        "server",
        "sending_enabled",
    ]


@given(situations())
@deterministic
def test_where_each_property_is_a_write_of_its_own_a_server_comes_after_its_password(
    situation: Situation,
) -> None:
    if situation.facts.model is not Model.NO_ACTIVE_ACCOUNT:
        return
    order = names(situation)
    for server, password in (("server", "password"), ("pop3_server", "pop3_password")):
        if {server, password} <= set(order):
            assert order.index(password) < order.index(server)


@given(situations())
@deterministic
def test_a_plan_changes_what_the_draft_changes_and_nothing_else(situation: Situation) -> None:
    changes = situation.review.plan.changes
    assert sorted(each.property for each in changes) == sorted(situation.draft.changed_properties())
    for each in changes:
        assert not is_same_value(each.before, each.after)
        assert is_same_value(each.before, situation.draft.base.value(each.property))


def test_production_is_confirmed_by_its_name() -> None:
    assert confirmations(edit(ACCOUNT, display_name="x")) == [("confirm.production", "corp")]
    assert confirmations(edit(LEGACY, display_name="x")) == [("confirm.production", "corp")]
    assert confirmations(edit(TEST_LEGACY, port="587")) == []


def test_whoever_does_not_say_what_it_is_confirms_it_as_production() -> None:
    unnamed = replace(LEGACY, environment=None)
    (confirmation,) = edit(unnamed, port="587").review.plan.confirmations
    assert (confirmation.code, confirmation.word) == ("confirm.production", "corp")
    assert "counts as production" in confirmation.reason


@pytest.mark.parametrize("name", ["server", "pop3_server"])
def test_replacing_a_server_of_the_provider_is_confirmed(name: str) -> None:
    base: dict[str, Value] = {name: "relay.service-now.com"}
    situation = Situation(TEST_LEGACY, base, {name: MAIL})
    assert confirmations(situation) == [("confirm.provisioned", "corp")]
    assert confirmations(Situation(TEST_LEGACY, base, {"display_name": "x"})) == []


def test_having_an_own_account_send_in_the_providers_place_is_confirmed() -> None:
    test, production = (edit(each, server=MAIL, user=USER) for each in (FOR_TEST_OWN, FOR_OWN))
    assert confirmations(test) == [("confirm.provisioned", "corp")]
    assert confirmations(production) == [("confirm.production", "corp")]
    assert confirmations(load(FOR_TEST_PROVIDERS)) == []
    assert confirmations(load(FOR_PROVIDERS)) == [("confirm.production", "corp")]


def test_on_an_instance_its_host_is_typed() -> None:
    situation = edit(ON_OWN, COMPLETE, port="465")
    looked = review(situation.draft, situation.facts, "corp", (), "corp.service-now.com")
    assert [each.word for each in looked.plan.confirmations] == ["corp.service-now.com"]


def test_no_stored_password_goes_into_an_account_that_is_made() -> None:
    base: dict[str, Value] = {**COMPLETE, "password": SecretState.UNKNOWN}
    assert ("confirm.new-host", "b.example") in confirmations(
        edit(ON_TEST_OWN, base, server="b.example")
    )
    for facts in (ON_OWN, FOR_OWN):
        made = edit(facts, base, server="b.example")
        assert made.review.plan.activation
        assert confirmations(made) == [("confirm.production", "corp")]
        assert "secret.new-host" not in effects(made)


def test_sending_a_stored_password_to_a_new_host_is_confirmed_by_that_host() -> None:
    situation = edit(TEST_LEGACY, {"server": MAIL, "password": KEPT}, server="b.example")
    assert confirmations(situation) == [("confirm.new-host", "b.example")]


def test_two_passwords_for_one_host_are_confirmed_once() -> None:
    base: dict[str, Value] = {"server": MAIL, "password": KEPT, "pop3_password": KEPT}
    situation = edit(LEGACY, base, server="b.example")
    assert confirmations(situation) == [
        ("confirm.production", "corp"),
        ("confirm.new-host", "b.example"),
    ]


@pytest.mark.parametrize("facts", [UNNAMED, PRODUCTION, TEST])
def test_a_local_file_asks_for_no_word_and_says_what_would_need_one(facts: TargetFacts) -> None:
    base: dict[str, Value] = {"server": "relay.service-now.com", "password": KEPT}
    looked = edit(facts, base, server="b.example").review
    assert looked.plan.confirmations == ()
    words = {each.code: each.message for each in looked.plan.side_effects}
    assert words["secret.new-host"] == "A stored password would go to b.example."
    replaced = "This replaces relay.service-now.com, which ServiceNow set up."
    assert words["server.provisioned"] == replaced


@given(situations())
@deterministic
def test_every_change_of_a_production_instance_is_confirmed_and_none_of_a_file(
    situation: Situation,
) -> None:
    plan, facts = situation.review.plan, situation.facts
    codes = [each.code for each in plan.confirmations]
    if facts.is_file:
        assert codes == []
    else:
        assert ("confirm.production" in codes) is (bool(plan) and facts.is_production)


def test_columns_that_a_replacement_would_lack_are_confirmed() -> None:
    facts = replace(ON_OWN, lost_columns=("System Address Filter", "Region"))
    assert ("confirm.columns", "yes") in confirmations(edit(facts, COMPLETE, port="465"))
    assert edit(facts, COMPLETE, port="465").review.plan.lost_columns == facts.lost_columns
    for kept in (
        edit(facts, COMPLETE, display_name="x"),
        load(replace(FOR_PROVIDERS, lost_columns=("Region",))),
    ):
        assert "confirm.columns" not in [code for code, _ in confirmations(kept)]
        assert kept.review.plan.lost_columns == ()


def test_every_code_of_a_confirmation_has_a_test() -> None:
    tested = {"confirm.production", "confirm.provisioned", "confirm.new-host", "confirm.columns"}
    assert find_codes(module) == tested | {"confirm.reader"}  # test_account_switch


HOLDERS = [
    *(Plan, Change, SideEffect, Confirmation, PlanFile),
    *(Snapshot, ParsedDraft, Conflict, Attestation, Precondition),
    *(PropertyRow, Stamp, Queue, Account, Activation, DeliveryStatus, TargetFacts),
]


def leaves(annotation: Any, seen: set[Any]) -> Iterator[Any]:
    """The types that a value of an annotation can be made of."""
    if annotation in seen:
        return
    seen.add(annotation)
    yield annotation
    parts = list(get_args(annotation))
    if dataclasses.is_dataclass(annotation):
        parts += get_type_hints(annotation).values()
    for part in parts:
        yield from leaves(part, seen)


@pytest.mark.parametrize("holder", HOLDERS, ids=lambda holder: holder.__name__)
def test_what_is_kept_or_shown_has_no_field_for_a_secret(holder: type) -> None:
    types = set(leaves(holder, set()))
    assert len(types) > 1
    assert types.isdisjoint({Secret, object, Any})
    assert not any(isinstance(each, type) and issubclass(Secret, each) for each in types)


@pytest.mark.parametrize(
    "holder",
    [
        *(Plan, Change, SideEffect, Confirmation, PlanFile, Attestation, Precondition, Conflict),
        *(PropertyRow, Stamp, Queue, Account, Activation, DeliveryStatus, TargetFacts),
    ],
)
def test_what_is_written_has_a_schema_which_a_secret_has_not(holder: type) -> None:
    assert TypeAdapter(holder).json_schema()["type"] == "object"


def test_a_draft_has_no_schema_as_it_can_hold_a_secret() -> None:
    assert Secret in set(leaves(Draft, set()))
    with pytest.raises(TypeError, match="no schema"):
        TypeAdapter(Draft)
    with pytest.raises(TypeError, match="no schema"):
        TypeAdapter(Mapping[str, Secret])


def type_canary() -> Situation:
    base: dict[str, Value] = {"server": MAIL, "password": KEPT}
    return edit(ACCOUNT, base, server="b.example", password=CANARY, pop3_password=CANARY)


def writings() -> dict[str, str]:
    looked = type_canary().review
    file = to_plan_file(looked.plan, "corp", "/x", None)
    return {
        "repr of the plan": repr(looked.plan),
        "repr of the review": repr(looked),
        "repr of the draft": repr(looked.draft),
        "fields": str(dataclasses.asdict(looked.plan)),
        "JSON of the plan": TypeAdapter(Plan).dump_json(looked.plan).decode(),
        "JSON of the file": TypeAdapter(PlanFile).dump_json(file).decode(),
        "JSON of the fields": json.dumps(dataclasses.asdict(file), ensure_ascii=False),
    }


@pytest.mark.parametrize("form", writings())
def test_a_typed_secret_is_in_no_writing_of_its_plan(form: str) -> None:
    text = writings()[form]
    assert "password" in text
    assert CANARY not in text
    assert "c4nary" not in text


def test_the_fields_of_a_draft_with_a_secret_cannot_be_taken_out() -> None:
    with pytest.raises(TypeError, match="a Secret is not"):
        dataclasses.asdict(type_canary().draft)


def test_nothing_that_is_unspecified_is_written_because_of_a_default() -> None:
    assert load().review.plan.changes == ()
    assert edit(port="").review.plan.changes == ()
    assert [each.property for each in edit(port="25").review.plan.changes] == ["port"]


ONE, TWO = Stamp("1", "2026-01-01", "admin"), Stamp("2", "2026-01-02", "root")


def test_a_record_with_another_version_moved() -> None:
    planned = {"same": ONE, "other": ONE, "gone": ONE, "one of two": ONE}
    now = {"same": [ONE], "other": [TWO], "one of two": [TWO, ONE], "new": [TWO]}
    names = ("same", "other", "gone", "one of two", "new")
    assert list(find_changed_records(planned, now, names)) == [
        ChangedRecord("other", TWO),
        ChangedRecord("gone", None),
    ]
    assert list(find_changed_records(planned, now, ("same",))) == []


def test_a_secret_among_the_changes_is_noticed() -> None:
    port = Change("port", 25, 587)
    secret = Change("password", SecretState.UNKNOWN, SecretState.NEW)
    assert not sets_secret((port,))
    assert sets_secret((port, secret))


@pytest.mark.parametrize(
    ("planned", "now", "has_grown"),
    [
        (0, 1, True),
        (0, None, True),
        (0, 0, False),
        (5, 5000, True),
        (5, 6, True),
        (5, None, True),
        (5, 5, False),
        (5, 4, False),
        (None, None, False),
        (None, 1, True),
        (None, 0, False),
    ],
)
def test_a_queue_grew_if_more_can_go_out_or_nobody_can_tell(
    planned: int | None, now: int | None, has_grown: bool
) -> None:
    # Emails that are too old to be sent don't count.
    queue = Queue(9000, "2026-01-01", now)
    assert find_queue_growth(Queue(9000, "", planned), queue) == (queue if has_grown else None)


def test_a_plan_that_lets_nothing_out_has_no_queue_that_could_grow() -> None:
    assert find_queue_growth(None, Queue(5, "", 5)) is None
    assert find_queue_growth(Queue(5, "", 5), None) is None


@pytest.mark.parametrize(
    ("before", "after", "now"),
    [
        ("a.example", "b.example", "a.example"),
        ("a.example", "b.example", "b.example"),
        (SecretState.KEPT, SecretState.NEW, SecretState.NOT_KEPT),
        (SecretState.NOT_KEPT, SecretState.CLEARED, ""),
        ("", SecretState.NOT_KEPT, SecretState.NOT_KEPT),
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
        Change("password", SecretState.NOT_KEPT, SecretState.NEW),
        Change("port", 25, 587),
    ]
    assert describe_stale(changes, Snapshot({"port": 25})) == (
        "server was a.example and is blank; password was not kept and is blank"
    )
