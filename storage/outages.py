"""Remembers the times in which Telegram could not be reached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import outages


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """One time without Telegram."""

    id: int
    began_at: datetime


async def lasting(connection: AsyncConnection) -> Outage | None:
    """Load the one that lasts."""
    query = select(outages.c.id, outages.c.began_at).where(outages.c.ended_at.is_(None)).order_by(outages.c.id)
    row = (await connection.execute(query.limit(1))).one_or_none()
    return None if row is None else Outage(id=row.id, began_at=row.began_at)


async def begin(tx: AsyncConnection, at: datetime) -> Outage:
    number = (await tx.execute(insert(outages).values(began_at=at).returning(outages.c.id))).scalar_one()
    return Outage(id=number, began_at=at)


async def end(tx: AsyncConnection, outage_id: int, at: datetime) -> None:
    await tx.execute(update(outages).where(outages.c.id == outage_id).values(ended_at=at))
