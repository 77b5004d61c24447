"""Samples of large grids."""

from collections.abc import Iterable
from typing import Any

import pytest


def sample(values: Iterable[object], every: int) -> list[Any]:
    """Return values to parametrize a test with; all but every n-th are marked `grid`.

    Args:
        values: a tuple is the values of several parameters.
    """
    return [
        pytest.param(
            *(value if isinstance(value, tuple) else (value,)),
            marks=[pytest.mark.grid] if place % every else [],
        )
        for place, value in enumerate(values)
    ]
