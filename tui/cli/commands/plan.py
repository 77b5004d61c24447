"""glidemail plan: what a change would do."""

import shlex
from collections.abc import Collection

from tui.cli import as_json
from tui.cli.arguments import Arguments
from tui.cli.draft_from_arguments import draft_from_arguments
from tui.cli.output import say, write_json
from tui.presentation.review_text import plan_lines
from tui.presentation.target_text import banner_line
from tui.settings.catalog import Settings
from tui.settings.delivery.evidence import DeliveryState
from tui.settings.review import Review
from tui.terminal.layout import wrap
from tui.workspace.apply import refuse_errors

DIFFERENCES = 2


def run(arguments: Arguments, settings: type[Settings]) -> int:
    """Show what would change, with the side effects; write it to a plan file if asked."""
    made = draft_from_arguments(arguments, settings)
    session, review = made.session, made.session.review(made.draft)
    where = session.target.where
    if arguments.out:
        from tui.storage.plan_file import to_plan_file, write_plan

        refuse_errors(review)
        profile = session.profile
        made_for = (profile.name, where, profile.environment, session.facts.choice)
        write_plan(arguments.out, to_plan_file(review.plan, *made_for))
    if arguments.json:
        write_json(as_json.plan(session, review, made.skipped))
    else:
        say(banner_line(session), "", *plan_lines(review, made.skipped))
        if not review.plan and review.facts.awaits_own:
            say("  Describe your server: --set server=HOST --set user=ADDRESS, and so on.")
        if arguments.out:
            say("", *_plan_file_lines(str(arguments.out), review.draft.secrets))
    if review.blocking or _is_in_doubt(review):
        return 1
    return DIFFERENCES if review.plan or made.skipped else 0


def _is_in_doubt(review: Review) -> bool:
    """Return whether delivery forbids to say that all is as it should be."""
    delivery = review.facts.delivery
    if delivery and delivery.state is DeliveryState.UNDETERMINED:
        return True
    return bool(review.delivery_errors) and not review.plan


def _plan_file_lines(path: str, secrets: Collection[str]) -> list[str]:
    sentences = [f"Written to {path}.", f"Apply it with: glidemail apply {shlex.quote(path)}"]
    if secrets:
        sentences.append(
            "It contains no secret: you are asked for it again then, and it can't be compared."
        )
    return [line for each in sentences for line in wrap(each, "  ", "")]
