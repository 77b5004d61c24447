"""From an inventory to settings, facts and a delivery status."""

import dataclasses

import pytest

from tests.targets.instance.read.factories import (
    BOUND,
    LEFT,
    LEGACY,
    MANAGED,
    OWN,
    PASSWORD,
    POP3,
    READER,
    RESTING,
    SECRETS,
    account,
    inventory,
    locked,
    read,
    review_of,
    row,
    with_rows,
)
from tui.settings.delivery.account import AccountChoice
from tui.settings.delivery.status import Model, Queue
from tui.settings.snapshot import Origin, Stamp
from tui.settings.values import SecretState, Security, Value
from tui.targets.instance.read.instance_reading import reading_from
from tui.targets.instance.read.inventory import Inventory
from tui.targets.instance.read.mapping import ACCOUNT_COLUMNS

# the settings


def test_of_an_own_account_everything_is_shown_and_can_be_changed() -> None:
    reading = read(inventory(OWN, READER))
    assert {name: reading.snapshot.value(name) for name in ACCOUNT_COLUMNS} == {
        "server": "mail.corp.example",
        "user": "helpdesk@corp.example",
        "from": "",
        "display_name": "IT Desk",
        "authenticate": True,
        "password": SecretState.UNKNOWN,
        "port": 587,
        "security": Security.STARTTLS,
    }
    assert {reading.snapshot.origins[name] for name in ACCOUNT_COLUMNS} == {
        Origin("Own SMTP", is_account=True)
    }
    assert locked(reading) == POP3
    stamp = Stamp("3", "2026-01-02 03:04:05", "admin")
    assert {(r.name, r.stamp) for n in ACCOUNT_COLUMNS for r in reading.snapshot.rows[n]} == {
        ("Own SMTP", stamp)
    }


def test_sending_recipients_and_receiving_are_properties_everywhere() -> None:
    for there in (
        inventory(OWN),
        inventory(MANAGED),
        inventory(),
        inventory(accounts=None),
        inventory(OWN, OWN),
    ):
        reading = read(there)
        assert reading.snapshot.value("sending_enabled") is True
        assert reading.snapshot.value("test_recipients") == ("qa@corp.example",)
        assert reading.snapshot.origins["sending_enabled"] == Origin("glide.email.smtp.active")
        assert reading.snapshot.value("receiving") is True
        assert reading.snapshot.origins["receiving"] == Origin("glide.email.read.active")
        assert locked(reading).isdisjoint({"sending_enabled", "test_recipients", "receiving"})


def test_without_an_active_account_the_properties_are_shown_and_can_be_changed() -> None:
    reading = read(inventory(RESTING))
    values = reading.snapshot.values
    assert reading.facts.model is Model.NO_ACTIVE_ACCOUNT
    assert (values["server"], values["user"], values["port"]) == (
        "mail.old.example",
        "it@old.example",
        2525,
    )
    assert reading.snapshot.origins["port"] == Origin("glide.smtp.port")
    hidden = {"pop3_server", "pop3_user", "pop3_password"}  # of the inventory's properties
    assert locked(reading) == {*hidden, "from"}
    assert "Only email accounts have a From" in reading.snapshot.locked["from"]
    for name in hidden:
        assert "it is hidden from this user" in reading.snapshot.locked[name]


def test_what_is_not_specified_is_left_alone_and_what_is_blank_is_blank() -> None:
    there = inventory(
        properties=with_rows(row("glide.email.server", ""), without=("glide.smtp.port",))
    )
    snapshot = read(there).snapshot
    assert snapshot.values["server"] == ""
    assert "port" not in snapshot.values
    assert "port" not in snapshot.origins
    assert (
        read(inventory(account(port="", email_user_label="")))
        .snapshot.values.keys()
        .isdisjoint({"port", "display_name"})
    )


@pytest.mark.parametrize("which", AccountChoice)
@pytest.mark.parametrize(
    "there", [inventory(OWN), inventory(RESTING), inventory(MANAGED), inventory(OWN, OWN)]
)
def test_of_a_secret_nothing_is_known(there: Inventory, which: AccountChoice) -> None:
    values = read(there, which).snapshot.values
    assert {values[name] for name in SECRETS & values.keys()} == {SecretState.UNKNOWN}
    assert "pop3_password" in values


def test_a_password_whose_row_was_not_returned_may_be_there() -> None:
    there = inventory(properties=with_rows(without=(PASSWORD[0],)))
    reading = read(there)
    assert reading.snapshot.value("password") is SecretState.UNKNOWN
    assert "authenticate.password" not in {each.code for each in review_of(reading).findings}


def test_a_text_that_is_no_value_is_shown_with_what_is_wrong_and_how_to_mend_it() -> None:
    reading = read(
        inventory(properties=with_rows(row("glide.email.server", "smtp://mail.corp.example:587")))
    )
    assert reading.snapshot.value("server") == "smtp://mail.corp.example:587"
    (finding,) = (each for each in review_of(reading).findings if each.code == "host.scheme")
    assert finding.fix
    assert finding.fix.set == {
        "server": "mail.corp.example",
        "port": "587",
        "security": "starttls",
    }
    broken = read(inventory(account(port="smtp")))
    assert "port.number" in {each.code for each in review_of(broken).findings}


@pytest.mark.parametrize(
    ("columns", "name", "code"),
    [
        ({"connection_security": "word"}, "security", "security.stored"),
        ({"authentication": "word"}, "authenticate", "authenticate.stored"),
    ],
)
def test_a_stored_word_that_nobody_knows_is_shown_and_not_guessed(
    columns: dict[str, str], name: str, code: str
) -> None:
    reading = read(inventory(account(**columns)))
    assert reading.snapshot.value(name) == "word"
    assert reading.snapshot.broken[name].code == code
    assert name in review_of(reading).parsed.broken
    assert review_of(reading, display_name="x").blocking == ()
    assert reading.snapshot.origins[name] == Origin("Own SMTP", is_account=True)


def test_the_rows_of_a_property_say_what_writing_them_costs() -> None:
    there = inventory(
        properties=with_rows(
            row("glide.smtp.port", "25", ignore_cache="true", is_private="false"),
            row("glide.smtp.tls", "true"),
        )
    )
    rows = read(there).snapshot.rows
    (port,) = rows["port"]
    assert (port.flushes, port.private, port.takes) == (False, False, None)
    (server,) = rows["server"]
    assert (server.flushes, server.private) == (True, True)
    assert server.stamp == Stamp("1", "2026-01-01 00:00:00", "system")
    (pop3_port,) = rows["pop3_port"]
    assert pop3_port.stamp is None
    assert pop3_port.flushes
    encryption, tls, ssl = rows["security"]
    assert encryption.takes == frozenset({"ssl_tls"})
    assert tls.takes == frozenset({"none", ""})
    assert ssl.takes == frozenset()


def test_a_plan_counts_the_rows_that_it_writes() -> None:
    there = inventory(properties=with_rows(row("glide.smtp.tls", "true")))
    effects = review_of(read(there), security="none", port="587").plan.side_effects
    (flush,) = (each.message for each in effects if each.code == "cache.flush")
    assert flush.endswith("2 properties = 2 flushes.")
    assert not [each for each in effects if each.code == "row.created"]


# the account that is chosen


def test_an_own_account_in_the_providers_place_starts_blank() -> None:
    reading = read(inventory(MANAGED, READER), AccountChoice.OWN)
    assert reading.facts.awaits_own
    assert reading.facts.managed
    assert reading.snapshot.values.keys().isdisjoint(ACCOUNT_COLUMNS)
    assert locked(reading) == POP3
    draft = review_of(reading, server="mail.corp.example", user="helpdesk@corp.example")
    assert draft.plan.activation
    assert draft.plan.activation.instead_of == "ServiceNow SMTP"


def test_an_own_account_that_was_left_there_is_shown_as_it_is() -> None:
    reading = read(inventory(RESTING, LEFT), AccountChoice.OWN)
    assert reading.snapshot.value("server") == "mail.corp.example"
    assert locked(reading) == POP3
    assert review_of(reading).plan.activation


def test_where_an_own_account_sends_choosing_one_shows_that_one() -> None:
    asked, plain = read(inventory(OWN, RESTING), AccountChoice.OWN), read(inventory(OWN, RESTING))
    assert asked.snapshot == plain.snapshot
    assert not asked.facts.awaits_own


def test_the_providers_account_is_shown_and_only_activated() -> None:
    reading = read(inventory(OWN, RESTING), AccountChoice.PROVIDERS)
    assert reading.snapshot.value("server") == "relay.service-now.com"
    assert locked(reading) == BOUND
    assert "can only be activated" in reading.snapshot.locked["server"]
    assert review_of(reading).plan.activation


def test_without_an_account_of_the_providers_nothing_is_written_to_another_one() -> None:
    reading = read(inventory(OWN, READER), AccountChoice.PROVIDERS)
    assert locked(reading) == BOUND
    assert "Reprovision Email" in reading.snapshot.locked["server"]
    assert review_of(reading, server="b.example").blocking
    assert not review_of(reading).plan


def test_a_release_without_accounts_has_no_own_one_either() -> None:
    reading = read(inventory(accounts=None), AccountChoice.OWN)
    assert reading.facts.model is Model.NO_ACTIVE_ACCOUNT
    assert not review_of(reading, server="b.example").plan.activation
    assert reading.snapshot.value("server") == "mail.old.example"


# the facts


@pytest.mark.parametrize(
    ("sent_from", "apart"),
    [
        ("", ""),
        ("helpdesk@corp.example", ""),
        ("HelpDesk@corp.example", ""),
        ("it@corp.example", "it@corp.example"),
    ],
)
def test_from_stands_apart_where_it_is_another_address_than_the_user(
    sent_from: str, apart: str
) -> None:
    reading = read(inventory(account(**{"from": sent_from})))
    assert reading.facts.sent_from == apart
    assert reading.snapshot.value("from") == apart


def test_from_that_was_not_returned_does_not_stand_apart() -> None:
    hidden = {key: text for key, text in OWN.items() if key != "from"}
    reading = read(inventory(hidden))
    assert not reading.facts.sent_from
    assert reading.snapshot.hidden == {"from"}
    assert locked(reading) == {*POP3, "from"}
    effects = review_of(reading, user="desk@corp.example").plan.side_effects
    assert "from.stays" in {each.code for each in effects}
    assert not read(
        inventory({**MANAGED, "from": "it@corp.example"}), AccountChoice.OWN
    ).facts.sent_from


def test_a_place_says_what_rules_must_know() -> None:
    there = inventory(OWN, READER, secret_limit=64)
    place = reading_from(there, None, on_loopback=True).facts
    assert (place.environment, place.on_loopback, place.secret_limit) == (None, True, 64)
    assert [each.name for each in place.accounts] == ["Own SMTP", "POP3"]
    assert (place.sender, place.managed, place.receiving) == ("Own SMTP", False, True)
    assert place.queue == there.queue


@pytest.mark.parametrize(
    ("text", "receiving"), [("true", True), ("False ", False), ("", None), ("maybe", None)]
)
def test_receiving_that_is_not_clear_is_not_known(text: str, receiving: bool | None) -> None:
    there = inventory(OWN, properties=with_rows(row("glide.email.read.active", text)))
    assert read(there).facts.receiving is receiving


# the delivery status


def status_fields(
    there: Inventory, which: AccountChoice = AccountChoice.IN_FORCE
) -> dict[str, object]:
    found = read(there, which).status
    assert found
    return {each.name: getattr(found, each.name) for each in dataclasses.fields(found)} | {
        "replies": found.replies_are_read
    }


def test_a_verdict_says_what_sends_and_how_everything_stands() -> None:
    said = status_fields(inventory(OWN, READER, RESTING, unread=("x",)))
    assert (said["name"], said["release"], said["model"]) == ("corp", "glide-x", Model.ACCOUNT)
    assert getattr(said["sender"], "name", None) == "Own SMTP"
    assert (said["sending"], said["recipients"]) == (True, ("qa@corp.example",))
    assert (said["sent_from"], said["receiving"]) == ("helpdesk@corp.example", True)
    assert said["queue"] == Queue(2, "2026-01-02 03:04:05", 1)
    assert [
        each.name for each in read(inventory(READER, OWN)).facts.accounts if each.reads_mail
    ] == ["POP3"]
    assert said["changed"] == Stamp("3", "2026-01-02 03:04:05", "admin")
    assert (said["unread"], said["replies"]) == (("x",), True)


@pytest.mark.parametrize("which", AccountChoice)
def test_a_verdict_is_of_what_sends_whatever_is_chosen(which: AccountChoice) -> None:
    for there in (inventory(MANAGED, LEFT), inventory(RESTING, LEFT), inventory(OWN, RESTING)):
        assert status_fields(there, which) == status_fields(there)


def test_from_outranks_the_user() -> None:
    said = status_fields(inventory(account(**{"from": "it@corp.example"}), READER))
    assert (said["sent_from"], said["replies"]) == ("it@corp.example", False)


def test_where_the_properties_decide_mail_comes_from_their_user() -> None:
    said = status_fields(inventory(RESTING, READER))
    assert said["sent_from"] == "it@old.example"
    assert said["sender"] is None
    assert said["replies"] is None


def test_where_the_properties_decide_the_last_change_of_any_of_them_counts() -> None:
    changed = row(
        "glide.smtp.port", "25", sys_updated_on="2026-03-01 00:00:00", sys_updated_by="eve"
    )
    stamp = status_fields(inventory(RESTING, properties=with_rows(changed)))["changed"]
    assert stamp == Stamp("1", "2026-03-01 00:00:00", "eve")
    assert status_fields(inventory(RESTING, properties={}))["changed"] is None
    assert status_fields(inventory(hidden_accounts=True))["changed"] is None


@pytest.mark.parametrize(
    ("text", "recipients"),
    [
        ("", ()),
        (" , ", ()),
        ("a@corp.example", ("a@corp.example",)),
        ("a@corp.example; b,", ("a@corp.example", "b")),
    ],
)
def test_recipients_are_said_even_where_they_are_not_well_formed(
    text: str, recipients: tuple[str, ...]
) -> None:
    there = inventory(OWN, properties=with_rows(row("glide.email.test.user", text)))
    assert status_fields(there)["recipients"] == recipients


def test_what_was_not_returned_is_not_said_to_be_off_or_empty() -> None:
    said = status_fields(inventory(OWN, properties={}))
    assert (said["sending"], said["recipients"], said["receiving"]) == (None, None, None)
    assert (said["name"], said["release"]) == ("", "")


def test_readers_that_are_hidden_may_read_the_replies() -> None:
    assert status_fields(inventory(OWN, hidden_accounts=True))["replies"] is None
    assert status_fields(inventory(OWN))["replies"] is False
    graph = account("Graph", type="g1", user_name="helpdesk@corp.example")
    assert status_fields(inventory(OWN, graph))["replies"] is True


def test_no_value_of_a_secret_is_needed() -> None:
    value: Value = "hunter2"
    there = inventory(RESTING, properties=LEGACY | dict([row(PASSWORD[0], str(value))]))
    assert "hunter2" not in repr(read(there))


def test_properties_that_have_no_effect_are_named_where_something_else_decides() -> None:
    there = inventory(OWN, properties=with_rows(row("glide.email.server", "mail.old.example")))
    left = read(there).status
    assert left is not None
    assert "glide.email.server" in left.left_over
    alone = read(
        inventory(properties=with_rows(row("glide.email.server", "mail.old.example")))
    ).status
    assert alone is not None
    assert alone.left_over == ()


def test_receiving_that_was_not_returned_is_hidden_and_never_created() -> None:
    there = inventory(OWN, properties=with_rows(without=("glide.email.read.active",)))
    reading = read(there)
    assert "receiving" in reading.snapshot.hidden
    assert "it is hidden from this user" in reading.snapshot.locked["receiving"]
    assert reading.facts.receiving is None
