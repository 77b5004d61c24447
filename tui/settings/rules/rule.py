"""What a rule is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from tui.settings.catalog import Settings
from tui.settings.findings import Finding, Fix, Severity
from tui.settings.target_facts import Context

Found: TypeAlias = Iterator[Finding]
Check: TypeAlias = Callable[[Settings, Context], Found]


@dataclass(frozen=True, slots=True)
class Rule:
    """A check and the properties it needs; it is skipped when one of them is broken."""

    needs: frozenset[str]
    check: Check

    def __call__(self, settings: Settings, context: Context) -> Found:
        """What the check finds, each about all the properties it needs."""
        if self.needs.isdisjoint(context.after.broken):
            for finding in self.check(settings, context):
                yield replace(finding, about=self.needs)


def rule(*needs: str) -> Callable[[Check], Rule]:
    """Makes a rule of a check over the named properties."""

    def declare(check: Check) -> Rule:
        return Rule(frozenset(needs), check)

    return declare


def error(name: str, code: str, message: str, fix: Fix | None = None) -> Finding:
    """A finding that refuses the save of what it is about."""
    return Finding(name, Severity.ERROR, code, message, fix)


def warning(name: str, code: str, message: str, fix: Fix | None = None) -> Finding:
    """A finding that a person should weigh."""
    return Finding(name, Severity.WARNING, code, message, fix)


def note(name: str, code: str, message: str, fix: Fix | None = None) -> Finding:
    """A finding that is good to know."""
    return Finding(name, Severity.NOTE, code, message, fix)
