"""Figures are kept as runs, days and months; signals are kept with their figures and answers."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from checks.model import Answer, Cause, CauseKind, Figure, Quota, access_subject
from storage import billing, signals
from storage.database import Database
from storage.signals import Raised
from tests.accesses import MOSCOW, put_accesses, put_days, put_figures, taken
from tests.builders import NOON

MORNING = datetime(2023, 3, 20, 9, 0, tzinfo=MOSCOW)
HOUR = timedelta(hours=1)
CAUSE = Cause(CauseKind.CLIENT, "vektor", "quota_docs.1")


@pytest.fixture(autouse=True)
async def two_accesses(database: Database) -> None:
    await put_accesses(database, {"vektor": "Ольга", "progress": "Миша"})


async def test_equal_figures_are_one_run(database: Database) -> None:
    hours = [taken(1, MORNING + HOUR * number, docs=200) for number in range(5)]
    await put_figures(database, hours[:2])
    await put_figures(database, [*hours[2:], taken(1, MORNING + HOUR * 5, docs=190)])

    async with database.read() as connection:
        runs = await billing.hourly(connection, 1, MORNING)
        latest = await billing.latest(connection, [1, 2])

    assert [(run.at, run.seen_at) for run in runs] == [
        (MORNING, MORNING + HOUR * 4),
        (MORNING + HOUR * 5, MORNING + HOUR * 5),
    ]
    assert latest[1].quotas[Quota.DOCS] == Figure(190, 300)
    assert 2 not in latest


async def test_the_same_figures_twice_have_one_effect(database: Database) -> None:
    for _ in range(2):
        await put_figures(database, [taken(1, MORNING, docs=200), taken(1, MORNING + HOUR, docs=150)])

    async with database.read() as connection:
        assert len(await billing.hourly(connection, 1, MORNING)) == 2
        (month,) = (await billing.months(connection, [1], date(2023, 1, 1)))[1]
    assert month.tallies[Quota.DOCS].spent == 150


async def test_a_file_about_days_past_mends_its_days_and_is_no_news(database: Database) -> None:
    await put_figures(database, [taken(1, MORNING, docs=200)])
    await put_figures(database, [taken(1, MORNING - timedelta(days=3), docs=260)])

    async with database.read() as connection:
        latest = await billing.latest(connection, [1])
        days = (await billing.daily(connection, [1], date(2023, 3, 1)))[1]

    assert latest[1].quotas[Quota.DOCS].left == 200
    assert [(day.day.day, day.quotas[Quota.DOCS].left) for day in days] == [(17, 260), (20, 200)]


async def test_days_are_the_vendors_and_the_last_figure_of_each_counts(database: Database) -> None:
    late = datetime(2023, 3, 31, 23, 30, tzinfo=MOSCOW)
    await put_figures(database, [taken(1, late, docs=12), taken(1, late + HOUR, docs=300)])

    async with database.read() as connection:
        days = (await billing.daily(connection, [1], date(2023, 3, 1)))[1]
        months = (await billing.months(connection, [1], date(2023, 3, 1)))[1]

    assert [day.day for day in days] == [date(2023, 3, 31), date(2023, 4, 1)]
    assert [month.tallies[Quota.DOCS].spent for month in months] == [288, 0]


async def test_a_month_as_kept_is_the_month_as_added_up(database: Database) -> None:
    await put_days(database, 1, date(2023, 2, 20), [150, 120, -1, 80, 25, 0, 0, 0, 0, 0, 300, 250])

    async with database.read() as connection:
        kept = (await billing.months(connection, [1], date(2023, 1, 1)))[1]
        days = (await billing.daily(connection, [1], date(2023, 1, 1)))[1]

    february = kept[0].tallies[Quota.DOCS]
    assert (february.spent, february.low, february.out) == (300, 24, 25)
    assert billing.month_of(kept[1].first, billing.as_json(kept[1])) == kept[1]
    assert len(days) == 11


async def test_old_runs_and_months_go_but_never_the_last_figures(database: Database) -> None:
    old = MORNING - timedelta(days=450)
    await put_figures(database, [taken(1, old, docs=200), taken(1, old + HOUR, docs=100), taken(2, MORNING, docs=1)])

    await database.write(lambda tx: billing.purge(tx, MORNING))

    async with database.read() as connection:
        assert (await billing.latest(connection, [1]))[1].quotas[Quota.DOCS].left == 100
        assert len(await billing.hourly(connection, 1, old)) == 1
        assert await billing.months(connection, [1], date(2020, 1, 1)) == {}
        assert len(await billing.months(connection, [2], date(2020, 1, 1))) == 1


def raised(number: int = 1, client: str = "vektor", *, left: int = 48) -> Raised:
    subject = access_subject(client, number)
    return Raised(subject=subject, code="X", cause=CAUSE, since=NOON, facts={"left": left})


async def test_a_signal_is_one_while_it_holds_and_its_figures_are_the_present_ones(database: Database) -> None:
    for left in (48, 40):
        await database.write(lambda tx, left=left: signals.put(tx, [raised(left=left), raised(2, "progress")]))

    async with database.read() as connection:
        everything = await signals.open_of(connection)
        (own,) = await signals.open_of(connection, managers=["Ольга"])
        (named,) = await signals.open_of(connection, names=["progress"])
        count = await signals.counts(connection)

    assert len(everything) == 2
    assert (own.client, own.facts) == ("vektor", {"left": 40})
    assert named.client == "progress"
    assert count == {"Ольга": 1, "Миша": 1}


async def test_an_ended_signal_may_begin_anew(database: Database) -> None:
    await database.write(lambda tx: signals.put(tx, [raised()]))
    await database.write(lambda tx: signals.end(tx, [raised().key], NOON))
    await database.write(lambda tx: signals.put(tx, [raised()]))

    async with database.read() as connection:
        assert len(await signals.open_of(connection)) == 1
        assert len(await signals.begun(connection, NOON)) == 2


async def test_an_answer_is_kept_once_and_a_wrong_one_with_its_reason(database: Database) -> None:
    await database.write(lambda tx: signals.put(tx, [raised()]))

    async def says(said: Answer) -> bool:
        return await database.write(lambda tx: signals.answer(tx, CAUSE, said, by=7, at=NOON))

    assert await says(Answer.CALLED)
    assert not await says(Answer.CALLED)
    assert await says(Answer.WRONG)
    assert await database.write(lambda tx: signals.explain(tx, CAUSE, "сезонный клиент"))

    async with database.read() as connection:
        (one,) = await signals.wrong(connection, NOON)
    assert (one.answer, one.answered_by, one.reason) == (Answer.WRONG, 7, "сезонный клиент")
