"""Keeps the draft of one profile while it is edited, so that a lost connection loses nothing."""

import os
from datetime import datetime

from tui.errors import Problem, Refusal
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
    """The draft file of a profile and its lock.

    Attributes:
        trouble: why no draft is kept, or "".
        left: a draft lies here that nobody has decided about, left by an earlier start or by
            another program.
    """

    def __init__(self, session: Session) -> None:
        self._profile = session.profile.name
        self._settings = session.settings
        self._kept = False
        self._lock: DraftLock | None = None
        self._unreadable = False
        self.trouble = ""
        self.left = False
        self._take()
        self.left = self._lock is not None and os.path.lexists(draft_path(self._profile))

    @property
    def keeps(self) -> bool:
        """Whether a draft is kept as things are now."""
        return self._lock is not None and not self.left

    def found(self) -> SavedDraft | None:
        """The draft that an earlier start left, if there is one.

        Raises:
            Problem: it cannot be read; it is left as it is, and none is kept.
        """
        if self._lock is None:
            return None
        try:
            return load_draft(self._profile, self._settings)
        except Problem as problem:
            self.trouble = f"No draft is kept: {problem.message}"
            self._unreadable, self.left = True, False
            self.release()
            raise

    def keep(self, editing: Editing) -> bool:
        """Writes the draft, or removes it where nothing is changed; whether that was done.

        It is not while another program edits the profile, nor while `left` holds, until `settle`.

        Raises:
            Problem: it cannot be written.
        """
        if self._lock is None and not self._unreadable:
            self._take()
            self.left = self._lock is not None and self.found() is not None
        if self._lock is None or self.left:
            return False
        if editing.changed:
            where, which = editing.session.target.where, editing.session.place.choice
            save_draft(self._profile, where, editing.draft, datetime.now().astimezone(), which)
            self._kept = True
        elif self._kept:
            self.forget()
        return True

    def settle(self) -> None:
        """The draft that was found has been restored or is not wanted."""
        self.left, self._kept = False, True

    def forget(self) -> None:
        """Removes the draft, unless it is one that nobody has looked at yet."""
        if self._lock is not None and not self.left:
            discard_draft(self._profile)
            self._kept = False

    def release(self) -> None:
        """Lets the next one edit this profile."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _take(self) -> None:
        try:
            self._lock = DraftLock.take(self._profile)
            self.trouble = ""
        except Refusal as refusal:
            self.trouble = f"{refusal.message} No draft is kept here."
        except Problem as problem:
            self.trouble = f"No draft is kept: {problem.message}"
