"""A name server on loopback, by UDP and TCP, that knows what it is told and notes its questions."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
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
Zone: TypeAlias = Mapping[str, str | bytes | Sequence[str | bytes]]
"""Records by name and type, as `corp.example MX`; the name of a response code fails instead."""


class NameServer:
    """What is asked of it, and how to ask it.

    Attributes:
        asked: names and types, each time they were asked by UDP.
        again: those that were asked by TCP, as the answer was too long.
    """

    def __init__(self, zone: Zone) -> None:
        self.asked: list[str] = []
        self.again: list[str] = []
        self.port = 0
        self._zone = {key.casefold(): value for key, value in zone.items()}

    @property
    def resolver(self) -> Resolver:
        """Asks this server alone."""
        resolver = Resolver(configure=False)
        resolver.nameservers = [HOST]
        resolver.port = self.port
        return resolver

    def answer(self, wire: bytes, asked: list[str], most: int) -> bytes | None:
        """What is said to a question; None for nothing."""
        query = dns.message.from_wire(wire)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).casefold()
        kind = dns.rdatatype.to_text(question.rdtype)
        asked.append(f"{name} {kind}")
        response = dns.message.make_response(query)
        known = self._zone.get(f"{name} {kind}".casefold(), [])
        if known == SILENT:
            return None
        if isinstance(known, str) and known in dns.rcode.Rcode.__members__:
            response.set_rcode(dns.rcode.from_text(known))
            return response.to_wire()
        records = [known] if isinstance(known, str | bytes) else known
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


def _rdata(kind: str, record: str | bytes) -> dns.rdata.Rdata:
    if kind == "TXT":
        whole = record.encode() if isinstance(record, str) else record
        parts = [whole[start : start + 255] for start in range(0, len(whole), 255)]
        return TXT(dns.rdataclass.IN, dns.rdatatype.TXT, parts or [b""])
    assert isinstance(record, str)
    return dns.rdata.from_text("IN", kind, record)


@asynccontextmanager
async def naming(zone: Zone) -> AsyncIterator[NameServer]:
    """Answers out of a zone, on a port of its own."""
    server = NameServer(zone)

    def datagram() -> None:
        query, client = datagrams.recvfrom(512)
        answer = server.answer(query, server.asked, 512)
        if answer is not None:
            datagrams.sendto(answer, client)

    async def stream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, OSError):
            (length,) = struct.unpack("!H", await reader.readexactly(2))
            answer = server.answer(await reader.readexactly(length), server.again, 65535)
            if answer is not None:
                writer.write(struct.pack("!H", len(answer)) + answer)
        writer.close()

    datagrams, listening = _on_one_port()
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


def _on_one_port() -> tuple[socket.socket, socket.socket]:
    """A socket of each kind, on a port that was free for both."""
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
