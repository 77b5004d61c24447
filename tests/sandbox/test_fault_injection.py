"""A planned fault hits one request: what it leaves behind and what the client sees."""

import json

import httpx2
import pytest

from tests.sandbox.factories import PROPERTIES, find_property, read_error, read_result, sign_in
from tests.sandbox.fault_injection import EFFECTIVE, EFFECTLESS, Fault, RecordedRequest
from tests.sandbox.sandbox import Sandbox

CUT = (httpx2.RemoteProtocolError, httpx2.ReadError)


def is_write(recorded: RecordedRequest) -> bool:
    return recorded.method == "PATCH"


def is_json(text: str | bytes) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def write_once(sandbox: Sandbox) -> httpx2.Response | Exception:
    """What a client sees of one write."""
    where = f"{PROPERTIES}/{find_property(sandbox, 'instance_name')['sys_id']}"
    with sign_in(sandbox) as client:
        client.timeout = httpx2.Timeout(0.3)
        try:
            return client.patch(where, json={"value": "moved"})
        except httpx2.TransportError as error:
            return error


def assert_looks_like(kind: str, seen: httpx2.Response) -> None:
    match kind:
        case "refuse_403":
            assert read_error(seen) == (
                403,
                "Operation Failed",
                "ACL Exception Update Failed due to security constraints",
            )
        case "status_429":
            assert read_error(seen)[:2] == (429, "Rate limit exceeded")
            assert "Retry-After" in seen.headers
        case "status_500" | "status_500_after":
            assert read_error(seen)[0] == 500
        case "garbage" | "garbage_after":
            assert seen.status_code == 200
            assert seen.headers["Content-Type"] == "application/json"
            assert not is_json(seen.content)
        case "hibernating":
            assert seen.status_code == 200
            assert "Your instance is hibernating" in seen.text
        case "login_redirect":
            assert (seen.status_code, seen.headers["Location"]) == (302, "/login.do")
        case "error_on_200":
            assert read_error(seen)[0] == 200
        case _:
            pytest.fail(f"nothing is said of {kind}")


# A client that reads to the end never ends where an answer does not: that has its own test.
@pytest.mark.parametrize("kind", sorted({*EFFECTLESS, *EFFECTIVE} - {"endless"}))
def test_a_fault_has_an_effect_or_none_and_hits_once(sandbox: Sandbox, kind: str) -> None:
    sandbox.faults.add(Fault(kind, when=is_write))
    seen = write_once(sandbox)
    assert find_property(sandbox, "instance_name")["value"] == (
        "moved" if kind in EFFECTIVE else "sandbox"
    )
    assert sandbox.recorded[-1].status == (
        seen.status_code
        if isinstance(seen, httpx2.Response)
        else 200
        if kind == "truncated_after"
        else 0
    )
    match kind:
        case "drop_before" | "drop_after" | "truncated_after":
            assert isinstance(seen, CUT)
        case "never" | "never_after":
            assert isinstance(seen, httpx2.ReadTimeout)
        case _:
            assert isinstance(seen, httpx2.Response)
            assert_looks_like(kind, seen)
    assert sandbox.faults.left == 0
    again = write_once(sandbox)
    assert isinstance(again, httpx2.Response)
    assert read_result(again)["value"] == "moved"


def test_what_is_truncated_began_well(sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault("truncated_after"))
    pieces: list[bytes] = []
    with sign_in(sandbox) as client, client.stream("GET", PROPERTIES) as answer:
        assert answer.status_code == 200
        with pytest.raises(CUT):
            pieces.extend(answer.iter_bytes())
    got = b"".join(pieces)
    assert got.startswith(b'{"result":[')
    assert len(got) == int(answer.headers["Content-Length"]) // 2
    assert not is_json(got)


def test_an_endless_answer_goes_on_until_the_client_leaves(sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault("endless"))
    got = 0
    with sign_in(sandbox) as client, client.stream("GET", PROPERTIES) as answer:
        assert answer.headers["Content-Type"] == "application/json"
        for piece in answer.iter_bytes():
            got += len(piece)
            if got > 100_000:
                break
    assert got > 100_000


def test_only_the_requests_that_are_meant_are_hit(sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault("status_500", when=is_write, times=2))
    sandbox.faults.add(Fault("status_429", when=lambda recorded: b"moved" in recorded.body))
    with sign_in(sandbox) as client:
        assert client.get(PROPERTIES).status_code == 200
    seen = [write_once(sandbox) for _ in range(4)]
    statuses = [one.status_code for one in seen if isinstance(one, httpx2.Response)]
    assert statuses == [500, 500, 429, 200]


def test_faults_can_be_forgotten(sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault("never"))
    sandbox.faults.clear()
    assert isinstance(write_once(sandbox), httpx2.Response)


def test_a_fault_that_is_none_is_not_taken() -> None:
    with pytest.raises(ValueError, match="dorp"):
        Fault("dorp")


def test_requests_are_recorded_as_they_came(sandbox: Sandbox, admin: httpx2.Client) -> None:
    admin.get(PROPERTIES, params={"sysparm_query": "name=a b^ORDERBYname", "sysparm_view": ""})
    admin.post(PROPERTIES, content=b"{", headers={"Content-Type": "application/json"})
    first, second = sandbox.recorded
    assert (first.number, first.method, first.path) == (1, "GET", PROPERTIES)
    assert first.query == {"sysparm_query": "name=a b^ORDERBYname", "sysparm_view": ""}
    assert (first.user, first.status) == ("admin", 200)
    assert (second.number, second.method, second.body, second.status) == (2, "POST", b"{", 400)
    assert second.headers["content-type"] == "application/json"
