"""TOML text: read with the standard library, edited so that comments and unknown keys stay."""

import re
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from tui.errors import Problem


def load(text: str, path: Path) -> dict[str, Any]:
    """The tables of a TOML text.

    Raises:
        Problem: it is not TOML; with the line.
    """
    try:
        return tomllib.loads(text)
    except RecursionError:
        reason = "it is nested too deeply"
    except ValueError as error:
        reason = str(error)
    raise Problem(
        "toml.syntax",
        f"{path} is not valid TOML: {reason}.",
        f"Mend that place, or go back to the version before: {path.name}.old, if there is one.",
    )


def edited(text: str, changes: Mapping[str, object], path: Path) -> str:
    """The text with other values at some of its top-level keys, and all else as it was.

    Raises:
        Problem: the result would not read back as it should.
    """
    # Imported late: reading does not need it.
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    wanted = {**load(text, path), **changes}
    try:
        document = tomlkit.parse(text)
        for key, value in changes.items():
            document[key] = value
        result = tomlkit.dumps(document)
    except (TOMLKitError, ValueError, RecursionError) as error:
        raise _not_editable(path, type(error).__name__) from None
    if _comparable(load(result, path)) != _comparable(wanted):
        raise _not_editable(path, "it would not read back the same")
    return result


def _comparable(tables: Mapping[str, Any]) -> dict[str, str]:
    # As text, since a NaN in somebody's own key equals nothing.
    return {key: repr(value) for key, value in tables.items()}


def _not_editable(path: Path, reason: str) -> Problem:
    return Problem(
        "toml.not-editable",
        f"{path} cannot be edited safely: {reason}. It is as it was.",
        "Edit the file by hand, or simplify what stands around the changed keys.",
    )


def line_of(text: str, key: str) -> int | None:
    """The line a top-level key stands in, from 1, if it is written the usual way."""
    match = re.search(rf"^[ \t]*[\"']?{re.escape(key)}[\"']?[ \t]*=", text, re.MULTILINE)
    return text.count("\n", 0, match.start()) + 1 if match else None


def nearest(word: str, known: Collection[str]) -> str:
    """The known word that looks most like it, or ""."""
    # Imported late: only a mistake needs it.
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, known, n=1, cutoff=0.6)), "")
