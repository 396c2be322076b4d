"""Remembers what is owed to the ways out beside Telegram, and what became of it: facts, never prose."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, and_, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from checks.model import NoteKind, OutboxState, Priority
from checks.notifications import Told
from storage.messages import CARDS
from storage.outbox import HELD
from storage.tables import dispatches

CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """One thing that a channel is owed."""

    id: int = 0
    channel: str
    kind: NoteKind
    incident_id: int | None = None
    silence_id: int | None = None
    priority: Priority = Priority.K3
    state: OutboxState = OutboxState.OWED
    fallback: bool = False
    """It stands in for Telegram, which could not be reached."""
    owed_at: datetime
    due_at: datetime
    done_at: datetime | None = None
    attempts: int = 0
    why: str = ""
    error: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


async def owe(tx: AsyncConnection, owed: Sequence[Dispatch]) -> None:
    """Owe several in one statement."""
    if owed:
        await tx.execute(insert(dispatches), [_row(one) for one in owed])


async def told(connection: AsyncConnection, incident_ids: Collection[int]) -> dict[int, dict[str, Told]]:
    """Load what each channel was told of these incidents for its own sake: by incident, then by channel."""
    found: dict[int, dict[str, list[Dispatch]]] = {}
    for one in await of_incidents(connection, incident_ids):
        if one.kind in CARDS and not one.fallback and one.incident_id is not None:
            found.setdefault(one.incident_id, {}).setdefault(one.channel, []).append(one)
    return {number: {name: _told(rows) for name, rows in named.items()} for number, named in found.items()}


async def of_incidents(connection: AsyncConnection, incident_ids: Collection[int]) -> list[Dispatch]:
    """Load everything that channels were ever owed about these incidents, oldest first."""
    found: list[Dispatch] = []
    ids = sorted(incident_ids)
    for start in range(0, len(ids), CHUNK):
        query = select(dispatches).where(dispatches.c.incident_id.in_(ids[start : start + CHUNK]))
        found += [_dispatch(row) for row in (await connection.execute(query)).mappings()]
    return sorted(found, key=lambda one: one.id)


async def load(connection: AsyncConnection, number: int) -> Dispatch | None:
    row = (await connection.execute(select(dispatches).where(dispatches.c.id == number))).mappings().one_or_none()
    return None if row is None else _dispatch(row)


async def due_channels(connection: AsyncConnection, now: datetime) -> list[str]:
    """Name the channels that are owed something now."""
    query = select(dispatches.c.channel).where(dispatches.c.state == OutboxState.OWED, dispatches.c.due_at <= now)
    return sorted((await connection.execute(query.distinct())).scalars())


async def due(connection: AsyncConnection, channel: str, now: datetime, *, limit: int) -> list[Dispatch]:
    """Load what a channel is owed now, the most urgent first."""
    query = (
        select(dispatches)
        .where(dispatches.c.state == OutboxState.OWED, dispatches.c.due_at <= now, dispatches.c.channel == channel)
        .order_by(dispatches.c.priority, dispatches.c.id)
        .limit(limit)
    )
    return [_dispatch(row) for row in (await connection.execute(query)).mappings()]


async def recent(connection: AsyncConnection, channel: str, since: datetime) -> int:
    """Count the letters that a channel got since a moment; what went together counts once."""
    query = select(func.count(dispatches.c.done_at.distinct())).where(
        dispatches.c.channel == channel, dispatches.c.state == OutboxState.DELIVERED, dispatches.c.done_at > since
    )
    return int((await connection.execute(query)).scalar_one())


async def lent_since(connection: AsyncConnection, since: datetime) -> set[int]:
    """Return the incidents that channels told in Telegram's place since a moment."""
    query = select(dispatches.c.incident_id).where(
        dispatches.c.fallback.is_(True), dispatches.c.owed_at >= since, dispatches.c.incident_id.is_not(None)
    )
    return set((await connection.execute(query.distinct())).scalars())


async def next_due(connection: AsyncConnection) -> datetime | None:
    """Return when the next one is due."""
    query = select(func.min(dispatches.c.due_at)).where(dispatches.c.state == OutboxState.OWED)
    found: datetime | None = (await connection.execute(query)).scalar_one()
    return found


async def backlog(connection: AsyncConnection) -> tuple[int, datetime | None]:
    """Return how many wait (or are in hand) and since when the oldest is owed."""
    waits = dispatches.c.state.in_((OutboxState.OWED, OutboxState.SENDING))
    count, oldest = (await connection.execute(select(func.count(), func.min(dispatches.c.owed_at)).where(waits))).one()
    return int(count), oldest


async def claim(tx: AsyncConnection, ids: Collection[int]) -> bool:
    """Mark as in hand before the call; False: some of it is no longer owed, nothing is marked."""
    wanted = and_(dispatches.c.id.in_(sorted(ids)), dispatches.c.state == OutboxState.OWED)
    count = (await tx.execute(select(func.count()).where(wanted))).scalar_one()
    if count != len(ids):
        return False
    values = {"state": OutboxState.SENDING, "attempts": dispatches.c.attempts + 1}
    await tx.execute(update(dispatches).where(wanted).values(values))
    return True


async def settle(
    tx: AsyncConnection, ids: Collection[int], *, state: OutboxState, at: datetime, why: str = "", error: str = ""
) -> None:
    """Remember the end of several: delivered, folded into one, or given up."""
    values = {"state": state, "done_at": at, "error": error}
    if why:
        values["why"] = why
    await tx.execute(update(dispatches).where(dispatches.c.id.in_(sorted(ids))).values(values))


async def retry(tx: AsyncConnection, ids: Collection[int], *, due_at: datetime, error: str) -> None:
    """Put back what did not arrive, or may not have."""
    values = {"state": OutboxState.OWED, "due_at": due_at, "error": error}
    await tx.execute(update(dispatches).where(dispatches.c.id.in_(sorted(ids))).values(values))


async def reschedule(tx: AsyncConnection, channel: str, incident_id: int, *, due_at: datetime, why: str) -> None:
    """Move the alert that waits for the end of a hold."""
    await tx.execute(update(dispatches).where(_pending(channel, incident_id)).values(due_at=due_at, why=why))


async def drop(
    tx: AsyncConnection,
    channel: str,
    incident_id: int,
    *,
    state: OutboxState,
    why: str,
    at: datetime,
    silence_id: int | None = None,
) -> None:
    """Take back alerts that were not sent: muted meanwhile, or over before anybody was told."""
    values = {"state": state, "why": why, "done_at": at, "silence_id": silence_id}
    await tx.execute(update(dispatches).where(_pending(channel, incident_id)).values(values))


async def recover(tx: AsyncConnection, now: datetime) -> int:
    """After a start: what was in hand when we died may not have arrived and is sent again. Returns how many."""
    in_hand = dispatches.c.state == OutboxState.SENDING
    result = await tx.execute(update(dispatches).where(in_hand).values(state=OutboxState.OWED, due_at=now))
    return int(result.rowcount)


async def purge(tx: AsyncConnection, *, before: datetime) -> None:
    """Forget what was done with before a moment."""
    await tx.execute(delete(dispatches).where(dispatches.c.done_at < before))


def _pending(channel: str, incident_id: int) -> Any:
    return and_(
        dispatches.c.channel == channel,
        dispatches.c.incident_id == incident_id,
        dispatches.c.kind.in_(CARDS),
        dispatches.c.state == OutboxState.OWED,
        or_(dispatches.c.fallback.is_(False), dispatches.c.attempts == 0),
    )


def _told(rows: Sequence[Dispatch]) -> Told:
    return Told(
        chat_id=0,
        states=frozenset(one.state for one in rows),
        held=any(one.state is OutboxState.OWED and one.why == HELD and not one.attempts for one in rows),
    )


def _row(one: Dispatch) -> dict[str, Any]:
    return {
        "channel": one.channel,
        "kind": one.kind,
        "incident_id": one.incident_id,
        "silence_id": one.silence_id,
        "priority": one.priority,
        "state": one.state,
        "fallback": one.fallback,
        "owed_at": one.owed_at,
        "due_at": one.due_at,
        "done_at": one.done_at,
        "why": one.why,
        "facts": dict(one.facts),
    }


def _dispatch(row: RowMapping) -> Dispatch:
    return Dispatch(
        id=row["id"],
        channel=row["channel"],
        kind=NoteKind(row["kind"]),
        incident_id=row["incident_id"],
        silence_id=row["silence_id"],
        priority=Priority(row["priority"]),
        state=OutboxState(row["state"]),
        fallback=row["fallback"],
        owed_at=row["owed_at"],
        due_at=row["due_at"],
        done_at=row["done_at"],
        attempts=row["attempts"],
        why=row["why"],
        error=row["error"],
        facts=row["facts"],
    )
