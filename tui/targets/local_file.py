"""Settings in a local file: the default, which needs no instance, server or account."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tui.credentials.secret import Secret
from tui.errors import Refusal
from tui.settings.catalog import Settings, catalog
from tui.settings.plan import Change, Plan
from tui.settings.rebase import describe_stale
from tui.settings.snapshot import Snapshot
from tui.settings.target_facts import TargetFacts
from tui.settings.values import Environment, SecretState, Value
from tui.storage.file import locked, read_if_there
from tui.storage.settings_file import HEADER, native, snapshot_of
from tui.storage.toml import edited
from tui.targets.target import Reading, Written


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A TOML file.

    Attributes:
        path: the file; it need not exist yet.
        environment: what the profile says of it.
        keeps: whether a typed secret is kept somewhere else on this machine; the file
            itself says only which it is.
        settings: the declaration of the properties.
    """

    path: Path
    environment: Environment | None = None
    keeps: bool = False
    settings: type[Settings] = Settings

    @property
    def where(self) -> str:
        r"""The path; a byte in it that is no text stands as in `\xff`."""
        return str(self.path).encode(errors="surrogateescape").decode(errors="backslashreplace")

    def stamp(self) -> object:
        """Identity, size and time of the file; None where there is none to be seen."""
        try:
            status = self.path.lstat()
        except OSError:
            return None
        return status.st_ino, status.st_size, status.st_mtime_ns

    async def read(self) -> Reading:
        """The settings in the file; a missing file specifies nothing, and sends nothing."""
        return Reading(self._snapshot(), TargetFacts(environment=self.environment))

    def _snapshot(self) -> Snapshot:
        text = read_if_there(self.path)
        return Snapshot() if text is None else snapshot_of(text, self.path, self.settings)

    async def write(self, plan: Plan, secrets: Mapping[str, Secret]) -> Written:
        """Writes the plan's values onto the text as it is now, under a lock."""
        with locked(self.path) as file:
            text = file.current()
            now = snapshot_of(text or "", self.path, self.settings)
            wanted = [replace(each, after=self._value(each)) for each in plan.changes]
            if differences := describe_stale(wanted, now):
                raise _stale(self.path, differences)
            values = {each.property: native(each.after) for each in wanted}
            # A password that somebody put into the file must not live on in a copy.
            keep_old = now.broken.keys().isdisjoint(_secrets(self.settings))
            file.replace(edited(text or HEADER, values, self.path), keep_old)
        previous = f"{self.where}.old" if text is not None and keep_old else ""
        return Written(self.where, previous)

    @property
    def _kept(self) -> SecretState:
        return SecretState.KEPT if self.keeps else SecretState.NOT_KEPT

    def _value(self, change: Change) -> Value:
        if change.after is SecretState.NEW:
            return self._kept
        return "" if change.after is SecretState.CLEARED else change.after


def _secrets(settings: type[Settings]) -> set[str]:
    return {name for name, entry in catalog(settings).items() if entry.is_secret}


def _stale(path: Path, differences: str) -> Refusal:
    return Refusal(
        "target.stale",
        f"{path} has changed since it was read: {differences}. Nothing was written.",
        "Look at it again, and make the change anew.",
    )
