"""Reads the names that are offered to choose from, and whose the clients are."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.routes import whose
from storage.tables import clients, redirects


async def managers(connection: AsyncConnection) -> list[str]:
    """Return the managers whom the client lists name, in order."""
    living = select(clients.c.manager).where(clients.c.gone_at.is_(None), clients.c.manager.is_not(None)).distinct()
    return sorted({name.strip() for name in (await connection.execute(living)).scalars() if name.strip()})


async def servers(connection: AsyncConnection) -> list[str]:
    """Return the redirect servers by their short names, in order."""
    living = select(redirects.c.name).where(redirects.c.gone_at.is_(None)).order_by(redirects.c.name)
    return list((await connection.execute(living)).scalars())


async def title_of(connection: AsyncConnection, client: str) -> str | None:
    """Return what the lists call a client, also one that has left them."""
    title: str | None = await connection.scalar(select(clients.c.title).where(clients.c.name == client))
    return title or None


async def owners(connection: AsyncConnection, names: Collection[str]) -> list[str | None]:
    """Return the manager of each of the clients ``names``, one a client; None = nobody's, or not on the lists."""
    found = await whose(connection, names)
    return [found[name].manager if name in found else None for name in sorted(set(names))]
