"""glidemail plan"""

import shlex

from tui.cli import as_json as answers
from tui.cli.arguments import Arguments
from tui.cli.draft_from_arguments import draft_from_arguments
from tui.cli.output import answer, say
from tui.presentation import review_text as words
from tui.settings.catalog import Settings
from tui.terminal.layout import wrap
from tui.workspace.apply import refuse_errors

DIFFERENCES = 2


def run(arguments: Arguments, settings: type[Settings]) -> int:
    """Shows what would change and what else it moves."""
    made = draft_from_arguments(arguments, settings)
    session, review = made.session, made.session.review(made.draft)
    where = session.target.where
    if arguments.out:
        from tui.storage.plan_file import to_plan_file, write_plan

        refuse_errors(review)
        profile, which = session.profile, session.place.which
        made_for = (profile.name, where, profile.environment, which)
        write_plan(arguments.out, to_plan_file(review.plan, *made_for))
    if arguments.json:
        held = answers.held_back(made.held_back)
        answer({**answers.head(session), **answers.plan(review), "held_back": held})
    else:
        say(words.banner(session), "", *words.changes(review))
        say(*words.side_effects(review, made.held_back))
        if review.plan:
            if review.concerned:
                say("", "What the rules say", *words.findings(review, review.concerned))
            say(*words.conditions(review))
        elif review.place.awaits_own:
            say("  Describe your server: --set server=HOST --set user=ADDRESS, and so on.")
        if arguments.out:
            say("", *_written(str(arguments.out), review.draft.secrets))
    if review.blocking:
        return 1
    return DIFFERENCES if review.plan or made.held_back else 0


def _written(path: str, secrets: object) -> list[str]:
    said = [f"Written to {path}.", f"Carry it out with: glidemail apply {shlex.quote(path)}"]
    if secrets:
        said.append("No secret is in it: it is asked for again then, and cannot be compared.")
    return [line for each in said for line in wrap(each, "  ", "")]
