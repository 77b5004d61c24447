"""The one proxy that the environment names for one host."""

import ipaddress
import os
import re
from dataclasses import dataclass, field
from urllib.request import getproxies

import httpx2

from tui.targets.instance.api.response_errors import InstanceProblem
from tui.terminal.visible import visible

_PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}
"""The schemes that the HTTP library knows for a proxy, and the ports that it takes without one."""
_LOGIN_LIMIT = 255
"""The most octets of a user name or a password in SOCKS5 (RFC 1929, section 2)."""
_HOST = re.compile(r"[0-9A-Za-z._-]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")
_EXAMPLE = "http://proxy.example.com:3128"


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy, and where it is set.

    Attributes:
        variable: the environment variable that names it.
        scheme: `http`, `https`, `socks5` or `socks5h`.
        address: its host and port, without a login.
        names_port: False if the variable gives no port, so that the scheme's own is used.
        has_login: whether the variable gives a user name or a password.
        url: the whole URL, with the login.
    """

    variable: str
    scheme: str
    address: str
    names_port: bool
    has_login: bool
    url: httpx2.URL = field(repr=False)

    @property
    def is_socks(self) -> bool:
        return self.scheme.startswith("socks")

    def __str__(self) -> str:
        return f"proxy {self.address} ({self.variable})"


def find_proxy(url: httpx2.URL) -> Proxy | None:
    """Return the proxy that the environment names for an instance, None if it names none.

    As curl and urllib have it: HTTPS_PROXY goes before ALL_PROXY, a variable in lower case before
    one in upper case, and NO_PROXY lists hosts, domains, networks and ports that need no proxy.
    What is set for other schemes and other hosts is not looked at.

    Raises:
        InstanceProblem: the proxy for this very host cannot be used.
    """
    host = url.raw_host.decode("ascii")
    outcome = _find(host, url.port or _PORTS["https"])
    if isinstance(outcome, InstanceProblem):
        raise outcome  # from here: no frame of the traceback holds the login
    return outcome


def _find(host: str, port: int) -> Proxy | InstanceProblem | None:
    named = getproxies()
    scheme = next((scheme for scheme in ("https", "all") if named.get(scheme, "").strip()), None)
    if scheme is None or _is_excluded(host, port, named.get("no", "")):
        return None
    return _parse(_variable(scheme, named[scheme]), named[scheme].strip(), host)


def _variable(scheme: str, value: str) -> str:
    """Return the name of the variable that a proxy comes from; lower case goes before upper."""
    for name in sorted(os.environ, reverse=True):
        if name.lower() == f"{scheme}_proxy" and os.environ[name] == value:
            return name
    return "system settings"


def _is_excluded(host: str, port: int, no_proxy: str) -> bool:
    """Return whether NO_PROXY lists a host: itself, its domain or network, alone or with a port."""
    entries = [re.sub(r"^(https|all)://", "", entry) for entry in re.split(r"[\s,]+", no_proxy)]
    if "*" in entries:
        return True
    host = host.rstrip(".").lower()
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        domains = [entry.removeprefix("*").strip(".").lower() for entry in entries]
        return any(
            domain and f".{whole}".endswith(f".{domain}")
            for domain in domains
            for whole in (host, f"{host}:{port}")
        )
    return any(
        entry in (f"{host}:{port}", f"[{host}]:{port}") or _holds(entry.strip("[]"), address)
        for entry in entries
    )


def _holds(network: str, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    try:
        return address in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False


def _parse(variable: str, value: str, host: str) -> Proxy | InstanceProblem:
    try:
        url = httpx2.URL(value if "://" in value else f"http://{value}")
        proxy_host = url.raw_host.decode("ascii")
    except (ValueError, httpx2.InvalidURL):  # its words may hold the login
        return _not_a_url(variable, host)
    # An unescaped / ? # in a password ends the host early: what seems to be host and port is not.
    is_cut = url.raw_path != b"/" or bool(url.fragment)
    if is_cut or not _HOST.fullmatch(proxy_host) or not (url.port is None or 0 < url.port < 2**16):
        return _not_a_url(variable, host)
    if url.scheme not in _PORTS:
        return _unknown_scheme(variable, url.scheme, host)
    login = (url.username, url.password)
    if url.scheme.startswith("socks") and any(len(part.encode()) > _LOGIN_LIMIT for part in login):
        return InstanceProblem(
            "instance.proxy-setting",
            f"The user name or password in {variable} is too long for a SOCKS proxy.",
            f"Each can have at most {_LOGIN_LIMIT} bytes.",
        )
    shown = f"[{proxy_host}]" if ":" in proxy_host else proxy_host
    return Proxy(
        variable,
        url.scheme,
        f"{shown}:{url.port or _PORTS[url.scheme]}",
        names_port=bool(re.search(r":[0-9]+/?$", value)),
        has_login=any(login),
        url=url,
    )


def _not_a_url(variable: str, host: str) -> InstanceProblem:
    return InstanceProblem(
        "instance.proxy-setting",
        f"{variable} sets the proxy for {visible(host)}, but it isn't a valid proxy URL.",
        f"Write it as in {_EXAMPLE}. In a user name or password, percent-encode characters such "
        "as @ : / ? # (%40 %3A %2F %3F %23).",
    )


def _unknown_scheme(variable: str, scheme: str, host: str) -> InstanceProblem:
    known = ", ".join(f"{name}://" for name in _PORTS)
    return InstanceProblem(
        "instance.proxy-setting",
        f"{variable} sets the proxy for {visible(host)}, but its scheme {visible(scheme, 20)}:// "
        "isn't supported.",
        f"Use one of {known}, or add the host to NO_PROXY if it can be reached directly.",
    )
