"""glidemail explain: why a value is what it is."""

from tui.cli import as_json as answers
from tui.cli.arguments import Arguments
from tui.cli.open_profile import open_profile, piped_sign_in
from tui.cli.output import answer, say
from tui.errors import Usage
from tui.presentation import review_text as words
from tui.presentation.explanation import follows, in_effect, page
from tui.settings.catalog import Entry, Settings, catalog, find_entry
from tui.storage.toml import nearest
from tui.terminal.layout import columns


def run(arguments: Arguments, settings: type[Settings]) -> int:
    """Explains one property, or names them all."""
    entries = catalog(settings)
    if not arguments.name:
        return _all(arguments, settings)
    entry = find_entry(entries, arguments.name)
    if entry is None:
        guess = nearest(arguments.name, entries)
        raise Usage(
            "usage.explain",
            "No property has this name.",
            f"Is {guess} meant?" if guess else "See them all with: glidemail explain",
        )
    session = open_profile(arguments, settings, piped_sign_in(arguments))
    review = session.review(session.draft)
    if arguments.json:
        inherited = in_effect(review, entry.name)
        answer(
            {
                **answers.head(session),
                **_about(entry),
                **answers.properties(review, {})[entry.name],
                **({"in_effect": answers.derived_value(inherited)} if inherited else {}),
                "follows": [
                    {"label": label, "words": said} for label, said in follows(review, entry.name)
                ],
                "findings": [
                    answers.finding(each) for each in review.findings if each.property == entry.name
                ],
            }
        )
        return 0
    say(words.banner(session), "", *page(entry, review))
    return 0


def _all(arguments: Arguments, settings: type[Settings]) -> int:
    entries = catalog(settings)
    if arguments.json:
        answer({"properties": {name: _about(entry) for name, entry in entries.items()}})
    else:
        say(
            *columns(
                (entry.name, entry.instance_name or "-", entry.declared.short)
                for entry in entries.values()
            )
        )
    return 0


def _about(entry: Entry) -> dict[str, object]:
    own = entry.declared
    return {
        "name": entry.name,
        "label": own.label,
        "help": " ".join(own.help.split()),
        "kind": own.kind.value,
        "instance": list(own.instance),
        "account": list(own.account),
        "when_unset": own.when_unset,
    }
