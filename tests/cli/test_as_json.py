"""JSON has no secret in it, and null for what is not known."""

import json
from dataclasses import replace

import pytest

from tests.app.factories import make_instance_session, make_session
from tests.settings.factories import MAIL, OWN, SENDS, TEST, UNNAMED, USER, broken_finding, edit
from tui.cli import as_json
from tui.settings.delivery.account import AccountChoice
from tui.settings.delivery.activation import Activation
from tui.settings.delivery.status import DeliveryStatus, Model, Queue
from tui.settings.draft import Draft
from tui.settings.findings import Finding, Fix, Severity
from tui.settings.import_document import SkippedValue
from tui.settings.incoming import DerivedValue
from tui.settings.plan import Change
from tui.settings.preconditions import Condition, Precondition, PreconditionState
from tui.settings.review import review
from tui.settings.snapshot import Snapshot, Stamp
from tui.settings.values import SecretState, Security

UNKNOWN_DELIVERY = DeliveryStatus(
    name="",
    release="",
    model=Model.UNDETERMINED,
    why="It says nothing.",
    sender=None,
    sending=None,
    recipients=None,
    queue=Queue(),
    sent_from="",
    receiving=None,
    readers=(),
    changed=None,
    unread=("email accounts",),
)


def test_a_secret_has_a_state_and_never_a_value() -> None:
    looked = edit(password="hunter2").review
    shown = as_json.properties(looked, {"password": "--secrets-stdin"})
    assert shown["password"] == {"state": "new", "source": "--secrets-stdin"}
    assert shown["pop3_password"] == {"state": "unset", "source": "not set"}
    assert "hunter2" not in json.dumps([shown, as_json.plan(make_session(), looked, ())])


def test_a_value_that_does_not_parse_is_null_with_its_text_and_no_password_in_it() -> None:
    shown = as_json.properties(edit(server="smtp://me:hunter2@mail.corp.example").review, {})
    assert shown["server"]["value"] is None
    assert shown["server"]["text"] == "smtp://…@mail.corp.example"
    broken = Snapshot({"port": "25 "}, broken={"port": broken_finding("port")})
    shown = as_json.properties(review(Draft(broken), UNNAMED, "corp"), {})
    assert (shown["port"]["value"], shown["port"]["text"]) == (None, "25 ")


def test_values_have_the_types_of_json() -> None:
    looked = edit(port="587", security="starttls", test_recipients=USER).review
    shown = json.loads(json.dumps(as_json.properties(looked, {})))
    values = {name: shown[name]["value"] for name in ("port", "security", "test_recipients")}
    assert values == {"port": 587, "security": "starttls", "test_recipients": [USER]}
    assert shown["sending_enabled"] == {"value": None, "source": "not set"}


def test_a_derived_setting_says_what_it_comes_from() -> None:
    derived = as_json.derived(edit(server=MAIL, password="x").review)["pop3"]
    assert derived["server"] == {"value": MAIL, "from": "same as outgoing"}
    assert derived["password"]["state"] == "new"
    assert "value" not in derived["password"]
    unset = as_json.derived_setting(DerivedValue(None, "default", ""))
    assert unset == {"value": None, "from": "default"}


def test_a_finding_has_a_fix_only_if_there_is_one() -> None:
    found = Finding("security", Severity.WARNING, "a.b", "No.")
    plain = {"property": "security", "severity": "warning", "code": "a.b", "message": "No."}
    assert as_json.finding(found) == plain
    fix = Fix("use it", {"security": Security.STARTTLS})
    fixed = as_json.finding(replace(found, fix=fix))
    assert fixed == {**plain, "fix": {"label": "use it", "set": {"security": "starttls"}}}


def test_a_change_has_no_password_in_it() -> None:
    secret = as_json.change(Change("password", SecretState.KEPT, SecretState.CLEARED))
    assert secret == {"property": "password", "effect": "cleared"}
    change = as_json.change(Change("server", "smtp://me:hunter2@a.example", ""))
    assert change == {"property": "server", "before": "smtp://…@a.example", "after": None}


def test_a_precondition_has_its_evidence() -> None:
    condition = Precondition(Condition.REACHABLE, PreconditionState.ATTESTED, "by me")
    assert as_json.precondition(condition) == {
        "name": "reachable",
        "statement": "The instance can reach it over TCP/IP.",
        "state": "attested",
        "evidence": "by me",
    }


def test_a_plan_has_an_activation_only_if_another_account_is_to_send() -> None:
    looked = edit(TEST, SENDS, port="587").review
    skipped = (SkippedValue("user", "it is bound to its environment"),)
    written = as_json.plan(make_session(), looked, skipped)
    assert "activation" not in written
    assert [each["property"] for each in written["changes"]] == ["port"]
    assert written["held_back"] == [
        {"property": "user", "reason": "it is bound to its environment"}
    ]
    switched = replace(looked, plan=replace(looked.plan, activation=Activation("Own SMTP", "")))
    written = as_json.plan(make_session(), switched, ())
    assert written["activation"] == {"account": "Own SMTP", "instead_of": None}


@pytest.mark.parametrize("choice", AccountChoice)
def test_only_an_instance_has_a_model_and_an_account(choice: AccountChoice) -> None:
    about = as_json.header(make_session())
    assert about == {
        "profile": "default",
        "target": "/etc/default.toml",
        "environment": "non-production",
    }
    about = as_json.header(make_instance_session(choice=choice))
    assert (about["model"], about["account"]) == ("email account", choice.value)


def test_what_an_instance_did_not_tell_is_null() -> None:
    shown = as_json.delivery_status(UNKNOWN_DELIVERY)
    unknown = {
        *("instance_name", "release", "sender", "sending_enabled", "test_recipients", "from"),
        *("replies_are_read", "receiving", "changed"),
    }
    assert {name for name, value in shown.items() if value is None} == unknown
    assert shown["queue"] == {"waiting": None, "oldest": None, "young_enough": None, "hours": 24}
    assert (shown["readers"], shown["unread"]) == ([], ["email accounts"])


def test_no_test_recipients_are_not_unknown_ones() -> None:
    told = replace(UNKNOWN_DELIVERY, recipients=(), sender=OWN, changed=Stamp("3", "now", "admin"))
    shown = as_json.delivery_status(told)
    assert shown["test_recipients"] == []
    assert shown["changed"] == {"when": "now", "by": "admin"}
    assert shown["sender"] == {
        "name": OWN.name,
        "type": "smtp",
        "active": True,
        "managed": False,
        "server": OWN.server,
        "port": OWN.port,
        "user": OWN.user,
    }
