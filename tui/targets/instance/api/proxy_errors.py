"""Why a proxy gives no connection to an instance, in words, with what to do now."""

import socket
import ssl
from dataclasses import dataclass

from tui.targets.instance.api.proxy import Proxy
from tui.targets.instance.api.response_errors import InstanceProblem

_SOCKS_REPLIES = {
    "General SOCKS server failure": (1, "reports a general failure"),
    "Connection not allowed by ruleset": (2, "doesn't allow connections to {host}"),
    "Network unreachable": (3, "can't reach the network of {host}"),
    "Host unreachable": (4, "can't reach {host}"),
    "Connection refused": (5, "can't connect to {host}: connection refused"),
    "TTL expired": (6, "can't reach {host}: the TTL expired on the way"),
    "Command not supported": (7, "doesn't allow the command CONNECT"),
    "Address type not supported": (8, "doesn't know the type of the address {host}"),
}
"""The replies of RFC 1928, section 6: the library's words, the number, and our words."""
_DISALLOWED = (2, 7)
_SPELLING = "Check that the url is spelled right. If it is, ask whoever runs the proxy."


@dataclass(frozen=True, slots=True)
class ProxyFailure:
    """A request that failed while it was still at the proxy.

    Attributes:
        chain: the error and its causes.
        was_asked: the proxy was asked for a connection.
        in_tls: TLS with the proxy itself was under way.
        logins: the ways to log in that an HTTP proxy offers, in lower case.
    """

    host: str
    proxy: Proxy
    chain: tuple[BaseException, ...]
    was_asked: bool = False
    in_tls: bool = False
    logins: tuple[str, ...] = ()


def proxy_problem(failure: ProxyFailure) -> InstanceProblem:
    """Return why the proxy could not be used, repeating nothing that it or the variable says."""
    for error in failure.chain:
        if type(error).__name__ == "ProxyError":
            words = str(error)
            if failure.proxy.is_socks:
                return _socks_refusal(failure, words)
            return _http_refusal(failure, words[:3])
    if failure.in_tls:
        return _tls_problem(failure)
    if failure.was_asked:
        return _protocol_problem(failure)
    return _connection_problem(failure)


def proxy_timeout(
    host: str, proxy: Proxy, seconds: float, *, was_asked: bool = False
) -> InstanceProblem:
    """Return the problem of a proxy that gave no connection in time."""
    what = f"did not connect to {host}" if was_asked else "did not accept a connection"
    return InstanceProblem(
        "instance.proxy-timeout",
        f"The {proxy} {what} within {seconds:g} seconds.",
        _check(host, proxy),
    )


def _check(host: str, proxy: Proxy) -> str:
    port = "" if proxy.names_port else " It names no port, so the default one was tried."
    return f"Check {proxy.variable}.{port} If {host} can be reached directly, add it to NO_PROXY."


def _connection_problem(failure: ProxyFailure) -> InstanceProblem:
    chain = failure.chain
    if any(isinstance(each, socket.gaierror) for each in chain):
        why = "its name can't be resolved"
    elif any(isinstance(each, ConnectionRefusedError) for each in chain):
        why = "connection refused"
    else:
        why = next(
            (
                each.strerror.lower()
                for each in chain
                if isinstance(each, OSError) and each.strerror
            ),
            "the connection failed",
        )
    return InstanceProblem(
        "instance.proxy-unreachable",
        f"Can't connect to the {failure.proxy}: {why}.",
        _check(failure.host, failure.proxy),
    )


def _tls_problem(failure: ProxyFailure) -> InstanceProblem:
    proxy = failure.proxy
    for each in failure.chain:
        if isinstance(each, ssl.SSLCertVerificationError):
            why = each.verify_message.rstrip(".")
            return InstanceProblem(
                "instance.proxy-certificate",
                f"The certificate of the {proxy} isn't accepted: {why}.",
                "Set ca_file in the profile to its certificate authority, or use the name in its "
                f"certificate in {proxy.variable}.",
            )
    return InstanceProblem(
        "instance.proxy-tls",
        f"Can't start TLS with the {proxy}.",
        f"Most proxies are reached without TLS: if this one is, use http:// in {proxy.variable}.",
    )


def _protocol_problem(failure: ProxyFailure) -> InstanceProblem:
    proxy = failure.proxy
    kind, other = ("SOCKS5", "http://") if proxy.is_socks else ("HTTP", "socks5h://")
    return InstanceProblem(
        "instance.proxy-protocol",
        f"The {proxy} didn't give a valid {kind} answer.",
        f"Check the host and port in {proxy.variable}. If it is another kind of proxy, use "
        f"{other} there.",
    )


def _http_refusal(failure: ProxyFailure, status: str) -> InstanceProblem:
    host, proxy = failure.host, failure.proxy
    if status == "407":
        return _http_login_problem(failure)
    what, hint = f"refused to connect to {host}", f"Ask whoever runs the proxy to allow {host}."
    if status in ("502", "503", "504"):
        what = f"can't connect to {host}"
        hint = _SPELLING
    elif status in ("400", "404", "405", "501"):
        what = f"did not open a connection to {host}"
        hint = f"It may not be a proxy for HTTPS. Check the host and port in {proxy.variable}."
    number = f" ({status})" if status.isdecimal() else ""
    return InstanceProblem("instance.proxy-refused", f"The {proxy} {what}{number}.", hint)


def _http_login_problem(failure: ProxyFailure) -> InstanceProblem:
    if failure.logins and "basic" not in failure.logins:
        known = [name for name in ("negotiate", "ntlm", "digest") if name in failure.logins]
        ways = " or ".join(name.upper() if name == "ntlm" else name.title() for name in known)
        return InstanceProblem(
            "instance.proxy-sign-in",
            f"The {failure.proxy} requires a login by {ways or 'another way than Basic'} (407), "
            "which glidemail doesn't support.",
            f"Run a local proxy that logs in for you, and name it in {failure.proxy.variable}.",
        )
    return _login_problem(failure.proxy, " (407)")


def _login_problem(proxy: Proxy, number: str = "") -> InstanceProblem:
    if proxy.has_login:
        return InstanceProblem(
            "instance.proxy-sign-in",
            f"The {proxy} rejected the user name and password{number}.",
            f"Correct them in {proxy.variable}. Percent-encode characters such as @ : / in them.",
        )
    return InstanceProblem(
        "instance.proxy-sign-in",
        f"The {proxy} requires a login{number}.",
        f"Put the user name and password into {proxy.variable}, as in "
        f"{proxy.scheme}://USER:PASSWORD@{proxy.address}.",
    )


def _socks_refusal(failure: ProxyFailure, words: str) -> InstanceProblem:
    """Return what the library's words mean: it repeats nothing that the proxy sent."""
    host, proxy = failure.host, failure.proxy
    if words.startswith(("Invalid username", "Requested NO AUTHENTICATION")):
        return _login_problem(proxy)
    if words.startswith("Requested "):
        return InstanceProblem(
            "instance.proxy-sign-in",
            f"The {proxy} doesn't accept a login with a user name and password.",
            f"Remove them from {proxy.variable}, or ask whoever runs the proxy how to log in.",
        )
    reply = words.removeprefix("Proxy Server could not connect: ").rstrip(".")
    number, what = _SOCKS_REPLIES.get(reply, (0, "did not connect to {host}"))
    return InstanceProblem(
        "instance.proxy-refused",
        f"The {proxy} {what.format(host=host)}{f' (SOCKS reply {number})' if number else ''}.",
        f"Ask whoever runs the proxy to allow {host}." if number in _DISALLOWED else _SPELLING,
    )
