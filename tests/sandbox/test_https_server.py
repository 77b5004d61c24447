"""The server stops at once."""

import threading
import time

import httpx2
import pytest

from tests.sandbox.factories import (
    PROPERTIES,
    sign_in,
)
from tests.sandbox.sandbox import Sandbox


@pytest.mark.parametrize("mode", [{"never_answers": True}, {"slow_seconds": 600}])
def test_it_stops_at_once_whatever_hangs(mode: dict[str, object]) -> None:
    sandbox = Sandbox()
    sandbox.start()
    sandbox.switches.change(mode)
    failed: list[Exception] = []

    def ask() -> None:
        try:
            with sign_in(sandbox) as patient:
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
