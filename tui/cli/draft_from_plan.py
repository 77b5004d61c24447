"""From a plan file to a draft over what is there now."""

import sys
from collections.abc import Collection

from tui.cli.arguments import Arguments
from tui.cli.draft_from_arguments import PreparedDraft, piped_secrets, typed_secrets, unnamed
from tui.cli.open_profile import open_profile
from tui.cli.output import say
from tui.credentials.prompt import ask
from tui.credentials.secret import Secret
from tui.errors import Refusal
from tui.settings.catalog import Settings
from tui.settings.delivery.account import AccountChoice
from tui.settings.delivery.activation import Activation
from tui.settings.effects import describe_queue
from tui.settings.parse.value import format_value
from tui.settings.plan import Change, Plan
from tui.settings.rebase import describe_stale
from tui.settings.snapshot import Snapshot, Stamp
from tui.settings.values import SecretState
from tui.storage.instance import SIGN_IN
from tui.storage.plan_file import PlanFile, changes_of, read_plan
from tui.storage.profile import DEFAULT, Profile, load_profile
from tui.workspace.session import Session, target_name


def draft_from_plan(arguments: Arguments, settings: type[Settings]) -> PreparedDraft:
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
    _refuse_elsewhere(plan, load_profile(arguments.profile or DEFAULT))
    arguments.own_server = plan.which is AccountChoice.OWN
    arguments.provider_server = plan.which is AccountChoice.PROVIDERS
    piped = piped_secrets(arguments, settings)
    session = open_profile(arguments, settings, piped.pop(SIGN_IN, None))
    changes = changes_of(plan, arguments.plan, settings)
    _refuse_stale(changes, session.snapshot)
    _refuse_moved(plan, changes, session)
    new = [each.property for each in changes if each.after is SecretState.NEW]
    secrets = typed_secrets(arguments, settings, new, piped)
    draft = session.draft
    for change in changes:
        name = change.property
        if change.after is SecretState.NEW:
            draft = draft.type_secret(name, secrets.get(name) or _asked(name, session, arguments))
        else:
            cleared = change.after is SecretState.CLEARED
            draft = draft.edit(name, "" if cleared else format_value(change.after))
    now = session.review(draft).plan
    _refuse_other_account(plan, now.activation)
    _refuse_queue(plan, now)
    source = f"plan {arguments.plan}"
    return PreparedDraft(session, draft, (), {change.property: source for change in changes})


def _refuse_elsewhere(plan: PlanFile, profile: Profile) -> None:
    """Refuses before anybody signs in anywhere."""
    made = (plan.profile, plan.target, plan.environment)
    if made != (profile.name, target_name(profile), profile.environment):
        raise Refusal(
            "plan.elsewhere",
            f'The plan was made for profile "{plan.profile}" at {plan.target} '
            f"({plan.environment or 'environment unknown'}); this is "
            f'"{profile.name}" at {target_name(profile)} '
            f"({profile.environment or 'environment unknown'}). Nothing was written.",
            "Make the plan anew for this one.",
        )


def _refuse_moved(plan: PlanFile, changes: Collection[Change], session: Session) -> None:
    """Refuses where a row moved in which something stands that cannot be compared."""
    there = {each.name: each.stamp for each in session.place.accounts}
    there |= {row.name: row.stamp for rows in session.snapshot.rows.values() for row in rows}
    hidden = plan.activation or any(isinstance(each.after, SecretState) for each in changes)
    for name, was in plan.stamps.items():
        now = there.get(name)
        if hidden and now != Stamp(*was):
            by = f"changed by {now.by} at {now.when} UTC" if now else "not returned any more"
            raise Refusal(
                "plan.stale",
                f"Since the plan was made {name} was {by}; what of it cannot be compared may be "
                "a password. Nothing was written.",
                "Make the plan anew.",
            )


def _refuse_other_account(plan: PlanFile, now: Activation | None) -> None:
    meant = plan.activation and (plan.activation.account, plan.activation.instead_of)
    if meant != (now and (now.account, now.instead_of)):
        raise Refusal(
            "plan.stale",
            "Another account would send, or stop to, than when the plan was made. Nothing was "
            "written.",
            "Make the plan anew.",
        )


def _refuse_queue(plan: PlanFile, now: Plan) -> None:
    """Refuses to release mail that nobody was told of when the plan was made."""
    if plan.nothing_waited and now.queue and not now.queue.is_empty:
        raise Refusal(
            "queue.grown",
            "No mail waited when the plan was made that it could send. "
            f"{describe_queue(now.queue)} Nothing was written.",
            "Make the plan anew.",
        )


def _refuse_stale(changes: Collection[Change], snapshot: Snapshot) -> None:
    if differences := describe_stale(changes, snapshot):
        moved = [each.property for each in changes if describe_stale((each,), snapshot)]
        stamps = [row.stamp for name in moved for row in snapshot.rows.get(name, ())]
        last = max((each for each in stamps if each), key=lambda each: each.when, default=None)
        who = f" (the last change was {last.by}'s, at {last.when} UTC)" if last else ""
        raise Refusal(
            "plan.stale",
            f"What the plan starts from has changed: {differences}{who}. Nothing was written.",
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
