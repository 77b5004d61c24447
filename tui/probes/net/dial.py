"""The way to a server: its name, its addresses, and a connection to each of them."""

import asyncio
import errno
import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from tui.probes.fault import StageError
from tui.probes.net.connection import Connection
from tui.probes.server_spec import ProbeOptions, ServerSpec
from tui.probes.stage_log import StageLog
from tui.settings.parse.host import parse_ip, to_a_label
from tui.terminal.visible import visible

_ADDRESSES = 8
_NO_WAY = (errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
_GRACE = 0.1  # once one has answered, of the time for one
_WORDS = {
    "refused": "refuses the connection",
    "unreachable": "cannot be reached",
    "timeout": "does not answer",
    "no-ipv6": "is out of reach, since this machine has no IPv6",
    "not-allowed": "may not be asked: this machine holds the connection back",
}
_NEXT = {
    "refused": "See host and port: nothing listens there, or a firewall says no.",
    "unreachable": "See the network, the route and the VPN of this machine.",
    "timeout": "See host and port; a firewall may drop it: networks often block 25 on the way out.",
    "no-ipv6": "Give the server an IPv4 address too, or this machine IPv6.",
    "not-allowed": "See the firewall rules of this machine.",
    "failed": "See host and port, and the firewalls between.",
}


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Where a server may be reached."""

    family: int
    sockaddr: Any

    @property
    def shown(self) -> str:
        """The address, for a message."""
        return visible(str(self.sockaddr[0]), 80)


@dataclass(frozen=True, slots=True)
class ConnectAttempt:
    """What came of one address.

    Attributes:
        connected: the socket; None where there is none.
        kind: why there is none.
    """

    address: ServerAddress
    milliseconds: int
    connected: socket.socket | None = None
    kind: str = ""

    @property
    def words(self) -> str:
        """The address and what came of it."""
        what = "answers" if self.connected else _WORDS.get(self.kind, self.kind)
        return f"{self.address.shown} {what} ({self.milliseconds} ms)"


def wire_name(server: str) -> str:
    """The server's name as DNS and certificates have it.

    Raises:
        Fault: there is none.
    """
    name = server.removesuffix(".")
    name = name if name.isascii() else (to_a_label(name) or "")
    if not name or len(name) > 253 or not name.isprintable() or " " in name or name[0] == ".":
        raise StageError(
            "no-name", f"{visible(server, 80)} is no host's name.", "Correct the server."
        )
    return name


async def resolve(
    wanted: ServerSpec, options: ProbeOptions, until: float
) -> tuple[Sequence[ServerAddress], str]:
    """The addresses of the server, and a sentence about them.

    Args:
        until: the deadline, in the event loop's time.

    Raises:
        Fault: there are none.
    """
    loop = asyncio.get_running_loop()
    name = wire_name(wanted.server)
    problem: int | None = None
    try:
        async with asyncio.timeout_at(min(until, loop.time() + options.connecting)):
            found = await loop.getaddrinfo(name, wanted.port, type=socket.SOCK_STREAM)
    except TimeoutError:
        raise StageError(
            "timeout",
            f"{visible(name)}: no name server answered in time.",
            "See the name servers of this machine (/etc/resolv.conf) and its network.",
        ) from None
    except (socket.gaierror, UnicodeError, OSError) as error:
        problem = error.errno if isinstance(error, OSError) else None
        raise _unresolved(visible(name), problem) from None
    unique = dict.fromkeys((family, sockaddr) for family, _, _, _, sockaddr in found)
    addresses = [ServerAddress(int(family), sockaddr) for family, sockaddr in unique][:_ADDRESSES]
    if not addresses:
        raise _unresolved(visible(name), None)
    if parse_ip(name):
        return addresses, f"{visible(name)} is an address; there is no name to resolve."
    shown = ", ".join(address.shown for address in addresses)
    more = f" and {len(unique) - _ADDRESSES} more" if len(unique) > _ADDRESSES else ""
    return addresses, f"{visible(name)} is {shown}{more}."


def _unresolved(name: str, problem: int | None) -> StageError:
    if problem == socket.EAI_AGAIN:
        return StageError(
            "no-dns",
            f"{name} could not be resolved: no name server gives an answer.",
            "See the name servers of this machine (/etc/resolv.conf) and its network.",
        )
    return StageError(
        "unknown-host",
        f"{name} has no address.",
        "See that the server's name is spelled right, and known to the DNS this machine asks.",
    )


async def connect(
    wanted: ServerSpec, addresses: Sequence[ServerAddress], options: ProbeOptions, until: float
) -> tuple[Connection, ServerAddress, Sequence[ConnectAttempt]]:
    """Asks every address at once; the first of them that works is used.

    Raises:
        Fault: none works.
    """
    attempts = await _attempts(addresses, options, until)
    working = [attempt for attempt in attempts if attempt.connected]
    for attempt in working[1:]:
        if attempt.connected:
            attempt.connected.close()
    if working and working[0].connected:
        return Connection(working[0].connected, until), working[0].address, attempts
    kinds = {attempt.kind for attempt in attempts}
    # No IPv6 here says nothing where the server's other addresses fail too.
    kinds = kinds - {"no-ipv6"} or kinds
    kind = kinds.pop() if len(kinds) == 1 else "failed"
    raise StageError(
        kind if kind in _NEXT else "failed",
        f"No connection to {wanted.place}: {_listed(attempts)}.",
        _NEXT.get(kind, _NEXT["failed"]),
    )


async def reopened(address: ServerAddress, until: float) -> Connection:
    """One more connection to an address that answered.

    Raises:
        Fault: it does not any more.
    """
    attempt = await _attempt(address, until, [], 0)
    if attempt.connected is None:
        raise StageError(attempt.kind, f"No second connection: {attempt.words}.")
    return Connection(attempt.connected, until)


def tell(course: StageLog, wanted: ServerSpec, attempts: Sequence[ConnectAttempt]) -> None:
    """Ends the stage in which a connection was made."""
    words = f"{wanted.place}: {_listed(attempts)}."
    failed = [each for each in attempts if not each.connected and each.kind != "no-ipv6"]
    if failed:
        course.warned(
            "some-addresses",
            words,
            "Whoever takes another of the addresses first waits or fails: have them put right.",
        )
    else:
        course.passed("connected", words)


def _listed(attempts: Sequence[ConnectAttempt]) -> str:
    return "; ".join(attempt.words for attempt in attempts)


async def _attempts(
    addresses: Sequence[ServerAddress], options: ProbeOptions, until: float
) -> Sequence[ConnectAttempt]:
    limit = min(until, asyncio.get_running_loop().time() + options.connecting)
    waiting: list[asyncio.Timeout] = []
    grace = options.connecting * _GRACE
    tasks = [asyncio.create_task(_attempt(each, limit, waiting, grace)) for each in addresses]
    try:
        return await asyncio.gather(*tasks)
    except BaseException:  # a cancellation is none of Exception, and sockets are open by then
        for task in tasks:
            task.cancel()
        for done in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(done, ConnectAttempt) and done.connected:
                done.connected.close()
        raise


async def _attempt(
    address: ServerAddress, until: float, waiting: list[asyncio.Timeout], grace: float
) -> ConnectAttempt:
    loop, since = asyncio.get_running_loop(), time.monotonic()
    kind, connected = "", None
    try:
        connected = socket.socket(address.family, socket.SOCK_STREAM)
        connected.setblocking(False)
        async with asyncio.timeout_at(until) as within:
            waiting.append(within)
            await loop.sock_connect(connected, address.sockaddr)
    except OSError as error:
        kind = _kind(error, address)
    except BaseException:  # as above
        if connected:
            connected.close()
        raise
    took = round((time.monotonic() - since) * 1000)
    if kind:
        if connected:
            connected.close()
        return ConnectAttempt(address, took, kind=kind)
    for other in waiting:
        with suppress(RuntimeError):  # that one has ended
            other.reschedule(min(until, loop.time() + grace))
    return ConnectAttempt(address, took, connected)


def _kind(error: OSError, address: ServerAddress) -> str:
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    if ":" in str(address.sockaddr[0]) and error.errno in _NO_WAY:
        return "no-ipv6"
    if error.errno in (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EADDRNOTAVAIL):
        return "unreachable"
    if error.errno in (errno.EPERM, errno.EACCES):
        return "not-allowed"
    return error.strerror or "failed"
