"""Look at a licence manager: its port takes connections, more it does not tell strangers."""

from __future__ import annotations

from typing import Final

from checks.model import Facts
from checks.probes.findings import Look
from checks.probes.tcp import knock
from checks.probes.urls import endpoint

USUAL_PORT: Final = 8888


async def look(now: Look) -> Facts:
    host, port = endpoint(now.target.url, port=USUAL_PORT)
    hop = await knock(host, port, engine=now.engine, deadline=now.deadline)
    return now.facts(fault=hop.fault, detail=hop.detail, hops=(hop,))
