"""What a person chose last, such as a profile or a theme: a word each, in a file of its own."""

import contextlib
from pathlib import Path

from tui.errors import Problem
from tui.storage import paths
from tui.storage.file import lock_file, read_text


def load_last(subject: str) -> str:
    """Return the word that was saved for a subject, whatever it is; "" if it can't be read."""
    try:
        return read_text(_path(subject)).strip()
    except Problem:
        return ""


def save_last(subject: str, word: str) -> None:
    """Save the word for a subject, unless the state folder can't be written."""
    if load_last(subject) != word:
        with contextlib.suppress(Problem), lock_file(_path(subject)) as file:
            file.replace(f"{word}\n", keep_old=False)


def _path(subject: str) -> Path:
    return paths.state_dir() / f"last-{subject}"
