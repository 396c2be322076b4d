"""Remembers what waits for a second person's press, for a few minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import confirmations

LIFETIME = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """Somebody's press that another one is to follow."""

    author: int
    until: datetime
    confirmed: bool = False
    """The press at hand was the second one."""


async def press(tx: AsyncConnection, what: str, *, by: int, chat_id: int, now: datetime) -> Pending:
    """Count a press: the first one waits, a second one by another person in the same chat confirms."""
    waiting = (
        confirmations.c.what == what,
        confirmations.c.chat_id == chat_id,
        confirmations.c.until > now,
        confirmations.c.done_at.is_(None),
    )
    columns = (confirmations.c.id, confirmations.c.author, confirmations.c.until)
    found = (await tx.execute(select(*columns).where(*waiting).order_by(confirmations.c.id))).all()
    others = [row for row in found if row.author != by]
    if others:
        first = others[0]
        await tx.execute(update(confirmations).where(*waiting).values(done_by=by, done_at=now))
        return Pending(author=first.author, until=first.until, confirmed=True)
    if found:
        return Pending(author=by, until=found[0].until)
    until = now + LIFETIME
    values = {"what": what, "author": by, "chat_id": chat_id, "asked_at": now, "until": until}
    await tx.execute(insert(confirmations).values(values))
    return Pending(author=by, until=until)


async def purge(tx: AsyncConnection, before: datetime) -> None:
    """Forget what ended before a moment."""
    await tx.execute(delete(confirmations).where(confirmations.c.until < before))
