"""The dialog of a probe, and the one that asks before a rejected login is repeated."""

import asyncio
from collections.abc import Iterable

from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Input

from tui.app.screens.dialog import Dialog
from tui.app.widgets.buttons import Button
from tui.app.widgets.fields import SafeInput
from tui.app.widgets.lines import MARKS, Line, WrappedLines, prose, with_signs
from tui.presentation import probe_report as words
from tui.presentation.stage_text import MARKS as STAGE_MARKS
from tui.probes.stage import Stage, StageResult
from tui.terminal.layout import wrap
from tui.workspace.diagnose import Diagnosis
from tui.workspace.session import Session


class ProbeDialog(Dialog[str]):
    """A dialog that shows the stages of a probe as they end; Escape stops the probe.

    Args:
        session: what the banner shows.
        vantage: where the probe runs.
        remarks: what is odd about the passwords that are tried, or "".
        title: what is asked.

    Attributes:
        opened: set once the dialog is on the screen.
    """

    def __init__(
        self,
        session: Session,
        vantage: str,
        remarks: str = "",
        title: str = "Test the mail servers",
    ) -> None:
        super().__init__(session, title)
        self._remarks = remarks
        self.opened = asyncio.Event()
        self._vantage = vantage
        self._ended: list[tuple[str, Stage]] = []
        self._diagnosis: Diagnosis | None = None
        self.decides = False
        self._is_following = True
        self._stages = WrappedLines(self._lines, id="words")

    def on_mount(self) -> None:
        """Follow the stages as they are added."""
        self.watch(self.query_one("#body"), "virtual_size", self._scroll_to_end)
        self.opened.set()

    def body(self) -> Iterable[Widget]:
        """Yield the stages."""
        yield self._stages

    def buttons(self) -> Iterable[Button]:
        """Return Close."""
        return (Button("cancel", "Close"),)

    def add_stage(self, part: str, stage: Stage) -> None:
        """Show a stage that has ended."""
        self._ended.append((part, stage))
        self._stages.set_layout(self._lines)

    @property
    def _shows_stages(self) -> bool:
        """Whether the stages are all that is shown, so that it can be scrolled to the last one."""
        return True

    def _scroll_to_end(self) -> None:
        if self._is_following and self._shows_stages:
            body = self.query_one("#body", VerticalScroll)
            body.scroll_end(animate=False, immediate=True)

    def action_scroll(self, lines: int) -> None:
        """Scroll; follow the stages only from the end."""
        body = self.query_one("#body", VerticalScroll)
        self._is_following = lines > 0 and body.scroll_y + lines >= body.max_scroll_y
        super().action_scroll(lines)

    def show_diagnosis(self, diagnosis: Diagnosis) -> None:
        """Show what the probe came to."""
        self._diagnosis = diagnosis
        is_following, self._is_following = self._is_following, False
        self._stages.set_layout(self._lines)
        if self.is_attached and self._shows_stages and is_following:
            self.call_after_refresh(self._scroll_to_failure)

    def _scroll_to_failure(self) -> None:
        """Have the first stage that failed in sight, and what it came to if there is room."""
        body = self.query_one("#body", VerticalScroll)
        styles = [line[0][1] if line else "" for line in self._lines(self._stages.size.width)]
        failed = stage_style(StageResult.FAILED)
        at = styles.index(failed) if failed in styles else 0
        body.scroll_to(y=max(0, at - body.size.height // 2), animate=False, immediate=True)

    def _lines(self, room: int) -> list[Line]:
        lines: list[Line] = []
        if self._diagnosis:
            outcome = wrap(words.outcome(self._diagnosis), "", "", room)
            lines = [*(((line, "bold"),) for line in outcome), ()]
        vantage = wrap(words.vantage_words(self._vantage), "", "", room)
        lines += [((line, "dim"),) for line in vantage]
        if self._remarks:
            lines += [
                ((line, "bold $warning"),) for line in wrap(self._remarks, "   ", " ! ", room)
            ]
        for part, title in words.PROTOCOL_TITLES.items():
            if stages := [stage for each, stage in self._ended if each == part]:
                lines += [(), ((title, "bold"),)]
                ended = words.part_lines(stages, room, screen=True)
                lines += [((with_signs(line), stage_style(verdict)),) for line, verdict in ended]
        return [*lines, *self._diagnosis_lines(room)]

    def _diagnosis_lines(self, room: int) -> list[Line]:
        if self._diagnosis is None:
            return [((" . Under way. Escape stops it.", "dim"),)]
        lines: list[Line] = []
        for each in words.untested_reasons(self._diagnosis):
            lines += [(), *(((line, "dim"),) for line in wrap(each, "   ", " - ", room))]
        for title, findings in words.sender_parts(self._diagnosis.sender):
            lines += [(), ((title, "bold"),)]
            lines += [((with_signs(line), ""),) for line in words.sender_lines(findings, room)]
        return lines


def stage_style(result: StageResult) -> str:
    """Return the style of a stage's lines."""
    return MARKS.get(STAGE_MARKS[result], "").removeprefix("bold ")


class RepeatLoginDialog(Dialog[bool]):
    """A dialog that asks whether to repeat a login that was just rejected; `yes` is typed.

    Its answer is whether to log in; None means not to probe.

    Args:
        session: what the banner shows.
        user: who logs in.
        server: the mail server.
    """

    def __init__(self, session: Session, user: str, server: str) -> None:
        super().__init__(session, "Try a login again that was refused?")
        self._about = (
            f"{server} refused {user} with this very password. Once more can lock the account. "
            "Type yes to try it again, probe without a login, or change the password first."
        )

    def body(self) -> Iterable[Widget]:
        """Yield the reason and a line to type in."""
        yield WrappedLines(prose(self._about))
        yield SafeInput()

    def buttons(self) -> Iterable[Button]:
        """Return what can be done without a yes."""
        return (Button("cancel", "Cancel"), Button("without", "Without a login"))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Probe without a login."""
        if event.name == "without":
            self.dismiss(False)

    def first_focus(self) -> Widget:
        """Return the line to type in."""
        return self.query_one(Input)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Log in if the whole word was typed."""
        event.stop()
        if event.value.strip() == "yes":
            self.dismiss(True)
        else:
            self.say("Not tried: that is not yes.")
