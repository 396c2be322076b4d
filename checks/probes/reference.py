"""Look at a witness of ourselves: a host that is always there, so that its silence speaks of our own network."""

from __future__ import annotations

from typing import Final

import httpx

from checks.model import Facts, Fault, Hop, Phases
from checks.probes.failure import LookFailed
from checks.probes.findings import Look
from checks.probes.tcp import knock
from checks.probes.transport import LookTransport, Unanswered
from checks.probes.urls import endpoint

NAME_ONLY: Final = "dns:"
"""``dns:example.org``: the witness is that our resolver finds the name; nothing is dialled."""


async def look(now: Look) -> Facts:
    """``http(s)://…``: any answer at all is good. ``host:port``: a connection. ``dns:name``: an address."""
    url = now.target.url
    if url.startswith(NAME_ONLY):
        hop = await _resolved(now, url.removeprefix(NAME_ONLY))
    elif "//" in url:
        hop = await _asked(now, url)
    else:
        host, port = endpoint(url)
        hop = await knock(host, port, engine=now.engine, deadline=now.deadline)
    return now.facts(fault=hop.fault, detail=hop.detail, hops=(hop,), status=hop.status, server=hop.server)


async def _asked(now: Look, url: str) -> Hop:
    transport = LookTransport(now.engine, at=now.at, deadline=now.deadline)
    async with httpx.AsyncClient(transport=transport, trust_env=False, follow_redirects=False) as client:
        try:
            response = await client.get(url)
        except Unanswered as unanswered:
            return unanswered.hop
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise LookFailed(Fault.BAD_ADDRESS, str(error)) from None
    hop: Hop = response.extensions["hop"]
    return hop


async def _resolved(now: Look, name: str) -> Hop:
    host, _ = endpoint(name, port=53)
    addresses = await now.engine.resolver.addresses_now(host)
    return Hop(url=now.target.url, address=addresses[0], phases=Phases())
