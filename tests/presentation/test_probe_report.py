"""A probe in words: marks, bars, columns, and what to do here."""

import pytest

from tui.presentation import probe_report as words
from tui.presentation.stage_text import MARKS
from tui.probes.diagnosis import ServerDiagnosis
from tui.probes.stage import SenderFinding, Stage, StageResult
from tui.workspace.diagnose import Diagnosis

LONG = "It says this and that, and goes on about it for longer than one line of any screen has."


def stage(
    name: str = "connect",
    result: StageResult = StageResult.PASSED,
    kind: str = "kind",
    message: str = LONG,
    hint: str = "",
    milliseconds: int = 0,
) -> Stage:
    return Stage(
        protocol="smtp",
        name=name,
        result=result,
        kind=kind,
        message=message,
        hint=hint,
        milliseconds=milliseconds,
    )


def diagnosis(*smtp: Stage, **not_tested: str) -> ServerDiagnosis:
    return ServerDiagnosis("from here", smtp, (), not_tested, ())


@pytest.mark.parametrize(
    ("milliseconds", "text", "steps"),
    [
        (0, "0 ms", 0),
        (1, "1 ms", 1),
        (45, "45 ms", 2),
        (999, "999 ms", 3),
        (1000, "1.0 s", 4),
        (9949, "9.9 s", 5),
        (9950, "10 s", 5),
        (60_000, "60 s", 6),
        (600_000, "600 s", 6),
    ],
)
def test_a_time_has_a_bar_that_grows_with_it(milliseconds: int, text: str, steps: int) -> None:
    assert words.format_duration(milliseconds) == text
    assert words.duration_bar(milliseconds) == "=" * steps
    assert len(words.stage_head(stage("capabilities", milliseconds=milliseconds))) == 30


@pytest.mark.parametrize("result", StageResult)
def test_a_result_is_a_character_and_what_was_skipped_took_no_time(result: StageResult) -> None:
    head = words.stage_head(stage(result=result, milliseconds=5))
    assert head.startswith(f" {MARKS[result]} connect ")
    assert ("5 ms" in head) is (result is not StageResult.SKIPPED)
    assert ("=" in head) is (result is not StageResult.SKIPPED)


@pytest.mark.parametrize("room", [36, 56, 71, 72, 80, 100])
def test_lines_fit_and_what_was_found_stands_in_one_column(room: int) -> None:
    lines = list(words.stage_lines(stage(hint=LONG), room))
    assert all(len(line) <= room for line in lines)
    below = lines[1:] if room < 72 else lines[0:]
    column = 7 if room < 72 else 30
    assert all(line[column] != " " and line[column - 1] == " " for line in below)
    assert sum(line[:column].strip() == "->" for line in lines) == 1


@pytest.mark.parametrize(
    ("name", "kind", "command", "key"),
    [
        ("certificate", "unknown-issuer", "--ca-file FILE.", "SSL_CERT_FILE=FILE"),
        ("certificate", "self-signed", "--ca-file FILE.", "glidemail probe --ca-file FILE"),
        ("login", "in-clear", "--allow-cleartext.", "glidemail probe --allow-cleartext"),
        ("login", "no-password", "--password-stdin.", "type it in its field"),
    ],
)
def test_what_to_do_is_told_as_it_is_done_here(
    name: str, kind: str, command: str, key: str
) -> None:
    found = stage(name, StageResult.FAILED, kind, hint="Do this.")
    assert words.advice(found) == f"Do this. Here: {command}"
    assert key in words.advice(found, screen=True)


def test_nothing_is_added_where_it_would_not_help() -> None:
    assert words.advice(stage("certificate", kind="expired", hint="Have it renewed.")) == (
        "Have it renewed."
    )
    assert words.advice(stage()) == ""


def test_the_outcome_stands_at_the_end_and_what_was_skipped_is_no_success() -> None:
    skipped = stage("login", StageResult.SKIPPED)
    last = [
        list(words.report_lines(Diagnosis(found)))[-1]
        for found in (
            diagnosis(stage(), skipped),
            diagnosis(stage(), stage("login", StageResult.FAILED), skipped),
            diagnosis(skipped),
            diagnosis(smtp="SMTP was not asked for."),
        )
    ]
    assert last == [
        "No tested stage failed. Not done: login.",
        "Failed: login.",
        "Nothing was tested.",
        "Nothing was tested.",
    ]


def test_a_sender_that_dns_speaks_against_is_in_the_outcome() -> None:
    doubt = SenderFinding(StageResult.FAILED, "sender.spf.fail", "SPF forbids it.", "")
    told = list(words.report_lines(Diagnosis(diagnosis(stage()), (doubt,)), 80))
    assert told[-1].endswith("The sender has a problem: see what DNS says.")
    assert told.index(words.SENDER_TITLE) < told.index(" x SPF forbids it.")
    assert "An instance may have another path" in " ".join(told)


def test_stages_that_were_not_reached_share_a_line() -> None:
    unreached = [
        stage(name, StageResult.SKIPPED, "not-reached", "Not tested because connect failed.")
        for name in ("tls", "auth", "login")
    ]
    failed = stage(result=StageResult.FAILED, message="No connection.")
    told = list(words.part_lines([failed, *unreached], 80))
    assert told[1:] == [
        (" - tls, auth, login: Not tested because connect failed.", StageResult.SKIPPED)
    ]
    assert told[0] == (f"{words.stage_head(failed)}No connection.", StageResult.FAILED)
    (alone,) = words.part_lines(unreached[:1], 80)
    assert alone[0].startswith(" - tls  ")
