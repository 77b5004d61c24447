"""The diagnosis of the mail servers that a draft names, from this machine."""

import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tui.credentials.secret import Secret
from tui.probes.pop3.pop3_probe import probe_pop3
from tui.probes.server_spec import ProbeOptions, ServerSpec
from tui.probes.smtp.smtp_probe import probe_smtp
from tui.probes.stage import ProtocolResult, Stage, StageResult
from tui.settings.catalog import catalog
from tui.settings.draft import ParsedDraft
from tui.settings.incoming import derive_incoming
from tui.settings.values import Security
from tui.terminal.visible import visible

_NOTHING = ProtocolResult((), (), login_refused=False)


@dataclass(frozen=True, slots=True)
class ServerDiagnosis:
    """Everything that was found.

    Attributes:
        vantage: where the probe ran, as `from mail-admin-1`. How the servers look from anywhere
            else is not known.
        not_tested: by `smtp` and `pop3`, why that part was left out, in a sentence.
        addresses: what the outgoing server's name resolved to.
        refused: the outgoing or the incoming login was refused permanently.
    """

    vantage: str
    smtp: tuple[Stage, ...]
    pop3: tuple[Stage, ...]
    not_tested: Mapping[str, str]
    transcript: tuple[str, ...]
    addresses: tuple[str, ...] = ()
    refused: bool = False

    @property
    def passed(self) -> bool:
        """Whether something was tested and no stage failed."""
        results = {stage.result for stage in self.smtp + self.pop3}
        return (
            bool(results & {StageResult.PASSED, StageResult.WARNED})
            and StageResult.FAILED not in results
        )


async def probe(
    parsed: ParsedDraft,
    secrets: Mapping[str, Secret],
    options: ProbeOptions,
    report: Callable[[str, Stage], None],
    *,
    smtp: bool = True,
    pop3: bool = True,
) -> ServerDiagnosis:
    """Diagnose the outgoing server, then the incoming one.

    Args:
        parsed: the draft's values, whatever is saved.
        secrets: those known here, by the names of their properties.
        report: is called with `smtp` or `pop3` and each stage as it ends.
    """
    outgoing = outgoing_spec(parsed, secrets) if smtp else "SMTP was not asked for."
    incoming = incoming_spec(parsed, secrets) if pop3 else "POP3 was not asked for."
    sent = read = _NOTHING
    refused: Secret | None = None
    if isinstance(outgoing, ServerSpec):
        sent = await probe_smtp(outgoing, options, lambda stage: report("smtp", stage))
        refused = outgoing.password if sent.login_refused else None
    if isinstance(incoming, ServerSpec):
        read = await probe_pop3(
            incoming, options, lambda stage: report("pop3", stage), refused=refused
        )
    return ServerDiagnosis(
        vantage=f"from {visible(socket.gethostname(), 80)}",
        smtp=sent.stages,
        pop3=read.stages,
        not_tested={
            part: reason
            for part, reason in (("smtp", outgoing), ("pop3", incoming))
            if isinstance(reason, str)
        },
        transcript=sent.transcript + read.transcript,
        addresses=sent.addresses,
        refused=sent.login_refused or read.login_refused,
    )


def outgoing_spec(parsed: ParsedDraft, secrets: Mapping[str, Secret]) -> ServerSpec | str:
    """Return how the outgoing server is to be used, or why it cannot be tested."""
    for name in ("server", "port", "security", "user", "from", "authenticate"):
        if name in parsed.broken:
            return f"SMTP was not tested: {catalog()[name].declared.short} is not valid."
    settings = parsed.settings
    if not settings.server:
        return "SMTP was not tested: there is no outgoing mail server."
    return ServerSpec(
        server=settings.server,
        port=settings.port,
        security=settings.security,
        user=settings.user,
        password=secrets.get("password"),
        authenticate=settings.authenticate,
        sender=parsed.own_from,
    )


def incoming_spec(parsed: ParsedDraft, secrets: Mapping[str, Secret]) -> ServerSpec | str:
    """Return how the incoming server is to be used, or why it cannot be tested."""
    derived = derive_incoming(parsed)
    for part in (derived.server, derived.user, derived.port, derived.security):
        if part.follows in parsed.broken:
            short = catalog()[part.follows].declared.short
            return f"POP3 was not tested: {short} is not valid."
    if not derived.server.value:
        return "POP3 was not tested: there is no incoming mail server."
    return ServerSpec(
        server=str(derived.server.value),
        port=int(str(derived.port.value)),
        security=Security(str(derived.security.value)),
        user=str(derived.user.value or ""),
        password=secrets.get("pop3_password") or secrets.get(derived.password.follows),
        authenticate=True,
    )
