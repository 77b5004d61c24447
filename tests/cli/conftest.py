"""What most tests of the command line start from."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.desk import Desk, open_desk
from tests.cli.house import House
from tests.cli.site import Site, open_site


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_site(tmp_path) as opened:
        yield opened


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path) as opened:
        yield opened
