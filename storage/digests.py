"""Remembers when each chat is due its digest, and up to when the last one told: no morning is told twice or skipped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, and_, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from checks.model import NoteKind, OutboxState
from storage.tables import digests, outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """The digest of one chat."""

    chat_id: int
    thread_id: int | None = None
    chosen: str | None = None
    """The cron expression chosen in the chat; empty = none is wanted, None = the operator's."""
    rhythm: str = ""
    """Expression and time zone that ``due_at`` was reckoned by."""
    due_at: datetime | None = None
    told_until: datetime


async def everything(connection: AsyncConnection) -> list[Due]:
    query = select(digests).order_by(digests.c.chat_id)
    return [_due(row) for row in (await connection.execute(query)).mappings()]


async def load(connection: AsyncConnection, chat_id: int) -> Due | None:
    row = (await connection.execute(select(digests).where(digests.c.chat_id == chat_id))).mappings().one_or_none()
    return None if row is None else _due(row)


async def save(tx: AsyncConnection, due: Due) -> None:
    values = {
        "thread_id": due.thread_id,
        "chosen": due.chosen,
        "rhythm": due.rhythm,
        "due_at": due.due_at,
        "told_until": due.told_until,
    }
    changed = await tx.execute(update(digests).where(digests.c.chat_id == due.chat_id).values(values))
    if not changed.rowcount:
        await tx.execute(insert(digests).values(chat_id=due.chat_id, **values))


async def forget(tx: AsyncConnection, chat_ids: Sequence[int]) -> None:
    if chat_ids:
        await tx.execute(delete(digests).where(digests.c.chat_id.in_(list(chat_ids))))


async def undelivered(connection: AsyncConnection, chat_id: int) -> tuple[int, dict[str, Any]] | None:
    """Return the number and the facts of a digest that is owed and was never tried."""
    waits = and_(
        outbox.c.chat_id == chat_id,
        outbox.c.kind == NoteKind.DIGEST,
        outbox.c.state == OutboxState.OWED,
    )
    row = (await connection.execute(select(outbox.c.id, outbox.c.facts).where(waits).limit(1))).one_or_none()
    return None if row is None else (row.id, dict(row.facts))


async def reword(tx: AsyncConnection, note_id: int, facts: dict[str, Any]) -> None:
    """Let a digest that still waits tell of more."""
    await tx.execute(update(outbox).where(outbox.c.id == note_id).values(facts=facts))


def _due(row: RowMapping) -> Due:
    return Due(
        chat_id=row["chat_id"],
        thread_id=row["thread_id"],
        chosen=row["chosen"],
        rhythm=row["rhythm"],
        due_at=row["due_at"],
        told_until=row["told_until"],
    )
