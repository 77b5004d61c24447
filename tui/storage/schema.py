"""The JSON schema of a settings document, for editors and other programs."""

from typing import Any

from tui.settings.catalog import Kind, Settings, catalog
from tui.settings.values import Environment, SecretState
from tui.storage.settings_file import EXPORT_TABLE


def json_schema(settings: type[Settings] = Settings) -> dict[str, Any]:
    """Return the schema of a settings document; `""` is blank for every property."""
    # Imported late: it takes longer than the rest of the program.
    from pydantic import TypeAdapter

    properties: dict[str, Any] = {}
    for name, entry in catalog(settings).items():
        described = {
            "title": entry.declared.label,
            "description": " ".join(entry.declared.help.split()),
        }
        if entry.is_secret:
            shape: dict[str, Any] = {"enum": [SecretState.KEPT, SecretState.NOT_KEPT, ""]}
        else:
            own = TypeAdapter(entry.type).json_schema()
            own.pop("title", None)
            if entry.declared.kind is Kind.PORT:
                own |= {"minimum": 1, "maximum": 65535}
            options = [each for each in own.get("anyOf", [own]) if each != {"type": "null"}]
            shape = {"anyOf": [*options, {"const": ""}]}
        properties[name] = {**described, **shape}
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
