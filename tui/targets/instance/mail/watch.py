"""Watching an instance's mail after a change, by what the instance itself records of it."""

from dataclasses import replace

from tui.settings.delivery.mail_since import MailSince, find_mail_since, is_hidden
from tui.settings.delivery.status import DeliveryStatus
from tui.targets.instance.api.client import Client
from tui.targets.instance.api.response_errors import InstanceProblem
from tui.targets.instance.mail.look import Pace, look_until
from tui.targets.instance.read.inventory import Tell
from tui.targets.instance.read.mail_evidence import read_evidence

_LOOKS = 3
"""Looks in a row that show nothing, after which mail counts as hidden."""


async def watch_mail(
    client: Client, status: DeliveryStatus, since: str, seconds: float, pace: Pace, tell: Tell
) -> MailSince | None:
    """Return what happened to mail since a change; None if nothing was seen by then.

    Args:
        client: it signs in first if it has not.
        status: the delivery after the change.
        since: the time of the change, in UTC as the instance writes it.
        seconds: in all.

    Raises:
        InstanceProblem: it can't be seen.
    """
    started, unseen = pace.now(), 0

    async def look() -> MailSince | None:
        nonlocal unseen
        if not client.is_signed_in:
            await client.sign_in()
        evidence = await read_evidence(client, since, [])
        if is_hidden(evidence):
            # Once may be a time-out, as after a write that flushes caches.
            unseen += 1
            raise _hidden_problem(is_lasting=unseen >= _LOOKS)
        unseen = 0
        if found := find_mail_since(replace(status, evidence=evidence), since):
            return found
        tell(f"No email was sent or failed yet: {round(pace.now() - started)} of {seconds:g} s.")
        return None

    found, trouble = await look_until(look, seconds, pace.mail, pace)
    if trouble:
        raise trouble
    return found


def _hidden_problem(*, is_lasting: bool) -> InstanceProblem:
    return InstanceProblem(
        "instance.forbidden" if is_lasting else "instance.unseen",
        "Can't read sent and failed emails: they are hidden from this user, or the instance "
        "didn't answer.",
        "Sign in as a user who can read emails (sys_email), such as an admin.",
    )
