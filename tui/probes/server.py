"""What the probes of both protocols do alike: reach a server, be greeted, be secured, leave."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Generic, TypeVar

from tui.probes.fault import StageError
from tui.probes.mail.conversation import Conversation
from tui.probes.mail.reply_parser import ReplyFlaw, ReplyParser, ServerReply
from tui.probes.mail.transcript import Transcript
from tui.probes.net import dial as reaching
from tui.probes.net.connection import Connection
from tui.probes.net.dial import ServerAddress
from tui.probes.net.handshake import handshake, speaks_tls
from tui.probes.server_spec import ProbeOptions, ServerSpec
from tui.probes.stage import ProtocolResult, Stage
from tui.probes.stage_log import StageLog
from tui.settings.values import Security

A = TypeVar("A", bound=ServerReply)

_FLAWS = {
    ReplyFlaw.CODES_DIFFER: "its lines have different codes",
    ReplyFlaw.NUL: "there are NUL bytes in it",
    ReplyFlaw.CONTROLS: "there are control characters in it",
    ReplyFlaw.LONG_LINE: "a line of it is longer than 512 bytes",
    ReplyFlaw.BARE_LF: "a line of it ends in LF alone",
}


def untold(_: Stage) -> None:
    """Nobody listens."""


class ServerProbe(ABC, Generic[A]):
    """One probe of one server, from beginning to end; used once."""

    protocol: str

    def __init__(
        self, wanted: ServerSpec, options: ProbeOptions, tell: Callable[[Stage], None]
    ) -> None:
        self.wanted = wanted
        self.options = options
        self.transcript = Transcript()
        self.course = StageLog(self.protocol, self.names(wanted.security), tell)
        self.login_refused = False
        self._addresses: tuple[str, ...] = ()
        self.session: Conversation[A]
        self._address: ServerAddress
        self._lines: list[Connection] = []
        self._until = 0.0

    async def run(self) -> ProtocolResult:
        """All stages."""
        self._until = asyncio.get_running_loop().time() + self.options.deadline
        try:
            try:
                await self.stages()
            except StageError as fault:
                self.course.fault(fault)
            self.course.rest("quit")
            await self._leave()
        finally:
            for each in self._lines:
                each.close()
        stages, said = tuple(self.course.stages), self.transcript.lines
        return ProtocolResult(stages, said, self.login_refused, self._addresses)

    @abstractmethod
    def names(self, security: Security) -> tuple[str, ...]:
        """The stages in their order."""

    @abstractmethod
    def core(self) -> ReplyParser[A]:
        """A new protocol core."""

    @abstractmethod
    async def stages(self) -> None:
        """Passes through all of them but quit.

        Raises:
            Fault: the stage that was begun last failed, and nothing can come after it.
        """

    @abstractmethod
    async def to_tls(self, session: Conversation[A]) -> None:
        """On one more connection: what comes before TLS, where it does not come first.

        Raises:
            Fault: it does not get that far.
        """

    @abstractmethod
    async def farewell(self) -> None:
        """Ends the stage quit on a session that is alive.

        Raises:
            Fault: it was not answered.
        """

    async def reach(self) -> None:
        """The stages resolve and connect, and where TLS comes first, tls and certificate."""
        addresses, words = await reaching.resolve(self.wanted, self.options, self._until)
        self._addresses = tuple(str(each.sockaddr[0]) for each in addresses)
        self.course.passed("resolved", words)
        self.course.begin("connect")
        opened, self._address, attempts = await reaching.connect(
            self.wanted, addresses, self.options, self._until
        )
        self._lines.append(opened)
        reaching.tell(self.course, self.wanted, attempts)
        self.session = self._session(opened)
        if self.wanted.security is Security.SSL_TLS:
            self.course.begin("tls")
            await self.secure()

    async def secure(self) -> None:
        """The stages tls, which has begun, and certificate."""
        self.session = await handshake(
            self.course, self.session, self._again, self.wanted, self.options, self.transcript
        )

    async def greeted(self) -> A:
        """The greeting. Where none comes for a while, whether TLS is expected there is seen to."""
        waiting = asyncio.ensure_future(self.session.answer())
        try:
            done, _ = await asyncio.wait({waiting}, timeout=self.options.slow)
            if not done and self.session.line.tls is None and await self._expects_tls():
                self.session.alive = False
                raise StageError(
                    "tls-port",
                    f"{self.wanted.place} says nothing in clear, but speaks TLS from the first "
                    "byte.",
                    "Set the security to ssl_tls.",
                )
            return await waiting
        finally:
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)

    def welcomed(self, answer: A, words: str) -> None:
        """Ends the stage greeting well, or nearly so."""
        if (seconds := self.course.milliseconds / 1000) >= self.options.slow:
            self.course.warned(
                "late",
                f"{self.wanted.place} took {seconds:.3g} seconds to greet: {words}",
                "It is slow, not broken (5 minutes are allowed): it may look up this machine's "
                "name, or hold strangers back.",
            )
        else:
            self.passed_or_odd("greeted", f"{self.wanted.place} greets with {words}", answer)

    def passed_or_odd(self, kind: str, words: str, answer: A) -> None:
        """Ends a stage well, but for flaws in the answer."""
        flaw = next((flaw for flaw in ReplyFlaw if flaw in answer.flaws), None)
        if flaw is None:
            self.course.passed(kind, words)
            return
        self.course.warned(
            flaw,
            f"{words} The answer is not as it should be: {_FLAWS[flaw]}.",
            "Some programs do not understand it; see the server, and what stands between.",
        )

    def skip_tls(self, words: str) -> None:
        """The stages tls and certificate, where the settings want neither."""
        for name in ("tls", "certificate"):
            self.course.begin(name)
            self.course.skipped("not-wanted", f"The settings want no TLS. {words}".strip())

    def check_for_injection(self, session: Conversation[A]) -> None:
        """What came in clear behind the answer after which TLS begins was put there by someone.

        Raises:
            Fault: there is some.
        """
        if not session.idle:
            session.alive = False
            raise StageError(
                "injection",
                f"{self.wanted.place} sent more in clear after it agreed to begin TLS: possibly "
                "someone between has put it there. Nothing more was sent.",
                "Do not use this way; see the network between, or take ssl_tls.",
            )

    async def _again(self, purpose: str) -> Conversation[A]:
        self.transcript.note(f"one more connection, {purpose}")
        until = min(self._until, asyncio.get_running_loop().time() + self.options.connecting)
        opened = await reaching.reopened(self._address, until)
        self._lines.append(opened)
        session = self._session(opened)
        if self.wanted.security is Security.STARTTLS:
            await self.to_tls(session)
        return session

    def _session(self, opened: Connection) -> Conversation[A]:
        return Conversation(self.protocol, self.wanted.place, opened, self.core(), self.transcript)

    async def _expects_tls(self) -> bool:
        until = min(self._until, asyncio.get_running_loop().time() + self.options.slow)
        return await speaks_tls(self.wanted, self._address, until)

    async def _leave(self) -> None:
        self.course.begin("quit")
        session = getattr(self, "session", None)
        if session is None or not session.alive:
            self.course.skipped("no-line", "There is no connection any more to take leave on.")
            return
        now = asyncio.get_running_loop().time()
        session.line.until = min(self._until, now + self.options.slow)
        try:
            await self.farewell()
        except StageError as fault:
            self.course.warned(fault.kind, fault.message, "Nothing: the work was done.")
