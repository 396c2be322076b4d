"""Puts online accesses of clients into a database, and figures that were seen of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from checks.billing import day_of
from checks.model import Figure, Figures, Quota
from storage import billing
from storage.billing import Taken
from storage.database import Connection, Database
from storage.tables import accesses, clients
from tests.builders import NOON

MOSCOW = ZoneInfo("Europe/Moscow")
LIMITS = {Quota.DOCS: 300, Quota.SEARCH: 3000, Quota.PRINT: 3000, Quota.UPLOAD: 3000}


async def put_accesses(
    database: Database, owners: Mapping[str, str | None], *, password: bytes = b"sealed", **rest: Any
) -> None:
    """One access for each client, numbered from 1 in order; ``owners`` are client → manager."""

    async def work(tx: Connection) -> None:
        stamps = {"created_at": NOON, "updated_at": NOON}
        more = {"kind": "online", "search": "", "lists": {}, **stamps, **rest}
        rows = [{"name": name, "title": name.capitalize(), "manager": whose, **more} for name, whose in owners.items()]
        await tx.execute(insert(clients), rows)
        logins = [
            {
                "id": number,
                "client": name,
                "login": f"login-{name}",
                "password": password,
                "host": "online.test",
                "catalogue": "docs",
                "manager": whose,
                "list": "online:test",
                **stamps,
            }
            for number, (name, whose) in enumerate(owners.items(), 1)
        ]
        await tx.execute(insert(accesses), logins)

    await database.write(work)


def figures(at: datetime, visited_at: datetime | None = None, /, **left: int) -> Figures:
    """Figures with so much left of each quota of the usual tariff; a quota not named is full."""
    quotas = {quota: Figure(left.get(quota, limit), limit) for quota, limit in LIMITS.items()}
    return Figures(at=at, quotas=quotas, visited_at=visited_at)


def taken(access: int, at: datetime, **left: int) -> Taken:
    return Taken(access=access, figures=figures(at, **left), day=day_of(at, MOSCOW))


async def put_figures(database: Database, several: Sequence[Taken]) -> None:
    await database.write(lambda tx: billing.save(tx, several))


async def put_days(database: Database, access: int, first: date, left: Sequence[int]) -> None:
    """Documents left at noon of each day from ``first`` on; nobody looks where it is negative."""
    noon = datetime(first.year, first.month, first.day, 12, tzinfo=MOSCOW)
    several = [taken(access, noon + timedelta(days=number), docs=docs) for number, docs in enumerate(left) if docs >= 0]
    await put_figures(database, several)
