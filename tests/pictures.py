"""Draw the README's pictures into `screenshots/`: `scripts/pictures`, or some of them by name.

Each shows the real program, driven by keys, in a home directory of its own.
"""

import asyncio
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, ClassVar
from unittest.mock import patch
from weakref import WeakKeyDictionary

from textual.events import Paste

from tests.app.factories import make_workspace
from tests.app.person import settle
from tests.cli.house import DEADLINE
from tests.probes.mail_server import Script, Talk, serve
from tests.sandbox.sandbox import Sandbox
from tui.app.app import ConfiguratorApp
from tui.app.widgets.lines import Lines
from tui.coroutines import run_without_loop
from tui.credentials.secret import Secret
from tui.probes.server_spec import ProbeOptions
from tui.sandbox.sandbox_state import Switches
from tui.settings.values import Environment
from tui.storage.instance import Instance
from tui.storage.profile import Profile, add_profile, load_profile
from tui.targets.instance.instance_target import InstanceTarget
from tui.targets.instance.mail.look import Pace
from tui.workspace.session import open_session, unread_session

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

SYS_ID = "9d385017c611228701d22104cc95c371"
"""Stands for every one in a picture."""

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
    """What one picture shows.

    Attributes:
        size: columns and rows.
        keys: the keys to press; `<text>` is pasted, `?text` is waited for, and `+` lets a minute
            pass at the stand-in and its mail go out.
        file: the settings file at the start.
        environment: extra environment variables.
        sandbox: the model of the stand-in instance to open; "" opens the file.
        mail: how the mail server behaves; `PORT` in `file` stands for its port. In `keys`, `PORT`
            and `PASSWORD` stand for those of the stand-in's mail server.
    """

    size: tuple[int, int]
    keys: tuple[str, ...] = ()
    file: str = SAVED
    environment: Mapping[str, str] = field(default_factory=dict)
    sandbox: str = ""
    mail: Script | None = None


INVALID = ("enter", "ctrl+u", "<smtp://mail.corp.example:587>", "?Enter the host name")
FIXED = (*INVALID, "f4")

SCENES: Mapping[str, Scene] = {
    "first-start-80x24": Scene((80, 24), file=""),
    "main-80x24": Scene((80, 24), (*INVALID,)),
    "main-120x40": Scene((120, 40), (*FIXED,)),
    "main-60x20": Scene((60, 20), (*INVALID,)),
    "confirm-80x24": Scene((80, 24), (*FIXED, "ctrl+s")),
    "confirm-120x40": Scene((120, 40), (*FIXED, "ctrl+s")),
    "reasons-80x24": Scene((80, 24), (*INVALID, "ctrl+s")),
    "quit-80x24": Scene((80, 24), (*FIXED, "ctrl+q")),
    "palette-80x24": Scene((80, 24), ("ctrl+p", "<pop>")),
    "explain-80x24": Scene((80, 24), ("f1",)),
    "keys-120x40": Scene((120, 40), ("f3",)),
    "narrow-40x20": Scene((40, 20), ("enter",)),
    "light-80x24": Scene((80, 24), (*INVALID, "ctrl+p", "<Colours: light>", "enter")),
    "colourless-80x24": Scene((80, 24), (*INVALID,), environment={"NO_COLOR": "1"}),
}

SCENES = {
    **SCENES,
    "verdict-80x24": Scene((80, 24), ("?Does mail go out",), sandbox="accounts"),
    "locked-80x24": Scene((80, 24), ("?Does mail go out", "escape"), sandbox="accounts"),
}

# After a clone: an account of one's own in the place of production's, first with a wrong password.
TYPED = (
    *("?Does mail go out", "escape", "enter"),
    *("ctrl+u", "<127.0.0.1>", "tab", "ctrl+u", "<it@corp.example>"),
    *("tab", "tab", "tab", "<a wrong password>", "tab", "ctrl+u", "<PORT>", "ctrl+s"),
)
SAVED_TYPED = (*TYPED, *("tab", "space") * 4, "tab", "tab", "enter", "?is active.")
SENT = (*SAVED_TYPED, "ctrl+t", "<me@corp.example>", "enter", "?in the queue", "+", "?Log:")
CORRECTED = (*SENT, "escape", "+", "shift+tab", "<PASSWORD>", "ctrl+s", "tab", "enter", "?1 change")
ACCEPTED = (*CORRECTED, "+", "ctrl+t", "enter", "?in the queue", "+", "?Log:")
SCENES = {
    **SCENES,
    "tour-1-why-80x24": Scene((80, 24), ("?Does mail go out",), sandbox="clone"),
    "tour-2-confirm-80x24": Scene((80, 24), TYPED, sandbox="clone"),
    "tour-3-failed-80x24": Scene((80, 24), SENT, sandbox="clone"),
    "tour-4-accepted-80x24": Scene((80, 24), ACCEPTED, sandbox="clone"),
}

# It offers no TLS and never answers QUIT, so the probe is still running.
PLAIN_SMTP = Script(offers=("SIZE 1000000", "AUTH PLAIN LOGIN"), answers={"QUIT": Talk.rest})
SCENES = {
    **SCENES,
    "probe-80x24": Scene(
        (80, 24),
        ("f12", "?recipient"),
        file='server = "127.0.0.1"\nport = PORT\nsecurity = "starttls"\n'
        'user = "helpdesk@corp.example"\nauthenticate = true\npassword = "not kept"\n',
        mail=PLAIN_SMTP,
    ),
}


@contextmanager
def home(scene: Scene, port: int) -> Iterator[None]:
    """Enter a home directory that holds the scene's settings and hides the rest of the machine."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, ".config", "glidemail", "default.toml")
        file.parent.mkdir(parents=True)
        if scene.file:
            file.write_text(scene.file.replace("PORT", str(port)))
        seen = {"HOME": folder, "PATH": os.environ["PATH"], "TERM": "xterm-256color"}
        with patch.dict(os.environ, {**seen, **scene.environment}, clear=True):
            yield


async def draw(scene: Scene) -> str:
    """Return the picture as SVG, the same on every machine and under any load."""
    with (
        mail_server(scene) as port,
        home(scene, port),
        stand_in(scene) as sandbox,
        application(sandbox) as app,
    ):
        async with app.run_test(size=scene.size) as pilot:
            await settle(app)
            for key in scene.keys:
                if key.startswith("?"):
                    await wait_for_text(app, key[1:])
                elif key == "+" and sandbox:
                    await asyncio.to_thread(pass_minute, sandbox)
                elif key.startswith("<") and app.screen.focused:
                    app.screen.focused.post_message(Paste(fill_in(key[1:-1], sandbox)))
                else:
                    await pilot.press(key)
                await settle(app)
            return _normalize(app.export_screenshot(title="glidemail"), sandbox)


def fill_in(text: str, sandbox: Sandbox | None) -> str:
    """Return a text to paste, with the port and the password of the stand-in's mail server."""
    if sandbox is None:
        return text
    mail = sandbox.running.mail
    return text.replace("PORT", str(mail.ports["starttls"])).replace("PASSWORD", mail.password)


def pass_minute(sandbox: Sandbox) -> None:
    """Let a minute pass, and then the stand-in's mail go out."""
    FrozenDatetime.current += timedelta(minutes=1)
    sandbox.deliver()


@dataclass(frozen=True, slots=True)
class HastyTarget(InstanceTarget):
    """An instance whose mail is looked at often."""

    pace: Pace = field(default_factory=lambda: Pace(message=0.05))


@contextmanager
def stand_in(scene: Scene) -> Iterator[Sandbox | None]:
    """Run the scene's stand-in instance, if it has one, at a fixed time."""
    if not scene.sandbox:
        yield None
        return
    FrozenDatetime.current = NOW
    read = "tui.targets.instance.read"
    fixed_time = patch(f"{read}.inventory.datetime", FrozenDatetime)
    fixed_reading = patch(f"{read}.mail_evidence.datetime", FrozenDatetime)
    switches = Switches(sender_seconds=0)  # so that the queue stays as it is
    with (
        Sandbox(scene.sandbox, clock=lambda: FrozenDatetime.current, switches=switches) as sandbox,
        fixed_time,
        fixed_reading,
        patch("tui.app.flows.send_test.make_token", lambda: "4f9c2a71"),
        patch("tui.targets.instance.instance_target.InstanceTarget", HastyTarget),
    ):
        if scene.sandbox == "clone":
            pass_minute(sandbox)
            FrozenDatetime.current += timedelta(minutes=9)
        yield sandbox


@contextmanager
def application(sandbox: Sandbox | None) -> Iterator[ConfiguratorApp]:
    """Make the application, on a stand-in instance if there is one."""
    if sandbox is None:
        session = run_without_loop(open_session(load_profile("default")))
        yield ConfiguratorApp(make_workspace(session))
    else:
        admin = sandbox.running.user("admin")
        instance = Instance(sandbox.running.url, user=admin.name, ca_file=sandbox.running.ca_file)
        profile = Profile("dev", Path("unused"), Environment.NON_PRODUCTION, instance=instance)
        add_profile(profile)
        yield ConfiguratorApp(make_workspace(unread_session(profile), Secret(admin.password)))


@contextmanager
def mail_server(scene: Scene) -> Iterator[int]:
    """Start the scene's mail server, if it has one, and give its port; fix the times measured."""
    if scene.mail is None:
        yield 0
        return
    with (
        patch("tui.probes.stage.time", SteppingClock(0.013)),
        patch("tui.probes.net.dial.time", SteppingClock(0.001)),
        # No answer counts as slow on a busy machine.
        patch.object(ProbeOptions, "slow_after", ProbeOptions().deadline),
        patch("tui.workspace.diagnose.socket.gethostname", lambda: "admin-host"),
        serve(scene.mail) as seen,
    ):
        yield seen.port


class SteppingClock:
    """A replacement for `time` that moves one step each time a task reads it.

    Each task has its own count, so durations depend neither on the machine's load nor on the
    order in which tasks run.
    """

    def __init__(self, step: float) -> None:
        self._step = step
        self._reads = WeakKeyDictionary[asyncio.Task[Any], int]()

    def monotonic(self) -> float:
        """Return the running task's time in seconds."""
        task = asyncio.current_task()
        assert task
        self._reads[task] = self._reads.get(task, 0) + 1
        return self._reads[task] * self._step


class FrozenDatetime(datetime):
    """A `datetime` whose current time only a scene moves.

    Attributes:
        current: the current time.
    """

    current: ClassVar[datetime] = NOW

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "FrozenDatetime":
        """Return the current time."""
        return cls.fromtimestamp(cls.current.timestamp(), tz)


async def wait_for_text(app: ConfiguratorApp, words: str) -> None:
    """Wait until the screen shows a text."""
    async with asyncio.timeout(DEADLINE):
        while not any(words in each.text for each in app.screen.query(Lines)):
            await asyncio.sleep(0.01)


def _normalize(svg: str, sandbox: Sandbox | None) -> str:
    """Remove what differs between two runs, and fonts from the network."""
    if sandbox:
        svg = svg.replace(str(sandbox.running.mail.ports["starttls"]), "20587")
        # Only the digits of a sys_id differ, not how many of them are shown.
        svg = re.sub("(?<=sys_id=)[0-9a-f]+", lambda found: SYS_ID[: len(found[0])], svg)
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    # A stand-in listens on any free port, and the names of the SVG's styles depend on the text.
    svg, count = re.subn(r"(127\.0\.0\.1(?::|&#160;port&#160;))[0-9]{5}", r"\g<1>18443", svg)
    svg = re.sub(r"terminal-[0-9]+", "terminal", svg) if count else svg
    svg = svg.replace("<svg ", '<svg xml:space="preserve" ', 1)
    return svg.replace("Fira Code, monospace", "monospace") + "\n"


def main(names: list[str]) -> None:
    """Draw the pictures of these names, or all."""
    FOLDER.mkdir(exist_ok=True)
    for name, scene in SCENES.items():
        if not names or name in names:
            (FOLDER / f"{name}.svg").write_text(asyncio.run(draw(scene)))


if __name__ == "__main__":
    main(sys.argv[1:])
