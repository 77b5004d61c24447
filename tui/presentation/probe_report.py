"""A probe's diagnosis in words: short, aligned, readable without colour."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from tui.presentation.stage_text import MARKS, stage_layout
from tui.probes.stage import SenderFinding, Stage, StageResult
from tui.terminal.layout import wrap

if TYPE_CHECKING:
    from tui.probes.diagnosis import ServerDiagnosis
    from tui.workspace.diagnose import Diagnosis

PROTOCOL_TITLES = {"smtp": "SMTP: sending mail", "pop3": "POP3: reading mail"}
"""The attributes of a diagnosis that hold stages, with their titles."""

SENDER_TITLE = "Sender, from DNS"
SETTINGS_TITLE = "User name and sender, from the settings"

_STEPS = (1, 10, 100, 1_000, 5_000, 20_000)
"""Milliseconds at which a bar grows by one step."""

_READ_BY_ACCOUNTS = (
    "POP3 was not tested: separate email accounts read mail on this instance, and their "
    "passwords can't be read."
)

_NARROW = 72
"""With fewer columns than this the message goes below the stage."""

_UNTRUSTED = ("self-signed", "unknown-root", "unknown-issuer", "missing-intermediate")
_HERE = {
    "certificate": (
        "Here: --ca-file FILE.",
        "Here: start glidemail with SSL_CERT_FILE=FILE, or use glidemail probe --ca-file FILE.",
    ),
    "in-clear": (
        "Here: --allow-cleartext.",
        "Here: only with glidemail probe --allow-cleartext.",
    ),
    "no-password": (
        "Here: --password-stdin.",
        "Here: type it in its field; a probe saves nothing.",
    ),
}
"""How to follow the advice of a probe on the command line, and on the screen."""


def vantage_words(vantage: str) -> str:
    """Return where a probe was made from, and what that does not show."""
    return f"Tested {vantage}. An instance may have another path and other firewalls."


def advice(stage: Stage, *, screen: bool = False) -> str:
    """Return what to do now, and how to do it here; "" if there is nothing to do."""
    kind = stage.name if stage.kind in _UNTRUSTED else stage.kind
    command, key = _HERE.get(kind, ("", ""))
    return f"{stage.hint} {key if screen else command}".strip()


def part_lines(
    stages: Iterable[Stage], room: int = 0, *, screen: bool = False
) -> Iterator[tuple[str, StageResult]]:
    """Return the lines of a protocol's stages, each with its result; unreached ones share one."""
    for is_unreached, group in groupby(stages, lambda each: each.kind == "not-reached"):
        together = list(group)
        if is_unreached and len(together) > 1:
            text = f"{', '.join(each.name for each in together)}: {together[0].message}"
            for line in wrap(text, "   ", f" {MARKS[StageResult.SKIPPED]} ", room):
                yield line, StageResult.SKIPPED
            continue
        for each in together:
            for line in stage_lines(each, room, screen=screen):
                yield line, each.result


def stage_lines(stage: Stage, room: int = 0, *, screen: bool = False) -> Iterator[str]:
    """Return a stage with its bar, what was found, and what to do."""
    step = advice(stage, screen=screen)
    yield from stage_layout(stage_head(stage), stage.message, step, room, narrow=_NARROW)


def stage_head(stage: Stage) -> str:
    """Return mark, name, time and bar of a stage."""
    skipped = stage.result is StageResult.SKIPPED
    time = "" if skipped else format_duration(stage.milliseconds)
    steps = "" if skipped else duration_bar(stage.milliseconds)
    return f" {MARKS[stage.result]} {stage.name:<12} {time:>6} {steps:<{len(_STEPS)}} "


def format_duration(milliseconds: int) -> str:
    """Return a time in at most six characters."""
    if milliseconds < 1000:
        return f"{milliseconds} ms"
    return f"{milliseconds / 1000:.{1 if milliseconds < 9950 else 0}f} s"


def duration_bar(milliseconds: int) -> str:
    """Return a bar that grows with the time, so that a slow stage stands out."""
    return "=" * sum(milliseconds >= each for each in _STEPS)


def report_lines(found: "Diagnosis", room: int = 0) -> Iterator[str]:
    """Return everything that was found, with the outcome at the end."""
    servers = found.servers
    yield from wrap(vantage_words(servers.vantage), "", "", room)
    for part, title in PROTOCOL_TITLES.items():
        stages: Sequence[Stage] = getattr(servers, part)
        if stages:
            yield from ("", title)
        yield from (line for line, _ in part_lines(stages, room))
    if reasons := untested_reasons(found):
        yield from ("", "Not tested")
        for each in reasons:
            yield from wrap(each, "   ", " - ", room)
    for title, findings in sender_parts(found.sender):
        yield from ("", title)
        yield from sender_lines(findings, room)
    yield ""
    yield from wrap(outcome(found), "", "", room)


def untested_reasons(found: "Diagnosis") -> list[str]:
    """Return why a protocol was not tested, a sentence for each that was not."""
    reasons = dict(found.servers.not_tested)
    if found.is_read_by_accounts:
        reasons["pop3"] = _READ_BY_ACCOUNTS
    return list(reasons.values())


def sender_parts(
    found: Sequence[SenderFinding],
) -> Iterator[tuple[str, Sequence[SenderFinding]]]:
    """Return the findings about the sender that there are, by titles that say what they rest on."""
    for title, is_about_settings in ((SETTINGS_TITLE, True), (SENDER_TITLE, False)):
        if part := [each for each in found if each.is_about_settings is is_about_settings]:
            yield title, part


def sender_lines(found: Sequence[SenderFinding], room: int = 0) -> Iterator[str]:
    """Return findings about the sender, each with what to do."""
    for each in found:
        yield from wrap(each.message, "   ", f" {MARKS[each.result]} ", room)
        if each.hint:
            yield from wrap(each.hint, "       ", "   ->  ", room)


def outcome(found: "Diagnosis") -> str:
    """Return the outcome in a sentence; a skipped stage is no success."""
    doubt = " The sender has a problem: see what DNS says."
    failed = any(each.result is StageResult.FAILED for each in found.sender)
    return f"{_server_outcome(found.servers)}{doubt if failed else ''}"


def _server_outcome(probed: "ServerDiagnosis") -> str:
    stages = (*probed.smtp, *probed.pop3)
    failed = [each.name for each in stages if each.result is StageResult.FAILED]
    if failed:
        return f"Failed: {', '.join(dict.fromkeys(failed))}."
    if not probed.passed:
        return "Nothing was tested."
    skipped = [each.name for each in stages if each.result is StageResult.SKIPPED]
    left_out = f" Not done: {', '.join(dict.fromkeys(skipped))}." if skipped else ""
    return f"No tested stage failed.{left_out}"
