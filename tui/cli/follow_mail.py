"""Following an instance's mail after a change, on the command line."""

import shlex
from collections.abc import Iterator
from typing import Any

from tui.cli.output import StoppedError, problem_json
from tui.cli.run import run_steps
from tui.errors import Problem
from tui.presentation.mail_since_text import mail_lines, mail_words, next_words
from tui.settings.delivery.mail_effect import find_way_back
from tui.settings.delivery.mail_since import MailSince
from tui.settings.review import Review
from tui.terminal.layout import wrap
from tui.terminal.visible import visible
from tui.workspace.instance_mail import watch_after
from tui.workspace.session import Session


class FollowedMail:
    """What happened to mail after a change, or why that couldn't be seen.

    Args:
        review: of the change, which was written.
        seconds: for how long it is followed at most.
    """

    def __init__(self, session: Session, review: Review, seconds: float) -> None:
        self._name = session.profile.name
        self._seconds = seconds
        self._found: MailSince | None = None
        self._problem: Problem | None = None
        try:
            steps = watch_after(session, review.plan, seconds)
            self._found = run_steps(steps, session.profile)
        except StoppedError as stopped:
            words = f"It was written to {session.target.where}. Mail is no longer followed."
            hint = f"See what happened with: glidemail -p {self._name} why"
            raise StoppedError(stopped.number, Problem("stopped", words, hint)) from None
        except Problem as problem:
            self._problem = problem
        self._account = find_way_back(review.facts, review.plan.activation)

    @property
    def exit_code(self) -> int:
        """0 only if an email was accepted."""
        return int(not (self._found and self._found.is_shown))

    @property
    def _way_back(self) -> str:
        if not self._found or not self._found.failures or self._found.is_about_recipients:
            return ""
        if not (account := self._account):
            return ""
        way = "--provider-server"
        if not account.managed:
            way = f"--account {shlex.quote(visible(account.name))}"
        command = f"glidemail -p {self._name} apply {way}"
        return f"Way back: {command} (activates {visible(account.name)} again)."

    def lines(self) -> Iterator[str]:
        """Return it for a person."""
        if self._found:
            yield from mail_lines(self._found, self._seconds, self._way_back)
        elif problem := self._problem:
            yield from wrap(f"Can't look for mail: {problem.message}", "   ", " ! ")
            yield from wrap(problem.hint, "       ", "   ->  ")

    def to_json(self) -> dict[str, Any]:
        """Return it for a program."""
        if not (found := self._found):
            problem = self._problem
            return {"state": "unknown", "problem": problem_json(problem) if problem else None}
        state = "failed" if found.failures else "accepted" if found.sent else "nothing"
        explained = found.explanation
        return {
            "state": state,
            "accepted": found.is_shown,
            "sent": found.sent or None,
            "failures": len(found.failures),
            "error": found.failures[0].reply if found.failures else None,
            "cause": str(explained.cause) if explained else None,
            "message": mail_words(found, self._seconds),
            "next": next_words(found),
            "way_back": self._way_back or None,
        }
