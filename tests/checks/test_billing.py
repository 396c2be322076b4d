"""Figures of accesses add up to months whatever happens to them: restored late, corrected, topped up, days missing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from checks.billing import add_up, back, day_of, early, following, length, of_months, previous, runs_out
from checks.model import Day, Figure, Quota

MOSCOW = ZoneInfo("Europe/Moscow")
MARCH = date(2023, 3, 1)
FIRSTS = st.dates(date(2019, 1, 1), date(2031, 12, 31)).map(lambda day: day.replace(day=1))


def day(number: int, left: int, limit: int = 300, *, first: date = MARCH, quota: Quota = Quota.DOCS) -> Day:
    return Day(day=first.replace(day=number), quotas={quota: Figure(left, limit)})


def docs(*days: Day, before: int | None = None, limit: int = 300):
    month = add_up(days, None if before is None else {Quota.DOCS: Figure(before, limit)})
    assert month is not None
    return month.tallies[Quota.DOCS]


def test_what_was_spent_is_added_up_from_day_to_day() -> None:
    tally = docs(day(1, 290), day(2, 260), day(6, 260), day(7, 200))

    assert (tally.spent, tally.left, tally.moved) == (100, 200, 7)


def test_figures_of_the_1st_that_were_not_restored_yet_say_nothing() -> None:
    assert add_up([day(1, 12)], {Quota.DOCS: Figure(12, 300)}) is None
    assert docs(day(1, 12), day(2, 295), before=12).spent == 5


def test_a_quota_that_was_really_not_restored_is_believed_on_the_2nd() -> None:
    assert docs(day(1, 0), day(2, 0), before=0).out == 2


def test_a_full_quota_that_nobody_touched_last_month_is_known_at_once() -> None:
    month = add_up([day(1, 300)], {Quota.DOCS: Figure(300, 300)})

    assert month is not None
    assert month.tallies[Quota.DOCS].spent == 0


def test_a_correction_is_given_back() -> None:
    tally = docs(day(3, 100), day(4, 0), day(5, 180))

    assert (tally.spent, tally.out, tally.low) == (120, None, None)


def test_quota_bought_on_top_does_not_undo_that_it_ran_out() -> None:
    tally = docs(day(3, 100), day(4, 0), day(5, 500))

    assert (tally.spent, tally.out) == (300, 4)


def test_another_tariff_in_mid_month_is_no_use() -> None:
    tally = docs(day(3, 200), Day(day=date(2023, 3, 4), quotas={Quota.DOCS: Figure(900, 1000)}))

    assert (tally.spent, tally.limit, tally.moved) == (100, 1000, 3)


def test_a_smaller_tariff_is_no_use_either() -> None:
    tally = docs(
        Day(day=date(2023, 3, 3), quotas={Quota.DOCS: Figure(900, 1000)}),
        Day(day=date(2023, 3, 4), quotas={Quota.DOCS: Figure(200, 300)}),
    )

    assert tally.spent == 100


def test_early_is_with_a_quarter_of_the_month_to_go() -> None:
    on_time, late = add_up([day(1, 100), day(23, 29)]), add_up([day(1, 100), day(24, 29)])

    assert on_time is not None
    assert late is not None
    assert early(on_time, on_time.tallies[Quota.DOCS]) == 23
    assert early(late, late.tallies[Quota.DOCS]) is None


def test_a_tenth_left_is_not_nearly_nothing() -> None:
    assert docs(day(1, 30)).low is None
    assert docs(day(1, 29)).low == 1


def test_the_forecast_goes_by_working_days() -> None:
    """252 of 300 by Friday the 10th (7 working days, 36 a day) leaves 48: Tuesday the 14th."""
    month = add_up([day(1, 264), day(10, 48)])
    assert month is not None

    assert runs_out(month, month.tallies[Quota.DOCS], date(2023, 3, 10)) == date(2023, 3, 14)


def test_a_slow_pace_lasts_the_month() -> None:
    month = add_up([day(1, 298), day(20, 250)])
    assert month is not None

    assert runs_out(month, month.tallies[Quota.DOCS], date(2023, 3, 20)) is None


def test_two_days_are_no_pace() -> None:
    month = add_up([day(1, 100)])
    assert month is not None

    assert runs_out(month, month.tallies[Quota.DOCS], date(2023, 3, 2)) is None


def test_the_vendors_month_begins_at_the_vendors_midnight() -> None:
    assert day_of(datetime(2023, 3, 31, 20, 59, tzinfo=UTC), MOSCOW) == date(2023, 3, 31)
    assert day_of(datetime(2023, 3, 31, 21, 0, tzinfo=UTC), MOSCOW) == date(2023, 4, 1)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=28), st.integers(0, 5000))
def test_steady_use_is_counted_to_the_unit(spent: list[int], spare: int) -> None:
    limit, left, days = sum(spent) + spare, sum(spent) + spare, []
    for number, one in enumerate(spent, 1):
        left -= one
        days.append(day(number, left, limit))

    tally = docs(*days, before=left + 1, limit=limit)

    moved = [number for number, one in enumerate(spent, 1) if one]
    assert tally.spent == sum(spent)
    assert tally.moved == (moved[-1] if moved else None)


@given(
    st.lists(st.tuples(st.integers(-50, 4000), st.integers(0, 3000)), min_size=1, max_size=31),
    st.none() | st.integers(-50, 4000),
)
def test_any_figures_at_all_add_up_to_something_sane(figures: list[tuple[int, int]], before: int | None) -> None:
    days = [day(number, left, limit, first=date(2023, 5, 1)) for number, (left, limit) in enumerate(figures, 1)]

    month = add_up(days, None if before is None else {Quota.DOCS: Figure(before, 300)})

    if month is not None:
        tally = month.tallies[Quota.DOCS]
        assert tally.spent >= 0
        assert tally.moved is None or 1 <= tally.moved <= len(days)
        assert tally.out is None or tally.low is not None
        ends = runs_out(month, tally, days[-1].day)
        assert ends is None or days[-1].day < ends <= date(2023, 5, 31)


@given(FIRSTS)
def test_months_follow_each_other_through_leap_years(first: date) -> None:
    assert previous(following(first)) == first
    assert back(first, 1) == previous(first)
    assert (following(first) - first).days == length(first)
    assert back(first, 12) == first.replace(year=first.year - 1)


@given(FIRSTS, st.integers(0, 90), st.integers(1, 4))
def test_a_run_of_days_falls_into_its_months(first: date, count: int, step: int) -> None:
    days = [
        Day(day=first + timedelta(days=step * number), quotas={Quota.DOCS: Figure(300 - number, 300)})
        for number in range(count)
    ]

    months = of_months(days)

    assert sum(month.days for month in months) == count
    assert [month.first for month in months] == sorted({one.day.replace(day=1) for one in days})
