"""Switches of a command line."""

import pytest

from tui.sandbox.platform_switches import PlatformSwitches
from tui.sandbox.sandbox_state import Switches
from tui.sandbox.switch_options import parse_switches


def test_without_options_everything_is_as_usual() -> None:
    assert parse_switches([]) == (Switches(), PlatformSwitches())


def test_each_kind_of_switch_can_be_set() -> None:
    options = [
        "open_relay=true",
        "slow_seconds=1.5",
        "legacy_password_type=string",
        "narrow_roles=true",
        "nodes=3",
        "forbidden_tables=sys_email, sys_trigger",
        "production=true",
        "sender_job=error",
    ]
    assert parse_switches(options) == (
        Switches(open_relay=True, slow_seconds=1.5, legacy_password_type="string"),
        PlatformSwitches(
            narrow_roles=True,
            nodes=3,
            forbidden_tables=frozenset({"sys_email", "sys_trigger"}),
            production="true",
            sender_job="error",
        ),
    )


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("sender=error", "There is no switch sender. Switches: .*sender_job"),
        ("", "There is no switch "),
        ("open_relay", "open_relay must be one of: true, false"),
        ("sender_job=eager", "sender_job must be one of: ready, running"),
        ("production=yes", "production must be one of: nothing, true, false"),
        ("nodes=-1", "nodes takes a number"),
        ("nodes=two", "nodes takes a number"),
        ("slow_seconds=nan", "slow_seconds takes a number"),
        ("slow_seconds=inf", "slow_seconds takes a number"),
        ("forbidden_tables=sys_emails", "forbidden_tables must be one of: sys_properties"),
    ],
)
def test_what_is_wrong_is_named(option: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_switches([option])
