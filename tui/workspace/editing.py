"""A session while it is edited: every key leads from one `Editing` to another."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from tui.credentials.secret import Secret
from tui.settings.draft import Conflict, Draft, History, rebase
from tui.settings.findings import Finding, Fix
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
        held_to: while a text is typed, the findings that were there before: no other is shown,
            as a half-typed word is no mistake yet. None shows all.
    """

    session: Session
    history: History
    conflicts: tuple[Conflict, ...] = ()
    taken: tuple[str, ...] = ()
    held_to: tuple[Finding, ...] | None = None

    @classmethod
    def from_session(cls, session: Session) -> "Editing":
        """Return an editing in which nothing has been edited."""
        return cls(session, History.from_draft(session.draft))

    @property
    def draft(self) -> Draft:
        """The draft as it is now."""
        return self.history.draft

    @cached_property
    def review(self) -> Review:
        """All that there is to say of the draft; before the first read there are no findings."""
        review = self.session.review(self.draft)
        return review if self.session.is_read else replace(review, findings=())

    @cached_property
    def changed(self) -> tuple[str, ...]:
        """The properties a save would change."""
        return self.draft.changed_properties()

    @property
    def open_conflicts(self) -> tuple[Conflict, ...]:
        """The conflicts that are not settled, by a choice or by taking the edit back."""
        return tuple(each for each in self.conflicts if each.property in self.changed)

    @cached_property
    def shown_findings(self) -> tuple[Finding, ...]:
        """The findings to show now: those of the review that aren't held back."""
        if self.held_to is None:
            return self.review.findings
        return tuple(each for each in self.review.findings if each in self.held_to)

    @cached_property
    def findings(self) -> Mapping[str, tuple[Finding, ...]]:
        """The findings to show now, by property."""
        found: dict[str, list[Finding]] = {}
        for each in self.shown_findings:
            found.setdefault(each.property, []).append(each)
        return {name: tuple(findings) for name, findings in found.items()}

    def conflict(self, name: str) -> Conflict | None:
        """Return the open conflict of a property, if there is one."""
        return next((each for each in self.open_conflicts if each.property == name), None)

    def find_differences(self, other: "Editing") -> Collection[str]:
        """Return the properties that look different from those of another editing."""
        mine, theirs = self.draft, other.draft
        if self.session is not other.session or mine.base is not theirs.base:
            return mine.entries
        pairs: tuple[tuple[Mapping[str, object], Mapping[str, object]], ...] = (
            (mine.texts, theirs.texts),
            (mine.secrets, theirs.secrets),
            (self.findings, other.findings),
            (
                {each.property: each for each in self.open_conflicts},
                {each.property: each for each in other.open_conflicts},
            ),
        )
        return {
            name
            for one, another in pairs
            for name in (one.keys() | another.keys()) & mine.entries.keys()
            if one.get(name) != another.get(name)
        }

    def type(self, name: str, text: str) -> "Editing":
        """Type a text in a field; the visit goes on, and new findings are held back."""
        typed = self._with(self.history.update(self.draft.edit(name, text)))
        return replace(typed, held_to=self.shown_findings)

    def show_findings(self) -> "Editing":
        """Hold no finding back any more, as after a pause; return itself if none was."""
        return self if self.held_to is None else self._with(self.history)

    def type_secret(self, name: str, secret: Secret) -> "Editing":
        """Type a secret in a field; an empty one takes the edit back."""
        draft = self.draft.reset(name)
        if secret.shape.length:
            draft = draft.type_secret(name, secret)
        return self._with(self.history.update(draft))

    def leave(self) -> "Editing":
        """End the visit to a field; return itself if nothing was typed."""
        history = self.history.settle()
        return self.show_findings() if history is self.history else self._with(history)

    def clear(self, name: str) -> "Editing":
        """Make a property blank, in a step of its own."""
        return self._with(self.history.add_step(self.draft.edit(name, "")))

    def reset(self, name: str) -> "Editing":
        """Take the edit of a property back."""
        return self._with(self.history.add_step(self.draft.reset(name)))

    def apply_fix(self, fix: Fix) -> "Editing":
        """Do a finding's fix."""
        return self._with(self.history.add_step(self.draft.apply_fix(fix)))

    def undo(self) -> "Editing":
        """Go one step back."""
        return self._with(self.history.undo())

    def redo(self) -> "Editing":
        """Go one step forward again."""
        return self._with(self.history.redo())

    def resolve_with_mine(self, name: str) -> "Editing":
        """Settle a conflict for what is typed here."""
        return replace(self, conflicts=self._conflicts_without(name))

    def resolve_with_theirs(self, name: str) -> "Editing":
        """Settle a conflict for what is there now."""
        return replace(self.reset(name), conflicts=self._conflicts_without(name))

    def rebase(self, session: Session) -> "Editing":
        """Lay the same edits over a session that was read again."""
        now = rebase(self.draft, session.snapshot)
        again = {each.property for each in now.conflicts}
        before = tuple(each for each in self.conflicts if each.property not in again)
        history = self.history.rebase(session.snapshot)
        return Editing(session, history, (*before, *now.conflicts), now.taken)

    def drop_saved(self, session: Session, written: Draft) -> "Editing":
        """Drop the edits that were saved, and keep what was typed since then.

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
        return Editing(session, self.history.carry_past_save(written, draft))

    def assume_written(self, draft: Draft) -> "Editing":
        """Do as `drop_saved` if nothing could be read again: the draft counts as saved."""
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
        return self.drop_saved(replace(self.session, reading=reading), draft)

    def restore(self, draft: Draft) -> "Editing":
        """Lay a draft from disk over what is there now."""
        now = rebase(draft, self.session.snapshot)
        history = self.history.add_step(now.draft)
        return Editing(self.session, history, now.conflicts, now.taken)

    def _with(self, history: History) -> "Editing":
        editing = replace(self, history=history, held_to=None)
        if history.draft is self.draft and "review" in vars(self):
            vars(editing)["review"] = self.review  # costs more than all else that a key causes
        return editing

    def _conflicts_without(self, name: str) -> tuple[Conflict, ...]:
        return tuple(each for each in self.conflicts if each.property != name)
