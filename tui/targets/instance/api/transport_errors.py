"""Why no response came, or not all of one, in words, with what to do now."""

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum, auto

from tui.targets.instance.api.proxy import Proxy
from tui.targets.instance.api.proxy_errors import ProxyFailure, proxy_problem, proxy_timeout
from tui.targets.instance.api.response_errors import InstanceProblem, RequestContext
from tui.tls.context import rejected_chain
from tui.tls.rejection import Advice, CertificateFault, explain_rejection

_CUT = ("peer closed connection", "Server disconnected", "incomplete chunked read")
_ADVICE = Advice(
    trust="set ca_file in the profile to its certificate",
    caution="Your network may inspect TLS. If it doesn't, do not continue.",
    name=(
        "Check that the certificate is for the name in the url. If the name is right, something "
        "else answers instead."
    ),
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
    """How far a request got.

    Attributes:
        proxy: the proxy on the way, if there is one.
        is_past_proxy: the proxy gave a connection to the instance itself.
        proxy_logins: the ways to log in that an HTTP proxy offered, in lower case.
    """

    stage: TransportStage = TransportStage.CONNECT
    proxy: Proxy | None = None
    is_past_proxy: bool = False
    proxy_logins: tuple[str, ...] = ()


_CLIENT_CERTIFICATE_ALERTS = (
    "certificate required",
    "bad certificate",
    "unsupported certificate",
    "certificate revoked",
    "certificate expired",
    "certificate unknown",
    "unknown ca",
)
"""RFC 8446, section 6.2."""


def transport_problem(
    context: RequestContext, error: Exception, progress: Progress
) -> InstanceProblem:
    """Return why a request failed, repeating nothing of the error and its causes but their kind."""
    chain = tuple(_chain(error))
    if progress.proxy and not progress.is_past_proxy:
        return proxy_problem(
            ProxyFailure(
                context.host,
                progress.proxy,
                chain,
                was_asked=progress.stage is TransportStage.PROXY,
                in_tls=progress.stage is TransportStage.TLS,
                logins=progress.proxy_logins,
            )
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
    if alert := _client_certificate_alert(chain):
        return _client_certificate_problem(context, alert)
    if progress.stage is TransportStage.TLS:
        return InstanceProblem(
            "instance.tls",
            f"{context.host}: no secure connection is possible{_reason(chain)}.",
            "Check that the port speaks TLS 1.2 or newer and that nothing in between breaks it."
            + (f" The connection goes through the {progress.proxy}." if progress.proxy else ""),
        )
    if progress.stage < TransportStage.REQUEST:
        return _connection_problem(context, chain)
    return _interruption(context, chain, progress)


def _client_certificate_alert(chain: tuple[BaseException, ...]) -> str:
    """Return the alert by which a server says what it lacks in the client's certificate, or ""."""
    for each in chain:
        reason = getattr(each, "reason", "") if isinstance(each, ssl.SSLError) else ""
        words = str(reason or "").replace("_", " ").lower()
        if "alert" in words and any(end in words for end in _CLIENT_CERTIFICATE_ALERTS):
            return words
    return ""


def _client_certificate_problem(context: RequestContext, alert: str) -> InstanceProblem:
    if "certificate required" in alert:
        return InstanceProblem(
            "instance.client-certificate-required",
            f"{context.host} requires a client certificate and got none ({alert}).",
            "Add client_certificate and client_key to the profile, with the paths of both.",
        )
    return InstanceProblem(
        "instance.client-certificate-rejected",
        f"{context.host} rejects the client certificate ({alert}).",
        "Check that it hasn't expired and that the instance trusts the authority that issued it. "
        "The file also needs its intermediate certificates.",
    )


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
            f"{context.host}: the name can't be resolved{_reason(chain)}.",
            "Check the spelling of the url and this machine's network and DNS. Behind a proxy, "
            "set HTTPS_PROXY.",
        )
    if any(isinstance(each, ConnectionRefusedError) for each in chain):
        return InstanceProblem(
            "instance.connection-refused",
            f"Can't connect to {context.host}: connection refused.",
            "Check the host and the port in the url, and any firewall in between.",
        )
    return InstanceProblem(
        "instance.unreachable",
        f"Can't connect to {context.host}{_reason(chain)}.",
        "Check the network, the VPN and the proxy (HTTPS_PROXY), then try again.",
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
        code, what = "not-http", "the answer isn't valid HTTP"
    elif began:
        code, what = "cut-short", "the connection was cut in the middle of the answer"
    else:
        code, what = "cut", "the connection was cut before an answer"
    return InstanceProblem(
        f"instance.{code}",
        f"{context.host}, {context.about}: {what}.",
        "Try again. If it keeps happening, check any firewall between here and the instance.",
        uncertain=context.writes,
    )


def timeout_problem(context: RequestContext, progress: Progress, seconds: float) -> InstanceProblem:
    """Return the problem of a response that was not complete in time."""
    if progress.proxy and not progress.is_past_proxy:
        was_asked = progress.stage is TransportStage.PROXY
        return proxy_timeout(context.host, progress.proxy, seconds, was_asked=was_asked)
    if progress.stage < TransportStage.REQUEST:
        return InstanceProblem(
            "instance.connect-timeout",
            f"Can't connect to {context.host}: no answer in {seconds:g} seconds.",
            "Check the url, the network, the VPN and the proxy (HTTPS_PROXY), then try again.",
        )
    part = (
        "the answer was not complete" if progress.stage is TransportStage.RESPONSE else "no answer"
    )
    return InstanceProblem(
        "instance.timeout",
        f"{context.host}, {context.about}: {part} in {seconds:g} seconds.",
        "The instance may be busy or rebuilding its caches: try again in a few minutes.",
        uncertain=context.writes,
    )


def size_problem(context: RequestContext, limit: int) -> InstanceProblem:
    """Return the problem of a response that is over the limit, in bytes."""
    return InstanceProblem(
        "instance.too-large",
        f"{context.host}, {context.about}: the answer is over {limit // 2**20} MiB, and was "
        "not read to the end.",
        "Check that the URL is the instance's own; if it is, report this message.",
        uncertain=context.writes,
    )
