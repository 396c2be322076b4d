"""Remembers the watches after changes: what has come back and what has not, across restarts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from checks.watching import Point, Trigger, Watch, Why
from storage.reports import chunked
from storage.tables import watches

PLAIN = (
    "client", "what", "by", "window_id", "began_at", "since", "due_at", "version_before", "version", "operup_before",
    "ended_at",
)  # fmt: skip


async def add(tx: AsyncConnection, watch: Watch) -> Watch:
    """Keep a new watch; returns it with its id. The caller has seen to it that the client has no other."""
    result = await tx.execute(insert(watches).values(_row(watch)).returning(watches.c.id))
    return replace(watch, id=result.scalar_one())


async def save(tx: AsyncConnection, watch: Watch) -> None:
    """Write a watch that has changed."""
    await tx.execute(update(watches).where(watches.c.id == watch.id).values(_row(watch)))


async def load(connection: AsyncConnection, watch_id: int) -> Watch | None:
    row = (await connection.execute(select(watches).where(watches.c.id == watch_id))).one_or_none()
    return None if row is None else _watch(row)


async def lasting(connection: AsyncConnection, names: Collection[str] | None = None) -> dict[str, Watch]:
    """Load the watches that have not ended, of ``names`` or of all clients, by client."""
    query = select(watches).where(watches.c.ended_at.is_(None))
    if names is None:
        rows = list((await connection.execute(query)).all())
    else:
        rows = await chunked(connection, query, watches.c.client, names)
    return {row.client: _watch(row) for row in rows}


async def last(connection: AsyncConnection, client: str) -> Watch | None:
    """Load the newest watch of a client, whether it lasts or not."""
    query = select(watches).where(watches.c.client == client).order_by(watches.c.id.desc()).limit(1)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _watch(row)


async def lately(connection: AsyncConnection, names: Collection[str], since: datetime) -> dict[str, Watch]:
    """Load the newest watch of each of ``names`` that began since a moment."""
    query = select(watches).where(watches.c.began_at >= since).order_by(watches.c.id)
    return {row.client: _watch(row) for row in await chunked(connection, query, watches.c.client, names)}


async def next_due(connection: AsyncConnection, now: datetime) -> datetime | None:
    """Return when the patience of a watch ends next."""
    query = select(func.min(watches.c.due_at)).where(watches.c.ended_at.is_(None), watches.c.due_at > now)
    moment: datetime | None = await connection.scalar(query)
    return moment


async def purge(tx: AsyncConnection, *, before: datetime) -> None:
    """Forget the watches that ended before a moment."""
    await tx.execute(delete(watches).where(watches.c.ended_at < before))


def _row(watch: Watch) -> dict[str, Any]:
    return {
        **{name: getattr(watch, name) for name in PLAIN},
        "started_by": watch.trigger,
        "points": [point.value for point in watch.points],
        "confirmed": {point.value: at.isoformat() for point, at in watch.confirmed.items()},
        "ended_why": watch.ended_why,
    }


def _watch(row: Any) -> Watch:
    return Watch(
        id=row.id,
        trigger=Trigger(row.started_by),
        points=tuple(Point(point) for point in row.points),
        confirmed={Point(point): datetime.fromisoformat(at) for point, at in row.confirmed.items()},
        ended_why=Why(row.ended_why) if row.ended_why else None,
        **{name: getattr(row, name) for name in PLAIN},
    )
