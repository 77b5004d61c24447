"""The diagnosis of a POP3 server, stage by stage. No mail is read, and none is deleted.

Sources: RFC 1939 (3 responses), RFC 2449 (4 length of a command, CAPA, response codes), RFC 3206
(SYS, AUTH), RFC 5034 (AUTH).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from tui.credentials.secret import Secret
from tui.probes.mail.conversation import Command, Conversation, is_sendable
from tui.probes.mail.credentials import Credentials, credentials_for, fits, is_about_syntax
from tui.probes.mail.refusals import explain_refusal, may_lock
from tui.probes.mail.reply_parser import (
    QUOTE_LENGTH,
    BrokenReply,
    ReplyParser,
    ServerReply,
    protocol_of,
)
from tui.probes.server import ServerProbe
from tui.probes.server_spec import ProbeOptions, ServerSpec
from tui.probes.stage import ProtocolResult, Stage, StageError, StageResult
from tui.replies.cause import Cause
from tui.replies.reply import Reply, ReplyStage
from tui.settings.values import Security
from tui.terminal.visible import visible

_LINE_LIMIT = 255
"""In octets, with its end."""
_OAUTH = frozenset({"XOAUTH2", "OAUTHBEARER"})
_STATUS = re.compile(rb"(\+OK|-ERR)(?=[ \t]|\Z)|\+(?=[ ]|\Z)")
_CODE = re.compile(r"\[(?P<code>[A-Z0-9/-]{1,40})\]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pop3Reply(ServerReply):
    """A reply: its status line and, if it is a list, the lines of that."""

    @property
    def is_ok(self) -> bool:
        """Whether the command was carried out."""
        return self.raw[0].startswith("+OK")

    @property
    def is_challenge(self) -> bool:
        """Whether the server waits for more (RFC 5034)."""
        return self.raw[0] == "+" or self.raw[0].startswith("+ ")

    @property
    def text(self) -> str:
        return self.raw[0].partition(" ")[2].strip()

    @property
    def quote(self) -> str:
        return visible(self.raw[0].rstrip(". "), QUOTE_LENGTH)

    @property
    def code(self) -> str:
        """The response code in capitals, as `IN-USE`, or "" if there is none."""
        found = _CODE.match(self.text)
        return found["code"].upper() if found else ""

    def to_refusal(self, stage: ReplyStage) -> Reply:
        text = self.text.removeprefix(f"[{self.code}]").strip() if self.code else self.text
        return Reply(self.code, "", text, stage, is_pop3=True)

    @property
    def listed(self) -> tuple[str, ...]:
        """The lines of a list, without its end; dots are unstuffed."""
        return tuple(line.removeprefix(".") for line in self.raw[1:-1])


class Pop3Parser(ReplyParser[Pop3Reply]):
    def _end_with(self, line: bytes) -> Pop3Reply | BrokenReply | None:
        if len(self._raw) == 1:
            if not _STATUS.match(line):
                return BrokenReply(protocol_of(line), self._raw[0])
            if self.expects_list and line.startswith(b"+OK"):
                return None
        elif line != b".":
            return None
        self.expects_list = False
        return Pop3Reply(*self._take_lines())


def parse_capabilities(reply: Pop3Reply) -> Mapping[str, str]:
    """Return what a reply to CAPA offers: each keyword in capitals, with its parameters."""
    found: dict[str, str] = {}
    for line in reply.listed:
        keyword, _, parameters = line.strip().partition(" ")
        if keyword:
            found[keyword.upper()] = parameters.strip()
    return found


async def probe_pop3(
    spec: ServerSpec,
    options: ProbeOptions,
    report: Callable[[Stage], None] = lambda _: None,
    *,
    refused: Secret | None = None,
) -> ProtocolResult:
    """Diagnose a POP3 server from this machine.

    At most one login is tried, and only if TLS is trusted or the options allow it unencrypted. No
    mail is read or deleted.

    Args:
        refused: a password that was just refused elsewhere; it is not tried again.
    """
    tls = ("tls", "certificate")
    middle = (*tls, "greeting") if spec.security is Security.SSL_TLS else ("greeting", *tls)
    stages = ("resolve", "connect", *middle, "capabilities", "login", "quit")
    server = ServerProbe("pop3", stages, Pop3Parser, spec, options, report)
    probe = _Pop3Probe(server, refused)
    return await server.run(probe.run_stages, probe.leave)


class _Pop3Probe:
    def __init__(self, server: ServerProbe[Pop3Reply], refused: Secret | None) -> None:
        self._server = server
        self._spec, self._options, self._log = server.spec, server.options, server.log
        self._place = server.spec.place
        self._refused = refused

    async def run_stages(self) -> None:
        await self._server.reach()
        await self._server.greet(self._check_greeting)
        capabilities = None
        if self._spec.security is not Security.SSL_TLS:
            self._log.begin("tls")
            capabilities = await self._capa(self._server.conversation)
        if self._spec.security is Security.STARTTLS:
            await self._stls(self._server.conversation, capabilities)
            await self._server.secure(self._start_tls_again)
        elif self._spec.security is Security.NONE:
            offered = capabilities and "STLS" in capabilities
            self._server.skip_tls("The server offers STLS." if offered else "")
        self._log.begin("capabilities")
        if self._spec.security is not Security.NONE:
            capabilities = await self._capa(self._server.conversation)
        method = self._login_method(capabilities)
        self._log.begin("login")
        await self._run_login_stage(method)

    async def leave(self) -> None:
        reply = await self._server.conversation.execute(Command("QUIT"))
        self._log.succeed("answered", f"{self._place} answers QUIT with {reply.quote}.")

    async def _start_tls_again(self, conversation: Conversation[Pop3Reply]) -> None:
        self._check_greeting(await conversation.read_reply())
        await self._stls(conversation, await self._capa(conversation))

    def _check_greeting(self, greeting: Pop3Reply) -> None:
        if not greeting.is_ok:
            raise explain_refusal(
                ReplyStage.CONNECTION, greeting, f"{self._place} greets with", self._spec.server
            )

    async def _capa(self, conversation: Conversation[Pop3Reply]) -> Mapping[str, str] | None:
        """Return the capabilities, or None if the server does not know CAPA (RFC 2449)."""
        reply = await conversation.execute(Command("CAPA"), expects_list=True)
        return parse_capabilities(reply) if reply.is_ok else None

    async def _stls(
        self, conversation: Conversation[Pop3Reply], capabilities: Mapping[str, str] | None
    ) -> None:
        if capabilities is not None and "STLS" not in capabilities:
            raise StageError(
                "not-offered",
                f"{self._place} doesn't offer STLS (STARTTLS in POP3).",
                "Have it turned on there, or use SSL/TLS and its port, usually 995.",
            )
        reply = await conversation.execute(Command("STLS"))
        if not reply.is_ok:
            raise StageError(
                "refused",
                f"{self._place} rejected STLS (STARTTLS in POP3): {reply.quote}.",
                "Use SSL/TLS and its port, usually 995, or check the server's log.",
            )
        self._server.check_for_injection(conversation)

    def _login_method(self, capabilities: Mapping[str, str] | None) -> str:
        """End the stage capabilities, and return the method to log in with.

        Many servers take USER and PASS and do not list USER. Only where something else explains
        that are they not tried: STLS, before TLS, or nothing but OAuth.
        """
        offered = capabilities or {}
        mechanisms = offered.get("SASL", "").upper().split()
        listed = [f"{keyword} {value}".strip() for keyword, value in offered.items()]
        shown = ", ".join(visible(each, 40) for each in listed[:16]) or "nothing"
        is_long = not self._fits_user_and_pass()
        if "PLAIN" in mechanisms and (is_long or "USER" not in offered):
            self._log.succeed("offered", f"{self._place} offers {shown}; AUTH PLAIN would be used.")
            return "AUTH PLAIN"
        if "USER" not in offered:
            if self._server.conversation.connection.tls is None and "STLS" in offered:
                raise StageError(
                    "only-after-tls",
                    f"{self._place} offers no password login before TLS, but it offers STLS.",
                    "Set POP3 security to STARTTLS.",
                )
            if mechanisms and _OAUTH.issuperset(mechanisms):
                raise StageError(
                    "no-common",
                    f"{self._place} offers {shown}: no password login.",
                    "It accepts OAuth only, not a password.",
                )
        if is_long:
            self._log.warn(
                "long-line",
                f"{self._place} offers {shown}. The line with the user or the password is longer "
                f"than the {_LINE_LIMIT} octets of POP3 and may be rejected.",
                "Use a shorter password or user name, or have AUTH PLAIN turned on there.",
            )
        elif capabilities is None:
            self._log.warn(
                "none",
                f"{self._place} doesn't say what it offers; USER and PASS are assumed.",
                "The server may be an old one.",
            )
        elif "USER" in offered:
            self._log.succeed("offered", f"{self._place} offers {shown}; USER would be used.")
        else:
            self._log.warn(
                "assumed",
                f"{self._place} offers {shown}. USER is not listed; USER and PASS are assumed.",
                "If the login is accepted, nothing. If not, check which logins are turned on "
                "there.",
            )
        return "USER"

    def _fits_user_and_pass(self) -> bool:
        """Return whether USER and PASS are short enough for POP3, if they can be sent at all."""
        user, password = self._spec.user, self._spec.password
        if not self._options.login or password is None:
            return True
        if not (is_sendable(user) and is_sendable(password.reveal())):
            return True
        lines = (Command("USER ", user), Command("PASS ", password))
        return all(fits(line, _LINE_LIMIT) for line in lines)

    async def _run_login_stage(self, method: str) -> None:
        password = self._spec.password
        if password and self._refused and password.reveal() == self._refused.reveal():
            self._log.skip(
                "just-refused",
                "The same password was just rejected for outgoing mail, so it was not tried again.",
                "Correct the password first: more attempts may lock the account.",
            )
            return
        connection = self._server.conversation.connection
        credentials = credentials_for(self._log, self._spec, self._options, connection)
        if credentials is None:
            return
        reply = await self._authenticate(credentials, method)
        self._log.succeed(
            "accepted",
            f"{self._place} accepted the login of {visible(self._spec.user, 80)}: "
            f"{reply.quote}. No mail was read.",
        )

    async def _authenticate(self, credentials: Credentials, method: str) -> Pop3Reply:
        conversation = self._server.conversation
        conversation.hide(credentials.password)
        about = f"{self._place} rejected the login of {visible(credentials.user, 80)}:"
        if method == "USER":
            reply = await conversation.execute(Command(f"USER {credentials.user}"))
            if not reply.is_ok:
                raise self._explain_user_refusal(reply, about)
            reply = await conversation.execute(Command("PASS ", credentials.password))
        else:
            reply = await self._auth_plain(credentials, about)
        if reply.is_challenge:
            await conversation.execute(Command("*"))
            raise StageError(
                "second-challenge",
                f"{self._place} asked for more after it had the credentials.",
                "Check its configuration. Nothing more was sent.",
            )
        if not reply.is_ok:
            error = explain_refusal(ReplyStage.LOGIN, reply, about, self._spec.server)
            if reply.code == "IN-USE":
                error = replace(error, result=StageResult.WARNED)
            self._server.login_refused = may_lock(error.kind)
            raise error.with_remark(credentials.remark) if self._server.login_refused else error
        return reply

    def _explain_user_refusal(self, reply: Pop3Reply, about: str) -> StageError:
        error = explain_refusal(ReplyStage.LOGIN, reply, about, self._spec.server)
        if error.kind not in (Cause.PASSWORD, Cause.UNKNOWN):
            return error
        return StageError(
            "user-refused",
            f"{about} {reply.quote}. The user was rejected before the password was sent.",
            "Check the POP3 user: some servers require the whole address, not the part before "
            "the @.",
        )

    async def _auth_plain(self, credentials: Credentials, about: str) -> Pop3Reply:
        """Send the credentials with AUTH if the line may be so long, else once they are asked for.

        A server that will not have them with AUTH has not looked at them, so they are sent again.
        """
        conversation, response = self._server.conversation, credentials.plain()
        at_once = Command("AUTH PLAIN ", response)
        if fits(at_once, _LINE_LIMIT):
            reply = await conversation.execute(at_once)
            if reply.is_ok or reply.is_challenge or reply.code or not is_about_syntax(reply):
                return reply
        reply = await conversation.execute(Command("AUTH PLAIN"))
        if not reply.is_challenge:
            raise explain_refusal(ReplyStage.LOGIN, reply, about, self._spec.server)
        return await conversation.execute(Command(response))
