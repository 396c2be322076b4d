"""What all looks share while they run: the wire, the resolver, the judgement of addresses, and the settings."""

from __future__ import annotations

import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address

from checks.model import Fault
from checks.probes.addresses import refusal
from checks.probes.certificates import issuers
from checks.probes.dns import Resolver
from checks.probes.exchange import Limits
from checks.probes.failure import LookFailed
from checks.probes.settings import LookSettings
from checks.probes.urls import bracketed, endpoint
from checks.probes.wire import Wire

DNS_PORT = 53
MOST_JUDGED = 65536


@dataclass(frozen=True, slots=True)
class Deadline:
    """The moment on the monotonic clock that nothing of a look outlasts."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        return cls(time.monotonic() + seconds)

    @property
    def left(self) -> float:
        return max(0.0, self.at - time.monotonic())


@dataclass(frozen=True, slots=True)
class Engine:
    """Open it once for the life of the process; any number of looks run through it at the same time."""

    settings: LookSettings
    wire: Wire
    resolver: Resolver
    limits: Limits
    judged: dict[str, str | None]
    """Address → why it must not be dialled; the settings do not change while an engine is open."""

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: LookSettings) -> AsyncIterator[Engine]:
        async with AsyncExitStack() as stack:
            trusted = stack.enter_context(tempfile.NamedTemporaryFile(prefix="smartbot-issuers-"))  # noqa: SIM115
            trusted.write(issuers(settings.ca_file))
            trusted.flush()
            wire = Wire(user_agent=settings.user_agent, ca_file=trusted.name)
            stack.callback(wire.close)
            resolver = Resolver(settings.dns_servers, wait=settings.timeout / 2)
            stack.push_async_callback(resolver.close)
            limits = Limits(header=settings.max_header, body=settings.max_body)
            yield cls(settings, wire, resolver, limits, {})

    async def resolves(self, name: str) -> bool:
        """Tell whether our resolver finds a reference name at this very moment, nothing remembered."""
        try:
            return bool(await self.resolver.addresses_now(endpoint(name, port=DNS_PORT)[0]))
        except LookFailed:
            return False

    async def addresses(self, host: str, deadline: Deadline) -> tuple[str, ...]:
        """Return the addresses of ``host`` that may be dialled; raises LookFailed when there are none."""
        found = (host,) if is_address(host) else await self.resolver.addresses(host, within=deadline.left)
        allowed = tuple(address for address in found if self._refusal(address) is None)
        if not allowed:
            raise LookFailed(Fault.ADDRESS_FORBIDDEN, "; ".join(f"{one}: {self._refusal(one)}" for one in found))
        return allowed

    def _refusal(self, address: str) -> str | None:
        if address not in self.judged:
            if len(self.judged) >= MOST_JUDGED:
                self.judged.clear()
            self.judged[address] = refusal(address, self.settings.allow_networks)
        return self.judged[address]


@lru_cache(maxsize=32768)
def is_address(host: str) -> bool:
    """Numeric already; names never end in a figure or hold a colon, see ``checks.probes.urls``."""
    if not (":" in host or host[-1:].isdigit()):
        return False
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def dialled(address: str, port: int) -> str:
    return f"{bracketed(address)}:{port}"
