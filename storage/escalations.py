"""Reads from the ledger of notes which incidents nobody has taken, and which last with the one who took them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from checks.model import IncidentState, OutboxState, Priority
from storage.messages import CARDS
from storage.tables import incidents, outbox, timeline

UNTAKEN = "untaken"
LASTING = "lasting"
DONE = (OutboxState.DELIVERED, OutboxState.FOLDED)
ALIVE = (*DONE, OutboxState.OWED, OutboxState.SENDING, OutboxState.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One card of an incident, as far as escalating goes."""

    why: str
    owed_at: datetime
    done_at: datetime | None
    rung: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An open incident with what was told of it."""

    id: int
    priority: Priority
    taken_by: int | None
    taken_at: datetime | None
    given_back_at: datetime | None
    told: Sequence[Told]


async def untaken(connection: AsyncConnection, priorities: Collection[Priority], before: datetime) -> list[Case]:
    """Load the open incidents of these priorities, begun before a moment, that nobody has, the gravest first."""
    query = _cases().where(
        incidents.c.taken_by.is_(None),
        incidents.c.handed_at.is_(None),
        incidents.c.priority.in_(sorted(priorities)),
        incidents.c.opened_at <= before,
    )
    return await _load(connection, query)


async def taken(connection: AsyncConnection, before: datetime) -> list[Case]:
    """Load the open incidents that somebody took before a moment."""
    return await _load(connection, _cases().where(incidents.c.taken_at <= before))


def _cases() -> Select[Any]:
    return (
        select(incidents.c.id, incidents.c.priority, incidents.c.taken_by, incidents.c.taken_at)
        .where(incidents.c.state == IncidentState.OPEN)
        .order_by(incidents.c.priority, incidents.c.id)
    )


async def _load(connection: AsyncConnection, query: Select[Any]) -> list[Case]:
    rows = (await connection.execute(query)).all()
    if not rows:
        return []
    chosen = query.with_only_columns(incidents.c.id).order_by(None)
    back = (
        select(timeline.c.incident_id, func.max(timeline.c.at))
        .where(timeline.c.what == "given_back", timeline.c.incident_id.in_(chosen))
        .group_by(timeline.c.incident_id)
    )
    given: dict[int, datetime] = {row[0]: row[1] for row in await connection.execute(back)}
    told: dict[int, list[Told]] = {}
    columns = (outbox.c.incident_id, outbox.c.why, outbox.c.owed_at, outbox.c.done_at, outbox.c.facts)
    cards = (
        select(*columns)
        .where(outbox.c.incident_id.in_(chosen), outbox.c.kind.in_(CARDS), outbox.c.state.in_(ALIVE))
        .order_by(outbox.c.id)
    )
    for number, why, owed_at, done_at, facts in await connection.execute(cards):
        one = Told(why=why, owed_at=owed_at, done_at=done_at, rung=str(facts.get("rung", "")))
        told.setdefault(number, []).append(one)
    return [
        Case(
            id=number,
            priority=Priority(priority),
            taken_by=by,
            taken_at=at,
            given_back_at=given.get(number),
            told=tuple(told.get(number, ())),
        )
        for number, priority, by, at in rows
    ]
