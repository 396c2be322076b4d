"""Use by day, thirteen months of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from datetime import date
from typing import Any

from sqlalchemy import String, case, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from checks.model.installation import Usage
from checks.signals.history import UsedMonth
from storage.reports import chunked
from storage.tables import usage_daily

MONTH = len("2026-11")
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


async def by_month(connection: AsyncConnection, clients: Collection[str], since: date) -> dict[str, list[UsedMonth]]:
    """Add up the searches and opened documents of each month from ``since`` on, oldest first, by client."""
    made = func.coalesce(usage_daily.c.searches, 0) + func.coalesce(usage_daily.c.opened, 0)
    known = or_(usage_daily.c.searches.is_not(None), usage_daily.c.opened.is_not(None))
    month = func.substr(cast(usage_daily.c.day, String), 1, MONTH)
    last = func.max(case((made > 0, cast(usage_daily.c.day, String)), else_=None))
    query = (
        select(usage_daily.c.client, month.label("month"), func.sum(made), func.count(), last)
        .where(known, usage_daily.c.day >= since)
        .group_by(usage_daily.c.client, month)
        .order_by(usage_daily.c.client, month)
    )
    found: dict[str, list[UsedMonth]] = {}
    for client, first, count, days, used in await chunked(connection, query, usage_daily.c.client, clients):
        one = UsedMonth(date.fromisoformat(f"{first}-01"), count, days, date.fromisoformat(used) if used else None)
        found.setdefault(client, []).append(one)
    return found


def row_of(client: str, day: Usage) -> dict[str, Any]:
    """Return the row that keeps ``day``."""
    return {"client": client, **{name: getattr(day, name) for name in FIGURES}}


def _day(row: Any) -> Usage:
    return Usage(**{name: getattr(row, name) for name in FIGURES})
