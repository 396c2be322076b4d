"""Remembers proposed imports with their files, sealed, so that a button pressed after a restart still works."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import proposals

LIFE = timedelta(days=7)
"""How long an import waits for somebody to decide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A proposal as it is kept; ``base`` is the fingerprint of the difference that was shown."""

    id: int
    kind: str
    file: str
    made_by: int | None
    made_at: datetime
    base: str
    body: bytes = field(repr=False)
    applied_at: datetime | None = None
    applied_by: int | None = None
    dropped_at: datetime | None = None


async def put(
    tx: AsyncConnection, *, kind: str, file: str, base: str, body: bytes, made_by: int | None, at: datetime
) -> int:
    """Keep a proposal and return its number; those that nobody decided for a week are forgotten."""
    await tx.execute(
        delete(proposals).where(proposals.c.made_at < at - LIFE, proposals.c.applied_at.is_(None)),
    )
    row = insert(proposals).values(kind=kind, file=file, base=base, body=body, made_by=made_by, made_at=at)
    return int((await tx.execute(row.returning(proposals.c.id))).scalar_one())


async def get(connection: AsyncConnection, proposal_id: int) -> Stored | None:
    row = (await connection.execute(select(proposals).where(proposals.c.id == proposal_id))).one_or_none()
    return None if row is None else Stored(**row._mapping)  # noqa: SLF001 - its public name


async def settle(tx: AsyncConnection, proposal_id: int, *, by: int | None, at: datetime, applied: bool) -> bool:
    """Mark as applied or dropped and forget the files; False when somebody was first."""
    values = {"applied_at": at, "applied_by": by} if applied else {"dropped_at": at, "applied_by": by}
    undecided = (
        proposals.c.id == proposal_id,
        proposals.c.applied_at.is_(None),
        proposals.c.dropped_at.is_(None),
    )
    changed = await tx.execute(update(proposals).where(*undecided).values(**values, body=b""))
    return changed.rowcount == 1
