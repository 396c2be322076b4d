"""Saves what a batch of reports changes, a few statements for the whole batch; forgets what is too old."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from checks.model.installation import FactChange, Query, Usage, User
from checks.written import write_apart
from storage.database import upsert
from storage.facts.latest import Kept
from storage.facts.latest import row_of as latest_row
from storage.facts.usage import row_of as usage_row
from storage.tables import accounts, fact_changes, facts, queries, usage_daily

QUERIES_KEPT = timedelta(days=90)
"""What people searched for is theirs: no longer than somebody may act on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What one report changes of what is remembered."""

    kept: Kept
    changes: Sequence[FactChange] = ()
    days: Sequence[Usage] = ()
    people: Sequence[User] = ()
    """Accounts that are new, or whose activity is."""
    from_start: bool = False
    """No report has named accounts before: these are not new ones."""
    queries: Sequence[tuple[date, Query]] = ()
    """With the day each belongs to."""


async def save(tx: AsyncConnection, news: Sequence[News]) -> None:
    """Keep it all. Of one client and kind the last one stays the latest."""
    latest = {(one.kept.client, one.kept.kind): one.kept for one in news}
    await upsert(tx, facts, [latest_row(kept, *write_apart(kept.facts)) for kept in latest.values()])
    if changes := [asdict(change) for one in news for change in one.changes]:
        await tx.execute(insert(fact_changes), changes)
    days = {(one.kept.client, day.day): usage_row(one.kept.client, day) for one in news for day in one.days}
    await upsert(tx, usage_daily, list(days.values()))
    people = {
        (one.kept.client, user.login): {
            "client": one.kept.client,
            "login": user.login,
            "name": user.name,
            "first_at": one.kept.received_at,
            "from_start": one.from_start,
            "last_at": user.last_at,
        }
        for one in news
        for user in one.people
    }
    await upsert(tx, accounts, list(people.values()), update=["name", "last_at"])
    asked = {
        (one.kept.client, day, query.outcome, query.text): {
            "client": one.kept.client,
            "day": day,
            "outcome": query.outcome,
            "text": query.text,
            "times": query.times,
        }
        for one in news
        for day, query in one.queries
    }
    await upsert(tx, queries, list(asked.values()))


async def purge(tx: AsyncConnection, *, now: datetime, before: datetime) -> None:
    """Drop use and changes older than ``before``, and searches older than ninety days."""
    await tx.execute(delete(usage_daily).where(usage_daily.c.day < before.date()))
    await tx.execute(delete(fact_changes).where(fact_changes.c.at < before))
    await tx.execute(delete(queries).where(queries.c.day < (now - QUERIES_KEPT).date()))
