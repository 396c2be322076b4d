"""Reads planned work as people are told of it: under way, to come, and how it ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from checks.catalogue import ROWS
from checks.estate import Estate
from checks.maintenance import undoable
from checks.model import Extent, Run, Window, WindowState
from checks.recurring import said_rhythm
from handlers.reading import View
from storage import people
from storage.database import Connection
from templates.work import Work


def work_of(window: Window, by: str, estate: Estate, now: datetime, *, mine: bool = True) -> Work:
    """Return a window as people are told of it; ``by`` is who announced it."""
    assert window.id is not None
    what, known = called(window.extent, window.target, estate)
    return Work(
        id=window.id,
        extent=window.extent,
        what=what,
        known=known,
        begins_at=window.begins_at,
        ends_at=window.ends_at,
        state=window.state,
        cron=window.cron,
        said=said_rhythm(window.cron),
        length=window.length,
        reason=window.reason,
        by=by,
        source=window.source,
        undoable=undoable(window, now),
        mine=mine,
    )


def called(extent: Extent, target: str, estate: Estate) -> tuple[str, bool]:
    """Return how people call what is under work, and whether the lists know it."""
    match extent:
        case Extent.CLIENT:
            client = estate.clients.get(target)
            return (client.label if client else target), client is not None
        case Extent.REDIRECT:
            server = estate.redirects.get(target)
            return (server.label if server else target), server is not None
        case Extent.CODE:
            return (ROWS[target].title if target in ROWS else target), target in ROWS
        case Extent.ALL:
            return "", True


async def authors(connection: Connection, windows: Iterable[Window | Run]) -> Mapping[int | None, str]:
    """Return the names of those who announced work."""
    found = await people.names(connection, {one.author for one in windows if one.author is not None})
    return {number: name for number, name in found.items()}  # noqa: C416 - wider keys than it has


def past_work(run: Run, by: str, view: View) -> Work:
    """Return one time of a window that is over."""
    what, known = called(run.extent, run.target, view.estate)
    return Work(
        id=run.window_id,
        extent=run.extent,
        what=what,
        known=known,
        begins_at=run.began_at,
        ends_at=run.ended_at or view.now,
        state=WindowState.OVER,
        reason=run.reason,
        by=by,
    )
