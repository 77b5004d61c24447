"""The bars at the top and the bottom: what is worked on, and the keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from textual import events

from tui.app.widgets.lines import Line, Lines, Part, WrappedLines, truncate
from tui.presentation.target_text import (
    environment_words,
    model_words,
    signer_words,
    target_tag,
)
from tui.presentation.value_text import short_path
from tui.settings.delivery.evidence import DeliveryState
from tui.terminal.layout import width
from tui.terminal.signs import sign
from tui.terminal.visible import visible
from tui.workspace.session import Session

_VERDICTS = {
    DeliveryState.DELIVERING: ("+", "$success"),
    DeliveryState.FAILING: ("x", "$error"),
    DeliveryState.STOPPED: ("x", "$error"),
}
"""The mark and the style of what is known of delivery; anything else deserves a look."""

_MAX_LENGTH = 200
"""Characters of a name from outside that are shown at most."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the bar.

    Attributes:
        name: the name on the keyboard.
        words: what it does.
        works: whether it has something to do now; if not, it is dimmed.
    """

    name: str
    words: str
    works: bool = True


class Banner(WrappedLines):
    """A banner: what is worked on, its environment, and where it is saved or what sends.

    It says that a file changes no instance, and drops words if there is no room: the first
    folders of the path before all others.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(partial(banner_lines, session), classes="banner")
        self._session = session

    def show_session(self, session: Session) -> None:
        """Show another session."""
        if session is not self._session:
            self._session = session
            self.set_layout(partial(banner_lines, session))


def banner_lines(session: Session, room: int) -> list[Line]:
    """Return the banner for a width: one line, or two if one would say too little."""
    place = session.facts
    name = session.profile.name
    if not place.is_file:
        return _instance_lines(session, room)
    mark: Part = (f" {target_tag(place)} ", "bold reverse")
    path, rest = short_path(session.target.where), "changes no instance"
    says = f" {name}, {environment_words(place.environment)}"
    if room < 80:
        left = elide_path(path, room - width(rest) - 3)
        return [(mark, (says, "bold")), ((f" {left}", ""), (f"  {rest}", "dim"))]
    spare = room - 6 - width(path) - 4
    if width(says) + width(rest) > spare and place.environment is None:
        says = f" {name}"  # the dialog before a save says what an unknown environment counts as
    if width(says) + width(rest) > spare >= width(says) + width("no instance"):
        rest = "no instance"
    path = elide_path(path, room - 6 - width(says) - width(rest) - 4)
    return [(mark, (says, "bold"), (f"  {path}", ""), (f"  {rest}", "dim"))]


def _instance_lines(session: Session, room: int) -> list[Line]:
    """Return an instance's banner: environment, host, who is signed in, what sends."""
    place = session.facts
    style = "bold reverse $error" if place.is_production else "bold reverse"
    mark: Part = (f" {target_tag(place)} ", style)
    said = (session.target.where, signer_words(session), model_words(session))
    host, who, model = (visible(each, _MAX_LENGTH) for each in said)
    spare = room - width(mark[0]) - 1
    if room < 80 and width(f"{host}  {who}, {model}") > spare:
        who, model = _fit((who, model), room - 3)
        return [(mark, (f" {truncate(host, spare)}", "bold")), ((f" {who}, {model}", ""),)]
    host, who, model = _fit((host, who, model), spare - 4)
    head: Line = (mark, (f" {host}", "bold"), (f"  {who}, {model}", ""))
    found = place.delivery
    if room < 80 or found is None:
        return [head]
    mark_of_state, style = _VERDICTS.get(found.state, ("!", "$warning"))
    words = truncate(visible(f"Delivery: {found.state}. {found.message}", _MAX_LENGTH), room - 3)
    return [head, ((f" {sign(mark_of_state)} {words}", style),)]


def _fit(parts: Sequence[str], room: int) -> list[str]:
    """Shorten texts to as many columns together; the longest one gives way first."""
    sizes = [width(each) for each in parts]
    while sum(sizes) > max(room, len(parts)):
        sizes[sizes.index(max(sizes))] -= 1
    return [truncate(each, size) for each, size in zip(parts, sizes, strict=True)]


def elide_path(path: str, room: int) -> str:
    """Leave out the first folders of a path that is too long; its end says most."""
    shown, parts = path, path.split("/")
    while width(shown) > room and len(parts) > 1:
        del parts[0]
        shown = "/".join(("...", *parts))
    return shown


class KeyBar(Lines):
    """The keys that work here: the most needed first, as many as fit, and then the last ones."""

    def __init__(self) -> None:
        super().__init__(classes="keys")
        self._keys: Sequence[Key] = ()
        self._last: Sequence[Key] = ()

    def on_resize(self, event: events.Resize) -> None:
        """Fit the keys into the new width."""
        self.show_keys(self._keys, self._last)

    def show_keys(self, keys: Sequence[Key], last: Sequence[Key] = ()) -> None:
        """Show other keys.

        Args:
            keys: as many of these as fit.
            last: are left out last.
        """
        self._keys, self._last = keys, last
        room = self.size.width - sum(map(_key_width, last))
        shown = list[Key]()
        for key in keys:
            room -= _key_width(key)
            if room < 0:
                break
            shown.append(key)
        line: list[Part] = []
        for key in (*shown, *last):
            line.append((f" {key.name}", "bold $accent" if key.works else "dim"))
            line.append((f" {key.words} ", "" if key.works else "dim"))
        self.set_lines(tuple(line))


def _key_width(key: Key) -> int:
    return width(key.name) + width(key.words) + 3
