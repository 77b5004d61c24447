"""Everything that is to be said of a draft, in one look."""

from collections.abc import Iterable
from dataclasses import dataclass

from tui.settings.draft import Draft, Parsed, parse
from tui.settings.findings import Finding, Severity
from tui.settings.incoming import IncomingSettings, derive_incoming
from tui.settings.plan import Plan, make_plan
from tui.settings.preconditions import (
    OUTGOING,
    Attestation,
    Precondition,
    PreconditionState,
    check_preconditions,
)
from tui.settings.rules import run_rules
from tui.settings.target_facts import Context, TargetFacts


@dataclass(frozen=True, slots=True)
class Review:
    """A draft with all that follows from it.

    Attributes:
        name: what the place is called.
        incoming: the POP settings that follow.
        findings: what the rules and the reading of the base say.
        plan: what a save would do.
        preconditions: what the article asks for before it.
    """

    name: str
    facts: TargetFacts
    draft: Draft
    parsed: Parsed
    findings: tuple[Finding, ...]
    incoming: IncomingSettings
    plan: Plan
    preconditions: tuple[Precondition, ...]

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """Errors in what the draft changes, or in what depends on it."""
        return tuple(each for each in self.concerned if each.severity is Severity.ERROR)

    @property
    def concerned(self) -> tuple[Finding, ...]:
        """Findings about what the draft changes, or about what depends on it."""
        touched = self._touched
        return tuple(each for each in self.findings if not touched.isdisjoint(each.about))

    @property
    def _touched(self) -> frozenset[str]:
        """What is changed, and what counts anew once another account sends."""
        touched = frozenset(self.draft.changed())
        if self.plan.activation and not self.facts.is_production:
            touched |= {"sending_enabled", "test_recipients"}
        if self.plan.activation and self.facts.awaits_own:
            touched |= OUTGOING | {"display_name"}
        return touched

    @property
    def open_preconditions(self) -> tuple[Precondition, ...]:
        """Those that nobody verified or attested."""
        return tuple(each for each in self.preconditions if each.state is PreconditionState.OPEN)


def review(
    draft: Draft,
    facts: TargetFacts,
    name: str,
    attestations: Iterable[Attestation] = (),
    word: str = "",
) -> Review:
    """Looks at a draft from every side.

    Args:
        draft: over what was loaded.
        facts: what it is for.
        name: what the place is called.
        attestations: what people have given their word for.
        word: what is typed on production, where that is not the name.
    """
    before, after = parse(Draft(draft.base, settings=draft.settings)), parse(draft)
    context = Context(
        facts,
        before,
        after,
        frozenset(draft.changed()),
        {secret: typed.shape for secret, typed in draft.secrets.items()},
        draft.base.locked,
        draft.base.rows,
    )
    return Review(
        name,
        facts,
        draft,
        after,
        (*draft.base.findings, *run_rules(context)),
        derive_incoming(after),
        make_plan(draft, context, word or name),
        check_preconditions(context, attestations),
    )
