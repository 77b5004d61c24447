"""A house for the program on a terminal."""

from collections.abc import Iterator

import pytest

from tests.cli.house import House, open_house


@pytest.fixture
def house() -> Iterator[House]:
    with open_house() as house:
        yield house
