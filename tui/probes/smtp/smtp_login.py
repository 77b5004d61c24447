"""One login at an SMTP server: what is said, and what a server may say to it."""

from typing import NoReturn

from tui.probes.fault import StageError
from tui.probes.mail import credentials as login
from tui.probes.mail.conversation import Conversation
from tui.probes.mail.credentials import Credentials
from tui.probes.mail.transcript import Command, command
from tui.probes.smtp import smtp_refusals as refusals
from tui.probes.smtp.smtp_refusals import quoted
from tui.probes.smtp.smtp_reply import SmtpReply
from tui.terminal.visible import visible

_NAME = ("user", "login", "name")


class SmtpLogin:
    """One attempt.

    Attributes:
        odd: what was odd about it though it went on; "" where nothing was.
        judged: the server has seen the credentials and refused them for good.
    """

    def __init__(
        self, session: Conversation[SmtpReply], credentials: Credentials, server: str
    ) -> None:
        self.odd = ""
        self.judged = False
        self._session = session
        self._credentials = credentials
        self._server = server

    async def attempt(self, mechanism: str) -> SmtpReply:
        """Logs in.

        Raises:
            Fault: it was refused, or went wrong; nothing else is tried then.
        """
        self._session.hide(self._credentials.password)
        self._about = (
            f"{self._session.place} refused the login of {visible(self._credentials.user, 80)} "
            f"with {mechanism}"
        )
        match mechanism:
            case "PLAIN":
                last = command("AUTH PLAIN ", self._credentials.plain())
            case "LOGIN":
                last = await self._login()
            case _:
                last = await self._cram_md5()
        reply = await self._session.ask(last)
        if reply.code == 334:
            await self._give_up(
                "second-challenge",
                f"{self._session.place} asks for more after it had the credentials.",
                "See its setup; nothing more was sent.",
            )
        if not reply.is_positive:
            fault = refusals.login(reply, self._server, self._about)
            self.judged = reply.code // 100 == 5 and fault.kind not in ("needs-tls", "mechanism")
            raise fault.with_remark(self._credentials.remark) if fault.kind == "wrong" else fault
        return reply

    async def _login(self) -> Command:
        asked = login.prompt((await self._challenged(command("AUTH LOGIN"))).text)
        if "pass" in asked:
            await self._give_up(
                "odd-prompt",
                f"{self._session.place} asks for the password before the user: {asked}.",
                "See its setup; nothing was sent.",
            )
        then = login.prompt((await self._challenged(command(self._credentials.name()))).text)
        if not (any(word in asked for word in _NAME) and "pass" in then):
            self.odd = f"It asks in unusual words ({asked or 'none'}; {then or 'none'})."
        return command(self._credentials.word())

    async def _cram_md5(self) -> Command:
        reply = await self._challenged(command("AUTH CRAM-MD5"))
        challenge = login.challenge(reply.text)
        digest = self._credentials.digest(challenge) if challenge else None
        if digest is None:
            await self._give_up(
                "bad-challenge" if not challenge else "no-md5",
                f"{self._session.place} asks what cannot be answered: {quoted(reply)}."
                if not challenge
                else "This machine does not allow MD5, which CRAM-MD5 needs.",
                "Have PLAIN or LOGIN turned on there.",
            )
        return command(digest)

    async def _challenged(self, what: Command) -> SmtpReply:
        reply = await self._session.ask(what)
        if reply.code != 334:
            raise refusals.login(reply, self._server, self._about)
        return reply

    async def _give_up(self, kind: str, words: str, todo: str) -> NoReturn:
        await self._session.ask(login.cancel())
        raise StageError(kind, words, todo)
