"""Remembers silences: who muted what, until when, and why it ended."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from checks.model import Scope, Silence
from checks.silences import Ending
from storage.tables import silences


async def add(tx: AsyncConnection, silence: Silence) -> Silence:
    """Keep a new silence; returns it with its id."""
    values = {
        "scope": silence.scope,
        "target": silence.target,
        "author": silence.author,
        "created_at": silence.created_at,
        "until": silence.until,
        "chat_id": silence.chat_id,
        "incident_id": silence.incident_id,
        "reason": silence.reason,
        "last_matched_at": silence.last_matched_at,
    }
    result = await tx.execute(insert(silences).values(values).returning(silences.c.id))
    return replace(silence, id=result.scalar_one())


async def load(connection: AsyncConnection, silence_id: int) -> Silence | None:
    row = (await connection.execute(select(silences).where(silences.c.id == silence_id))).mappings().one_or_none()
    return None if row is None else _silence(row)


async def some(connection: AsyncConnection, ids: Collection[int]) -> dict[int, Silence]:
    """Load several silences by their numbers, ended or not."""
    if not ids:
        return {}
    query = select(silences).where(silences.c.id.in_(sorted(ids)))
    return {row["id"]: _silence(row) for row in (await connection.execute(query)).mappings()}


async def lasting(connection: AsyncConnection) -> list[Silence]:
    """Load every silence that nobody and nothing has ended, oldest first; its time may just have run out."""
    query = select(silences).where(silences.c.ended_at.is_(None)).order_by(silences.c.id)
    return [_silence(row) for row in (await connection.execute(query)).mappings()]


async def end(tx: AsyncConnection, silence_id: int, *, at: datetime, why: Ending) -> Silence | None:
    """End a silence; None when it had ended before."""
    result = await tx.execute(
        update(silences)
        .where(silences.c.id == silence_id, silences.c.ended_at.is_(None))
        .values(ended_at=at, ended_why=why)
        .returning(*silences.c)
    )
    row = result.mappings().one_or_none()
    return None if row is None else _silence(row)


async def explain(tx: AsyncConnection, silence_id: int, reason: str) -> bool:
    """Add a person's reason to a silence that lasts; False when it has ended."""
    result = await tx.execute(
        update(silences).where(silences.c.id == silence_id, silences.c.ended_at.is_(None)).values(reason=reason)
    )
    return bool(result.rowcount)


async def matched(tx: AsyncConnection, silence_ids: Collection[int], at: datetime) -> None:
    """Remember that these silences cover something now."""
    if silence_ids:
        await tx.execute(update(silences).where(silences.c.id.in_(list(silence_ids))).values(last_matched_at=at))


async def ended_why(connection: AsyncConnection, silence_id: int) -> Ending | None:
    """Return why a silence ended; None while it lasts."""
    query = select(silences.c.ended_why).where(silences.c.id == silence_id)
    why = (await connection.execute(query)).scalar_one_or_none()
    return None if why is None else Ending(why)


def _silence(row: RowMapping) -> Silence:
    return Silence(
        id=row["id"],
        scope=Scope(row["scope"]),
        target=row["target"],
        author=row["author"],
        created_at=row["created_at"],
        until=row["until"],
        chat_id=row["chat_id"],
        incident_id=row["incident_id"],
        reason=row["reason"],
        ended_at=row["ended_at"],
        last_matched_at=row["last_matched_at"],
    )
