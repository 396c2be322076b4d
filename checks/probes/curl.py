"""Drive libcurl from the event loop: one new connection for every exchange, a total deadline, bounded bytes."""

from __future__ import annotations

import asyncio
import select
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final

import pycurl

ENOUGH: Final = -1
"""What a callback returns to make libcurl hang up: everything worth knowing has been read, or far too much came."""
REDIRECTS: Final = frozenset((301, 302, 303, 307, 308))
IDLE_HANDLES: Final = 64
STATUS_PARTS: Final = 2
CURVES: Final = "X25519:P-256:P-384:P-521"
"""Without post-quantum keys: a seventh less CPU, and a first packet that old servers and their firewalls take whole."""


BOTH: Final = select.EPOLLIN | select.EPOLLOUT
WRONG: Final = select.EPOLLERR | select.EPOLLHUP
WANTED: Final = {pycurl.POLL_IN: select.EPOLLIN, pycurl.POLL_OUT: select.EPOLLOUT, pycurl.POLL_INOUT: BOTH}
HAPPENED: Final = {
    0: 0,
    select.EPOLLIN: pycurl.CSELECT_IN,
    select.EPOLLOUT: pycurl.CSELECT_OUT,
    BOTH: pycurl.CSELECT_IN | pycurl.CSELECT_OUT,
}
"""From epoll's words to libcurl's and back."""


class Cut(Enum):
    """Why we hung up ourselves."""

    REDIRECT = auto()
    """The headers say where to go on; the body of a redirect interests nobody."""
    HEADER = auto()
    BODY = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one exchange may take at most: bytes of header and (decompressed) body."""

    header: int
    body: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one exchange brought; ``code`` is libcurl's, 0 = a whole answer or one that we cut ourselves."""

    code: int
    message: str
    cut: Cut | None
    status: int
    headers: tuple[tuple[str, bytes], ...]
    """Names in lower case, values as they came, of the last header block."""
    body: bytes
    begun: bool
    """At least the first line of the answer came."""
    connect: float
    """Seconds since the start, 0 = not reached; likewise the next three."""
    tls: float
    first_byte: float
    total: float
    errno: int
    verify: int
    """OpenSSL's verdict on the chain, 0 = it was accepted."""
    chain: tuple[str, ...]
    """PEM of what the server presented, leaf first; kept even when it was not accepted."""

    def header(self, name: str) -> bytes | None:
        return next((value for key, value in self.headers if key == name), None)


class Exchange:
    """One libcurl handle with its buffers; used again and again, but never two exchanges at a time."""

    __slots__ = (
        "body",
        "cut",
        "done",
        "handle",
        "header_bytes",
        "limits",
        "lines",
        "size",
        "status",
        "turning",
    )

    def __init__(self) -> None:
        self.handle: Any = pycurl.Curl()
        self.handle.setopt(pycurl.HEADERFUNCTION, self._header)
        self.handle.setopt(pycurl.WRITEFUNCTION, self._body)
        self.done: asyncio.Future[tuple[int, str]] | None = None

    def begin(self, limits: Limits, done: asyncio.Future[tuple[int, str]], *, turning: bool) -> None:
        self.limits, self.done, self.turning = limits, done, turning
        self.lines: list[bytes] = []
        self.body: list[bytes] = []
        self.header_bytes = self.size = self.status = 0
        self.cut: Cut | None = None

    def _header(self, line: bytes) -> int | None:
        self.header_bytes += len(line)
        if self.header_bytes > self.limits.header:
            self.cut = Cut.HEADER
            return ENOUGH
        if line.startswith(b"HTTP/"):
            self.lines, self.status = [line], status_of(line)
        elif line not in (b"\r\n", b"\n"):
            self.lines.append(line)
        elif self.turning and self.status in REDIRECTS:
            self.cut = Cut.REDIRECT
            return ENOUGH
        return None

    def _body(self, piece: bytes) -> int | None:
        self.size += len(piece)
        if self.size > self.limits.body:
            self.cut = Cut.BODY
            return ENOUGH
        self.body.append(piece)
        return None

    def answer(self, code: int, message: str) -> Answer:
        info = self.handle.getinfo
        first_byte = info(pycurl.STARTTRANSFER_TIME)
        secure = info(pycurl.APPCONNECT_TIME)
        verify = info(pycurl.SSL_VERIFYRESULT)
        return Answer(
            code=0 if self.cut else code,
            message=message,
            cut=self.cut,
            status=self.status,
            headers=headers_of(self.lines),
            body=self.body[0] if len(self.body) == 1 else b"".join(self.body),
            begun=bool(self.lines),
            connect=info(pycurl.CONNECT_TIME),
            tls=secure,
            first_byte=first_byte,
            total=info(pycurl.TOTAL_TIME),
            errno=info(pycurl.OS_ERRNO) if code else 0,
            verify=verify,
            chain=chain_of(self.handle) if secure or code == pycurl.E_PEER_FAILED_VERIFICATION else (),
        )


def status_of(line: bytes) -> int:
    parts = line.split(None, STATUS_PARTS)
    return int(parts[1]) if len(parts) >= STATUS_PARTS and parts[1].isdigit() else 0


def headers_of(lines: list[bytes]) -> tuple[tuple[str, bytes], ...]:
    split = (line.partition(b":") for line in lines[1:])
    return tuple((name.decode("latin-1").lower(), value.strip()) for name, colon, value in split if colon)


def chain_of(handle: Any) -> tuple[str, ...]:
    certificates = handle.getinfo(pycurl.INFO_CERTINFO)
    return tuple(pem for fields in certificates for name, pem in fields if name == "Cert")


class Wire:
    """libcurl's multi interface on the running event loop."""

    def __init__(self, *, user_agent: str, ca_file: str | None) -> None:
        self._loop = asyncio.get_running_loop()
        self._user_agent = user_agent
        self._ca_file = ca_file
        self._idle: list[Exchange] = []
        self._busy: dict[Any, Exchange] = {}
        self._watched: set[int] = set()
        self._epoll = select.epoll()
        self._loop.add_reader(self._epoll.fileno(), self._ready)
        self._timer: asyncio.Handle | None = None
        self._multi: Any = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._watch)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._set_timer)

    async def get(self, url: str, *, dial: str, seconds: float, limits: Limits) -> Answer:
        """Ask for ``url`` at the address ``dial`` (``ip:port``, ``[ip]:port``), whatever its host resolves to.

        ``url`` must be http or https with an ASCII host. The body of a redirect is not waited for.
        """
        exchange = self._idle.pop() if self._idle else self._fresh()
        handle = exchange.handle
        handle.setopt(pycurl.URL, url)
        return await self._run(exchange, dial=dial, seconds=seconds, limits=limits, turning=True, keep=True)

    async def send(
        self, method: str, url: str, *, dial: str, seconds: float, limits: Limits, headers: list[bytes], body: bytes
    ) -> Answer:
        """Any other request, with headers and a body of the caller's; nothing of it stays in a handle."""
        exchange = self._fresh()
        handle = exchange.handle
        handle.setopt(pycurl.URL, url)
        handle.setopt(pycurl.HTTPHEADER, headers)
        if method == "HEAD":
            handle.setopt(pycurl.NOBODY, 1)
        elif method != "GET" or body:
            handle.setopt(pycurl.POST, 1)
            handle.setopt(pycurl.POSTFIELDSIZE_LARGE, len(body))
            handle.setopt(pycurl.COPYPOSTFIELDS, body)
            handle.setopt(pycurl.CUSTOMREQUEST, method)
        return await self._run(exchange, dial=dial, seconds=seconds, limits=limits, turning=False, keep=False)

    async def _run(
        self, exchange: Exchange, *, dial: str, seconds: float, limits: Limits, turning: bool, keep: bool
    ) -> Answer:
        handle, milliseconds = exchange.handle, max(1, int(seconds * 1000))
        handle.setopt(pycurl.CONNECT_TO, [f"::{dial}"])
        handle.setopt(pycurl.TIMEOUT_MS, milliseconds)
        done: asyncio.Future[tuple[int, str]] = self._loop.create_future()
        exchange.begin(limits, done, turning=turning)
        self._busy[handle] = exchange
        self._multi.add_handle(handle)
        self._act()
        try:
            code, message = await done
            answer = exchange.answer(code, message)
        finally:
            if self._busy.pop(handle, None) is not None:
                self._multi.remove_handle(handle)
            if keep and done.done() and not done.cancelled() and len(self._idle) < IDLE_HANDLES:
                self._idle.append(exchange)
            else:
                handle.close()
        return answer

    def _fresh(self) -> Exchange:
        exchange = Exchange()
        set_up(exchange.handle, user_agent=self._user_agent, ca_file=self._ca_file)
        return exchange

    def _watch(self, what: int, fd: int, _multi: object, _data: object) -> None:
        if what == pycurl.POLL_REMOVE:
            self._watched.discard(fd)
            with suppress(OSError):
                self._epoll.unregister(fd)
        elif fd in self._watched:
            self._epoll.modify(fd, WANTED[what])
        else:
            self._watched.add(fd)
            self._epoll.register(fd, WANTED[what])

    def _ready(self) -> None:
        """Hand all sockets that something has happened on to libcurl, in one go."""
        act, running = self._multi.socket_action, len(self._busy)
        for fd, events in self._epoll.poll(0):
            if fd in self._watched:
                _, running = act(fd, HAPPENED[events & BOTH] | (pycurl.CSELECT_ERR if events & WRONG else 0))
        if running < len(self._busy):
            self._reap()

    def _set_timer(self, milliseconds: int) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if milliseconds == 0:
            self._timer = self._loop.call_soon(self._act)
        elif milliseconds > 0:
            self._timer = self._loop.call_later(milliseconds / 1000, self._act)

    def _act(self) -> None:
        """Let libcurl do what is due by its clock."""
        _, running = self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
        if running < len(self._busy):
            self._reap()

    def _reap(self) -> None:
        left = 1
        while left:
            left, finished, failed = self._multi.info_read()
            for handle in finished:
                self._finish(handle, 0, "")
            for handle, code, message in failed:
                self._finish(handle, code, message)

    def _finish(self, handle: Any, code: int, message: str) -> None:
        exchange = self._busy.pop(handle)
        self._multi.remove_handle(handle)
        if exchange.done is not None and not exchange.done.done():
            exchange.done.set_result((code, message))

    def close(self) -> None:
        for handle, exchange in list(self._busy.items()):
            self._multi.remove_handle(handle)
            if exchange.done is not None:
                exchange.done.cancel()
        self._busy.clear()
        for exchange in self._idle:
            exchange.handle.close()
        self._idle.clear()
        self._multi.close()
        self._loop.remove_reader(self._epoll.fileno())
        self._epoll.close()
        if self._timer is not None:
            self._timer.cancel()


def set_up(handle: Any, *, user_agent: str, ca_file: str | None) -> None:
    """Set what holds for every exchange: nothing from the environment, nothing kept from one to the next."""
    option = handle.setopt
    option(pycurl.NOSIGNAL, 1)
    option(pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS)
    option(pycurl.REDIR_PROTOCOLS, 0)
    option(pycurl.FOLLOWLOCATION, 0)
    option(pycurl.PROXY, "")
    option(pycurl.NOPROXY, "*")
    option(pycurl.NETRC, pycurl.NETRC_IGNORED)
    option(pycurl.FRESH_CONNECT, 1)
    option(pycurl.FORBID_REUSE, 1)
    option(pycurl.SSL_SESSIONID_CACHE, 0)
    option(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
    option(pycurl.SSL_ENABLE_ALPN, 0)
    option(pycurl.PATH_AS_IS, 1)
    option(pycurl.USERAGENT, user_agent)
    option(pycurl.ACCEPT_ENCODING, "gzip, deflate")
    option(pycurl.SSL_EC_CURVES, CURVES)
    option(pycurl.OPT_CERTINFO, 1)
    option(pycurl.SSL_VERIFYPEER, 1)
    option(pycurl.SSL_VERIFYHOST, 2)
    if ca_file:
        option(pycurl.CAINFO, ca_file)
