"""What a probe is to test, and how far it may go."""

from tests.probes.factories import Case
from tui.probes.server_spec import ProbeOptions


def test_waiting_is_a_share_of_the_deadline() -> None:
    options = ProbeOptions(deadline=60)
    assert (options.connect_timeout, options.slow_after) == (20, 5)


def test_a_server_is_named_with_its_port_and_made_visible() -> None:
    spec, _ = Case(spec={"server": "mail\x1b.example"}).arguments(587)
    assert spec.place == "mail^[.example port 587"


def test_no_password_is_in_the_representation_of_a_server() -> None:
    spec, _ = Case().arguments(587)
    assert spec.password
    assert spec.password.reveal() not in repr(spec)
