"""What the probes of both protocols share: reach a server, read its banner, start TLS, leave."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from typing import Generic, TypeVar

from tui.probes.mail.conversation import Conversation, Transcript, explain_broken_reply
from tui.probes.mail.reply_parser import (
    BrokenReply,
    ReplyFlaw,
    ReplyParser,
    ServerReply,
    decode,
    protocol_of,
)
from tui.probes.net.certificate import describe_accepted, describe_rejection
from tui.probes.net.connection import (
    CertificateError,
    Connection,
    DeadlineExceeded,
    TransportError,
    Verification,
    describe_session,
    explain_handshake_error,
    make_context,
)
from tui.probes.net.dial import (
    ServerAddress,
    connect,
    end_connect_stage,
    reconnect,
    resolve,
    wire_name,
)
from tui.probes.server_spec import ProbeOptions, ServerSpec
from tui.probes.stage import ProtocolResult, Stage, StageError, StageLog
from tui.settings.values import Security
from tui.terminal.visible import visible
from tui.tls.rejection import describe_flaw, is_cause_plain

R = TypeVar("R", bound=ServerReply)
StartTls = Callable[[Conversation[R]], Awaitable[None]]
"""Does what comes before TLS on one more connection; with implicit TLS, nothing does."""

_FLAWS = {
    ReplyFlaw.CODES_DIFFER: "its lines have different codes",
    ReplyFlaw.NUL: "there are NUL bytes in it",
    ReplyFlaw.CONTROLS: "there are control characters in it",
    ReplyFlaw.LONG_LINE: "a line of it is longer than 512 bytes",
    ReplyFlaw.BARE_LF: "a line of it ends in LF alone",
}


class ServerProbe(Generic[R]):
    """One probe of one server, with the steps that SMTP and POP3 share; used once.

    Args:
        stage_names: the stages in their order.

    Attributes:
        conversation: the one that goes on, once there is a connection.
        login_refused: the server refused the credentials permanently.
    """

    def __init__(
        self,
        protocol: str,
        stage_names: tuple[str, ...],
        make_parser: Callable[[], ReplyParser[R]],
        spec: ServerSpec,
        options: ProbeOptions,
        report: Callable[[Stage], None],
    ) -> None:
        self.protocol = protocol
        self.spec = spec
        self.options = options
        self.transcript = Transcript()
        self.log = StageLog(protocol, stage_names, report)
        self.login_refused = False
        self.conversation: Conversation[R]
        self._make_parser = make_parser
        self._addresses: tuple[str, ...] = ()
        self._address: ServerAddress
        self._connections: list[Connection] = []
        self._until = 0.0

    async def run(
        self, run_stages: Callable[[], Awaitable[None]], leave: Callable[[], Awaitable[None]]
    ) -> ProtocolResult:
        """Run the stages of a protocol up to quit, and leave the server if it still listens.

        A `StageError`, or a fault of the program, ends the stage that has begun, and skips the
        rest.
        """
        self._until = self._now() + self.options.deadline
        try:
            try:
                await run_stages()
            except StageError as error:
                self.log.fail(error)
            except Exception as error:
                self._end_with_fault(error)
            self.log.skip_rest("quit")
            try:
                await self._quit(leave)
            except Exception as error:
                self._end_with_fault(error)
        finally:
            for each in self._connections:
                each.close()
        stages, lines = tuple(self.log.stages), self.transcript.lines
        return ProtocolResult(stages, lines, self.login_refused, self._addresses)

    async def reach(self) -> None:
        """Run the stages resolve and connect, and with implicit TLS tls and certificate."""
        addresses, words = await resolve(self.spec, self.options, self._until)
        self._addresses = tuple(str(each.sockaddr[0]) for each in addresses)
        self.log.succeed("resolved", words)
        self.log.begin("connect")
        connection, self._address, attempts = await connect(
            self.spec, addresses, self.options, self._until
        )
        self.conversation = self._make_conversation(connection)
        end_connect_stage(self.log, self.spec, attempts)
        if self.spec.security is Security.SSL_TLS:
            self.log.begin("tls")
            await self.secure()

    async def secure(self, start_tls: StartTls[R] | None = None) -> None:
        """Run the rest of the stage tls, and the stage certificate."""
        first = self.conversation
        found = await self._handshake(first, Verification.STRICT)
        if isinstance(found, ssl.SSLObject):
            words = describe_session(found)
            self.transcript.add_note(words)
            self.log.succeed("agreed", f"{self.spec.place} negotiated {words}.")
            self.log.begin("certificate")
            self._end_certificate(found)
            return
        first.connection.close()
        self.log.succeed(
            "agreed-so-far", f"{self.spec.place} speaks TLS. Its certificate is checked next."
        )
        self.log.begin("certificate")
        if not is_cause_plain(found.verify_code):
            purpose = "to check the certificate with the usual rules, not the strict ones"
            lenient = await self._reopen(purpose, start_tls)
            found_again = await self._handshake(lenient, Verification.USUAL)
            if isinstance(found_again, ssl.SSLObject):
                self.conversation = lenient
                self._end_certificate(found_again, strict=found)
                return
            found = found_again
        raise describe_rejection(
            self.spec.place, self.spec.server, found.verify_code, found.why, found.chain
        )

    async def greet(self, check: Callable[[R], None]) -> None:
        """Run the stage greeting.

        Args:
            check: raises a `StageError` if the banner rejects the client.
        """
        self.log.begin("greeting")
        greeting = await self._read_greeting()
        check(greeting)
        if (seconds := self.log.milliseconds / 1000) >= self.options.slow_after:
            self.log.warn(
                "late",
                f"{self.spec.place} took {seconds:.3g} seconds to greet: {greeting.quote}.",
                "It is slow, but within the limit of 5 minutes: it may look up this machine's "
                "name, or delay unknown clients.",
            )
        else:
            words = f"{self.spec.place} greets with {greeting.quote}."
            self.pass_or_warn("greeted", words, greeting)

    async def _read_greeting(self) -> R:
        """Return the greeting; if nothing comes of it, find out whether TLS is expected.

        A server may greet late, or in parts, and ban a client that speaks before it is done (as
        postscreen and greet_pause do). So only a long silence is a reason to try TLS, except on a
        port for TLS, or if the server itself ends the silence: it may have waited for TLS.
        """
        first, since = self.conversation.connection, self._now()
        reading = asyncio.ensure_future(self.conversation.read_reply())
        try:
            if first.tls is None:
                await asyncio.wait({reading}, timeout=self._silence_allowed())
                was_patient = not reading.done() or self._now() - since >= self.options.slow_after
                if was_patient and not first.received and await self._expects_tls(first):
                    self.conversation.alive = False
                    raise StageError(
                        "tls-port",
                        f"{self.spec.place} doesn't speak unencrypted, but TLS from the first "
                        "byte.",
                        "Set the connection security to SSL/TLS.",
                    )
            return await reading
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    def _silence_allowed(self) -> float:
        """Return for how many seconds a silent server is only waited for."""
        if self.spec.is_tls_port:
            return self.options.slow_after
        return max(0.0, self._until - self.options.tls_check - self._now())

    def pass_or_warn(self, kind: str, words: str, reply: R) -> None:
        """End the stage as passed, or with a warning if the reply has a flaw."""
        flaw = next((flaw for flaw in ReplyFlaw if flaw in reply.flaws), None)
        if flaw is None:
            self.log.succeed(kind, words)
            return
        self.log.warn(
            flaw,
            f"{words} The answer isn't well-formed: {_FLAWS[flaw]}.",
            "Some programs don't understand it. Check the server, and any firewall in between.",
        )

    def skip_tls(self, words: str) -> None:
        """Skip the stages tls and certificate, as the settings want no TLS."""
        for name in ("tls", "certificate"):
            self.log.begin(name)
            self.log.skip("not-wanted", f"The settings don't use TLS. {words}".strip())

    def check_for_injection(self, conversation: Conversation[R]) -> None:
        """Check that nothing follows unencrypted after the reply that begins TLS."""
        if not conversation.is_idle:
            conversation.alive = False
            raise StageError(
                "injection",
                f"{self.spec.place} sent more unencrypted after it agreed to start TLS: someone "
                "in between may have inserted it. Nothing more was sent.",
                "Don't use this connection. Check the network in between, or use SSL/TLS.",
            )

    def _make_conversation(self, connection: Connection) -> Conversation[R]:
        self._connections.append(connection)
        return Conversation(
            self.protocol, self.spec.place, connection, self._make_parser(), self.transcript
        )

    async def _reopen(self, purpose: str, start_tls: StartTls[R] | None) -> Conversation[R]:
        """Return a conversation on one more connection, at the point where TLS begins."""
        self.transcript.add_note(f"one more connection, {purpose}")
        conversation = self._make_conversation(
            await reconnect(self._address, self._within(self.options.connect_timeout))
        )
        conversation.connection.until = self._until  # its greeting may be late, too
        if start_tls:
            await start_tls(conversation)
        return conversation

    async def _handshake(
        self, conversation: Conversation[R], verification: Verification
    ) -> ssl.SSLObject | CertificateError:
        """Begin TLS, and return the session, or why the certificate was rejected."""
        conversation.alive = False  # until TLS is there, nothing may be said
        context, since = make_context(verification, self.options.ca_file), self._now()
        name = wire_name(self.spec.server)
        try:
            session = await conversation.connection.start_tls(context, name)
        except CertificateError as error:
            return error
        except TransportError as error:
            failure = error
        else:
            conversation.alive = True
            return session
        if self.spec.security is Security.SSL_TLS:
            self._check_for_cleartext(conversation.connection.beginning)
        raise explain_handshake_error(
            failure, self.spec.place, self._now() - since, conversation.connection.handshake
        )

    def _check_for_cleartext(self, beginning: bytes) -> None:
        spoken = protocol_of(beginning)
        if spoken == self.protocol:
            raise StageError(
                "plain-port",
                f"{self.spec.place} starts with unencrypted {spoken.upper()}, not with TLS.",
                "Set the connection security to STARTTLS, or use the port for TLS (usually "
                f"{465 if spoken == 'smtp' else 995}).",
            )
        if spoken in ("smtp", "pop3", "imap", "http", "ssh"):
            broken = BrokenReply(spoken, decode(beginning.splitlines()[0]))
            raise explain_broken_reply(self.protocol, self.spec.place, broken)

    def _end_certificate(self, tls: ssl.SSLObject, strict: CertificateError | None = None) -> None:
        certificate = describe_accepted(tls, self.spec.server)
        if strict:
            flaw = describe_flaw(strict.verify_code, strict.chain)
            why = f"{flaw} ({strict.why})" if flaw else strict.why
            self.log.warn(
                "strict-only",
                f"{certificate.words}. Strict programs reject it: {visible(why, 240)}.",
                "Have that certificate reissued according to RFC 5280: newer programs check "
                "strictly.",
            )
        elif certificate.has_old_name:
            self.log.warn(
                "old-name",
                f"{certificate.words}. Its name is only its common name, which many programs "
                "reject.",
                "Have it reissued with the name as a subject alternative name.",
            )
        elif certificate.expires_soon:
            self.log.warn("ends-soon", f"{certificate.words}: soon.", "Have it renewed.")
        else:
            self.log.succeed("accepted", f"{certificate.words}.")

    async def _expects_tls(self, first: Connection) -> bool:
        """Return whether the server speaks TLS from the first byte; nothing is sent in it.

        Nothing at all is sent if the server says anything unencrypted, on this or the first
        connection.
        """
        self.transcript.add_note("one more connection, to see whether TLS is expected")
        with suppress(StageError, TransportError):
            until = self._within(self.options.tls_check)
            with closing(await reconnect(self._address, until)) as connection:
                connection.until = self._within(self.options.tls_check / 4)
                with suppress(DeadlineExceeded):
                    await connection.receive()
                if first.received or connection.received:
                    return False
                connection.until = until
                context = make_context(Verification.NONE, None)
                await connection.start_tls(context, wire_name(self.spec.server))
                return not first.received
        return False

    def _end_with_fault(self, error: Exception) -> None:
        """End the stage as failed, and say nothing more to the server."""
        if hasattr(self, "conversation"):
            self.conversation.alive = False
        self.log.fail(StageError.from_fault(error))

    async def _quit(self, leave: Callable[[], Awaitable[None]]) -> None:
        self.log.begin("quit")
        conversation = getattr(self, "conversation", None)
        if conversation is None or not conversation.alive:
            self.log.skip("no-line", "Not sent: there is no usable connection.")
            return
        conversation.connection.until = self._within(self.options.slow_after)
        try:
            await leave()
        except StageError as error:
            self.log.warn(error.kind, error.message, "Nothing to do: no other stage depends on it.")

    def _within(self, seconds: float) -> float:
        return min(self._until, self._now() + seconds)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
