"""Forgets reports in time: the last few of each client stay, and the last of each kind in any case."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from checks.reports import ReportKind
from storage import arrivals, reports, tokens
from storage.database import Database
from storage.files import Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How much is kept of each client; the last report of each kind stays in any case, its file for ``days``."""

    sysinfo: int = 60
    status: int = 20
    days: timedelta = timedelta(days=90)


FOR_LONG = Retention()
PURGED_AT_ONCE = 300


async def purge(database: Database, shelf: Shelf, now: datetime, retention: Retention = FOR_LONG) -> int:
    """Forget old reports, expired tokens, and files nobody needs; return how many files went. Hourly."""
    keep = {ReportKind.SYSINFO: retention.sysinfo, ReportKind.STATUS: retention.status}
    before = now - retention.days
    async with database.read() as connection:
        names = await reports.senders(connection)
    for start in range(0, len(names), PURGED_AT_ONCE):
        some = names[start : start + PURGED_AT_ONCE]
        await database.write(partial(reports.purge, names=some, keep=keep, before=before))
    await database.write(lambda tx: tokens.purge(tx, now))
    async with database.read() as connection:
        wanted = await arrivals.kept_files(connection, before)
    return await asyncio.to_thread(shelf.purge, wanted, now)
