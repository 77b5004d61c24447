"""What a probe is to test, and how far it may go."""

import pytest

from tests.probes.factories import Case
from tui.probes.server_spec import ProbeOptions


def test_waiting_is_a_share_of_the_deadline() -> None:
    options = ProbeOptions(deadline=60)
    assert (options.connect_timeout, options.slow_after, options.tls_check) == (20, 5, 5)


@pytest.mark.parametrize("deadline", [1, 2, 3, 5, 12, 60, 600])
def test_a_silent_server_is_waited_for_first_and_time_is_left_to_try_tls(deadline: float) -> None:
    left = ProbeOptions(deadline=deadline).tls_check
    assert min(1, deadline / 3) <= left <= deadline / 3


@pytest.mark.parametrize(
    ("port", "expected"),
    [(25, False), (110, False), (465, True), (587, False), (995, True), (2525, False)],
)
def test_some_ports_are_registered_for_tls(port: int, expected: bool) -> None:
    spec, _ = Case().arguments(port)
    assert spec.is_tls_port is expected


def test_a_server_is_named_with_its_port_and_made_visible() -> None:
    spec, _ = Case(spec={"server": "mail\x1b.example"}).arguments(587)
    assert spec.place == "mail^[.example port 587"


def test_no_password_is_in_the_representation_of_a_server() -> None:
    spec, _ = Case().arguments(587)
    assert spec.password
    assert spec.password.reveal() not in repr(spec)
