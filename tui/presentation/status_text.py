"""What happened on the screen: in its one line, in its questions, and once it is gone."""

from collections.abc import Iterator
from pathlib import Path

from tui.errors import Problem, Refusal
from tui.presentation.delivery_text import UNSHOWN
from tui.presentation.secret_text import lost_secrets_words
from tui.presentation.target_text import model_words
from tui.presentation.value_text import (
    conflict_words,
    count_words,
    short_path,
    state_words,
    value_or_blank,
)
from tui.settings.delivery.account import AccountChoice, NamedAccount
from tui.settings.delivery.mail_effect import affects_mail
from tui.storage.draft_file import SavedDraft
from tui.terminal.layout import width
from tui.workspace.apply import ApplyResult
from tui.workspace.editing import Editing
from tui.workspace.exit_report import (
    Discarded,
    Event,
    ExitReport,
    MailReleased,
    Saved,
    StoppedBySignal,
    Tested,
    Unsaved,
    WriteInterrupted,
)
from tui.workspace.session import Session


def greeting_words(session: Session) -> str:
    """Return the first words: what there is, and where to begin."""
    name = target_label(session)
    if not session.is_read:
        return f"{name} hasn't been read yet: F5 connects."
    if session.facts.model:
        return f"F3 shows every key. Read {name}; ^P lists all commands."
    if not session.snapshot.values:
        return "F3 shows every key. Nothing is set yet; Enter edits the chosen setting."
    return f"F3 shows every key. Read {name}; Enter edits the chosen setting."


def target_label(session: Session) -> str:
    """Return what holds the settings: a file's name without its folder, or a host."""
    return Path(session.target.where).name if session.facts.is_file else session.target.where


def short_message(problem: Problem, session: Session) -> str:
    """Return a problem in one line, the file by its name alone."""
    if not session.facts.is_file:
        return problem.message
    where = Path(session.target.where)
    return problem.message.replace(str(where), where.name)


def draft_problem_words(problem: Problem) -> str:
    """Return why no draft is kept."""
    if isinstance(problem, Refusal):
        return f"{problem.message} No draft is kept here."
    return f"No draft is kept: {problem.message}"


def saved_words(editing: Editing, done: ApplyResult, room: int) -> str:
    """Return what a save wrote, where, and what is next; the folder too if there is room."""
    count, plan = len(editing.changed), editing.review.plan
    name = target_label(editing.session)
    changes = count_words(count, "change")
    if plan.switches and not (plan.changes or plan.activation):
        states = (f"{e.name} is {'active' if e.active else 'inactive'}" for e in plan.switches)
        return f"{', '.join(states)} (written and read back)."
    if not editing.session.facts.is_file:
        return _written_words(editing, changes if count else "", room)
    kept = [where for where in done.kept.values() if where]
    lost = [name for name in editing.draft.secrets if not done.kept.get(name)]
    where = f" and {kept[0]}" if kept else ""
    note = lost_secrets_words(len(lost))
    end = f"{where}. {note or 'Next: change the instance too, or quit.'}"
    whole = f"Saved {changes} to {short_path(done.written.where)}{end}"
    return whole if width(whole) <= room else f"Saved {changes} to {name}{end}"


def _written_words(editing: Editing, changes: str, room: int) -> str:
    """Return what an instance took, and how that is known, in as many words as fit."""
    host, activation = target_label(editing.session), editing.review.plan.activation
    active = f"{activation.account} is active" if activation else ""
    entries, proof = editing.draft.entries, "and read back"
    if any(entries[name].is_secret for name in editing.changed):
        proof = "and read back, except for secrets"
    written = [f"{changes} written to {host} {proof}", f"{changes} written {proof}"]
    long, short = "", ""
    if affects_mail(editing.review.plan):
        long, short = "^T sends a test message.", "^T: a test message."
    if editing.review.parsed.settings.sending_enabled is False:
        long, short = "Sending is off: no mail goes out.", "Sending is off."
    ways = [
        *((each, f"{UNSHOWN} {long}") for each in written if active),
        *((each, long) for each in written),
        *((f"{changes} written to {host}", advice) for advice in (long, short)),
        *((f"{changes} written", advice) for advice in (long, short)),
    ]
    for done, advice in ways:
        parts = [part for part in (changes and done, active) if part]
        said = f"{'; '.join(parts)}. {advice}".rstrip()
        if width(said) <= room:
            break
    return f"{said[0].upper()}{said[1:]}"


def reread_words(editing: Editing, before: Session | None = None) -> str:
    """Return what others have changed since `before` was read."""
    session, name = editing.session, target_label(editing.session)
    if editing.open_conflicts:
        first = editing.open_conflicts[0].property
        short, by = editing.review.label(first), changed_by(session, first)
        return f"{name} was changed{by}. Conflict: {short} (F9)."
    if before and before.is_read and model_words(before) != model_words(session):
        return f"The sender on {name} has changed: {model_words(session)}. ^P shows more."
    if not editing.taken:
        return f"{name} was read again: nothing relevant has changed."
    if session.facts.is_file and not session.snapshot.values:
        return f"{name} is empty or gone. Saving writes it again."
    first = editing.taken[0]
    value = value_or_blank(session.snapshot.value(first))
    more = f", and {len(editing.taken) - 1} more" if len(editing.taken) > 1 else ""
    by = changed_by(session, first)
    return f"{name} was changed{by}: {editing.review.label(first)} is {value} now{more}."


def changed_by(session: Session, name: str) -> str:
    """Return who changed a property of an instance last, or "" if that is not known."""
    rows = session.snapshot.rows.get(name, ())
    last = max((row.stamp for row in rows if row.stamp), key=lambda each: each.when, default=None)
    return f" by {last.by}" if last and last.by else ""


def unsaved_words(editing: Editing) -> Iterator[str]:
    """Return the unsaved changes, a line each."""
    count = len(editing.changed)
    yield f"{count_words(count, 'change')} {'is' if count == 1 else 'are'} not saved:"
    for name in editing.changed:
        yield f"  {editing.review.label(name)}"


def leave_profile_words(editing: Editing, *, kept: bool) -> tuple[str, ...]:
    """Return what is lost if another profile is opened; `kept` says whether a draft stays."""
    if editing.changed and not kept:
        words = " ".join(line.strip() for line in unsaved_words(editing))
        return (words, "No draft can be kept here: the changes would be lost.")
    if editing.draft.secrets:
        return ("You typed a password. No draft keeps it, so it would be lost.",)
    return ()


def restore_words(editing: Editing, found: SavedDraft) -> Iterator[str]:
    """Return what a draft holds, and how that differs from what is there now."""
    yield f"Last typed: {found.when:%Y-%m-%d %H:%M}."
    if found.choice is AccountChoice.OWN:
        yield "They are for your own SMTP account, which isn't active yet."
    elif isinstance(found.choice, NamedAccount):
        yield _named_draft_words(found.choice, editing.session)
    yield ""
    conflicts = {each.property: each for each in editing.conflicts}
    for name in editing.changed:
        yield f"  * {editing.review.label(name)}: {state_words(editing.draft.value(name))}"
        if name in conflicts:
            yield f"  ~   {conflict_words(conflicts[name])}"
    if not editing.changed and not found.retype:
        yield "  All of it has been saved already."
    for name in found.retype:
        yield f"  - {editing.review.label(name)}: not kept in the draft. Type it again."
    for name in found.dropped:
        yield f"  - {name}: no longer a setting."
    if editing.changed:
        yield from ("", "Escape restores too; F7 undoes that.")


def _named_draft_words(choice: NamedAccount, session: Session) -> str:
    """Return which account a draft is for, and that it isn't the one worked on if so."""
    if choice == session.facts.choice:
        return f"They are for the account {choice.name}, which isn't active yet."
    if choice.name == session.facts.sender:
        return f"They are for the account {choice.name}, which is active now."
    instead = session.facts.sender or "other settings"
    return (
        f"They are for the account {choice.name}, which can't be chosen now. Restoring them "
        f"would change {instead}."
    )


def exit_lines(report: ExitReport) -> Iterator[str]:
    """Return the lines of a report; the last ones say if nothing was written."""
    yield from map(_event_line, report.events)
    for profile, unsaved in report.set_aside.items():
        words = "kept as a draft" if unsaved.is_kept else "no draft was kept"
        yield f"Not saved in profile {profile}: {count_words(unsaved.count, 'change')}; {words}."
    if report.unsaved:
        yield from _unsaved_lines(report.unsaved)
    for where, is_written in report.written.items():
        if not is_written:
            yield f"Nothing was written to {short_path(where)}."


def _event_line(event: Event) -> str:
    match event:
        case Saved():
            verb = "Written" if event.is_instance else "Saved"
            before = f" (before: {short_path(event.previous)})" if event.previous else ""
            active = f" {event.sender} is active. {UNSHOWN}" if event.sender else ""
            return f"{verb} to {short_path(event.where)}{before}.{active}"
        case MailReleased():
            count = f"{event.released} of {count_words(event.chosen, 'failed email')}"
            return f"Set to send-ready again at {event.where}: {count}."
        case Tested():
            return event.words
        case Discarded():
            return f"Discarded: {count_words(event.count, 'change')}."
        case StoppedBySignal():
            return f"Stopped by {event.signal}."
        case WriteInterrupted():
            return (
                f"Stopped while writing to {short_path(event.where)}: what was written there is "
                "unknown. Read it again first."
            )
        case Problem():
            return f"{event.message} {event.hint}"


def _unsaved_lines(unsaved: Unsaved) -> Iterator[str]:
    words = "kept as a draft, offered at the next start"
    if not unsaved.is_kept:
        words = "no draft was kept"
    yield f"Not saved: {count_words(unsaved.count, 'change')}; {words}."
    if unsaved.has_secret:
        yield "A typed password is never kept in a draft: type it again then."
