"""A stand-in name server on loopback, by UDP and TCP, that serves a zone and notes its queries."""

import asyncio
import socket
import struct
import threading
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import TypeAlias

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset
from dns.asyncresolver import Resolver
from dns.exception import TooBig
from dns.rdtypes.ANY.TXT import TXT

HOST = "127.0.0.1"
SILENT = "SILENT"
"""No answer at all."""
Zone: TypeAlias = Mapping[str, str | bytes | dns.rdata.Rdata | Sequence[str | bytes]]
"""Records by name and type, as `corp.example MX`; the name of a response code fails instead."""


class NameServer:
    """A server of one zone.

    Attributes:
        queries: names and types, as they were queried by UDP.
        tcp_queries: those that were queried by TCP, as the answer was too long.
    """

    def __init__(self, zone: Zone) -> None:
        self.queries: list[str] = []
        self.tcp_queries: list[str] = []
        self.port = 0
        self._zone = {key.casefold(): value for key, value in zone.items()}

    @property
    def resolver(self) -> Resolver:
        """A resolver that queries this server only."""
        resolver = Resolver(configure=False)
        resolver.nameservers = [HOST]
        resolver.port = self.port
        return resolver

    def answer(self, wire: bytes, queries: list[str], most: int) -> bytes | None:
        """Return the answer to a query; None for no answer."""
        query = dns.message.from_wire(wire)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).casefold()
        kind = dns.rdatatype.to_text(question.rdtype)
        queries.append(f"{name} {kind}")
        response = dns.message.make_response(query)
        known = self._zone.get(f"{name} {kind}".casefold(), [])
        if known == SILENT:
            return None
        if isinstance(known, str) and known in dns.rcode.Rcode.__members__:
            response.set_rcode(dns.rcode.from_text(known))
            return response.to_wire()
        records = [known] if isinstance(known, str | bytes | dns.rdata.Rdata) else known
        if records:
            rrset = dns.rrset.RRset(question.name, dns.rdataclass.IN, question.rdtype)
            for record in records:
                rrset.add(_rdata(kind, record), 60)
            response.answer.append(rrset)
        elif not self._exists(name):
            response.set_rcode(dns.rcode.NXDOMAIN)
        with suppress(TooBig):
            return response.to_wire(max_size=most)
        response.answer.clear()
        response.flags |= dns.flags.TC
        return response.to_wire()

    def _exists(self, name: str) -> bool:
        names = {key.split(" ")[0] for key in self._zone}
        return any(each == name or each.endswith(f".{name}") for each in names)


def _rdata(kind: str, record: str | bytes | dns.rdata.Rdata) -> dns.rdata.Rdata:
    if isinstance(record, dns.rdata.Rdata):
        return record
    if kind == "TXT":
        whole = record.encode() if isinstance(record, str) else record
        parts = [whole[start : start + 255] for start in range(0, len(whole), 255)]
        return TXT(dns.rdataclass.IN, dns.rdatatype.TXT, parts or [b""])
    assert isinstance(record, str)
    return dns.rdata.from_text("IN", kind, record)


@asynccontextmanager
async def serve_zone(zone: Zone) -> AsyncIterator[NameServer]:
    """Serve a zone on a port of its own."""
    server = NameServer(zone)

    def datagram() -> None:
        query, client = datagrams.recvfrom(512)
        answer = server.answer(query, server.queries, 512)
        if answer is not None:
            datagrams.sendto(answer, client)

    async def stream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, OSError):
            (length,) = struct.unpack("!H", await reader.readexactly(2))
            answer = server.answer(await reader.readexactly(length), server.tcp_queries, 65535)
            if answer is not None:
                writer.write(struct.pack("!H", len(answer)) + answer)
        writer.close()

    datagrams, listening = _bind_both()
    server.port = datagrams.getsockname()[1]
    loop = asyncio.get_running_loop()
    loop.add_reader(datagrams, datagram)
    streams = await asyncio.start_server(stream, sock=listening)
    try:
        yield server
    finally:
        loop.remove_reader(datagrams)
        datagrams.close()
        streams.close()
        await asyncio.sleep(0)  # what was closed is gone in the next round


@contextmanager
def serve_zone_beside(zone: Zone) -> Iterator[NameServer]:
    """Serve a zone in a thread, for a program that runs its own event loop."""
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    servers, started = list[NameServer](), threading.Event()

    async def serve() -> None:
        async with serve_zone(zone) as server:
            servers.append(server)
            started.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    started.wait()
    try:
        yield servers[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


def _bind_both() -> tuple[socket.socket, socket.socket]:
    """Return a socket of each kind, on a port that was free for both."""
    while True:
        listening = socket.create_server((HOST, 0))
        datagrams = socket.socket(type=socket.SOCK_DGRAM)
        try:
            datagrams.bind(listening.getsockname())
        except OSError:
            listening.close()
            datagrams.close()
            continue
        datagrams.setblocking(False)
        return datagrams, listening
