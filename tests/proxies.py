"""Real proxies on loopback, HTTP CONNECT and SOCKS5, that can die or fall silent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Proxy:
    """One proxy; ``silent`` takes connections and answers nothing."""

    scheme: str
    port: int = 0
    silent: bool = False
    served: int = 0
    _writers: list[asyncio.StreamWriter] = field(default_factory=list)
    _server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    async def dies(self) -> None:
        """Take no more connections, drop those that are there."""
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.close()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        with suppress(OSError, asyncio.IncompleteReadError):
            if self.silent:
                await reader.read()
                return
            host, port, welcome = await (self._socks(reader, writer) if self.scheme == "socks5" else _connect(reader))
            there, back = await asyncio.open_connection(host, port)
            self.served += 1
            writer.write(welcome)
            await asyncio.gather(_pump(reader, back), _pump(there, writer))
        writer.close()

    async def _socks(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[str, int, bytes]:
        _, methods = await reader.readexactly(2)
        await reader.readexactly(methods)
        writer.write(b"\x05\x00")
        kind = (await reader.readexactly(4))[3]
        length = 4 if kind == 1 else (await reader.readexactly(1))[0]
        host = await reader.readexactly(length)
        port = int.from_bytes(await reader.readexactly(2), "big")
        name = ".".join(map(str, host)) if kind == 1 else host.decode()
        return name, port, b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"


async def _connect(reader: asyncio.StreamReader) -> tuple[str, int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    host, _, port = head.split()[1].decode().rpartition(":")
    return host, int(port), b"HTTP/1.1 200 OK\r\n\r\n"


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await source.read(65536):
            target.write(piece)
            await target.drain()
    target.close()


@asynccontextmanager
async def proxy(scheme: str, *, silent: bool = False) -> AsyncIterator[Proxy]:
    """Run a proxy on a port of its own."""
    one = Proxy(scheme, silent=silent)
    one._server = await asyncio.start_server(one.serve, "127.0.0.1", 0)
    one.port = one._server.sockets[0].getsockname()[1]
    try:
        yield one
    finally:
        await one.dies()
        await asyncio.sleep(0.01)
