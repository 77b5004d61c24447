"""The stages of one probe as they are passed through: each is told once, and none is left out."""

import time
from collections.abc import Callable

from tui.probes.fault import StageError
from tui.probes.stage import Stage, StageResult
from tui.terminal.visible import visible

_WORDS = 600


class StageLog:
    """The stages of one protocol, in their order.

    Attributes:
        stages: those that have ended.
        failed: the name of the one that failed; "" while none has.
    """

    def __init__(
        self, protocol: str, names: tuple[str, ...], tell: Callable[[Stage], None]
    ) -> None:
        self.protocol = protocol
        self.stages: list[Stage] = []
        self.failed = ""
        self._names = names
        self._tell = tell
        self._name = names[0]
        self._since = time.monotonic()

    @property
    def milliseconds(self) -> int:
        """For how long the stage goes on."""
        return round((time.monotonic() - self._since) * 1000)

    def begin(self, name: str) -> None:
        """A stage begins."""
        self._name, self._since = name, time.monotonic()

    def passed(self, kind: str, message: str, hint: str = "") -> None:
        """It ends well."""
        self._end(StageResult.PASSED, kind, message, hint)

    def warned(self, kind: str, message: str, hint: str) -> None:
        """It ends well enough, with something to know."""
        self._end(StageResult.WARNED, kind, message, hint)

    def skipped(self, kind: str, message: str, hint: str = "") -> None:
        """It was not done."""
        self._end(StageResult.SKIPPED, kind, message, hint)

    def fault(self, fault: StageError) -> None:
        """It ends as the fault has it."""
        self._end(fault.result, fault.kind, fault.message, fault.hint)

    def rest(self, *but: str) -> None:
        """What has not ended is skipped: it cannot be reached."""
        ended = {stage.name for stage in self.stages}
        because = f"because {self.failed} failed" if self.failed else "because it was not reached"
        for name in self._names:
            if name not in ended and name not in but:
                self.begin(name)
                self.skipped("not-reached", f"Not tested {because}.")

    def _end(self, result: StageResult, kind: str, message: str, hint: str) -> None:
        stage = Stage(
            protocol=self.protocol,
            name=self._name,
            result=result,
            kind=kind,
            message=visible(message, _WORDS),
            hint=visible(hint, _WORDS),
            milliseconds=self.milliseconds,
        )
        self.stages.append(stage)
        if result is StageResult.FAILED:
            self.failed = self.failed or self._name
        self._tell(stage)
