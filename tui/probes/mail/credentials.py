"""The credentials of a login, and whether one may be tried.

Sources: RFC 4616 (PLAIN), RFC 2195 (CRAM-MD5); LOGIN as servers speak it. SASLprep is not done:
a password is sent as it was typed, in UTF-8.
"""

import base64
import hmac
import re
from dataclasses import dataclass

from tui.credentials.oddities import describe_oddities
from tui.credentials.secret import Secret
from tui.probes.mail.conversation import Command, is_sendable
from tui.probes.mail.reply_parser import ServerReply
from tui.probes.net.connection import Connection
from tui.probes.server_spec import ProbeOptions, ServerSpec
from tui.probes.stage import StageError, StageLog
from tui.replies.reply import ReplyStage

RESPONSE_LIMIT = 12288
"""In octets, with its end: so long a response every server takes (RFC 4954, section 4)."""
_SYNTAX = re.compile(
    r"syntax|argument|parameter|initial.response|too long|line length|unrecognized", re.IGNORECASE
)
_CHECKED = re.compile(
    r"credential|password|authentication (failed|unsuccessful|failure|rejected)|invalid (user|log)"
    r"|incorrect|denied|lock",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user and a password, in the forms in which they are sent."""

    user: str
    password: Secret

    def plain(self) -> Secret:
        """Return the initial response of PLAIN, with no other authorization identity."""
        return _base64(f"\0{self.user}\0{self.password.reveal()}".encode())

    def login_user(self) -> Secret:
        """Return the first response of LOGIN."""
        return _base64(self.user.encode())

    def login_password(self) -> Secret:
        """Return the second response of LOGIN."""
        return _base64(self.password.reveal().encode())

    def cram_md5(self, challenge: bytes) -> Secret | None:
        """Return the response of CRAM-MD5, or None if this machine has no MD5."""
        try:
            proof = hmac.digest(self.password.reveal().encode(), challenge, "md5").hex()
        except ValueError:
            return None
        return _base64(f"{self.user} {proof}".encode())

    @property
    def remark(self) -> str:
        """What is odd about the password, to follow a hint."""
        words = describe_oddities(self.password.reveal(), with_usual=True)
        return f" {words}" if words else ""


def fits(command: Command, limit: int) -> bool:
    """Return whether a line is within a limit in octets, with its end."""
    return len(command.to_bytes()) <= limit


def is_about_syntax(reply: ServerReply) -> bool:
    """Return whether a reply to AUTH with credentials says that these were not even looked at."""
    refusal = reply.to_refusal(ReplyStage.LOGIN)
    is_syntax = refusal.enhanced.startswith("5.5.") or _SYNTAX.search(refusal.text)
    return bool(is_syntax) and not _CHECKED.search(refusal.text)


def _base64(data: bytes) -> Secret:
    return Secret(base64.b64encode(data).decode("ascii"))


def credentials_for(
    log: StageLog, spec: ServerSpec, options: ProbeOptions, connection: Connection
) -> Credentials | None:
    """Return the credentials if a login may be tried; otherwise skip the stage and return None."""
    if not spec.authenticate:
        log.skip("not-wanted", "The settings don't require a login; none was tried.")
    elif not options.login:
        log.skip("not-asked", "No login was requested; none was tried.")
    elif not spec.user:
        log.skip("no-user", "There is no user to log in with.", "Enter a user.")
    elif spec.password is None or not spec.password.shape.length:
        log.skip("no-password", "There is no password; no login was tried.", "Enter the password.")
    elif not (is_sendable(spec.user) and is_sendable(spec.password.reveal())):
        raise StageError(
            "unsendable",
            "The user or the password contains a line break or a control character. Nothing was "
            "sent.",
            "Type them again instead of pasting them."
            + Credentials(spec.user, spec.password).remark,
        )
    elif not fits(Command(Credentials(spec.user, spec.password).plain()), RESPONSE_LIMIT):
        raise StageError(
            "too-long",
            "The user and the password are longer than a mail server has to accept. Nothing was "
            "sent.",
            f"Use a shorter password: a response can have {RESPONSE_LIMIT} octets (RFC 4954, "
            "section 4).",
        )
    elif not connection.trusted and not options.cleartext:
        log.skip(
            "in-clear",
            f"The user and the password would be sent to {spec.place} unencrypted, so no login "
            "was tried.",
            "Set the connection security to STARTTLS or SSL/TLS, or allow it for this probe.",
        )
    else:
        return Credentials(spec.user, spec.password)
    return None
