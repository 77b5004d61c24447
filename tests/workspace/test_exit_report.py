"""The report that an exit leaves: what was saved, set aside, left unsaved, and where."""

from tests.app.factories import make_editing
from tui.credentials.secret import Secret
from tui.targets.target import SaveResult
from tui.workspace.apply import ApplyResult
from tui.workspace.exit_report import Discarded, ExitReport, Saved, Unsaved, WriteInterrupted

WHERE = "/etc/default.toml"
HOST = "dev12345.service-now.com"
CHANGED = make_editing(port=25).type("port", "587")


def test_nothing_is_written_until_a_save_is_added() -> None:
    report = ExitReport(WHERE)
    report.add(Discarded(1))
    assert report.written == {WHERE: False}
    report.add_save(ApplyResult(SaveResult(WHERE, f"{WHERE}.old"), {}))
    assert report.written == {WHERE: True}
    assert report.events == [Discarded(1), Saved(WHERE, f"{WHERE}.old", is_instance=False)]


def test_a_save_to_an_instance_is_known_by_what_was_verified_or_sends() -> None:
    verified, switched = ExitReport(HOST), ExitReport(HOST)
    verified.add_save(ApplyResult(SaveResult(HOST, verified={"port": "read back"}), {}))
    switched.add_save(ApplyResult(SaveResult(HOST), {}), "Own SMTP")
    assert verified.events == [Saved(HOST, "", is_instance=True)]
    assert switched.events == [Saved(HOST, "", is_instance=True, sender="Own SMTP")]


def test_a_write_that_was_interrupted_counts_as_written() -> None:
    report = ExitReport(HOST)
    report.add_interrupted_write()
    assert report.events == [WriteInterrupted(HOST)]
    assert report.written == {HOST: True}


def test_each_place_keeps_whether_it_was_written() -> None:
    report = ExitReport(WHERE)
    report.mark_written()
    report.move_to("corp", HOST)
    assert report.written == {WHERE: True, HOST: False}
    report.move_to("default", WHERE)
    assert (report.where, report.written) == (WHERE, {WHERE: True, HOST: False})


def test_changes_are_set_aside_until_their_profile_is_opened_again() -> None:
    report = ExitReport(WHERE)
    report.add_set_aside(CHANGED, is_kept=True)
    report.move_to("corp", HOST)
    assert report.set_aside == {"default": Unsaved(1, is_kept=True, has_secret=False)}
    report.move_to("default", WHERE)
    assert not report.set_aside


def test_without_changes_nothing_is_set_aside() -> None:
    report = ExitReport(WHERE)
    report.add_set_aside(make_editing(port=25), is_kept=False)
    assert not report.set_aside


def test_a_typed_secret_is_counted_among_the_unsaved() -> None:
    secret = CHANGED.type_secret("password", Secret("hunter2"))
    unsaved = Unsaved.from_editing(secret, is_kept=True)
    assert unsaved == Unsaved(2, is_kept=True, has_secret=True)


def test_a_fault_is_told_without_its_text() -> None:
    report = ExitReport(WHERE)
    assert report.fault is None
    report.add_fault(ValueError("hunter2"))
    assert report.fault is not None
    assert "ValueError" in report.fault.message
    assert "hunter2" not in f"{report.fault.message} {report.fault.hint}"
