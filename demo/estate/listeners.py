"""Listening sockets on loopback that can be closed and opened again without losing their port."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field

from demo.estate.door import Door
from demo.estate.states import EstateError

BACKLOG = 1024
Factory = Callable[[set[Door]], asyncio.Protocol]


@dataclass(slots=True)
class Listener:
    """One address.

    While it is closed its port stays reserved by a socket that is bound and does not listen: connections are refused,
    and nobody else gets the port.
    """

    factory: Factory
    host: str
    port: int = 0
    context: ssl.SSLContext | None = None
    inside: set[Door] = field(default_factory=set)
    _server: asyncio.Server | None = None
    _reserved: socket.socket | None = None

    async def open(self) -> None:
        """Listen; nothing happens if it does already; ``EstateError`` when somebody else has the port."""
        if self._server is not None:
            return
        plain, self._reserved = self._reserved or _bound(self.host, self.port), None
        self.port = plain.getsockname()[1]
        self._server = await asyncio.get_running_loop().create_server(
            lambda: self.factory(self.inside), sock=plain, backlog=BACKLOG, ssl=self.context
        )

    async def close(self) -> None:
        """Refuse from now on and cut whoever is inside; the port stays ours."""
        if self._server is None:
            return
        server, self._server = self._server, None
        server.close()
        for door in tuple(self.inside):
            door.cut()
        await server.wait_closed()
        self._reserved = _bound(self.host, self.port)

    async def leave(self) -> None:
        """Close and give the port back."""
        await self.close()
        if self._reserved is not None:
            self._reserved.close()
            self._reserved = None

    @property
    def is_open(self) -> bool:
        return self._server is not None


def _bound(host: str, port: int) -> socket.socket:
    plain = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        plain.bind((host, port))
    except OSError as error:
        plain.close()
        if error.errno == errno.EADDRINUSE:
            raise EstateError(f"{host}:{port} is taken (by another demo?)") from error
        raise
    plain.setblocking(False)
    return plain


def can_bind(host: str) -> bool:
    """Tell whether this machine lets us use an address of loopback other than 127.0.0.1."""
    try:
        _bound(host, 0).close()
    except OSError:
        return False
    return True
