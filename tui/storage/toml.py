"""TOML text: parsed with the standard library; edits keep comments and unknown keys."""

import contextlib
import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tui.errors import Problem

# Strings (multi-line ones first) and comments: nothing in them is a key or a bracket.
_OPAQUE = re.compile(
    r""""{3}(?:\\.|[^\\])*?"{3,5}|'{3}.*?'{3,5}|"(?:\\.|[^"\\\n])*+"|'[^'\n]*+'|\#[^\n]*+""",
    re.DOTALL,
)
_PART = r"""(?:[\w-]+|"(?:\\.|[^"\\])*"|'[^']*')"""
_KEY = re.compile(rf"[ \t]*(\[*)[ \t]*({_PART}(?:[ \t]*\.[ \t]*{_PART})*)")
_DEEP_KEY = re.compile(r"""(?<![\w-])(?:(?:[\w-]++|"")[ \t]*+\.[ \t]*+){100}""")


def parse_toml(text: str, path: Path) -> dict[str, Any]:
    """Return the tables of a TOML text; a Problem says which line isn't TOML."""
    try:
        if _DEEP_KEY.search(_OPAQUE.sub('""', text)):  # tomllib would take minutes
            raise RecursionError
        tables = tomllib.loads(text)
        repr(tables)  # fails if a hexadecimal number is too long for decimal
        return tables
    except RecursionError:
        reason = "it is nested too deeply"
    except tomllib.TOMLDecodeError as error:
        reason = str(error)
    except ValueError:
        reason = "a number in it has more than 4300 digits"
    raise Problem(
        "toml.syntax",
        f"{path} isn't valid TOML: {reason}.",
        f"Correct it, or go back to the previous version: {path.name}.old, if it exists.",
    )


def edit_toml(
    text: str, changes: Mapping[str, object], path: Path, removed: Collection[str] = ()
) -> str:
    """Return the text with new values for some top-level keys and the rest unchanged.

    A value that stays in a list keeps its comment unless the list is reordered.

    Args:
        text: as it is now.
        changes: the new values.
        path: of the file, for messages.
        removed: the keys to remove with their values.

    Raises:
        Problem: the result would not read back correctly, or a table would be lost.
    """
    # Imported late: reading does not need it.
    import tomlkit
    from tomlkit.exceptions import TOMLKitError
    from tomlkit.items import InlineTable

    tables = parse_toml(text, path)
    values = {**tables, **changes}
    wanted = {key: repr(value) for key, value in values.items() if key not in removed}
    keys, rest = _split_at_tables(text)
    added = {key: value for key, value in changes.items() if key not in tables}
    try:
        document = tomlkit.parse(keys)
        for key in changes.keys() & tables.keys():
            is_inline = isinstance(document.get(key), InlineTable)
            if key not in document or (isinstance(document[key], Mapping) and not is_inline):
                raise _not_editable_error(
                    path,
                    f"{key} is a table in the file, which would be lost",
                    "Give that table another name in the file, or remove it; then"
                    f" {key} can have a value.",
                )
            if not _refill_list(document[key], changes[key]):
                document[key] = changes[key]
        for key in removed:
            document.remove(key)
        result = tomlkit.dumps(document)
        if added and result and not result.endswith("\n"):
            result += "\n"
        result += tomlkit.dumps(added) + rest
    except (TOMLKitError, ValueError, RecursionError) as error:
        raise _not_editable_error(path, type(error).__name__) from None
    if "\r\n" in text and "\n" not in text.replace("\r\n", ""):
        result = re.sub("(?<!\r)\n", "\r\n", result)
    # As text, since NaN does not equal itself.
    if {key: repr(value) for key, value in parse_toml(result, path).items()} != wanted:
        raise _not_editable_error(path, "it would not read back the same")
    return result


def _split_at_tables(text: str) -> tuple[str, str]:
    """Return the top-level keys and the tables; comments above a table belong to it."""
    lines, flat = text.split("\n"), _flatten_lines(text)
    end = next((number for number, found in _find_keys(flat) if found[1]), len(lines) + 1) - 1
    if end == len(lines):
        return text, ""
    while end and flat[end - 1].strip() == "#":
        end -= 1
    while end and not flat[end - 1].strip():
        end -= 1
    return "".join(f"{line}\n" for line in lines[:end]), "\n".join(lines[end:])


def _refill_list(array: object, values: object) -> bool:
    """Give a list new values in place; return whether that worked and old ones were kept."""
    from tomlkit.items import Array

    if not isinstance(array, Array) or not isinstance(values, list):
        return False
    for position in reversed(range(len(array))):
        if array[position] not in values:
            del array[position]
    kept = len(array)
    for position, value in enumerate(values):
        if array[position : position + 1] != [value]:
            array.insert(position, value)
    with contextlib.suppress(tomllib.TOMLDecodeError):  # a comment at the end can get in the way
        return kept > 0 and tomllib.loads(f"list = {array.as_string()}") == {"list": values}
    return False


def _not_editable_error(path: Path, reason: str, hint: str = "") -> Problem:
    hint = hint or "Edit the file by hand, or simplify the lines around the changed keys."
    message = f"Can't edit {path} safely: {reason}. The file is unchanged."
    return Problem("toml.not-editable", message, hint)


def line_numbers(text: str) -> dict[str, int]:
    """Return the line of each key of valid TOML, from 1, by its full dotted name and first part."""
    lines: dict[str, int] = {}
    table: list[str] = []
    for number, found in _find_keys(_flatten_lines(text)):
        parts = [part.strip("\"'") for part in re.findall(_PART, found[2])]
        if found[1]:
            table = parts
        name = table if found[1] else [*table, *parts]
        lines.setdefault(name[0], number)
        lines.setdefault(".".join(name), number)
    return lines


def _find_keys(flat: Iterable[str]) -> Iterator[tuple[int, re.Match[str]]]:
    """Yield the number, from 1, of each line that begins with a key or table, and the match."""
    depth = 0
    for number, line in enumerate(flat, start=1):
        if depth == 0 and (found := _KEY.match(line)):
            yield number, found
        bare = _OPAQUE.sub("", line)
        depth += sum(bare.count(each) for each in "[{") - sum(bare.count(each) for each in "]}")


def _flatten_lines(text: str) -> list[str]:
    """Return the lines without anything that only looks like a key, a bracket or a comment."""
    return _OPAQUE.sub(_flatten, text).split("\n")


def _flatten(found: re.Match[str]) -> str:
    """Return a one-line string as it is, the line ends of a longer one, or a comment's `#`."""
    text = found[0]
    if text[0] == "#":
        return "#"
    return "\n" * text.count("\n") + "=" if "\n" in text else text


def nearest(word: str, known: Collection[str]) -> str:
    """Return the known word most like `word`, or ""."""
    # Imported late: only a mistake needs it.
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, known, n=1, cutoff=0.6)), "")
