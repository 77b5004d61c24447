"""Samples of large grids."""

from collections.abc import Iterable
from typing import Any

import pytest


def sample(values: Iterable[object], every: int) -> list[Any]:
    """Return values to parametrize a test with; all but every n-th are marked `grid`."""
    return [
        value if place % every == 0 else pytest.param(value, marks=pytest.mark.grid)
        for place, value in enumerate(values)
    ]
