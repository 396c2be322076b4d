"""Remembers the shifts that were made in the chat, and who is away."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from checks.model import Days, Leave, Shift, Turn
from checks.quiet import clock_of
from storage.tables import leaves, shifts


async def every_shift(connection: AsyncConnection) -> list[Shift]:
    """Load the shifts made in the chat, oldest first; those of the configuration are not among them."""
    query = select(shifts).order_by(shifts.c.id)
    return [_shift(row) for row in (await connection.execute(query)).mappings()]


async def shift(connection: AsyncConnection, shift_id: int) -> Shift | None:
    row = (await connection.execute(select(shifts).where(shifts.c.id == shift_id))).mappings().one_or_none()
    return None if row is None else _shift(row)


async def add_shift(tx: AsyncConnection, new: Shift, *, by: int, at: datetime) -> int:
    """Keep a new shift; returns its number."""
    statement = insert(shifts).values(**_values(new), made_by=by, made_at=at).returning(shifts.c.id)
    return int((await tx.execute(statement)).scalar_one())


async def change_shift(tx: AsyncConnection, changed: Shift) -> bool:
    """Keep a shift as it is now; False = it was dropped meanwhile."""
    result = await tx.execute(update(shifts).where(shifts.c.id == changed.id).values(_values(changed)))
    return bool(result.rowcount)


async def drop_shift(tx: AsyncConnection, shift_id: int) -> bool:
    return bool((await tx.execute(delete(shifts).where(shifts.c.id == shift_id))).rowcount)


async def leaves_from(connection: AsyncConnection, day: date) -> list[Leave]:
    """Load who is away on a day or later, by the first day."""
    query = select(leaves).where(leaves.c.last >= day).order_by(leaves.c.first, leaves.c.id)
    return [_leave(row) for row in (await connection.execute(query)).mappings()]


async def leave(connection: AsyncConnection, leave_id: int) -> Leave | None:
    row = (await connection.execute(select(leaves).where(leaves.c.id == leave_id))).mappings().one_or_none()
    return None if row is None else _leave(row)


async def add_leave(tx: AsyncConnection, new: Leave, *, by: int, at: datetime) -> int | None:
    """Keep that somebody is away; None = exactly that was known."""
    same = (leaves.c.person_id == new.person, leaves.c.first == new.first, leaves.c.last == new.last)
    instead = leaves.c.instead_id.is_not_distinct_from(new.instead)
    if (await tx.execute(select(leaves.c.id).where(*same, instead).limit(1))).first() is not None:
        return None
    await tx.execute(delete(leaves).where(*same))
    values = {"person_id": new.person, "instead_id": new.instead, "first": new.first, "last": new.last}
    statement = insert(leaves).values(**values, made_by=by, made_at=at).returning(leaves.c.id)
    return int((await tx.execute(statement)).scalar_one())


async def drop_leave(tx: AsyncConnection, leave_id: int) -> bool:
    return bool((await tx.execute(delete(leaves).where(leaves.c.id == leave_id))).rowcount)


def _values(one: Shift) -> dict[str, Any]:
    return {
        "name": one.name,
        "days": sorted(one.days),
        "begin": f"{one.begin:%H:%M}",
        "end": f"{one.end:%H:%M}",
        "people": list(one.people),
        "turn": one.turn,
        "since": one.since,
    }


def _shift(row: RowMapping) -> Shift:
    begin, end = clock_of(row["begin"]), clock_of(row["end"])
    assert begin is not None
    assert end is not None
    return Shift(
        id=row["id"],
        name=row["name"],
        days=frozenset(Days(day) for day in row["days"]),
        begin=begin,
        end=end,
        people=tuple(row["people"]),
        turn=Turn(row["turn"]),
        since=row["since"],
    )


def _leave(row: RowMapping) -> Leave:
    return Leave(id=row["id"], person=row["person_id"], instead=row["instead_id"], first=row["first"], last=row["last"])
