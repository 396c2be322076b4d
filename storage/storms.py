"""Remembers storms: when a chat was owed too much at once, and what was told inside its storm card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from checks.model import IncidentState, NoteKind, OutboxState, Priority
from storage.messages import CARDS
from storage.tables import incidents, outbox, storms


@dataclass(frozen=True, slots=True, kw_only=True)
class Storm:
    """One storm in one chat and its living card."""

    id: int
    chat_id: int
    thread_id: int | None
    began_at: datetime
    last_at: datetime
    """When something was last folded into it."""
    ended_at: datetime | None = None
    message_id: int | None = None
    digest: str = ""
    edited_at: datetime | None = None
    runs: tuple[int, ...] = ()
    """The planned work whose end it tells; then it is over from the start, and told all the same."""
    away_since: datetime | None = None
    """It tells of what came while Telegram could not be reached, from then on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What a storm card tells: which incidents began and ended inside it."""

    storm: Storm
    began: tuple[int, ...]
    """Incidents whose card was folded."""
    ended: tuple[int, ...]
    """Incidents whose end was folded."""
    others: int
    """Notes about nothing of the kind."""


async def load(connection: AsyncConnection, storm_id: int) -> Storm | None:
    return await _one(connection, storms.c.id == storm_id)


async def open_in(connection: AsyncConnection, chat_id: int) -> Storm | None:
    """Load the storm that lasts in a chat."""
    return await _one(connection, (storms.c.chat_id == chat_id) & storms.c.ended_at.is_(None))


async def open_ones(connection: AsyncConnection) -> list[Storm]:
    query = select(storms).where(storms.c.ended_at.is_(None)).order_by(storms.c.id)
    return [_storm(row) for row in (await connection.execute(query)).mappings()]


async def begin(tx: AsyncConnection, chat_id: int, thread_id: int | None, at: datetime) -> Storm:
    values = {"chat_id": chat_id, "thread_id": thread_id, "began_at": at, "last_at": at}
    result = await tx.execute(insert(storms).values(values).returning(*storms.c))
    return _storm(result.mappings().one())


async def conclude_work(
    tx: AsyncConnection, chat_id: int, thread_id: int | None, runs: Sequence[int], at: datetime
) -> Storm:
    """Make the one card that tells a chat the end of planned work, with all that is still broken inside."""
    values = {
        "chat_id": chat_id,
        "thread_id": thread_id,
        "began_at": at,
        "last_at": at,
        "ended_at": at,
        "runs": list(runs),
    }
    result = await tx.execute(insert(storms).values(values).returning(*storms.c))
    return _storm(result.mappings().one())


async def grow(tx: AsyncConnection, storm_id: int, at: datetime) -> None:
    await tx.execute(update(storms).where(storms.c.id == storm_id).values(last_at=at))


async def was_away(tx: AsyncConnection, storm_id: int, since: datetime, at: datetime) -> None:
    """Let the storm's card tell, from now on, of a time without Telegram."""
    values = {"away_since": since, "began_at": at, "last_at": at, "ended_at": None}
    await tx.execute(update(storms).where(storms.c.id == storm_id).values(values))


async def conclude(tx: AsyncConnection, storm_id: int, at: datetime) -> bool:
    """End a storm; False when it had ended."""
    result = await tx.execute(
        update(storms).where(storms.c.id == storm_id, storms.c.ended_at.is_(None)).values(ended_at=at)
    )
    return bool(result.rowcount)


async def said(tx: AsyncConnection, storm_id: int, *, message_id: int | None, digest: str, at: datetime) -> None:
    """Remember the storm's card and what it shows; ``message_id`` None = the card was deleted."""
    await tx.execute(
        update(storms).where(storms.c.id == storm_id).values(message_id=message_id, digest=digest, edited_at=at)
    )


async def unheard(connection: AsyncConnection, storm_id: int, *, since: datetime, priority: Priority) -> bool:
    """Tell whether something of this priority that sounds has folded in since a moment and still lasts."""
    query = (
        select(outbox.c.id)
        .join(incidents, incidents.c.id == outbox.c.incident_id)
        .where(outbox.c.storm_id == storm_id, outbox.c.state == OutboxState.FOLDED, outbox.c.done_at > since)
        .where(outbox.c.kind.in_(CARDS), outbox.c.priority <= priority, outbox.c.silent.is_(False))
        .where(incidents.c.state == IncidentState.OPEN)
        .limit(1)
    )
    return (await connection.execute(query)).first() is not None


async def account(connection: AsyncConnection, storm_id: int) -> Account | None:
    """Load what the storm card has to tell."""
    storm = await load(connection, storm_id)
    if storm is None:
        return None
    query = (
        select(outbox.c.kind, outbox.c.incident_id)
        .where(outbox.c.storm_id == storm_id, outbox.c.kind != NoteKind.STORM)
        .order_by(outbox.c.priority, outbox.c.id)
    )
    began: dict[int, None] = {}
    ended: dict[int, None] = {}
    others = 0
    for kind, incident_id in await connection.execute(query):
        if incident_id is None or kind not in (*CARDS, NoteKind.RESOLVED):
            others += 1
        else:
            (ended if kind == NoteKind.RESOLVED else began)[incident_id] = None
    return Account(storm=storm, began=tuple(began), ended=tuple(ended), others=others)


async def folded_by_chat(connection: AsyncConnection, since: datetime) -> dict[int, int]:
    """Count what was folded into each chat's storm card since a moment."""
    query = (
        select(outbox.c.chat_id, func.count())
        .join(storms, outbox.c.storm_id == storms.c.id)
        .where(storms.c.last_at > since, outbox.c.state == OutboxState.FOLDED, outbox.c.done_at > since)
        .group_by(outbox.c.chat_id)
    )
    return {int(chat): int(count) for chat, count in await connection.execute(query)}


async def _one(connection: AsyncConnection, condition: ColumnElement[bool]) -> Storm | None:
    row = (await connection.execute(select(storms).where(condition))).mappings().one_or_none()
    return None if row is None else _storm(row)


def _storm(row: RowMapping) -> Storm:
    return Storm(
        id=row["id"],
        chat_id=row["chat_id"],
        thread_id=row["thread_id"],
        began_at=row["began_at"],
        last_at=row["last_at"],
        ended_at=row["ended_at"],
        message_id=row["message_id"],
        digest=row["digest"],
        edited_at=row["edited_at"],
        runs=tuple(row["runs"]),
        away_since=row["away_since"],
    )


async def of_incident(connection: AsyncConnection, incident_id: int, chat_id: int) -> Storm | None:
    """Load the last storm whose card told this chat of an incident."""
    inside = (
        select(outbox.c.storm_id)
        .where(outbox.c.incident_id == incident_id, outbox.c.chat_id == chat_id, outbox.c.storm_id.is_not(None))
        .order_by(outbox.c.id.desc())
        .limit(1)
    )
    return await _one(connection, storms.c.id.in_(inside))
