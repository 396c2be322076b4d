"""Rhythms are learnt from uploads, and a silence that is unusual is told at the tick in which it becomes so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert

from checks.model import ClientKind, Observation, Outcome
from checks.rhythm import CODE
from handlers import rhythms
from handlers.freshness import overdue_observations
from storage import absences, health
from storage.database import Database
from storage.rhythms import of_clients
from storage.tables import clients
from tests.builders import NOON, after
from tests.builders import health as believed

DAYS = 15


@pytest.fixture(autouse=True)
async def romashka(database: Database) -> None:
    row = {"kind": ClientKind.SERVER, "created_at": NOON, "updated_at": NOON, "lists": {}}
    await database.write(lambda tx: tx.execute(insert(clients), [{**row, "name": "romashka"}]))


async def hears(database: Database, hours: float) -> list[Observation]:
    zones = {"romashka": None}
    return await database.write(lambda tx: rhythms.heard(tx, {"romashka"}, after(hours=hours), zones=zones))


async def learns(database: Database, days: int = DAYS) -> None:
    for hour in range(days * 24 + 1):
        await hears(database, hour)


async def judged(database: Database, hours: float) -> list[tuple[str, Outcome]]:
    async def work(tx):
        await absences.beat(tx, after(hours=hours))
        return await overdue_observations(tx, after(hours=hours))

    found = await database.write(work)
    return [(one.code, one.outcome) for one in found if one.code == CODE]


async def listens(database: Database, begin: float, end: float) -> None:
    """Be there from hour to hour."""
    for quarter in range(int(begin * 240), int(end * 240) + 1):
        moment = after(hours=quarter / 240)
        await database.write(lambda tx, moment=moment: absences.beat(tx, moment))


async def test_it_fires_when_four_reports_are_missed_and_not_just_before(database: Database) -> None:
    await learns(database)
    await listens(database, DAYS * 24, DAYS * 24 + 3.9)
    assert await judged(database, DAYS * 24 + 3.9) == []

    await listens(database, DAYS * 24 + 3.9, DAYS * 24 + 4.1)
    assert await judged(database, DAYS * 24 + 4.1) == [(CODE, Outcome.FAIL)]


async def test_what_is_believed_already_is_not_told_again(database: Database) -> None:
    await learns(database)
    await listens(database, DAYS * 24, DAYS * 24 + 4.1)
    await database.write(lambda tx: health.save(tx, [believed(CODE)]))

    assert await judged(database, DAYS * 24 + 4.1) == []


async def test_a_report_resolves_it_and_a_young_client_is_unknown(database: Database) -> None:
    (young,) = await hears(database, 0)
    await learns(database)
    (known,) = await hears(database, DAYS * 24 + 9)

    assert (young.code, young.outcome) == (CODE, Outcome.UNKNOWN)
    assert (known.code, known.outcome) == (CODE, Outcome.OK)


async def test_while_we_were_away_no_client_became_late(database: Database) -> None:
    await learns(database)
    begin = DAYS * 24 + 1.0
    await listens(database, DAYS * 24, begin)

    assert await judged(database, begin + 12) == []
    await listens(database, begin + 12, begin + 14.9)
    assert await judged(database, begin + 14.9) == []
    await listens(database, begin + 14.9, begin + 15.1)
    assert await judged(database, begin + 15.1) == [(CODE, Outcome.FAIL)]


async def test_a_client_we_excused_is_looked_at_again_only_when_its_time_comes(database: Database) -> None:
    await learns(database)
    begin = DAYS * 24 + 1.0
    await listens(database, DAYS * 24, begin)
    await judged(database, begin + 12)

    async with database.read() as connection:
        from storage.rhythms import suspects

        assert await suspects(connection, after(hours=begin + 13), limit=10) == []
        (rhythm,) = (await of_clients(connection, ["romashka"])).values()
    assert rhythm.heard_at == NOON + timedelta(days=DAYS)
