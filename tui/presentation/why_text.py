"""Why mail does or does not go out, in words: short, aligned, readable without colour."""

from collections.abc import Iterator
from itertools import groupby
from urllib.parse import quote

from tui.presentation.delivery_stage import DeliveryStage
from tui.presentation.delivery_stages import DeliveryDiagnosis
from tui.presentation.stage_text import MARKS, stage_layout
from tui.presentation.target_text import background_rows
from tui.probes.stage import StageResult
from tui.terminal.layout import wrap

WHY_TITLE = "Does mail go out?"

_HERE = {
    "sending": ("Here: apply --set sending_enabled=true.", "Here: Email sending, then ^S."),
    "test address": ("Here: apply --set test_recipients=…", "Here: Test address, then ^S."),
}
"""How to follow the next step of a stage, on the command line and on the screen."""

_NAME = 12
"""The columns of a stage's name, as in the probe's report."""

_NARROW = 50
"""With fewer columns than this the message goes below the stage."""

_NOT_FOLLOWED = (StageResult.PASSED, StageResult.SKIPPED)
"""Results that need no look at the platform's own page."""


def why_lines(found: DeliveryDiagnosis, url: str, room: int = 0) -> Iterator[str]:
    """Return what it comes to with the one next step, every stage, and what else was read."""
    yield from headline_lines(found, room)
    yield ""
    yield from (line for line, _ in stages_lines(found, url, room))
    yield ""
    yield from background_lines(found, room)


def headline_lines(
    found: DeliveryDiagnosis, room: int = 0, *, screen: bool = False
) -> Iterator[str]:
    """Return whether mail goes out, what shows it, and the one next step."""
    message = found.status.judgement.message if found.status.judgement else ""
    yield from wrap(f"Delivery: {found.state}. {message}", "   ", "", room)
    if found.next:
        stage = next((each for each in found.stages if each.next == found.next), None)
        step = advice(stage, screen=screen) if stage else found.next
        yield from wrap(step, "       ", "   ->  ", room)


def stages_lines(
    found: DeliveryDiagnosis, url: str, room: int = 0, *, screen: bool = False
) -> Iterator[tuple[str, StageResult]]:
    """Return the lines of every stage, each with its result.

    Neighbours of which nothing is known for one reason share a line. What stands above already is
    not repeated.
    """
    above = found.status.judgement.message if found.status.judgement else ""
    for _, group in groupby(found.stages, _together):
        together = list(group)
        stage = together[0]
        step = advice(stage, screen=screen) if stage.next != found.next else ""
        mark = f" {'.' if stage.is_pending else MARKS[stage.result]} "
        names = ", ".join(each.name for each in together)
        if len(names) > _NAME:
            lines = wrap(f"{names}: {stage.message}", " " * len(mark), mark, room)
        else:
            head = f"{mark}{names:<{_NAME}} "
            details = tuple(each for each in stage.details if each not in above)
            lines = stage_layout(head, stage.message, step, room, narrow=_NARROW, details=details)
        yield from ((line, stage.result) for line in lines)
        if stage.page and stage.result not in _NOT_FOLLOWED:
            for line in _address_lines(page_address(stage, url), room, screen=screen):
                yield line, stage.result


def _together(stage: DeliveryStage) -> object:
    """Return what neighbours have in common that share a line; a stage of its own has nothing."""
    is_unknown = stage.result is StageResult.SKIPPED and not stage.details
    return stage.message if is_unknown and not stage.next else stage.name


def background_lines(found: DeliveryDiagnosis, room: int = 0) -> Iterator[str]:
    """Return what no stage tells: the last change, what has no effect, what is unread."""
    for _, label, words in background_rows(found.status):
        yield from stage_layout(f"   {label:<{_NAME}} ", words, "", room, narrow=_NARROW)
    if found.status.unread:
        yield from wrap(f"Not read: {', '.join(found.status.unread)}.", "   ", " ! ", room)


def advice(stage: DeliveryStage, *, screen: bool = False) -> str:
    """Return what to do now, and how to do it here; "" if there is nothing to do."""
    if stage.result in _NOT_FOLLOWED:
        return stage.next if stage.result is StageResult.SKIPPED else ""
    command, key = _HERE.get(stage.name, ("", ""))
    return f"{stage.next} {key if screen else command}".strip() if stage.next else ""


def page_address(stage: DeliveryStage, url: str) -> str:
    """Return the address of the platform's own page for a stage."""
    path, _, query = stage.page.partition("=")
    return f"{url}/{path}{f'={quote(query)}' if query else ''}"


def _address_lines(address: str, room: int, *, screen: bool) -> Iterator[str]:
    """Return an address; on the screen in pieces that fit, as nothing else wraps it."""
    indent = " " * (7 if 0 < room < _NARROW else _NAME + 4)
    size = room - len(indent) if screen and room > 2 * len(indent) else len(address)
    for start in range(0, len(address), size):
        yield f"{indent}{address[start : start + size]}"
