"""One exchange over libcurl: what it may take, what it brought; nothing is kept from one to the next."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final

import pycurl

ENOUGH: Final = -1
"""What a callback returns to make libcurl hang up: everything worth knowing has been read, or far too much came."""
REDIRECTS: Final = frozenset((301, 302, 303, 307, 308))
STATUS_PARTS: Final = 2
CURVES: Final = "X25519:P-256:P-384:P-521"
"""Without post-quantum keys: a seventh less CPU, and a first packet that old servers and their firewalls take whole."""

FORGET: Final = 0
"""Seconds that libcurl remembers the address it was told. It walks all it remembers at every exchange: with ten
thousand addresses a minute that alone cost more CPU than the rest of a look."""


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
    option(pycurl.DNS_CACHE_TIMEOUT, FORGET)
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
