"""Undo and redo of a draft."""

from dataclasses import dataclass, replace

from tui.settings.draft import Draft
from tui.settings.rebase import rebase
from tui.settings.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class History:
    """A draft with the steps that led to it.

    A step is one visit to a field, however much is typed there, a fix, a reset or a clearing.

    Attributes:
        draft: the draft now.
        settled: the draft when the current visit began.
        past: the drafts of earlier steps, the oldest first.
        future: the drafts of undone steps, the next one first.
    """

    draft: Draft
    settled: Draft
    past: tuple[Draft, ...] = ()
    future: tuple[Draft, ...] = ()

    @classmethod
    def from_draft(cls, draft: Draft) -> "History":
        """Return a history that starts with a draft."""
        return cls(draft, draft)

    def update(self, draft: Draft) -> "History":
        """Change the draft within the current visit, which is not a step yet."""
        return replace(self, draft=draft, future=self.future if draft == self.draft else ())

    def settle(self) -> "History":
        """End the current visit and make one step of what it changed."""
        if self.draft == self.settled:
            return self
        return replace(self, settled=self.draft, past=(*self.past, self.settled))

    def add_step(self, draft: Draft) -> "History":
        """Change the draft in a step of its own."""
        return self.settle().update(draft).settle()

    def undo(self) -> "History":
        """Go back one step, if there is one."""
        now = self.settle()
        if not now.past:
            return now
        *past, before = now.past
        return History(before, before, tuple(past), (now.draft, *now.future))

    def redo(self) -> "History":
        """Repeat the step that was undone last, if there is one."""
        now = self.settle()
        if not now.future:
            return now
        after, *future = now.future
        return History(after, after, (*now.past, now.draft), tuple(future))

    def rebase(self, theirs: Snapshot) -> "History":
        """Return the same steps over a newer snapshot."""

        def rebase_draft(draft: Draft) -> Draft:
            return rebase(draft, theirs).draft

        return History(
            rebase_draft(self.draft),
            rebase_draft(self.settled),
            tuple(map(rebase_draft, self.past)),
            tuple(map(rebase_draft, self.future)),
        )
