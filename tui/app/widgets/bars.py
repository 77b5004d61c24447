"""The lines above and below: where one is, and which keys there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from textual import events

from tui.app.widgets.lines import Line, Lines, Part, WrappedLines, cut
from tui.presentation.target_text import model_words, signer_words, target_tag
from tui.presentation.value_text import short_path
from tui.settings.values import Environment
from tui.terminal.layout import width
from tui.terminal.visible import visible
from tui.workspace.session import Session

_MOST = 200
"""Characters of a name from outside that are looked at."""

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


class Banner(WrappedLines):
    """What is worked on: FILE or what an instance counts as, where it is saved, what decides.

    It says that a file changes no instance, and gives up words where there is no room: the
    middle of the path first.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(partial(banner_lines, session), classes="banner")
        self._session = session

    def follow(self, session: Session) -> None:
        """Tells of another session."""
        if session is not self._session:
            self._session = session
            self.lay(partial(banner_lines, session))


def banner_lines(session: Session, room: int) -> list[Line]:
    """The banner for a width, in one line; in two where one would say too little."""
    place = session.place
    name = session.profile.name
    if not place.is_file:
        return _instance_lines(session, room)
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


def _instance_lines(session: Session, room: int) -> list[Line]:
    """An instance's banner: what it counts as, the host, who is signed in, what decides."""
    place = session.place
    style = "bold reverse $error" if place.is_production else "bold reverse"
    mark: Part = (f" {target_tag(place)} ", style)
    said = (session.target.where, signer_words(session), model_words(session))
    host, who, model = (visible(each, _MOST) for each in said)
    spare = room - width(mark[0]) - 1
    if room < 80 and width(f"{host}  {who}, {model}") > spare:
        who, model = _fitted((who, model), room - 3)
        return [(mark, (f" {cut(host, spare)}", "bold")), ((f" {who}, {model}", ""),)]
    host, who, model = _fitted((host, who, model), spare - 4)
    return [(mark, (f" {host}", "bold"), (f"  {who}, {model}", ""))]


def _fitted(parts: Sequence[str], room: int) -> list[str]:
    """Texts that take as many columns together; the longest one gives way first."""
    sizes = [width(each) for each in parts]
    while sum(sizes) > max(room, len(parts)):
        sizes[sizes.index(max(sizes))] -= 1
    return [cut(each, size) for each, size in zip(parts, sizes, strict=True)]


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
