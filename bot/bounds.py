"""How much and how long a stranger may send, and how a request is refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import StreamReader, web


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much and how long one sender may send."""

    body: int = 21 * 1024 * 1024
    """Bytes of a whole request; reports reach 20 MB."""
    idle: timedelta = timedelta(seconds=30)
    """Between two pieces."""
    total: timedelta = timedelta(minutes=10)
    """A 20 MB report over a slow line still comes through."""


class RefusedError(Exception):
    """The request gets ``status`` and one word for an answer."""

    def __init__(self, status: int, word: str) -> None:
        super().__init__(word)
        self.status = status
        self.word = word


UNAUTHORIZED = (401, "unauthorized")
TOO_LARGE = (413, "too_large")
UNKNOWN_CLIENT = (404, "unknown_client")


class Bounded:
    """A request's body that gives no more than ``bounds.body`` bytes, and that ``idle`` ends when nothing comes."""

    def __init__(self, stream: StreamReader, bounds: Bounds, idle: asyncio.Timeout) -> None:
        self._stream = stream
        self._left = bounds.body
        self._wait = bounds.idle.total_seconds()
        self._clock = asyncio.get_running_loop().time
        self._idle = idle
        self._renew_at = 0.0

    async def read(self, size: int = -1) -> bytes:
        return self._count(await self._stream.read(size))

    async def readline(self, *, max_line_length: int | None = None) -> bytes:
        return self._count(await self._stream.readline(max_line_length=max_line_length))

    def unread_data(self, data: bytes) -> None:
        self._left += len(data)
        self._stream.unread_data(data)

    def at_eof(self) -> bool:
        return self._stream.at_eof()

    def _count(self, data: bytes) -> bytes:
        self._left -= len(data)
        if self._left < 0:
            raise RefusedError(*TOO_LARGE)
        now = self._clock()
        if now >= self._renew_at:  # a timer moved at each piece would cost more than the piece
            self._idle.reschedule(now + self._wait)
            self._renew_at = now + self._wait / 10
        return data


@asynccontextmanager
async def bounded(request: web.Request, bounds: Bounds) -> AsyncIterator[Bounded]:
    """Read the request's body inside, within the bounds.

    Raises:
        TimeoutError: the sender is too slow.
        RefusedError: it sends too much.

    """
    wait = bounds.idle.total_seconds()
    async with asyncio.timeout(bounds.total.total_seconds()), asyncio.timeout(wait) as idle:
        yield Bounded(request.content, bounds, idle)
