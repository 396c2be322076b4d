"""Adds a year of use up for the talk about renewal: month by month, each against the month before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from checks.model import Month as BillingMonth
from checks.model import Quota
from checks.model.installation import Usage

ACTIVITY_NORM = 20
"""Searches and opened documents a month: more is enough (standards of service)."""
STEADY = 0.1
"""A change of less than this share says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthUse:
    """What was used in one month; None = unknown, nought = known to be none."""

    first: date
    """The 1st of the month."""
    requested: int | None = None
    """Documents opened."""
    saved: int | None = None
    printed: int | None = None
    refused: int | None = None
    """Times somebody was refused for want of a seat."""
    activity: int | None = None
    """Searches and opened documents together."""
    days: int = 0
    """Days of which anything is known."""


class Turn(StrEnum):
    """How a figure stands against the one before it."""

    UNKNOWN = "unknown"
    SAME = "same"
    UP = "up"
    DOWN = "down"
    FROM_NOTHING = "from_nothing"
    """There was none before: a share of nothing cannot be told."""
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A figure against the one before; ``share`` is signed (-0.25 = a quarter less)."""

    turn: Turn
    share: float | None = None


def change(before: int | None, now: int | None) -> Change:
    """Compare two figures; a nought before is said as such, never divided by."""
    if before is None or now is None:
        return Change(turn=Turn.UNKNOWN)
    if before == 0:
        return Change(turn=Turn.FROM_NOTHING if now else Turn.SAME)
    if now == 0:
        return Change(turn=Turn.STOPPED, share=-1.0)
    share = now / before - 1
    if abs(share) < STEADY:
        return Change(turn=Turn.SAME, share=share)
    return Change(turn=Turn.UP if share > 0 else Turn.DOWN, share=share)


def span(until: date, year: int | None = None) -> tuple[date, ...]:
    """Return the firsts of the months to tell of: those of ``year`` that have begun, or the last twelve."""
    last = until.replace(day=1)
    if year is not None:
        return tuple(day for month in range(1, 13) if (day := date(year, month, 1)) <= last)
    number = last.year * 12 + last.month - 1
    return tuple(date(one // 12, one % 12 + 1, 1) for one in range(number - 11, number + 1))


def of_installation(days: Iterable[Usage], months: Sequence[date]) -> tuple[MonthUse, ...]:
    """Add up days of use; a month without a known day is unknown, not idle."""
    gathered: dict[date, list[Usage]] = {first: [] for first in months}
    for one in days:
        gathered.get(one.day.replace(day=1), []).append(one)
    return tuple(
        MonthUse(
            first=first,
            requested=_sum(one.opened for one in known),
            saved=_sum(one.saved for one in known),
            printed=_sum(one.printed for one in known),
            refused=_sum(one.refused for one in known),
            activity=_sum(figure for one in known for figure in (one.searches, one.opened)),
            days=len(known),
        )
        for first, known in gathered.items()
    )


def of_access(known: Iterable[BillingMonth], months: Sequence[date]) -> tuple[MonthUse, ...]:
    """Read the months of an access's quotas; what it saves is told by the quota of uploads («Выгрузка»)."""
    by_first = {one.first: one for one in known}
    return tuple(_month_of_access(first, by_first.get(first)) for first in months)


def together(parts: Sequence[Sequence[MonthUse]]) -> tuple[MonthUse, ...]:
    """Add up the same months of several accesses (or of an installation and its accesses)."""
    return tuple(
        MonthUse(
            first=row[0].first,
            requested=_sum(one.requested for one in row),
            saved=_sum(one.saved for one in row),
            printed=_sum(one.printed for one in row),
            refused=_sum(one.refused for one in row),
            activity=_sum(one.activity for one in row),
            days=max(one.days for one in row),
        )
        for row in zip(*parts, strict=True)
    )


def _month_of_access(first: date, month: BillingMonth | None) -> MonthUse:
    if month is None:
        return MonthUse(first=first)

    def spent(*quotas: Quota) -> int | None:
        return _sum(month.tallies[one].spent for one in quotas if one in month.tallies)

    return MonthUse(
        first=first,
        requested=spent(Quota.DOCS),
        saved=spent(Quota.UPLOAD),
        printed=spent(Quota.PRINT),
        activity=spent(Quota.DOCS, Quota.SEARCH),
        days=month.days,
    )


def _sum(figures: Iterable[int | None]) -> int | None:
    known = [one for one in figures if one is not None]
    return sum(known) if known else None
