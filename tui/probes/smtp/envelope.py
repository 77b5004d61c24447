"""Whether a server takes a sender and a recipient. There is no message, and so nothing is sent."""

from collections.abc import Mapping
from dataclasses import dataclass

from tui.probes.fault import StageError
from tui.probes.mail.conversation import Conversation
from tui.probes.mail.transcript import command, sendable
from tui.probes.smtp import smtp_refusals as refusals
from tui.probes.smtp.smtp_reply import SmtpReply
from tui.settings.parse.host import to_a_label
from tui.terminal.visible import visible

_SIZE = 10_000
"""In bytes: what a small message has (RFC 1870)."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A sender, and perhaps a recipient, for a server that offers these extensions."""

    session: Conversation[SmtpReply]
    offered: Mapping[str, str]
    logged_in: bool

    async def sender(self, address: str, recipient: str) -> str:
        """Asks whether the address may send. Returns what was found.

        Args:
            recipient: who is asked about next, "" where nobody is.

        Raises:
            Fault: it may not.
        """
        path = self._path(address)
        # RFC 6531, section 3.4: the sender's line says it for both.
        beyond = not path.isascii() or not (recipient.rpartition("@")[0] or "a").isascii()
        size = f" SIZE={_SIZE}" if "SIZE" in self.offered else ""
        utf8 = " SMTPUTF8" if beyond and "SMTPUTF8" in self.offered else ""
        reply = await self.session.ask(command(f"MAIL FROM:<{path}>{size}{utf8}"))
        if not reply.is_positive:
            about = f"{self.session.place} refused {visible(address, 120)} as sender"
            raise refusals.sender(reply, about, wants_login=self.logged_in)
        return f"{self.session.place} takes mail from {visible(address, 120)}. None was sent."

    async def recipient(self, address: str) -> str:
        """Asks whether mail to the address is taken. Returns what was found.

        Raises:
            Fault: it is not.
        """
        reply = await self.session.ask(command(f"RCPT TO:<{self._path(address)}>"))
        if not reply.is_positive:
            about = f"{self.session.place} refused {visible(address, 120)} as recipient"
            raise refusals.recipient(reply, about, wants_login=self.logged_in)
        return (
            f"{self.session.place} takes mail for {visible(address, 120)} "
            f"({refusals.quoted(reply)}). None was sent."
        )

    def _path(self, address: str) -> str:
        """The address as it goes over the wire, its domain in ASCII."""
        shown = visible(address, 120)
        if not sendable(address) or any(char in "<>" for char in address):
            raise StageError(
                "unsendable",
                f"{shown} holds what no address may hold; it was not sent.",
                "Correct the address.",
            )
        local, at, domain = address.rpartition("@")
        domain = domain if domain.isascii() else (to_a_label(domain) or domain)
        path = f"{local}{at}{domain}"
        if not path.isascii() and "SMTPUTF8" not in self.offered:
            raise StageError(
                "needs-utf8",
                f"{shown} has letters beyond ASCII, and {self.session.place} does not offer "
                "SMTPUTF8.",
                "Take an address in ASCII.",
            )
        return path
