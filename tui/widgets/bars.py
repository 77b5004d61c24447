"""The lines above and below: where one is, and which keys there are."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.geometry import Size

from tui.applying.session import Session
from tui.settings.values import Environment
from tui.terminal.layout import width
from tui.widgets.lines import Line, Lines, Part
from tui.words.paths import short_path

_ENVIRONMENTS = {
    Environment.PRODUCTION: "production",
    Environment.NON_PRODUCTION: "non-production",
    None: "counts as production",
}


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the bar.

    Attributes:
        name: as it stands on a keyboard.
        words: what it does.
        works: whether it has something to do now; it keeps its place where it has not.
    """

    name: str
    words: str
    works: bool = True


class Banner(Lines):
    """What is worked on: FILE, the profile, its environment, where it is saved.

    It says that a file changes no instance, and gives up words where there is no room: the
    middle of the path first.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(classes="banner")
        self._session = session

    def on_resize(self, event: events.Resize) -> None:
        """Fits the words into the new width."""
        self.show(*banner_lines(self._session, event.size.width))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as there will be for that width."""
        return len(banner_lines(self._session, width))


def banner_lines(session: Session, room: int) -> list[Line]:
    """The banner for a width, in one line; in two where one would say too little."""
    place = session.target.place
    name = session.profile.name
    tag: Part = (" FILE ", "bold reverse")
    path, rest = short_path(session.target.where), "changes no instance"
    says = f" {name}, {_ENVIRONMENTS[place.environment]}"
    if room < 80:
        left = elided(path, room - width(rest) - 3)
        return [(tag, (says, "bold")), ((f" {left}", ""), (f"  {rest}", "dim"))]
    spare = room - 6 - width(path) - 4
    if width(says) + width(rest) > spare and place.environment is None:
        says = f" {name}"  # what an unknown environment counts as, the dialog before a save says
    if width(says) + width(rest) > spare >= width(says) + width("no instance"):
        rest = "no instance"
    path = elided(path, room - 6 - width(says) - width(rest) - 4)
    return [(tag, (says, "bold"), (f"  {path}", ""), (f"  {rest}", "dim"))]


def elided(path: str, room: int) -> str:
    """A path whose first folders are left out where it is too long; its end says most."""
    shown, parts = path, path.split("/")
    while width(shown) > room and len(parts) > 1:
        del parts[0]
        shown = "/".join(("...", *parts))
    return shown


class KeyBar(Lines):
    """The keys that do something here, as many as fit, the most needed first."""

    def __init__(self, keys: Sequence[Key] = ()) -> None:
        super().__init__(classes="keys")
        self._keys = tuple(keys)

    def on_resize(self, event: events.Resize) -> None:
        """Fits the keys into the new width."""
        self.offer(*self._keys)

    def offer(self, *keys: Key) -> None:
        """Offers these keys instead."""
        self._keys = keys
        line: list[Part] = []
        used = 0
        for key in keys:
            took = width(key.name) + 1 + width(key.words) + 2
            if used + took > self.size.width:
                break
            used += took
            line.append((f" {key.name}", "bold $accent" if key.works else "dim"))
            line.append((f" {key.words} ", "" if key.works else "dim"))
        self.show(tuple(line))
