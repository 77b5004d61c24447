"""The dialog that shows whether mail goes out: from the instance, and from this machine."""

from collections.abc import Iterable
from enum import StrEnum
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from tui.app.screens.confirm_dialog import alert_block
from tui.app.screens.probe_dialog import ProbeDialog, stage_style
from tui.app.widgets.buttons import Button
from tui.app.widgets.lines import MARKS, Line, WrappedLines, justify, with_signs
from tui.presentation import why_text as words
from tui.presentation.delivery_stages import DeliveryDiagnosis
from tui.settings.delivery.evidence import DeliveryState
from tui.settings.review import Review
from tui.terminal.layout import wrap
from tui.workspace.session import Session

PROBE = "probe"
"""The answer that asks for a probe."""

_WIDE = 110
"""With so many columns, both views are shown side by side."""
_UNTESTED = (
    "Nothing is tested from this machine until you ask for it. Probe (F2) connects to the mail "
    "servers in these settings, and tries one login at each whose password is known."
)


_HEADLINES = {
    DeliveryState.FAILING: MARKS["x"],
    DeliveryState.STOPPED: MARKS["!"],
    DeliveryState.UNDETERMINED: MARKS["!"],
}


class View(StrEnum):
    """Where it is looked from."""

    INSTANCE = "instance"
    """By the instance's own records."""
    MACHINE = "machine"
    """By a probe from this machine."""


class DeliveryDialog(ProbeDialog):
    """A dialog with two views; a probe is only begun on request, as it logs in.

    Its answer is `PROBE`, or None to go on.

    Args:
        session: what the banner shows.
        review: of the draft, for what is said before anything else.
        found: why mail does or does not go out.
        url: the instance's address.
        view: what is shown first.
        vantage: where a probe that was begun runs; "" if none was.
        remarks: what is odd about the passwords that are tried, or "".
    """

    VERTICAL_BREAKPOINTS = [(0, "-low"), (30, "-high")]  # noqa: RUF012
    HORIZONTAL_BREAKPOINTS = [(0, "-single"), (_WIDE, "-wide")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "probe", "Probe", id="delivery.probe", tooltip="from this machine"),
        Binding("f6", "view", "View", id="delivery.view", tooltip="the instance's, or this one"),
    ]

    def __init__(
        self,
        session: Session,
        review: Review,
        found: DeliveryDiagnosis,
        url: str,
        view: View = View.INSTANCE,
        vantage: str = "",
        remarks: str = "",
    ) -> None:
        super().__init__(session, vantage, remarks, words.WHY_TITLE)
        self._review = review
        self._found = found
        self._url = url
        self._view = view
        self._is_begun = bool(vantage)
        self._why = WrappedLines(self._why_lines, id="why")

    def body(self) -> Iterable[Widget]:
        """Yield both views."""
        yield self._why
        yield from super().body()

    def buttons(self) -> Iterable[Button]:
        """Return Close, and what begins a probe and changes the view."""
        return (Button("cancel", "Close"), Button(PROBE, "Probe"), Button("view", "Other view"))

    def on_mount(self) -> None:
        """Show the first view."""
        self._show_view()

    def on_resize(self) -> None:
        """Name the views where they stand."""
        self._show_view()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Begin a probe, or change the view."""
        if event.name == PROBE:
            self.action_probe()
        elif event.name == "view":
            self.action_view()

    def action_probe(self) -> None:
        """Begin a probe, unless one is under way."""
        if self._is_begun and self._diagnosis is None:
            self.say("The probe is under way. Escape stops it.")
        else:
            self.dismiss(PROBE)

    def action_view(self) -> None:
        """Show the other view."""
        if self._is_wide:
            return
        self._view = View.INSTANCE if self._view is View.MACHINE else View.MACHINE
        self._show_view()
        self.query_one("#body").scroll_home(animate=False)

    def show_found(self, found: DeliveryDiagnosis) -> None:
        """Show what was found since."""
        self._found = found
        self._why.set_layout(self._why_lines)

    @property
    def _is_wide(self) -> bool:
        return self.app.size.width >= _WIDE

    def _show_view(self) -> None:
        for each in View:
            self.set_class(each is self._view, f"-{each}")
        self.query_one("#button-view").display = not self._is_wide
        self.query_one(".title", WrappedLines).set_layout(self._title_lines)

    def _title_lines(self, room: int) -> list[Line]:
        """Return the question, and above each view where it is looked from."""
        names = {View.INSTANCE: "From the instance", View.MACHINE: "From this machine"}
        title, keys = f"{words.WHY_TITLE}  {names[self._view]}", "F2 probe, F6 other view"
        if self._is_wide:
            title = f"{words.WHY_TITLE}  {names[View.INSTANCE]}".ljust(room // 2)
            title, keys = f"{title}{names[View.MACHINE]}", "F2 probe"
        return [justify(((title, "bold"),), ((keys, "dim"),), room)]

    @property
    def _shows_stages(self) -> bool:
        return self._is_begun and self._view is View.MACHINE and not self._is_wide

    def _why_lines(self, room: int) -> list[Line]:
        review = self._review
        lines, rest = alert_block(review, review.first_alerts, room), review.further_alerts
        head = words.headline_lines(self._found, room, screen=True)
        style = _HEADLINES.get(self._found.state, "bold")
        lines += [((with_signs(line), style),) for line in head]
        lines += [(), *alert_block(review, rest, room)] if rest else []
        stages = words.stages_lines(self._found, self._url, room, screen=True)
        lines += [((with_signs(line), stage_style(result)),) for line, result in stages]
        lines += [((line, "dim"),) for line in words.background_lines(self._found, room)]
        return lines

    def _lines(self, room: int) -> list[Line]:
        if self._is_begun:
            return super()._lines(room)
        return [((line, ""),) for line in wrap(_UNTESTED, "", "", room)]
