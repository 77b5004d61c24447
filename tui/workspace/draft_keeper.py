"""The draft of one profile on disk while it is edited, so that a lost connection loses nothing."""

import os
import threading
from datetime import datetime

from tui.errors import Problem
from tui.storage.draft_file import (
    DraftLock,
    SavedDraft,
    discard_draft,
    draft_path,
    load_draft,
    save_draft,
)
from tui.workspace.editing import Editing
from tui.workspace.session import Session


class DraftKeeper:
    """The draft file of a profile and its lock. It touches neither before `claim`.

    Attributes:
        trouble: why no draft is kept, or None.
        is_undecided: a draft of an earlier start is here, neither restored nor discarded
            or by another program.
    """

    def __init__(self, session: Session) -> None:
        self._profile = session.profile.name
        self._settings = session.settings
        self._has_written = False
        self._lock: DraftLock | None = None
        self._is_unreadable = False
        self._is_closed = False
        self._turn = threading.Lock()
        self.trouble: Problem | None = None
        self.is_undecided = False

    def claim(self) -> None:
        """Take the lock of the profile, if it is free; `trouble` says why not."""
        self._take_lock()
        has_file = os.path.lexists(draft_path(self._profile))
        self.is_undecided = self._lock is not None and has_file

    @property
    def can_save(self) -> bool:
        """Whether a draft is kept as things are now."""
        return self._lock is not None and not self.is_undecided

    def load(self) -> SavedDraft | None:
        """Return the draft that an earlier start left, if there is one.

        Raises:
            Problem: it cannot be read; it is left as it is, and none is kept.
        """
        if self._lock is None:
            return None
        try:
            return load_draft(self._profile, self._settings)
        except Problem as problem:
            self.trouble = problem
            self._is_unreadable, self.is_undecided = True, False
            self.release()
            raise

    def save(self, editing: Editing) -> bool:
        """Write the draft, or remove it if nothing is changed; return whether that was done.

        It is not while another program edits the profile, nor while `is_undecided`, nor after
        `close`. May be called from any thread; one call waits for the other.

        Raises:
            Problem: it cannot be written.
        """
        with self._turn:
            if self._is_closed:
                return False
            try:
                is_kept = self._save(editing)
            except Problem as problem:
                self.trouble = problem
                raise
            if is_kept:
                self.trouble = None
            return is_kept

    def _save(self, editing: Editing) -> bool:
        if self._lock is None and not self._is_unreadable:
            self._take_lock()
            self.is_undecided = self._lock is not None and self.load() is not None
        if self._lock is None or self.is_undecided:
            return False
        if editing.changed:
            where, choice = editing.session.target.where, editing.session.facts.choice
            save_draft(self._profile, where, editing.draft, datetime.now().astimezone(), choice)
            self._has_written = True
        elif self._has_written:
            self.discard()
        return True

    def mark_decided(self) -> None:
        """Note that the draft which was found is restored, or is not wanted."""
        self.is_undecided, self._has_written = False, True

    def discard(self) -> None:
        """Remove the draft, unless it is one that wasn't offered yet."""
        if self._lock is not None and not self.is_undecided:
            discard_draft(self._profile)
            self._has_written = False

    def release(self) -> None:
        """Let other programs edit this profile."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def close(self) -> None:
        """Stop keeping drafts, and let other programs edit this profile."""
        self._is_closed = True
        self.release()

    def _take_lock(self) -> None:
        try:
            self._lock = DraftLock.acquire(self._profile)
            self.trouble = None
        except Problem as problem:
            self.trouble = problem
