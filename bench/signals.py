"""Measures signals over 10,000 online accesses and 13 months: reading, judging, and the longest stall of the loop."""

from __future__ import annotations

import asyncio
import tempfile
import time
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from checks.billing import add_up, back
from checks.model import Day, Figure, Quota
from checks.rules import Rules
from handlers.judging import judge_some
from storage import tables
from storage.billing import MONTHS, as_json
from storage.database import Database, open_database
from storage.estate import load
from storage.schema import upgrade

ACCESSES = 10_000
AT_ONCE = 100
PROMISE = 10.0
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
LIMIT = 300


def main() -> None:
    """Print the figures of issue «signals over 10,000 accesses × 13 months»."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'bench.sqlite'}"
        upgrade(url)
        asyncio.run(_measure(url))


async def _measure(url: str) -> None:
    async with open_database(url) as database:
        await database.write(_fill)
        async with database.read() as connection:
            rules = Rules(estate=await load(connection))
        names = sorted(rules.estate.clients)
        cpu, began = time.process_time(), time.perf_counter()
        stalls = asyncio.create_task(_stalls())
        await _judge(database, names, rules)
        print(f"  the first time, with all that it raises: {time.process_time() - cpu:.1f} s CPU")
        cpu, began = time.process_time(), time.perf_counter()
        await _judge(database, names, rules)
        stalls.cancel()
        spent, passed = time.process_time() - cpu, time.perf_counter() - began
        async with database.read() as connection:
            raised = len((await connection.execute(tables.signals.select())).all())
        with suppress(asyncio.CancelledError):
            await stalls
    print(
        f"  {ACCESSES} accesses x {MONTHS} months: {spent:.1f} s CPU, {passed:.1f} s in all (promise {PROMISE:.0f} s)"
    )
    print(f"  {raised} signals raised by it, longest stall of the loop {WORST[0] * 1000:.0f} ms")


WORST = [0.0]


async def _stalls() -> None:
    while True:
        before = time.perf_counter()
        await asyncio.sleep(0)
        WORST[0] = max(WORST[0], time.perf_counter() - before)
        await asyncio.sleep(0.001)


async def _judge(database: Database, names: list[str], rules: Rules) -> None:
    for start in range(0, len(names), AT_ONCE):
        await judge_some(database, names[start : start + AT_ONCE], rules=rules, now=NOW)
        await asyncio.sleep(0)


async def _fill(tx: AsyncConnection) -> None:
    stamps = {"created_at": NOW, "updated_at": NOW}
    rows: list[dict[str, Any]] = [
        {"name": f"c{n}", "title": f"Клиент {n}", "kind": "online", "search": "", "lists": {}, **stamps}
        for n in range(ACCESSES)
    ]
    await tx.execute(insert(tables.clients), rows)
    logins = [
        {"id": n + 1, "client": f"c{n}", "login": f"l{n}", "password": b"", "host": "online.test", **stamps}
        for n in range(ACCESSES)
    ]
    await tx.execute(insert(tables.accesses), logins)
    months = [_months(kind) for kind in range(20)]
    kept = [{"access_id": n + 1, **month} for n in range(ACCESSES) for month in months[n % 20]]
    await tx.execute(insert(tables.billing_months), kept)
    latest = {f"{quota}_{what}": 3000 for quota in Quota for what in ("left", "limit")}
    figures = [{"access_id": n + 1, "at": NOW - timedelta(hours=1), "seen_at": NOW, **latest} for n in range(ACCESSES)]
    await tx.execute(insert(tables.figures), figures)


def _months(kind: int) -> list[dict[str, Any]]:
    """Make thirteen months and the present one of a client; one in twenty runs out, one in twenty never comes."""
    pace = 20 if kind == 0 else 0 if kind == 1 else 3 + kind / 10
    found = []
    for ago in range(MONTHS, -1, -1):
        first = back(NOW.date().replace(day=1), ago)
        last = min(back(first, -1) - timedelta(days=1), NOW.date())
        days = [_day(first.replace(day=number), pace) for number in range(1, last.day + 1)]
        month = add_up(days)
        assert month is not None
        found.append({"first": first, "days": {}, "month": as_json(month)})
    return found


def _day(day: date, pace: float) -> Day:
    rest = {quota: Figure(3000 - day.day, 3000) for quota in Quota if quota is not Quota.DOCS}
    return Day(day=day, quotas={Quota.DOCS: Figure(max(0, int(LIMIT - pace * day.day)), LIMIT), **rest})
