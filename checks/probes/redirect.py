"""Look at a redirect server itself, and at some of the domains that enter through it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Final

from checks.model import Facts, Fault, LookKind, Target
from checks.probes.domain import is_error
from checks.probes.engine import dialled
from checks.probes.failure import LookFailed
from checks.probes.findings import Look, page_of
from checks.probes.http import Step, Trail, destination, request
from checks.probes.urls import PORTS, Place, place
from checks.probes.way import expected, same

PORT_IS_DEAD: Final = frozenset(
    {Fault.REFUSED, Fault.UNREACHABLE, Fault.CONNECT_TIMEOUT, Fault.ADDRESS_FORBIDDEN, Fault.OURSELVES}
)
"""The server was never connected to: its domains need not be asked."""
MOST_TURNS: Final = 3
"""Redirects of a domain to itself (http → https) that are followed at the same server."""


async def look(now: Look) -> Facts:
    """Any answer of the server itself is good; the samples are judged one by one, at the same address."""
    server = place(now.target.through or now.target.url)
    step = await request(server, engine=now.engine, at=now.at, deadline=now.deadline)
    trail = Trail(steps=[step], fault=step.hop.fault, detail=step.hop.detail)
    if step.hop.address is None or step.hop.fault in PORT_IS_DEAD:
        return now.web_facts(trail, None)
    door = replace(server, host=step.hop.address.rpartition(":")[0].strip("[]"))
    samples = await asyncio.gather(*(_sample(now, name, expect, door) for name, expect in now.target.sample))
    return now.web_facts(trail, page_of(step, now.engine), samples=tuple(samples))


async def _sample(now: Look, name: str, expect: str | None, door: Place) -> Facts:
    """Ask the server for one domain; what lies beyond the server is not asked."""
    target = Target(
        kind=LookKind.DOMAIN, subject=now.target.subject, url=name, expect=expect, through=now.target.through
    )
    one = replace(Look.begin(target, engine=now.engine, at=now.at), deadline=now.deadline)
    try:
        trail = await _turns(one, place(name), door)
        if trail.fault is None and (wrong := await _wrong(one, trail.steps[-1])):
            trail.fail(Fault.WRONG_TARGET, wrong)
    except LookFailed as failed:
        return one.failed(failed.fault, failed.detail)
    return one.web_facts(trail, None)


async def _turns(one: Look, asked: Place, door: Place) -> Trail:
    """Return the domain's first answer, or the last one while it only sends to itself."""
    trail = Trail()
    for _ in range(MOST_TURNS):
        dial = dialled(door.host, _port(asked, door))
        step = await request(asked, engine=one.engine, at=one.at, deadline=one.deadline, dial=dial)
        trail.steps.append(step)
        trail.fault, trail.detail = step.hop.fault, step.hop.detail
        if not step.redirects:
            return trail
        try:
            onward = destination(step)
        except LookFailed as failed:
            trail.fail(failed.fault, failed.detail)
            return trail
        if onward.host != asked.host:
            return trail
        asked = onward
    trail.fail(Fault.REDIRECT_LOOP, f"{asked.host} отправляет сам на себя")
    return trail


def _port(asked: Place, door: Place) -> int:
    """Return the domain's port; a server that listens elsewhere than is usual is dialled where it listens."""
    usual = asked.port == PORTS[asked.scheme] and asked.scheme == door.scheme
    return door.port if usual else asked.port


async def _wrong(one: Look, step: Step) -> str | None:
    """Say what is wrong with where the server sends this domain; None = all right, or its status says it."""
    wanted = expected(one.target.expect)
    if wanted is None or is_error(step):
        return None
    if step.redirects:
        onward = destination(step)
        right = await same(onward, wanted, one.engine, one.deadline)
        return None if right else f"ведёт на {onward.authority} вместо {wanted.authority}"
    page = page_of(step, one.engine)
    proxied = page is not None and page.by_kodweb
    return None if proxied else f"никуда не ведёт, код ответа {step.hop.status}"
