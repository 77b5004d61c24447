"""The README describes the properties as the program does."""

from pathlib import Path

from tui.settings.catalog import catalog

README = Path(__file__).parents[1] / "README.md"


def test_its_table_names_every_property() -> None:
    rows = [
        f"| `{entry.name}` | `{entry.instance_name}` | {entry.declared.short} |"
        for entry in catalog().values()
    ]
    assert "\n".join(rows) in README.read_text()
