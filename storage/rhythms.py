"""Remembers when each client usually reports, and from when on its present silence is unusual."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from checks.model import State, SubjectKind
from checks.rhythm import CODE, Rhythm
from storage.database import upsert
from storage.reports import chunked
from storage.tables import clients, health, rhythms


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A client whose silence may have become unusual."""

    client: str
    rhythm: Rhythm
    time_zone: str | None


async def of_clients(connection: AsyncConnection, names: Collection[str]) -> dict[str, Rhythm]:
    """Return the rhythms of ``names``, by client."""
    rows = await chunked(connection, select(rhythms), rhythms.c.client, names)
    return {row.client: _rhythm(row) for row in rows}


async def save(tx: AsyncConnection, heard: Mapping[str, tuple[Rhythm, datetime | None]]) -> None:
    """Remember rhythms, each with the moment from which on silence is unusual."""
    rows = [
        {
            "client": name,
            "since": rhythm.since,
            "heard_at": rhythm.heard_at,
            "counts": rhythm.counts,
            "late_at": late_at,
        }
        for name, (rhythm, late_at) in heard.items()
    ]
    await upsert(tx, rhythms, rows)


async def suspects(connection: AsyncConnection, now: datetime, *, limit: int) -> list[Suspect]:
    """Return whose silence has become unusual unless we were away, and is not believed so yet."""
    believed = and_(
        health.c.subject_kind == SubjectKind.CLIENT, health.c.subject_name == rhythms.c.client, health.c.code == CODE
    )
    query = (
        select(rhythms, clients.c.time_zone)
        .select_from(rhythms.join(clients, clients.c.name == rhythms.c.client).outerjoin(health, believed))
        .where(rhythms.c.late_at <= now, clients.c.gone_at.is_(None))
        .where(or_(health.c.state.is_(None), health.c.state != State.FAIL))
        .order_by(rhythms.c.late_at)
        .limit(limit)
    )
    rows = (await connection.execute(query)).all()
    return [Suspect(client=row.client, rhythm=_rhythm(row), time_zone=row.time_zone) for row in rows]


async def next_late(connection: AsyncConnection, now: datetime) -> datetime | None:
    """Return when somebody's silence becomes unusual next."""
    query = select(func.min(rhythms.c.late_at)).where(rhythms.c.late_at > now)
    moment: datetime | None = await connection.scalar(query)
    return moment


async def postpone(tx: AsyncConnection, until: Sequence[tuple[str, datetime | None]]) -> None:
    """Set from when on these clients' silence is unusual."""
    if until:
        statement = update(rhythms).where(rhythms.c.client == bindparam("of")).values(late_at=bindparam("at"))
        await tx.execute(statement, [{"of": name, "at": at} for name, at in until])


def _rhythm(row: Any) -> Rhythm:
    return Rhythm(since=row.since, heard_at=row.heard_at, counts=bytes(row.counts))
