"""The job that sends what is queued.

Queued messages younger than the look-back are sent while sending is on; a 4xx puts a message
back, everything else is final (troubleshooting-notification-emails).
"""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from email.message import EmailMessage
from email.utils import formataddr

import aiosmtplib

from tui.sandbox.loopback import make_client_context
from tui.sandbox.relay import Relay, find_relay
from tui.sandbox.sandbox_state import SandboxState
from tui.sandbox.tables import format_time, parse_time

LOOK_BACK_HOURS = 24
"""Hours after which a queued message is never sent, unless a property says otherwise."""
RETRY_DELAY = timedelta(minutes=1)
"""How long a message that was put back waits; longer waits are not modelled."""
TIMEOUT = 2
"""Seconds that its mail server may take, which is on this machine."""
IDLE_SECONDS = 0.2
"""Seconds until the job looks again whether it has been switched on."""


class SenderJob:
    """The job that the platform calls SMTP Sender."""

    def __init__(self, state: SandboxState) -> None:
        self._state = state
        self._busy = asyncio.Lock()

    async def run_by_itself(self) -> None:
        """Runs the job again and again, as the switch says and while its trigger is ready."""
        while True:
            seconds = self._state.switches.sender_seconds
            await asyncio.sleep(seconds or IDLE_SECONDS)
            if seconds and self._is_ready():
                await self.run()

    async def run(self) -> int:
        """Runs the job once; returns the number of messages it handled."""
        async with self._busy:
            with self._state.lock:
                through = find_relay(self._state)
                claimed = self._claimed() if through else []
                self._tick()
            for row in claimed:
                if through:
                    outcome = await self._outcome(through, row)
                    with self._state.lock:
                        self._state.tables.update("sys_email", row["sys_id"], "system", outcome)
            return len(claimed)

    def _is_ready(self) -> bool:
        with self._state.lock:
            jobs = self._state.tables.find("sys_trigger", name="SMTP Sender")
        return all(job["state"] == "0" for job in jobs)

    def _tick(self) -> None:
        tables = self._state.tables
        for job in tables.find("sys_trigger", name="SMTP Sender"):
            fields = {
                "next_action": format_time(tables.clock() + timedelta(minutes=1)),
                "run_count": str(int(job["run_count"] or 0) + 1),
            }
            tables.update("sys_trigger", job["sys_id"], "system", fields)

    def _claimed(self) -> list[dict[str, str]]:
        tables = self._state.tables
        if tables.property("glide.email.smtp.active") != "true":
            return []
        hours = tables.property("glide.email.smtp.claim.lookback.hrs")
        oldest = tables.clock() - timedelta(
            hours=int(hours) if hours.isdigit() else LOOK_BACK_HOURS
        )
        waiting = tables.find("sys_email", type="send-ready") + [
            row
            for row in tables.find("sys_email", type="send-retry-backoff")
            if parse_time(row["sys_updated_on"]) + RETRY_DELAY <= tables.clock()
        ]
        return [row for row in waiting if parse_time(row["sys_created_on"]) >= oldest]

    async def _outcome(self, through: Relay, row: Mapping[str, str]) -> dict[str, str]:
        with self._state.lock:
            test_user = self._state.tables.property("glide.email.test.user")
        meant = ",".join(row[name] for name in ("recipients", "copied", "blind_copied"))
        recipients = _list(test_user) or _list(meant)
        if not recipients:
            return _failed("No recipients")
        if problem := through.problem(self._state.mail.is_at(through.server, through.port)):
            return _failed(problem)
        try:
            await _send(through, row, recipients)
        except aiosmtplib.SMTPRecipientsRefused as refused:
            return _refused(refused.recipients[0].code, refused.recipients[0].message)
        except aiosmtplib.SMTPResponseException as refused:
            return _refused(refused.code, refused.message)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            return _failed(f"Cannot connect to SMTP server: {through.server}, message: {error}")
        return {"type": "sent", "state": "processed", "error_string": ""}


async def _send(through: Relay, row: Mapping[str, str], recipients: list[str]) -> None:
    message = EmailMessage()
    message["From"] = formataddr((through.label, through.sender))
    message["To"] = ", ".join(recipients)
    message["Subject"] = row["subject"]
    message.set_content(row["body_text"])
    signs_in = through.authentication == "password"
    await aiosmtplib.send(
        message,
        sender=through.sender,
        recipients=recipients,
        hostname=through.server,
        port=int(through.port),
        username=through.user if signs_in else None,
        password=through.password if signs_in else None,
        use_tls=through.security == "ssl_tls",
        start_tls=through.security == "starttls",
        tls_context=make_client_context(),
        local_hostname="localhost",
        timeout=TIMEOUT,
    )


def _refused(code: int, message: str) -> dict[str, str]:
    if 400 <= code < 500:
        return {"type": "send-retry-backoff", "state": "ready", "error_string": ""}
    return _failed(f"{code} {message}")


def _failed(error: str) -> dict[str, str]:
    return {"type": "send-failed", "state": "error", "error_string": error}


def _list(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]
