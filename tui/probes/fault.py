"""Why a stage failed: what is raised inside a probe, and the words for lines that break."""

from collections.abc import Mapping

from tui.probes.mail.reply_parser import BreakKind, BrokenReply
from tui.probes.stage import StageResult
from tui.terminal.visible import visible

_EXCERPT = 80
_OTHERS: Mapping[str, str] = {
    "smtp": "SMTP",
    "pop3": "POP3",
    "imap": "IMAP",
    "http": "HTTP, as web servers do",
    "ssh": "SSH",
    "tls": "TLS",
}
_USUAL = {
    "smtp": "SMTP is mostly on 587 (starttls), 465 (ssl_tls) or 25.",
    "pop3": "POP3 is mostly on 995 (ssl_tls) or 110.",
}
_BROKE: Mapping[str, str] = {
    BreakKind.ENDLESS_LINE: "sends a line that has no end",
    BreakKind.ENDLESS: "sends an answer of ever more lines",
    BreakKind.OVERSIZED: "sends an answer larger than any should be",
    "too-much": "sends more than any talk should need",
}


class StageError(Exception):
    """A stage cannot pass, or not quite. It holds nothing secret.

    Attributes:
        kind: the end of the stage's code.
        result: WARNED where it is no failure.
    """

    def __init__(
        self, kind: str, message: str, hint: str = "", result: StageResult = StageResult.FAILED
    ) -> None:
        super().__init__(kind, message)
        self.kind = kind
        self.message = message
        self.hint = hint
        self.result = result

    def with_remark(self, remark: str) -> "StageError":
        """Return the same fault with one more sentence about what to do now."""
        return StageError(self.kind, self.message, f"{self.hint}{remark}", self.result)


def broken(protocol: str, place: str, found: BrokenReply, about: str) -> StageError:
    """What comes cannot be understood.

    Args:
        place: the server and the port.
        about: when, as ` after EHLO`.
    """
    usual = f"See that host and port are right: {_USUAL[protocol]}"
    if found.kind in _BROKE:
        return StageError(
            found.kind,
            f"{place} {_BROKE[found.kind]}{about}.",
            f"No mail server does this; {usual[0].lower()}{usual[1:]}",
        )
    excerpt = visible(found.excerpt, _EXCERPT)
    if found.kind in _OTHERS:
        return StageError(
            found.kind,
            f"{place} speaks {_OTHERS[found.kind]}, not {protocol.upper()}: {excerpt}",
            usual,
        )
    return StageError(
        found.kind, f"{place} answers{about} what is no {protocol.upper()}: {excerpt}", usual
    )


def silent(place: str, seconds: float, about: str) -> StageError:
    """Nothing came in time."""
    return StageError(
        "silent",
        f"{place} said nothing{about} in {seconds:.3g} seconds.",
        "See host and port; a firewall between may let connections in and hold all else back.",
    )


def unfinished(place: str, seconds: float, about: str) -> StageError:
    """Something came, but no whole answer in time."""
    return StageError(
        "unfinished",
        f"{place} began to answer{about} and was not done in {seconds:.3g} seconds.",
        "Try again; if it stays so, see what stands between here and the server.",
    )


def cut(place: str, about: str, why: str) -> StageError:
    """The connection went away."""
    return StageError(
        "cut",
        f"{place} closed the connection{about} without a whole answer{f' ({why})' if why else ''}.",
        "It may not allow this machine, or many connections: ask who runs it, or see its log.",
    )


def out_of_step(place: str) -> StageError:
    """More answers came than questions were asked."""
    return StageError(
        "out-of-step",
        f"{place} answers what was not asked. Which answer belongs to what cannot be told.",
        "See what stands between here and the server.",
    )


def tls_broke(place: str, about: str, why: str) -> StageError:
    """What came in TLS is broken, or the server gave it up."""
    if "certificate" in why:
        return StageError(
            "client-certificate",
            f"{place} wants a certificate from whoever connects ({why}).",
            "Use a port that lets users log in with a password.",
        )
    return StageError(
        "tls-broke",
        f"{place} broke TLS off{about} ({why}).",
        "Try again; if it stays so, see what stands between here and the server.",
    )
