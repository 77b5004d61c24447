"""The probe while it runs: its stages fill in one after the other, each with its time as a bar."""

import asyncio
from collections.abc import Iterable

from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Input

from tui.app.screens.dialog import Dialog
from tui.app.widgets.buttons import Button
from tui.app.widgets.lines import MARKS, Line, WrappedLines, prose
from tui.app.widgets.text_field import SafeInput
from tui.presentation import probe_report as words
from tui.probes.stage import Stage, StageResult
from tui.terminal.layout import wrapped
from tui.workspace.diagnose import Diagnosis
from tui.workspace.session import Session


class ProbeDialog(Dialog[None]):
    """Shows what a probe finds. Escape ends it at once, and a probe that is under way with it.

    Args:
        session: what the banner tells.
        vantage: where it is made from.

    Attributes:
        opened: it is on the screen.
    """

    def __init__(self, session: Session, vantage: str) -> None:
        super().__init__(session, "Do the mail servers work?")
        self.opened = asyncio.Event()
        self._vantage = vantage
        self._told: list[tuple[str, Stage]] = []
        self._found: Diagnosis | None = None
        self.decides = False
        self._follows = True
        self._stages = WrappedLines(self._lines, id="words")

    def on_mount(self) -> None:
        """It is on the screen."""
        self.watch(self.query_one("#body"), "virtual_size", self._follow)
        self.opened.set()

    def body(self) -> Iterable[Widget]:
        """The stages so far."""
        yield self._stages

    def buttons(self) -> Iterable[Button]:
        """Only the way out."""
        return (Button("cancel", "Close"),)

    def tell(self, part: str, stage: Stage) -> None:
        """A stage has ended."""
        self._told.append((part, stage))
        self._stages.lay(self._lines)

    def _follow(self) -> None:
        """Goes to the end, once it is known where that is."""
        if self._follows:
            body = self.query_one("#body", VerticalScroll)
            body.scroll_end(animate=False, immediate=True)

    def action_scroll(self, lines: int) -> None:
        """What is under way stays in sight, unless somebody reads what was before."""
        body = self.query_one("#body", VerticalScroll)
        self._follows = lines > 0 and body.scroll_y + lines >= body.max_scroll_y
        super().action_scroll(lines)

    def show(self, found: Diagnosis) -> None:
        """All of it has ended."""
        self._found = found
        self._stages.lay(self._lines)
        if self.is_attached:
            # What came of it stands at the end.
            self.query_one("#body", VerticalScroll).scroll_end(animate=False)

    def _lines(self, room: int) -> list[Line]:
        lines: list[Line] = [
            ((line, "dim"),) for line in wrapped(words.vantage_words(self._vantage), "", "", room)
        ]
        for part, title in words.PARTS.items():
            if stages := [stage for each, stage in self._told if each == part]:
                lines += [(), ((title, "bold"),)]
                told = words.part_lines(stages, room, screen=True)
                lines += [((line, _style(verdict)),) for line, verdict in told]
        return [*lines, *self._end(room)]

    def _end(self, room: int) -> list[Line]:
        if self._found is None:
            return [((" . under way; Escape stops it", "dim"),)]
        lines: list[Line] = []
        for each in self._found.probed.not_tested:
            lines += [(), *(((line, "dim"),) for line in wrapped(each, "   ", " - ", room))]
        if self._found.sender:
            lines += [(), ((words.SENDER, "bold"),)]
            lines += [((line, ""),) for line in words.sender_lines(self._found.sender, room)]
        end = wrapped(words.outcome(self._found), "", "", room)
        return [*lines, (), *(((line, "bold"),) for line in end)]


def _style(result: StageResult) -> str:
    return MARKS.get(words.MARKS[result], "").removeprefix("bold ")


class RepeatLoginDialog(Dialog[bool]):
    """Asks whether a login that was just refused is to be tried once more; `yes` is typed.

    Its answer is whether to log in at all; None is not to probe.

    Args:
        session: what the banner tells.
        user: whose login it is.
        server: where.
    """

    def __init__(self, session: Session, user: str, server: str) -> None:
        super().__init__(session, "Try a login again that was refused?")
        self._about = (
            f"{server} refused {user} with this very password. Once more can lock the account. "
            "Type yes to try it again, probe without a login, or change the password first."
        )

    def body(self) -> Iterable[Widget]:
        """Why, and the line to type in."""
        yield WrappedLines(prose(self._about))
        yield SafeInput()

    def buttons(self) -> Iterable[Button]:
        """What goes without a yes."""
        return (Button("cancel", "Cancel"), Button("without", "Without a login"))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """A probe that tries none."""
        if event.name == "without":
            self.dismiss(False)

    def first_focus(self) -> Widget:
        """The line to type in."""
        return self.query_one(Input)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Only the whole word counts."""
        event.stop()
        if event.value.strip() == "yes":
            self.dismiss(True)
        else:
            self.say("Not tried: that is not yes.")
