"""What is read of a stand-in instance, by whom, and with how many requests."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.sandbox.fault_injection import Fault
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.situations import duplicate_property, graph_sender, own_account
from tui.credentials.secret import Secret
from tui.errors import Problem
from tui.sandbox.sandbox_state import Switches
from tui.settings.delivery.status import Model, Queue
from tui.storage.instance import SignInMethod
from tui.targets.instance.api.auth import Identity
from tui.targets.instance.api.client import URL_LIMIT, Client, Page
from tui.targets.instance.api.response_errors import InstanceProblem
from tui.targets.instance.read.current_sender import choices_from, find_sender
from tui.targets.instance.read.instance_reading import reading_from
from tui.targets.instance.read.inventory import (
    LOOK_BACK,
    Inventory,
    plain_names,
    read_inventory,
    secret_names,
)
from tui.targets.instance.read.mail_evidence import HIDDEN_MAIL

WAITS = "the queue"
HIDDEN = f"{WAITS} (hidden from this user)"
JOB = "the SMTP Sender job (missing, hidden from this user, or no answer)"
UNSEEN = (HIDDEN_MAIL, JOB, HIDDEN)
ACCOUNTS = "some email accounts (hidden from this user)"
CHOICES = "the choices of an email account (none was returned)"
LIMIT = "how long a password may be (usually 40 characters)"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox("accounts", switches=Switches(sender_seconds=0)) as sandbox:
        yield sandbox


def read(
    sandbox: Sandbox,
    user: str = "admin",
    kind: type[Client] = Client,
    tell: Callable[[str], None] = lambda _: None,
) -> Inventory:
    """What a user reads; the requests of the sign-in are forgotten."""

    async def reading() -> Inventory:
        running = sandbox.running
        identity = Identity(SignInMethod.BASIC, user, Secret(running.user(user).password))
        async with kind(running.url, identity, ca_file=running.ca_file) as client:
            await client.sign_in()
            sandbox.recorded.clear()
            return await read_inventory(client, tell, user=user)

    return asyncio.run(reading())


def requests_to(sandbox: Sandbox, table: str) -> list[Any]:
    return [each for each in sandbox.recorded if each.path.endswith(f"/{table}")]


# who sees what


def test_an_admin_sees_everything(sandbox: Sandbox) -> None:
    world = read(sandbox)
    assert world.unread == ()
    assert world.value("instance_name") == "sandbox"
    assert world.value("glide.email.server") == "mail.old.example"
    assert [row["name"] for row in world.accounts or ()] == ["ServiceNow POP3", "ServiceNow SMTP"]
    assert not world.hidden_accounts
    assert (world.queue.waiting, world.queue.fresh, world.queue.hours) == (5, 4, 24)
    assert world.secret_limit == 40
    assert choices_from(world).writes_security
    assert find_sender(world).model is Model.ACCOUNT


def test_who_administers_accounts_does_not_see_the_mail_that_waits(sandbox: Sandbox) -> None:
    world = read(sandbox, "mail.admin")
    assert world.unread == UNSEEN
    assert world.queue == Queue()
    assert not world.queue.is_empty
    assert len(world.accounts or ()) == 2
    assert world.value("glide.email.smtp.active") == "true"


def test_who_sees_no_account_does_not_know_what_sends(sandbox: Sandbox) -> None:
    world = read(sandbox, "reader")
    assert world.unread == (ACCOUNTS, *UNSEEN)
    assert (world.accounts, world.hidden_accounts) == ((), True)
    assert find_sender(world).model is Model.UNDETERMINED
    assert reading_from(world, None).snapshot.value("server") == "mail.old.example"


@pytest.mark.parametrize(
    ("user", "rest"),
    [("sender", (ACCOUNTS, *UNSEEN)), ("nobody", (ACCOUNTS, CHOICES, LIMIT, *UNSEEN))],
)
def test_who_sees_nothing_is_told_so(sandbox: Sandbox, user: str, rest: tuple[str, ...]) -> None:
    world = read(sandbox, user)
    there = {row["name"] for row in sandbox.rows("sys_properties")}
    hidden = len(there.intersection((*plain_names(), *secret_names())))
    assert world.unread == (f"{hidden} of the properties (hidden from this user)", *rest)
    assert world.properties == {}
    verdict = reading_from(world, None).status
    assert verdict
    assert verdict.unread == world.unread
    assert (verdict.sending, verdict.recipients, verdict.name) == (None, None, "")


def test_a_property_with_other_read_roles_is_missed(sandbox: Sandbox) -> None:
    (row,) = (r for r in sandbox.rows("sys_properties") if r["name"] == "glide.email.test.user")
    sandbox.change("sys_properties", row["sys_id"], read_roles="admin")
    world = read(sandbox, "mail.admin")
    assert "glide.email.test.user" not in world.properties
    assert world.unread[0] == "1 of the properties (hidden from this user)"


def test_with_all_accounts_hidden_nobody_knows_what_sends(sandbox: Sandbox) -> None:
    sandbox.switches.accounts_hidden = True
    world = read(sandbox)
    assert world.unread == (ACCOUNTS,)
    assert find_sender(world).model is Model.UNDETERMINED


# what goes over the line


def test_one_reading_takes_eleven_requests_and_changes_nothing(sandbox: Sandbox) -> None:
    before = {table: sandbox.rows(table) for table in ("sys_properties", "sys_email_account")}
    read(sandbox)
    assert [each.path.rpartition("/")[2] for each in sandbox.recorded] == [
        *("sys_properties", "sys_properties", "sys_email_account", "sys_choice"),
        *("sys_dictionary", "sys_email", "sys_email", "sys_trigger", "sys_choice"),
        *("sys_email", "sys_email"),
    ]
    assert {each.method for each in sandbox.recorded} == {"GET"}
    assert before == {table: sandbox.rows(table) for table in before}


def test_where_no_mail_waits_nobody_asks_how_old_it_is(sandbox: Sandbox) -> None:
    for row in sandbox.rows("sys_email"):
        sandbox.change("sys_email", row["sys_id"], type="sent")
    world = read(sandbox)
    assert world.queue == Queue(0, "", 0)
    assert world.queue.is_empty
    assert len(sandbox.recorded) == 10


@pytest.mark.parametrize("user", ["admin", "mail.admin", "reader"])
def test_the_value_of_a_secret_is_never_asked_for(sandbox: Sandbox, user: str) -> None:
    sandbox.switches.secrets_read = "ciphertext"
    world = read(sandbox, user)
    found = 0
    for each in requests_to(sandbox, "sys_properties"):
        names = each.query["sysparm_query"].removeprefix("nameIN").partition("^")[0].split(",")
        fields = each.query["sysparm_fields"].split(",")
        secret = set(names).intersection(secret_names())
        found += len(secret)
        assert ("value" in fields) is not bool(secret)
    assert found == len(secret_names()) == 2
    assert "value" not in world.properties["glide.email.user_password"]
    for each in requests_to(sandbox, "sys_email_account"):
        assert "password" not in each.query["sysparm_fields"].split(",")
    assert not any(
        "display" in n and v != "false" for e in sandbox.recorded for n, v in e.query.items()
    )


def test_every_address_is_short_enough_for_the_longest_host(sandbox: Sandbox) -> None:
    read(sandbox)
    for each in sandbox.recorded:
        rest = len(each.path) + 1 + len(urlencode(each.query))
        assert len("https://") + 253 + rest < URL_LIMIT, each.path


def test_whoever_waits_is_told_what_is_under_way(sandbox: Sandbox) -> None:
    told: list[str] = []
    read(sandbox, tell=told.append)
    assert told == [
        "Reading properties.",
        "Reading email accounts.",
        "Looking for sent and failed mail.",
        "Counting the emails in the queue.",
    ]


# answers to something else


class Ignoring(Client):
    """Of an instance that ignores what it is asked for, and answers with every row."""

    async def list_records(
        self, table: str, query: str, fields: Sequence[str], **more: Any
    ) -> Page:
        spoilt = query.replace("nameIN", "nosuchIN") if table == "sys_properties" else query
        return await super().list_records(table, spoilt, fields, **more)


class IgnoringMail(Client):
    """Of an instance that does so with mail."""

    async def list_records(
        self, table: str, query: str, fields: Sequence[str], **more: Any
    ) -> Page:
        return await super().list_records(
            table, query.replace("typeIN", "nosuchIN"), fields, **more
        )


class IgnoringAges(Client):
    """Of an instance that does so with mail where its age is asked for."""

    async def list_records(
        self, table: str, query: str, fields: Sequence[str], **more: Any
    ) -> Page:
        spoilt = "nosuch=1" if "sys_created_on>" in query else query
        return await super().list_records(table, spoilt, fields, **more)


class IgnoringChoices(Client):
    """Of an instance that does so with choices and with its dictionary."""

    async def list_records(
        self, table: str, query: str, fields: Sequence[str], **more: Any
    ) -> Page:
        spoilt = "" if table in ("sys_choice", "sys_dictionary") else query
        return await super().list_records(table, spoilt, fields, **more)


class Older(Client):
    """Of an instance that has no email accounts."""

    async def list_records(
        self, table: str, query: str, fields: Sequence[str], **more: Any
    ) -> Page:
        there = table.replace("sys_email_account", "sys_no_such_table")
        return await super().list_records(there, query, fields, **more)


class NoTotals(Client):
    """Of an instance that does not tell how many rows match."""

    async def list_records(
        self, table: str, query: str, fields: Sequence[str], **more: Any
    ) -> Page:
        page = await super().list_records(table, query, fields, **more)
        return Page(page.records, None)


def test_an_ignored_query_is_noticed(sandbox: Sandbox) -> None:
    with pytest.raises(Problem) as raised:
        read(sandbox, kind=Ignoring)
    assert raised.value.code == "instance.query-ignored"
    assert "Nothing was read or written" in raised.value.hint


def test_an_ignored_query_is_noticed_among_thousands_of_rows_too(sandbox: Sandbox) -> None:
    for number in range(2100):
        sandbox.insert("sys_properties", name=f"glide.other.{number}", value="x")
    with pytest.raises(Problem) as raised:
        read(sandbox, kind=Ignoring)
    assert raised.value.code == "instance.query-ignored"
    assert len(sandbox.recorded) == 1


def test_mail_of_another_sort_is_not_taken_for_what_waits(sandbox: Sandbox) -> None:
    sandbox.insert("sys_email", type="received", sys_created_on="2020-01-01 00:00:00")
    world = read(sandbox, kind=IgnoringMail)
    assert world.queue == Queue()
    assert world.unread == (f"{WAITS} (the instance answered something else)",)


def test_more_young_mail_than_there_is_mail_is_no_count(sandbox: Sandbox) -> None:
    world = read(sandbox, kind=IgnoringAges)
    assert (world.queue.waiting, world.queue.fresh) == (5, None)


def test_choices_of_other_tables_are_not_taken_for_an_accounts(sandbox: Sandbox) -> None:
    more = {"element": "type", "value": "smtp", "language": "en", "label": "Other"}
    sandbox.insert("sys_choice", name="sys_email_account", **{**more, "language": "de"})
    for number in range(300):
        sandbox.insert("sys_choice", name=f"table_{number}", **more)
    world = read(sandbox, kind=IgnoringChoices)
    assert world.choices["type"]["smtp"] == "SMTP"
    assert choices_from(world).writes_security


def test_an_instance_without_accounts_goes_by_its_properties(sandbox: Sandbox) -> None:
    world = read(sandbox, kind=Older)
    assert world.accounts is None
    assert not world.hidden_accounts
    assert world.unread == ()
    assert find_sender(world).model is Model.NO_ACTIVE_ACCOUNT


def test_without_totals_accounts_may_be_hidden_and_mail_may_wait(sandbox: Sandbox) -> None:
    world = read(sandbox, kind=NoTotals)
    assert world.hidden_accounts
    assert world.queue == Queue()
    assert world.unread == (ACCOUNTS, f"{WAITS} (the instance answered something else)")
    assert find_sender(world).model is Model.ACCOUNT


@pytest.mark.parametrize(
    ("table", "unread"),
    [
        ("sys_email_account", ("email accounts",)),
        ("sys_choice", ("the choices of an email account",)),
        ("sys_dictionary", ("how long a password may be",)),
        ("sys_email", (HIDDEN_MAIL, WAITS)),
        ("sys_trigger", (JOB,)),
    ],
)
def test_a_table_that_is_refused_is_named_and_the_rest_is_read(
    sandbox: Sandbox, table: str, unread: tuple[str, ...]
) -> None:
    sandbox.faults.add(Fault("refuse_403", lambda each: each.path.endswith(f"/{table}"), 9))
    world = read(sandbox)
    assert world.unread == unread
    assert world.value("instance_name") == "sandbox"
    assert world.secret_limit == (None if table == "sys_dictionary" else 40)
    assert (world.queue == Queue()) is (table == "sys_email")
    assert world.hidden_accounts is (table == "sys_email_account")


def test_a_count_of_the_young_that_is_refused_is_not_taken_for_none(sandbox: Sandbox) -> None:
    def young(each: Any) -> bool:
        return "sys_created_on>" in each.query.get("sysparm_query", "")

    sandbox.faults.add(Fault("refuse_403", young))
    world = read(sandbox)
    assert (world.queue.waiting, world.queue.fresh) == (5, None)
    assert world.unread == ("how old it is",)
    assert not world.queue.is_empty


@pytest.mark.parametrize(
    "table", ["sys_properties", "sys_email_account", "sys_choice", "sys_dictionary", "sys_email"]
)
def test_an_instance_that_fails_is_not_read_in_part(sandbox: Sandbox, table: str) -> None:
    def there(each: Any) -> bool:
        # The first request is the sign-in's, or the first one after it.
        return bool(each.number > 1 and each.path.endswith(f"/{table}"))

    sandbox.faults.add(Fault("status_500", there, 9))
    with pytest.raises(InstanceProblem):
        read(sandbox)


@pytest.mark.parametrize("kind", ["status_500", "refuse_403"])
@pytest.mark.parametrize("table", ["sys_email", "sys_trigger"])
def test_evidence_of_mail_that_cannot_be_read_is_unknown_alone(
    sandbox: Sandbox, table: str, kind: str
) -> None:
    sandbox.faults.add(Fault(kind, lambda each: each.path.endswith(f"/{table}")))
    world = read(sandbox)
    is_mail = table == "sys_email"
    assert world.unread == ((HIDDEN_MAIL if is_mail else JOB),)
    assert (world.evidence.sent is None, world.evidence.jobs is None) == (is_mail, not is_mail)
    assert world.queue.waiting == 5


# the mail that waits


@pytest.mark.parametrize(
    ("value", "hours", "fresh"),
    [("2", 2, 3), ("48", 48, 5), ("0", 0, 0), ("", 24, 4), ("soon", 24, 4), ("-1", 24, 4)],
)
def test_the_look_back_is_the_instances(
    sandbox: Sandbox, value: str, hours: int, fresh: int
) -> None:
    sandbox.insert("sys_properties", name=LOOK_BACK, value=value)
    queue = read(sandbox).queue
    assert (queue.waiting, queue.hours, queue.fresh) == (5, hours, fresh)


def test_the_oldest_of_those_that_wait_is_said(sandbox: Sandbox) -> None:
    kinds = ("send-ready", "send-retry-backoff")
    waiting = [row for row in sandbox.rows("sys_email") if row["type"] in kinds]
    assert read(sandbox).queue.oldest == min(row["sys_created_on"] for row in waiting)


@pytest.mark.parametrize(
    ("kind", "waiting"),
    [
        ("send-ready", 6),
        ("send-retry-backoff", 6),
        ("send-retry-delayed", 6),
        ("send-translation-ready", 6),
        ("send - translation - ready", 6),
        ("send-failed", 5),
        ("sent", 5),
        ("received", 5),
    ],
)
def test_what_can_still_go_out_waits(sandbox: Sandbox, kind: str, waiting: int) -> None:
    sandbox.insert("sys_email", type=kind)
    assert read(sandbox).queue.waiting == waiting


# odd rows


def test_of_several_rows_of_one_name_the_first_is_read_and_that_is_said(sandbox: Sandbox) -> None:
    duplicate_property(sandbox, "glide.email.server", value="other.example")
    duplicate_property(sandbox, "glide.email.read.active", value="false")
    world = read(sandbox)
    assert world.value("glide.email.server") in ("mail.old.example", "other.example")
    assert world.duplicates == {"glide.email.server", "glide.email.read.active"}
    assert world.unread == (
        "which glide.email.read.active is used (there are several)",
        "which glide.email.server is used (there are several)",
    )


def test_choices_in_other_languages_do_not_hide_the_english_ones(sandbox: Sandbox) -> None:
    for value in ("unencrypted", "explicit_tls", "implicit_tls"):
        sandbox.insert(
            "sys_choice",
            name="sys_email_account",
            element="connection_security",
            value=value,
            label="Irgendwie",
            language="de",
        )
    assert choices_from(read(sandbox)).writes_security


def test_the_length_of_a_password_is_the_dictionarys(sandbox: Sandbox) -> None:
    (row,) = (
        row
        for row in sandbox.rows("sys_dictionary")
        if (row["name"], row["element"]) == ("sys_email_account", "password")
    )
    sandbox.change("sys_dictionary", row["sys_id"], max_length="255")
    assert read(sandbox).secret_limit == 255
    sandbox.change("sys_dictionary", row["sys_id"], max_length="0")
    assert read(sandbox).secret_limit is None


def test_an_instance_with_older_columns_is_read_too(sandbox: Sandbox) -> None:
    sandbox.switches.security_columns = "enable"
    own_account(sandbox, "SSL/TLS")
    world = read(sandbox)
    assert choices_from(world).legacy
    assert reading_from(world, None).snapshot.value("security") == "ssl_tls"


@pytest.mark.parametrize("security", ["None", "STARTTLS", "SSL/TLS"])
def test_an_own_account_is_read_with_its_stored_words(sandbox: Sandbox, security: str) -> None:
    own_account(sandbox, security)
    words = {"None": "none", "STARTTLS": "starttls", "SSL/TLS": "ssl_tls"}
    snapshot = reading_from(read(sandbox), None).snapshot
    assert snapshot.value("security") == words[security]
    assert snapshot.value("authenticate") is True


def test_another_sender_is_known_by_the_label_of_its_type(sandbox: Sandbox) -> None:
    graph_sender(sandbox)
    assert find_sender(read(sandbox)).model is Model.OTHER_SENDER


def test_where_no_account_sends_the_properties_are_read() -> None:
    with Sandbox("properties", switches=Switches(sender_seconds=0)) as sandbox:
        world = read(sandbox)
        assert (world.accounts, world.unread) == ((), ())
        reading = reading_from(world, None)
        assert reading.facts.model is Model.NO_ACTIVE_ACCOUNT
        assert reading.snapshot.value("server") == "127.0.0.1"
        assert reading.snapshot.value("sending_enabled") is False
        assert reading.snapshot.locked.keys() == {"from"}
