"""Use by day, thirteen months of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from checks.model.installation import Usage
from storage.reports import chunked
from storage.tables import usage_daily

FIGURES = tuple(one.name for one in fields(Usage))


async def usage(
    connection: AsyncConnection, clients: Collection[str], since: date, until: date
) -> dict[str, tuple[Usage, ...]]:
    """Return the days from ``since`` to ``until``, both included, of each of ``clients``, oldest first.

    A day without a row is a day of which nothing is known, not a day of no use. Clients without any day are left out.
    """
    query = select(usage_daily).where(usage_daily.c.day >= since, usage_daily.c.day <= until)
    found: dict[str, list[Usage]] = {}
    for row in await chunked(connection, query, usage_daily.c.client, clients):
        found.setdefault(row.client, []).append(_day(row))
    return {client: tuple(sorted(days, key=lambda one: one.day)) for client, days in found.items()}


def row_of(client: str, day: Usage) -> dict[str, Any]:
    """Return the row that keeps ``day``."""
    return {"client": client, **{name: getattr(day, name) for name in FIGURES}}


def _day(row: Any) -> Usage:
    return Usage(**{name: getattr(row, name) for name in FIGURES})
