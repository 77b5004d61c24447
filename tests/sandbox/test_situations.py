"""Situations that tests put a sandbox into."""

import pytest

from tests.sandbox.factories import (
    get_senders,
)
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.situations import duplicate_property, graph_sender, oauth_account


def test_other_situations_can_be_made(sandbox: Sandbox) -> None:
    graph_sender(sandbox)
    assert get_senders(sandbox) == ["Graph sender"]
    oauth_account(sandbox)
    assert get_senders(sandbox) == ["OAuth SMTP"]
    duplicate_property(sandbox, "instance_name", value="second")
    values = [
        row["value"] for row in sandbox.rows("sys_properties") if row["name"] == "instance_name"
    ]
    assert values == ["sandbox", "second"]


def test_nothing_is_delivered_by_what_does_not_run() -> None:
    sandbox = Sandbox()
    sandbox.start()
    sandbox.stop()
    with pytest.raises(RuntimeError, match="not running"):
        sandbox.deliver()
