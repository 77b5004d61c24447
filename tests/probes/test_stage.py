"""The log of stages: each is reported once, and none is left out."""

from tui.probes.stage import Stage, StageError, StageLog, StageResult

NAMES = ("resolve", "connect", "greeting", "quit")


def test_every_stage_is_reported_once_and_in_order() -> None:
    reported: list[Stage] = []
    log = StageLog("smtp", NAMES, reported.append)
    log.succeed("resolved", "mail.example is 192.0.2.1.")
    log.begin("connect")
    log.fail(StageError("refused", "No connection.", "See the port."))
    log.skip_rest("quit")
    log.begin("quit")
    log.skip("no-line", "There is no connection.")
    assert reported == log.stages
    assert [stage.name for stage in reported] == [*NAMES]
    assert [stage.result for stage in reported] == ["passed", "failed", "skipped", "skipped"]
    assert reported[2].code == "smtp.greeting.not-reached"
    assert reported[2].message == "Not tested because connect failed."


def test_a_warning_ends_a_stage_and_fails_nothing() -> None:
    log = StageLog("pop3", NAMES, lambda _: None)
    log.fail(StageError("odd", "Odd.", result=StageResult.WARNED))
    assert (log.stages[0].result, log.failed) == (StageResult.WARNED, "")
    log.skip_rest()
    assert log.stages[1].message == "Not tested because it was not reached."


def test_messages_are_made_visible_and_cut() -> None:
    log = StageLog("smtp", NAMES, lambda _: None)
    log.warn("x", "a\x1b[31m" + "b" * 2000, "c\u202e")
    assert log.stages[0].message.startswith("a^[[31mb")
    assert len(log.stages[0].message) < 700
    assert log.stages[0].hint.isprintable()


def test_a_remark_is_added_to_the_hint_only() -> None:
    error = StageError("wrong", "Wrong.", "Correct it.").with_remark(" Mind the case.")
    assert (error.kind, error.message) == ("wrong", "Wrong.")
    assert error.hint == "Correct it. Mind the case."
