"""Take web addresses apart strictly: what the lists give, and what a stranger's ``Location`` says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final

import idna

from checks.model import Fault
from checks.probes.failure import LookFailed

PORTS: Final = {"http": 80, "https": 443}
HIGHEST_PORT: Final = 65535
LONGEST: Final = 4096
LONGEST_HOST: Final = 253

PARTS = re.compile(r"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):)?(?://(?P<authority>[^/?#]*))?(?P<path>[^#]*)")
AUTHORITY = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\[\]:@]+)(?::(?P<port>[0-9]{0,5}))?")
LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
UNSAFE = re.compile(r"[^\x21-\x7e]")


@dataclass(frozen=True, slots=True)
class Place:
    """An http(s) URL taken apart: ASCII host in lower case without brackets or trailing dot, path with query."""

    scheme: str
    host: str
    port: int
    path: str = "/"

    @property
    def authority(self) -> str:
        """``host:port``, always with the port: what two places are compared by."""
        return f"{bracketed(self.host)}:{self.port}"

    @property
    def url(self) -> str:
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{bracketed(self.host)}{port}{self.path}"


def bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


@lru_cache(maxsize=32768)
def place(text: str, *, scheme: str = "http") -> Place:
    """Read what a list gives: ``host``, ``host:port`` or a URL; raises LookFailed(BAD_ADDRESS)."""
    text = text.strip()
    if "//" not in text.partition("?")[0]:
        text = f"{scheme}://{text}"
    try:
        return _place(text, None)
    except ValueError as error:
        raise LookFailed(Fault.BAD_ADDRESS, f"{error}: {text}") from None


@lru_cache(maxsize=32768)
def endpoint(text: str, *, port: int | None = None) -> tuple[str, int]:
    """Read ``host:port`` of a plain TCP service; ``port`` stands in where none is given."""
    try:
        host, given = _authority(text.strip())
    except ValueError as error:
        raise LookFailed(Fault.BAD_ADDRESS, f"{error}: {text}") from None
    if (number := given or port) is None:
        raise LookFailed(Fault.BAD_ADDRESS, f"нет порта: {text}")
    return host, number


@lru_cache(maxsize=32768)
def follow(base: Place, location: bytes) -> Place:
    """Where ``Location`` leads from ``base``; raises LookFailed(BAD_LOCATION), never mends and never guesses.

    Relative references, a missing scheme (``//host``) and unescaped letters in the path are what browsers accept and
    servers send. Other schemes, credentials, impossible ports, blanks and backslashes in the address are refused.
    """
    text = location.decode("utf-8", "surrogateescape")
    try:
        return _place(text, base)
    except ValueError as error:
        raise LookFailed(Fault.BAD_LOCATION, f"{error}: {text}") from None


def _place(text: str, base: Place | None) -> Place:
    if not text:
        raise ValueError("пустой адрес")
    if len(text) > LONGEST:
        raise ValueError("слишком длинный адрес")
    if CONTROL.search(text):
        raise ValueError("управляющие знаки в адресе")
    if "\\" in text.partition("?")[0]:
        raise ValueError("обратная косая черта в адресе")
    match = PARTS.match(text)
    scheme, authority, path = match.group("scheme", "authority", "path") if match else (None, None, "")
    if scheme is not None and scheme.lower() not in PORTS:
        raise ValueError(f"схема {scheme} не открывается")
    if authority is None and (base is None or scheme is not None):
        raise ValueError("нет имени сервера")
    if authority is None:
        assert base is not None
        return Place(base.scheme, base.host, base.port, _escaped(_joined(base.path, path)))
    scheme = scheme.lower() if scheme else base.scheme if base else "http"
    host, port = _authority(authority)
    return Place(scheme, host, port or PORTS[scheme], _escaped(_joined("/", path)))


def _joined(base: str, path: str) -> str:
    """Relative to the folder of ``base``; dots are resolved by libcurl."""
    before = base.partition("?")[0]
    if path.startswith("/"):
        return path
    if path.startswith("?"):
        return before + path
    return before[: before.rfind("/") + 1] + path if path else base


def _escaped(path: str) -> str:
    return UNSAFE.sub(lambda m: "".join(f"%{byte:02X}" for byte in m[0].encode("utf-8", "surrogateescape")), path)


def _authority(text: str) -> tuple[str, int | None]:
    if "@" in text:
        raise ValueError("имя и пароль в адресе")
    match = AUTHORITY.fullmatch(text)
    if match is None:
        raise ValueError("не адрес сервера")
    host, digits = match["host"], match["port"]
    port = int(digits) if digits else None
    if port is not None and not 0 < port <= HIGHEST_PORT:
        raise ValueError(f"порт {port} невозможен")
    return _host(host), port


def _host(text: str) -> str:
    if text.startswith("["):
        try:
            return IPv6Address(text[1:-1]).compressed
        except AddressValueError:
            raise ValueError("не адрес IPv6") from None
    host = _ascii(text).removesuffix(".")
    labels = host.split(".")
    if len(host) > LONGEST_HOST or not all(LABEL.fullmatch(label) for label in labels):
        raise ValueError("не имя сервера")
    if NUMBER.fullmatch(labels[-1]):
        try:
            return str(IPv4Address(host))
        except AddressValueError:
            raise ValueError("не адрес IPv4") from None
    return host


def _ascii(host: str) -> str:
    if host.isascii():
        return host.lower()
    if len(host) > LONGEST_HOST:
        raise ValueError("не имя сервера")
    try:
        return idna.encode(host, uts46=True).decode("ascii").lower()
    except UnicodeError:
        raise ValueError("не имя сервера") from None
