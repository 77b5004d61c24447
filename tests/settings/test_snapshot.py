"""A snapshot of what a target returned."""

from tui.settings.snapshot import Snapshot


def test_a_property_that_is_missing_reads_as_blank() -> None:
    snapshot = Snapshot({"port": 25, "server": "", "authenticate": False})
    assert snapshot.value("port") == 25
    assert snapshot.value("authenticate") is False
    assert snapshot.value("server") == ""
    assert snapshot.value("user") == ""
    assert "user" not in snapshot.values
