"""The stage errors of a conversation that breaks: silence, other protocols, a closed connection."""

from collections.abc import Mapping

from tui.probes.mail.reply_parser import BreakKind, BrokenReply
from tui.probes.stage import StageError
from tui.terminal.visible import visible

_EXCERPT_LENGTH = 80
_OTHER_PROTOCOLS: Mapping[str, str] = {
    "smtp": "SMTP",
    "pop3": "POP3",
    "imap": "IMAP",
    "http": "HTTP, as web servers do",
    "ssh": "SSH",
    "tls": "TLS",
}
_USUAL_PORTS = {
    "smtp": "SMTP is mostly on 587 (starttls), 465 (ssl_tls) or 25.",
    "pop3": "POP3 is mostly on 995 (ssl_tls) or 110.",
}
_EXCESSES: Mapping[str, str] = {
    BreakKind.ENDLESS_LINE: "sends a line that has no end",
    BreakKind.ENDLESS: "sends an answer of ever more lines",
    BreakKind.OVERSIZED: "sends an answer larger than any should be",
    "too-much": "sends more than any talk should need",
}


def explain_broken_reply(
    protocol: str, place: str, broken: BrokenReply, about: str = ""
) -> StageError:
    """Explain a reply that cannot be understood.

    Args:
        place: the server and the port.
        about: when it came, as ` after EHLO`.
    """
    usual = f"See that host and port are right: {_USUAL_PORTS[protocol]}"
    if broken.kind in _EXCESSES:
        return StageError(
            broken.kind,
            f"{place} {_EXCESSES[broken.kind]}{about}.",
            f"No mail server does this; {usual[0].lower()}{usual[1:]}",
        )
    excerpt = visible(broken.excerpt, _EXCERPT_LENGTH)
    if broken.kind in _OTHER_PROTOCOLS:
        return StageError(
            broken.kind,
            f"{place} speaks {_OTHER_PROTOCOLS[broken.kind]}, not {protocol.upper()}: {excerpt}",
            usual,
        )
    return StageError(
        broken.kind, f"{place} answers{about} what is no {protocol.upper()}: {excerpt}", usual
    )


def explain_silence(place: str, seconds: float, about: str) -> StageError:
    """Explain that no byte came in time."""
    return StageError(
        "silent",
        f"{place} said nothing{about} in {seconds:.3g} seconds.",
        "See host and port; a firewall between may let connections in and hold all else back.",
    )


def explain_unfinished_reply(place: str, seconds: float, about: str) -> StageError:
    """Explain that a reply began and did not end in time."""
    return StageError(
        "unfinished",
        f"{place} began to answer{about} and was not done in {seconds:.3g} seconds.",
        "Try again; if it stays so, see what stands between here and the server.",
    )


def explain_closed_connection(place: str, about: str, why: str) -> StageError:
    """Explain that the connection was closed in place of a reply."""
    return StageError(
        "cut",
        f"{place} closed the connection{about} without a whole answer{f' ({why})' if why else ''}.",
        "It may not allow this machine, or many connections: ask who runs it, or see its log.",
    )


def explain_extra_reply(place: str) -> StageError:
    """Explain that more replies came than commands were sent."""
    return StageError(
        "out-of-step",
        f"{place} answers what was not asked. Which answer belongs to what cannot be told.",
        "See what stands between here and the server.",
    )


def explain_broken_tls(place: str, about: str, why: str) -> StageError:
    """Explain that the server, or something between, broke off TLS."""
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
