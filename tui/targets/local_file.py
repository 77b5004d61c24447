"""Settings in a local file: the default, which needs no instance, server or account."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tui.credentials.secret import Secret
from tui.errors import Refusal
from tui.settings.catalog import Settings, catalog
from tui.settings.plan import Change, Plan, describe_stale
from tui.settings.snapshot import Snapshot
from tui.settings.target_facts import TargetFacts
from tui.settings.values import Environment, SecretState, Value
from tui.storage.file import lock_file, read_text_if_exists
from tui.storage.settings_file import HEADER, parse_snapshot, to_native
from tui.storage.toml import edit_toml
from tui.targets.target import Reading, SaveResult


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A TOML file.

    Attributes:
        path: the file; it need not exist yet.
        environment: as the profile says.
        keeps: whether a typed secret is kept elsewhere on this machine; the file itself holds
            only its state.
        settings: the declaration of the properties.
    """

    path: Path
    environment: Environment | None = None
    keeps: bool = False
    settings: type[Settings] = Settings

    @property
    def where(self) -> str:
        r"""The path; a byte in it that is not text is written as `\xff`."""
        return str(self.path).encode(errors="surrogateescape").decode(errors="backslashreplace")

    def stamp(self) -> object:
        """Return the identity, size and time of the file, None if it cannot be seen."""
        try:
            status = self.path.lstat()
        except OSError:
            return None
        return status.st_ino, status.st_size, status.st_mtime_ns

    async def read(self) -> Reading:
        """Read the settings in the file; a missing file specifies nothing."""
        return Reading(self._snapshot(), TargetFacts(environment=self.environment))

    def _snapshot(self) -> Snapshot:
        text = read_text_if_exists(self.path)
        return Snapshot() if text is None else parse_snapshot(text, self.path, self.settings)

    async def write(self, plan: Plan, secrets: Mapping[str, Secret]) -> SaveResult:
        """Write the plan's values into the text as it is now, under a lock."""
        with lock_file(self.path) as file:
            text = file.read()
            now = parse_snapshot(text or "", self.path, self.settings)
            changes = [replace(each, after=self._value(each)) for each in plan.changes]
            if differences := describe_stale(changes, now):
                raise _stale_file(self.path, differences)
            values = {each.property: to_native(each.after) for each in changes}
            # A password that somebody put into the file must not live on in a copy.
            keep_old = now.broken.keys().isdisjoint(_secret_names(self.settings))
            file.replace(edit_toml(text or HEADER, values, self.path), keep_old)
        previous = f"{self.where}.old" if text is not None and keep_old else ""
        return SaveResult(self.where, previous)

    def _value(self, change: Change) -> Value:
        if change.after is SecretState.NEW:
            return SecretState.KEPT if self.keeps else SecretState.NOT_KEPT
        return "" if change.after is SecretState.CLEARED else change.after


def _secret_names(settings: type[Settings]) -> set[str]:
    return {name for name, entry in catalog(settings).items() if entry.is_secret}


def _stale_file(path: Path, differences: str) -> Refusal:
    return Refusal(
        "target.stale",
        f"{path} has changed since it was read: {differences}. Nothing was written.",
        "Look at it again, and make the change anew.",
    )
