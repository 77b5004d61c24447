"""Settings in a local file: the default, which needs no instance, server or account."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tui.credentials.secret import Secret
from tui.documents.files import locked, read_text
from tui.documents.settings import HEADER, native, snapshot_of
from tui.documents.toml import edited
from tui.errors import Problem, Refusal
from tui.settings.catalog import Settings
from tui.settings.draft import Snapshot, same
from tui.settings.kinds import text_of
from tui.settings.place import Place
from tui.settings.plan import Change, Plan
from tui.settings.rebase import moved
from tui.settings.values import Environment, SecretState, Value
from tui.targets.target import Written


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
        """The path."""
        return str(self.path)

    @property
    def place(self) -> Place:
        """A place that sends nothing by itself."""
        return Place(environment=self.environment)

    def stamp(self) -> object:
        """Identity, size and time of the file; None where there is none to be seen."""
        try:
            status = self.path.lstat()
        except OSError:
            return None
        return status.st_ino, status.st_size, status.st_mtime_ns

    async def read(self) -> Snapshot:
        """The settings in the file; a missing file specifies nothing."""
        try:
            text = read_text(self.path)
        except Problem as problem:
            if problem.code == "file.missing":
                return Snapshot()
            raise
        return snapshot_of(text, self.path, self.settings)

    async def write(self, plan: Plan, secrets: Mapping[str, Secret]) -> Written:
        """Writes the plan's values onto the text as it is now, under a lock."""
        with locked(self.path) as file:
            text = file.current()
            now = snapshot_of(text or "", self.path, self.settings)
            wanted = {each.property: self._value(each) for each in plan.changes}
            stale = [
                each
                for each in plan.changes
                if moved(each.before, now.value(each.property))
                and not same(now.value(each.property), wanted[each.property])
            ]
            if stale:
                raise _stale(self.path, stale, now)
            values = {name: native(value) for name, value in wanted.items()}
            file.replace(edited(text or HEADER, values, self.path))
        previous = f"{self.path}.old" if text is not None else ""
        return Written(self.where, previous)

    @property
    def _kept(self) -> SecretState:
        return SecretState.KEPT if self.keeps else SecretState.NOT_KEPT

    def _value(self, change: Change) -> Value:
        if change.after is SecretState.NEW:
            return self._kept
        return "" if change.after is SecretState.CLEARED else change.after


def _stale(path: Path, changes: list[Change], now: Snapshot) -> Refusal:
    differences = "; ".join(
        f"{each.property} was {text_of(each.before) or 'blank'} and is "
        f"{text_of(now.value(each.property)) or 'blank'}"
        for each in changes
    )
    return Refusal(
        "target.stale",
        f"{path} has changed since it was read: {differences}. Nothing was written.",
        "Look at it again, and make the change anew.",
    )
