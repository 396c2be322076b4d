"""Incidents come back as they were saved, once a cause, and only one person takes them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from checks.model import ChangeKind, IncidentState
from storage import health as healths
from storage import incidents, looks
from storage.database import Database
from tests.builders import NOON, after, client, health, incident, symptom


async def saved(database: Database, **rest: Any) -> Any:
    return await database.write(lambda tx: incidents.save(tx, incident(**rest), noticed_at=NOON))


async def test_an_incident_comes_back_as_it_was_saved(database: Database) -> None:
    one = await saved(
        database, hold_until=after(30), symptoms=(symptom(), symptom(subject=client("vektor"), flapping=True))
    )

    async with database.read() as connection:
        assert await incidents.load(connection, one.id) == one
        assert await incidents.open_ones(connection) == [one]


async def test_a_cause_has_one_open_incident_at_most(database: Database) -> None:
    one = await saved(database)
    with pytest.raises(IntegrityError):
        await saved(database)

    ended = replace(one, state=IncidentState.ENDED, ended_at=after(60))
    await database.write(lambda tx: incidents.save(tx, ended, noticed_at=after(60)))
    again = await saved(database)

    assert again.id > one.id


async def test_a_symptom_that_ends_leaves_the_incident_but_not_the_record(database: Database) -> None:
    one = await saved(database, symptoms=(symptom(), symptom(subject=client("vektor"))))
    less = replace(one, symptoms=(symptom(),))

    await database.write(lambda tx: incidents.save(tx, less, noticed_at=after(5)))

    async with database.read() as connection:
        found = await incidents.load(connection, one.id)
        assert found is not None
        assert found.symptoms == (symptom(),)
        assert await incidents.ended_clients(connection, one.id) == ["romashka", "vektor"]


async def test_two_people_take_at_once_and_one_of_them_has_it(database: Database) -> None:
    one = await saved(database)

    first, second = await asyncio.gather(
        database.write(lambda tx: incidents.take(tx, one.id, 7, after(1))),
        database.write(lambda tx: incidents.take(tx, one.id, 8, after(1))),
    )

    assert first is not None
    assert first.kind is ChangeKind.TAKEN
    assert first.incident.taken_by == 7
    assert second is None


async def test_health_comes_back_as_it_was_saved(database: Database) -> None:
    bad = health(failures=3, reason="refused", recent=7, known=9)

    await database.write(lambda tx: healths.save(tx, [bad]))

    async with database.read() as connection:
        assert await healths.of_subjects(connection, [client()]) == {bad.key: bad}
        assert await healths.not_ok(connection) == [bad]


async def test_the_schedule_keeps_known_times_and_drops_what_left(database: Database) -> None:
    from datetime import timedelta

    from checks.model import LookKind

    def wanted(name: str, seconds: float) -> looks.Due:
        return looks.Due(
            subject=client(name), kind=LookKind.DOMAIN, due_at=after(seconds), interval=timedelta(seconds=60)
        )

    assert await database.write(lambda tx: looks.plan(tx, [wanted("a", 1), wanted("b", 2)])) == (2, 0)
    assert await database.write(lambda tx: looks.plan(tx, [wanted("b", 30), wanted("c", 3)])) == (1, 1)
    seen = looks.Seen(
        subject=client("b"), kind=LookKind.DOMAIN, due_at=after(62), at=after(2), status=200, facts={"title": "x"}
    )
    await database.write(lambda tx: looks.save(tx, [seen]))

    async with database.read() as connection:
        assert [due.subject.name for due in await looks.due(connection, after(100), limit=9)] == ["c", "b"]
        assert await looks.latest(connection, client("b")) == [seen]
