"""The review of a draft: findings, plan and preconditions together."""

from collections.abc import Iterable
from dataclasses import dataclass

from tui.settings.delivery.account_switch import plan_switches
from tui.settings.delivery.activation import CONNECTS_WITH
from tui.settings.delivery.delivery_findings import DELIVERY, find_delivery
from tui.settings.delivery.status import Model
from tui.settings.draft import Draft, ParsedDraft, parse
from tui.settings.findings import Finding, Severity
from tui.settings.incoming import IncomingSettings, derive_incoming
from tui.settings.plan import Plan, make_plan
from tui.settings.preconditions import (
    Attestation,
    Precondition,
    PreconditionState,
    check_preconditions,
)
from tui.settings.rules import run_rules
from tui.settings.rules.instance_state import ENVIRONMENT, INSTANCE
from tui.settings.target_facts import Context, TargetFacts


@dataclass(frozen=True, slots=True)
class Review:
    """A draft with everything that follows from it.

    Attributes:
        name: the profile's.
        findings: those of the rules, of delivery, and of reading the base.
        preconditions: what KB0521756 requires before a save.
    """

    name: str
    facts: TargetFacts
    draft: Draft
    parsed: ParsedDraft
    findings: tuple[Finding, ...]
    incoming: IncomingSettings
    plan: Plan
    preconditions: tuple[Precondition, ...]

    def label(self, name: str) -> str:
        """Return the short label of a property: the one it has on what is worked on."""
        entry = self.draft.entries[name]
        is_column = self.facts.model is Model.ACCOUNT and entry.declared.account
        return entry.label_on_account if is_column else entry.declared.short

    @property
    def alerts(self) -> tuple[Finding, ...]:
        """What is wrong with an instance as a whole; it is said before anything else."""
        return tuple(each for each in self.findings if each.property in INSTANCE)

    @property
    def first_alerts(self) -> tuple[Finding, ...]:
        """Those that come before anything else: what the instance counts as."""
        return tuple(each for each in self.alerts if each.property == ENVIRONMENT)

    @property
    def further_alerts(self) -> tuple[Finding, ...]:
        """The other ones."""
        return tuple(each for each in self.alerts if each.property != ENVIRONMENT)

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """The errors in what the draft changes, or in what depends on it."""
        return tuple(each for each in self.relevant if each.severity is Severity.ERROR)

    @property
    def relevant(self) -> tuple[Finding, ...]:
        """The findings about what the draft changes, or about what depends on it."""
        # What another account takes over counts as changed.
        touched = frozenset(self.draft.changed_properties())
        if self.plan.activation and not self.facts.is_production:
            touched |= {"sending_enabled", "test_recipients"}
        if self.plan.activation and self.plan.activation.creates:
            touched |= {"password"}  # a stored one can't be copied
        if self.plan.activation and self.facts.awaits_own:
            touched |= CONNECTS_WITH | {"display_name"}
        return tuple(each for each in self.findings if not touched.isdisjoint(each.about))

    @property
    def delivery_errors(self) -> tuple[Finding, ...]:
        """The errors about delivery; they block no save."""
        return tuple(
            each
            for each in self.findings
            if each.property == DELIVERY and each.severity is Severity.ERROR
        )

    @property
    def open_preconditions(self) -> tuple[Precondition, ...]:
        """The preconditions that are neither verified nor attested."""
        return tuple(each for each in self.preconditions if each.state is PreconditionState.OPEN)


def _order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings in their order, but what is wrong with an instance as a whole first."""
    return tuple(sorted(findings, key=lambda each: each.property not in INSTANCE))


def review(
    draft: Draft,
    facts: TargetFacts,
    name: str,
    attestations: Iterable[Attestation] = (),
    word: str = "",
) -> Review:
    """Review a draft of a profile's settings.

    In production the word must be typed, or the profile's name without one.
    """
    before, after = parse(Draft(draft.base, settings=draft.settings)), parse(draft)
    context = Context(
        facts,
        before,
        after,
        frozenset(draft.changed_properties()),
        {secret: typed.shape for secret, typed in draft.secrets.items()},
        draft.base.locked,
        draft.base.rows,
        plan_switches(draft.switches, facts.accounts),
    )
    return Review(
        name,
        facts,
        draft,
        after,
        _order((*draft.base.findings, *find_delivery(facts), *run_rules(context))),
        derive_incoming(after),
        make_plan(draft, context, word or name),
        check_preconditions(context, attestations),
    )
