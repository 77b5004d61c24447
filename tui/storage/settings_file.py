"""Settings as a TOML document (a local file, an imported one, an export), and as JSON."""

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from tui.errors import Problem
from tui.settings.catalog import Entry, Kind, Settings, catalog, find_entry
from tui.settings.findings import Finding, ParseError, Severity
from tui.settings.import_document import Export
from tui.settings.parse.value import has_native_type, native_type_name, parse_value
from tui.settings.snapshot import Origin, Snapshot
from tui.settings.values import Environment, SecretState, Security, Value
from tui.storage.toml import line_numbers, nearest, parse_toml
from tui.terminal.visible import visible

HEADER = "# Mail settings. Comments and unknown keys are kept; a password is never in here.\n"

EXPORT_TABLE = "exported"
"""The name of the table that says where a document was exported from."""

SENDER = "sender"
"""The key that says what is to send on an instance."""

_MAX_SINGLE_FINDINGS = 20


def parse_snapshot(text: str, path: Path, settings: type[Settings] = Settings) -> Snapshot:
    """Return the settings in a document; values of a wrong type and unknown keys are findings."""
    entries = catalog(settings)
    values: dict[str, Value] = {}
    origins: dict[str, Origin] = {}
    broken: dict[str, Finding] = {}
    unknown: list[str] = []
    findings: list[Finding] = []
    tables, lines = parse_toml(text, path), line_numbers(text)
    for key, raw in tables.items():
        if key in entries:
            origins[key] = Origin(str(path), lines.get(key))
            values[key], code, message = _parse_value(entries[key], raw)
            if code:
                words, about = _with_line(lines, key, message), frozenset({key})
                broken[key] = Finding(key, Severity.ERROR, code, words, None, about)
        elif key == SENDER:
            words = "The key sender is only for an instance: a local file sends nothing."
            findings.append(
                Finding(key, Severity.NOTE, "file.sender", _with_line(lines, key, words))
            )
        elif key != EXPORT_TABLE:
            unknown += [name for name in _dotted_names(key, raw) if find_entry(entries, name)] or [
                key
            ]
    findings += _unknown_key_findings(unknown, lines, entries)
    return Snapshot(values, origins, broken, tuple(findings))


def _parse_value(entry: Entry, raw: object) -> tuple[Value, str, str]:
    """Return the value in its native type; or as text, with the code and message of why not."""
    value = tuple(raw) if isinstance(raw, list) else raw
    if entry.is_secret:
        try:
            parse_value(entry, raw if isinstance(raw, str) else "?")
        except ParseError as malformed:
            # All that may be said is that there is a value.
            return SecretState.NOT_KEPT, malformed.code, malformed.message
    if not has_native_type(entry, value):
        return visible(str(raw), 200), "file.type", f"It must be {native_type_name(entry)}."
    return ("" if value == () else from_native(entry, raw)), "", ""  # type: ignore[arg-type]


def _with_line(lines: Mapping[str, int], key: str, words: str) -> str:
    """Return a message with its line; the file is named above all of them."""
    return f"Line {lines[key]}: {words[0].lower()}{words[1:]}" if key in lines else words


def _dotted_names(key: str, raw: object) -> Iterator[str]:
    """Yield the full names below a key, as TOML takes a dotted key for a table."""
    if not isinstance(raw, dict):
        yield key
        return
    for part, inner in raw.items():
        yield from _dotted_names(f"{key}.{part}", inner)


def _unknown_key_findings(
    keys: list[str], lines: Mapping[str, int], entries: Mapping[str, Entry]
) -> Iterator[Finding]:
    """Yield a finding for each of the first keys and one for the others."""
    for key in keys[:_MAX_SINGLE_FINDINGS]:
        known = find_entry(entries, key)
        guess = known.name if known else nearest(key, entries)
        hint = f' Did you mean "{guess}"?' if guess else ""
        words = f"This isn't a property: it is kept and has no effect.{hint}"
        yield Finding(key, Severity.WARNING, "file.unknown-key", _with_line(lines, key, words))
    if more := keys[_MAX_SINGLE_FINDINGS:]:
        words = f"This isn't a property, and neither are the {len(more) - 1} unknown keys after it."
        words = _with_line(lines, more[0], words)
        yield Finding(more[0], Severity.WARNING, "file.unknown-key", words)


@dataclass(frozen=True, slots=True)
class SettingsDocument:
    """A document of settings to import.

    Attributes:
        export: where it was exported from; None if it doesn't say.
        sender: what is to send on an instance (`settings/delivery/expected_sender.py`), or "".
    """

    snapshot: Snapshot
    export: Export | None = None
    sender: str = ""


def parse_document(text: str, path: Path, settings: type[Settings] = Settings) -> SettingsDocument:
    """Return a document to import.

    Raises:
        Problem: it is not TOML, has an unknown key (which would silently have no effect), or a
            value of the wrong type.
    """
    snapshot = parse_snapshot(text, path, settings)
    for finding in (*snapshot.findings, *snapshot.broken.values()):
        if finding.property == SENDER:
            continue
        message = finding.message.removesuffix(".")
        raise Problem(
            finding.code,
            f"{path}, {message[0].lower()}{message[1:]} ({finding.property}).",
            "Correct or remove that line. Nothing was taken from the document.",
        )
    tables = parse_toml(text, path)
    export, sender = _parse_export(tables.get(EXPORT_TABLE), path), tables.get(SENDER, "")
    if SENDER in tables and not (isinstance(sender, str) and sender.strip()):
        raise Problem(
            "file.sender",
            f"{path}: sender doesn't name what sends.",
            'Set it to "servicenow", the name of an SMTP account, or "properties", or remove it.',
        )
    return SettingsDocument(snapshot, export, str(sender))


def _parse_export(table: object, path: Path) -> Export | None:
    if table is None:
        return None
    if isinstance(table, dict) and "origin" in table:
        environment = table.get("environment")
        with contextlib.suppress(ValueError):
            return Export(str(table["origin"]), Environment(environment) if environment else None)
    raise Problem(
        "file.exported",
        f"{path}: the table [{EXPORT_TABLE}] doesn't say where the document comes from.",
        'Add origin = "…" and environment = "production" or "non-production", or remove the table.',
    )


def export_text(
    snapshot: Snapshot, origin: str, environment: Environment | None, sender: str = ""
) -> str:
    """Return specified settings as a document that says where it comes from; no secrets.

    Args:
        sender: what sends on the instance, or "".
    """
    lines = [HEADER.rstrip()]
    if sender.strip():
        lines.append(f"{SENDER} = {toml_value(sender)}")
    lines += [f"{name} = {toml_value(value)}" for name, value in snapshot.values.items()]
    lines += ["", f"[{EXPORT_TABLE}]", f"origin = {toml_value(origin)}"]
    if environment:
        lines.append(f"environment = {toml_value(environment)}")
    return "\n".join(lines) + "\n"


def toml_value(value: Value) -> str:
    """Return a value in TOML, with characters that do not show escaped."""
    if isinstance(value, bool | int):
        return str(value).lower()
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


def to_native(value: Value) -> Any:
    """Return a value as TOML and JSON writers take it."""
    if isinstance(value, tuple):
        return list(value)
    return value if isinstance(value, bool | int) else str(value)


def from_native(entry: Entry, raw: Native) -> Value:
    """Return a value from TOML or JSON in the type of its property, if it fits.

    None is blank. A value that does not fit is returned as it is; check with `has_native_type`.
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
    """Return a value as JSON holds it; null is blank."""
    return None if value in ("", ()) else to_native(value)


def json_text(answer: Mapping[str, Any], indent: int | None = 2) -> str:
    """Return JSON in printable ASCII."""
    return json.dumps(answer, indent=indent, ensure_ascii=True)


def json_schema(settings: type[Settings] = Settings) -> dict[str, Any]:
    """Return the schema of a settings document; `""` is blank for every property."""
    # Imported late: it takes longer than the rest of the program.
    from pydantic import TypeAdapter

    properties: dict[str, Any] = {}
    for name, entry in catalog(settings).items():
        if entry.is_secret:
            shape: dict[str, Any] = {"enum": [SecretState.KEPT, SecretState.NOT_KEPT, ""]}
        else:
            own = TypeAdapter(entry.type).json_schema()
            own.pop("title", None)
            if entry.declared.kind is Kind.PORT:
                own |= {"minimum": 1, "maximum": 65535}
            options = [each for each in own.get("anyOf", [own]) if each != {"type": "null"}]
            shape = {"anyOf": [*options, {"const": ""}]}
        declared = entry.declared
        properties[name] = {"title": declared.label, "description": declared.help, **shape}
    properties[SENDER] = {
        "title": "What sends on an instance",
        "description": "servicenow, the name of an SMTP account, or properties (no account).",
        "type": "string",
        "minLength": 1,
    }
    properties[EXPORT_TABLE] = {
        "type": "object",
        "description": "Where the document was exported from.",
        "properties": {
            "origin": {"type": "string"},
            "environment": {"enum": [str(each) for each in Environment]},
        },
        "required": ["origin"],
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "glidemail settings",
        "type": "object",
        "properties": properties,
    }
