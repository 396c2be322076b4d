"""Remembers people and their roles; the last admin cannot be lost."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, not_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from checks.model import Person, Role
from storage.database import upsert
from storage.tables import people

COLUMNS = (people.c.id, people.c.name, people.c.role, people.c.manager, people.c.suspended_at)


async def get(connection: AsyncConnection, person_id: int) -> Person | None:
    row = (await connection.execute(select(*COLUMNS).where(people.c.id == person_id))).one_or_none()
    return None if row is None else _person(row)


async def everybody(connection: AsyncConnection) -> list[Person]:
    """Return all people, also the suspended, by name."""
    return [_person(row) for row in await connection.execute(select(*COLUMNS).order_by(people.c.name, people.c.id))]


async def with_role(connection: AsyncConnection, role: Role) -> list[Person]:
    """Return the people who act in ``role`` at present, by name."""
    found = select(*COLUMNS).where(people.c.role == role, people.c.suspended_at.is_(None))
    return [_person(row) for row in await connection.execute(found.order_by(people.c.name, people.c.id))]


async def names(connection: AsyncConnection, ids: set[int]) -> dict[int, str]:
    found = select(people.c.id, people.c.name).where(people.c.id.in_(ids))
    return {row.id: row.name for row in await connection.execute(found)}


async def admit(tx: AsyncConnection, person: Person, *, username: str | None, at: datetime) -> None:
    """Let ``person`` in, or back in, with the role given."""
    row = {
        "id": person.id,
        "name": person.name,
        "username": username,
        "role": person.role,
        "manager": person.manager,
        "joined_at": at,
        "suspended_at": None,
    }
    await upsert(tx, people, [row], update=["name", "username", "role", "manager", "suspended_at"])


async def theme(connection: AsyncConnection, person_id: int) -> str | None:
    """Return what pictures the person would rather have, ``light`` or ``dark``; None = never said."""
    found: str | None = await connection.scalar(select(people.c.theme).where(people.c.id == person_id))
    return found


async def prefer(tx: AsyncConnection, person_id: int, theme: str) -> bool:
    """Remember what pictures the person would rather have; False when that was known."""
    other = people.c.theme.is_distinct_from(theme)
    return bool((await tx.execute(update(people).where(people.c.id == person_id, other).values(theme=theme))).rowcount)


async def rename(tx: AsyncConnection, person_id: int, name: str) -> None:
    await tx.execute(update(people).where(people.c.id == person_id).values(name=name))


async def set_role(tx: AsyncConnection, person_id: int, role: Role, manager: str | None) -> Person | None:
    """Give another role; None when nothing changed: not known, the same already, or the last admin."""
    changed = update(people).where(
        people.c.id == person_id,
        not_(and_(people.c.role == role, func.coalesce(people.c.manager, "") == (manager or ""))),
    )
    if role is not Role.ADMIN:
        changed = changed.where(_not_the_last_admin())
    return await _one(tx, changed.values(role=role, manager=manager))


async def suspend(tx: AsyncConnection, person_id: int, at: datetime) -> Person | None:
    """Take the rights away until somebody gives them back; None when nothing changed (see ``set_role``)."""
    active = and_(people.c.id == person_id, people.c.suspended_at.is_(None))
    return await _one(tx, update(people).where(active, _not_the_last_admin()).values(suspended_at=at))


async def reinstate(tx: AsyncConnection, person_id: int) -> Person | None:
    suspended = and_(people.c.id == person_id, people.c.suspended_at.is_not(None))
    return await _one(tx, update(people).where(suspended).values(suspended_at=None))


def _not_the_last_admin() -> Any:
    others = people.alias("others")
    another = select(others.c.id).where(
        others.c.role == Role.ADMIN, others.c.suspended_at.is_(None), others.c.id != people.c.id
    )
    is_admin = and_(people.c.role == Role.ADMIN, people.c.suspended_at.is_(None))
    return not_(and_(is_admin, not_(another.exists())))


async def _one(tx: AsyncConnection, statement: Any) -> Person | None:
    row = (await tx.execute(statement.returning(*COLUMNS))).one_or_none()
    return None if row is None else _person(row)


def _person(row: Any) -> Person:
    return Person(
        id=row.id,
        name=row.name,
        role=Role(row.role),
        manager=row.manager,
        suspended=row.suspended_at is not None,
    )
