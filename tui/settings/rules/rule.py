"""Rules and the findings they make."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from tui.settings.catalog import Settings, catalog
from tui.settings.findings import Finding, Fix, Severity
from tui.settings.target_facts import Context

Findings: TypeAlias = Iterator[Finding]
Check: TypeAlias = Callable[[Settings, Context], Findings]


@dataclass(frozen=True, slots=True)
class Rule:
    """A check and the properties it needs; a broken one that has an effect skips it."""

    needs: frozenset[str]
    check: Check

    def __call__(self, settings: Settings, context: Context) -> Findings:
        """Yield what the check finds, each about all the properties it needs."""
        entries = catalog(type(settings))
        broken = self.needs & context.after.broken.keys()
        if not any(context.facts.has_effect(entries[name]) for name in broken):
            for finding in self.check(settings, context):
                yield replace(finding, about=self.needs)


def rule(*needs: str) -> Callable[[Check], Rule]:
    """Make a rule of a check that needs the named properties."""
    return partial(Rule, frozenset(needs))


def error(name: str, code: str, message: str, fix: Fix | None = None) -> Finding:
    """Return a finding that blocks the save of what it is about."""
    return Finding(name, Severity.ERROR, code, message, fix)


def warning(name: str, code: str, message: str, fix: Fix | None = None) -> Finding:
    """Return a finding that a person should consider."""
    return Finding(name, Severity.WARNING, code, message, fix)


def note(name: str, code: str, message: str, fix: Fix | None = None) -> Finding:
    """Return a finding that is good to know."""
    return Finding(name, Severity.NOTE, code, message, fix)
