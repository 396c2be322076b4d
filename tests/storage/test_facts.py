"""What installations tell is remembered: the latest word, its changes, use by day, people, searches."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from checks.model import ClientKind
from checks.model.installation import (
    Base,
    Connected,
    FactChange,
    InstallationFacts,
    Key,
    Query,
    QueryOutcome,
    Usage,
    User,
)
from checks.reports import ReportKind
from handlers.facts import Told, keep
from storage import facts
from storage.database import Database
from storage.tables import clients
from tests.builders import NOON, after

DAY = date(2026, 11, 23)
SYSINFO, STATUS = ReportKind.SYSINFO, ReportKind.STATUS


@pytest.fixture(autouse=True)
async def everybody(database: Database) -> None:
    rows = [
        {"name": name, "kind": ClientKind.SERVER, "created_at": NOON, "updated_at": NOON, "gone_at": gone}
        for name, gone in (("romashka", None), ("vektor", None), ("gone", NOON))
    ]
    await database.write(lambda tx: tx.execute(insert(clients), rows))


def told(at: datetime = NOON, client: str = "romashka", kind: ReportKind = SYSINFO, **said: Any) -> Told:
    return Told(client=client, kind=kind, facts=InstallationFacts(reported_at=at, **said), at=at, zone=UTC)


async def tell(database: Database, *reports: Told) -> list[FactChange]:
    return await database.write(lambda tx: keep(tx, reports))


async def test_the_newest_word_counts_for_every_fact(database: Database) -> None:
    bases = (Base(name="Нормы", error="53"),)
    await tell(database, told(version="6.4.5.127", sessions=3, key=Key.OK, bases=bases))
    await tell(database, told(after(60), kind=STATUS, sessions=9, key=Key.LOST))

    async with database.read() as connection:
        latest = await facts.latest(connection, "romashka")
        assert await facts.latest(connection, "vektor") is None

    assert latest is not None
    assert latest.at == after(60)
    assert (latest.facts.version, latest.facts.sessions, latest.facts.key) == ("6.4.5.127", 9, Key.LOST)
    assert latest.facts.bases == bases
    assert (latest.heard_at["version"], latest.heard_at["sessions"]) == (NOON, after(60))


async def test_all_are_loaded_without_their_lists_unless_asked(database: Database) -> None:
    bases = (Base(name="Нормы"),)
    both = [told(client=name, version="6.4.5.127", bases=bases) for name in ("romashka", "vektor", "gone")]
    await tell(database, *both)

    async with database.read() as connection:
        plain = await facts.latest_of_all(connection)
        whole = await facts.latest_of_all(connection, ["vektor"], lists=True)

    assert set(plain) == {"romashka", "vektor"}
    assert (plain["vektor"].facts.bases, plain["vektor"].facts.version) == (None, "6.4.5.127")
    assert set(whole) == {"vektor"}
    assert whole["vektor"].facts.bases == bases


async def test_changes_are_remembered_across_reports_that_are_silent(database: Database) -> None:
    first = await tell(database, told(version="6.4.2.73"))
    silent = await tell(database, told(after(hours=1)), told(after(hours=1), kind=STATUS))
    second = await tell(database, told(after(hours=2), version="6.4.3.59"))

    assert [(one.before, one.after) for one in (*first, *silent, *second)] == [
        (None, "6.4.2.73"),
        ("6.4.2.73", "6.4.3.59"),
    ]
    async with database.read() as connection:
        assert await facts.history(connection, "romashka", "version") == first + second
        assert await facts.history(connection, "romashka", since=after(1)) == second
        assert await facts.history(connection, "romashka", "seats") == []
        assert await facts.changes_since(connection, {"version"}, after(1)) == second
        assert await facts.changes_since(connection, {"version"}, NOON, clients=["vektor"]) == []


async def test_two_reports_in_one_batch_are_judged_in_their_order(database: Database) -> None:
    changes = await tell(database, told(version="1.0", sessions=2), told(after(60), version="2.0", sessions=5))

    assert [(one.before, one.after) for one in changes] == [(None, "1.0"), ("1.0", "2.0")]
    async with database.read() as connection:
        found = await facts.usage(connection, ["romashka"], DAY, DAY)
    assert found["romashka"][0].sessions == 5


async def test_use_is_kept_by_day(database: Database) -> None:
    yesterday = DAY - timedelta(days=1)
    await tell(database, told(usage=(Usage(day=yesterday, searches=7), Usage(day=DAY, searches=1))))
    await tell(database, told(after(hours=1), usage=(Usage(day=DAY, searches=4, opened=2),), seats=20))

    async with database.read() as connection:
        found = await facts.usage(connection, ["romashka", "vektor"], yesterday, DAY)
        assert await facts.usage(connection, ["romashka"], DAY + timedelta(days=1), DAY + timedelta(days=9)) == {}

    assert found == {
        "romashka": (Usage(day=yesterday, searches=7), Usage(day=DAY, searches=4, opened=2, seats=20)),
    }


async def test_people_of_the_first_report_are_not_new_and_later_ones_are(database: Database) -> None:
    anna = User(login="anna", last_at=NOON)
    await tell(database, told(users=(anna,)))
    came = Connected(login="boris", since=after(hours=1))
    await tell(database, told(after(hours=1), users=(anna,), connected=(came,)))
    await tell(database, told(after(hours=2), users=(User(login="anna", last_at=after(hours=2)),)))

    async with database.read() as connection:
        (new,) = await facts.new_accounts(connection, ["romashka"], NOON)
        everybody = (await facts.accounts(connection, ["romashka"]))["romashka"]

    assert (new.login, new.first_at, new.last_at) == ("boris", after(hours=1), after(hours=1))
    assert [(one.login, one.first_at, one.last_at) for one in everybody] == [
        ("anna", NOON, after(hours=2)),
        ("boris", after(hours=1), after(hours=1)),
    ]


async def test_searches_without_result_are_kept_by_day(database: Database) -> None:
    await tell(database, told(queries=(Query(text="гост 1"), Query(text="x", outcome=QueryOutcome.FAILED, times=3))))
    await tell(database, told(after(hours=1), queries=(Query(text="гост 1", times=2),)))

    async with database.read() as connection:
        found = await facts.queries(connection, ["romashka"], DAY)

    assert [(one.text, one.outcome, one.times) for one in found] == [("x", "failed", 3), ("гост 1", "empty", 2)]


async def test_the_estate_is_counted_by_update_number(database: Database) -> None:
    await tell(database, told(update_number=2330), told(client="vektor", update_number=2330))
    await tell(database, told(client="gone", update_number=2300, at=after(days=-30)))

    async with database.read() as connection:
        assert await facts.update_numbers(connection, after(days=-1)) == {2330: 2}


async def test_what_is_too_old_is_forgotten_and_the_latest_word_stays(database: Database) -> None:
    await tell(database, told(after(days=-400), version="6.4.2.73", sessions=2, queries=(Query(text="гост"),)))

    await database.write(lambda tx: facts.purge(tx, now=NOON, before=after(days=-395)))

    async with database.read() as connection:
        assert await facts.history(connection, "romashka") == []
        assert await facts.usage(connection, ["romashka"], date(2020, 1, 1), DAY) == {}
        assert await facts.queries(connection, ["romashka"], date(2020, 1, 1)) == []
        latest = await facts.latest(connection, "romashka")
    assert latest is not None
    assert latest.facts.version == "6.4.2.73"
