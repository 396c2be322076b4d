"""Reads single cells of a list: hosts, URLs, dates, numbers, time zones; raises ``BadCell`` with the reason."""

from __future__ import annotations

import difflib
import ipaddress
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import idna

from checks.model import ClientKind
from checks.readers.flaws import BadCell, Trouble

DEFAULT_PORTS = {"http": 80, "https": 443}
LICMAN_PORT = 8888
LONGEST_HOST = 253
LONGEST_NAME = 64
MOST_SEATS = 100_000
LONGEST_FRESHNESS = 24 * 366
MOSCOW_SHIFTS = range(-15, 13)

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")
_EMAIL = re.compile(r"[^\s@,;<>\"]{1,64}@[^\s@,;<>\"]{1,253}\.[^\s@,;<>\".]{2,}")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ]00:00(?::00)?)?")
_RUSSIAN_DATE = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_SHIFT = re.compile(r"(?:(?:мск|msk)\s*)?([+-]?[0-9]{1,2})", re.IGNORECASE)
_PORT = re.compile(r"[0-9]{1,5}")

KINDS: Mapping[str, ClientKind] = {
    **{str(kind): kind for kind in ClientKind},
    "сервер": ClientKind.SERVER,
    "облако": ClientKind.CLOUD,
    "закрытый контур": ClientKind.CLOSED,
    "закрытый": ClientKind.CLOSED,
    "онлайн": ClientKind.ONLINE,
}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A host and, when it was given, a port: what a machine is reached by."""

    host: str
    port: int | None = None

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"


ANSWERS = {"да": True, "yes": True, "1": True, "нет": False, "no": False, "0": False}


def name(cell: str) -> str:
    """Return a short latin name: what reports and commands carry."""
    if not _NAME.fullmatch(cell):
        raise BadCell(Trouble.NAME, cell)
    if len(cell) > LONGEST_NAME:
        raise BadCell(Trouble.TOO_LONG, cell, str(LONGEST_NAME))
    return cell


def host(cell: str) -> str:
    """Return a host in the form that goes over the wire: lower case, IDNA, no trailing dot, IPv6 without brackets."""
    bare = cell[1:-1] if cell.startswith("[") and cell.endswith("]") else cell
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        return _domain(bare, cell)


def _domain(bare: str, cell: str) -> str:
    if len(bare) > LONGEST_HOST + 1:
        raise BadCell(Trouble.HOST, cell)
    wire = bare.rstrip(".") if bare.endswith(".") and not bare.endswith("..") else bare
    if not wire.isascii():
        try:
            wire = idna.encode(wire, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError) as error:
            raise BadCell(Trouble.HOST, cell) from error
    labels = wire.split(".")
    if len(wire) > LONGEST_HOST or labels[-1].isdigit() or not all(map(_LABEL.fullmatch, labels)):
        raise BadCell(Trouble.HOST, cell)
    return wire.lower()


def port(cell: str) -> int:
    if not _PORT.fullmatch(cell) or not 1 <= int(cell) <= 65535:  # noqa: PLR2004 - that is what a port is
        raise BadCell(Trouble.PORT, cell)
    return int(cell)


def endpoint(cell: str) -> Endpoint:
    """Read ``host`` or ``host:port``; IPv6 with a port stands in brackets."""
    if cell.startswith("["):
        inside, bracket, rest = cell.partition("]")
        if not bracket or (rest and not rest.startswith(":")) or ":" not in inside:
            raise BadCell(Trouble.HOST, cell)
        return Endpoint(host(inside[1:]), port(rest[1:]) if rest else None)
    if cell.count(":") > 1:
        return Endpoint(host(cell))
    machine, colon, number = cell.partition(":")
    return Endpoint(host(machine), port(number) if colon else None)


def url_endpoint(cell: str) -> Endpoint:
    """Return whom a host, ``host:port`` or http(s) URL leads to; a URL always has a port, be it the usual one."""
    if "://" not in cell:
        return endpoint(re.split(r"[/?#]", cell, maxsplit=1)[0])
    scheme, _, rest = cell.partition("://")
    if scheme.lower() not in DEFAULT_PORTS:
        raise BadCell(Trouble.SCHEME, scheme)
    machine = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if "@" in machine:
        raise BadCell(Trouble.CREDENTIALS)
    found = endpoint(machine)
    return found if found.port else Endpoint(found.host, DEFAULT_PORTS[scheme.lower()])


def place(cell: str) -> str:
    """Read a host, ``host:port`` or http(s) URL, and keep it as people write it."""
    if re.search(r"[\s\\]", cell):
        raise BadCell(Trouble.URL, cell)
    if "@" in re.split(r"[/?#]", cell.partition("://")[2] or cell, maxsplit=1)[0]:
        raise BadCell(Trouble.CREDENTIALS)
    url_endpoint(cell)
    return cell


def url(cell: str) -> str:
    """Read an http(s) URL; a bare ``host[:port]`` becomes one."""
    kept = place(cell)
    full = kept if "://" in kept else f"http://{kept}"
    try:
        urlsplit(full)
    except ValueError as error:
        raise BadCell(Trouble.URL, cell) from error
    return full


def licman(cell: str) -> str:
    found = endpoint(cell)
    return str(found if found.port else Endpoint(found.host, LICMAN_PORT))


def email(cell: str) -> str:
    """Read one or several addresses."""
    parts = [part for part in re.split(r"[\s,;]+", cell) if part]
    if not parts or not all(map(_EMAIL.fullmatch, parts)):
        raise BadCell(Trouble.EMAIL, cell)
    return ", ".join(parts)


def day(cell: str) -> date:
    """Read ``2026-12-31`` or ``31.12.2026``."""
    if found := _ISO_DATE.fullmatch(cell):
        year, month, number = map(int, found.groups())
    elif found := _RUSSIAN_DATE.fullmatch(cell):
        number, month, year = map(int, found.groups())
    else:
        raise BadCell(Trouble.DATE, cell)
    try:
        result = date(year, month, number)
    except ValueError as error:
        raise BadCell(Trouble.DATE, cell) from error
    if not 1990 <= year <= 2200:  # noqa: PLR2004 - beyond that somebody mistyped
        raise BadCell(Trouble.DATE, cell)
    return result


def seats(cell: str) -> int:
    number = whole(cell)
    if not 0 <= number <= MOST_SEATS:
        raise BadCell(Trouble.RANGE, cell, f"0–{MOST_SEATS}")
    return number


def hours(cell: str) -> timedelta:
    if not re.fullmatch(r"[+-]?[0-9]{1,6}([.,][0-9]{1,3})?", cell):
        raise BadCell(Trouble.NUMBER, cell)
    number = float(cell.replace(",", "."))
    if not 0 < number <= LONGEST_FRESHNESS or not math.isfinite(number):
        raise BadCell(Trouble.RANGE, cell, f"1–{LONGEST_FRESHNESS}")
    return timedelta(seconds=round(number * 3600))


def time_zone(cell: str) -> str:
    """Read an IANA name, or a shift in whole hours from Moscow: ``+2``, ``-1``, ``МСК+2``."""
    if shift := _SHIFT.fullmatch(cell):
        hours_from_moscow = int(shift[1])
        if hours_from_moscow not in MOSCOW_SHIFTS:
            raise BadCell(Trouble.TIME_ZONE, cell)
        return f"{hours_from_moscow:+d}"
    if not _known_zone(cell):
        raise BadCell(Trouble.TIME_ZONE, cell)
    return cell


@lru_cache(maxsize=512)
def _known_zone(key: str) -> bool:
    if not re.fullmatch(r"[A-Za-z0-9_+/-]{1,64}", key):
        return False
    try:
        ZoneInfo(key)
    except (LookupError, ValueError, OSError):
        return False
    return True


def kind(cell: str) -> ClientKind:
    word = cell.casefold()
    if word not in KINDS:
        raise BadCell(Trouble.WORD, cell, nearest(word, KINDS) or ", ".join(ClientKind))
    return KINDS[word]


def yes_or_no(cell: str) -> bool:
    word = cell.casefold()
    if word not in ANSWERS:
        raise BadCell(Trouble.WORD, cell, "да, нет")
    return ANSWERS[word]


def word(known: Sequence[str]) -> Callable[[str], str]:
    """Return a reader of one of the ``known`` words that names the nearest one when it fails."""

    def read(cell: str) -> str:
        if cell.lower() not in known:
            raise BadCell(Trouble.WORD, cell, nearest(cell.lower(), known) or ", ".join(known))
        return cell.lower()

    return read


def whole(cell: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,12}", cell):
        raise BadCell(Trouble.NUMBER, cell)
    return int(cell)


def access_host(cell: str) -> str:
    """Read the host of an online access; a URL is cut down to its host and port."""
    scheme = cell.partition("://")[0].lower() if "://" in cell else ""
    found = url_endpoint(cell)
    return str(Endpoint(found.host) if found.port == DEFAULT_PORTS.get(scheme) else found)


def nearest(word: str, words: Iterable[str]) -> str:
    """Return the word that was probably meant, or nothing."""
    found = difflib.get_close_matches(word[:LONGEST_NAME], list(words), n=1, cutoff=0.7)
    return found[0] if found else ""
