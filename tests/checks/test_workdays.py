"""Working days of the Russian calendar: weekends, holidays, days moved between them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.hours import ALWAYS, Hours
from checks.workdays import back, between, next_opening, works

MOSCOW = ZoneInfo("Europe/Moscow")
OFFICE = Hours(time(9), time(18))
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("day", "is_one"),
    [
        (date(2023, 5, 29), True),
        (date(2023, 5, 27), False),  # a Saturday
        (date(2023, 5, 8), False),  # moved from the 8th of January
        (date(2023, 5, 9), False),
        (date(2024, 4, 27), True),  # a Saturday that was worked
        (date(2024, 2, 29), True),
        (date(2026, 1, 5), False),
    ],
)
def test_the_calendar_is_the_russian_one(day: date, *, is_one: bool) -> None:
    assert works(day) is is_one


def test_the_holidays_of_january_do_not_count() -> None:
    assert between(date(2025, 12, 30), date(2026, 1, 11)) == 0
    assert between(date(2025, 12, 30), date(2026, 1, 13)) == 2


@given(DAYS, st.integers(0, 40), st.integers(0, 40))
def test_spans_add_up(first: date, one: int, other: int) -> None:
    middle, last = first + timedelta(days=one), first + timedelta(days=one + other)

    assert between(first, middle) + between(middle, last) == between(first, last)
    assert between(last, first) == 0 or first == last


@given(DAYS, st.integers(0, 15))
def test_so_many_working_days_back_are_so_many(day: date, count: int) -> None:
    assert between(back(day, count), day) == count


def test_work_begins_on_the_next_working_morning() -> None:
    evening = datetime(2023, 4, 28, 20, 0, tzinfo=MOSCOW)

    assert next_opening(evening, MOSCOW, OFFICE) == datetime(2023, 5, 2, 9, 0, tzinfo=MOSCOW)


@given(st.datetimes(datetime(2021, 1, 1), datetime(2029, 1, 1), timezones=st.just(UTC)))
def test_work_begins_later_and_then_lasts(now: datetime) -> None:
    opens = next_opening(now, MOSCOW, OFFICE)

    if opens is not None:
        assert opens > now
        assert next_opening(opens, MOSCOW, OFFICE) is None
    assert next_opening(now, MOSCOW, ALWAYS) is None
