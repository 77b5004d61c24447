"""The lines on the terminal once the screen is gone: what was and was not written."""

from collections.abc import Iterator

from tui.errors import Problem
from tui.presentation.value_text import short_path
from tui.workspace.exit_report import (
    Discarded,
    Event,
    ExitReport,
    Saved,
    StoppedBySignal,
    Unsaved,
    WriteInterrupted,
)


def exit_lines(report: ExitReport) -> Iterator[str]:
    """Return the lines of a report; the last ones say where nothing was written."""
    yield from map(_event_line, report.events)
    for profile, unsaved in report.set_aside.items():
        words = "kept as a draft" if unsaved.is_kept else "no draft was kept"
        yield f"Not saved in profile {profile}: {_changes(unsaved.count)}; {words}."
    if report.unsaved:
        yield from _unsaved_lines(report.unsaved)
    for where, is_written in report.written.items():
        if not is_written:
            yield f"Nothing was written to {short_path(where)}."


def _event_line(event: Event) -> str:
    match event:
        case Saved():
            verb = "Written" if event.is_instance else "Saved"
            before = f" (before: {short_path(event.previous)})" if event.previous else ""
            sends = f" {event.sender} sends now." if event.sender else ""
            return f"{verb} to {short_path(event.where)}{before}.{sends}"
        case Discarded():
            return f"Discarded: {_changes(event.count)}."
        case StoppedBySignal():
            return f"Stopped by {event.signal}."
        case WriteInterrupted():
            return (
                f"It was being written to {short_path(event.where)} when this was stopped: what "
                "stands there is not known. Read it again before anything else."
            )
        case Problem():
            return f"{event.message} {event.hint}"


def _unsaved_lines(unsaved: Unsaved) -> Iterator[str]:
    words = "kept as a draft, which the next start offers"
    if not unsaved.is_kept:
        words = "no draft was kept"
    yield f"Not saved: {_changes(unsaved.count)}; {words}."
    if unsaved.has_secret:
        yield "A password that was typed is in no draft: type it again then."


def _changes(count: int) -> str:
    return "1 change" if count == 1 else f"{count} changes"
