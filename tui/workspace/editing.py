"""A session while it is edited: what the screen shows and every key leads from and to."""

from dataclasses import dataclass, replace
from functools import cached_property

from tui.credentials.secret import Secret
from tui.settings.draft import Draft
from tui.settings.findings import Fix
from tui.settings.history import History
from tui.settings.rebase import Conflict, rebase
from tui.settings.review import Review
from tui.settings.values import SecretState
from tui.workspace.session import Session


@dataclass(frozen=True)
class Editing:
    """An edited session. Every change gives a new one.

    Attributes:
        session: what was read.
        history: the draft over it, with its steps.
        conflicts: properties that moved there too, since the draft was begun.
        taken: properties that moved there only, when it was last read again.
    """

    session: Session
    history: History
    conflicts: tuple[Conflict, ...] = ()
    taken: tuple[str, ...] = ()

    @classmethod
    def of(cls, session: Session) -> "Editing":
        """An editing in which nothing has been edited."""
        return cls(session, History.from_draft(session.draft))

    @property
    def draft(self) -> Draft:
        """The draft as it is now."""
        return self.history.draft

    @cached_property
    def review(self) -> Review:
        """Everything that is to be said of the draft; nothing is found before it is read."""
        review = self.session.review(self.draft)
        return review if self.session.is_read else replace(review, findings=())

    @cached_property
    def changed(self) -> tuple[str, ...]:
        """The properties a save would change; none of them: there is nothing to lose."""
        return self.draft.changed_properties()

    @property
    def open_conflicts(self) -> tuple[Conflict, ...]:
        """The conflicts that are not settled, by a choice or by taking the edit back."""
        return tuple(each for each in self.conflicts if each.property in self.changed)

    def type(self, name: str, text: str) -> "Editing":
        """A text typed in a field; the visit goes on."""
        return self._with(self.history.update(self.draft.edit(name, text)))

    def type_secret(self, name: str, secret: Secret) -> "Editing":
        """A secret typed in a field; an empty one is none."""
        draft = self.draft.reset(name)
        if secret.shape.length:
            draft = draft.type_secret(name, secret)
        return self._with(self.history.update(draft))

    def leave(self) -> "Editing":
        """Return it with the visit to a field over; itself where nothing was typed."""
        history = self.history.settle()
        return self if history is self.history else self._with(history)

    def clear(self, name: str) -> "Editing":
        """A property blank; what it was is one step back."""
        return self._with(self.history.add_step(self.draft.edit(name, "")))

    def reset(self, name: str) -> "Editing":
        """A property as it was loaded."""
        return self._with(self.history.add_step(self.draft.reset(name)))

    def fix(self, fix: Fix) -> "Editing":
        """A finding's fix, done."""
        return self._with(self.history.add_step(self.draft.apply_fix(fix)))

    def undo(self) -> "Editing":
        """One step back."""
        return self._with(self.history.undo())

    def redo(self) -> "Editing":
        """One step forward again."""
        return self._with(self.history.redo())

    def keep(self, name: str) -> "Editing":
        """A conflict settled for what is typed here."""
        return replace(self, conflicts=self._conflicts_without(name))

    def take(self, name: str) -> "Editing":
        """A conflict settled for what is there now."""
        return replace(self.reset(name), conflicts=self._conflicts_without(name))

    def over(self, session: Session) -> "Editing":
        """The same edits over a session that was read again."""
        now = rebase(self.draft, session.snapshot)
        again = {each.property for each in now.conflicts}
        before = tuple(each for each in self.conflicts if each.property not in again)
        history = self.history.rebase(session.snapshot)
        return Editing(session, history, (*before, *now.conflicts), now.taken)

    def saved(self, session: Session, written: Draft) -> "Editing":
        """What was written falls away, and what was typed since then stays.

        Args:
            session: as it was read after the save.
            written: the draft that was saved.
        """
        draft = session.draft
        for name, text in self.draft.texts.items():
            if written.texts.get(name) != text:
                draft = draft.edit(name, text)
        for name, secret in self.draft.secrets.items():
            if written.secrets.get(name) is not secret:
                draft = draft.type_secret(name, secret)
        return Editing(session, History.from_draft(draft))

    def written(self, draft: Draft) -> "Editing":
        """As `saved`, where it could not be read again: what was written counts as there."""
        names = draft.changed_properties()
        states = {SecretState.NEW: SecretState.UNKNOWN, SecretState.CLEARED: SecretState.UNSET}
        after = {name: draft.value(name) for name in names}
        for name, value in after.items():
            if isinstance(value, SecretState):
                after[name] = states.get(value, value)
        now = self.session.snapshot
        broken = {name: why for name, why in now.broken.items() if name not in names}
        snapshot = replace(now, values={**now.values, **after}, broken=broken)
        reading = replace(self.session.reading, snapshot=snapshot)
        return self.saved(replace(self.session, reading=reading), draft)

    def restored(self, draft: Draft) -> "Editing":
        """A draft that was saved, over what is there now."""
        now = rebase(draft, self.session.snapshot)
        history = self.history.add_step(now.draft)
        return Editing(self.session, history, now.conflicts, now.taken)

    def _with(self, history: History) -> "Editing":
        return replace(self, history=history)

    def _conflicts_without(self, name: str) -> tuple[Conflict, ...]:
        return tuple(each for each in self.conflicts if each.property != name)
