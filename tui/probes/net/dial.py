"""From a server's name to a connection: its addresses, and one attempt for each of them."""

import asyncio
import errno
import socket
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Any

from tui.probes.net.connection import Connection
from tui.probes.server_spec import ProbeOptions, ServerSpec
from tui.probes.stage import StageError, StageLog
from tui.settings.parse.host import parse_ip, to_a_label
from tui.terminal.visible import visible

_MOST_ADDRESSES = 8
_NO_ROUTE = (errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
_KINDS = {
    errno.ECONNREFUSED: "refused",
    errno.EHOSTUNREACH: "unreachable",
    errno.ENETUNREACH: "unreachable",
    errno.EADDRNOTAVAIL: "unreachable",
    errno.EPERM: "not-allowed",
    errno.EACCES: "not-allowed",
}
_GRACE = 0.1
"""How long the other addresses are waited for once one has answered: a share of the timeout."""
_WORDS = {
    "refused": "refused the connection",
    "unreachable": "can't be reached",
    "timeout": "didn't answer",
    "no-ipv6": "can't be reached: this machine has no IPv6",
    "not-allowed": "can't be reached: this machine blocks the connection",
}
_HINTS = {
    "refused": "Check host and port. Nothing is listening there, or a firewall rejects it.",
    "unreachable": "Check this machine's network, routes and VPN.",
    "timeout": "Check host and port. A firewall may drop it: many networks block port 25.",
    "no-ipv6": "Give the server an IPv4 address too, or set up IPv6 on this machine.",
    "not-allowed": "Check this machine's firewall rules.",
    "failed": "Check host and port, and any firewall in between.",
}


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """An address at which a server may be reached."""

    family: int
    sockaddr: Any

    @property
    def shown(self) -> str:
        """The address, for a message."""
        return visible(str(self.sockaddr[0]), 80)


@dataclass(frozen=True, slots=True)
class ConnectAttempt:
    """What connecting to one address came to: a socket, or the kind of the failure."""

    address: ServerAddress
    milliseconds: int
    connected: socket.socket | None = None
    kind: str = ""

    @property
    def words(self) -> str:
        """The address and what it does, for a message."""
        what = "answers" if self.connected else _WORDS.get(self.kind, self.kind)
        return f"{self.address.shown} {what} ({self.milliseconds} ms)"


def wire_name(server: str) -> str:
    """Return the server's name as DNS and certificates have it, in ASCII."""
    name = server.removesuffix(".")
    name = name if name.isascii() else (to_a_label(name) or "")
    if not name or len(name) > 253 or not name.isprintable() or " " in name or name[0] == ".":
        raise StageError(
            "no-name", f"{visible(server, 80)} isn't a valid host name.", "Correct the server name."
        )
    return name


async def resolve(
    spec: ServerSpec, options: ProbeOptions, until: float
) -> tuple[Sequence[ServerAddress], str]:
    """Return the addresses of the server, and a sentence about them.

    Args:
        until: the deadline, in the event loop's time.
    """
    loop = asyncio.get_running_loop()
    name = wire_name(spec.server)
    try:
        async with asyncio.timeout_at(min(until, loop.time() + options.connect_timeout)):
            answers = await loop.getaddrinfo(name, spec.port, type=socket.SOCK_STREAM)
    except TimeoutError:
        raise StageError(
            "timeout",
            f"{visible(name)}: no name server answered in time.",
            "Check this machine's name servers (/etc/resolv.conf) and its network.",
        ) from None
    except (UnicodeError, OSError) as error:
        raise _explain_no_address(visible(name), getattr(error, "errno", None)) from None
    unique = dict.fromkeys((family, sockaddr) for family, _, _, _, sockaddr in answers)
    kept = list(unique)[:_MOST_ADDRESSES]
    addresses = [ServerAddress(int(family), sockaddr) for family, sockaddr in kept]
    if not addresses:
        raise _explain_no_address(visible(name), None)
    if parse_ip(name):
        return addresses, f"{visible(name)} is an address: there is no name to resolve."
    shown = ", ".join(address.shown for address in addresses)
    more = f" and {len(unique) - _MOST_ADDRESSES} more" if len(unique) > _MOST_ADDRESSES else ""
    return addresses, f"{visible(name)} is {shown}{more}."


def _explain_no_address(name: str, number: int | None) -> StageError:
    if number == socket.EAI_AGAIN:
        return StageError(
            "no-dns",
            f"Can't resolve {name}: no name server answers.",
            "Check this machine's name servers (/etc/resolv.conf) and its network.",
        )
    return StageError(
        "unknown-host",
        f"{name} has no address.",
        "Check the spelling of the server name, and whether this machine's DNS knows it.",
    )


async def connect(
    spec: ServerSpec, addresses: Sequence[ServerAddress], options: ProbeOptions, until: float
) -> tuple[Connection, ServerAddress, Sequence[ConnectAttempt]]:
    """Connect to every address at once, and keep the first that works."""
    timeout = options.connect_timeout
    limit = min(until, asyncio.get_running_loop().time() + timeout)
    attempts = await _try_all(addresses, limit, timeout * _GRACE)
    working = [(each.connected, each.address) for each in attempts if each.connected]
    for connected, _ in working[1:]:
        connected.close()
    if working:
        connected, address = working[0]
        return Connection(connected, until), address, attempts
    kinds = {attempt.kind for attempt in attempts}
    # No IPv6 here explains nothing if the server's other addresses fail too.
    kinds = kinds - {"no-ipv6"} or kinds
    kind = kinds.pop() if len(kinds) == 1 else "failed"
    raise StageError(
        kind if kind in _HINTS else "failed",
        f"Can't connect to {spec.place}: {_join(attempts)}.",
        _HINTS.get(kind, _HINTS["failed"]),
    )


async def reconnect(address: ServerAddress, until: float) -> Connection:
    """Open one more connection to an address that worked."""
    (attempt,) = await _try_all([address], until, 0)
    if attempt.connected is None:
        raise StageError(attempt.kind, f"The second connection failed: {attempt.words}.")
    return Connection(attempt.connected, until)


def end_connect_stage(log: StageLog, spec: ServerSpec, attempts: Sequence[ConnectAttempt]) -> None:
    """End the stage connect, in which at least one address worked."""
    words = f"{spec.place}: {_join(attempts)}."
    failed = [each for each in attempts if not each.connected and each.kind != "no-ipv6"]
    if failed:
        log.warn(
            "some-addresses",
            words,
            "Clients that try another address first wait or fail: have those addresses fixed.",
        )
    else:
        log.succeed("connected", words)


def _join(attempts: Sequence[ConnectAttempt]) -> str:
    return "; ".join(attempt.words for attempt in attempts)


async def _try_all(
    addresses: Sequence[ServerAddress], until: float, grace: float
) -> Sequence[ConnectAttempt]:
    waiting: list[asyncio.Timeout] = []
    with ExitStack() as sockets:
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(_try_address(each, until, waiting, grace, sockets))
                for each in addresses
            ]
        sockets.pop_all()  # only a cancellation closes them all
    return [task.result() for task in tasks]


async def _try_address(
    address: ServerAddress,
    until: float,
    waiting: list[asyncio.Timeout],
    grace: float,
    sockets: ExitStack,
) -> ConnectAttempt:
    loop, since = asyncio.get_running_loop(), time.monotonic()
    kind, connected = "", None
    try:
        connected = sockets.enter_context(socket.socket(address.family, socket.SOCK_STREAM))
        connected.setblocking(False)
        async with asyncio.timeout_at(until) as timeout:
            waiting.append(timeout)
            await loop.sock_connect(connected, address.sockaddr)
    except OSError as error:
        kind = _failure_kind(error, address)
    took = round((time.monotonic() - since) * 1000)
    if kind:
        if connected:
            connected.close()
        return ConnectAttempt(address, took, kind=kind)
    for other in waiting:
        with suppress(RuntimeError):  # it has ended
            other.reschedule(min(until, loop.time() + grace))
    return ConnectAttempt(address, took, connected)


def _failure_kind(error: OSError, address: ServerAddress) -> str:
    if isinstance(error, TimeoutError):
        return "timeout"
    if ":" in str(address.sockaddr[0]) and error.errno in _NO_ROUTE:
        return "no-ipv6"
    return _KINDS.get(error.errno or 0) or error.strerror or "failed"
