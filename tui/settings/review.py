"""Everything that is to be said of a draft, in one look."""

from collections.abc import Iterable
from dataclasses import dataclass

from tui.settings.derive import Incoming, derive
from tui.settings.draft import Draft, Parsed, parse
from tui.settings.findings import Finding, Severity
from tui.settings.place import Context, Place
from tui.settings.plan import Plan, plan
from tui.settings.preconditions import Attestation, Precondition, State, preconditions
from tui.settings.rules import rules


@dataclass(frozen=True, slots=True)
class Review:
    """A draft with all that follows from it.

    Attributes:
        name: what is typed on production, and what the place is called.
        incoming: the POP settings that follow.
        findings: what the rules and the reading of the base say.
        plan: what a save would do.
        preconditions: what the article asks for before it.
    """

    name: str
    place: Place
    draft: Draft
    parsed: Parsed
    findings: tuple[Finding, ...]
    incoming: Incoming
    plan: Plan
    preconditions: tuple[Precondition, ...]

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """Errors in what the draft changes, or in what depends on it."""
        return tuple(each for each in self.concerned if each.severity is Severity.ERROR)

    @property
    def concerned(self) -> tuple[Finding, ...]:
        """Findings about what the draft changes, or about what depends on it."""
        changed = frozenset(self.draft.changed())
        return tuple(each for each in self.findings if not changed.isdisjoint(each.about))

    @property
    def open_preconditions(self) -> tuple[Precondition, ...]:
        """Those that nobody verified or attested."""
        return tuple(each for each in self.preconditions if each.state is State.OPEN)


def review(
    draft: Draft, place: Place, name: str, attestations: Iterable[Attestation] = ()
) -> Review:
    """Looks at a draft from every side."""
    before, after = parse(Draft(draft.base, settings=draft.settings)), parse(draft)
    context = Context(
        place,
        before,
        after,
        frozenset(draft.changed()),
        {secret: typed.shape for secret, typed in draft.secrets.items()},
    )
    return Review(
        name,
        place,
        draft,
        after,
        (*draft.base.findings, *rules(context)),
        derive(after),
        plan(draft, context, name),
        preconditions(context, attestations),
    )
