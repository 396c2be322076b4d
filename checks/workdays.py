"""Knows which days people in Russia work: weekends, holidays and the days moved between them, by a calendar library."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

from checks.hours import Hours

DAY = timedelta(days=1)
COUNTRY = "RU"


def works(day: date) -> bool:
    """Say whether ``day`` is a working day; a Saturday that was moved into a working week is one."""
    return day in _year(day.year)


def between(first: date, last: date) -> int:
    """Count the working days after ``first`` up to ``last``, both of which may be any day; 0 when there are none."""
    days = (last - first).days
    return sum(works(first + DAY * (number + 1)) for number in range(max(days, 0)))


def back(day: date, count: int) -> date:
    """Return the day from which ``count`` working days have passed by the end of ``day``."""
    while count > 0:
        count -= works(day)
        day -= DAY
    return day


def next_opening(now: datetime, zone: tzinfo, hours: Hours) -> datetime | None:
    """Return when the next working time begins, in UTC; None while it lasts (or never ends)."""
    if hours.always:
        return None
    there = now.astimezone(zone)
    today = there.date()
    if works(today) and hours.opens <= there.time() < hours.closes:
        return None
    if there.time() >= hours.opens or not works(today):
        today += DAY
    while not works(today):
        today += DAY
    return datetime.combine(today, hours.opens, zone).astimezone(UTC)


@lru_cache(maxsize=64)
def _year(year: int) -> frozenset[date]:
    from holidays import country_holidays  # noqa: PLC0415 - costs a third of a second, and only managers need it

    known = country_holidays(COUNTRY, years=year)
    first = date(year, 1, 1)
    days = (first + DAY * number for number in range((date(year + 1, 1, 1) - first).days))
    return frozenset(day for day in days if known.is_working_day(day))
