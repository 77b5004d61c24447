"""One row: compared before, written once, looked at afterwards."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import pytest

from tests.sandbox.fault_injection import Fault
from tests.sandbox.situations import own_account
from tests.targets.instance.write.factories import (
    ACCOUNTS,
    HASTY,
    PATIENT,
    PROPERTIES,
    SOON,
    Desk,
    is_write,
    open_desk,
)
from tui.credentials.secret import Secret
from tui.errors import Problem, Refusal
from tui.storage.instance import SignInMethod
from tui.targets.instance.api.auth import Identity
from tui.targets.instance.api.client import Client, Page
from tui.targets.instance.api.response_errors import InstanceProblem
from tui.targets.instance.write.record_writer import (
    OutcomeUnknown,
    RecordWriter,
    RetryPolicy,
    WriteIgnored,
)

T = TypeVar("T")
LABEL, PASSWORD = "glide.email.username", "glide.email.user_password"
ID = "0123456789abcdef0123456789abcdef"
ROW = {"sys_id": ID, "name": LABEL, "sys_mod_count": "1", "value": "Desk"}
LOST = InstanceProblem("instance.timeout", "No answer.", "Try again.", uncertain=True)
DOWN = InstanceProblem("instance.unavailable", "It is down.", "Try again.")


@pytest.fixture
def desk() -> Iterator[Desk]:
    """The properties are in force; your own account is there, inactive."""
    with open_desk("properties") as desk:
        own_account(desk.sandbox, active=False)
        yield desk


def run_on(
    desk: Desk,
    act: Callable[[RecordWriter], Awaitable[T]],
    patience: RetryPolicy = HASTY,
    tell: Callable[[str], None] = lambda words: None,
) -> T:
    """What comes of something that is done to the rows of the stand-in."""
    running = desk.sandbox.running
    user = running.user("admin")

    async def done() -> T:
        identity = Identity(SignInMethod.BASIC, user.name, Secret(user.password))
        client = Client(running.url, identity, ca_file=running.ca_file, deadline=SOON)
        async with client:
            await client.sign_in()
            before = len(desk.sandbox.recorded)
            try:
                return await act(RecordWriter(client, patience, tell))
            finally:
                desk.requests = desk.sandbox.recorded[before:]

    return asyncio.run(done())


def read_record(desk: Desk, name: str, table: str = PROPERTIES) -> dict[str, str]:
    """A row as a client reads it."""
    (row,) = run_on(desk, lambda rows: rows.find(table, name=name))
    return dict(row)


class Scripted:
    """A client whose answers are given.

    Attributes:
        left: what each look gives, in order; the last one ever after.
    """

    def __init__(self, *looks: Mapping[str, str] | Problem | None, lost: Problem | None) -> None:
        self.left = list(looks)
        self.lost = lost
        self.looked = 0
        self.sent = 0

    async def list_records(self, table: str, query: str, fields: Sequence[str], **_: Any) -> Page:
        self.looked += 1
        found = self.left.pop(0) if len(self.left) > 1 else self.left[0]
        if isinstance(found, Problem):
            raise found
        return Page((found,) if found else (), None)

    async def update(self, table: str, sys_id: str, values: Mapping[str, str]) -> None:
        self.sent += 1
        if self.lost:
            raise self.lost


def put(client: Scripted, patience: RetryPolicy) -> Mapping[str, str]:
    """What comes of a write to a scripted client."""
    rows = RecordWriter(client, patience, lambda words: None)  # type: ignore[arg-type]
    return asyncio.run(rows.put(PROPERTIES, ROW, {"value": "Help Desk"}))


def test_a_row_is_compared_written_once_and_read_back(desk: Desk) -> None:
    row, told = read_record(desk, LABEL), list[str]()
    now = run_on(
        desk, lambda rows: rows.change(PROPERTIES, row, {"value": "Help Desk"}), tell=told.append
    )
    assert now["value"] == "Help Desk"
    assert [each.method for each in desk.requests] == ["GET", "PATCH", "GET"]
    assert told == [f"Writing {LABEL}."]


def test_the_row_that_comes_back_is_where_the_next_write_starts(desk: Desk) -> None:
    row = read_record(desk, "Own SMTP", ACCOUNTS)

    async def both(rows: RecordWriter) -> list[str]:
        now = await rows.change(ACCOUNTS, row, {"email_user_label": "Help Desk"})
        await rows.change_secret(ACCOUNTS, now, "password", Secret("new"))
        return rows.written

    assert run_on(desk, both) == ["Own SMTP", "Own SMTP"]
    assert desk.row(ACCOUNTS, "Own SMTP")["password"] == "new"


def test_another_row_than_was_read_is_told_column_by_column(desk: Desk) -> None:
    row = read_record(desk, "Own SMTP", ACCOUNTS)
    desk.change(ACCOUNTS, "Own SMTP", by="sam", server="", port="26")
    with pytest.raises(Refusal) as caught:
        run_on(desk, lambda rows: rows.change(ACCOUNTS, row, {"port": "27"}))
    assert "Own SMTP was changed by sam at 20" in caught.value.message
    assert "server was 127.0.0.1 and is blank" in caught.value.message
    assert f"port was {row['port']} and is 26" in caught.value.message
    assert not any(map(is_write, desk.requests))


@pytest.mark.parametrize("table", [PROPERTIES, ACCOUNTS])
def test_what_moved_unseen_is_not_made_up(desk: Desk, table: str) -> None:
    name, column = (PASSWORD, "value") if table == PROPERTIES else ("Own SMTP", "password")
    row = read_record(desk, name, table)
    desk.change(table, name, by="sam", **{column: "of-sam"})
    with pytest.raises(Refusal) as caught:
        run_on(desk, lambda rows: rows.change_secret(table, row, column, Secret("new")))
    assert caught.value.message.endswith(" UTC: it isn't known what.")
    assert desk.row(table, name)[column] == "of-sam"


def test_a_value_that_a_rule_changes_is_no_success(desk: Desk) -> None:
    row = read_record(desk, LABEL)
    patched: list[int] = []

    def after_the_write(recorded: Any) -> bool:
        patched.extend([recorded.number] if is_write(recorded) else [])
        return bool(patched) and not is_write(recorded)

    desk.act_before(after_the_write, lambda: desk.change(PROPERTIES, LABEL, value="HELP DESK"))
    with pytest.raises(WriteIgnored) as caught:
        run_on(desk, lambda rows: rows.change(PROPERTIES, row, {"value": "Help Desk"}))
    assert "reading it back shows: value is HELP DESK." in caught.value.message


def test_a_column_that_is_not_told_is_no_success() -> None:
    with open_desk(security_columns="enable") as desk:
        own_account(desk.sandbox)
        row = read_record(desk, "Own SMTP", ACCOUNTS)
        with pytest.raises(WriteIgnored) as caught:
            run_on(
                desk,
                lambda rows: rows.change(
                    ACCOUNTS,
                    row,
                    {"email_user_label": "Desk", "connection_security": "implicit_tls"},
                ),
            )
        assert "connection_security isn't known" in caught.value.message
        assert desk.row(ACCOUNTS, "Own SMTP")["email_user_label"] == "Desk"


@pytest.mark.parametrize(("sent", "stored"), [("NULL", ""), ("", "NULL")])
def test_no_choice_is_no_choice(sent: str, stored: str) -> None:
    row = {"sys_id": ID, "name": "Own SMTP", "authentication": stored}
    rows = RecordWriter(Scripted(row, lost=None), HASTY, lambda words: None)  # type: ignore[arg-type]
    asyncio.run(rows.put(ACCOUNTS, row, {"authentication": sent}))


def test_a_secret_whose_row_stays_is_no_success(desk: Desk) -> None:
    row = read_record(desk, LABEL)
    with pytest.raises(WriteIgnored) as caught:
        run_on(
            desk,
            lambda rows: rows.change_secret(PROPERTIES, row, "value", Secret("IT Service Desk")),
        )
    assert "the record was not updated" in caught.value.message
    assert "IT Service Desk" not in caught.value.message


def test_one_that_is_there_is_not_made_twice(desk: Desk) -> None:
    with pytest.raises(Refusal) as caught:
        run_on(desk, lambda rows: rows.create(PROPERTIES, {"name": LABEL, "value": "Help Desk"}))
    assert f"{LABEL} now exists" in caught.value.message
    assert not any(map(is_write, desk.requests))


@pytest.mark.parametrize("kind", ["drop_after", "status_500_after", "garbage_after"])
def test_one_that_was_made_unanswered_is_found_by_its_name(desk: Desk, kind: str) -> None:
    desk.sandbox.faults.add(Fault(kind, is_write))
    values = {"name": "glide.pop3.port", "value": "995", "type": "integer"}
    row = run_on(desk, lambda rows: rows.create(PROPERTIES, values))
    assert row["sys_id"] == desk.row(PROPERTIES, "glide.pop3.port")["sys_id"]
    assert sum(map(is_write, desk.requests)) == 1


def test_a_look_is_tried_again_while_caches_rebuild(desk: Desk) -> None:
    row, told = read_record(desk, LABEL), list[str]()

    async def slowed(rows: RecordWriter) -> Mapping[str, str]:
        desk.sandbox.faults.add(Fault("status_500", lambda each: not is_write(each), times=3))
        return await rows.change(PROPERTIES, row, {"value": "Help Desk"})

    assert run_on(desk, slowed, PATIENT, told.append)["value"] == "Help Desk"
    assert told == [
        *["No answer yet: caches may be rebuilding. Trying again."] * 3,
        f"Writing {LABEL}.",
    ]


def test_what_is_forbidden_is_not_asked_again(desk: Desk) -> None:
    row = read_record(desk, LABEL)

    async def forbidden(rows: RecordWriter) -> None:
        desk.sandbox.faults.add(Fault("refuse_403", times=9))
        await rows.check(PROPERTIES, row)

    with pytest.raises(InstanceProblem):
        run_on(desk, forbidden, PATIENT)
    assert len(desk.requests) == 1


def test_patience_that_ran_out_once_is_not_had_again() -> None:
    client = Scripted(DOWN, lost=None)
    patience = RetryPolicy(0.05, 0.01)
    rows = RecordWriter(client, patience, lambda words: None)  # type: ignore[arg-type]

    async def thrice() -> list[int]:
        looked = []
        for _ in range(3):
            with pytest.raises(InstanceProblem):
                await rows.find(PROPERTIES, name=LABEL)
            looked.append(client.looked)
        return looked

    first, second, third = asyncio.run(thrice())
    assert first > 2
    assert (second, third) == (first + 1, first + 2)


def test_a_write_that_is_late_is_waited_for() -> None:
    late = {**ROW, "value": "Help Desk", "sys_mod_count": "2"}
    client = Scripted(ROW, ROW, late, lost=LOST)
    assert put(client, RetryPolicy(1.0, 0.001)) == late
    assert (client.sent, client.looked) == (1, 3)


def test_a_write_that_never_comes_is_told_as_such() -> None:
    client = Scripted(ROW, lost=LOST)
    with pytest.raises(InstanceProblem) as caught:
        put(client, RetryPolicy(0.1, 0.001))
    assert caught.value.message == (
        "No answer. Reading it back shows that it hadn't been written: value is Desk."
    )
    assert client.sent == 1


@pytest.mark.parametrize("lost", [LOST, None])
def test_a_write_that_cannot_be_looked_at_is_not_known(lost: Problem | None) -> None:
    client = Scripted(DOWN, lost=lost)
    with pytest.raises(OutcomeUnknown) as caught:
        put(client, HASTY)
    assert ("No answer." if lost else "The instance accepted it") in caught.value.message
    assert caught.value.hint.startswith("Read it again first.")
    assert client.sent == 1


def test_a_write_that_was_certainly_refused_is_not_looked_at() -> None:
    client = Scripted(ROW, lost=InstanceProblem("instance.forbidden", "No.", "Ask."))
    with pytest.raises(InstanceProblem):
        put(client, HASTY)
    assert client.looked == 0


def test_rows_that_were_not_asked_for_are_none() -> None:
    client = Scripted({**ROW, "sys_id": "f" * 32, "name": "glide.war"}, lost=None)
    rows = RecordWriter(client, HASTY, lambda words: None)  # type: ignore[arg-type]
    assert asyncio.run(rows.find(PROPERTIES, name=LABEL)) == ()
    with pytest.raises(Refusal):
        asyncio.run(rows.check(PROPERTIES, ROW))
