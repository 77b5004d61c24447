"""glidemail explain: why a property's value is what it is."""

from collections.abc import Mapping

from tui.cli import as_json
from tui.cli.arguments import Arguments
from tui.cli.open_profile import open_profile, sign_in_from_stdin
from tui.cli.output import say, write_json
from tui.errors import UsageError
from tui.presentation.review_text import explanation_lines, follower_rows
from tui.presentation.target_text import banner_line
from tui.presentation.value_text import value_in_effect
from tui.settings.catalog import Entry, Settings, catalog, find_entry
from tui.storage.toml import nearest
from tui.terminal.layout import columns


def run(arguments: Arguments, settings: type[Settings]) -> int:
    """Explain one property, or list them all."""
    entries = catalog(settings)
    if not arguments.name:
        return _list_properties(arguments, entries)
    entry = find_entry(entries, arguments.name)
    if entry is None:
        guess = nearest(arguments.name, entries)
        raise UsageError(
            "usage.explain",
            "There is no property with this name.",
            f"Did you mean {guess}?" if guess else "List them with: glidemail explain",
        )
    session = open_profile(arguments, settings, sign_in_from_stdin(arguments)).session
    review = session.review(session.draft)
    if arguments.json:
        inherited = value_in_effect(review, entry.name)
        found = [each for each in review.findings if each.property == entry.name]
        follows = follower_rows(review, entry.name)
        write_json(
            {
                **as_json.header(session),
                **_property_json(entry),
                **as_json.properties(review, {})[entry.name],
                **({"in_effect": as_json.derived_setting(inherited)} if inherited else {}),
                "follows": [{"label": label, "words": words} for label, words in follows],
                "findings": [as_json.finding(each) for each in found],
            }
        )
        return 0
    say(banner_line(session), "", *explanation_lines(entry, review))
    return 0


def _list_properties(arguments: Arguments, entries: Mapping[str, Entry]) -> int:
    if arguments.json:
        write_json({"properties": {name: _property_json(each) for name, each in entries.items()}})
    else:
        rows = ((e.name, e.platform_name or "-", e.declared.short) for e in entries.values())
        say(*columns(rows))
    return 0


def _property_json(entry: Entry) -> dict[str, object]:
    own = entry.declared
    return {
        "name": entry.name,
        "label": own.label,
        "help": own.help,
        "kind": own.kind.value,
        "instance": list(own.instance),
        "account": list(own.account),
        "when_unset": own.when_unset,
    }
