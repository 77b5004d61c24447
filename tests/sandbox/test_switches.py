"""Which switches can be changed."""

import pytest

from tests.sandbox.factories import open_client
from tests.sandbox.sandbox import Sandbox
from tui.sandbox.switches import AT_START, Switches

SWITCHES = "/sandbox/switches"


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
    with open_client(sandbox) as anybody:
        answer = anybody.patch(SWITCHES, json=changes)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert sandbox.switches == Switches(sender_seconds=0)
