"""The rules: (settings, context) -> findings."""

from dataclasses import replace

from tui.settings.catalog import catalog
from tui.settings.findings import Finding, Severity
from tui.settings.rules import instance_limits, mail_server, published_settings, sending
from tui.settings.rules.any_value import check_value
from tui.settings.rules.rule import Rule
from tui.settings.target_facts import Context

_MODULES = (mail_server, published_settings, sending, instance_limits)
_RULES = [each for module in _MODULES for each in vars(module).values() if isinstance(each, Rule)]


def run_rules(context: Context) -> tuple[Finding, ...]:
    """Return the findings of all rules, in the catalog's order of properties."""
    settings = context.after.settings
    found = [*context.after.broken.values(), *instance_limits.find_locked_changes(context)]
    for name, entry in catalog(type(settings)).items():
        if name not in context.after.broken:
            found += check_value(entry, settings, context)
    for each in _RULES:
        found += each(settings, context)
    found = [_without_locked_fix(each, context) for each in found]
    order = list(catalog(type(settings)))
    weights = list(Severity)
    return tuple(sorted(found, key=lambda f: (order.index(f.property), weights.index(f.severity))))


def _without_locked_fix(finding: Finding, context: Context) -> Finding:
    if finding.fix and not finding.fix.set.keys().isdisjoint(context.locked):
        return replace(finding, fix=None)
    return finding
