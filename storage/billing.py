"""Remembers the figures of online accesses: runs of equal figures for 60 days, days and months for 13 months."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, bindparam, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from checks.billing import add_up, back, previous
from checks.model import Day, Figure, Figures, Month, Quota, Quotas, Tally
from storage.database import upsert
from storage.tables import accesses, billing_months, figures

CHUNK = 500
HOURLY = timedelta(days=60)
MONTHS = 13
"""How many whole months are kept beside the present one."""
QUOTAS = tuple(Quota)
TALLY = ("spent", "left", "limit", "low", "out", "moved")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Figures of one access on their way in; ``day`` is that of the vendor's calendar."""

    access: int
    figures: Figures
    day: date
    source: str = "look"
    """``look``, ``upload`` or ``chat``."""


async def save(tx: AsyncConnection, taken: Sequence[Taken]) -> dict[int, Month]:
    """Keep figures; returns the month of each access they belong to, added up anew.

    Figures older than the newest known ones mend the day they belong to (a file that was corrected) but are no run of
    their own. Several of one access are taken in order of time.
    """
    ordered = sorted(taken, key=lambda one: one.figures.at)
    await _keep_runs(tx, ordered)
    return await _keep_months(tx, ordered)


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def latest(connection: AsyncConnection, ids: Collection[int]) -> dict[int, Figures]:
    """Return the newest figures of these accesses; an access of which nothing is known is left out."""
    return {row["access_id"]: _figures(row) for row in await _newest(connection, ids)}


async def hourly(connection: AsyncConnection, access: int, since: datetime) -> list[Figures]:
    """Return the runs of equal figures since a moment (60 days are kept), oldest first."""
    query = select(figures).where(figures.c.access_id == access, figures.c.seen_at >= since).order_by(figures.c.at)
    return [_figures(row) for row in (await connection.execute(query)).mappings()]


async def daily(connection: AsyncConnection, ids: Collection[int], since: date) -> dict[int, list[Day]]:
    """Return the last figures of every known day since ``since`` (13 months are kept), oldest first, by access.

    Days are those of the vendor's calendar. What was spent on each is added up by ``checks.billing``.
    """
    found: dict[int, list[Day]] = {}
    for row in await _months(connection, ids, since.replace(day=1), billing_months.c.days):
        days = [day for day in _days(row["first"], row["days"]) if day.day >= since]
        found.setdefault(row["access_id"], []).extend(days)
    return found


async def months(connection: AsyncConnection, ids: Collection[int], since: date) -> dict[int, list[Month]]:
    """Return the months of these accesses added up, oldest first; a month of which nothing is known is left out."""
    found: dict[int, list[Month]] = {}
    for row in await _months(connection, ids, since.replace(day=1), billing_months.c.month):
        found.setdefault(row["access_id"], []).append(month_of(row["first"], row["month"]))
    return found


# ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def _keep_runs(tx: AsyncConnection, taken: Sequence[Taken]) -> None:
    last = {row["access_id"]: _figures(row) for row in await _newest(tx, {one.access for one in taken})}
    fresh: list[dict[str, Any]] = []
    longer: dict[tuple[int, datetime], datetime] = {}
    rows: dict[tuple[int, datetime], dict[str, Any]] = {}
    for one in taken:
        before, now = last.get(one.access), one.figures
        if before is not None and now.known_at <= before.known_at:
            continue
        key = (one.access, before.at) if before is not None else None
        if before is not None and key is not None and _same(before, now):
            last[one.access] = replace(before, seen_at=now.known_at)
            if key in rows:
                rows[key]["seen_at"] = now.known_at
            else:
                longer[key] = now.known_at
        else:
            last[one.access] = now
            rows[one.access, now.at] = _row(one)
    fresh = list(rows.values())
    if longer:
        run = (figures.c.access_id == bindparam("a")) & (figures.c.at == bindparam("b"))
        moments = [{"a": access, "b": at, "c": seen} for (access, at), seen in longer.items()]
        await tx.execute(update(figures).where(run).values(seen_at=bindparam("c")), moments)
    await upsert(tx, figures, fresh)


async def _keep_months(tx: AsyncConnection, taken: Sequence[Taken]) -> dict[int, Month]:
    if not taken:
        return {}
    ids = {one.access for one in taken}
    first = min(one.day for one in taken).replace(day=1)
    rows = await _months(tx, ids, previous(first), billing_months.c.days)
    known = {(row["access_id"], row["first"]): dict(row["days"]) for row in rows}
    touched: set[tuple[int, date]] = set()
    for one in taken:
        key = (one.access, one.day.replace(day=1))
        known.setdefault(key, {})[str(one.day.day)] = _packed(one.figures.quotas)
        touched.add(key)
    found: dict[int, Month] = {}
    changed: list[dict[str, Any]] = []
    for access, begun in sorted(touched):
        month = add_up(_days(begun, known[access, begun]), _last(known.get((access, previous(begun)))))
        if month is not None:
            found[access] = month
        plain = as_json(month) if month else {}
        changed.append({"access_id": access, "first": begun, "days": known[access, begun], "month": plain})
    await upsert(tx, billing_months, changed)
    return found


async def purge(tx: AsyncConnection, now: datetime) -> None:
    """Drop runs older than 60 days but the last of each access, and months beyond thirteen."""
    newest = select(figures.c.access_id, func.max(figures.c.at).label("at")).group_by(figures.c.access_id).subquery()
    last = select(newest.c.at).where(newest.c.access_id == figures.c.access_id).scalar_subquery()
    await tx.execute(delete(figures).where(figures.c.seen_at < now - HOURLY, figures.c.at != last))
    kept = back(now.date().replace(day=1), MONTHS)
    await tx.execute(delete(billing_months).where(billing_months.c.first < kept))


# ── rows ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _newest(connection: AsyncConnection, ids: Collection[int]) -> list[RowMapping]:
    found: list[RowMapping] = []
    for part in _parts(ids):
        newest = (
            select(figures.c.access_id, func.max(figures.c.at).label("at"))
            .where(figures.c.access_id.in_(part))
            .group_by(figures.c.access_id)
            .subquery()
        )
        query = select(figures).join(
            newest, (figures.c.access_id == newest.c.access_id) & (figures.c.at == newest.c.at)
        )
        found += (await connection.execute(query)).mappings().all()
    return found


async def _months(connection: AsyncConnection, ids: Collection[int], since: date, what: Any) -> list[RowMapping]:
    found: list[RowMapping] = []
    for part in _parts(ids):
        query = (
            select(billing_months.c.access_id, billing_months.c.first, what)
            .where(billing_months.c.access_id.in_(part), billing_months.c.first >= since)
            .order_by(billing_months.c.access_id, billing_months.c.first)
        )
        found += (await connection.execute(query)).mappings().all()
    return found


def _parts(ids: Collection[int]) -> Iterable[list[int]]:
    wanted = sorted(set(ids))
    return (wanted[start : start + CHUNK] for start in range(0, len(wanted), CHUNK))


def _same(before: Figures, now: Figures) -> bool:
    return dict(before.quotas) == dict(now.quotas) and before.visited_at == now.visited_at


def _row(one: Taken) -> dict[str, Any]:
    now = one.figures
    row: dict[str, Any] = {
        "access_id": one.access,
        "at": now.at,
        "seen_at": now.known_at,
        "visited_at": now.visited_at,
        "source": one.source,
    }
    for quota in QUOTAS:
        figure = now.quotas.get(quota)
        row[f"{quota}_left"] = figure.left if figure else None
        row[f"{quota}_limit"] = figure.limit if figure else None
    return row


def _figures(row: RowMapping) -> Figures:
    quotas = {
        quota: Figure(row[f"{quota}_left"], row[f"{quota}_limit"])
        for quota in QUOTAS
        if row[f"{quota}_left"] is not None
    }
    return Figures(at=row["at"], seen_at=row["seen_at"], quotas=quotas, visited_at=row["visited_at"])


def _packed(quotas: Quotas) -> list[list[int] | None]:
    return [[quotas[one].left, quotas[one].limit] if one in quotas else None for one in QUOTAS]


def _unpacked(packed: Sequence[Sequence[int] | None]) -> Quotas:
    return {quota: Figure(*pair) for quota, pair in zip(QUOTAS, packed, strict=False) if pair is not None}


def _days(first: date, packed: Mapping[str, Any]) -> list[Day]:
    return [
        Day(day=first.replace(day=number), quotas=_unpacked(packed[str(number)])) for number in sorted(map(int, packed))
    ]


def _last(packed: Mapping[str, Any] | None) -> Quotas | None:
    return _unpacked(packed[max(packed, key=int)]) if packed else None


def as_json(month: Month) -> dict[str, Any]:
    """Return a month as it is kept: short, for ten thousand of them are read in one go."""
    tallies = {quota: [getattr(tally, name) for name in TALLY] for quota, tally in month.tallies.items()}
    return {"k": [month.since, month.until, month.days], "t": tallies}


def month_of(first: date, kept: Mapping[str, Any]) -> Month:
    since, until, days = kept.get("k", (1, 1, 0))
    tallies = {
        Quota(name): Tally(spent=spent, left=left, limit=limit, low=low, out=out, moved=moved)
        for name, (spent, left, limit, low, out, moved) in kept.get("t", {}).items()
    }
    return Month(first=first, since=since, until=until, days=days, tallies=tallies)


async def known(connection: AsyncConnection) -> list[int]:
    """Return every access that is still on a list."""
    query = select(accesses.c.id).where(accesses.c.gone_at.is_(None)).order_by(accesses.c.id)
    return list((await connection.execute(query)).scalars())
