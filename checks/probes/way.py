"""Tell whether a redirect leads to the installation it should."""

from __future__ import annotations

from checks.model import Fault
from checks.probes.engine import Deadline, Engine
from checks.probes.failure import LookFailed
from checks.probes.urls import Place, place

CANNOT_TELL = frozenset({Fault.RESOLVER_FAILS, Fault.RESOLVER_TIMEOUT})


def expected(url: str | None) -> Place | None:
    """Read what the list expects; None = nothing, or something nobody can read."""
    try:
        return None if url is None else place(url)
    except LookFailed:
        return None


async def same(one: Place, other: Place, engine: Engine, deadline: Deadline) -> bool:
    """Both are one port of one machine, under whatever names; in doubt (our resolver fails) they are."""
    if one.authority == other.authority:
        return True
    if one.port != other.port:
        return False
    try:
        here = await engine.addresses(one.host, deadline)
        return not set(here).isdisjoint(await engine.addresses(other.host, deadline))
    except LookFailed as failed:
        return failed.fault in CANNOT_TELL
