"""Settings in a local file: the default, which needs no instance, server or account."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tui.credentials.secret import Secret
from tui.settings.catalog import Settings, catalog
from tui.settings.plan import Change, Plan, describe_stale
from tui.settings.snapshot import Snapshot
from tui.settings.target_facts import TargetFacts
from tui.settings.values import Environment, SecretState, Value
from tui.storage.file import lock_file, read_text_if_exists
from tui.storage.settings_file import HEADER, parse_snapshot, to_native
from tui.storage.toml import edit_toml
from tui.targets.target import Reading, SaveResult, stale_refusal


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A TOML file, which need not exist yet.

    Attributes:
        keeps: whether a typed secret is kept elsewhere on this machine; the file itself holds
            only its state.
    """

    path: Path
    environment: Environment | None = None
    keeps: bool = False
    settings: type[Settings] = Settings

    @property
    def where(self) -> str:
        r"""The path; a byte in it that is not text is written as `\xff`."""
        return str(self.path).encode(errors="surrogateescape").decode(errors="backslashreplace")

    def file_version(self) -> object:
        """Return the identity, size and time of the file, None if it cannot be seen."""
        try:
            status = self.path.lstat()
        except OSError:
            return None
        return status.st_ino, status.st_size, status.st_mtime_ns

    async def read(self) -> Reading:
        """Read the settings in the file; a missing file specifies nothing."""
        text = read_text_if_exists(self.path)
        snapshot = Snapshot() if text is None else parse_snapshot(text, self.path, self.settings)
        return Reading(snapshot, TargetFacts(environment=self.environment))

    async def write(self, plan: Plan, secrets: Mapping[str, Secret]) -> SaveResult:
        """Write the plan's values into the text as it is now, under a lock."""
        with lock_file(self.path) as file:
            text = file.read()
            now = parse_snapshot(text or "", self.path, self.settings)
            changes = [replace(each, after=self._value(each)) for each in plan.changes]
            if differences := describe_stale(changes, now):
                raise stale_refusal(
                    f"{self.path} has changed since it was read: {differences}. Nothing was "
                    "written."
                )
            values = {each.property: to_native(each.after) for each in changes}
            # A password that was typed into the file must not live on in a copy.
            secret_names = [n for n, entry in catalog(self.settings).items() if entry.is_secret]
            keep_old = now.broken.keys().isdisjoint(secret_names)
            file.replace(edit_toml(text or HEADER, values, self.path), keep_old)
        previous = f"{self.where}.old" if text is not None and keep_old else ""
        return SaveResult(self.where, previous)

    def _value(self, change: Change) -> Value:
        if change.after is SecretState.NEW:
            return SecretState.KEPT if self.keeps else SecretState.NOT_KEPT
        return "" if change.after is SecretState.CLEARED else change.after
