"""The job that sends queued messages.

It sends messages younger than the look-back while sending is enabled. A 4xx reply puts a
message back; any other reply is final (troubleshooting-notification-emails). A switch says what
a failed connection or login does. What is put back is tried until the look-back has passed.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.utils import formataddr

import aiosmtplib

from tui.sandbox.loopback_servers import (
    AcceptedMessage,
    judge_recipient,
    make_client_context,
)
from tui.sandbox.relay import Relay, find_relay
from tui.sandbox.retries import Retries
from tui.sandbox.sandbox_state import SandboxState
from tui.sandbox.tables import Row, format_time, parse_time, split_list

LOOK_BACK_HOURS = 24
"""Hours after which a queued message is no longer sent, unless a property says otherwise."""
MAX_LOOK_BACK_HOURS = 100_000
"""Hours that count as for ever."""
INTERVAL = timedelta(minutes=1)
"""Time between two runs of the job, by its trigger."""
TIMEOUT_SECONDS = 2
"""Time for the mail server, which is on this machine."""
IDLE_SECONDS = 0.2
"""Time between two looks at whether the job has been switched on."""

WAITING_TYPES = ("send-ready", "send-retry-backoff")
"""Types of mail that the job sends."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt to send a message.

    Attributes:
        error: Why it wasn't sent, or "".
        is_waiting: Whether it is tried again.
    """

    type: str
    error: str = ""

    @property
    def is_waiting(self) -> bool:
        return self.type in WAITING_TYPES

    @property
    def fields(self) -> dict[str, str]:
        """The columns of the message."""
        if self.type == "sent":
            return {"type": "sent", "state": "processed", "error_string": ""}
        # Only mail that has failed shows its error (r_EmailLogs).
        if self.is_waiting:
            return {"type": self.type, "state": "ready", "error_string": ""}
        return {"type": self.type, "state": "error", "error_string": self.error}

    @property
    def log_entry(self) -> dict[str, str]:
        """The columns of the entry in `syslog_email`."""
        if self.type == "sent":
            return {"level": "0", "message": "Email sent"}
        if self.is_waiting:
            return {"level": "1", "message": f"Email will be sent again: {self.error}"}
        return {"level": "2", "message": f"Email sending failed: {self.error}"}


class SenderJob:
    """The platform's SMTP Sender job.

    Attributes:
        provider_mailbox: What the ServiceNow-configured account sent.
    """

    def __init__(self, state: SandboxState) -> None:
        self.provider_mailbox: list[AcceptedMessage] = []
        self._state = state
        self._retries = Retries(state.tables)
        self._run_lock = asyncio.Lock()

    async def run_periodically(self) -> None:
        """Run the job as often as the switch says, while its trigger is ready."""
        while True:
            seconds = self._state.switches.sender_seconds
            await asyncio.sleep(seconds or IDLE_SECONDS)
            if seconds and self._is_ready():
                await self.run()

    async def run_if_due(self) -> int:
        """Run the job if its trigger says so at this time; return the messages it handled."""
        return await self.run() if self._is_ready() and self._is_due() else 0

    async def run(self) -> int:
        """Run the job once and return the number of messages it handled."""
        async with self._run_lock:
            with self._state.lock:
                relay = find_relay(self._state)
                messages = self._claim_messages() if relay else []
                self._update_triggers()
            for row in messages:
                if relay:
                    outcome = await self._deliver(relay, row)
                    with self._state.lock:
                        self._record(row, outcome)
            return len(messages)

    def _triggers(self) -> list[dict[str, str]]:
        with self._state.lock:
            return self._state.tables.find("sys_trigger", name="SMTP Sender")

    def _is_ready(self) -> bool:
        if self._state.platform.sender_job == "overdue":
            return False
        return all(job["state"] == "0" for job in self._triggers())

    def _is_due(self) -> bool:
        now = format_time(self._state.tables.clock())
        return all(job["next_action"] <= now for job in self._triggers())

    def _update_triggers(self) -> None:
        tables = self._state.tables
        for job in self._triggers():
            count = job["run_count"]
            fields = {
                "next_action": format_time(tables.clock() + INTERVAL),
                "run_count": str(int(count) + 1 if count.isascii() and count.isdigit() else 1),
            }
            tables.update("sys_trigger", job["sys_id"], "system", fields)

    def _claim_messages(self) -> list[dict[str, str]]:
        """Return the messages to try; those that waited past the look-back end as failed."""
        tables = self._state.tables
        if tables.property("glide.email.smtp.active") != "true":
            return []
        oldest = tables.clock() - timedelta(hours=self._look_back_hours())
        claimed = []
        for row in [row for kind in WAITING_TYPES for row in tables.find("sys_email", type=kind)]:
            attempt = self._retries.find(row)
            if parse_time(row["sys_created_on"]) >= oldest:
                claimed += [row] if self._retries.is_due(row) else []
            elif attempt or row["type"] != "send-ready":
                error = attempt.error if attempt else "The look-back has passed"
                self._record(row, Outcome("send-failed", error))
        return claimed

    def _look_back_hours(self) -> int:
        hours = self._state.tables.property("glide.email.smtp.claim.lookback.hrs")
        if not (hours.isascii() and hours.isdigit()):
            return LOOK_BACK_HOURS
        return min(int(hours[:9]), MAX_LOOK_BACK_HOURS)

    def _record(self, row: Row, outcome: Outcome) -> None:
        tables, sys_id = self._state.tables, row["sys_id"]
        if tables.get("sys_email", sys_id) is None:
            return
        tables.update("sys_email", sys_id, "system", outcome.fields)
        if outcome.is_waiting:
            self._retries.record(tables.get("sys_email", sys_id) or row, outcome.error)
        if self._state.platform.mail_logged:
            tables.insert("syslog_email", "system", {"email": sys_id, **outcome.log_entry})

    async def _deliver(self, relay: Relay, row: Row) -> Outcome:
        unsent = self._state.platform.unsent_mail
        with self._state.lock:
            test_user = self._state.tables.property("glide.email.test.user")
        addresses = ",".join(row[name] for name in ("recipients", "copied", "blind_copied"))
        recipients = split_list(test_user) or split_list(addresses)
        if not recipients:
            return Outcome("send-failed", "No recipients")
        if problem := relay.find_problem(self._state.mail.is_at(relay.server, relay.port)):
            return Outcome(unsent, problem)
        try:
            message = _make_message(relay, row, recipients)
            if relay.is_managed:
                self._keep(relay, message, recipients)
            else:
                await _send(relay, message, recipients)
        except aiosmtplib.SMTPRecipientsRefused as error:
            return _judge_reply(error.recipients[0].code, error.recipients[0].message)
        except aiosmtplib.SMTPAuthenticationError as error:
            return Outcome(unsent, f"{error.code} {error.message}")
        except aiosmtplib.SMTPResponseException as error:
            return _judge_reply(error.code, error.message)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            words = f"Cannot connect to SMTP server: {relay.server}, message: {error}"
            return Outcome(unsent, words)
        return Outcome("sent")

    def _keep(self, relay: Relay, message: EmailMessage, recipients: list[str]) -> None:
        """Put a message into the mailbox of ServiceNow's account.

        Raises:
            SMTPRecipientsRefused: All recipients are rejected.
        """
        replies = {address: judge_recipient(address) for address in recipients}
        accepted = tuple(address for address, reply in replies.items() if reply.startswith("250"))
        if not accepted:
            refusals = [
                aiosmtplib.SMTPRecipientRefused(int(reply[:3]), reply[4:], address)
                for address, reply in replies.items()
            ]
            raise aiosmtplib.SMTPRecipientsRefused(refusals)
        self.provider_mailbox.append(
            AcceptedMessage(relay.sender, accepted, relay.user, True, message.as_string())
        )


def _make_message(relay: Relay, row: Row, recipients: list[str]) -> EmailMessage:
    message = EmailMessage()
    message["From"] = formataddr((relay.label, relay.sender))
    message["To"] = ", ".join(recipients)
    message["Subject"] = row["subject"]
    message.set_content(row["body_text"])
    return message


async def _send(relay: Relay, message: EmailMessage, recipients: list[str]) -> None:
    signs_in = relay.authentication == "password"
    await aiosmtplib.send(
        message,
        sender=relay.sender,
        recipients=recipients,
        hostname=relay.server,
        port=int(relay.port),
        username=relay.user if signs_in else None,
        password=relay.password if signs_in else None,
        use_tls=relay.security == "ssl_tls",
        start_tls=relay.security == "starttls",
        tls_context=make_client_context(),
        local_hostname="localhost",
        timeout=TIMEOUT_SECONDS,
    )


def _judge_reply(code: int, message: str) -> Outcome:
    kind = "send-retry-backoff" if 400 <= code < 500 else "send-failed"
    return Outcome(kind, f"{code} {message}")
