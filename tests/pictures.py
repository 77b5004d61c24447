"""Draws the pictures of the README: `python -m tests.pictures` writes them to `screenshots/`.

Each is the real program, driven by keys, in a home of its own.
"""

import asyncio
import itertools
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

from textual.events import Paste

from tests.app.factories import make_workspace
from tests.app.person import settle
from tests.cli.running import DEADLINE
from tests.probes.faults import Script, Talk, serving
from tui.app.app import ConfiguratorApp
from tui.app.widgets.lines import Lines
from tui.coroutines import run_without_loop
from tui.credentials.secret import Secret
from tui.sandbox.instance import Sandbox
from tui.settings.values import Environment
from tui.storage.instance import Instance
from tui.storage.profile import Profile, add_profile, load_profile
from tui.workspace.session import open_session, unread_session

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

FOLDER = Path(__file__).parents[1] / "screenshots"

SAVED = """\
server = "mail.old.example"
user = "helpdesk@corp.example"
display_name = "Help Desk"
port = 25
sending_enabled = true
"""


@dataclass(frozen=True)
class Scene:
    """One picture.

    Attributes:
        size: columns and rows.
        keys: what is pressed; a text in angle brackets is pasted.
        file: the settings that are there already.
        environment: what differs from the usual.
        sandbox: the model of the stand-in instance that is worked on in place of a file.
        mail: how a mail server beside it behaves; `PORT` in the file is its port.
    """

    size: tuple[int, int]
    keys: tuple[str, ...] = ()
    file: str = SAVED
    environment: Mapping[str, str] = field(default_factory=dict)
    sandbox: str = ""
    mail: Script | None = None


WRONG = ("enter", "ctrl+u", "<smtp://mail.corp.example:587>")
MENDED = (*WRONG, "f4")

SCENES: Mapping[str, Scene] = {
    "first-start-80x24": Scene((80, 24), file=""),
    "main-80x24": Scene((80, 24), (*WRONG,)),
    "main-120x40": Scene((120, 40), (*MENDED,)),
    "main-60x20": Scene((60, 20), (*WRONG,)),
    "confirm-80x24": Scene((80, 24), (*MENDED, "ctrl+s")),
    "confirm-120x40": Scene((120, 40), (*MENDED, "ctrl+s")),
    "reasons-80x24": Scene((80, 24), (*WRONG, "ctrl+s")),
    "quit-80x24": Scene((80, 24), (*MENDED, "ctrl+q")),
    "palette-80x24": Scene((80, 24), ("ctrl+p", "<pop>")),
    "explain-80x24": Scene((80, 24), ("f1",)),
    "keys-120x40": Scene((120, 40), ("f3",)),
    "narrow-40x20": Scene((40, 20), ("enter",)),
    "light-80x24": Scene((80, 24), (*WRONG, "ctrl+p", "<Colours: light>", "enter")),
    "colourless-80x24": Scene((80, 24), (*WRONG,), environment={"NO_COLOR": "1"}),
}


OWN = ("?What sends", "escape", "ctrl+p", "<own>", "enter", "?own server, not")
FILLED = (
    *OWN,
    *("<mail.corp.example>", "tab", "<helpdesk@corp.example>", "tab", "<Help Desk>", "tab"),
    *("right", "tab", "<a password>", "tab", "up", "up", "up", "tab", "right", "right"),
)
SCENES = {
    **SCENES,
    "verdict-80x24": Scene((80, 24), ("?What sends",), sandbox="accounts"),
    "own-server-120x40": Scene((120, 40), FILLED, sandbox="accounts"),
    "own-server-confirm-80x24": Scene((80, 24), (*FILLED, "ctrl+s"), sandbox="accounts"),
    "locked-80x24": Scene((80, 24), ("?What sends", "escape"), sandbox="accounts"),
}


# It offers no TLS, and never answers the last word: so the probe is still under way.
PROBED = Script(offers=("SIZE 1000000", "AUTH PLAIN LOGIN"), answers={"QUIT": Talk.rest})
SCENES = {
    **SCENES,
    "probe-80x24": Scene(
        (80, 24),
        ("f12", "?recipient"),
        file='server = "127.0.0.1"\nport = PORT\nsecurity = "starttls"\n'
        'user = "helpdesk@corp.example"\nauthenticate = true\npassword = "not kept"\n',
        mail=PROBED,
    ),
}


@contextmanager
def home(scene: Scene, port: int) -> Iterator[None]:
    """A home in which the scene's settings lie, and nothing else of this machine is seen."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, ".config", "glidemail", "default.toml")
        file.parent.mkdir(parents=True)
        if scene.file:
            file.write_text(scene.file.replace("PORT", str(port)))
        seen = {"HOME": folder, "PATH": os.environ["PATH"], "TERM": "xterm-256color"}
        with patch.dict(os.environ, {**seen, **scene.environment}, clear=True):
            yield


async def draw(scene: Scene) -> str:
    """The picture as SVG, the same on every machine."""
    with mail_server(scene) as port, home(scene, port), stand_in(scene) as app:
        async with app.run_test(size=scene.size) as pilot:
            await pilot.pause()
            for key in scene.keys:
                if key.startswith("?"):
                    await shown(app, key[1:])
                elif key.startswith("<") and app.screen.focused:
                    app.screen.focused.post_message(Paste(key[1:-1]))
                else:
                    await pilot.press(key)
                await settle(app)
            return _plain(app.export_screenshot(title="glidemail"))


@contextmanager
def stand_in(scene: Scene) -> Iterator[ConfiguratorApp]:
    """The application, on a stand-in instance where the scene has one; its clock stands still."""
    if not scene.sandbox:
        yield ConfiguratorApp(
            make_workspace(run_without_loop(open_session(load_profile("default"))))
        )
        return
    still = patch("tui.targets.instance.read.inventory.datetime", Still)
    with Sandbox(scene.sandbox, clock=lambda: NOW) as sandbox, still:
        admin = sandbox.running.user("admin")
        instance = Instance(sandbox.running.url, user=admin.name, ca_file=sandbox.running.ca_file)
        profile = Profile("dev", Path("unused"), Environment.NON_PRODUCTION, instance=instance)
        add_profile(profile)
        yield ConfiguratorApp(make_workspace(unread_session(profile), Secret(admin.password)))


@contextmanager
def mail_server(scene: Scene) -> Iterator[int]:
    """The port of the mail server that the scene has; what it takes is always the same time."""
    if scene.mail is None:
        yield 0
        return
    clock = itertools.count(step=0.013)
    with (
        patch("tui.probes.stage_log.time", SimpleNamespace(monotonic=lambda: next(clock))),
        patch("tui.workspace.diagnose.socket.gethostname", lambda: "admin-host"),
        serving(scene.mail) as seen,
    ):
        yield seen.port


class Still(datetime):
    """A clock that stands still."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "Still":
        """Always the same."""
        return cls.fromtimestamp(NOW.timestamp(), tz)


async def shown(app: ConfiguratorApp, words: str) -> None:
    """Waits until a text is on the screen."""
    async with asyncio.timeout(DEADLINE):
        while not any(words in each.text for each in app.screen.query(Lines)):
            await asyncio.sleep(0.01)


def _plain(svg: str) -> str:
    """The picture without fonts from elsewhere."""
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    # A stand-in takes a port that is free, and the names inside are made from the text.
    svg, count = re.subn(r"(127\.0\.0\.1(?::|&#160;port&#160;))[0-9]{5}", r"\g<1>18443", svg)
    svg = re.sub(r"\([0-9](?=</text>|&#160;ms\))", "(1", svg)  # milliseconds
    svg = re.sub(r"terminal-[0-9]+", "terminal", svg) if count else svg
    svg = svg.replace("<svg ", '<svg xml:space="preserve" ', 1)
    return svg.replace("Fira Code, monospace", "monospace") + "\n"


def main(names: list[str]) -> None:
    """Draws the named pictures, or all."""
    FOLDER.mkdir(exist_ok=True)
    for name, scene in SCENES.items():
        if not names or name in names:
            (FOLDER / f"{name}.svg").write_text(asyncio.run(draw(scene)))


if __name__ == "__main__":
    main(sys.argv[1:])
