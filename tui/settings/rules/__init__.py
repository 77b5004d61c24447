"""(settings, context) -> findings."""

from dataclasses import replace

from tui.settings.catalog import catalog
from tui.settings.findings import Finding, Severity
from tui.settings.rules import any_value as kinds
from tui.settings.rules import authentication, sending
from tui.settings.rules import from_address as sender
from tui.settings.rules import incoming_mail as incoming
from tui.settings.rules import instance_limits as instance
from tui.settings.rules import mail_server as server
from tui.settings.rules import port_and_security as connection
from tui.settings.target_facts import Context

_RULES = (
    *server.RULES,
    *sender.RULES,
    *authentication.RULES,
    *connection.RULES,
    *sending.RULES,
    *incoming.RULES,
    *instance.RULES,
)


def _offered(finding: Finding, context: Context) -> Finding:
    """A finding without a fix that would change what is locked."""
    if finding.fix and not finding.fix.set.keys().isdisjoint(context.locked):
        return replace(finding, fix=None)
    return finding


def run_rules(context: Context) -> tuple[Finding, ...]:
    """Everything the rules say, in the catalog's order of properties."""
    settings = context.after.settings
    found = [*context.after.broken.values(), *instance.locked(context)]
    for name, entry in catalog(type(settings)).items():
        if name not in context.after.broken:
            found += kinds.check(entry, settings, context)
    for each in _RULES:
        found += each(settings, context)
    found = [_offered(each, context) for each in found]
    order = list(catalog(type(settings)))
    weights = list(Severity)
    return tuple(sorted(found, key=lambda f: (order.index(f.property), weights.index(f.severity))))
