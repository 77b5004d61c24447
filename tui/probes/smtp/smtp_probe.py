"""The diagnosis of an SMTP server, stage by stage. No message is ever sent."""

import socket
from collections.abc import Callable, Mapping

from tui.probes.mail.conversation import Command, Conversation, is_sendable
from tui.probes.mail.credentials import credentials_for
from tui.probes.mail.refusals import explain_refusal
from tui.probes.server import ServerProbe
from tui.probes.server_spec import ProbeOptions, ServerSpec
from tui.probes.smtp.ehlo_name import address_literal, own_domain
from tui.probes.smtp.smtp_login import MECHANISMS, SmtpLogin
from tui.probes.smtp.smtp_reply import SmtpParser, SmtpReply, auth_mechanisms, parse_extensions
from tui.probes.stage import ProtocolResult, Stage, StageError, StageResult
from tui.replies.reply import ReplyStage
from tui.settings.parse.host import to_a_label
from tui.settings.values import Security
from tui.terminal.visible import visible

_NAME_REFUSED = (450, 501, 504, 550)
"""Codes with which servers refuse the name in EHLO: unknown, malformed, not full, not allowed."""
_SIZE = 10_000
"""In bytes: a small message (RFC 1870)."""


async def probe_smtp(
    spec: ServerSpec, options: ProbeOptions, report: Callable[[Stage], None] = lambda _: None
) -> ProtocolResult:
    """Diagnose an SMTP server from this machine.

    At most one login is tried, and only if TLS is trusted or the options allow it unencrypted. No
    message is sent: a sender and a recipient are asked about, and taken back.
    """
    banner, tls = ("greeting", "ehlo"), ("tls", "certificate")
    middle = tls + banner if spec.security is Security.SSL_TLS else banner + tls
    stages = ("resolve", "connect", *middle, "auth", "login", "sender", "recipient", "quit")
    server = ServerProbe("smtp", stages, SmtpParser, spec, options, report)
    probe = _SmtpProbe(server)
    return await server.run(probe.run_stages, probe.leave)


class _SmtpProbe:
    def __init__(self, server: ServerProbe[SmtpReply]) -> None:
        self._server = server
        self._spec, self._options, self._log = server.spec, server.options, server.log
        self._place = server.spec.place
        self._own_domain = own_domain(socket.gethostname())
        self._refused_name = ""
        self._extensions: Mapping[str, str] = {}
        self._logged_in = False
        self._sender_accepted = False

    async def run_stages(self) -> None:
        await self._server.reach()
        await self._server.greet(self._check_greeting)
        await self._ehlo()
        before = self._extensions
        if self._spec.security is Security.STARTTLS:
            self._log.begin("tls")
            await self._starttls(self._server.conversation, before)
            await self._server.secure(self._start_tls_again)
        elif self._spec.security is Security.NONE:
            offered = "The server offers STARTTLS." if "STARTTLS" in before else ""
            self._server.skip_tls(offered)
        self._log.begin("auth")
        if self._spec.security is Security.STARTTLS:
            reply, _ = await self._hello(self._server.conversation)
            self._extensions = parse_extensions(reply)
        mechanism = self._auth(before)
        self._log.begin("login")
        await self._login(mechanism)
        self._log.begin("sender")
        await self._sender()
        self._log.begin("recipient")
        await self._recipient()

    async def leave(self) -> None:
        """Take back the sender, and run the stage quit."""
        conversation = self._server.conversation
        if self._sender_accepted:
            await conversation.execute(Command("RSET"))
        reply = await conversation.execute(Command("QUIT"))
        self._log.succeed("answered", f"{self._place} answers QUIT with {reply.quote}.")

    async def _start_tls_again(self, conversation: Conversation[SmtpReply]) -> None:
        self._check_greeting(await conversation.read_reply())
        reply, _ = await self._hello(conversation)
        await self._starttls(conversation, parse_extensions(reply))

    def _check_greeting(self, greeting: SmtpReply) -> None:
        if greeting.is_positive and greeting.code != 220:
            raise StageError(
                "unexpected",
                f"{self._place} greets with {greeting.quote}, which isn't a greeting.",
                "Check host and port.",
            )
        if greeting.code != 220:
            raise self._explain(ReplyStage.CONNECTION, greeting, f"{self._place} greets with")

    async def _ehlo(self) -> None:
        self._log.begin("ehlo")
        reply, extended = await self._hello(self._server.conversation)
        if not extended:
            self._log.warn(
                "helo-only",
                f"{self._place} only knows HELO, so it offers neither TLS nor a login.",
                "Check for a firewall in between: some remove EHLO.",
            )
            return
        self._extensions = parse_extensions(reply)
        shown = ", ".join(visible(name, 30) for name in list(self._extensions)[:20]) or "nothing"
        words = f"{self._place} offers {shown}."
        if self._refused_name:
            words = f"{self._refused_name} It accepts this machine's address and offers {shown}."
        self._server.pass_or_warn("offered", words, reply)

    async def _hello(self, conversation: Conversation[SmtpReply]) -> tuple[SmtpReply, bool]:
        """Return the reply to EHLO, or to HELO if EHLO is refused, and whether it was EHLO.

        A server that refuses this machine's name is given its address, then and later.
        """
        literal = address_literal(conversation.connection.own_address)
        name = self._own_domain or literal
        reply = await conversation.execute(Command(f"EHLO {name}"))
        if name != literal and reply.code in _NAME_REFUSED:
            self._refused_name = f"{self._place} answers EHLO {name} with {reply.quote}."
            self._own_domain, name = "", literal
            reply = await conversation.execute(Command(f"EHLO {name}"))
        if reply.is_positive:
            return reply, True
        said = f"{self._refused_name} {self._place} answers EHLO {name} with {reply.quote}.".strip()
        if reply.is_temporary:
            kind = "closing" if reply.code == 421 else "temporary"
            raise StageError(kind, said, "Try again later.")
        helo = await conversation.execute(Command(f"HELO {name}"))
        if helo.is_positive:
            return helo, False
        raise StageError(
            "refused",
            said,
            "It may not accept this machine's name: check the server's log.",
        )

    async def _starttls(
        self, conversation: Conversation[SmtpReply], extensions: Mapping[str, str]
    ) -> None:
        if "STARTTLS" not in extensions:
            raise StageError(
                "not-offered",
                f"{self._place} doesn't offer STARTTLS.",
                "Have it turned on there, or use SSL/TLS and its port (usually 465). Something "
                "in between may also have removed it.",
            )
        reply = await conversation.execute(Command("STARTTLS"))
        if reply.code != 220:
            raise StageError(
                "temporary" if reply.is_temporary else "refused",
                f"{self._place} offers STARTTLS but rejected it: {reply.quote}.",
                "Check its log: its certificate or key may be missing.",
            )
        self._server.check_for_injection(conversation)

    def _auth(self, before: Mapping[str, str]) -> str:
        """End the stage auth, and return the mechanism to log in with; "" if there is none."""
        offered = auth_mechanisms(self._extensions)
        mechanism = next((each for each in MECHANISMS if each in offered), "")
        shown = ", ".join(visible(each, 30) for each in offered[:12]) or "no way to log in"
        if not self._spec.authenticate:
            self._log.skip("not-wanted", f"The settings don't require a login. It offers {shown}.")
        elif not mechanism:
            raise self._explain_no_mechanism(offered, shown, before)
        elif gone := self._find_gone(before):
            self._log.warn(
                "capabilities-gone",
                f"It offers {shown}; {mechanism} would be used. In TLS it doesn't offer "
                f"{', '.join(gone)}, as it did before.",
                "Check the server's configuration and any firewall in between.",
            )
        else:
            self._log.succeed("offered", f"It offers {shown}; {mechanism} would be used.")
        return mechanism

    def _find_gone(self, before: Mapping[str, str]) -> list[str]:
        """Return what the envelope here makes use of, and the server offers before TLS only.

        Of the rest much is rightly offered once: STARTTLS, Exchange's X-ANONYMOUSTLS.
        """
        used = ("SIZE", "SMTPUTF8", "8BITMIME") if self._needs_utf8 else ("SIZE",)
        return [each for each in used if each in before and each not in self._extensions]

    def _explain_no_mechanism(
        self, offered: tuple[str, ...], shown: str, before: Mapping[str, str]
    ) -> StageError:
        earlier = [each for each in auth_mechanisms(before) if each in MECHANISMS]
        if offered:
            once = f" Before TLS it offered {', '.join(earlier)}." if earlier else ""
            return StageError(
                "no-common",
                f"{self._place} offers {shown}, but no supported password login.{once}",
                "It accepts OAuth only, not a password."
                if {"XOAUTH2", "OAUTHBEARER"} & {*offered}
                else f"Have one of {', '.join(MECHANISMS)} turned on there.",
            )
        if auth_mechanisms(before):
            return StageError(
                "gone-after-tls",
                f"{self._place} offers logins without TLS, but none over TLS.",
                "Check the server's configuration and any firewall in between.",
            )
        if "STARTTLS" in self._extensions and self._spec.security is Security.NONE:
            return StageError(
                "only-after-tls",
                f"{self._place} offers no login before TLS, but it offers STARTTLS.",
                "Set the connection security to STARTTLS.",
            )
        return StageError(
            "missing",
            f"{self._place} offers no login, but the settings require one.",
            "Use the submission port (587 or 465), or turn Authenticate off.",
        )

    async def _login(self, mechanism: str) -> None:
        conversation = self._server.conversation
        credentials = credentials_for(self._log, self._spec, self._options, conversation.connection)
        if credentials is None:
            return
        login = SmtpLogin(conversation, credentials, self._spec.server)
        try:
            reply = await login.log_in(mechanism)
        finally:
            self._server.login_refused = login.refused
        self._logged_in = True
        words = (
            f"{self._place} accepted the login of {visible(self._spec.user, 80)} with "
            f"{mechanism}: {reply.quote}."
        )
        if login.oddity:
            self._log.warn("odd-prompts", f"{words} {login.oddity}", "Check its configuration.")
        else:
            self._log.succeed("accepted", words)

    async def _sender(self) -> None:
        address = self._sender_address
        if self._spec.authenticate and not self._logged_in:
            self._log.skip(
                "no-login", "Not tested: the settings require a login first, and there was none."
            )
        elif not address:
            self._log.skip("no-address", "Not tested: the sender's address isn't known.")
        else:
            try:
                await self._mail_from(address)
            except StageError as error:
                if error.result is StageResult.FAILED:
                    raise
                self._log.fail(error)

    async def _recipient(self) -> None:
        recipient = self._options.recipient
        if not recipient:
            self._log.skip("none-given", "No recipient was given, so none was tested.")
        elif not self._sender_accepted:
            self._log.skip("no-sender", "Not tested: the sender was not accepted.")
        else:
            await self._rcpt_to(recipient)

    async def _mail_from(self, address: str) -> None:
        path = self._path(address)
        # RFC 6531, section 3.4: the sender's line says it for both.
        needs_utf8 = self._needs_utf8 or not path.isascii()
        size = f" SIZE={_SIZE}" if "SIZE" in self._extensions else ""
        utf8 = " SMTPUTF8" if needs_utf8 and "SMTPUTF8" in self._extensions else ""
        mail = Command(f"MAIL FROM:<{path}>{size}{utf8}")
        reply = await self._server.conversation.execute(mail)
        shown = visible(address, 120)
        if not reply.is_positive:
            about = f"{self._place} rejected {shown} as sender:"
            raise self._explain(ReplyStage.SENDER, reply, about)
        self._sender_accepted = True
        self._log.succeed("accepted", f"{self._place} accepts mail from {shown}. None was sent.")

    async def _rcpt_to(self, address: str) -> None:
        rcpt = Command(f"RCPT TO:<{self._path(address)}>")
        reply = await self._server.conversation.execute(rcpt)
        shown = visible(address, 120)
        if not reply.is_positive:
            about = f"{self._place} rejected {shown} as recipient:"
            raise self._explain(ReplyStage.RECIPIENT, reply, about)
        words = f"{self._place} accepts mail for {shown} ({reply.quote}). None was sent."
        self._log.succeed("accepted", words)

    def _explain(self, stage: ReplyStage, reply: SmtpReply, about: str) -> StageError:
        return explain_refusal(stage, reply, about, self._spec.server, logged_in=self._logged_in)

    @property
    def _sender_address(self) -> str:
        user = self._spec.user
        return self._spec.sender or (user if "@" in user else "")

    @property
    def _needs_utf8(self) -> bool:
        """Whether sender or recipient go over the wire beyond ASCII (RFC 6531)."""
        addresses = (self._sender_address, self._options.recipient)
        return not all(each.rpartition("@")[0].isascii() for each in addresses)

    def _path(self, address: str) -> str:
        """Return the address as it goes over the wire, its domain in ASCII."""
        shown = visible(address, 120)
        if not is_sendable(address) or any(char in "<>" for char in address):
            raise StageError(
                "unsendable",
                f"{shown} contains characters that no address can have. It was not sent.",
                "Correct the address.",
            )
        local, at, domain = address.rpartition("@")
        path = f"{local}{at}{domain if domain.isascii() else to_a_label(domain) or domain}"
        if not path.isascii() and "SMTPUTF8" not in self._extensions:
            raise StageError(
                "needs-utf8",
                f"{shown} has letters outside ASCII, and {self._place} doesn't offer SMTPUTF8.",
                "Use an address in ASCII.",
            )
        return path
