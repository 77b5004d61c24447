"""From a plan file to a draft over what the target holds now."""

import sys
from collections.abc import Collection

from tui.cli.arguments import Arguments
from tui.cli.draft_from_arguments import (
    PreparedDraft,
    collect_secrets,
    hide_file_name,
    secrets_from_stdin,
)
from tui.cli.open_profile import open_profile
from tui.cli.output import say
from tui.credentials.prompt import ask_secret
from tui.credentials.secret import Secret
from tui.errors import Refusal
from tui.settings.catalog import Settings
from tui.settings.delivery.account import AccountChoice, NamedAccount
from tui.settings.delivery.status import Queue
from tui.settings.effects import describe_growth, describe_queue
from tui.settings.parse.value import format_value
from tui.settings.plan import (
    Change,
    Plan,
    describe_stale,
    find_changed_records,
    find_queue_growth,
    sets_secret,
)
from tui.settings.snapshot import Snapshot, Stamp
from tui.settings.values import SecretState
from tui.storage.instance import SIGN_IN
from tui.storage.plan_file import PlanFile, parse_changes, read_plan
from tui.storage.profile import DEFAULT, Profile, load_profile
from tui.workspace.session import Session, target_name


def draft_from_plan(arguments: Arguments, settings: type[Settings]) -> PreparedDraft:
    """Return the draft that a plan file leads to.

    Raises:
        Refusal: the plan was made for another profile, target or environment, or what it
            starts from has changed.
        Problem: the file is not a plan.
    """
    assert arguments.plan  # noqa: S101
    with hide_file_name("the argument PLAN", arguments.plan):
        plan = read_plan(arguments.plan)
    arguments.profile = arguments.profile or plan.profile
    _refuse_elsewhere(plan, load_profile(arguments.profile or DEFAULT))
    arguments.account = plan.which.name if isinstance(plan.which, NamedAccount) else None
    arguments.own_server = plan.which is AccountChoice.OWN
    arguments.provider_server = plan.which is AccountChoice.PROVIDERS
    piped = secrets_from_stdin(arguments, settings)
    workspace = open_profile(arguments, settings, piped.pop(SIGN_IN, None))
    session = workspace.session
    changes = parse_changes(plan, arguments.plan, settings)
    _refuse_stale(changes, session.snapshot)
    _refuse_moved_records(plan, changes, session)
    new = [each.property for each in changes if each.after is SecretState.NEW]
    secrets = collect_secrets(arguments, settings, new, piped)
    draft = session.draft
    for change in changes:
        name = change.property
        if change.after is SecretState.NEW:
            draft = draft.type_secret(
                name, secrets.get(name) or _ask_secret(name, session, arguments)
            )
        else:
            cleared = change.after is SecretState.CLEARED
            draft = draft.edit(name, "" if cleared else format_value(change.after))
    for switch in plan.switches:
        draft = draft.switch_account(switch.name, active=switch.active)
    now = session.review(draft).plan
    _refuse_other_switches(plan, now)
    _refuse_other_account(plan, now)
    _refuse_queue(plan, now)
    source = f"plan {arguments.plan}"
    return PreparedDraft(workspace, draft, (), {change.property: source for change in changes})


def _refuse_elsewhere(plan: PlanFile, profile: Profile) -> None:
    """Refuse a plan for another target, before anybody signs in."""
    planned_for = (plan.profile, plan.target, plan.environment)
    if planned_for != (profile.name, target_name(profile), profile.environment):
        raise Refusal(
            "plan.elsewhere",
            f'The plan was made for profile "{plan.profile}" at {plan.target} '
            f"({plan.environment or 'environment unknown'}); this is "
            f'"{profile.name}" at {target_name(profile)} '
            f"({profile.environment or 'environment unknown'}). Nothing was written.",
            "Make the plan again for this one.",
        )


def _refuse_moved_records(plan: PlanFile, changes: Collection[Change], session: Session) -> None:
    """Refuse a plan if a record changed that holds something that cannot be compared."""
    compared = {each.name for each in plan.switches}
    if plan.activation or sets_secret(changes):
        compared |= plan.stamps.keys()
    stamps = {each.name: each.stamp for each in session.facts.accounts}
    stamps |= {row.name: row.stamp for rows in session.snapshot.rows.values() for row in rows}
    versions = {name: (stamp,) for name, stamp in stamps.items() if stamp}
    planned = {name: Stamp(*each) for name, each in plan.stamps.items()}
    for record in find_changed_records(planned, versions, sorted(compared)):
        now = record.stamp
        by = f"changed by {now.by} at {now.when} UTC" if now else "no longer returned"
        raise _stale_plan(
            f"Since the plan was made, {record.name} was {by}. What can't be compared may "
            "include a password."
        )


def _refuse_other_switches(plan: PlanFile, now: Plan) -> None:
    """Refuse a plan if an account that it switches isn't there any more, or has the state."""
    if tuple(plan.switches) == now.switches:
        return
    names = [each.name for each in plan.switches if each not in now.switches]
    raise _stale_plan(f"{', '.join(names)} can no longer be changed as planned.")


def _refuse_other_account(plan: PlanFile, now: Plan) -> None:
    planned, activation = plan.activation, now.activation
    names = planned and (planned.account, planned.instead_of)
    if names != (activation and (activation.account, activation.instead_of)):
        raise _stale_plan(
            "The plan would now activate or replace another account than when it was made."
        )
    if activation and activation.account in now.stamps.keys() - plan.stamps.keys():
        stamp = now.stamps[activation.account]
        raise _stale_plan(
            f"{activation.account} exists now, but the plan doesn't have its version. {stamp.by} "
            f"was the last to change it, at {stamp.when} UTC."
        )


def _refuse_queue(plan: PlanFile, now: Plan) -> None:
    """Refuse to release more emails than were in the queue when the plan was made."""
    planned = plan.planned_queue
    if planned is None:
        has_grown = now.queue is not None and not now.queue.is_empty
        words = "The plan doesn't say how many emails were in the queue."
    elif has_grown := bool(now.queue and find_queue_growth(planned, now.queue)):
        words = describe_growth(planned, now.queue or Queue())
    if has_grown:
        raise Refusal(
            "queue.grown",
            f"{words} {describe_queue(now.queue or Queue())} Nothing was written.",
            "Make the plan again; it shows how many emails can go out.",
        )


def _refuse_stale(changes: Collection[Change], snapshot: Snapshot) -> None:
    if differences := describe_stale(changes, snapshot):
        moved = [each.property for each in changes if describe_stale((each,), snapshot)]
        stamps = [row.stamp for name in moved for row in snapshot.rows.get(name, ())]
        last = max((each for each in stamps if each), key=lambda each: each.when, default=None)
        who = f" (last change by {last.by} at {last.when} UTC)" if last else ""
        raise _stale_plan(f"The settings have changed since the plan was made: {differences}{who}.")


def _stale_plan(message: str) -> Refusal:
    return Refusal("plan.stale", f"{message} Nothing was written.", "Make the plan again.")


def _ask_secret(name: str, session: Session, arguments: Arguments) -> Secret:
    label = session.review(session.draft).label(name)
    if arguments.json or not sys.stdin.isatty():
        raise Refusal(
            "secrets.needed",
            f"The plan sets a new secret ({label}) but doesn't contain it. Nothing was written.",
            f"Pass it again with --secrets-stdin, as a line {name}=…",
        )
    say(f"{label}: a plan contains no secret, so type it again. It can't be compared.")
    return ask_secret(label, confirm=True)
