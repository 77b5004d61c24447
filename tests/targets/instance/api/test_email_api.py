"""The client of the Email API: an email is queued by one request, and odd answers are diagnosed."""

import json
from pathlib import Path

import pytest

from tests.targets.instance.api.factories import ID, ClientBench
from tests.targets.instance.api.fakes import answer, close_after, web_page
from tui.targets.instance.api.client import Client, Record

CONTENT = {"to": ["ann@corp.example"], "subject": "Test", "text": "Hello."}
QUEUED = answer({"result": {"id": ID, "links": [{"rel": "self", "href": "x"}]}})
STATE = {"id": ID, "type": "sent", "state": "processed", "error": None}
DENIED = answer({"error": {"message": "Operation Failed", "detail": None}}, 403)


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ClientBench:
    return ClientBench(tmp_path, monkeypatch)


async def send(client: Client) -> str:
    return await client.create_email(CONTENT)


async def look(client: Client) -> Record:
    return await client.read_email(ID)


def test_an_email_is_queued_by_one_request(bench: ClientBench) -> None:
    assert bench.run(send, QUEUED) == ID
    assert bench.requests == ["POST /api/now/email"]
    assert json.loads(bench.served.got[-1].body) == CONTENT


def test_its_state_is_read_by_its_id(bench: ClientBench) -> None:
    found = bench.run(look, answer({"result": STATE}))
    assert found == {"id": ID, "type": "sent", "state": "processed", "error": ""}
    assert bench.requests == [f"GET /api/now/email/{ID}"]
    assert bench.parameters() == {"sysparm_fields": "id,type,state,error"}


def test_a_refusal_leaves_no_doubt_that_nothing_was_queued(bench: ClientBench) -> None:
    problem = bench.problem(send, DENIED)
    assert (problem.code, problem.uncertain) == ("instance.forbidden", False)
    assert "the Email API: not allowed to user admin" in problem.message


@pytest.mark.parametrize(
    "odd",
    [
        answer({"result": {}}),
        answer({"result": {"id": ""}}),
        answer({"result": {"id": 7}}),
        answer({"result": {"id": "../x"}}),
        answer({"result": []}),
        web_page("<html></html>"),
        answer("", 500),
        close_after(b""),
        close_after(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"),
    ],
    ids=range(9),
)
def test_after_an_odd_answer_it_is_unknown_whether_it_was_queued(
    bench: ClientBench, odd: bytes
) -> None:
    assert bench.problem(send, odd).uncertain
    assert bench.requests == ["POST /api/now/email"]


@pytest.mark.parametrize(
    "odd",
    [
        {"id": "f" * 32, "type": "sent"},
        {"id": ID, "type": ""},
        {"id": ID},
        {"id": ID, "type": {"no": "text"}},
        [],
    ],
    ids=range(5),
)
def test_the_state_of_another_email_is_none(bench: ClientBench, odd: object) -> None:
    problem = bench.problem(look, answer({"result": odd}))
    assert (problem.code, problem.uncertain) == ("instance.shape", False)
