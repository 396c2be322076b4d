"""A very small HTTP responder: one request a connection, and every way in which a server can misbehave."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import cast

MAX_HEAD = 32 * 1024
MAX_BODY = 1024 * 1024
GARBAGE = bytes(range(128, 256)) + b"\r\n220 this is no web server\r\n"
DRIP_HEAD = b"HTTP/1.1 200 OK\r\nServer: WWW-Kodeks/6.4\r\nX-Drip: "
RST = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Request:
    """What a simulated server reads of a request."""

    method: str
    path: str
    authority: str
    """The Host header as sent."""

    @property
    def host(self) -> str:
        """Return the name asked for: lower case, without port and trailing dot."""
        return self.authority.rpartition("]")[2].partition(":")[0].rstrip(".").lower()


class Manner(Enum):
    """How an answer is given."""

    WHOLE = "whole"
    SILENT = "silent"
    DRIPPING = "dripping"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Reply:
    data: bytes = b""
    manner: Manner = Manner.WHOLE
    delay: float = 0.0
    """Seconds before the first byte."""


Answer = Callable[[Request], Reply]
NOT_HTTP = Request("", "", "")


class Door(asyncio.Protocol):
    """One accepted connection; ``inside`` are all connections of one listener, so that it can cut them."""

    def __init__(self, answer: Answer, inside: set[Door], *, drip_every: float = 0.25) -> None:
        self._answer = answer
        self._inside = inside
        self._drip_every = drip_every
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None
        self._later: asyncio.TimerHandle | None = None
        self._answered = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._inside.add(self)

    def connection_lost(self, _error: Exception | None) -> None:
        self._inside.discard(self)
        self._transport = None
        if self._later is not None:
            self._later.cancel()

    def data_received(self, data: bytes) -> None:
        if self._answered:
            return
        self._buffer += data
        request = read_request(self._buffer)
        if request is None:
            return
        self._answered = True
        self._buffer.clear()
        self._give(self._answer(request))

    def cut(self) -> None:
        """End the connection at once, as a killed process does."""
        transport = self._transport
        if transport is None:
            return
        plain: socket.socket | None = transport.get_extra_info("socket")
        if plain is not None:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RST)
        transport.abort()

    def _give(self, reply: Reply) -> None:
        if reply.delay:
            self._later = asyncio.get_running_loop().call_later(
                reply.delay, self._give, Reply(reply.data, reply.manner)
            )
        elif reply.manner is Manner.RESET:
            self.cut()
        elif reply.manner is Manner.DRIPPING:
            self._drip(DRIP_HEAD)
        elif reply.manner is Manner.WHOLE and self._transport is not None:
            self._transport.write(reply.data)
            self._transport.close()

    def _drip(self, drop: bytes) -> None:
        if self._transport is not None:
            self._transport.write(drop)
            self._later = asyncio.get_running_loop().call_later(self._drip_every, self._drip, b"x")


def read_request(buffer: bytearray) -> Request | None:
    """Return a request that has come in whole, None while it has not; what is no HTTP gives ``NOT_HTTP``."""
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        return NOT_HTTP if len(buffer) > MAX_HEAD else None
    head = bytes(buffer[:end]).decode("latin-1").split("\r\n")
    words = head[0].split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):  # noqa: PLR2004 - method, path, version
        return NOT_HTTP
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
    length = headers.get("content-length", "0")
    wanted = int(length) if length.isdecimal() else 0
    if min(wanted, MAX_BODY) > len(buffer) - end - 4:
        return None
    return Request(words[0], words[1], headers.get("host", ""))
