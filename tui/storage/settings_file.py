"""Settings as a TOML document: a local file, a document that is adopted, an export."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from tui.errors import Problem
from tui.settings.catalog import Entry, Settings, catalog, find_entry
from tui.settings.findings import Finding, Severity
from tui.settings.import_document import Export
from tui.settings.parse.error import ParseError
from tui.settings.parse.value import has_native_type, native_type_name, parse_value
from tui.settings.property import Kind
from tui.settings.snapshot import Origin, Snapshot
from tui.settings.values import Environment, SecretState, Security, Value
from tui.storage.toml import lines_of, load, nearest
from tui.terminal.visible import visible

HEADER = "# Mail settings. Comments and unknown keys are kept; a password is never in here.\n"

EXPORTED = "exported"
"""The table that says where a document was exported from."""

_SINGLY = 20


def snapshot_of(text: str, path: Path, settings: type[Settings] = Settings) -> Snapshot:
    """The settings in a document.

    A value of the wrong type and an unknown key are findings, so that all else works.

    Raises:
        Problem: the text is not TOML.
    """
    entries = catalog(settings)
    values: dict[str, Value] = {}
    origins: dict[str, Origin] = {}
    broken: dict[str, Finding] = {}
    unknown: list[str] = []
    tables, lines = load(text, path), lines_of(text)
    for key, raw in tables.items():
        if key in entries:
            origins[key] = Origin(str(path), lines.get(key))
            values[key], code, message = _native(entries[key], raw)
            if code:
                words, about = _said(lines, key, message), frozenset({key})
                broken[key] = Finding(key, Severity.ERROR, code, words, None, about)
        elif key != EXPORTED:
            unknown += [name for name in _dotted(key, raw) if find_entry(entries, name)] or [key]
    return Snapshot(values, origins, broken, tuple(_unknown_keys(unknown, lines, entries)))


def _native(entry: Entry, raw: object) -> tuple[Value, str, str]:
    """The value in its native type; or, with the code and the words that say why, as text."""
    value = tuple(raw) if isinstance(raw, list) else raw
    if entry.is_secret:
        try:
            parse_value(entry, raw if isinstance(raw, str) else "?")
        except ParseError as malformed:
            # Something is there, which is all that may be said of it.
            return SecretState.NOT_KEPT, malformed.code, malformed.message
    if not has_native_type(entry, value):
        return visible(str(raw), 200), "file.type", f"It must be {native_type_name(entry)}."
    return ("" if value == () else from_native(entry, raw)), "", ""  # type: ignore[arg-type]


def _said(lines: Mapping[str, int], key: str, words: str) -> str:
    """A sentence with its line; which file it is, is said above all of them."""
    return f"Line {lines[key]}: {words[0].lower()}{words[1:]}" if key in lines else words


def _dotted(key: str, raw: object) -> Iterator[str]:
    """The whole names below a key: one without quotes is a table to TOML."""
    if not isinstance(raw, dict):
        yield key
        return
    for part, inner in raw.items():
        yield from _dotted(f"{key}.{part}", inner)


def _unknown_keys(
    keys: list[str], lines: Mapping[str, int], entries: Mapping[str, Entry]
) -> Iterator[Finding]:
    """A finding for each of the first keys, and one for all the others."""
    for key in keys[:_SINGLY]:
        known = find_entry(entries, key)
        guess = known.name if known else nearest(key, entries)
        hint = f' Is "{guess}" meant?' if guess else ""
        words = f"No property has this name; it is kept and has no effect.{hint}"
        yield Finding(key, Severity.WARNING, "file.unknown-key", _said(lines, key, words))
    if more := keys[_SINGLY:]:
        words = f"No property has this name, nor any of the {len(more) - 1} unknown keys after it."
        words = _said(lines, more[0], words)
        yield Finding(more[0], Severity.WARNING, "file.unknown-key", words)


def document_of(
    text: str, path: Path, settings: type[Settings] = Settings
) -> tuple[Snapshot, Export | None]:
    """The settings in a document that is to be adopted, and where it was exported from.

    Raises:
        Problem: it is not TOML, has a key that is no property (left alone it would be
            silently without effect), or a value that is none.
    """
    snapshot = snapshot_of(text, path, settings)
    for finding in (*snapshot.findings, *snapshot.broken.values()):
        message = finding.message.removesuffix(".")
        raise Problem(
            finding.code,
            f"{path}, {message[0].lower()}{message[1:]} ({finding.property}).",
            "Mend or remove that line; nothing was taken from the document.",
        )
    return snapshot, _export(load(text, path).get(EXPORTED), path)


def _export(table: object, path: Path) -> Export | None:
    if table is None:
        return None
    try:
        assert isinstance(table, dict)  # noqa: S101
        environment = table.get("environment")
        return Export(str(table["origin"]), Environment(environment) if environment else None)
    except (AssertionError, KeyError, ValueError):
        raise Problem(
            "file.exported",
            f"{path}: the table [{EXPORTED}] does not say where the document comes from.",
            'Give it origin = "…" and environment = "production" or "non-production", '
            "or remove it.",
        ) from None


def export_text(snapshot: Snapshot, origin: str, environment: Environment | None) -> str:
    """What is specified as a document, with where it comes from; without any secret."""
    lines = [HEADER.rstrip()]
    lines += [f"{name} = {toml_value(value)}" for name, value in snapshot.values.items()]
    lines += ["", f"[{EXPORTED}]", f"origin = {toml_value(origin)}"]
    if environment:
        lines.append(f"environment = {toml_value(environment)}")
    return "\n".join(lines) + "\n"


def toml_value(value: Value) -> str:
    """A value in TOML in which nothing but printable ASCII stands for itself."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, tuple):
        return f"[{', '.join(toml_value(part) for part in value)}]"
    return f'"{"".join(_toml_characters(str(value)))}"'


def _toml_characters(text: str) -> Iterator[str]:
    for char in text:
        if char in '"\\':
            yield f"\\{char}"
        elif " " <= char <= "~" or (char.isprintable() and visible(char) == char):
            yield char
        else:
            yield f"\\U{ord(char):08x}"


Native: TypeAlias = str | int | bool | list[str] | None
"""A value as JSON holds it."""


def native(value: Value) -> Any:
    """A value as TOML and JSON writers take it."""
    if isinstance(value, tuple):
        return list(value)
    return value if isinstance(value, bool | int) else str(value)


def from_native(entry: Entry, raw: Native) -> Value:
    """A value as readers of TOML and JSON give it, in the type of its property where it fits.

    None is blank. What does not fit comes back as it is; `has_native_type` tells.
    """
    if raw is None:
        return ""
    if isinstance(raw, list):
        return tuple(raw)
    if entry.is_secret and raw in tuple(SecretState):
        return SecretState(str(raw))
    if entry.declared.kind is Kind.SECURITY and raw in tuple(Security):
        return Security(str(raw))
    return raw


def json_value(value: Value) -> Native:
    """A value as JSON holds it; null is blank."""
    return None if value in ("", ()) else native(value)


def json_text(answer: Mapping[str, Any], indent: int | None = 2) -> str:
    """JSON in printable ASCII, whatever stands in it."""
    return json.dumps(answer, indent=indent, ensure_ascii=True)
