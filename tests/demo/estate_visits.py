"""How tests visit the simulated estate: plain HTTP over real sockets, nothing hidden."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Visit:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        charset = "windows-1251" if "1251" in self.headers.get("content-type", "") else "utf-8"
        return self.body.decode(charset)


async def read_all(url: str, *, host: str | None = None, method: str = "GET", within: float = 2.0) -> bytes:
    """Return every byte that the server sends; ``TimeoutError`` when it does not end."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    path = parts.path or "/"
    try:
        writer.write(f"{method} {path} HTTP/1.1\r\nHost: {host or parts.netloc}\r\n\r\n".encode())
        return await asyncio.wait_for(reader.read(), within)
    finally:
        writer.transport.abort()


async def visit(url: str, *, host: str | None = None, method: str = "GET", within: float = 2.0) -> Visit:
    raw = await read_all(url, host=host, method=method, within=within)
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
    return Visit(int(first.split()[1]), headers, body)
