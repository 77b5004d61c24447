"""This machine's DNS, as a test has it."""

import pytest

from tests.probes.sender.name_server import NameServer


def use_name_server(patch: pytest.MonkeyPatch, server: NameServer | None) -> None:
    """Let a name server be all that this machine asks; None leaves it without one.

    A stand-in instance then counts as a real one, whose sender is looked up.
    """
    found = (server.resolver, "") if server else (None, "no-dns")
    patch.setattr("tui.probes.sender.resolver._system_resolver", lambda: found)
    patch.setattr("tui.storage.instance.Instance.is_loopback", property(lambda _: False))
