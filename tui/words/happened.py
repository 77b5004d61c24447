"""What the screen says in one line after something happened."""

from collections.abc import Iterator
from pathlib import Path

from tui.applying.apply import Applied
from tui.applying.editing import Editing
from tui.applying.session import Session
from tui.documents.drafts import SavedDraft
from tui.errors import Problem
from tui.terminal.layout import width
from tui.words.field import conflict_words, state_words, value_or_blank
from tui.words.paths import short_path


def greeting(session: Session) -> str:
    """The first words: what there is, and where to begin."""
    name = Path(session.target.where).name
    if not session.snapshot.values:
        return "F3 shows every key. Nothing is set yet; Enter edits what the list points to."
    return f"F3 shows every key. Read {name}; Enter edits what the list points to."


def brief(problem: Problem, session: Session) -> str:
    """A problem in as few words as one line has room for: the file by its name alone."""
    where = Path(session.target.where)
    return problem.message.replace(str(where), where.name)


def saved_words(editing: Editing, done: Applied, room: int) -> str:
    """What a save wrote, where, and what to do next; the folder too where there is room."""
    count = len(editing.changed)
    name = Path(done.written.where).name
    changes = "1 change" if count == 1 else f"{count} changes"
    kept = [where for where in done.kept.values() if where]
    where = f" and {kept[0]}" if kept else ""
    end = f"{where}. Next: set the same on the instance, or quit."
    whole = f"Saved {changes} to {short_path(done.written.where)}{end}"
    return whole if width(whole) <= room else f"Saved {changes} to {name}{end}"


def reread_words(editing: Editing) -> str:
    """What somebody else has changed."""
    name = Path(editing.session.target.where).name
    if editing.open_conflicts:
        short = _short(editing, editing.open_conflicts[0].property)
        return f"{name} was changed, {short} there and here too: F9 compares."
    if not editing.taken:
        return f"{name} was read again: nothing that counts has changed."
    if not editing.session.snapshot.values:
        return f"{name} is empty or gone; a save writes it anew."
    first = editing.taken[0]
    value = value_or_blank(editing.session.snapshot.value(first))
    more = f", and {len(editing.taken) - 1} more" if len(editing.taken) > 1 else ""
    return f"{name} was changed: {_short(editing, first)} is {value} now{more}."


def unsaved_words(editing: Editing) -> Iterator[str]:
    """What would be lost."""
    count = len(editing.changed)
    yield "1 change is not saved:" if count == 1 else f"{count} changes are not saved:"
    for name in editing.changed:
        yield f"  {_short(editing, name)}"


def restore_words(editing: Editing, found: SavedDraft) -> Iterator[str]:
    """What a draft holds, and how it stands to what is there now."""
    yield f"They were typed until {found.when:%Y-%m-%d %H:%M}."
    yield ""
    conflicts = {each.property: each for each in editing.conflicts}
    for name in editing.changed:
        yield f"  * {_short(editing, name)}: {state_words(editing.draft.after(name))}"
        if name in conflicts:
            yield f"  ~   {conflict_words(conflicts[name])}"
    if not editing.changed and not found.retype:
        yield "  All of it is there already."
    for name in found.retype:
        yield f"  - {_short(editing, name)}: typed, and in no draft. Type it again."
    for name in found.dropped:
        yield f"  - {name}: no property any more."
    if editing.changed:
        yield ""
        yield "Escape restores too; F7 takes it back."


def _short(editing: Editing, name: str) -> str:
    return editing.draft.entries[name].declared.short
