"""The diagnosis of an SMTP server, stage by stage. No message is ever sent."""

import socket
from collections.abc import Callable, Mapping

from tui.probes.fault import StageError
from tui.probes.mail.conversation import Conversation
from tui.probes.mail.credentials import MECHANISMS, credentials_for
from tui.probes.mail.transcript import command, sendable
from tui.probes.server import ServerProbe, untold
from tui.probes.server_spec import ProbeOptions, ServerSpec
from tui.probes.smtp.envelope import Envelope
from tui.probes.smtp.smtp_login import SmtpLogin
from tui.probes.smtp.smtp_refusals import quoted
from tui.probes.smtp.smtp_reply import SmtpParser, SmtpReply, mechanisms, offers
from tui.probes.stage import ProtocolResult, Stage, StageResult
from tui.settings.values import Security
from tui.terminal.visible import visible


async def probe_smtp(
    wanted: ServerSpec, options: ProbeOptions, tell: Callable[[Stage], None] = untold
) -> ProtocolResult:
    """Diagnoses an SMTP server from this machine.

    At most one login is tried, only where TLS is trusted or the options allow it in clear. No
    message is sent: a sender and a recipient are asked about, and taken back.

    Args:
        tell: is told of each stage as it ends.
    """
    return await _SmtpProbe(wanted, options, tell).run()


class _SmtpProbe(ServerProbe[SmtpReply]):
    protocol = "smtp"
    _offered: Mapping[str, str]
    _logged_in = False
    _mailed = False

    def names(self, security: Security) -> tuple[str, ...]:
        first = ("resolve", "connect")
        talk, tls = ("greeting", "ehlo"), ("tls", "certificate")
        middle = tls + talk if security is Security.SSL_TLS else talk + tls
        return (*first, *middle, "auth", "login", "sender", "recipient", "quit")

    def core(self) -> SmtpParser:
        return SmtpParser()

    async def stages(self) -> None:
        await self.reach()
        await self._greeting()
        await self._ehlo()
        before = self._offered
        if self.wanted.security is Security.STARTTLS:
            self.course.begin("tls")
            await self._starttls(self.session, before)
            await self.secure()
        elif self.wanted.security is Security.NONE:
            self.skip_tls("The server offers STARTTLS." if "STARTTLS" in before else "")
        self.course.begin("auth")
        if self.wanted.security is Security.STARTTLS:
            reply, _ = await self._hello(self.session)
            self._offered = offers(reply)
        mechanism = self._auth(before)
        self.course.begin("login")
        await self._login(mechanism)
        self.course.begin("sender")
        await self._sender()
        self.course.begin("recipient")
        await self._recipient()

    async def to_tls(self, session: Conversation[SmtpReply]) -> None:
        self._greeting_of(await session.answer())
        reply, _ = await self._hello(session)
        await self._starttls(session, offers(reply))

    async def farewell(self) -> None:
        if self._mailed:
            await self.session.ask(command("RSET"))
        reply = await self.session.ask(command("QUIT"))
        self.course.passed("answered", f"{self.wanted.place} took leave: {quoted(reply)}.")

    async def _greeting(self) -> None:
        self.course.begin("greeting")
        reply = await self.greeted()
        self._greeting_of(reply)
        self.welcomed(reply, f"{quoted(reply)}.")

    def _greeting_of(self, reply: SmtpReply) -> None:
        said = f"{self.wanted.place} greets with {quoted(reply)}."
        if reply.code == 220:
            return
        if reply.code == 421:
            raise StageError("busy", f"{said} It has no time now.", "Try again later.")
        if reply.is_temporary:
            raise StageError("temporary", f"{said} It refuses for now.", "Try again later.")
        if reply.code // 100 == 5:
            raise StageError(
                "refused",
                f"{said} It takes nothing from this machine.",
                "Ask who runs it whether this machine's address may send there.",
            )
        raise StageError("unexpected", f"{said} That is no greeting.", "See host and port.")

    async def _ehlo(self) -> None:
        self.course.begin("ehlo")
        reply, extended = await self._hello(self.session)
        self._offered = offers(reply) if extended else {}
        if not extended:
            self.course.warned(
                "helo-only",
                f"{self.wanted.place} knows HELO only, so it offers neither TLS nor a login.",
                "See what stands between: some firewalls take EHLO out of the talk.",
            )
            return
        known = ", ".join(visible(name, 30) for name in list(self._offered)[:20]) or "nothing"
        self.passed_or_odd("offered", f"{self.wanted.place} offers {known}.", reply)

    async def _hello(self, session: Conversation[SmtpReply]) -> tuple[SmtpReply, bool]:
        """The reply to EHLO, or to HELO where that is not known, and which of them it is."""
        name = _own_name(session)
        reply = await session.ask(command(f"EHLO {name}"))
        if reply.is_positive:
            return reply, True
        if reply.code == 421:
            raise self._no_hello("closing", reply, "Try again later.")
        if reply.is_temporary:
            raise self._no_hello("temporary", reply, "Try again later.")
        again = await session.ask(command(f"HELO {name}"))
        if again.is_positive:
            return again, False
        raise self._no_hello("refused", reply, f"It may dislike the name it was given: {name}.")

    def _no_hello(self, kind: str, reply: SmtpReply, todo: str) -> StageError:
        return StageError(kind, f"{self.wanted.place} answers EHLO with {quoted(reply)}.", todo)

    async def _starttls(self, session: Conversation[SmtpReply], offered: Mapping[str, str]) -> None:
        if "STARTTLS" not in offered:
            raise StageError(
                "not-offered",
                f"{self.wanted.place} does not offer STARTTLS.",
                "Have it turned on there, or take the port that speaks TLS from the first byte "
                "(ssl_tls, mostly 465); something between may also have taken it out.",
            )
        reply = await session.ask(command("STARTTLS"))
        if reply.code != 220:
            raise StageError(
                "temporary" if reply.is_temporary else "refused",
                f"{self.wanted.place} offers STARTTLS and refuses it: {quoted(reply)}.",
                "See its log; its certificate or key may be missing.",
            )
        self.check_for_injection(session)

    def _auth(self, before: Mapping[str, str]) -> str:
        """Ends the stage auth. Returns the mechanism a login would use; "" where it has none."""
        found = mechanisms(self._offered)
        gone = sorted(before.keys() - self._offered.keys() - {"STARTTLS"})
        common = next((each for each in MECHANISMS if each in found), "")
        shown = ", ".join(visible(each, 30) for each in found[:12]) or "no way to log in"
        if not self.wanted.authenticate:
            self.course.skipped("not-wanted", f"The settings want no login; it offers {shown}.")
        elif not common:
            raise self._no_way(found, shown, before)
        elif gone:
            self.course.warned(
                "capabilities-gone",
                f"It offers {shown}; {common} would be used. In TLS it no longer offers "
                f"{', '.join(visible(each, 30) for each in gone[:8])}.",
                "See the server's setup, and what stands between.",
            )
        else:
            self.course.passed("offered", f"It offers {shown}; {common} would be used.")
        return common

    def _no_way(self, found: tuple[str, ...], shown: str, before: Mapping[str, str]) -> StageError:
        place = self.wanted.place
        if found:
            wants_token = any(each in ("XOAUTH2", "OAUTHBEARER") for each in found)
            return StageError(
                "no-common",
                f"{place} offers {shown}, none of which logs in with a password here.",
                "It wants OAuth; a password does not do there."
                if wants_token
                else f"Have one of {', '.join(MECHANISMS)} turned on there.",
            )
        if mechanisms(before):
            return StageError(
                "gone-after-tls",
                f"{place} offers logins in clear and none any more in TLS.",
                "See the server's setup, and what stands between.",
            )
        if "STARTTLS" in self._offered and self.wanted.security is Security.NONE:
            return StageError(
                "only-after-tls",
                f"{place} offers no login in clear, but STARTTLS.",
                "Set the security to starttls.",
            )
        return StageError(
            "missing",
            f"{place} offers no login, and the settings want one.",
            "Take the port for submission (587 or 465), or turn authenticate off.",
        )

    async def _login(self, mechanism: str) -> None:
        credentials = credentials_for(self.course, self.wanted, self.options, self.session.line)
        if credentials is None:
            return
        attempt = SmtpLogin(self.session, credentials, self.wanted.server)
        try:
            reply = await attempt.attempt(mechanism)
        finally:
            self.login_refused = attempt.judged
        self._logged_in = True
        words = (
            f"{self.wanted.place} accepted the login of {visible(self.wanted.user, 80)} with "
            f"{mechanism}: {quoted(reply)}."
        )
        if attempt.odd:
            self.course.warned("odd-prompts", f"{words} {attempt.odd}", "See its setup.")
        else:
            self.course.passed("accepted", words)

    async def _sender(self) -> None:
        user = self.wanted.user
        address = self.wanted.sender or (user if "@" in user else "")
        if self.wanted.authenticate and not self._logged_in:
            self.course.skipped(
                "no-login", "Not tested: the settings want a login before, and there was none."
            )
        elif not address:
            self.course.skipped("no-address", "Not tested: no address to send from is known.")
        else:
            try:
                words = await self._envelope.sender(address, self.options.recipient)
            except StageError as fault:
                if fault.result is StageResult.FAILED:
                    raise
                self.course.fault(fault)
            else:
                self._mailed = True
                self.course.passed("accepted", words)

    async def _recipient(self) -> None:
        if not self.options.recipient:
            self.course.skipped("none-given", "No recipient was given; none was asked about.")
        elif not self._mailed:
            self.course.skipped("no-sender", "Not tested: no sender was accepted before.")
        else:
            self.course.passed("accepted", await self._envelope.recipient(self.options.recipient))

    @property
    def _envelope(self) -> Envelope:
        return Envelope(self.session, self._offered, self._logged_in)


def _own_name(session: Conversation[SmtpReply]) -> str:
    """This machine's name, or its address where the name is none for others (RFC 5321, 4.1.4)."""
    name = socket.gethostname()
    if "." in name and name.isascii() and sendable(name) and " " not in name:
        return name
    address = session.line.own_address
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"
