"""Remembers when we were away: a heartbeat while we run, and a span for every gap in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from checks.freshness import Absence, merged
from storage.database import upsert
from storage.tables import absences, meta

ALIVE = "alive_at"
WORTH = timedelta(minutes=1)
"""A shorter gap is a slow moment, no absence."""


async def beat(tx: AsyncConnection, now: datetime) -> Absence | None:
    """Say that we are here; call it at the start, before time is judged, and every 10 to 15 s.

    Return the absence that ended just now, if the last beat is more than a minute old (we were stopped, asleep, or
    could not write); it is remembered then.
    """
    last = await alive_at(tx)
    await upsert(tx, meta, [{"key": ALIVE, "value": now.isoformat()}])
    if last is None or now - last <= WORTH:
        return None
    return await add(tx, last, now)


async def attend(tx: AsyncConnection, now: datetime) -> None:
    """Say that we have been here all the time since the last beat: a story jumps from one event to the next."""
    await upsert(tx, meta, [{"key": ALIVE, "value": now.isoformat()}])


async def add(tx: AsyncConnection, began_at: datetime, ended_at: datetime, why: str = "stopped") -> Absence | None:
    """Remember a span; whatever it overlaps or touches becomes one with it. None if it is no span at all."""
    if ended_at <= began_at:
        return None
    touched = (absences.c.began_at <= ended_at) & (absences.c.ended_at >= began_at)
    query = select(func.min(absences.c.began_at), func.max(absences.c.ended_at)).where(touched)
    first, last = (await tx.execute(query)).one()
    whole = Absence(began_at=min(began_at, first or began_at), ended_at=max(ended_at, last or ended_at))
    await tx.execute(delete(absences).where(touched))
    await tx.execute(insert(absences).values(began_at=whole.began_at, ended_at=whole.ended_at, why=why))
    return whole


async def since(connection: AsyncConnection, moment: datetime, now: datetime) -> Sequence[Absence]:
    """Return the absences that lasted beyond ``moment``, oldest first, with the one we have not come back from yet."""
    rows = await connection.execute(
        select(absences.c.began_at, absences.c.ended_at).where(absences.c.ended_at > moment),
    )
    spans = [Absence(began_at=began_at, ended_at=ended_at) for began_at, ended_at in rows]
    last = await alive_at(connection)
    if last is not None and now - last > WORTH:
        spans.append(Absence(began_at=last, ended_at=now))
    return merged(spans)


async def alive_at(connection: AsyncConnection) -> datetime | None:
    """Return the moment of the last heartbeat."""
    value = await connection.scalar(select(meta.c.value).where(meta.c.key == ALIVE))
    return None if value is None else datetime.fromisoformat(value)


async def purge(tx: AsyncConnection, before: datetime) -> int:
    """Forget the absences that ended before ``before``; return how many."""
    return (await tx.execute(delete(absences).where(absences.c.ended_at < before))).rowcount
