"""Why no response came, or not all of one, in words, with what to do now."""

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum, auto

from tui.targets.instance.api.response_errors import InstanceProblem, RequestContext
from tui.tls.context import rejected_chain
from tui.tls.rejection import Advice, CertificateFault, explain_rejection

_PROXY = "See the proxy that the environment names (HTTPS_PROXY, ALL_PROXY, NO_PROXY)."
_CUT = ("peer closed connection", "Server disconnected", "incomplete chunked read")
_ADVICE = Advice(
    trust="give its certificate as ca_file in the profile",
    caution="It may be your network's, if that looks into TLS; else do not go on.",
    name="Check that the url has a name the certificate is for; else something answers in its "
    "place.",
)
_CODES = {
    CertificateFault.UNKNOWN_ROOT: "unknown-issuer",
    CertificateFault.MISSING_INTERMEDIATE: "unknown-issuer",
}
"""The codes of the faults that are reported under a shared one; others have their own name."""


class TransportStage(IntEnum):
    """The stage that a request reached."""

    CONNECT = auto()
    PROXY = auto()
    """A proxy was asked to connect."""
    TLS = auto()
    REQUEST = auto()
    """The request was sent, or a part of it."""
    RESPONSE = auto()
    """The response began."""


@dataclass(slots=True)
class Progress:
    """How far a request got."""

    stage: TransportStage = TransportStage.CONNECT
    at_proxy: bool = False
    """The connection is to a proxy, and the instance itself is not reached yet."""


def transport_problem(
    context: RequestContext, error: Exception, progress: Progress
) -> InstanceProblem:
    """Return why a request failed, repeating nothing of the error and its causes but their kind."""
    chain = tuple(_chain(error))
    if any(type(each).__name__ == "ProxyError" for each in chain):
        return _proxy_refusal(context, str(error)[:3])
    if progress.at_proxy:
        return InstanceProblem(
            "instance.proxy-unreachable",
            f"The proxy on the way to {context.host} cannot be used{_reason(chain)}.",
            _PROXY,
        )
    for each in chain:
        if isinstance(each, ssl.SSLCertVerificationError):
            found = explain_rejection(
                getattr(each, "verify_code", 0),
                getattr(each, "verify_message", ""),
                rejected_chain(each),
                context.host,
                _ADVICE,
            )
            return InstanceProblem(
                f"instance.certificate-{_CODES.get(found.fault, found.fault)}",
                f"The certificate of {context.host} {found.what}. Nothing was sent to it.",
                found.hint,
            )
    if progress.stage is TransportStage.TLS:
        return InstanceProblem(
            "instance.tls",
            f"{context.host}: the connection cannot be made secure{_reason(chain)}.",
            "See that the port speaks TLS 1.2 or newer, and that nothing between breaks it.",
        )
    if progress.stage < TransportStage.REQUEST:
        return _connection_problem(context, chain)
    return _interruption(context, chain, progress)


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


def _proxy_refusal(context: RequestContext, status: str) -> InstanceProblem:
    if status == "407":
        return InstanceProblem(
            "instance.proxy-sign-in",
            f"The proxy on the way to {context.host} asks for a sign-in of its own (407).",
            "Put its user and password into HTTPS_PROXY, or name the host in NO_PROXY.",
        )
    number = f" ({status})" if status.isdecimal() else ""
    return InstanceProblem(
        "instance.proxy-refused",
        f"The proxy gives no way to {context.host}{number}.",
        f"{_PROXY} It may not allow this host.",
    )


def _reason(chain: tuple[BaseException, ...]) -> str:
    """Return the system's or OpenSSL's own words, which hold nothing of what was sent."""
    for each in chain:
        # Only errors that OpenSSL raised have it.
        if isinstance(each, ssl.SSLError) and (reason := getattr(each, "reason", "")):
            return f" ({reason.replace('_', ' ').lower()})"
    for each in chain:
        if isinstance(each, OSError) and each.errno is not None and each.strerror:
            return f" ({each.strerror})"
    return ""


def _connection_problem(
    context: RequestContext, chain: tuple[BaseException, ...]
) -> InstanceProblem:
    if any(isinstance(each, socket.gaierror) for each in chain):
        return InstanceProblem(
            "instance.unknown-host",
            f"{context.host}: the name cannot be resolved{_reason(chain)}.",
            "See that the url is spelled right, and that this machine has a network and DNS; "
            "behind a proxy, name it in HTTPS_PROXY.",
        )
    if any(isinstance(each, ConnectionRefusedError) for each in chain):
        return InstanceProblem(
            "instance.connection-refused",
            f"{context.host} refuses the connection: nothing listens there, or a firewall says no.",
            "See the host and the port in the url.",
        )
    return InstanceProblem(
        "instance.unreachable",
        f"{context.host} cannot be reached{_reason(chain)}.",
        "See the network, the VPN and the proxy (HTTPS_PROXY), then try again.",
    )


def _interruption(
    context: RequestContext, chain: tuple[BaseException, ...], progress: Progress
) -> InstanceProblem:
    began = progress.stage is TransportStage.RESPONSE
    malformed = any(
        type(each).__name__ == "RemoteProtocolError" and not str(each).startswith(_CUT)
        for each in chain
    )
    if malformed:
        code, what = "not-http", "the answer is no proper HTTP"
    elif began:
        code, what = "cut-short", "the connection was cut in the middle of the answer"
    else:
        code, what = "cut", "the connection was cut before an answer"
    return InstanceProblem(
        f"instance.{code}",
        f"{context.host}, {context.about}: {what}.",
        "Try again; if it stays so, see what stands between here and the instance.",
        uncertain=context.writes,
    )


def timeout_problem(context: RequestContext, progress: Progress, seconds: float) -> InstanceProblem:
    """Return the problem of a response that was not complete in time."""
    if progress.at_proxy or progress.stage < TransportStage.REQUEST:
        peer = f"The proxy on the way to {context.host}" if progress.at_proxy else context.host
        return InstanceProblem(
            "instance.connect-timeout",
            f"{peer}: no connection in {seconds:g} seconds.",
            "See the url, the network, the VPN and the proxy (HTTPS_PROXY), then try again.",
        )
    part = "the answer was not whole" if progress.stage is TransportStage.RESPONSE else "no answer"
    return InstanceProblem(
        "instance.timeout",
        f"{context.host}, {context.about}: {part} in {seconds:g} seconds.",
        "The instance may be busy, or rebuild its caches: try again in some minutes.",
        uncertain=context.writes,
    )


def size_problem(context: RequestContext, limit: int) -> InstanceProblem:
    """Return the problem of a response that is over the limit, in bytes."""
    return InstanceProblem(
        "instance.too-large",
        f"{context.host}, {context.about}: the answer is over {limit // 2**20} MiB, and was "
        "not read to its end.",
        "See that the URL is the instance's own; else report these words.",
        uncertain=context.writes,
    )
