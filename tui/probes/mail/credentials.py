"""One login: whether it may be tried, and what is said in it.

Sources: RFC 4954 (AUTH in SMTP), RFC 4616 (PLAIN), RFC 2195 (CRAM-MD5); LOGIN as servers speak
it. SASLprep is not done: a password goes out as it was typed, in UTF-8.
"""

import base64
import binascii
import hmac
from dataclasses import dataclass

from tui.credentials.secret import Secret
from tui.probes.fault import StageError
from tui.probes.mail.transcript import Command, command, sendable
from tui.probes.net.connection import Connection
from tui.probes.server_spec import ProbeOptions, ServerSpec
from tui.probes.stage_log import StageLog
from tui.terminal.visible import visible

MECHANISMS = ("PLAIN", "LOGIN", "CRAM-MD5")
"""Those that are spoken here, the first that is offered is used."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who logs in, and what proves it."""

    user: str
    password: Secret

    def plain(self) -> Secret:
        """As PLAIN has it, with no identity but the user's own."""
        return _base64(f"\0{self.user}\0{self.password.reveal()}".encode())

    def name(self) -> Secret:
        """What LOGIN says first."""
        return _base64(self.user.encode())

    def word(self) -> Secret:
        """What LOGIN says then."""
        return _base64(self.password.reveal().encode())

    def digest(self, challenge: bytes) -> Secret | None:
        """What CRAM-MD5 answers; None where this machine has no MD5."""
        try:
            proof = hmac.digest(self.password.reveal().encode(), challenge, "md5").hex()
        except ValueError:
            return None
        return _base64(f"{self.user} {proof}".encode())

    @property
    def remark(self) -> str:
        """What may matter about the password, as one more sentence."""
        if self.password.reveal().isascii():
            return ""
        return " The password has characters beyond ASCII; it was sent as UTF-8."


def _base64(data: bytes) -> Secret:
    return Secret(base64.b64encode(data).decode("ascii"))


def credentials_for(
    course: StageLog, wanted: ServerSpec, options: ProbeOptions, connection: Connection
) -> Credentials | None:
    """The credentials, where a login may be tried; None where it is skipped, which is told.

    Raises:
        Fault: they cannot be sent at all.
    """
    if not wanted.authenticate:
        course.skipped("not-wanted", "The settings want no login; none was tried.")
    elif not options.login:
        course.skipped("not-asked", "No login was asked for; none was tried.")
    elif not wanted.user:
        course.skipped("no-user", "There is no user to log in with.", "Give a user.")
    elif wanted.password is None or not wanted.password.shape.length:
        course.skipped(
            "no-password", "No password is at hand; no login was tried.", "Give the password."
        )
    elif not (sendable(wanted.user) and sendable(wanted.password.reveal())):
        raise StageError(
            "unsendable",
            "User or password hold a line end or a control character. Nothing was sent.",
            "Type them again, without what a paste may have brought along.",
        )
    elif not connection.trusted and not options.cleartext:
        course.skipped(
            "in-clear",
            f"User and password would travel to {wanted.place} in clear; no login was tried.",
            "Set the security to starttls or ssl_tls, or allow it for this probe.",
        )
    else:
        return Credentials(wanted.user, wanted.password)
    return None


def challenge(text: str) -> bytes | None:
    """What a server asks in base64, None where it is none."""
    try:
        return base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        return None


def prompt(text: str) -> str:
    """What a server asks for in words, in small letters; "" where that is not known."""
    found = challenge(text)
    return visible(found.decode("utf-8", "replace"), 40).casefold() if found else ""


def cancel() -> Command:
    """Gives an exchange up (RFC 4954, section 4)."""
    return command("*")
