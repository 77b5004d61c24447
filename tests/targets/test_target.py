"""What an instance is before it is connected to."""

import asyncio

import pytest

from tui.errors import Refusal
from tui.settings.plan import Plan
from tui.targets.target import UnreadTarget

TARGET = UnreadTarget("corp.service-now.com")


@pytest.mark.parametrize("method", ["read", "write"])
def test_an_instance_without_a_connection_is_neither_read_nor_written(
    method: str,
) -> None:
    with pytest.raises(Refusal) as raised:
        asyncio.run(TARGET.read() if method == "read" else TARGET.write(Plan(()), {}))
    assert raised.value.code == "target.not-read"
    assert raised.value.message == "corp.service-now.com hasn't been read yet."


def test_an_instance_without_a_connection_does_not_change() -> None:
    assert TARGET.file_version() == UnreadTarget("other.service-now.com").file_version()
