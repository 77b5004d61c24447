"""Why mail does or does not go out, in words: short, aligned, readable without colour."""

from collections.abc import Iterator
from urllib.parse import quote

from tui.presentation.delivery_stages import DeliveryDiagnosis, DeliveryStage
from tui.presentation.delivery_text import judgement_lines
from tui.presentation.probe_report import MARKS
from tui.probes.stage import StageResult
from tui.terminal.layout import wrap

WHY_TITLE = "Why mail does or does not go out"

_COLUMN = 17
"""The column of a stage's message."""


def why_lines(found: DeliveryDiagnosis, url: str, room: int = 0) -> Iterator[str]:
    """Return every stage, then what they come to and the one next step."""
    for each in found.stages:
        yield from _stage_lines(each, url, room)
    yield ""
    if judged := found.status.judgement:
        yield from judgement_lines(judged, room)
    if (step := found.next) and not (judged and judged.next):
        yield from wrap(step, "       ", "   ->  ", room)


def _stage_lines(stage: DeliveryStage, url: str, room: int) -> Iterator[str]:
    head, indent = f" {MARKS[stage.result]} {stage.name:<{_COLUMN - 3}}", " " * _COLUMN
    yield from wrap(stage.message, indent, head, room)
    for line in stage.details:
        yield from wrap(line, f"{indent}  ", indent, room)
    if stage.result is StageResult.PASSED:
        return
    if stage.next:
        yield from wrap(stage.next, indent, f"{'->':>{_COLUMN - 2}}  ", room)
    if stage.page:
        yield f"{indent}{page_address(stage, url)}"


def page_address(stage: DeliveryStage, url: str) -> str:
    """Return the address of the platform's own page for a stage."""
    path, _, query = stage.page.partition("=")
    return f"{url}/{path}{f'={quote(query)}' if query else ''}"
