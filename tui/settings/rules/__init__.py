"""The rules: (settings, context) -> findings."""

from dataclasses import replace

from tui.settings.catalog import catalog
from tui.settings.findings import Finding, Severity
from tui.settings.rules import (
    instance_limits,
    instance_state,
    mail_server,
    published_settings,
    sending,
)
from tui.settings.rules.any_value import check_value
from tui.settings.rules.rule import Rule
from tui.settings.target_facts import Context

_MODULES = (instance_state, mail_server, published_settings, sending, instance_limits)
_RULES = [each for module in _MODULES for each in vars(module).values() if isinstance(each, Rule)]
_WITHOUT_EFFECT = ("property.locked", "model.no-effect")
"""The codes of what is said of a property that has no effect."""


def run_rules(context: Context) -> tuple[Finding, ...]:
    """Return the findings of all rules: those of the whole target, then in the catalog's order.

    A property that has no effect here is not judged.
    """
    settings, entries = context.after.settings, catalog(type(context.after.settings))
    found = [*context.after.broken.values(), *instance_limits.find_locked_changes(context)]
    for name, entry in entries.items():
        if name not in context.after.broken:
            found += check_value(entry, settings, context)
    for each in _RULES:
        found += each(settings, context)
    idle = {name for name, entry in entries.items() if not context.facts.has_effect(entry)}
    # A text that was typed and doesn't parse is never saved, whatever it would do.
    typed = [context.after.broken[name] for name in context.changed & context.after.broken.keys()]
    found = [
        _without_locked_fix(each, context)
        for each in found
        if each.property not in idle or each.code in _WITHOUT_EFFECT or each in typed
    ]
    places = {name: place for place, name in enumerate(entries)}
    weights = list(Severity)
    return tuple(
        sorted(found, key=lambda f: (places.get(f.property, -1), weights.index(f.severity)))
    )


def _without_locked_fix(finding: Finding, context: Context) -> Finding:
    if finding.fix and not finding.fix.set.keys().isdisjoint(context.locked):
        return replace(finding, fix=None)
    return finding
