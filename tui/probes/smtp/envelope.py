"""Whether a server accepts a sender and a recipient. No message follows, so nothing is sent."""

from collections.abc import Mapping
from dataclasses import dataclass

from tui.probes.mail.conversation import Conversation
from tui.probes.mail.refusals import explain_recipient, explain_sender
from tui.probes.mail.transcript import command, is_sendable
from tui.probes.smtp.smtp_reply import SmtpReply
from tui.probes.stage import StageError
from tui.settings.parse.host import to_a_label
from tui.terminal.visible import visible

_SIZE = 10_000
"""In bytes: a small message (RFC 1870)."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """The commands MAIL and RCPT, for a server with these extensions."""

    conversation: Conversation[SmtpReply]
    extensions: Mapping[str, str]
    logged_in: bool

    async def check_sender(self, address: str, recipient: str) -> str:
        """Ask whether the address may send, and return what was found as a sentence.

        Args:
            recipient: the address to ask about next; "" if there is none.

        Raises:
            StageError: it may not.
        """
        path = self._path(address)
        # RFC 6531, section 3.4: the sender's line says it for both.
        needs_utf8 = not path.isascii() or not (recipient.rpartition("@")[0] or "a").isascii()
        size = f" SIZE={_SIZE}" if "SIZE" in self.extensions else ""
        utf8 = " SMTPUTF8" if needs_utf8 and "SMTPUTF8" in self.extensions else ""
        reply = await self.conversation.execute(command(f"MAIL FROM:<{path}>{size}{utf8}"))
        if not reply.is_positive:
            about = f"{self.conversation.place} refused {visible(address, 120)} as sender"
            raise explain_sender(reply, about, logged_in=self.logged_in)
        return f"{self.conversation.place} takes mail from {visible(address, 120)}. None was sent."

    async def check_recipient(self, address: str) -> str:
        """Ask whether mail to the address is accepted, and return what was found as a sentence.

        Raises:
            StageError: it is not.
        """
        reply = await self.conversation.execute(command(f"RCPT TO:<{self._path(address)}>"))
        if not reply.is_positive:
            about = f"{self.conversation.place} refused {visible(address, 120)} as recipient"
            raise explain_recipient(reply, about, logged_in=self.logged_in)
        return (
            f"{self.conversation.place} takes mail for {visible(address, 120)} "
            f"({reply.quote}). None was sent."
        )

    def _path(self, address: str) -> str:
        """Return the address as it goes over the wire, its domain in ASCII."""
        shown = visible(address, 120)
        if not is_sendable(address) or any(char in "<>" for char in address):
            raise StageError(
                "unsendable",
                f"{shown} holds what no address may hold; it was not sent.",
                "Correct the address.",
            )
        local, at, domain = address.rpartition("@")
        domain = domain if domain.isascii() else (to_a_label(domain) or domain)
        path = f"{local}{at}{domain}"
        if not path.isascii() and "SMTPUTF8" not in self.extensions:
            raise StageError(
                "needs-utf8",
                f"{shown} has letters beyond ASCII, and {self.conversation.place} does not offer "
                "SMTPUTF8.",
                "Take an address in ASCII.",
            )
        return path
