"""A tiny name server on loopback, UDP and TCP, for names that exist nowhere else; it can fail on request."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum
from functools import partial
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import cast

HEADER = struct.Struct("!6H")
QUESTION_TAIL = struct.Struct("!2H")
RECORD_HEAD = struct.Struct("!HHHLH")
A, AAAA, ANY = 1, 28, 255
INTERNET = 1
POINTER_TO_QUESTION = 0xC00C
MAX_LABEL = 63
MAX_NAME = 255
TTL = 0
TRIES = 16


class Trouble(Enum):
    """How a question is not answered."""

    NOT_FOUND = 3
    SERVER_FAILS = 2
    SILENT = -1


Address = IPv4Address | IPv6Address
Finding = tuple[Address, ...] | Trouble
Names = Callable[[str], Finding]
"""What a name (lower case, no trailing dot) stands for."""


@dataclass(frozen=True, slots=True)
class Question:
    name: str
    kind: int
    raw: bytes


def addresses(*texts: str) -> tuple[Address, ...]:
    return tuple(ip_address(text) for text in texts)


def answer(query: bytes, names: Names) -> bytes | None:
    """Return the reply to one message; None where a server would stay silent."""
    if len(query) < HEADER.size:
        return None
    number, flags, *_ = HEADER.unpack_from(query)
    if flags & 0x8000:
        return None
    question = read_question(query)
    if question is None or flags & 0x7800:
        return _reply(number, flags, code=1 if question is None else 4)
    found = names(question.name)
    if found is Trouble.SILENT:
        return None
    if isinstance(found, Trouble):
        return _reply(number, flags, code=found.value, question=question.raw)
    records = [_record(address) for address in found if question.kind in {_kind(address), ANY}]
    return _reply(number, flags, code=0, question=question.raw, records=records)


def read_question(query: bytes) -> Question | None:
    """Return the first question of a message; None when it cannot be read."""
    labels: list[str] = []
    at = HEADER.size
    while at < len(query) and (length := query[at]):
        if length > MAX_LABEL or at - HEADER.size > MAX_NAME:
            return None
        labels.append(query[at + 1 : at + 1 + length].decode("latin-1").lower())
        at += 1 + length
    end = at + 1 + QUESTION_TAIL.size
    if end > len(query):
        return None
    kind, _ = QUESTION_TAIL.unpack_from(query, at + 1)
    return Question(".".join(labels), kind, query[HEADER.size : end])


def _reply(number: int, flags: int, *, code: int, question: bytes = b"", records: list[bytes] | None = None) -> bytes:
    records = records or []
    answered = 0x8400 | (flags & 0x0100) | 0x0080 | code
    return HEADER.pack(number, answered, 1 if question else 0, len(records), 0, 0) + question + b"".join(records)


def _record(address: Address) -> bytes:
    packed = address.packed
    return RECORD_HEAD.pack(POINTER_TO_QUESTION, _kind(address), INTERNET, TTL, len(packed)) + packed


def _kind(address: Address) -> int:
    return A if isinstance(address, IPv4Address) else AAAA


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, names: Names) -> None:
        self._names = names
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        reply = answer(data, self._names)
        if reply is not None and self._transport is not None:
            self._transport.sendto(reply, addr)


class _Stream(asyncio.Protocol):
    """One TCP connection: messages come with their length in front."""

    def __init__(self, names: Names, inside: set[asyncio.Transport]) -> None:
        self._names = names
        self._inside = inside
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._inside.add(self._transport)

    def connection_lost(self, _error: Exception | None) -> None:
        if self._transport is not None:
            self._inside.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while len(self._buffer) >= 2 + (length := int.from_bytes(self._buffer[:2])) and self._transport:
            reply = answer(bytes(self._buffer[2 : 2 + length]), self._names)
            del self._buffer[: 2 + length]
            if reply is not None:
                self._transport.write(len(reply).to_bytes(2) + reply)


@asynccontextmanager
async def open_dns(names: Names, *, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[tuple[str, int]]:
    """Serve names while the context lasts and give the address; ``OSError`` when it is taken."""
    loop = asyncio.get_running_loop()
    datagram, stream = _pair(host, port)
    inside: set[asyncio.Transport] = set()
    transport, _ = await loop.create_datagram_endpoint(partial(_Datagrams, names), sock=datagram)
    server = await loop.create_server(partial(_Stream, names, inside), sock=stream)
    try:
        yield datagram_address(transport)
    finally:
        transport.close()
        server.close()
        for open_one in tuple(inside):
            open_one.abort()
        await server.wait_closed()


def datagram_address(transport: asyncio.DatagramTransport) -> tuple[str, int]:
    host, port = transport.get_extra_info("sockname")[:2]
    return host, port


def _pair(host: str, port: int) -> tuple[socket.socket, socket.socket]:
    """Bind UDP and TCP to one port; a free one may be taken for one of the two, so it is tried a few times."""
    for left in reversed(range(TRIES)):
        datagram = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        stream = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            datagram.bind((host, port))
            stream.bind((host, datagram.getsockname()[1]))
        except OSError:
            datagram.close()
            stream.close()
            if port or not left:
                raise
        else:
            datagram.setblocking(False)
            stream.setblocking(False)
            return datagram, stream
    raise AssertionError
