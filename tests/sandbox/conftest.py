"""A sandbox for each test whose sender job runs only when the test runs it."""

from collections.abc import Iterator

import httpx2
import pytest

from tests.sandbox.factories import sign_in
from tests.sandbox.sandbox import Sandbox
from tui.sandbox.sandbox_state import Switches


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox where ServiceNow's account sends."""
    with Sandbox(switches=Switches(sender_seconds=0)) as sandbox:
        yield sandbox


@pytest.fixture
def legacy() -> Iterator[Sandbox]:
    """A sandbox where the legacy properties are in force."""
    with Sandbox("properties", switches=Switches(sender_seconds=0)) as sandbox:
        yield sandbox


@pytest.fixture
def admin(sandbox: Sandbox) -> Iterator[httpx2.Client]:
    """A client who signs in as admin."""
    with sign_in(sandbox) as client:
        yield client
