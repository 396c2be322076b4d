"""A gap in the heartbeat is an absence, and absences that touch are one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pytest

from checks.freshness import Absence
from storage.absences import add, alive_at, beat, purge, since
from storage.database import Database
from tests.builders import NOON, after

LONG_AGO = after(days=-9)


async def known(database: Database, moment: datetime = LONG_AGO, now: datetime = NOON) -> Sequence[Absence]:
    async with database.read() as connection:
        return await since(connection, moment, now)


async def test_the_first_start_is_no_absence(database: Database) -> None:
    assert await database.write(lambda tx: beat(tx, NOON)) is None

    assert await known(database) == []


@pytest.mark.parametrize("seconds", [12, 60, -30])
async def test_a_short_gap_or_a_clock_set_back_is_none(database: Database, seconds: float) -> None:
    await database.write(lambda tx: beat(tx, NOON))

    assert await database.write(lambda tx: beat(tx, after(seconds))) is None

    assert await known(database) == []
    async with database.read() as connection:
        assert await alive_at(connection) == after(seconds)


async def test_a_restart_after_more_than_a_minute_is_an_absence(database: Database) -> None:
    await database.write(lambda tx: beat(tx, NOON))

    away = Absence(began_at=NOON, ended_at=after(61))
    assert await database.write(lambda tx: beat(tx, after(61))) == away
    assert await known(database, now=after(61)) == [away]


async def test_an_absence_counts_before_it_is_written(database: Database) -> None:
    await database.write(lambda tx: beat(tx, NOON))

    assert await known(database, now=after(hours=1)) == [Absence(began_at=NOON, ended_at=after(hours=1))]


async def test_absences_that_touch_become_one(database: Database) -> None:
    for began, ended in ((0, 2), (5, 6), (2, 3), (10, 12), (2.5, 5.5), (20, 20), (22, 21)):
        await database.write(lambda tx, b=began, e=ended: add(tx, after(hours=b), after(hours=e)))

    assert await known(database) == [
        Absence(began_at=NOON, ended_at=after(hours=6)),
        Absence(began_at=after(hours=10), ended_at=after(hours=12)),
    ]
    assert await known(database, after(hours=6)) == [Absence(began_at=after(hours=10), ended_at=after(hours=12))]


async def test_old_absences_are_forgotten(database: Database) -> None:
    await database.write(lambda tx: add(tx, NOON, after(hours=1)))

    assert await database.write(lambda tx: purge(tx, after(minutes=59))) == 0
    assert await database.write(lambda tx: purge(tx, after(minutes=61))) == 1
