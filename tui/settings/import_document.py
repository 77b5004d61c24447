"""The import of a settings document into a draft.

Unspecified means leave alone. A document never turns sending or receiving on, empties the
test address or weakens encryption. One that was exported from another environment changes
neither sending nor recipients, receiving, user or From: those must be named.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tui.settings.draft import Draft, ParsedDraft, is_same_value, parse
from tui.settings.parse.value import format_value
from tui.settings.target_facts import ALWAYS_IN_EFFECT, TargetFacts
from tui.settings.values import Environment, SecretState, Security, Value

_SWITCHED_ON_BY_NAME = {"sending_enabled": "sending", "receiving": "receiving"}
_ENVIRONMENT_BOUND = frozenset({"sending_enabled", "test_recipients", "receiving", "user", "from"})


@dataclass(frozen=True, slots=True)
class Export:
    """Where a document was exported from; an unknown environment counts as production."""

    origin: str
    environment: Environment | None


@dataclass(frozen=True, slots=True)
class SkippedValue:
    """A difference that was left out, with the reason.

    Attributes:
        property: its name, or `sender`.
        is_final: whether it cannot be asked for in another way either.
    """

    property: str
    reason: str
    is_final: bool = False


def import_document(
    draft: Draft,
    values: Mapping[str, Value],
    facts: TargetFacts,
    export: Export | None = None,
    unreached: str = "",
) -> tuple[Draft, tuple[SkippedValue, ...]]:
    """Return the draft with the values of a document, and what was left out.

    Args:
        unreached: the sender that the document expects, if another one's settings are worked on:
            all but what counts whatever sends is left out then.
    """
    elsewhere = is_from_elsewhere(export, facts)
    now = parse(draft)
    skipped: list[SkippedValue] = []
    for name, value in values.items():
        if is_same_value(value, draft.base.value(name)):
            continue
        if draft.entries[name].is_secret and value:
            if now.value(name) not in (SecretState.UNSET, SecretState.CLEARED):
                continue
            reason = "a document never contains a secret"
        elif unreached and name not in ALWAYS_IN_EFFECT:
            skipped.append(SkippedValue(name, f"it is for {unreached}", is_final=True))
            continue
        elif name in draft.base.locked:
            reason = draft.base.locked[name]
        elif elsewhere and name in _ENVIRONMENT_BOUND:
            reason = "it was exported from another environment"
        else:
            reason = _find_danger(name, value, now)
        if reason:
            skipped.append(SkippedValue(name, reason))
        else:
            draft = draft.edit(name, format_value(value))
    return draft, tuple(skipped)


def is_from_elsewhere(export: Export | None, facts: TargetFacts) -> bool:
    """Return whether a document was exported from the other environment."""
    if export is None:
        return False
    return facts.is_production is (export.environment is Environment.NON_PRODUCTION)


def _find_danger(name: str, value: Value, now: ParsedDraft) -> str:
    """Return why a document may not set this value by itself, or ""."""
    if word := _SWITCHED_ON_BY_NAME.get(name):
        if value is True:
            return f"a document never turns {word} on"
        if value is not False:
            return f"a document never turns {word} on, and blank can mean on"
    given = name in now.broken or now.value(name)
    if name == "test_recipients" and given and not format_value(value):
        return "a document never clears the test address"
    if name in ("security", "pop3_security"):
        protected = name in now.broken or now.value(name) is not Security.NONE
        if protected and value in ("", Security.NONE):
            return "a document never weakens encryption"
    return ""
