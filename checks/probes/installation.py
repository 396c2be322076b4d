"""Look at an installation by its direct address: port, answer, and everything the page says of it."""

from __future__ import annotations

from checks.model import Facts
from checks.probes.findings import Look, page_of
from checks.probes.http import chain
from checks.probes.urls import place


async def look(now: Look) -> Facts:
    """Follow redirects as a browser does (``/`` often leads to ``/docs``) and read the last page."""
    trail = await chain(place(now.target.url), engine=now.engine, at=now.at, deadline=now.deadline)
    return now.web_facts(trail, page_of(trail.steps[-1], now.engine))
