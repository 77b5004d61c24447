"""Unsaved drafts, one JSON file per profile, so that edits survive the end of the program.

Of typed secrets only the names are kept. Whoever edits a profile holds its `DraftLock`.
"""

import fcntl
import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from tui.errors import Problem, Refusal
from tui.settings.catalog import Entry, Kind, Settings, catalog
from tui.settings.delivery.account import AccountChoice, AnyChoice, parse_choice
from tui.settings.draft import Draft
from tui.settings.findings import Finding, Severity
from tui.settings.parse.host import mask_password
from tui.settings.parse.value import has_native_type
from tui.settings.snapshot import Snapshot
from tui.settings.values import SecretState
from tui.storage import paths
from tui.storage.file import SIZE_LIMIT, lock_file, read_text_if_exists, remove_file
from tui.storage.lock import explain_save_errors, lock_directory
from tui.storage.settings_file import Native, from_native, json_text, to_native

_LOCK_FLAGS = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
_OLD_OWN = ", own server"
# JSON would read two adjacent surrogates as one character.
_BETWEEN_SURROGATES = re.compile("(?<=[\ud800-\udbff])(?=[\udc00-\udfff])")


@dataclass(frozen=True, slots=True)
class DraftFile:
    """The content of a draft file.

    Attributes:
        base: the values that were edited.
        broken: code and message for each of them that has the wrong type.
        account: an `AnyChoice` as text; older files have it as a suffix of the target.
        texts: the raw text of each edited property, in parts.
        retype: the secrets that were typed.
    """

    schema: Literal[1]
    profile: str
    target: str
    account: str
    when: str
    base: dict[str, Native]
    broken: dict[str, list[str]]
    texts: dict[str, list[str]]
    retype: list[str]


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """A draft that was saved.

    Attributes:
        draft: the edits; their base has only values and what was broken.
        retype: the secrets that were typed and not kept.
        dropped: names in the file that are no longer properties.
        choice: the account of an instance whose settings were edited.
    """

    profile: str
    target: str
    when: datetime
    draft: Draft
    retype: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    choice: AnyChoice = AccountChoice.IN_FORCE


def draft_path(profile: str) -> Path:
    """Return the path of a profile's draft."""
    return paths.state_dir() / "drafts" / f"{profile}.json"


def save_draft(
    profile: str,
    target: str,
    draft: Draft,
    when: datetime,
    choice: AnyChoice = AccountChoice.IN_FORCE,
) -> None:
    """Save a draft of the settings at `target`, replacing the last one of the profile.

    Raises:
        ValueError: `when` has no offset.
        Problem: `draft.too-large`, or it cannot be written.
    """
    if when.utcoffset() is None:
        raise ValueError("a time without an offset")
    file = DraftFile(
        schema=1,
        profile=profile,
        target=target,
        account=str(choice),
        when=when.isoformat(),
        base={name: to_native(value) for name, value in draft.base.values.items()},
        broken={name: [each.code, each.message] for name, each in draft.base.broken.items()},
        texts={
            name: _BETWEEN_SURROGATES.split(
                mask_password(text) if draft.entries[name].declared.kind is Kind.HOST else text
            )
            for name, text in draft.texts.items()
        },
        retype=[name for name in draft.entries if name in draft.secrets],
    )
    text = json_text(asdict(file)) + "\n"
    if len(text) > SIZE_LIMIT:
        raise Problem(
            "draft.too-large",
            f"The changes are too large to keep as a draft: {len(text)} bytes of at most "
            f"{SIZE_LIMIT}.",
            "Shorten or save them: until then they are lost when the program ends.",
        )
    with lock_file(draft_path(profile)) as current:
        current.replace(text, keep_old=False)


def load_draft(profile: str, settings: type[Settings] = Settings) -> SavedDraft | None:
    """Return the saved draft of a profile, or None."""
    path = draft_path(profile)
    try:
        text = read_text_if_exists(path)
        return None if text is None else _parse_draft(json.loads(text), profile, settings)
    except Problem as problem:
        if problem.code not in ("file.too-large", "file.not-text"):
            raise
    except (ValueError, RecursionError):
        pass
    raise Problem(
        "draft.broken",
        f"{path} isn't a draft that glidemail wrote for this profile.",
        "Check the file for what was typed, then remove it.",
    )


def discard_draft(profile: str) -> None:
    """Remove the saved draft of a profile, if there is one."""
    remove_file(draft_path(profile), "draft.not-removed")


class DraftLock:
    """The right to edit a profile, held until `release` or the end of the process.

    Writing a draft does not need it: that is done under the lock of the directory.
    """

    def __init__(self, file: int) -> None:
        self._file: int | None = file

    @classmethod
    def acquire(cls, profile: str) -> "DraftLock":
        """Acquire the lock of a profile without waiting for another holder.

        Raises:
            Refusal: `draft.locked`, with the holder's process ID; or as `lock_file`.
        """
        path = draft_path(profile).with_suffix(".lock")
        # Under the directory's lock, so that the process ID in the file is the holder's.
        with lock_directory(path) as directory, explain_save_errors(path):
            file = os.open(path.name, _LOCK_FLAGS, 0o600, dir_fd=directory)
            try:
                _acquire(file)
            except BaseException:  # also from a signal: nothing else would close it
                os.close(file)
                raise
        return cls(file)

    def release(self) -> None:
        """Release the lock; a second call does nothing."""
        file, self._file = self._file, None
        if file is not None:
            fcntl.flock(file, fcntl.LOCK_UN)  # closing may do so only later, while a child starts
            os.close(file)


def _acquire(file: int) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(file, 20, 0).strip()
        number = f" (process {int(holder)})" if holder.isdigit() else ""
        raise Refusal(
            "draft.locked",
            f"Another glidemail{number} is editing this profile.",
            "Quit that one, or edit another profile: glidemail -p NAME",
        ) from error
    os.ftruncate(file, 0)
    os.pwrite(file, f"{os.getpid()}\n".encode(), 0)


def _parse_draft(document: Any, profile: str, settings: type[Settings]) -> SavedDraft:
    """Parse a document; ValueError unless this program wrote it for that profile."""
    shape, document = get_type_hints(DraftFile), _add_account(document)
    same_fields = isinstance(document, dict) and document.keys() == shape.keys()
    if not same_fields or not all(_has_type(document[name], hint) for name, hint in shape.items()):
        raise ValueError("other fields, or of other types")
    file, entries = DraftFile(**document), catalog(settings)
    when = datetime.fromisoformat(file.when)
    if file.profile != profile or when.utcoffset() is None:
        raise ValueError("another profile, or a time without an offset")
    draft = Draft(_parse_base(file, entries), settings=settings)
    for name, parts in file.texts.items():
        if name in entries:
            draft = draft.edit(name, "".join(parts))
    retype = tuple(name for name in entries if name in file.retype)
    if any(name in draft.texts or not entries[name].is_secret for name in retype):
        raise ValueError("what is to be typed again is cleared, or no secret")
    named = dict.fromkeys((*file.base, *file.texts, *file.retype))
    dropped = tuple(name for name in named if name not in entries)
    choice = parse_choice(file.account)
    return SavedDraft(profile, file.target, when, draft, retype, dropped, choice)


def _add_account(document: Any) -> Any:
    """Return the document with the account in a field of its own, which old files lack."""
    target = document.get("target") if isinstance(document, dict) else None
    if not isinstance(target, str) or "account" in document:
        return document
    choice = AccountChoice.OWN if target.endswith(_OLD_OWN) else AccountChoice.IN_FORCE
    return {**document, "target": target.removesuffix(_OLD_OWN), "account": str(choice)}


def _has_type(value: object, hint: Any) -> bool:
    """Return whether a JSON value has the type that a field of `DraftFile` declares."""
    kind, parts = get_origin(hint), get_args(hint)
    if kind is Literal:
        return any(value == part and type(value) is type(part) for part in parts)
    if kind is list:
        return isinstance(value, list) and all(_has_type(each, parts[0]) for each in value)
    if kind is dict:
        return isinstance(value, dict) and all(_has_type(each, parts[1]) for each in value.values())
    return any(_has_type(value, part) for part in parts) if parts else isinstance(value, hint)


def _parse_base(file: DraftFile, entries: Mapping[str, Entry]) -> Snapshot:
    base = {name: raw for name, raw in file.base.items() if name in entries}
    values = {name: from_native(entries[name], raw) for name, raw in base.items()}
    broken = {
        name: Finding(name, Severity.ERROR, code, message, None, frozenset({name}))
        for name, (code, message) in file.broken.items()
        if name in values
    }
    for name, value in values.items():
        if entries[name].is_secret:
            fits = value == "" or isinstance(value, SecretState)
        elif name in broken:
            fits = isinstance(value, str)
        else:
            fits = has_native_type(entries[name], value)
        if not fits:
            raise ValueError("a base value of another type")
    return Snapshot(values, broken=broken)
