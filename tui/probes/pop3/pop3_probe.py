"""The diagnosis of a POP3 server, stage by stage. No mail is read, and none is deleted."""

from collections.abc import Callable, Mapping

from tui.credentials.secret import Secret
from tui.probes.fault import StageError
from tui.probes.mail.conversation import Conversation
from tui.probes.mail.credentials import Credentials, credentials_for
from tui.probes.mail.transcript import command
from tui.probes.pop3.pop3_refusals import login as refusal
from tui.probes.pop3.pop3_refusals import quoted
from tui.probes.pop3.pop3_reply import Pop3Parser, Pop3Reply, capabilities
from tui.probes.server import ServerProbe, untold
from tui.probes.server_spec import ProbeOptions, ServerSpec
from tui.probes.stage import ProtocolResult, Stage
from tui.settings.values import Security
from tui.terminal.visible import visible


async def probe_pop3(
    wanted: ServerSpec,
    options: ProbeOptions,
    tell: Callable[[Stage], None] = untold,
    *,
    refused: Secret | None = None,
) -> ProtocolResult:
    """Diagnoses a POP3 server from this machine.

    At most one login is tried, only where TLS is trusted or the options allow it in clear. No
    mail is read or deleted.

    Args:
        tell: is told of each stage as it ends.
        refused: a password that was just refused elsewhere: it is not tried again.
    """
    return await _Pop3Probe(wanted, options, tell, refused).run()


class _Pop3Probe(ServerProbe[Pop3Reply]):
    protocol = "pop3"

    def __init__(
        self,
        wanted: ServerSpec,
        options: ProbeOptions,
        tell: Callable[[Stage], None],
        refused: Secret | None,
    ) -> None:
        super().__init__(wanted, options, tell)
        self._refused = refused

    def names(self, security: Security) -> tuple[str, ...]:
        first, tls = ("resolve", "connect"), ("tls", "certificate")
        implicit = security is Security.SSL_TLS
        middle = (*tls, "greeting") if implicit else ("greeting", *tls)
        return (*first, *middle, "capabilities", "login", "quit")

    def core(self) -> Pop3Parser:
        return Pop3Parser()

    async def stages(self) -> None:
        await self.reach()
        self.course.begin("greeting")
        greeting = await self.greeted()
        self._check_greeting(greeting)
        self.welcomed(greeting, f"{quoted(greeting)}.")
        offered = None
        if self.wanted.security is not Security.SSL_TLS:
            self.course.begin("tls")
            offered = await self._capabilities(self.session)
        if self.wanted.security is Security.STARTTLS:
            await self._stls(self.session, offered)
            await self.secure()
        elif self.wanted.security is Security.NONE:
            self.skip_tls("The server offers STLS." if offered and "STLS" in offered else "")
        self.course.begin("capabilities")
        if self.wanted.security is not Security.NONE:
            offered = await self._capabilities(self.session)
        way = self._way(offered)
        self.course.begin("login")
        await self._login(way)

    async def to_tls(self, session: Conversation[Pop3Reply]) -> None:
        self._check_greeting(await session.answer())
        await self._stls(session, await self._capabilities(session))

    async def farewell(self) -> None:
        answer = await self.session.ask(command("QUIT"))
        self.course.passed("answered", f"{self.wanted.place} took leave: {quoted(answer)}.")

    def _check_greeting(self, answer: Pop3Reply) -> None:
        if answer.is_ok:
            return
        said = f"{self.wanted.place} greets with {quoted(answer)}."
        if answer.code in ("SYS/TEMP", "IN-USE", "LOGIN-DELAY"):
            raise StageError("temporary", f"{said} It refuses for now.", "Try again later.")
        raise StageError(
            "refused",
            f"{said} It takes nobody from this machine.",
            "Ask who runs it whether this machine's address may read mail there.",
        )

    async def _capabilities(self, session: Conversation[Pop3Reply]) -> Mapping[str, str] | None:
        """What CAPA tells; None where the server does not know it (RFC 2449)."""
        answer = await session.ask(command("CAPA"), lists=True)
        return capabilities(answer) if answer.is_ok else None

    async def _stls(
        self, session: Conversation[Pop3Reply], offered: Mapping[str, str] | None
    ) -> None:
        place = self.wanted.place
        if offered is not None and "STLS" not in offered:
            raise StageError(
                "not-offered",
                f"{place} does not offer STLS, which is STARTTLS in POP3.",
                "Have it turned on there, or take ssl_tls with its port, mostly 995.",
            )
        answer = await session.ask(command("STLS"))
        if not answer.is_ok:
            raise StageError(
                "refused",
                f"{place} refuses STLS, which is STARTTLS in POP3: {quoted(answer)}.",
                "Take ssl_tls with its port, mostly 995, or see the server's log.",
            )
        self.check_for_injection(session)

    def _way(self, offered: Mapping[str, str] | None) -> str:
        """Ends the stage capabilities. Returns the way a login would take."""
        place = self.wanted.place
        if offered is None:
            self.course.warned(
                "none",
                f"{place} does not tell what it offers; USER and PASS are assumed.",
                "See whether the server is an old one.",
            )
            return "USER"
        ways = offered.get("SASL", "").upper().split()
        shown = ", ".join(visible(f"{k} {v}".strip(), 40) for k, v in [*offered.items()][:16])
        if "USER" in offered or "PLAIN" in ways:
            way = "USER" if "USER" in offered else "AUTH PLAIN"
            self.course.passed("offered", f"{place} offers {shown}; {way} would be used.")
            return way
        if self.session.line.tls is None and "STLS" in offered:
            raise StageError(
                "only-after-tls",
                f"{place} offers no login with a password in clear, but STLS.",
                "Set the POP3 security to starttls.",
            )
        raise StageError(
            "no-common",
            f"{place} offers {shown or 'nothing'}; neither USER nor PLAIN is among it.",
            "It wants OAuth; a password does not do there."
            if {"XOAUTH2", "OAUTHBEARER"} & {*ways}
            else "Have logins with a password turned on there.",
        )

    async def _login(self, way: str) -> None:
        mine = self.wanted.password
        if mine and self._refused and mine.reveal() == self._refused.reveal():
            self.course.skipped(
                "just-refused",
                "The same password was just refused for outgoing mail; it was not tried again.",
                "Correct the password first: more tries may lock the account.",
            )
            return
        credentials = credentials_for(self.course, self.wanted, self.options, self.session.line)
        if credentials is None:
            return
        answer = await self._attempt(credentials, way)
        self.course.passed(
            "accepted",
            f"{self.wanted.place} accepted the login of {visible(self.wanted.user, 80)}: "
            f"{quoted(answer)}. No mail was read.",
        )

    async def _attempt(self, credentials: Credentials, way: str) -> Pop3Reply:
        self.session.hide(credentials.password)
        about = f"{self.wanted.place} refused the login of {visible(credentials.user, 80)}"
        if way == "USER":
            answer = await self.session.ask(command(f"USER {credentials.user}"))
            if not answer.is_ok:
                raise refusal(answer, about, before_password=True)
            answer = await self.session.ask(command("PASS ", credentials.password))
        else:
            answer = await self.session.ask(command("AUTH PLAIN ", credentials.plain()))
        if answer.goes_on:
            await self.session.ask(command("*"))
            raise StageError(
                "second-challenge",
                f"{self.wanted.place} asks for more after it had the credentials.",
                "See its setup; nothing more was sent.",
            )
        if not answer.is_ok:
            fault = refusal(answer, about)
            self.login_refused = fault.kind in ("wrong", "refused")
            raise fault.with_remark(credentials.remark) if self.login_refused else fault
        return answer
