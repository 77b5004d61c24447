"""From a plan file to a draft over what is there now."""

import sys
from collections.abc import Iterable

from tui.applying.session import Session
from tui.cli.arguments import Arguments
from tui.cli.drafting import Drafted, opened, typed_secrets, unnamed
from tui.cli.output import say
from tui.credentials.secret import Secret
from tui.credentials.sources import ask
from tui.documents.plans import PlanFile, changes_of, read_plan
from tui.errors import Refusal
from tui.settings.catalog import Settings
from tui.settings.draft import Snapshot
from tui.settings.kinds import text_of
from tui.settings.plan import Change
from tui.settings.rebase import stale
from tui.settings.values import SecretState


def planned(arguments: Arguments, settings: type[Settings]) -> Drafted:
    """The draft that a plan file asks for.

    Raises:
        Refusal: it was made for another profile, target or environment, or what it
            starts from has moved.
        Problem: it is no plan.
    """
    assert arguments.plan  # noqa: S101
    with unnamed("the argument PLAN", arguments.plan):
        plan = read_plan(arguments.plan)
    arguments.profile = arguments.profile or plan.profile
    session = opened(arguments, settings)
    _refuse_elsewhere(plan, session)
    changes = changes_of(plan, arguments.plan, settings)
    _refuse_stale(changes, session.snapshot)
    new = [each.property for each in changes if each.after is SecretState.NEW]
    secrets = typed_secrets(arguments, settings, new)
    draft = session.draft
    for change in changes:
        name = change.property
        if change.after is SecretState.NEW:
            draft = draft.type_secret(name, secrets.get(name) or _asked(name, session, arguments))
        else:
            cleared = change.after is SecretState.CLEARED
            draft = draft.edit(name, "" if cleared else text_of(change.after))
    source = f"plan {arguments.plan}"
    return Drafted(session, draft, (), {change.property: source for change in changes})


def _refuse_elsewhere(plan: PlanFile, session: Session) -> None:
    profile = session.profile
    made = (plan.profile, plan.target, plan.environment)
    if made != (profile.name, session.target.where, profile.environment):
        raise Refusal(
            "plan.elsewhere",
            f'The plan was made for profile "{plan.profile}" at {plan.target} '
            f"({plan.environment or 'environment unknown'}); this is "
            f'"{profile.name}" at {session.target.where} '
            f"({profile.environment or 'environment unknown'}). Nothing was written.",
            "Make the plan anew for this one.",
        )


def _refuse_stale(changes: Iterable[Change], snapshot: Snapshot) -> None:
    if differences := stale(changes, snapshot):
        raise Refusal(
            "plan.stale",
            f"What the plan starts from has changed: {differences}. Nothing was written.",
            "Make the plan anew.",
        )


def _asked(name: str, session: Session, arguments: Arguments) -> Secret:
    short = session.draft.entries[name].declared.short
    if arguments.json or not sys.stdin.isatty():
        raise Refusal(
            "secrets.needed",
            f"The plan sets a new secret ({short}) and holds none itself. Nothing was written.",
            f"Give it again with --secrets-stdin, as a line {name}=…",
        )
    say(f"{short}: a plan holds no secret, so give it again; it cannot be compared.")
    return ask(short, confirm=True)
