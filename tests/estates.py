"""Puts clients behind a redirect server into a database, and what was seen of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from checks.model import LookKind, Person, Role
from storage import looks, people
from storage.database import Database
from storage.looks import Due, Seen
from storage.tables import clients, redirects
from tests.builders import NOON, client

ANNA = 7


async def put_estate(database: Database, count: int = 3, **rest: Any) -> None:
    """Clients c0 … behind r1, each with a direct address."""

    async def work(tx: AsyncConnection) -> None:
        stamps = {"created_at": NOON, "updated_at": NOON}
        server = {"name": "r1", "owner": "поддержка Облака", "contacts": "+7 800 000-00-00, круглосуточно"}
        await tx.execute(insert(redirects).values(**server, address="10.9.0.1", **stamps))
        rows = [
            {
                "name": f"c{number}",
                "title": f"Клиент {number}",
                "kind": "cloud",
                "domain": f"c{number}.te-cloud.ru",
                "redirect": "r1",
                "address": f"http://10.0.0.{number + 1}",
                "contacts": "И. Петров, +7 900 000-00-00",
                "manager": "Ольга",
                **rest,
                **stamps,
            }
            for number in range(count)
        ]
        await tx.execute(insert(clients), rows)
        await people.admit(tx, Person(id=ANNA, name="Анна", role=Role.SUPPORT), username=None, at=NOON)

    await database.write(work)


async def put_looks(database: Database, opened: Sequence[bool], at: datetime = NOON) -> None:
    """What the last direct look at c0, c1, … saw."""
    due = [
        Due(subject=client(f"c{n}"), kind=LookKind.INSTALLATION, due_at=at, interval=timedelta(minutes=1))
        for n in range(len(opened))
    ]
    seen = [
        Seen(
            subject=client(f"c{n}"),
            kind=LookKind.INSTALLATION,
            due_at=at,
            at=at,
            fault=None if good else "refused",
            status=200 if good else None,
            elapsed=0.041,
        )
        for n, good in enumerate(opened)
    ]
    await database.write(lambda tx: looks.plan(tx, due))
    await database.write(lambda tx: looks.save(tx, seen))
