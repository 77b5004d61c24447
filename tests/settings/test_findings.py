"""Severities."""

import pytest

from tui.settings.findings import Severity


@pytest.mark.parametrize("mark", [each.mark for each in Severity])
def test_a_severity_is_one_character_too(mark: str) -> None:
    assert len(mark) == 1
    assert len({each.mark for each in Severity}) == len(Severity)
