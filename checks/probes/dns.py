"""Ask name servers ourselves, with a deadline, and tell apart the ways a name can fail."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, TypeVar

import aiodns
import pycares
from aiodns.error import DNSError

from checks.model import Fault
from checks.probes.failure import LookFailed, seconds

T = TypeVar("T")

LONGEST_WAIT: Final = 5.0
"""Seconds for one name; a look has better uses for the rest of its time."""
SECOND_FAMILY_WAIT: Final = 0.05
"""Seconds that an IPv4 address in hand waits for the IPv6 answer, as browsers do."""
REMEMBERED: Final = 30.0
"""Seconds at most that a good answer is used again; its own time to live may be shorter."""
REMEMBERED_NAMES: Final = 65536
SINGLE: Final = 600.0
"""Seconds for which a name that has only IPv4 addresses is not asked for others: half of all questions."""

FAULTS: Final = {
    aiodns.error.ARES_ENOTFOUND: Fault.NAME_NOT_FOUND,
    aiodns.error.ARES_ENODATA: Fault.NAME_EMPTY,
    aiodns.error.ARES_ETIMEOUT: Fault.RESOLVER_TIMEOUT,
    aiodns.error.ARES_EBADNAME: Fault.BAD_ADDRESS,
}
WORDS: Final = {
    aiodns.error.ARES_ENOTFOUND: "сервер имён такого имени не знает",
    aiodns.error.ARES_ENODATA: "сервер имён имя знает, но адресов не даёт",
    aiodns.error.ARES_ETIMEOUT: "серверы имён молчат",
    aiodns.error.ARES_EBADNAME: "не имя",
    aiodns.error.ARES_ESERVFAIL: "SERVFAIL",
    aiodns.error.ARES_EREFUSED: "REFUSED",
    aiodns.error.ARES_ECONNREFUSED: "с серверами имён нет связи",
}
GRAVITY: Final = (
    Fault.NAME_NOT_FOUND,
    Fault.BAD_ADDRESS,
    Fault.RESOLVER_TIMEOUT,
    Fault.RESOLVER_FAILS,
    Fault.NAME_EMPTY,
)
"""Which failure speaks for a name when its A and AAAA questions fail differently."""


@dataclass(frozen=True, slots=True)
class Found:
    """Addresses of one family and how long they hold, in seconds."""

    addresses: tuple[str, ...]
    ttl: float


@dataclass(slots=True)
class Channel:
    """One c-ares channel. It keeps failures in a cache of its own, which nothing can switch off."""

    resolver: aiodns.DNSResolver
    failed: set[str] = field(default_factory=set)
    busy: int = 0


class Resolver:
    """Names → addresses through the configured servers, or the machine's own (then /etc/hosts counts too)."""

    def __init__(self, servers: tuple[str, ...], *, wait: float) -> None:
        self._servers = servers
        self._seconds = min(wait, LONGEST_WAIT)
        self._channel = self._open()
        self._retired: list[Channel] = []
        self._known: dict[str, tuple[float, tuple[str, ...]]] = {}
        self._single: dict[str, float] = {}
        """Until when a name is taken to have no IPv6 address, as long as it has another."""

    def _open(self) -> Channel:
        return Channel(
            aiodns.DNSResolver(
                nameservers=self._servers or None,
                timeout=self._seconds / 6,
                tries=3,
                flags=pycares.ARES_FLAG_NOSEARCH,
            )
        )

    async def addresses(self, host: str, *, within: float = LONGEST_WAIT) -> tuple[str, ...]:
        """All addresses of a name, IPv4 first; raises LookFailed with the way the name failed.

        A good answer is remembered for its time to live (half a minute at most), a bad one never.
        """
        known = self._known.get(host)
        if known is not None and known[0] > time.monotonic():
            return known[1]
        if self._single.get(host, 0.0) > time.monotonic():
            try:
                return await self._fresh(host, within, self._ask_first)
            except LookFailed as failed:
                if failed.fault not in {Fault.NAME_EMPTY, Fault.NAME_NOT_FOUND}:
                    raise
        return await self._fresh(host, within, self._ask if self._servers else self._look_up)

    async def _fresh(
        self, host: str, within: float, ask: Callable[[Channel, str], Awaitable[Found]]
    ) -> tuple[str, ...]:
        channel = await self._unspoilt(host)
        channel.busy += 1
        try:
            async with asyncio.timeout(wait := min(self._seconds, within)):
                found = await ask(channel, host)
        except TimeoutError:
            raise LookFailed(Fault.RESOLVER_TIMEOUT, f"серверы имён молчат {seconds(wait)}") from None
        except LookFailed:
            channel.failed.add(host)
            raise
        finally:
            channel.busy -= 1
        self._remember(host, found)
        return found.addresses

    async def addresses_now(self, host: str) -> tuple[str, ...]:
        """Ask anew, past everything remembered: what a witness says of the resolver must be said now."""
        self._known.pop(host, None)
        self._single.pop(host, None)
        self._channel.failed.add(host)
        return await self.addresses(host)

    async def _unspoilt(self, host: str) -> Channel:
        """Give a channel that has not heard yet that this name fails: a failing name is always asked anew."""
        if host in self._channel.failed:
            self._retired.append(self._channel)
            self._channel = self._open()
        idle = [channel for channel in self._retired if not channel.busy]
        self._retired = [channel for channel in self._retired if channel.busy]
        current = self._channel
        for channel in idle:
            await channel.resolver.close()
        return current

    async def _ask_first(self, channel: Channel, host: str) -> Found:
        """Ask for IPv4 addresses only."""
        found = await _settled(channel.resolver.query_dns(host, "A"))
        if isinstance(found, LookFailed):
            raise found
        return found

    async def _ask(self, channel: Channel, host: str) -> Found:
        asked = channel.resolver.query_dns(host, "A"), channel.resolver.query_dns(host, "AAAA")
        try:
            first = await _settled(asked[0])
            if isinstance(first, Found):
                await asyncio.wait((asked[1],), timeout=SECOND_FAMILY_WAIT)
                if not asked[1].done():
                    return first
            second = await _settled(asked[1])
            if isinstance(second, LookFailed) and second.fault is Fault.NAME_EMPTY:
                _keep(self._single, host, time.monotonic() + SINGLE)
            return _both(first, second)
        finally:
            for future in asked:
                if not future.cancel() and not future.cancelled():
                    future.exception()

    async def _look_up(self, channel: Channel, host: str) -> Found:
        try:
            result = await channel.resolver.getaddrinfo(host, port=0, type=socket.SOCK_STREAM)
        except DNSError as error:
            raise _failure(error) from None
        nodes = sorted(result.nodes, key=lambda node: node.family != socket.AF_INET)
        return Found(tuple(node.addr[0].decode("ascii") for node in nodes), min(node.ttl for node in nodes))

    def _remember(self, host: str, found: Found) -> None:
        _keep(self._known, host, (time.monotonic() + min(found.ttl, REMEMBERED), found.addresses))

    async def close(self) -> None:
        for channel in (*self._retired, self._channel):
            await channel.resolver.close()


def _keep(memory: dict[str, T], host: str, what: T) -> None:
    if len(memory) >= REMEMBERED_NAMES:
        memory.clear()
    memory[host] = what


async def _settled(asked: asyncio.Future[pycares.DNSResult]) -> Found | LookFailed:
    try:
        result = await asked
    except DNSError as error:
        return _failure(error)
    data = [record.data for record in result.answer]
    addresses = tuple(one.addr for one in data if isinstance(one, pycares.ARecordData | pycares.AAAARecordData))
    if not addresses:
        return LookFailed(Fault.NAME_EMPTY, "у имени нет адресов")
    return Found(addresses, min(record.ttl for record in result.answer))


def _failure(error: DNSError) -> LookFailed:
    code, words = (*error.args, "")[:2]
    fault = FAULTS.get(code, Fault.RESOLVER_FAILS)
    return LookFailed(fault, WORDS.get(code) or str(words))


def _both(first: Found | LookFailed, second: Found | LookFailed) -> Found:
    found = [one for one in (first, second) if isinstance(one, Found)]
    if not found:
        failures = [one for one in (first, second) if isinstance(one, LookFailed)]
        raise min(failures, key=lambda failure: GRAVITY.index(failure.fault))
    return Found(tuple(address for one in found for address in one.addresses), min(one.ttl for one in found))
