"""Remembers which updates of the chat had their effect, so that none has it twice."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import updates

KEPT = timedelta(days=3)
"""Telegram keeps updates for a day, and after a quiet week starts their numbers anew."""


async def seen(connection: AsyncConnection, update_id: int) -> bool:
    return (await connection.execute(select(updates.c.id).where(updates.c.id == update_id))).first() is not None


async def mark(tx: AsyncConnection, update_id: int, at: datetime) -> bool:
    """Write the update down; False when it was there already, and its effect with it."""
    if await seen(tx, update_id):
        return False
    await tx.execute(insert(updates).values(id=update_id, at=at))
    return True


async def prune(tx: AsyncConnection, now: datetime) -> None:
    """Forget what is older than the chat could repeat."""
    await tx.execute(delete(updates).where(updates.c.at < now - KEPT))
