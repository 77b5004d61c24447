"""What is said once the screen is gone."""

from tests.app.widgets.bench import editing
from tui.credentials.secret import Secret
from tui.errors import Problem
from tui.presentation.exit_report import ExitReport
from tui.targets.target import SaveResult
from tui.workspace.apply import ApplyResult

WHERE = "/etc/default.toml"
CHANGED = editing(server="mail.old.example").type("server", "mail.new.example")
NOTHING = f"Nothing was written to {WHERE}."


def test_nothing_happened_and_nothing_was_written() -> None:
    assert list(ExitReport(WHERE).lines()) == [NOTHING]


def test_a_save_is_told_with_the_version_before_if_there_was_one() -> None:
    ending = ExitReport(WHERE)
    ending.saved(ApplyResult(SaveResult(WHERE, ""), {}))
    ending.saved(ApplyResult(SaveResult(WHERE, f"{WHERE}.old"), {}))
    assert list(ending.lines()) == [
        f"Saved to {WHERE}.",
        f"Saved to {WHERE} (before: {WHERE}.old).",
    ]


def test_what_was_discarded_is_counted() -> None:
    for count, words in ((1, "1 change"), (2, "2 changes")):
        ending = ExitReport(WHERE)
        ending.discarded(count)
        assert list(ending.lines()) == [f"Discarded: {words}.", NOTHING]


def test_what_was_not_saved_is_told_and_whether_it_is_kept() -> None:
    kept, lost = ExitReport(WHERE), ExitReport(WHERE)
    kept.unsaved(CHANGED, kept=True)
    lost.unsaved(CHANGED, kept=False)
    assert next(kept.lines()) == (
        "Not saved: 1 change; kept as a draft, which the next start offers."
    )
    assert next(lost.lines()) == "Not saved: 1 change; no draft was kept."


def test_a_password_that_was_typed_is_told_to_be_in_no_draft() -> None:
    ending = ExitReport(WHERE)
    ending.unsaved(CHANGED.type_secret("password", Secret("hunter2")), kept=True)
    lines = list(ending.lines())
    assert lines[0].startswith("Not saved: 2 changes;")
    assert lines[1] == "A password that was typed is in no draft: type it again then."
    assert "hunter2" not in "".join(lines)


def test_a_signal_and_a_late_trouble_are_told() -> None:
    ending = ExitReport(WHERE)
    ending.trouble(Problem("file.io", "It failed.", "Do this."))
    ending.stopped_by("SIGTERM")
    assert list(ending.lines()) == ["It failed. Do this.", "Stopped by SIGTERM.", NOTHING]


def test_a_fault_is_told_without_its_text() -> None:
    ending = ExitReport(WHERE)
    assert ending.problem is None
    ending.fault(ValueError("hunter2"))
    assert ending.problem is not None
    assert "ValueError" in ending.problem.message
    assert "hunter2" not in f"{ending.problem.message} {ending.problem.hint}"


def test_what_was_written_and_then_went_wrong_is_not_said_to_be_unwritten() -> None:
    ending = ExitReport("/etc/default.toml")
    ending.wrote()
    assert not [line for line in ending.lines() if "Nothing was written" in line]
