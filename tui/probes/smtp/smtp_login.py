"""One login at an SMTP server: what is said, and what the server may reply (RFC 4954)."""

import base64
import binascii
from typing import NoReturn

from tui.credentials.secret import Secret
from tui.probes.mail.conversation import Command, Conversation
from tui.probes.mail.credentials import Credentials, fits, is_about_syntax
from tui.probes.mail.refusals import explain_refusal, may_lock
from tui.probes.smtp.smtp_reply import SmtpReply
from tui.probes.stage import StageError
from tui.replies.reply import ReplyStage
from tui.terminal.visible import visible

MECHANISMS = ("PLAIN", "LOGIN", "CRAM-MD5")
"""Those that can be used here; the first that is offered is taken."""
_LINE_LIMIT = 512
"""In octets, with its end: of AUTH with an initial response (RFC 4954, section 4)."""
_SYNTAX_CODES = (500, 501, 504)
_USER_PROMPTS = ("user", "login", "name")


class SmtpLogin:
    """One attempt to log in.

    Attributes:
        oddity: what was odd about it though it went on; "" if nothing was.
        refused: the server checked the credentials, and refused them permanently.
    """

    def __init__(
        self, conversation: Conversation[SmtpReply], credentials: Credentials, server: str
    ) -> None:
        self.oddity = ""
        self.refused = False
        self._conversation = conversation
        self._credentials = credentials
        self._server = server

    async def log_in(self, mechanism: str) -> SmtpReply:
        """Log in, and return the last reply. Nothing else is tried after a refusal."""
        self._conversation.hide(self._credentials.password)
        self._about = (
            f"{self._conversation.place} rejected the login of "
            f"{visible(self._credentials.user, 80)} with {mechanism}:"
        )
        match mechanism:
            case "PLAIN":
                reply = await self._plain()
            case "LOGIN":
                reply = await self._conversation.execute(await self._login_mechanism())
            case _:
                reply = await self._conversation.execute(await self._cram_md5())
        if reply.code == 334:
            await self._cancel(
                "second-challenge",
                f"{self._conversation.place} asked for more after it had the credentials.",
                "Check its configuration. Nothing more was sent.",
            )
        if not reply.is_positive:
            error = self._explain(reply)
            self.refused = reply.code // 100 == 5 and may_lock(error.kind)
            raise error.with_remark(self._credentials.remark) if self.refused else error
        return reply

    async def _plain(self) -> SmtpReply:
        """Send the credentials with AUTH if the line may be so long, else once they are asked for.

        A server that will not have them with AUTH has not looked at them, so they are sent again.
        """
        response = self._credentials.plain()
        at_once = Command("AUTH PLAIN ", response)
        if fits(at_once, _LINE_LIMIT):
            reply = await self._conversation.execute(at_once)
            if reply.code not in _SYNTAX_CODES or not is_about_syntax(reply):
                return reply
            self.oddity = "It doesn't accept the credentials together with AUTH, only after it."
        await self._get_challenge(Command("AUTH PLAIN"))
        return await self._conversation.execute(Command(response))

    async def _login_mechanism(self) -> Command:
        first = _prompt(await self._get_challenge(Command("AUTH LOGIN")))
        if "pass" in first:
            await self._cancel(
                "odd-prompt",
                f"{self._conversation.place} asked for the password before the user: {first}.",
                "Check its configuration. Nothing was sent.",
            )
        second = _prompt(await self._get_challenge(Command(self._credentials.login_user())))
        if not (any(word in first for word in _USER_PROMPTS) and "pass" in second):
            self.oddity = f"It uses unusual prompts ({first or 'none'}; {second or 'none'})."
        return Command(self._credentials.login_password())

    async def _cram_md5(self) -> Command:
        reply = await self._get_challenge(Command("AUTH CRAM-MD5"))
        challenge = _decode(reply.text)
        response = self._credentials.cram_md5(challenge) if challenge else None
        if response is None:
            await self._cancel(
                "bad-challenge" if not challenge else "no-md5",
                f"{self._conversation.place} asked something that can't be answered: {reply.quote}."
                if not challenge
                else "This machine doesn't allow MD5, which CRAM-MD5 needs.",
                "Have PLAIN or LOGIN turned on there.",
            )
        self._conversation.hide(_proof(response))
        return Command(response)

    async def _get_challenge(self, sent: Command) -> SmtpReply:
        reply = await self._conversation.execute(sent)
        if reply.code != 334:
            raise self._explain(reply)
        return reply

    def _explain(self, reply: SmtpReply) -> StageError:
        return explain_refusal(ReplyStage.LOGIN, reply, self._about, self._server)

    async def _cancel(self, kind: str, message: str, hint: str) -> NoReturn:
        await self._conversation.execute(Command("*"))  # RFC 4954, section 4
        raise StageError(kind, message, hint)


def _decode(text: str) -> bytes | None:
    """Return a challenge, or None if it is not base64."""
    try:
        return base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        return None


def _proof(response: Secret) -> Secret:
    """Return the digest in a response of CRAM-MD5: who has it can try passwords on it."""
    return Secret(base64.b64decode(response.reveal()).decode().rpartition(" ")[2])


def _prompt(reply: SmtpReply) -> str:
    """Return what the server asks for, in small letters; "" if it cannot be read."""
    found = _decode(reply.text)
    return visible(found.decode("utf-8", "replace"), 40).casefold() if found else ""
