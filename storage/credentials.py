"""Remembers with what we log in at clients' own installations; passwords are sealed and leave only to be used."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from checks.model import Credentials, Purpose
from storage.database import upsert
from storage.secrets import Vault
from storage.tables import accesses, credentials


async def save(
    tx: AsyncConnection, client: str, purpose: Purpose, one: Credentials, *, vault: Vault, at: datetime
) -> None:
    """Keep a login for one purpose; the one before is forgotten."""
    row = {
        "client": client,
        "purpose": purpose,
        "login": one.login,
        "password": vault.seal(one.password),
        "updated_at": at,
    }
    await upsert(tx, credentials, [row])


async def forget(tx: AsyncConnection, client: str, purpose: Purpose) -> bool:
    """Forget a login; False = there was none."""
    return bool((await tx.execute(delete(credentials).where(_of(client, purpose)))).rowcount)


async def load(connection: AsyncConnection, client: str, purpose: Purpose, *, vault: Vault) -> Credentials | None:
    """Return a login ready to be used; None = there is none, or it was sealed with a key that is gone."""
    query = select(credentials.c.login, credentials.c.password).where(_of(client, purpose))
    row = (await connection.execute(query)).one_or_none()
    password = None if row is None else vault.open(row.password)
    return None if row is None or password is None else Credentials(login=row.login, password=password)


async def of_access(connection: AsyncConnection, access: int, *, vault: Vault) -> Credentials | None:
    """Return the login of an online access ready to be used; None = there is none, or its key is gone."""
    query = select(accesses.c.login, accesses.c.password).where(accesses.c.id == access, accesses.c.gone_at.is_(None))
    row = (await connection.execute(query)).one_or_none()
    password = None if row is None else vault.open(row.password)
    return None if row is None or password is None else Credentials(login=row.login, password=password)


async def holders(connection: AsyncConnection, purpose: Purpose) -> frozenset[str]:
    """Name the clients at whom we can log in for this purpose."""
    query = select(credentials.c.client).where(credentials.c.purpose == purpose)
    return frozenset((await connection.execute(query)).scalars())


def _of(client: str, purpose: Purpose) -> ColumnElement[bool]:
    return and_(credentials.c.client == client, credentials.c.purpose == purpose)
