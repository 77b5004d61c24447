"""Undo and redo: drafts one step apart."""

from dataclasses import dataclass, replace

from tui.settings.draft import Draft
from tui.settings.rebase import rebase
from tui.settings.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class History:
    """A draft with the way that led to it.

    One step is a visit to a field, however much is typed in it, a fix, a reset or a clearing.

    Attributes:
        draft: as it is now.
        settled: as it was when the current visit began.
        past: the steps before, the oldest first.
        future: the steps that were undone, the next one first.
    """

    draft: Draft
    settled: Draft
    past: tuple[Draft, ...] = ()
    future: tuple[Draft, ...] = ()

    @classmethod
    def of(cls, draft: Draft) -> "History":
        """A history that begins with a draft."""
        return cls(draft, draft)

    def typed(self, draft: Draft) -> "History":
        """The draft changed within a visit, which is no step yet."""
        return replace(self, draft=draft, future=self.future if draft == self.draft else ())

    def settle(self) -> "History":
        """The visit is over: what it changed becomes one step."""
        if self.draft == self.settled:
            return self
        return replace(self, settled=self.draft, past=(*self.past, self.settled))

    def step(self, draft: Draft) -> "History":
        """The draft changed in a step of its own."""
        return self.settle().typed(draft).settle()

    def undo(self) -> "History":
        """One step back; the same where there is none."""
        now = self.settle()
        if not now.past:
            return now
        *past, before = now.past
        return History(before, before, tuple(past), (now.draft, *now.future))

    def redo(self) -> "History":
        """One undone step forward again; the same where there is none."""
        now = self.settle()
        if not now.future:
            return now
        after, *future = now.future
        return History(after, after, (*now.past, now.draft), tuple(future))

    def rebased(self, theirs: Snapshot) -> "History":
        """The same steps over what is there now."""

        def over(draft: Draft) -> Draft:
            return rebase(draft, theirs).draft

        return History(
            over(self.draft),
            over(self.settled),
            tuple(map(over, self.past)),
            tuple(map(over, self.future)),
        )
