"""Remembers who changed what: one row a command or press that changed something, in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import audit


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One change; ``person`` is the name at that time."""

    id: int
    at: datetime
    person_id: int | None
    person: str
    chat_id: int | None
    act: str
    target: str
    detail: Mapping[str, Any]


async def write(
    tx: AsyncConnection,
    *,
    at: datetime,
    person_id: int | None,
    person: str,
    chat_id: int | None,
    act: str,
    target: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    await tx.execute(
        insert(audit).values(
            at=at,
            person_id=person_id,
            person=person,
            chat_id=chat_id,
            act=act,
            target=target,
            detail=dict(detail or {}),
        )
    )


async def latest(connection: AsyncConnection, *, limit: int, before: int | None = None) -> list[Entry]:
    """Return up to ``limit`` changes, newest first, older than the entry ``before``."""
    newest = select(audit).order_by(audit.c.id.desc()).limit(limit)
    if before is not None:
        newest = newest.where(audit.c.id < before)
    return [Entry(**row._mapping) for row in await connection.execute(newest)]  # noqa: SLF001 - its public name
