"""As time passes, those who fell silent are observed once, and our own absence is nobody's silence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from checks.freshness import Limits
from checks.model import SELF, ClientKind, State
from checks.reports import Known, ReportKind
from handlers.freshness import overdue_observations
from storage import absences, arrivals
from storage import health as healths
from storage.arrivals import Arrival
from storage.database import Database
from storage.tables import clients
from tests.builders import NOON, after, client, health

SYSINFO, STATUS = ReportKind.SYSINFO, ReportKind.STATUS
Said = set[tuple[str, str, str, str]]


async def listed(database: Database, *names: str, **columns: Any) -> None:
    row = {"kind": ClientKind.SERVER, "created_at": NOON, "updated_at": NOON, **columns}
    await database.write(lambda tx: tx.execute(insert(clients), [{**row, "name": name} for name in names]))


async def heard(database: Database, kind: ReportKind, at: datetime, *names: str) -> None:
    seen = [Arrival(client=name, kind=kind, known=Known(heard_at=at, good_at=at)) for name in names]
    await database.write(lambda tx: arrivals.save(tx, seen))


async def believed(database: Database, code: str, state: State, *names: str) -> None:
    rows = [health(code, state, subject=client(name) if name else SELF) for name in names or ("",)]
    await database.write(lambda tx: healths.save(tx, rows))


async def said(database: Database, at: datetime, limits: Limits | None = None) -> Said:
    async with database.read() as connection:
        found = await overdue_observations(connection, at, limits=limits or Limits())
    return {(seen.subject.name, seen.code, seen.outcome.value, seen.reason) for seen in found}


async def test_nobody_is_silent_in_an_empty_estate(database: Database) -> None:
    assert await said(database, NOON) == set()


async def test_each_kind_has_its_own_limit(database: Database) -> None:
    await listed(database, "a")
    await heard(database, SYSINFO, NOON, "a")
    await heard(database, STATUS, NOON, "a")

    assert await said(database, after(minutes=45)) == set()
    silent = ("a", "SmartStatusSilent", "fail", "silent")
    assert await said(database, after(minutes=46)) == {silent}
    assert await said(database, after(hours=48)) == {silent}
    assert await said(database, after(hours=48.1)) == {silent, ("a", "SmartXMLfileIsToOld", "fail", "silent")}


async def test_what_is_believed_already_is_not_said_again(database: Database) -> None:
    await listed(database, "a", "b")
    await heard(database, STATUS, NOON, "a", "b")
    await believed(database, "SmartStatusSilent", State.FAIL, "a")
    await believed(database, "SmartStatusSilent", State.OK, "b")

    assert await said(database, after(hours=1)) == {("b", "SmartStatusSilent", "fail", "silent")}


@pytest.mark.parametrize(
    ("limit", "hours", "late"), [(None, 49, True), (timedelta(hours=168), 49, False), (timedelta(hours=168), 169, True)]
)
async def test_a_listed_limit_is_obeyed(database: Database, limit: timedelta, hours: float, late: bool) -> None:
    await listed(database, "a", freshness=limit)
    await listed(database, "other", freshness=timedelta(hours=999))
    await heard(database, SYSINFO, NOON, "a", "other")

    assert await said(database, after(hours=hours)) == (
        {("a", "SmartXMLfileIsToOld", "fail", "silent")} if late else set()
    )


async def test_a_configured_limit_comes_first(database: Database) -> None:
    await listed(database, "a", "b", freshness=timedelta(hours=1))
    await heard(database, SYSINFO, NOON, "a", "b")
    await heard(database, STATUS, NOON, "a", "b")
    own = Limits(own={("a", SYSINFO): timedelta(hours=5), ("b", STATUS): timedelta(hours=5)})

    assert await said(database, after(hours=2), own) == {
        ("b", "SmartXMLfileIsToOld", "fail", "silent"),
        ("a", "SmartStatusSilent", "fail", "silent"),
    }


async def test_who_is_listed_as_a_sender_and_never_sends_is_silent(database: Database) -> None:
    await listed(database, "a", sends_uploads=True)
    await listed(database, "b", sends_uploads=False)

    assert await said(database, after(hours=47)) == set()
    assert await said(database, after(hours=49)) == {("a", "SmartXMLfileIsToOld", "fail", "never")}


async def test_a_client_taken_out_of_the_list_is_not_expected(database: Database) -> None:
    await listed(database, "a", sends_uploads=True, gone_at=NOON)
    await heard(database, STATUS, NOON, "a")

    assert await said(database, after(days=9)) == set()


async def test_our_absence_is_nobodys_silence(database: Database) -> None:
    await listed(database, "a")
    await heard(database, STATUS, NOON, "a")
    await database.write(lambda tx: absences.beat(tx, after(minutes=10)))

    assert await said(database, after(hours=5)) == set(), "the absence is not written yet"
    for at in [after(hours=5, minutes=minute) for minute in range(37)]:
        await database.write(lambda tx, at=at: absences.beat(tx, at))
    assert await said(database, after(hours=5, minutes=35)) == set()
    assert await said(database, after(hours=5, minutes=36)) == {("a", "SmartStatusSilent", "fail", "silent")}


async def test_a_longer_limit_ends_a_silence(database: Database) -> None:
    await listed(database, "a", freshness=timedelta(hours=168))
    await listed(database, "b")
    await heard(database, SYSINFO, NOON, "a", "b")
    await believed(database, "SmartXMLfileIsToOld", State.FAIL, "a", "b")

    assert await said(database, after(hours=50)) == {("a", "SmartXMLfileIsToOld", "ok", "")}


async def test_a_client_no_longer_expected_is_no_longer_silent(database: Database) -> None:
    await listed(database, "a", sends_uploads=False)
    await believed(database, "SmartXMLfileIsToOld", State.FAIL, "a")

    assert await said(database, after(hours=50)) == {("a", "SmartXMLfileIsToOld", "ok", "")}


SIX: Sequence[str] = tuple("abcdef")


async def test_when_many_stop_together_the_intake_is_silent(database: Database) -> None:
    await listed(database, *SIX)
    for number, name in enumerate(SIX):
        await heard(database, STATUS, after(minutes=-2 * number), name)

    assert await said(database, after(minutes=29)) == set()
    assert await said(database, after(minutes=31)) == {("bot", "IntakeSilent", "fail", "many")}
    await believed(database, "IntakeSilent", State.FAIL)
    assert await said(database, after(minutes=32)) == set()

    await heard(database, STATUS, after(minutes=33), "c")
    assert await said(database, after(minutes=34)) == {("bot", "IntakeSilent", "ok", "")}


async def test_one_who_still_sends_shows_that_the_intake_works(database: Database) -> None:
    await listed(database, *SIX)
    await heard(database, STATUS, NOON, *SIX)
    await heard(database, STATUS, after(minutes=40), "a")

    assert await said(database, after(minutes=41)) == set()


async def test_clients_that_stopped_one_by_one_are_no_common_story(database: Database) -> None:
    await listed(database, *SIX)
    for number, name in enumerate(SIX):
        await heard(database, STATUS, after(hours=-number), name)
        await believed(database, "SmartStatusSilent", State.FAIL, name)

    assert await said(database, after(hours=1)) == set()


@pytest.mark.slow
async def test_ten_thousand_clients_are_one_quick_question(database: Database) -> None:
    names = [f"client{n}" for n in range(10_000)]
    await listed(database, *names)
    await heard(database, STATUS, NOON, *names)
    await heard(database, SYSINFO, NOON, *names)
    await heard(database, STATUS, after(hours=-2), "client5")

    assert await said(database, after(minutes=20)) == {("client5", "SmartStatusSilent", "fail", "silent")}
