"""Profiles, sessions and editings for tests of the application."""

from pathlib import Path
from typing import Any

from tests.cli.house import House
from tui.coroutines import run_without_loop
from tui.credentials.secret import Secret
from tui.presentation.target_text import CHOICE_HINTS
from tui.sandbox.sandbox_server import ConnectionDetails
from tui.settings.catalog import Entry, catalog
from tui.settings.delivery.status import Model
from tui.settings.snapshot import Snapshot
from tui.settings.target_facts import TargetFacts
from tui.settings.values import Environment, Value
from tui.storage.instance import Instance, SignInMethod
from tui.storage.profile import Keep, Profile, add_profile
from tui.targets.instance.instance_target import InstanceTarget
from tui.targets.local_file import LocalFile
from tui.targets.target import Reading
from tui.workspace.editing import Editing
from tui.workspace.session import Session, open_session, unread_session
from tui.workspace.sign_in import SignIns
from tui.workspace.workspace import Workspace

SAVED = """\
# ours
server = "mail.old.example"
user = "helpdesk@corp.example"
display_name = "Help Desk"  # as people know it
port = 25
sending_enabled = true
"""
"""Valid settings of a non-production instance."""

HOSTILE = (
    "[/]",
    "[@click=app.quit]x[/]",
    "[bold]x",
    "\x1b]0;x\x07\x1b[2J",
    "\x9b2J\x85",
    "\u202eabc\u2066",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "e" + "\u0301" * 40,
    "\ud800",
    "x" * 10_000,
)
"""Texts that would do harm on a terminal that is sent them as they are."""


def open_default(
    here: House,
    environment: Environment | None = Environment.NON_PRODUCTION,
    keep: Keep = Keep.NOTHING,
) -> Session:
    """Read the default profile, which is for a non-production instance by default."""
    return run_without_loop(open_session(Profile("default", here.settings, environment, keep)))


def make_workspace(session: Session, sign_in: Secret | None = None) -> Workspace:
    """Return the workspace of a session, with the secret that signs in, if known."""
    sign_ins = SignIns({session.profile.name: sign_in} if sign_in else None)
    return Workspace(session, sign_ins, CHOICE_HINTS)


def add_instance(
    at: ConnectionDetails,
    name: str = "corp",
    environment: Environment = Environment.NON_PRODUCTION,
    **more: Any,
) -> Profile:
    """Add a profile of a stand-in instance, with its user admin by default."""
    keep = more.pop("keep", Keep.NOTHING)
    instance = Instance(**{"url": at.url, "user": "admin", "ca_file": at.ca_file, **more})
    profile = Profile(name, Path("unused"), environment, keep, instance)
    add_profile(profile)
    return profile


def make_entry(name: str) -> Entry:
    """Return the declaration of a property."""
    return catalog()[name]


def make_session(
    snapshot: Snapshot | None = None, name: str = "default", path: str = "/etc/default.toml"
) -> Session:
    """Return a file's session in which a snapshot was read; nothing of it is on disk."""
    place = Path(path)
    profile = Profile(name, place, Environment.NON_PRODUCTION, Keep.NOTHING)
    target = LocalFile(place, Environment.NON_PRODUCTION)
    reading = Reading(snapshot or Snapshot(), TargetFacts(environment=Environment.NON_PRODUCTION))
    return Session(profile, target, reading, ())


def make_instance_session(
    *,
    host: str = "dev12345.service-now.com",
    user: str = "admin",
    environment: Environment = Environment.NON_PRODUCTION,
    snapshot: Snapshot | None = None,
    is_read: bool = True,
    **place: Any,
) -> Session:
    """Return an instance's session; no request is sent."""
    instance = Instance(
        f"https://{host}", SignInMethod.BASIC if user else SignInMethod.API_KEY, user
    )
    profile = Profile("corp", Path("/unused"), environment, Keep.NOTHING, instance)
    if not is_read:
        return unread_session(profile)
    where = TargetFacts(**{"model": Model.ACCOUNT, "environment": environment, **place})
    target = InstanceTarget(instance, Secret("unused"), environment)
    return Session(profile, target, Reading(snapshot or Snapshot(), where), ())


def make_editing(**values: Value) -> Editing:
    """Return an editing of values without an edit."""
    return Editing.from_session(make_session(Snapshot(values)))
