"""The job that sends queued messages, and the mail server it sends through.

It sends messages younger than the look-back while sending is enabled. A 4xx reply puts a
message back; any other failure is final (troubleshooting-notification-emails).

An active SMTP account decides on the mail server. Without one the properties do, read as in the
platform's own migration of properties to an account.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.utils import formataddr

import aiosmtplib

from tui.sandbox.loopback_servers import make_client_context
from tui.sandbox.sandbox_state import SandboxState
from tui.sandbox.tables import Row, Tables, format_time, parse_time, split_list

LOOK_BACK_HOURS = 24
"""Hours after which a queued message is no longer sent, unless a property says otherwise."""
RETRY_DELAY = timedelta(minutes=1)
"""How long a message that was put back waits; the platform's longer delays are not modelled."""
TIMEOUT_SECONDS = 2
"""Time for the mail server, which is on this machine."""
IDLE_SECONDS = 0.2
"""Time between two looks at whether the job has been switched on."""

_SECURITY_BY_CHOICE = {
    "unencrypted": "plain",
    "explicit_tls": "starttls",
    "implicit_tls": "ssl_tls",
}
_SECURITY_BY_ENCRYPTION = {"": "plain", "TLS": "starttls", "SSL": "ssl_tls"}


@dataclass(frozen=True, slots=True)
class Relay:
    """A mail server and how to use it.

    Attributes:
        server: Host name or address.
        port: Port as stored.
        security: plain, starttls, ssl_tls, or an unknown text.
        authentication: "" for none, password, or a kind that is not modelled.
        sender: Address in From.
        label: Name in From.
    """

    server: str
    port: str
    security: str
    authentication: str
    user: str
    password: str
    sender: str
    label: str

    def find_problem(self, is_reachable: bool) -> str:
        """Return why the relay can't be used, or ""."""
        if self.authentication not in ("", "password"):
            return f"Email sender connection invalid.: no token for {self.authentication}"
        if self.security not in ("plain", "starttls", "ssl_tls"):
            return f"Email sender connection invalid.: unknown security {self.security}"
        if not is_reachable:
            return f"Cannot connect to SMTP server: {self.server}, message: [EOF]"
        return ""


def find_relay(state: SandboxState) -> Relay | None:
    """Return the relay in force; None if nothing sends, or a sender that is not modelled."""
    tables = state.tables
    if accounts := tables.find("sys_email_account", type="smtp", active="true"):
        is_managed = accounts[0]["servicenow_configured"] == "true"
        return None if is_managed else _relay_from_account(state, accounts[0])
    if tables.find("sys_email_account", type="graph_out", active="true"):
        return None
    if state.switches.legacy_honoured and tables.property("glide.email.server"):
        return _relay_from_properties(tables)
    return None


def _relay_from_account(state: SandboxState, row: Row) -> Relay:
    if state.switches.security_columns == "enable":
        is_tls, is_ssl = row["enable_tls"] == "true", row["enable_ssl"] == "true"
        security = "ssl_tls" if is_ssl else "starttls" if is_tls else "plain"
    else:
        stored = row["connection_security"] or "unencrypted"
        security = _SECURITY_BY_CHOICE.get(stored, stored)
    return Relay(
        server=row["server"],
        port=row["port"] or "25",
        security=security,
        authentication=row["authentication"].replace("NULL", ""),
        user=row["user_name"],
        password=row["password"],
        sender=row["from"] or row["user_name"],
        label=row["email_user_label"],
    )


def _relay_from_properties(tables: Tables) -> Relay:
    encryption = tables.property("glide.smtp.encryption")
    if not encryption:
        is_tls = tables.property("glide.smtp.tls") == "true"
        is_ssl = tables.property("glide.smtp.ssl") == "true"
        encryption = "SSL" if is_ssl else "TLS" if is_tls else ""
    user = tables.property("glide.email.user")
    return Relay(
        server=tables.property("glide.email.server"),
        port=tables.property("glide.smtp.port") or "25",
        security=_SECURITY_BY_ENCRYPTION.get(encryption, encryption),
        authentication="password" if tables.property("glide.smtp.auth") == "true" else "",
        user=user,
        password=tables.property("glide.email.user_password"),
        sender=user,
        label=tables.property("glide.email.username"),
    )


class SenderJob:
    """The platform's SMTP Sender job."""

    def __init__(self, state: SandboxState) -> None:
        self._state = state
        self._run_lock = asyncio.Lock()

    async def run_periodically(self) -> None:
        """Run the job as often as the switch says, while its trigger is ready."""
        while True:
            seconds = self._state.switches.sender_seconds
            await asyncio.sleep(seconds or IDLE_SECONDS)
            if seconds and self._is_ready():
                await self.run()

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
                        self._state.tables.update("sys_email", row["sys_id"], "system", outcome)
            return len(messages)

    def _is_ready(self) -> bool:
        with self._state.lock:
            jobs = self._state.tables.find("sys_trigger", name="SMTP Sender")
        return all(job["state"] == "0" for job in jobs)

    def _update_triggers(self) -> None:
        tables = self._state.tables
        for job in tables.find("sys_trigger", name="SMTP Sender"):
            fields = {
                "next_action": format_time(tables.clock() + timedelta(minutes=1)),
                "run_count": str(int(job["run_count"] or 0) + 1),
            }
            tables.update("sys_trigger", job["sys_id"], "system", fields)

    def _claim_messages(self) -> list[dict[str, str]]:
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

    async def _deliver(self, relay: Relay, row: Row) -> dict[str, str]:
        with self._state.lock:
            test_user = self._state.tables.property("glide.email.test.user")
        addresses = ",".join(row[name] for name in ("recipients", "copied", "blind_copied"))
        recipients = split_list(test_user) or split_list(addresses)
        if not recipients:
            return _fail("No recipients")
        if problem := relay.find_problem(self._state.mail.is_at(relay.server, relay.port)):
            return _fail(problem)
        try:
            await _send(relay, row, recipients)
        except aiosmtplib.SMTPRecipientsRefused as error:
            return _fail_or_retry(error.recipients[0].code, error.recipients[0].message)
        except aiosmtplib.SMTPResponseException as error:
            return _fail_or_retry(error.code, error.message)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            return _fail(f"Cannot connect to SMTP server: {relay.server}, message: {error}")
        return {"type": "sent", "state": "processed", "error_string": ""}


async def _send(relay: Relay, row: Row, recipients: list[str]) -> None:
    message = EmailMessage()
    message["From"] = formataddr((relay.label, relay.sender))
    message["To"] = ", ".join(recipients)
    message["Subject"] = row["subject"]
    message.set_content(row["body_text"])
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


def _fail_or_retry(code: int, message: str) -> dict[str, str]:
    if 400 <= code < 500:
        return {"type": "send-retry-backoff", "state": "ready", "error_string": ""}
    return _fail(f"{code} {message}")


def _fail(error: str) -> dict[str, str]:
    return {"type": "send-failed", "state": "error", "error_string": error}
