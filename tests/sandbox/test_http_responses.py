"""Errors and pages in the platform's words."""

import time

import httpx2

from tests.sandbox.factories import (
    PROPERTIES,
    read_error,
)
from tests.sandbox.sandbox import Sandbox


def test_a_rate_limit_says_when_but_not_how_many_remain(
    sandbox: Sandbox, admin: httpx2.Client
) -> None:
    sandbox.switches.rate_limited = True
    answer = admin.get(PROPERTIES)
    assert read_error(answer)[:2] == (429, "Rate limit exceeded")
    assert int(answer.headers["Retry-After"]) == 60
    assert 0 < int(answer.headers["X-RateLimit-Reset"]) - time.time() <= 61
    assert {"X-RateLimit-Limit", "X-RateLimit-Rule"} <= {
        name.title().replace("Ratelimit", "RateLimit") for name in answer.headers
    }
    assert "X-RateLimit-Remaining" not in answer.headers


def test_an_error_can_come_with_200(sandbox: Sandbox, admin: httpx2.Client) -> None:
    sandbox.switches.error_on_200 = True
    status, message, _ = read_error(admin.get(PROPERTIES))
    assert status == 200
    assert "Transaction cancelled" in message
