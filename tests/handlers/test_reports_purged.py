"""The daily purge drops what is old and leaves the last of everything."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select

from checks.model import ClientKind
from handlers.ledger import Answer
from handlers.reports import Intake
from handlers.retention import Retention, purge
from storage.database import Database
from storage.files import Shelf
from storage.tables import clients, reports
from storage.tokens import Pass
from tests.builders import NOON, after


async def test_a_purge_leaves_the_last_of_each_kind(database: Database, tmp_path: Path) -> None:
    row = {"name": "romashka", "kind": ClientKind.SERVER, "created_at": NOON, "updated_at": NOON}
    await database.write(lambda tx: tx.execute(insert(clients).values(row)))
    shelf = Shelf(tmp_path / "reports")
    now = NOON

    async def record(_tx: Any, _observations: Any, *, now: Any) -> None: ...

    intake = Intake(database, shelf, now=lambda: now, record=record)
    for hour in range(5):
        now = after(hours=hour)
        spool = intake.spool()
        await spool.add(b"kserver_main_page %d\n" % hour)
        assert await intake.upload("romashka", "status", await spool.finish(), Pass()) is Answer.NEW

    await purge(database, shelf, after(days=1), Retention(status=2, days=timedelta(days=2)))
    async with database.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(reports)) == 2
    assert len(list((tmp_path / "reports" / "romashka").iterdir())) == 1

    await purge(database, shelf, after(days=4000), Retention(status=2, days=timedelta(days=2)))
    async with database.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(reports)) == 1
    assert list((tmp_path / "reports" / "romashka").iterdir()) == []
