"""Remembers planned work: who announced what and until when, and each time that it lasted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, case, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from checks.maintenance import Close
from checks.model import Extent, Run, Source, Window, WindowState
from storage.tables import runs, windows

LIVING = windows.c.state != WindowState.OVER


async def add(tx: AsyncConnection, window: Window) -> Window:
    """Keep a new window; returns it with its id."""
    result = await tx.execute(insert(windows).values(_row(window)).returning(windows.c.id))
    return replace(window, id=result.scalar_one())


async def load(connection: AsyncConnection, window_id: int) -> Window | None:
    row = (await connection.execute(select(windows).where(windows.c.id == window_id))).mappings().one_or_none()
    return None if row is None else _window(row)


async def living(connection: AsyncConnection) -> list[Window]:
    """Load every window that is planned, lasts or is being looked at, the soonest first."""
    query = select(windows).where(LIVING).order_by(windows.c.begins_at, windows.c.id)
    return [_window(row) for row in (await connection.execute(query)).mappings()]


async def under_way(connection: AsyncConnection, now: datetime) -> list[Window]:
    """Load the windows that keep messages back now."""
    begun = or_(windows.c.state != WindowState.PLANNED, windows.c.begins_at <= now)
    query = select(windows).where(LIVING, begun).order_by(windows.c.id)
    return [_window(row) for row in (await connection.execute(query)).mappings()]


async def looking(connection: AsyncConnection) -> list[Window]:
    """Load the windows whose time is over and that are being looked at."""
    query = select(windows).where(windows.c.state == WindowState.LOOKING, LIVING).order_by(windows.c.id)
    return [_window(row) for row in (await connection.execute(query)).mappings()]


async def keys_of_past(connection: AsyncConnection, source: Source) -> set[str]:
    """Return by what a source knows the windows that are over."""
    query = select(windows.c.key).where(windows.c.state == WindowState.OVER, windows.c.source == source)
    return set((await connection.execute(query)).scalars())


async def next_end(connection: AsyncConnection, now: datetime) -> datetime | None:
    """Return when the next window ends by itself."""
    query = select(func.min(windows.c.ends_at)).where(LIVING, windows.c.ends_at > now)
    moment: datetime | None = await connection.scalar(query)
    return moment


async def save(tx: AsyncConnection, window: Window) -> None:
    """Write a window that has changed."""
    await tx.execute(update(windows).where(windows.c.id == window.id).values(_row(window)))


async def close(tx: AsyncConnection, window_id: int, *, at: datetime, why: Close) -> Window | None:
    """End a window for good; None when it had ended before."""
    result = await tx.execute(
        update(windows)
        .where(windows.c.id == window_id, LIVING)
        .values(state=WindowState.OVER, closed_at=at, closed_why=why)
        .returning(*windows.c)
    )
    row = result.mappings().one_or_none()
    return None if row is None else _window(row)


async def begin_run(tx: AsyncConnection, window: Window, *, at: datetime) -> int:
    """Remember that the window has begun to last; returns the number of this time of it."""
    values = {
        "window_id": window.id,
        "extent": window.extent,
        "target": window.target,
        "reason": window.reason,
        "author": window.author,
        "began_at": at,
    }
    return int((await tx.execute(insert(runs).values(values).returning(runs.c.id))).scalar_one())


async def end_run(
    tx: AsyncConnection, run_id: int, *, at: datetime, why: Close, incidents: Collection[int] = (), elsewhere: int = 0
) -> None:
    """Remember what was still broken when this time of a window was over; the first reason for its end stays."""
    first = case((runs.c.why == "", why.value), else_=runs.c.why)
    values = {"ended_at": at, "why": first, "incidents": list(incidents), "elsewhere": elsewhere}
    await tx.execute(update(runs).where(runs.c.id == run_id).values(values))


async def some_runs(connection: AsyncConnection, run_ids: Sequence[int]) -> list[Run]:
    """Load several times of windows, in order."""
    query = select(runs).where(runs.c.id.in_(list(run_ids))).order_by(runs.c.id)
    return [_run(row) for row in (await connection.execute(query)).mappings()]


async def runs_since(connection: AsyncConnection, since: datetime) -> list[Run]:
    """Load the times of windows that began since a moment, oldest first."""
    query = select(runs).where(runs.c.began_at >= since).order_by(runs.c.id)
    return [_run(row) for row in (await connection.execute(query)).mappings()]


async def purge(tx: AsyncConnection, *, before: datetime) -> None:
    """Forget windows that ended before a moment, and their times."""
    await tx.execute(delete(runs).where(runs.c.ended_at < before))
    used = select(runs.c.id).where(runs.c.window_id == windows.c.id)
    await tx.execute(delete(windows).where(windows.c.closed_at < before, ~used.exists()))


def _row(window: Window) -> dict[str, Any]:
    return {
        "extent": window.extent,
        "target": window.target,
        "begins_at": window.begins_at,
        "ends_at": window.ends_at,
        "cron": window.cron,
        "zone": window.zone,
        "length": window.length,
        "source": window.source,
        "key": window.key,
        "author": window.author,
        "chat_id": window.chat_id,
        "thread_id": window.thread_id,
        "reason": window.reason,
        "created_at": window.created_at,
        "state": window.state,
        "run_id": window.run_id,
        "looked_from": window.looked_from,
    }


def _window(row: RowMapping) -> Window:
    return Window(
        id=row["id"],
        extent=Extent(row["extent"]),
        target=row["target"],
        begins_at=row["begins_at"],
        ends_at=row["ends_at"],
        cron=row["cron"],
        zone=row["zone"],
        length=row["length"],
        source=Source(row["source"]),
        key=row["key"],
        author=row["author"],
        chat_id=row["chat_id"],
        thread_id=row["thread_id"],
        reason=row["reason"],
        created_at=row["created_at"],
        state=WindowState(row["state"]),
        run_id=row["run_id"],
        looked_from=row["looked_from"],
    )


def _run(row: RowMapping) -> Run:
    return Run(
        id=row["id"],
        window_id=row["window_id"],
        extent=Extent(row["extent"]),
        target=row["target"],
        reason=row["reason"],
        author=row["author"],
        began_at=row["began_at"],
        ended_at=row["ended_at"],
        why=row["why"],
        incidents=tuple(row["incidents"]),
        elsewhere=row["elsewhere"],
    )
