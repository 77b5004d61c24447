"""Why no answer came, or not all of one: in words, with what to do now."""

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum, auto

from tui.targets.instance.api.response_errors import InstanceProblem, RequestContext

_PROXY = "See the proxy that the environment names (HTTPS_PROXY, ALL_PROXY, NO_PROXY)."
_CUT = ("peer closed connection", "Server disconnected", "incomplete chunked read")
_SYSTEM_STORE = "give its certificate authority as ca_file in the profile"
# verify_code is OpenSSL's X509_V_ERR_*, as documented in X509_STORE_CTX_get_error(3).
_CERTIFICATES = {
    9: ("not-yet-valid", "is not valid yet", "See that this machine's clock is right."),
    10: (
        "expired",
        "has expired",
        "Have it renewed where it was issued; see that this machine's clock is right.",
    ),
    18: (
        "self-signed",
        "is signed by itself",
        "If it is meant to be so, give that certificate as ca_file in the profile.",
    ),
    19: (
        "unknown-issuer",
        "leads to an authority that is not trusted here",
        f"If your network looks into TLS, {_SYSTEM_STORE}; else do not go on.",
    ),
    20: (
        "unknown-issuer",
        "was issued by an authority that is not trusted here",
        f"If your network looks into TLS or the host has its own, {_SYSTEM_STORE}.",
    ),
    21: (
        "unknown-issuer",
        "comes without the ones between it and its authority",
        f"Have the host show its whole chain, or {_SYSTEM_STORE}.",
    ),
    62: (
        "name",
        "is for another name",
        "See that the url is the name the certificate is for; else something answers in its place.",
    ),
    64: (
        "name",
        "is for another address",
        "Write the host's name into the url, not its address.",
    ),
}


class TransportStage(IntEnum):
    """How far a request got."""

    CONNECT = auto()
    PROXY = auto()
    """A proxy was asked for the way."""
    TLS = auto()
    ASKED = auto()
    """The request was sent, or a part of it."""
    ANSWER = auto()
    """An answer began."""


@dataclass(slots=True)
class Progress:
    """How far a request got, and with whom.

    Attributes:
        at_proxy: the way goes through a proxy, and the instance itself was not reached yet.
    """

    stage: TransportStage = TransportStage.CONNECT
    at_proxy: bool = False


def failed(asked: RequestContext, error: Exception, progress: Progress) -> InstanceProblem:
    """Why a request failed; of the error nothing but its kind is told.

    Args:
        error: whatever the network's libraries raised; its causes count too.
    """
    chain = tuple(_chain(error))
    kinds = {type(each).__name__ for each in chain}
    if "ProxyError" in kinds:
        return _proxy_refused(asked, str(error)[:3])
    if progress.at_proxy:
        return _proxy_unreachable(asked, chain)
    for each in chain:
        if isinstance(each, ssl.SSLCertVerificationError):
            return _certificate(asked, each)
    if progress.stage is TransportStage.TLS:
        return InstanceProblem(
            "instance.tls",
            f"{asked.host}: the connection cannot be made secure{_reason(chain)}.",
            "See that the port speaks TLS 1.2 or newer, and that nothing between breaks it.",
        )
    if progress.stage < TransportStage.ASKED:
        return _unreached(asked, chain)
    return _broken(asked, chain, progress)


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        each = waiting.pop()
        if id(each) not in seen:
            seen.add(id(each))
            yield each
            waiting += [cause for cause in (each.__context__, each.__cause__) if cause]
            waiting += each.exceptions if isinstance(each, BaseExceptionGroup) else ()


def _proxy_refused(asked: RequestContext, status: str) -> InstanceProblem:
    if status == "407":
        return InstanceProblem(
            "instance.proxy-sign-in",
            f"The proxy on the way to {asked.host} asks for a sign-in of its own (407).",
            "Put its user and password into HTTPS_PROXY, or name the host in NO_PROXY.",
        )
    number = f" ({status})" if status.isdecimal() else ""
    return InstanceProblem(
        "instance.proxy-refused",
        f"The proxy gives no way to {asked.host}{number}.",
        f"{_PROXY} It may not allow this host.",
    )


def _proxy_unreachable(asked: RequestContext, chain: tuple[BaseException, ...]) -> InstanceProblem:
    return InstanceProblem(
        "instance.proxy-unreachable",
        f"The proxy on the way to {asked.host} cannot be used{_reason(chain)}.",
        _PROXY,
    )


def _reason(chain: tuple[BaseException, ...]) -> str:
    """The system's or OpenSSL's own words, which hold nothing of what was sent."""
    for each in chain:
        # Only one that OpenSSL raised has it.
        if isinstance(each, ssl.SSLError) and (reason := getattr(each, "reason", "")):
            return f" ({reason.replace('_', ' ').lower()})"
    for each in chain:
        if isinstance(each, OSError) and each.errno is not None and each.strerror:
            return f" ({each.strerror})"
    return ""


def _certificate(asked: RequestContext, error: ssl.SSLCertVerificationError) -> InstanceProblem:
    kind, what, todo = _CERTIFICATES.get(
        getattr(error, "verify_code", 0),
        ("invalid", "is not valid", "Have it looked at where it was issued."),
    )
    return InstanceProblem(
        f"instance.certificate-{kind}",
        f"The certificate that {asked.host} shows {what}. Nothing was sent to it.",
        todo,
    )


def _unreached(asked: RequestContext, chain: tuple[BaseException, ...]) -> InstanceProblem:
    if any(isinstance(each, socket.gaierror) for each in chain):
        return InstanceProblem(
            "instance.unknown-host",
            f"{asked.host}: the name cannot be resolved{_reason(chain)}.",
            "See that the url is spelled right, and that this machine has a network and DNS; "
            "behind a proxy, name it in HTTPS_PROXY.",
        )
    if any(isinstance(each, ConnectionRefusedError) for each in chain):
        return InstanceProblem(
            "instance.connection-refused",
            f"{asked.host} refuses the connection: nothing listens there, or a firewall says no.",
            "See the host and the port in the url.",
        )
    return InstanceProblem(
        "instance.unreachable",
        f"{asked.host} cannot be reached{_reason(chain)}.",
        "See the network, the VPN and the proxy (HTTPS_PROXY), then try again.",
    )


def _broken(
    asked: RequestContext, chain: tuple[BaseException, ...], progress: Progress
) -> InstanceProblem:
    answered = progress.stage is TransportStage.ANSWER
    malformed = any(
        type(each).__name__ == "RemoteProtocolError" and not str(each).startswith(_CUT)
        for each in chain
    )
    if malformed:
        code, what = "not-http", "the answer is no proper HTTP"
    elif answered:
        code, what = "cut-short", "the connection was cut in the middle of the answer"
    else:
        code, what = "cut", "the connection was cut before an answer"
    return InstanceProblem(
        f"instance.{code}",
        f"{asked.host}, {asked.about}: {what}.",
        "Try again; if it stays so, see what stands between here and the instance.",
        uncertain=asked.writes,
    )


def late(asked: RequestContext, progress: Progress, seconds: float) -> InstanceProblem:
    """No whole answer came in time."""
    if progress.at_proxy or progress.stage < TransportStage.ASKED:
        peer = f"The proxy on the way to {asked.host}" if progress.at_proxy else asked.host
        return InstanceProblem(
            "instance.connect-timeout",
            f"{peer}: no connection in {seconds:g} seconds.",
            "See the url, the network, the VPN and the proxy (HTTPS_PROXY), then try again.",
        )
    part = "the answer was not whole" if progress.stage is TransportStage.ANSWER else "no answer"
    return InstanceProblem(
        "instance.timeout",
        f"{asked.host}, {asked.about}: {part} in {seconds:g} seconds.",
        "The instance may be busy, or rebuild its caches: try again in some minutes.",
        uncertain=asked.writes,
    )


def too_large(asked: RequestContext, limit: int) -> InstanceProblem:
    """An answer that does not end where every answer should have."""
    return InstanceProblem(
        "instance.too-large",
        f"{asked.host}, {asked.about}: the answer is over {limit // 2**20} MiB, and was not read "
        "to its end.",
        "See that the URL is the instance's own; else report these words.",
        uncertain=asked.writes,
    )
