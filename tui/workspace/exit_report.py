"""What happened, for the lines on the terminal once the screen is gone."""

from dataclasses import dataclass, field
from typing import TypeAlias

from tui.errors import Problem, internal_problem
from tui.workspace.apply import ApplyResult
from tui.workspace.editing import Editing


@dataclass(frozen=True, slots=True)
class Saved:
    """A save that was done.

    Attributes:
        where: a path, or a host.
        previous: where the version before lies, or "".
        is_instance: it was written to an instance.
        sender: the account of an instance that sends from now on, or "".
    """

    where: str
    previous: str
    is_instance: bool
    sender: str = ""


@dataclass(frozen=True, slots=True)
class MailReleased:
    """Failed emails that were set to send-ready again.

    Attributes:
        where: a host.
        released: how many were.
        chosen: how many should have been.
    """

    where: str
    released: int
    chosen: int


@dataclass(frozen=True, slots=True)
class Tested:
    """A test that ended: a test message that was followed, or mail servers that were tested.

    Attributes:
        words: what was tested and what it came to, in a sentence.
    """

    words: str


@dataclass(frozen=True, slots=True)
class Discarded:
    """Changes that were not wanted.

    Attributes:
        count: how many properties they were.
    """

    count: int


@dataclass(frozen=True, slots=True)
class StoppedBySignal:
    """A signal ended the program.

    Attributes:
        signal: its name.
    """

    signal: str


@dataclass(frozen=True, slots=True)
class WriteInterrupted:
    """The program ended in the middle of a write: what is saved there is unknown.

    Attributes:
        where: a path, or a host.
    """

    where: str


@dataclass(frozen=True, slots=True)
class Unsaved:
    """Changes that are not saved.

    Attributes:
        count: how many properties they are.
        is_kept: a draft of them is on disk.
        has_secret: a secret is among them, which no draft holds.
    """

    count: int
    is_kept: bool
    has_secret: bool

    @classmethod
    def from_editing(cls, editing: Editing, *, is_kept: bool) -> "Unsaved":
        """Return what is not saved of an editing."""
        return cls(len(editing.changed), is_kept, bool(editing.draft.secrets))


Event: TypeAlias = (
    Saved | MailReleased | Tested | Discarded | StoppedBySignal | WriteInterrupted | Problem
)


@dataclass(slots=True)
class ExitReport:
    """What happened since the start, in order.

    Attributes:
        where: where the settings lie that are worked on now.
        events: what happened; a Problem is one that came too late for the screen.
        set_aside: by profile, the changes left there when another profile was opened.
        unsaved: the changes that were not saved at the end.
        written: every place that was worked on, and whether something was written there.
        fault: of the program itself, if one ended it.
    """

    where: str
    events: list[Event] = field(default_factory=list)
    set_aside: dict[str, Unsaved] = field(default_factory=dict)
    unsaved: Unsaved | None = None
    written: dict[str, bool] = field(default_factory=dict)
    fault: Problem | None = None

    def __post_init__(self) -> None:
        self.written.setdefault(self.where, False)

    def add(self, event: Event) -> None:
        """Add something that happened."""
        self.events.append(event)

    def add_save(self, result: ApplyResult, sender: str = "") -> None:
        """Add a save, which may have ended after the screen was gone."""
        self.mark_written()
        written = result.written
        is_instance = bool(written.verified or sender)
        self.add(Saved(self.where, written.previous, is_instance, sender))

    def mark_written(self) -> None:
        """Note that something was written, whatever came after."""
        self.written[self.where] = True

    def add_interrupted_write(self) -> None:
        """Note that the program ends in the middle of writing."""
        self.mark_written()
        self.add(WriteInterrupted(self.where))

    def move_to(self, profile: str, where: str) -> None:
        """Note that a profile is worked on from now on, with what was set aside of it."""
        self.where = where
        self.written.setdefault(where, False)
        self.set_aside.pop(profile, None)

    def add_set_aside(self, editing: Editing, *, is_kept: bool) -> None:
        """Note that another profile is opened; `is_kept` says whether a draft stays."""
        if editing.changed:
            self.set_aside[editing.session.profile.name] = Unsaved.from_editing(
                editing, is_kept=is_kept
            )

    def add_fault(self, error: Exception) -> None:
        """Note a fault of the program, without its text, which could hold anything."""
        self.fault = internal_problem(error)
