"""A stand-in of its own for each test, whose sender job runs only when it is told to."""

from collections.abc import Iterator

import httpx2
import pytest

from tests.sandbox.asking import signed_in
from tests.sandbox.sandbox import Sandbox
from tui.sandbox.switches import Switches


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """The provider's account sends."""
    with Sandbox(switches=Switches(sender_seconds=0)) as sandbox:
        yield sandbox


@pytest.fixture
def legacy() -> Iterator[Sandbox]:
    """The legacy properties are in force."""
    with Sandbox("properties", switches=Switches(sender_seconds=0)) as sandbox:
        yield sandbox


@pytest.fixture
def admin(sandbox: Sandbox) -> Iterator[httpx2.Client]:
    """Somebody who may do everything."""
    with signed_in(sandbox) as client:
        yield client
