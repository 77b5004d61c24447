"""What became of an instance's mail since a change that can affect it."""

from dataclasses import dataclass

from tui.replies.explain import ReplyExplanation
from tui.settings.delivery.activation import OUTGOING
from tui.settings.delivery.evidence import DeliveryEvidence, FailedMail
from tui.settings.delivery.judge import OF_ONE_MESSAGE, explain_failure
from tui.settings.delivery.status import AccountChoice, DeliveryStatus
from tui.settings.plan import Plan
from tui.settings.snapshot import Snapshot
from tui.settings.target_facts import TargetFacts

_AFFECTS_MAIL = OUTGOING | {"from", "sending_enabled", "test_recipients"}
"""Properties by which mail goes out or not, or reaches other people."""


@dataclass(frozen=True, slots=True)
class MailSince:
    """The newest that happened to mail since a change: accepted, failed, or nothing seen.

    Attributes:
        status: the delivery as it was read last.
        sent: when the newest email was accepted since then, or "".
        failures: those after that one, the newest first; with one accepted, only what can't lie
            with a single message or its recipient.
        is_sender_known: whether the account that sends was not changed while it was watched.
    """

    status: DeliveryStatus
    sent: str = ""
    failures: tuple[FailedMail, ...] = ()
    is_sender_known: bool = True

    @property
    def is_shown(self) -> bool:
        """Whether it shows that the mail server of the account that sends accepts mail."""
        return bool(self.sent) and not self.failures and self.is_sender_known

    @property
    def is_failing(self) -> bool:
        """Whether the newest that is known is a failure."""
        return bool(self.failures)

    @property
    def explanation(self) -> ReplyExplanation | None:
        """The cause of the newest failure."""
        return explain_failure(self.failures[0], self.status) if self.failures else None

    @property
    def is_about_recipients(self) -> bool:
        """Whether every failure lies with a message or its recipient: other mail may go out."""
        return bool(self.failures) and all(
            explain_failure(each, self.status).cause in OF_ONE_MESSAGE for each in self.failures
        )


def find_mail_since(status: DeliveryStatus, since: str) -> MailSince | None:
    """Return what happened to mail since a time; None if nothing was seen.

    Of one second it isn't known what came first: an email sent in the second of the change may
    have gone before it, and a failure in the second of a later success counts.
    """
    evidence = status.evidence
    sent = evidence.sent if evidence.sent and evidence.sent > since else ""
    failures = tuple(
        each
        for each in evidence.failures_since(max(sent, since))
        if not sent or explain_failure(each, status).cause not in OF_ONE_MESSAGE
    )
    return MailSince(status, sent, failures) if sent or failures else None


def is_hidden(evidence: DeliveryEvidence) -> bool:
    """Return whether it can't be seen what happens to mail."""
    return evidence.sent is None or evidence.failures is None


def affects_mail(plan: Plan) -> bool:
    """Return whether a plan can affect whether mail goes out, or to whom."""
    return plan.activation is not None or bool(_changed(plan) & _AFFECTS_MAIL)


def change_time(plan: Plan, snapshot: Snapshot, status: DeliveryStatus) -> str:
    """Return when a plan took effect, by the records it wrote, in UTC as the instance writes it.

    Args:
        snapshot, status: read after it was carried out.
    """
    rows = (row for name in _changed(plan) for row in snapshot.rows.get(name, ()))
    stamps = [row.stamp.when for row in rows if row.stamp]
    if status.changed and (plan.activation or not stamps):
        stamps.append(status.changed.when)
    return max(stamps, default="")


def find_way_back(facts: TargetFacts, plan: Plan | None = None) -> str:
    """Return the name of the ServiceNow-configured account that can send again instead, or "".

    Args:
        facts: as they were read.
        plan: what was carried out since then, if anything.
    """
    activation = plan.activation if plan else None
    is_managed = facts.managed
    if activation:
        is_managed = facts.choice is AccountChoice.PROVIDERS
        if facts.managed:
            return activation.instead_of
    if is_managed:
        return ""
    smtp = (each for each in facts.accounts if each.type == "smtp" and each.managed)
    return next((each.name for each in smtp if not each.active), "")


def _changed(plan: Plan) -> frozenset[str]:
    return frozenset(each.property for each in plan.changes)
