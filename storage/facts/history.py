"""How tracked facts changed: versions, update numbers, the newest operative update, errors by base."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from checks.model.installation import FactChange
from storage.reports import chunked
from storage.tables import fact_changes


async def history(
    connection: AsyncConnection, client: str, fact: str | None = None, *, since: datetime | None = None
) -> list[FactChange]:
    """Return how one tracked fact of a client (or all of them) changed, oldest first.

    ``fact`` is one of ``checks.model.installation.TRACKED``. The first change has nothing before it. Values are text
    as ``checks.changes.said`` writes them.
    """
    query = select(fact_changes).where(fact_changes.c.client == client)
    if fact is not None:
        query = query.where(fact_changes.c.fact == fact)
    if since is not None:
        query = query.where(fact_changes.c.at >= since)
    rows = (await connection.execute(query.order_by(fact_changes.c.at, fact_changes.c.id))).all()
    return [_change(row) for row in rows]


async def changes_since(
    connection: AsyncConnection, facts: Collection[str], since: datetime, *, clients: Collection[str] | None = None
) -> list[FactChange]:
    """Return the changes of these tracked facts since a moment, of all clients or of ``clients``, oldest first."""
    query = select(fact_changes).where(fact_changes.c.fact.in_(sorted(facts)), fact_changes.c.at >= since)
    if clients is None:
        rows: Iterable[Any] = (await connection.execute(query)).all()
    else:
        rows = await chunked(connection, query, fact_changes.c.client, clients)
    return [_change(row) for row in sorted(rows, key=lambda row: (row.at, row.id))]


def _change(row: Any) -> FactChange:
    return FactChange(client=row.client, fact=row.fact, at=row.at, before=row.before, after=row.after)
