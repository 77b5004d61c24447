"""What can be switched on, and what every answer is then."""

import threading
import time
from dataclasses import fields

import httpx2
import pytest

from tests.sandbox.asking import PROPERTIES, client, error, prop, result, row, signed_in
from tests.sandbox.sandbox import Sandbox
from tui.sandbox.switches import AT_START, Switches

SWITCHES = "/sandbox/switches"


def test_a_rate_limit_says_when_but_not_how_many_remain(
    sandbox: Sandbox, admin: httpx2.Client
) -> None:
    sandbox.switches.rate_limited = True
    answer = admin.get(PROPERTIES)
    assert error(answer)[:2] == (429, "Rate limit exceeded")
    assert int(answer.headers["Retry-After"]) == 60
    assert 0 < int(answer.headers["X-RateLimit-Reset"]) - time.time() <= 61
    assert {"X-RateLimit-Limit", "X-RateLimit-Rule"} <= {
        name.title().replace("Ratelimit", "RateLimit") for name in answer.headers
    }
    assert "X-RateLimit-Remaining" not in answer.headers


@pytest.mark.parametrize(
    ("mode", "status", "text"),
    [("hibernating", 200, "Your instance is hibernating"), ("broken", 500, "<html>")],
)
def test_a_mode_answers_a_page(
    sandbox: Sandbox, admin: httpx2.Client, mode: str, status: int, text: str
) -> None:
    sandbox.switches.change({mode: True})
    answer = admin.get(PROPERTIES)
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("text/html")
    assert text in answer.text


def test_an_error_can_come_with_200(sandbox: Sandbox, admin: httpx2.Client) -> None:
    sandbox.switches.error_on_200 = True
    status, message, _ = error(admin.get(PROPERTIES))
    assert status == 200
    assert "Transaction cancelled" in message


def test_everything_can_lead_to_the_sign_in_page(sandbox: Sandbox, admin: httpx2.Client) -> None:
    sandbox.switches.login_redirect = True
    answer = admin.get(PROPERTIES)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/login.do")
    sandbox.switches.login_redirect = False
    assert "Log in" in admin.get("/login.do").text


@pytest.mark.parametrize(
    "mode", ["rate_limited", "hibernating", "broken", "error_on_200", "login_redirect"]
)
def test_a_mode_leaves_everything_as_it_is(
    sandbox: Sandbox, admin: httpx2.Client, mode: str
) -> None:
    before = prop(sandbox, "instance_name")
    sandbox.switches.change({mode: True})
    admin.patch(f"{PROPERTIES}/{before['sys_id']}", json={"value": "moved"})
    assert prop(sandbox, "instance_name") == before


def test_answers_can_be_slow(sandbox: Sandbox, admin: httpx2.Client) -> None:
    sandbox.switches.slow_seconds = 0.1
    start = time.monotonic()
    assert admin.get(PROPERTIES).status_code == 200
    assert time.monotonic() - start >= 0.1


def test_readers_wait_while_caches_are_rebuilt(sandbox: Sandbox, admin: httpx2.Client) -> None:
    sandbox.switches.flush_seconds = 0.3
    where = f"{PROPERTIES}/{prop(sandbox, 'instance_name')['sys_id']}"
    start = time.monotonic()
    for value in ("one", "two"):
        assert admin.patch(where, json={"value": value}).status_code == 200
    assert time.monotonic() - start < 0.3
    assert result(admin.get(where))["value"] == "two"
    assert time.monotonic() - start >= 0.3


def test_whoever_never_answers_has_heard_the_request(sandbox: Sandbox) -> None:
    sandbox.switches.never_answers = True
    with signed_in(sandbox) as impatient:
        impatient.timeout = httpx2.Timeout(0.2)
        with pytest.raises(httpx2.ReadTimeout):
            impatient.get(PROPERTIES)
    assert [(one.path, one.status) for one in sandbox.recorded] == [(PROPERTIES, 0)]


@pytest.mark.parametrize("mode", [{"never_answers": True}, {"slow_seconds": 600}])
def test_it_stops_at_once_whatever_hangs(mode: dict[str, object]) -> None:
    sandbox = Sandbox()
    sandbox.start()
    sandbox.switches.change(mode)
    failed: list[Exception] = []

    def ask() -> None:
        try:
            with signed_in(sandbox) as patient:
                patient.timeout = httpx2.Timeout(30)
                patient.get(PROPERTIES)
        except httpx2.TransportError as error:
            failed.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    while not sandbox.recorded:
        asking.join(0.01)
    start = time.monotonic()
    sandbox.stop()
    asking.join()
    assert time.monotonic() - start < 2
    assert len(failed) == 1


def test_switches_are_read_and_changed_without_a_sign_in(sandbox: Sandbox) -> None:
    with client(sandbox) as anybody:
        assert set(anybody.get(SWITCHES).json()) == {field.name for field in fields(Switches)}
        answer = anybody.patch(SWITCHES, json={"hibernating": True, "slow_seconds": 0})
        assert answer.json()["hibernating"] is True
        assert sandbox.switches.hibernating
        assert anybody.get(SWITCHES).json() == sandbox.switches.as_json()
        assert "hibernating" in anybody.get(PROPERTIES).text
        assert anybody.delete(SWITCHES).status_code == 405
    assert [one.path for one in sandbox.recorded] == [PROPERTIES]


@pytest.mark.parametrize(
    "changes",
    [
        {"broken": True, "brokn": True},
        {"broken": True, "slow_seconds": "1"},
        {"broken": True, "slow_seconds": -1},
        {"broken": True, "slow_seconds": True},
        {"broken": True, "hibernating": 1},
        {"broken": True, "secrets_read": "clear"},
        *({"broken": True, name: True} for name in sorted(AT_START)),
        [],
        None,
    ],
)
def test_wrong_switches_change_nothing(sandbox: Sandbox, changes: object) -> None:
    with client(sandbox) as anybody:
        answer = anybody.patch(SWITCHES, json=changes)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert sandbox.switches == Switches(sender_seconds=0)


@pytest.mark.parametrize("kind", ["password2", "password", "string"])
@pytest.mark.parametrize("is_private", [True, False])
def test_legacy_secrets_are_of_the_type_that_was_chosen(kind: str, is_private: bool) -> None:
    switches = Switches(sender_seconds=0)
    switches.legacy_password_type = kind  # type: ignore[assignment]
    switches.secret_rows_private = is_private
    with Sandbox("properties", switches=switches) as sandbox:
        for name in ("glide.email.user_password", "glide.pop3.password"):
            row(
                sandbox,
                "sys_properties",
                name=name,
                type=kind,
                is_private="true" if is_private else "false",
            )
