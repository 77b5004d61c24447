"""Settings as a TOML document: a local file, a document that is adopted, an export."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from tui.documents.toml import line_of, load, nearest
from tui.errors import Problem
from tui.settings.adopt import Export
from tui.settings.catalog import Entry, Settings, by_any_name, catalog
from tui.settings.draft import Snapshot
from tui.settings.findings import Finding, Severity
from tui.settings.kinds import fits, native_name, parse_text
from tui.settings.malformed import Malformed
from tui.settings.property import Kind
from tui.settings.values import Environment, SecretState, Security, Value
from tui.terminal.visible import visible

HEADER = "# Mail settings. Comments and unknown keys are kept; a password is never in here.\n"

EXPORTED = "exported"
"""The table that says where a document was exported from."""


def snapshot_of(text: str, path: Path, settings: type[Settings] = Settings) -> Snapshot:
    """The settings in a document.

    A value of the wrong type and an unknown key are findings, so that all else works.

    Raises:
        Problem: the text is not TOML.
    """
    entries = catalog(settings)
    values: dict[str, Value] = {}
    origins: dict[str, str] = {}
    broken: dict[str, Finding] = {}
    findings: list[Finding] = []
    for key, raw in load(text, path).items():
        line = line_of(text, key)
        where = f"{path}, line {line}" if line else str(path)
        if key in entries:
            origins[key] = where
            values[key], finding = _native(entries[key], raw, where)
            if finding:
                broken[key] = finding
        elif key != EXPORTED:
            findings.append(_unknown_key(key, where, entries))
    return Snapshot(values, origins, broken, tuple(findings))


def _native(entry: Entry, raw: object, where: str) -> tuple[Value, Finding | None]:
    """The value in its native type; or, with a finding that says why, as text."""
    value = tuple(raw) if isinstance(raw, list) else raw
    problem = ""
    if entry.is_secret and not _is_state(entry, raw):
        return "", _misplaced_secret(entry, where)
    if not fits(entry, value) or (
        isinstance(value, tuple) and not all(isinstance(part, str) for part in value)
    ):
        problem = f"{where}: it must be {native_name(entry)}."
    if problem:
        return visible(str(raw), 200), Finding(
            entry.name, Severity.ERROR, "file.type", problem, None, frozenset({entry.name})
        )
    return ("" if value == () else from_native(entry, raw)), None  # type: ignore[arg-type]


def _is_state(entry: Entry, raw: object) -> bool:
    try:
        parse_text(entry, raw if isinstance(raw, str) else "?")
    except Malformed:
        return False
    return True


def _misplaced_secret(entry: Entry, where: str) -> Finding:
    return Finding(
        entry.name,
        Severity.ERROR,
        "secret.in-text",
        f'{where}: only "{SecretState.KEPT}" or "{SecretState.NOT_KEPT}" can stand here, never '
        "the password itself. If it did, remove it and change it: others may have read it.",
        None,
        frozenset({entry.name}),
    )


def _unknown_key(key: str, where: str, entries: Mapping[str, Entry]) -> Finding:
    known = by_any_name(entries, key)
    guess = known.name if known else nearest(key, entries)
    hint = f' Is "{guess}" meant?' if guess else ""
    return Finding(
        key,
        Severity.WARNING,
        "file.unknown-key",
        f"{where}: no property has this name; it is kept and has no effect.{hint}",
    )


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
        raise Problem(
            finding.code,
            f"{finding.message.removesuffix('.')} ({finding.property}).",
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

    None is blank. What does not fit comes back as it is; `fits` tells.
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


def json_text(answer: Mapping[str, Any]) -> str:
    """JSON in printable ASCII, whatever stands in it."""
    return json.dumps(answer, indent=2, ensure_ascii=True).replace("\x7f", "\\u007f")
