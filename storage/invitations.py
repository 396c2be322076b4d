"""Remembers invitations: used once, soon over, kept only as hashes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from checks.model import Role
from storage.tables import invitations

LIFETIME = timedelta(minutes=15)
BYTES = 18
"""24 characters of the alphabet that deep links allow; nobody guesses them in 15 minutes."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """What its bearer becomes."""

    role: Role
    manager: str | None
    made_by: int | None


async def make(
    tx: AsyncConnection, *, role: Role, manager: str | None = None, made_by: int | None, now: datetime
) -> str:
    """Return a new code that lets one person in within 15 minutes; it is not kept and cannot be shown again."""
    code = token_urlsafe(BYTES)
    await tx.execute(
        insert(invitations).values(
            hash=_hash(code), role=role, manager=manager, made_by=made_by, made_at=now, expires_at=now + LIFETIME
        )
    )
    return code


async def make_admin_code(tx: AsyncConnection, now: datetime) -> str:
    """Return the one-time code of an admin whom nobody invites; an older code that was not used ends."""
    unused = (invitations.c.made_by.is_(None), invitations.c.used_by.is_(None), invitations.c.role == Role.ADMIN)
    await tx.execute(delete(invitations).where(*unused))
    return await make(tx, role=Role.ADMIN, made_by=None, now=now)


async def use(tx: AsyncConnection, code: str, *, by: int, now: datetime) -> Invitation | None:
    """Use the invitation up; None when it is unknown, over or used already (by whomever)."""
    good = (invitations.c.hash == _hash(code), invitations.c.used_by.is_(None), invitations.c.expires_at > now)
    columns = (invitations.c.role, invitations.c.manager, invitations.c.made_by)
    used = update(invitations).where(*good).values(used_by=by, used_at=now).returning(*columns)
    row = (await tx.execute(used)).one_or_none()
    return None if row is None else Invitation(Role(row.role), row.manager, row.made_by)


async def used_by(connection: AsyncConnection, code: str) -> int | None:
    """Return who used the code, None when nobody did."""
    return (await connection.execute(select(invitations.c.used_by).where(invitations.c.hash == _hash(code)))).scalar()


async def prune(tx: AsyncConnection, before: datetime) -> None:
    """Forget what ended before ``before``."""
    await tx.execute(delete(invitations).where(invitations.c.expires_at < before))


def _hash(code: str) -> str:
    return sha256(code.encode(errors="replace")).hexdigest()
