"""Real servers on loopback for tests: web servers that misbehave byte by byte, and a name server."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def answer(status: int = 200, body: bytes = b"", **headers: str) -> bytes:
    """Make an HTTP answer; ``content_type="text/html"`` becomes the header Content-Type."""
    lines = [f"HTTP/1.1 {status} Word", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-').title()}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def moved(location: str, status: int = 302) -> bytes:
    return answer(status, Location=location)


def says(*pieces: bytes, pause: float = 0.0) -> Handler:
    """Read the request, send the pieces, hang up."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)

    return handle


def drips(start: bytes, piece: bytes, pause: float = 0.05) -> Handler:
    """Send the start at once and then one piece after another for ever."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(start)
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)

    return handle


async def keeps_silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.read()
    await asyncio.sleep(60)


async def resets(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.transport.abort()


@dataclass
class Web:
    """A server that is up: its port and the requests it heard."""

    port: int
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0

    @property
    def hosts(self) -> list[str]:
        lines = [line for request in self.requests for line in request.split(b"\r\n")]
        return [line[6:].decode() for line in lines if line.lower().startswith(b"host: ")]


@asynccontextmanager
async def listening(
    handler: Handler | bytes, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[Web]:
    """Serve one handler, or always the same answer, until the block ends."""
    handle = says(handler) if isinstance(handler, bytes) else handler
    tasks: set[asyncio.Task[Any]] = set()
    web = Web(0)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        web.connections += 1
        tasks.add(asyncio.current_task())  # type: ignore[arg-type]
        with contextlib.suppress(OSError, EOFError, asyncio.CancelledError, ssl.SSLError):
            await handle(_listener(reader, web), writer)
        with contextlib.suppress(OSError, asyncio.CancelledError, ssl.SSLError):
            writer.close()

    server = await asyncio.start_server(serve, host, port, ssl=tls)
    web.port = server.sockets[0].getsockname()[1]
    try:
        yield web
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _listener(reader: asyncio.StreamReader, web: Web) -> asyncio.StreamReader:
    until = reader.readuntil

    async def readuntil(separator: bytes = b"\n") -> bytes:
        heard = await until(separator)
        web.requests.append(heard)
        return heard

    reader.readuntil = readuntil  # type: ignore[method-assign, assignment]
    return reader


@dataclass
class NameServer(asyncio.DatagramProtocol):
    """Answers as told: ``zone["name."] = ["127.0.0.1", "::1"]`` or a word for a failure; else NXDOMAIN."""

    zone: dict[str, list[str] | str] = field(default_factory=dict)
    ttl: int = 60
    asked: list[str] = field(default_factory=list)
    address: str = ""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.address = "{}:{}".format(*transport.get_extra_info("sockname")[:2])

    def datagram_received(self, data: bytes, addr: Any) -> None:
        query = dns.message.from_wire(data)
        name, kind = query.question[0].name.to_text().lower(), query.question[0].rdtype
        self.asked.append(name)
        reply = dns.message.make_response(query)
        rule = self.zone.get(name, "nxdomain")
        if rule == "silence":
            return
        if isinstance(rule, str):
            failed = {"nxdomain": dns.rcode.NXDOMAIN, "servfail": dns.rcode.SERVFAIL, "refused": dns.rcode.REFUSED}
            reply.set_rcode(failed[rule])
            reply.authority.append(dns.rrset.from_text("test.", 300, "IN", "SOA", "ns.test. root.test. 1 2 3 4 300"))
        else:
            fitting = [address for address in rule if (":" in address) == (kind == dns.rdatatype.AAAA)]
            if fitting:
                family = "AAAA" if kind == dns.rdatatype.AAAA else "A"
                reply.answer.append(dns.rrset.from_text(name, self.ttl, "IN", family, *fitting))
        self.transport.sendto(reply.to_wire(), addr)


@asynccontextmanager
async def naming() -> AsyncIterator[NameServer]:
    transport, server = await asyncio.get_running_loop().create_datagram_endpoint(
        NameServer, local_addr=("127.0.0.1", 0)
    )
    try:
        yield server
    finally:
        transport.close()
