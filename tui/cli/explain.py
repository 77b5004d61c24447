"""glidemail explain: why a value is what it is."""

from collections.abc import Iterator

from tui.cli import answers, words
from tui.cli.arguments import Arguments
from tui.cli.drafting import opened
from tui.cli.output import answer, columns, say, wrapped
from tui.documents import places
from tui.documents.toml import nearest
from tui.errors import Usage
from tui.settings.catalog import Entry, Settings, by_any_name, catalog
from tui.settings.review import Review


def run(arguments: Arguments, settings: type[Settings]) -> int:
    """Explains one property, or names them all."""
    entries = catalog(settings)
    if not arguments.name:
        return _all(arguments, settings)
    entry = by_any_name(entries, arguments.name)
    if entry is None:
        guess = nearest(arguments.name, entries)
        raise Usage(
            "usage.explain",
            "No property has this name.",
            f"Is {guess} meant?" if guess else "See them all with: glidemail explain",
        )
    session = opened(arguments, settings)
    review = session.review(session.draft)
    if arguments.json:
        answer(
            {
                **answers.head(review, session.target.where),
                **_about(entry),
                **answers.properties(review, {})[entry.name],
                "follows": [
                    {"label": label, "words": said} for label, said in follows(review, entry.name)
                ],
                "findings": [
                    answers.finding(each) for each in review.findings if each.property == entry.name
                ],
            }
        )
        return 0
    say(words.banner(review, session.target.where), "", *page(entry, review))
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


def page(entry: Entry, review: Review) -> Iterator[str]:
    """What a property is, its value, where that came from, what follows, what is wrong."""
    own = entry.declared
    yield from wrapped(own.label, "", "")
    yield ""
    yield from wrapped(" ".join(own.help.split()))
    yield ""
    yield from columns(_facts(entry, review))
    if following := list(follows(review, entry.name)):
        yield ""
        yield "What follows from it"
        yield from columns(following)
    found = [each for each in review.findings if each.property == entry.name]
    yield ""
    yield "What the rules say"
    if found:
        yield from words.findings(review, found)
    else:
        yield "   Nothing is wrong with it."
    yield ""
    yield "What to do"
    yield from _ways(entry)


def _facts(entry: Entry, review: Review) -> Iterator[tuple[str, str]]:
    own = entry.declared
    broken = entry.name in review.parsed.broken
    value = review.draft.text(entry.name) if broken else None
    yield "value", value or words.value_words(review.parsed.value(entry.name))
    yield "comes from", places.short(words.source_of(review, entry.name, {}))
    if own.when_unset:
        yield "when unset", own.when_unset
    yield "kind", own.kind.value
    yield "here", entry.name
    yield "on the instance", ", ".join(own.instance) or "-"
    yield "in an email account", ", ".join(own.account) or "-"


def follows(review: Review, name: str) -> Iterator[tuple[str, str]]:
    """The incoming settings that follow a property, each with its value."""
    for label in ("server", "user", "password", "port", "security"):
        each = getattr(review.incoming, label)
        if each.follows == name:
            yield f"POP3 {label}", f"{words.value_words(each.value)}, {each.origin}"


def _ways(entry: Entry) -> Iterator[str]:
    if entry.is_secret:
        option = "--password-stdin" if entry.name == "password" else "--secrets-stdin"
        yield f"   Give it:   glidemail apply {option}"
        yield f"   Clear it:  glidemail apply --set {entry.name}="
        return
    yield f"   Try it:    glidemail plan --set {entry.name}=VALUE"
    yield f"   Change it: glidemail apply --set {entry.name}=VALUE"
    yield f"   Clear it:  glidemail apply --set {entry.name}="
