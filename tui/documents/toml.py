"""TOML text: read with the standard library, edited so that comments and unknown keys stay."""

import re
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from tui.errors import Problem

# Strings, those of several lines first, and comments: nothing in them is a key or a bracket.
_OPAQUE = re.compile(
    r""""{3}(?:\\.|[^\\])*?"{3,5}|'{3}.*?'{3,5}|"(?:\\.|[^"\\\n])*+"|'[^'\n]*+'|\#[^\n]*+""",
    re.DOTALL,
)
_PART = r"""(?:[\w-]+|"(?:\\.|[^"\\])*"|'[^']*')"""
_KEY = re.compile(rf"[ \t]*(\[*)[ \t]*({_PART}(?:[ \t]*\.[ \t]*{_PART})*)")
_DEEP_KEY = re.compile(r"""(?<![\w-])(?:(?:[\w-]++|"")[ \t]*+\.[ \t]*+){100}""")


def load(text: str, path: Path) -> dict[str, Any]:
    """The tables of a TOML text.

    Raises:
        Problem: it is not TOML; with the line.
    """
    try:
        if _DEEP_KEY.search(_OPAQUE.sub('""', text)):  # tomllib would take minutes for it
            raise RecursionError
        tables = tomllib.loads(text)
        repr(tables)  # fails where a hexadecimal number is too long to be written in decimal
        return tables
    except RecursionError:
        reason = "it is nested too deeply"
    except tomllib.TOMLDecodeError as error:
        reason = str(error)
    except ValueError:
        reason = "a number in it has more than 4300 digits"
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
    if "\r\n" in text and "\n" not in text.replace("\r\n", ""):
        result = re.sub("(?<!\r)\n", "\r\n", result)
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


def lines_of(text: str) -> dict[str, int]:
    """The line, from 1, of every key: by its whole name with dots, and by the first part of it.

    Args:
        text: valid TOML.
    """
    lines: dict[str, int] = {}
    table: list[str] = []
    depth = 0
    for number, line in enumerate(_OPAQUE.sub(_flat, text).split("\n"), start=1):
        if depth == 0 and (found := _KEY.match(line)):
            parts = [part.strip("\"'") for part in re.findall(_PART, found[2])]
            if found[1]:
                table = parts
            name = table if found[1] else [*table, *parts]
            lines.setdefault(name[0], number)
            lines.setdefault(".".join(name), number)
        bare = _OPAQUE.sub("", line)
        depth += sum(bare.count(each) for each in "[{") - sum(bare.count(each) for each in "]}")
    return lines


def _flat(found: re.Match[str]) -> str:
    """A string within a line as it is; of a longer one, and of a comment, the line ends."""
    text = found[0]
    return "\n" * text.count("\n") if "\n" in text or text[0] == "#" else text


def line_of(text: str, key: str) -> int | None:
    """The line a top-level key stands in, from 1, if it is written the usual way."""
    return lines_of(text).get(key)


def nearest(word: str, known: Collection[str]) -> str:
    """The known word that looks most like it, or ""."""
    # Imported late: only a mistake needs it.
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, known, n=1, cutoff=0.6)), "")
