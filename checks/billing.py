"""Adds the figures of an access up: days to months, a month's pace to the day on which a quota will run out.

Figures lie in every way figures do: they are restored on the 1st by the vendor's clock and sometimes hours later, they
are corrected, a tariff changes in mid-month, quota is bought on top, days are missing. What was *spent* is therefore
added up from one day to the next, never taken from a single figure.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta, tzinfo

from checks import workdays
from checks.model import Day, Figure, Month, Quota, Quotas, Tally

NEARLY = 0.1
"""A quota of which less than this share is left has nearly run out."""
EARLY = 0.75
"""«Early» is with a quarter of the month still to go."""
WHOLE = timedelta(days=1)


def day_of(at: datetime, zone: tzinfo) -> date:
    """Return the day of the vendor's calendar that figures seen at ``at`` belong to."""
    return at.astimezone(zone).date()


def not_restored(day: date, quotas: Quotas, before: Quotas | None) -> frozenset[Quota]:
    """Name the quotas that on the 1st still stand as the old month left them: they say nothing of the new one yet.

    Unlimited patience would hide a quota that was truly not restored: from the 2nd on figures are believed.
    """
    if day.day != 1 or not before:
        return frozenset()
    return frozenset(quota for quota, seen in quotas.items() if before.get(quota) == seen and seen.left < seen.limit)


def add_up(days: Sequence[Day], before: Quotas | None = None) -> Month | None:
    """Add up the days of one month, in order; ``before`` are the last figures of the month before. None = no days."""
    tallies: dict[Quota, Tally] = {}
    last: dict[Quota, Figure] = {}
    known: list[int] = []
    for one in days:
        waiting = not_restored(one.day, one.quotas, before)
        if len(waiting) < len(one.quotas):
            known.append(one.day.day)
        for quota, seen in one.quotas.items():
            if quota not in waiting:
                tallies[quota] = _went_on(tallies.get(quota), last.get(quota), seen, one.day.day)
                last[quota] = seen
    if not known:
        return None
    first = days[0].day.replace(day=1)
    return Month(first=first, since=known[0], until=known[-1], days=len(known), tallies=tallies)


def _went_on(tally: Tally | None, before: Figure | None, seen: Figure, day: int) -> Tally:
    """Carry a tally from the figure before to the one seen on ``day``."""
    if tally is None or before is None:
        return _marked(
            Tally(spent=seen.used, left=seen.left, limit=seen.limit, moved=day if seen.used else None), seen, day
        )
    drop = before.left - seen.left + (seen.limit - before.limit)
    now = replace(tally, left=seen.left, limit=seen.limit)
    if drop > 0:
        return _marked(replace(now, spent=tally.spent + drop, moved=day), seen, day)
    if drop < 0 and seen.left <= seen.limit:
        return _corrected(replace(now, spent=max(0, tally.spent + drop)), seen)
    return _marked(now, seen, day)


def _marked(tally: Tally, seen: Figure, day: int) -> Tally:
    low = day if tally.low is None and seen.limit > 0 and seen.left < NEARLY * seen.limit else tally.low
    out = day if tally.out is None and seen.limit > 0 and seen.left <= 0 else tally.out
    return tally if (low, out) == (tally.low, tally.out) else replace(tally, low=low, out=out)


def _corrected(tally: Tally, seen: Figure) -> Tally:
    """Take back what a corrected figure shows never to have been: a quota that was not used up after all."""
    low = tally.low if seen.left <= 0 or seen.left < NEARLY * seen.limit else None
    return replace(tally, low=low, out=tally.out if seen.left <= 0 else None)


def length(first: date) -> int:
    """Return how many days the month has."""
    return monthrange(first.year, first.month)[1]


def early(month: Month, tally: Tally) -> int | None:
    """Return the day on which the quota ran out or nearly did, if a quarter of the month was still to go."""
    days = [day for day in (tally.low, tally.out) if day is not None and day <= EARLY * length(month.first)]
    return min(days, default=None)


def runs_out(month: Month, tally: Tally, today: date) -> date | None:
    """Forecast the day on which the quota runs out at this month's pace by working days; None = it will last.

    Fewer than three working days say nothing of a pace.
    """
    begun = month.first - WHOLE
    passed = workdays.between(begun, today)
    if tally.left <= 0 or not tally.spent or passed < 3 or (today.year, today.month) != (begun + WHOLE).timetuple()[:2]:  # noqa: PLR2004 - said above
        return None
    pace, left, day = tally.spent / passed, float(tally.left), today
    while day.month == today.month:
        day += WHOLE
        left -= pace * workdays.works(day)
        if left <= 0:
            return day if day.month == today.month else None
    return None


def previous(first: date) -> date:
    """Return the 1st of the month before."""
    return (first - WHOLE).replace(day=1)


def following(first: date) -> date:
    """Return the 1st of the month after."""
    return (first + timedelta(days=31)).replace(day=1)


def back(first: date, months: int) -> date:
    """Return the 1st of the month so many months before."""
    number = first.year * 12 + first.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def of_months(days: Iterable[Day]) -> list[Month]:
    """Add up any run of days, month by month, oldest first."""
    months: list[Month] = []
    gathered: list[Day] = []
    before: Quotas | None = None
    for one in [*days, None]:
        if gathered and (one is None or one.day.replace(day=1) != gathered[0].day.replace(day=1)):
            month = add_up(gathered, before)
            months += [month] if month else []
            before = gathered[-1].quotas
            gathered = []
        if one is not None:
            gathered.append(one)
    return months
