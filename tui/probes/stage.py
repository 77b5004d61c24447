"""What the stages of a probe and the checks of a sender came to, and the log of the stages."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from tui.errors import internal_problem
from tui.terminal.visible import visible

_MESSAGE_LENGTH = 600


class StageResult(StrEnum):
    """How a stage ended. A skipped stage is no success."""

    PASSED = "passed"
    WARNED = "warned"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One step of a diagnosis.

    Attributes:
        protocol: `smtp` or `pop3`.
        name: for SMTP resolve, connect, greeting, ehlo, tls, certificate, auth, login, sender,
            recipient or quit; for POP3 resolve, connect, greeting, tls, certificate,
            capabilities, login or quit. With implicit TLS, tls and certificate come before
            greeting.
        kind: what was found, as a stable word.
        message: what was found, safe to show, in at most two sentences.
        hint: what to do now; "" if there is nothing to do.
    """

    protocol: str
    name: str
    result: StageResult
    kind: str
    message: str
    hint: str = ""
    milliseconds: int = 0

    @property
    def code(self) -> str:
        """Protocol, stage and kind with dots between: stable, for programs."""
        return f"{self.protocol}.{self.name}.{self.kind}"


@dataclass(frozen=True, slots=True)
class SenderFinding:
    """One thing found about a sender.

    Attributes:
        code: stable and dotted: `sender`, then login, domain, spf, dmarc or dkim, then what.
        message: what was found, safe to show, at most two sentences.
        hint: what to do now; "" if there is nothing to do.
    """

    result: StageResult
    code: str
    message: str
    hint: str = ""

    @property
    def is_about_settings(self) -> bool:
        """Whether it comes from the settings alone: nothing was tried for it."""
        return self.code.startswith("sender.login.")

    @classmethod
    def from_fault(cls, part: str, subject: str, error: Exception) -> Self:
        """Return what a fault of the program leaves of a part: nothing was tested."""
        fault = internal_problem(error)
        message = f"{subject} was not tested. {fault.message}"
        return cls(StageResult.SKIPPED, f"sender.{part}.fault", message, fault.hint)


@dataclass(frozen=True, slots=True)
class ProtocolResult:
    """Everything that the probe of one protocol found.

    Attributes:
        transcript: what was said, line by line and safe to show: `> ` was sent, `< ` was
            received, `= ` happened in between. It holds no credential in any form.
        login_refused: the server checked user and password, and refused them permanently.
        addresses: what the server's name resolved to.
    """

    stages: tuple[Stage, ...]
    transcript: tuple[str, ...]
    login_refused: bool
    addresses: tuple[str, ...] = ()


@dataclass(eq=False)
class StageError(Exception):
    """The reason why a stage failed, or passed with a warning. It holds no secret.

    Every step of a probe raises it when it fails.

    Attributes:
        kind: the end of the stage's code.
    """

    kind: str
    message: str
    hint: str = ""
    result: StageResult = StageResult.FAILED

    @classmethod
    def from_fault(cls, error: Exception) -> Self:
        """Return how a fault of the program ends a stage."""
        fault = internal_problem(error)
        return cls("fault", fault.message, fault.hint)

    def with_remark(self, remark: str) -> "StageError":
        """Return the same error with a remark added to its hint."""
        return replace(self, hint=f"{self.hint}{remark}")


class StageLog:
    """The stages of one protocol as they end, in order; each is reported once.

    `succeed`, `warn`, `skip` and `fail` end the current stage.

    Attributes:
        stages: those that have ended.
        failed: the name of the first that failed; "" if none has.
    """

    def __init__(
        self, protocol: str, names: tuple[str, ...], report: Callable[[Stage], None]
    ) -> None:
        self.protocol = protocol
        self.stages: list[Stage] = []
        self.failed = ""
        self._names = names
        self._report = report
        self._name = names[0]
        self._since = time.monotonic()

    @property
    def milliseconds(self) -> int:
        """How long the current stage has been running."""
        return round((time.monotonic() - self._since) * 1000)

    def begin(self, name: str) -> None:
        self._name, self._since = name, time.monotonic()

    def succeed(self, kind: str, message: str, hint: str = "") -> None:
        self._end(StageResult.PASSED, kind, message, hint)

    def warn(self, kind: str, message: str, hint: str) -> None:
        self._end(StageResult.WARNED, kind, message, hint)

    def skip(self, kind: str, message: str, hint: str = "") -> None:
        self._end(StageResult.SKIPPED, kind, message, hint)

    def fail(self, error: StageError) -> None:
        self._end(error.result, error.kind, error.message, error.hint)

    def skip_rest(self, *but: str) -> None:
        """End every stage that was not reached as skipped, except those named."""
        ended = {stage.name for stage in self.stages}
        because = f"because {self.failed} failed" if self.failed else "because it was not reached"
        for name in self._names:
            if name not in ended and name not in but:
                self.begin(name)
                self.skip("not-reached", f"Not tested {because}.")

    def _end(self, result: StageResult, kind: str, message: str, hint: str) -> None:
        stage = Stage(
            protocol=self.protocol,
            name=self._name,
            result=result,
            kind=kind,
            message=visible(message, _MESSAGE_LENGTH),
            hint=visible(hint, _MESSAGE_LENGTH),
            milliseconds=self.milliseconds,
        )
        self.stages.append(stage)
        if result is StageResult.FAILED:
            self.failed = self.failed or self._name
        self._report(stage)
