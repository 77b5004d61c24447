"""(settings, context) -> findings."""

from tui.settings.catalog import catalog
from tui.settings.findings import Finding, Severity
from tui.settings.place import Context
from tui.settings.rules import authentication, connection, incoming, kinds, sender, sending, server

_RULES = (
    *server.RULES,
    *sender.RULES,
    *authentication.RULES,
    *connection.RULES,
    *sending.RULES,
    *incoming.RULES,
)


def rules(context: Context) -> tuple[Finding, ...]:
    """Everything the rules say, in the catalog's order of properties."""
    settings = context.after.settings
    found = [*context.after.broken.values()]
    for name, entry in catalog(type(settings)).items():
        if name not in context.after.broken:
            found += kinds.check(entry, settings, context)
    for each in _RULES:
        found += each(settings, context)
    order = list(catalog(type(settings)))
    weights = list(Severity)
    return tuple(sorted(found, key=lambda f: (order.index(f.property), weights.index(f.severity))))
