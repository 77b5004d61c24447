"""What is said once the screen is gone."""

from tests.app.factories import make_editing
from tui.credentials.secret import Secret
from tui.errors import Problem
from tui.presentation.exit_report import exit_lines
from tui.targets.target import SaveResult
from tui.workspace.apply import ApplyResult
from tui.workspace.exit_report import Discarded, ExitReport, StoppedBySignal, Unsaved

WHERE = "/etc/default.toml"
CHANGED = make_editing(server="mail.old.example").type("server", "mail.new.example")
NOTHING = f"Nothing was written to {WHERE}."
HOST = "dev12345.service-now.com"
ON_INSTANCE = ApplyResult(SaveResult(HOST, verified={"port": "read back"}), {})


def test_nothing_happened_and_nothing_was_written() -> None:
    assert list(exit_lines(ExitReport(WHERE))) == [NOTHING]


def test_a_save_is_told_with_the_version_before_if_there_was_one() -> None:
    report = ExitReport(WHERE)
    report.add_save(ApplyResult(SaveResult(WHERE, ""), {}))
    report.add_save(ApplyResult(SaveResult(WHERE, f"{WHERE}.old"), {}))
    assert list(exit_lines(report)) == [
        f"Saved to {WHERE}.",
        f"Saved to {WHERE} (before: {WHERE}.old).",
    ]


def test_what_was_discarded_is_counted() -> None:
    for count, words in ((1, "1 change"), (2, "2 changes")):
        report = ExitReport(WHERE)
        report.add(Discarded(count))
        assert list(exit_lines(report)) == [f"Discarded: {words}.", NOTHING]


def test_what_was_not_saved_is_told_and_whether_it_is_kept() -> None:
    kept, lost = ExitReport(WHERE), ExitReport(WHERE)
    kept.unsaved = Unsaved.of(CHANGED, is_kept=True)
    lost.unsaved = Unsaved.of(CHANGED, is_kept=False)
    assert next(exit_lines(kept)) == (
        "Not saved: 1 change; kept as a draft, which the next start offers."
    )
    assert next(exit_lines(lost)) == "Not saved: 1 change; no draft was kept."


def test_a_password_that_was_typed_is_told_to_be_in_no_draft() -> None:
    report = ExitReport(WHERE)
    report.unsaved = Unsaved.of(CHANGED.type_secret("password", Secret("hunter2")), is_kept=True)
    lines = list(exit_lines(report))
    assert lines[0].startswith("Not saved: 2 changes;")
    assert lines[1] == "A password that was typed is in no draft: type it again then."
    assert "hunter2" not in "".join(lines)


def test_a_signal_and_a_late_trouble_are_told() -> None:
    report = ExitReport(WHERE)
    report.add(Problem("file.io", "It failed.", "Do this."))
    report.add(StoppedBySignal("SIGTERM"))
    assert list(exit_lines(report)) == ["It failed. Do this.", "Stopped by SIGTERM.", NOTHING]


def test_a_fault_is_told_without_its_text() -> None:
    report = ExitReport(WHERE)
    assert report.fault is None
    report.add_fault(ValueError("hunter2"))
    assert report.fault is not None
    assert "ValueError" in report.fault.message
    assert "hunter2" not in f"{report.fault.message} {report.fault.hint}"


def test_what_was_written_and_then_went_wrong_is_not_said_to_be_unwritten() -> None:
    report = ExitReport("/etc/default.toml")
    report.mark_written()
    assert not [line for line in exit_lines(report) if "Nothing was written" in line]


def test_each_place_in_which_nothing_was_written_is_named_at_the_end() -> None:
    report = ExitReport("/etc/default.toml")
    report.add_save(ApplyResult(SaveResult("/etc/default.toml"), {}))
    report.move_to("corp", HOST)
    report.move_to("other", "other.service-now.com")
    report.add_save(ON_INSTANCE, "Own SMTP")
    assert list(exit_lines(report)) == [
        "Saved to /etc/default.toml.",
        "Written to other.service-now.com. Own SMTP sends now.",
        f"Nothing was written to {HOST}.",
    ]


def test_what_was_put_aside_is_told_at_the_end_unless_it_was_taken_up_again() -> None:
    report = ExitReport("/etc/default.toml")
    for count in (1, 2):
        report.add_set_aside(make_editing(port=25).type("port", "587"), is_kept=count == 1)
        report.move_to("corp", HOST)
        report.add_set_aside(make_editing(port=25), is_kept=True)
        lines = list(exit_lines(report))
        words = "kept as a draft" if count == 1 else "no draft was kept"
        assert lines[0] == f"Not saved in profile default: 1 change; {words}."
        assert len(lines) == 3
    report.move_to("default", "/etc/default.toml")
    assert "Not saved" not in "".join(exit_lines(report))


def test_what_was_given_up_in_the_middle_is_not_said_to_be_unwritten() -> None:
    report = ExitReport(HOST)
    report.add_interrupted_write()
    (line,) = exit_lines(report)
    assert line.startswith(f"It was being written to {HOST} when this was stopped")


def test_what_was_saved_after_all_is_not_said_to_be_unsaved() -> None:
    report = ExitReport(HOST)
    report.unsaved = Unsaved.of(CHANGED, is_kept=True)
    report.add_save(ON_INSTANCE)
    assert "Not saved" in "".join(exit_lines(report))
    report.unsaved = None
    assert list(exit_lines(report)) == [f"Written to {HOST}."]
