"""From a draft to what a save would do, in which order, and what it moves."""

import ast
import dataclasses
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from pydantic import TypeAdapter

from tests.settings.making import (
    ACCOUNT,
    FOR_OWN,
    FOR_PROVIDERS,
    FOR_TEST_OWN,
    FOR_TEST_PROVIDERS,
    LEGACY,
    ON_OWN,
    ON_TEST_OWN,
    PLACES,
    PRODUCTION,
    TEST,
    TEST_LEGACY,
    UNNAMED,
    Situation,
    law,
    loaded,
    over,
    situations,
    typing,
)
from tui.credentials.secret import Secret
from tui.settings import effects as moving_effects
from tui.settings import plan as module
from tui.settings.delivery import instance_effects
from tui.settings.delivery.account import Account, AccountChoice, Activation
from tui.settings.delivery.status import DeliveryStatus
from tui.settings.draft import Draft, Parsed, PropertyRow, Snapshot, Stamp, same
from tui.settings.effects import SideEffect
from tui.settings.plan import Change, Confirmation, Plan
from tui.settings.preconditions import Attestation, Precondition
from tui.settings.rebase import Conflict
from tui.settings.review import review
from tui.settings.target_facts import Model, Queue, TargetFacts
from tui.settings.values import SecretState, Security, Value
from tui.storage.plan_file import PlanFile, to_plan_file

MAIL, POP, USER = "mail.corp.example", "pop.corp.example", "helpdesk@corp.example"
KEPT = SecretState.KEPT
CANARY = "c4nary-Päss"


def names(situation: Situation) -> list[str]:
    return [each.property for each in situation.review.plan.changes]


def effects(situation: Situation) -> list[str]:
    return [each.code for each in situation.review.plan.side_effects]


def confirmations(situation: Situation) -> list[tuple[str, str]]:
    return [(each.code, each.word) for each in situation.review.plan.confirmations]


@pytest.mark.parametrize(
    "place", [each for each in PLACES if each.which is not AccountChoice.PROVIDERS]
)
def test_no_change_is_an_empty_plan(place: Any) -> None:
    base: dict[str, Value] = {"server": MAIL, "sending_enabled": True, "password": KEPT}
    for draft in (Draft(Snapshot(base)), Draft(Snapshot(base)).edit("server", MAIL)):
        assert review(draft, place, "corp").plan == Plan(())


def test_a_change_holds_the_values_before_and_after() -> None:
    changes = typing(base={"port": 25}, port="0587", server="", user=USER).review.plan.changes
    assert set(changes) == {Change("port", 25, 587), Change("user", "", USER)}


def test_a_change_of_a_secret_holds_its_states() -> None:
    base: dict[str, Value] = {"password": KEPT, "pop3_password": KEPT}
    changes = typing(base=base, password="new", pop3_password="").review.plan.changes
    assert changes == (
        Change("password", KEPT, SecretState.NEW),
        Change("pop3_password", KEPT, SecretState.CLEARED),
    )


def test_recipients_go_first_and_sending_on_last() -> None:
    texts = {"sending_enabled": "yes", "server": MAIL, "pop3_server": POP, "test_recipients": USER}
    order = names(typing(TEST, None, password="new", **texts))
    assert order == ["test_recipients", "server", "password", "pop3_server", "sending_enabled"]


def test_sending_off_goes_first() -> None:
    base: dict[str, Value] = {"sending_enabled": True}
    situation = typing(base=base, sending_enabled="no", server=MAIL, test_recipients=USER)
    assert names(situation) == ["sending_enabled", "test_recipients", "server"]


def test_emptying_recipients_comes_after_what_sends_and_before_sending_on() -> None:
    situation = typing(
        base={"test_recipients": (USER,), "sending_enabled": False},
        test_recipients="",
        sending_enabled="yes",
        server=MAIL,
        pop3_security="ssl_tls",
    )
    assert names(situation) == ["server", "pop3_security", "test_recipients", "sending_enabled"]


@given(situations())
@law
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
    assert names(typing(TEST_LEGACY, base, sending_enabled="", server=MAIL)) == [
        "server",
        "sending_enabled",
    ]


@given(situations())
@law
def test_where_each_property_is_a_write_of_its_own_a_server_comes_after_its_password(
    situation: Situation,
) -> None:
    if situation.place.model is not Model.NO_ACTIVE_ACCOUNT:
        return
    order = names(situation)
    for server, password in (("server", "password"), ("pop3_server", "pop3_password")):
        if {server, password} <= set(order):
            assert order.index(password) < order.index(server)


@given(situations())
@law
def test_a_plan_changes_what_the_draft_changes_and_nothing_else(situation: Situation) -> None:
    changes = situation.review.plan.changes
    assert sorted(each.property for each in changes) == sorted(situation.draft.changed())
    for each in changes:
        assert not same(each.before, each.after)
        assert same(each.before, situation.draft.base.value(each.property))


BASE: dict[str, Value] = {
    "server": MAIL,
    "user": USER,
    "password": KEPT,
    "security": Security.SSL_TLS,
    "pop3_security": Security.STARTTLS,
    "sending_enabled": True,
    "test_recipients": (USER,),
}

EFFECTS: list[tuple[str, dict[str, str], dict[str, str]]] = [
    ("outbound.off", {"server": ""}, {"server": "b.example"}),
    ("pop3.server", {"server": "b.example"}, {"server": "b.example", "pop3_server": MAIL}),
    ("pop3.server", {"server": ""}, {"pop3_server": POP}),
    ("pop3.user", {"user": "b@corp.example"}, {"user": "helpdesk@b.example"}),
    ("pop3.user", {"user": "apikey"}, {"user": "apikey", "pop3_user": "helpdesk"}),
    ("pop3.password", {"password": "new"}, {"password": "new", "pop3_password": "other"}),
    ("pop3.password", {"password": ""}, {"port": "465"}),
    ("sending.off", {"sending_enabled": "no"}, {"sending_enabled": "yes"}),
    ("recipients.emptied", {"test_recipients": ""}, {"test_recipients": "b@corp.example"}),
    ("security.weaker", {"security": "none"}, {"security": "starttls"}),
    ("security.weaker", {"pop3_security": "none"}, {"pop3_security": "ssl_tls"}),
    ("security.weaker", {"security": ""}, {}),
    ("secret.new-host", {"server": "b.example"}, {"server": "b.example", "password": "new"}),
]

ROW = PropertyRow(name="glide.smtp.port", stamp=Stamp("1", "2026-01-02 03:04:05", "admin"))
PORT = typing(TEST_LEGACY, BASE, port="2525")
ON_INSTANCES: list[tuple[str, Situation, Situation]] = [
    ("account.switch", typing(ON_OWN, BASE, server="b.example"), typing(ON_OWN, BASE, port="465")),
    ("account.switch", loaded(FOR_PROVIDERS), loaded(replace(FOR_PROVIDERS, managed=True))),
    ("from.follows", typing(ON_TEST_OWN, BASE, user="b@corp.example"), typing(LEGACY, user=USER)),
    ("from.follows", typing(FOR_OWN, server=MAIL, user=USER), typing(FOR_OWN, server=MAIL)),
    (
        "from.stays",
        typing(replace(ON_OWN, sent_from="it@corp.example"), BASE, user="b@corp.example"),
        typing(ON_OWN, BASE, user="b@corp.example"),
    ),
    ("cache.flush", over(PORT, replace(ROW, flushes=True), at="port"), over(PORT, ROW, at="port")),
    ("row.created", over(PORT, replace(ROW, stamp=None), at="port"), over(PORT, ROW, at="port")),
    ("row.travels", over(PORT, replace(ROW, private=False), at="port"), over(PORT, ROW, at="port")),
    (
        "queue.release",
        typing(TEST_LEGACY, {"sending_enabled": False}, sending_enabled="yes"),
        typing(TEST_LEGACY, {"sending_enabled": False}, server=MAIL),
    ),
    ("queue.release", typing(LEGACY, server=MAIL), typing(LEGACY, display_name="x")),
    ("password.unseen", typing(LEGACY, pop3_password="new"), typing(TEST, pop3_password="new")),
    ("race", typing(ON_TEST_OWN, display_name="x"), typing(TEST, display_name="x")),
]


@pytest.mark.parametrize(("code", "moving", "still"), EFFECTS)
def test_a_side_effect_is_said_where_there_is_one(
    code: str, moving: dict[str, str], still: dict[str, str]
) -> None:
    assert code in effects(typing(TEST, BASE, **moving))
    assert code not in effects(typing(TEST, BASE, **still))


@pytest.mark.parametrize(("code", "moving", "still"), ON_INSTANCES)
def test_a_side_effect_on_an_instance_is_said_where_there_is_one(
    code: str, moving: Situation, still: Situation
) -> None:
    assert code in effects(moving)
    assert code not in effects(still)


def test_mail_that_waits_goes_out_when_sending_is_turned_on() -> None:
    base: dict[str, Value] = {"sending_enabled": False}
    assert effects(typing(base=base, sending_enabled="yes")) == ["sending.on"]
    assert effects(typing(base=base, display_name="x")) == []


def test_the_incoming_server_that_moves_along_is_named_and_its_mailbox_deleted() -> None:
    (effect,) = (
        each
        for each in typing(base=BASE, server="b.example").review.plan.side_effects
        if each.code == "pop3.server"
    )
    assert f"{MAIL} -> b.example" in effect.message
    assert "deletes" in effect.message


def message(situation: Situation, code: str) -> str:
    (found,) = (each for each in situation.review.plan.side_effects if each.code == code)
    return found.message


def test_without_an_outgoing_server_no_mailbox_is_read() -> None:
    assert "none is read" in message(typing(base=BASE, server=""), "pop3.server")


def test_a_new_password_is_the_pop_password_too_and_a_cleared_one_is_gone_there_too() -> None:
    assert "the new one" in message(typing(base=BASE, password="new"), "pop3.password")
    assert "goes with it" in message(typing(base=BASE, password=""), "pop3.password")


def test_giving_up_a_pop_server_says_which_one_is_read_instead() -> None:
    situation = typing(base={**BASE, "pop3_server": POP}, pop3_server="")
    (effect,) = situation.review.plan.side_effects
    assert f"{POP} -> {MAIL}" in effect.message


def test_an_incoming_server_of_its_own_does_not_move_along() -> None:
    situation = typing(base={**BASE, "pop3_server": POP, "pop3_user": "x"}, server="b.example")
    assert "pop3.server" not in effects(situation)


def test_production_is_confirmed_by_its_name() -> None:
    assert confirmations(typing(PRODUCTION, port="587")) == [("confirm.production", "corp")]
    assert confirmations(typing(ACCOUNT, display_name="x")) == [("confirm.production", "corp")]
    assert confirmations(typing(LEGACY, display_name="x")) == [("confirm.production", "corp")]
    assert confirmations(typing(TEST, port="587")) == []


def test_whoever_does_not_say_what_it_is_confirms_it_as_production() -> None:
    (confirmation,) = typing(UNNAMED, port="587").review.plan.confirmations
    assert (confirmation.code, confirmation.word) == ("confirm.production", "corp")
    assert "counts as production" in confirmation.reason


@pytest.mark.parametrize("name", ["server", "pop3_server"])
def test_replacing_a_server_of_the_provider_is_confirmed(name: str) -> None:
    base: dict[str, Value] = {name: "relay.service-now.com"}
    situation = Situation(TEST, base, {name: MAIL})
    assert confirmations(situation) == [("confirm.provisioned", "corp")]
    assert confirmations(Situation(TEST, base, {"display_name": "x"})) == []


def test_having_an_own_account_send_in_the_providers_place_is_confirmed() -> None:
    test, production = (typing(each, server=MAIL, user=USER) for each in (FOR_TEST_OWN, FOR_OWN))
    assert confirmations(test) == [("confirm.provisioned", "corp")]
    assert confirmations(production) == [("confirm.production", "corp")]
    assert confirmations(loaded(FOR_TEST_PROVIDERS)) == []
    assert confirmations(loaded(FOR_PROVIDERS)) == [("confirm.production", "corp")]


def test_on_an_instance_its_host_is_typed() -> None:
    situation = typing(ON_OWN, BASE, port="465")
    looked = review(situation.draft, situation.place, "corp", (), "corp.service-now.com")
    assert [each.word for each in looked.plan.confirmations] == ["corp.service-now.com"]


def test_no_stored_password_goes_into_an_account_that_is_made() -> None:
    base: dict[str, Value] = {**BASE, "password": SecretState.UNKNOWN}
    assert ("confirm.new-host", "b.example") in confirmations(
        typing(ON_TEST_OWN, base, server="b.example")
    )
    for place in (ON_OWN, FOR_OWN):
        made = typing(place, base, server="b.example")
        assert made.review.plan.activation
        assert confirmations(made) == [("confirm.production", "corp")]
        assert "secret.new-host" not in effects(made)


def test_sending_a_stored_password_to_a_new_host_is_confirmed_by_that_host() -> None:
    situation = typing(TEST, {"server": MAIL, "password": KEPT}, server="b.example")
    assert confirmations(situation) == [("confirm.new-host", "b.example")]


def test_two_passwords_for_one_host_are_confirmed_once() -> None:
    base: dict[str, Value] = {"server": MAIL, "password": KEPT, "pop3_password": KEPT}
    situation = typing(PRODUCTION, base, server="b.example")
    assert confirmations(situation) == [
        ("confirm.production", "corp"),
        ("confirm.new-host", "b.example"),
    ]


def written_codes() -> Iterator[str]:
    """The code of each side effect and confirmation that the modules of a plan make."""
    for each in (module, moving_effects, instance_effects):
        for node in ast.walk(ast.parse(Path(each.__file__ or "").read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="SideEffect" | "Confirmation"), args=[first, *_]):
                    assert isinstance(first, ast.Constant)
                    yield str(first.value)


def test_every_code_of_a_plan_has_a_test() -> None:
    written = set(written_codes())
    here = {code for code, *_ in (*EFFECTS, *ON_INSTANCES)}
    confirmed = {"confirm.production", "confirm.provisioned", "confirm.new-host"}
    assert written == here | confirmed | {"sending.on"}


# no field of these could hold a secret

HOLDERS = [
    *(Plan, Change, SideEffect, Confirmation, PlanFile),
    *(Snapshot, Parsed, Conflict, Attestation, Precondition),
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


def typed_canary() -> Situation:
    base: dict[str, Value] = {"server": MAIL, "password": KEPT}
    return typing(ACCOUNT, base, server="b.example", password=CANARY, pop3_password=CANARY)


def writings() -> dict[str, str]:
    looked = typed_canary().review
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
        dataclasses.asdict(typed_canary().draft)


BROKEN: list[tuple[dict[str, Value], dict[str, str]]] = [
    ({"server": MAIL}, {"server": "https://x.example/"}),
    ({"server": MAIL, "pop3_server": POP}, {"pop3_server": "a b"}),
    ({"user": USER}, {"user": f"{USER},{USER}"}),
    ({"security": Security.STARTTLS}, {"security": "tls"}),
    ({"pop3_security": Security.STARTTLS}, {"pop3_security": "tls"}),
    ({"test_recipients": (USER,)}, {"test_recipients": "bad"}),
]


@pytest.mark.parametrize(("base", "texts"), BROKEN)
def test_nothing_is_said_to_follow_from_a_broken_text(
    base: dict[str, Value], texts: dict[str, str]
) -> None:
    assert effects(typing(TEST, base=base, **texts)) == []


def test_a_cleared_pop3_password_follows_the_outgoing_one() -> None:
    situation = typing(base={"password": KEPT, "pop3_password": KEPT}, pop3_password="")
    (effect,) = situation.review.plan.side_effects
    assert effect == SideEffect("pop3.password", "POP3 password follows: the outgoing one.")
