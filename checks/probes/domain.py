"""Look at a client's domain as the client does: name, connection, redirects, and where they lead in the end."""

from __future__ import annotations

from checks.model import Facts, Fault
from checks.probes.findings import Look, page_of
from checks.probes.http import Step, Trail, chain
from checks.probes.urls import Place, place
from checks.probes.way import expected, same
from checks.readers.pages import Page

LOWEST_ERROR = 400


async def look(now: Look) -> Facts:
    """Judge the way against ``target.expect``; ``Facts.fault`` is then WRONG_TARGET, the hops keep their own faults."""
    trail = await chain(place(now.target.url), engine=now.engine, at=now.at, deadline=now.deadline)
    page = page_of(trail.steps[-1], now.engine)
    wanted = expected(now.target.expect)
    if wanted is not None and may_be_judged(trail, page) and await is_astray(trail, wanted, now):
        state = f", там: {trail.detail}" if trail.fault else ""
        detail = f"ведёт на {trail.steps[-1].place.authority} вместо {wanted.authority}{state}"
        return now.web_facts(trail, page, fault=Fault.WRONG_TARGET, detail=detail)
    return now.web_facts(trail, page)


def may_be_judged(trail: Trail, page: Page | None) -> bool:
    """Tell whether the trail says where the domain leads at all.

    A trail that broke on the domain's own host does not, nor does an error page there. A domain that shows an
    installation without any redirect is served through a proxy.
    """
    first, last = trail.steps[0], trail.steps[-1]
    if last.place.host != first.place.host:
        return not last.redirects and not (trail.fault and last.hop.fault is None)
    if trail.fault is not None or page is None:
        return False
    return not (is_error(last) or page.by_kodweb or page.by_proxy)


def is_error(step: Step) -> bool:
    """4xx and 5xx: the server leads nowhere, and its status says so."""
    return step.hop.status is not None and step.hop.status >= LOWEST_ERROR


async def is_astray(trail: Trail, wanted: Place, now: Look) -> bool:
    """Tell that no hop passed through the expected host and port; where that leads next is its own affair."""
    for step in reversed(trail.steps):
        if await same(step.place, wanted, now.engine, now.deadline):
            return False
    return True
