"""What became of an instance's mail since a change that can affect it."""

from dataclasses import dataclass

from tui.replies.explain import ReplyExplanation
from tui.settings.delivery.evidence import DeliveryEvidence, FailedMail
from tui.settings.delivery.judge import explain_failure, is_of_one_message
from tui.settings.delivery.status import DeliveryStatus


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
            is_of_one_message(each, self.status) for each in self.failures
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
        if not (sent and is_of_one_message(each, status))
    )
    return MailSince(status, sent, failures) if sent or failures else None


def is_hidden(evidence: DeliveryEvidence) -> bool:
    """Return whether it can't be seen what happens to mail."""
    return evidence.sent is None or evidence.failures is None
