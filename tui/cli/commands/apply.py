"""glidemail apply: save a change."""

import shlex
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tui.cli import as_json
from tui.cli.arguments import Arguments, parse_seconds
from tui.cli.draft_from_arguments import PreparedDraft, draft_from_arguments
from tui.cli.draft_from_plan import draft_from_plan
from tui.cli.output import OutputError, flush, note, say, write_json
from tui.cli.prompts import ask_attestations, ask_confirmations, ask_consent
from tui.cli.run import run_steps
from tui.errors import Refusal, UsageError
from tui.presentation.delivery_text import UNSHOWN
from tui.presentation.review_text import plan_lines
from tui.presentation.target_text import banner_line
from tui.presentation.value_text import count_words, short_path
from tui.settings.catalog import Settings
from tui.settings.delivery.mail_effect import affects_mail
from tui.settings.draft import Draft
from tui.settings.preconditions import WARNING, Condition
from tui.settings.review import Review
from tui.targets.target import QueueGrown
from tui.terminal.layout import columns, wrap
from tui.workspace.apply import ApplyResult, attest, current_user, find_unsettled, refuse_errors
from tui.workspace.session import Session

if TYPE_CHECKING:
    from tui.cli.follow_mail import FollowedMail


def run(arguments: Arguments, settings: type[Settings]) -> int:
    """Save a change, after showing the warning and the side effects."""
    given = _parse_conditions(arguments.attest)
    _refuse_edits_of_plan(arguments)
    seconds = parse_seconds(arguments.follow, "--follow") if arguments.follow else 0
    made = (
        draft_from_plan(arguments, settings)
        if arguments.plan
        else draft_from_arguments(arguments, settings)
    )
    session, draft = made.session, made.draft
    if seconds and session.facts.is_file:
        raise UsageError("usage.follow", "A local file sends no mail.", "Leave --follow out.")
    review = _attest(session, draft, given)
    interactive = sys.stdin.isatty() and not arguments.json
    if not arguments.json:
        say(banner_line(session), "", *wrap(WARNING, "   ", " ! "), "")
        say(*plan_lines(review, made.skipped, arguments.confirm, asking=interactive))
        _note_unneeded(arguments, review)
    elif not review.plan:
        write_json(as_json.plan(session, review, made.skipped))
    if not review.plan:
        return 0
    refuse_errors(review, shown=not arguments.json)
    confirmed = list(arguments.confirm)
    if interactive:
        given += ask_attestations(review)
        review = _attest(session, draft, given)
        confirmed += ask_confirmations(review.plan.confirmations, confirmed)
    _refuse_unsettled(review, confirmed, is_shown=not arguments.json)
    if not arguments.yes and len(confirmed) == len(arguments.confirm):
        ask_consent(interactive)
    done = _apply(made, confirmed, given, interactive=interactive)
    followed: FollowedMail | None = None
    try:
        if not arguments.json:
            _report(review, done, is_terminal=interactive and not arguments.follow)
            flush()
        if seconds and affects_mail(review.plan):
            followed = _follow(session, review, seconds)
        if arguments.json:
            write_json(_result_json(review, done, made, followed))
        elif followed:
            say("", *followed.lines())
        flush()
    except OutputError as failed:
        where = done.written.where
        saved = f"{where} was saved. " if review.facts.is_file else f"It was written to {where}. "
        raise OutputError(failed.error, saved) from None
    return followed.exit_code if followed else 0


def _apply(
    made: PreparedDraft, confirmed: list[str], given: list[Condition], *, interactive: bool
) -> ApplyResult:
    """Save; on a terminal, ask again each time that the queue has grown.

    Raises:
        Refusal: there is no terminal to ask on, or the answer is no.
    """
    while True:
        steps = made.workspace.apply(made.draft, confirmed, given)
        try:
            return run_steps(steps, made.session.profile, writes=True)
        except QueueGrown as grown:
            if not interactive:
                hint = "--yes doesn't cover that. See the queue with: glidemail plan"
                raise Refusal(grown.code, grown.message, hint) from None
            say("", *wrap(grown.message, "", ""))
            ask_consent(interactive)
            made.workspace.accept_queue(grown.queue)


def _follow(session: Session, review: Review, seconds: int) -> "FollowedMail":
    # Imported late: a change alone needs no table of replies.
    from tui.cli.follow_mail import FollowedMail

    return FollowedMail(session, review, seconds)


def _note_unneeded(arguments: Arguments, review: Review) -> None:
    """Say which of the options given settle nothing here."""
    options = {"--attest": arguments.attest, "--confirm": arguments.confirm}
    given = [f"no {option}" for option, words in options.items() if words]
    if given and review.facts.is_file:
        note(f"A local file needs {' and '.join(given)}.")


def _refuse_unsettled(review: Review, confirmed: list[str], *, is_shown: bool) -> None:
    """Refuse a plan with an open precondition or a missing confirmation.

    Args:
        is_shown: the reasons for typing the confirmations were shown already.
    """
    left = find_unsettled(review, confirmed)
    if not left:
        return
    message = left.message
    if left.preconditions:
        hint = "Pass --attest NAME for each one that is true, or --attest all."
    else:
        words = " ".join(f"--confirm {shlex.quote(each.word)}" for each in left.confirmations)
        hint = f"Confirm it with {words}"
        message = "Confirmation is missing." if is_shown else message
    raise Refusal(left.code, f"{message} Nothing was written.", hint)


def _refuse_edits_of_plan(arguments: Arguments) -> None:
    edits = {
        "--set": arguments.set,
        "--from": arguments.document,
        "--own-server": arguments.own_server,
        "--provider-server": arguments.provider_server,
        "--account": arguments.account is not None,
        "--activate": arguments.activate,
        "--deactivate": arguments.deactivate,
    }
    given = [option for option, value in edits.items() if value]
    if arguments.plan and given:
        raise UsageError(
            "usage.plan", "A plan is applied as it is.", f"Leave {' and '.join(given)} out."
        )


def _parse_conditions(names: list[str]) -> list[Condition]:
    if "all" in names:
        return list(Condition)
    try:
        return [Condition(name) for name in names]
    except ValueError:
        raise UsageError(
            "usage.attest",
            "--attest names something that isn't a precondition.",
            f"They are: {', '.join(Condition)}; or all.",
        ) from None


def _attest(session: Session, draft: Draft, given: list[Condition]) -> Review:
    """Return the review as it is once the given conditions are attested, if they are open."""
    review = session.review(draft)
    still_open = {each.condition for each in review.open_preconditions}
    new = attest(review, [each for each in given if each in still_open], current_user())
    return replace(session, attestations=(*session.attestations, *new)).review(draft)


def _result_json(
    review: Review, done: ApplyResult, made: PreparedDraft, followed: "FollowedMail | None"
) -> dict[str, Any]:
    saved = {"where": done.written.where, "previous": done.written.previous or None}
    kept = {name: where or None for name, where in done.kept.items()}
    body = {**as_json.plan(made.session, review, made.skipped), "saved": saved, "kept": kept}
    if review.facts.model:
        body["verified"] = dict(done.written.verified)
    return {**body, "mail": followed.to_json()} if followed else body


def _report(review: Review, done: ApplyResult, *, is_terminal: bool) -> None:
    """Say what was written, and what is next; on a terminal also how mail is followed."""
    say("", *wrap(_result_words(review, short_path(done.written.where)), "  ", ""))
    if done.written.previous:
        say(*wrap(f"The previous version: {short_path(done.written.previous)}", "  ", ""))
    for name, where in done.kept.items():
        label = review.label(name)
        if name not in review.draft.secrets:
            say(f"{label}: cleared.")
        elif where:
            say(f"{label}: kept in {where}.")
        else:
            say(f"{label}: not kept, as the profile says. You are asked for it when it is needed.")
    if review.facts.is_file:
        say("This is a local file: no instance has changed.")
        return
    verified = done.written.verified.items()
    labels = {name: review.label(name) for name in review.draft.entries}
    say(*columns((labels.get(name, name), how) for name, how in verified))
    if not (review.plan.changes or review.plan.activation):
        return
    if review.parsed.settings.sending_enabled is False:
        say("Email sending is off: no mail goes out until it is on again.")
    elif not affects_mail(review.plan):
        say(f"Next: glidemail -p {review.name} show")
    else:
        if is_terminal:
            say("apply --follow 300 watches mail for 5 minutes after a change.")
        say(f"Next: glidemail -p {review.name} send-test ADDRESS")


def _result_words(review: Review, where: str) -> str:
    count, activation = len(review.plan.changes) + len(review.plan.switches), review.plan.activation
    verb = "Saved" if review.facts.is_file else "Wrote"
    saved = f"{verb} {count_words(count, 'change')} to {where}." if count else ""
    if not activation:
        return saved
    active = f"{activation.account} is active on {where} (written and read back)."
    return f"{saved} {active} {UNSHOWN}".strip()
