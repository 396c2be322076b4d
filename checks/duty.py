"""Who is on duty at a moment, until when, and to whom it passes; clocks of the zone may change as they like."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from itertools import pairwise

from checks.model import Days, Leave, Shift, Turn
from checks.workdays import works as workday

Works = Callable[[date], bool]
"""Tells whether a day is a working day."""
DAY = timedelta(days=1)
BACK = 9
"""How many days before a moment its duty may have begun: a week's turn, and a day for the clocks."""
AHEAD = 16
NAMED = (Days.MON, Days.TUE, Days.WED, Days.THU, Days.FRI, Days.SAT, Days.SUN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rota:
    """Everything that says who is on duty when."""

    shifts: tuple[Shift, ...] = ()
    leaves: tuple[Leave, ...] = ()
    zone: tzinfo = UTC
    works: Works = field(default=workday)

    def __bool__(self) -> bool:
        return any(shift.people for shift in self.shifts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """A stretch of time in which one person is on duty."""

    order: tuple[int, ...]
    """Who is on duty, then to whom an untaken incident passes; empty = nobody is."""
    begin: datetime
    end: datetime
    """UTC, both; the first and the last stretch that are looked at may really be longer."""
    name: str = ""

    @property
    def person(self) -> int | None:
        return self.order[0] if self.order else None

    @property
    def next(self) -> int | None:
        return self.order[1] if len(self.order) > 1 else None


@dataclass(frozen=True, slots=True)
class _Post:
    begin: datetime
    end: datetime
    order: tuple[int, ...]
    name: str


def on_duty(rota: Rota, at: datetime) -> Duty | None:
    """Return who is on duty at a moment, and who comes next then; None = the rota knows nobody then."""
    today = _today(rota, at)
    found = next((one for one in _stretches(rota, today) if one.begin <= at < one.end), None)
    if found is None or not found.order:
        return None
    now = next(one for one in _pieces(rota, today) if one.begin <= at < one.end)
    return replace(found, order=now.order, name=now.name)


def upcoming(rota: Rota, at: datetime) -> list[Duty]:
    """Return who comes after the present one, in time order, for about two weeks; free time is left out."""
    return [one for one in _stretches(rota, _today(rota, at)) if one.begin > at and one.order]


def changed(rota: Rota, at: datetime) -> tuple[Duty | None, Duty] | None:
    """Return the last change of the person on duty up to a moment: who had it before (None = nobody), who has it.

    None = there was none in the last week, or nobody is on duty now.
    """
    known = _stretches(rota, _today(rota, at))
    for before, now in pairwise(known):
        if now.begin <= at < now.end:
            return (before if before.order else None, now) if now.order else None
    return None


def holds(shift: Shift, day: date, works: Works) -> bool:
    """Say whether a shift begins on a day."""
    if day < shift.since or not shift.people:
        return False
    wanted = shift.days
    return (
        Days.EVERY in wanted
        or NAMED[day.weekday()] in wanted
        or (Days.WORKDAYS in wanted and works(day))
        or (Days.DAYS_OFF in wanted and not works(day))
    )


def order_of(shift: Shift, day: date, rota: Rota) -> tuple[int, ...]:
    """Return whose turn it is on a day that the shift is held, and who comes after them; who is away is left out."""
    if shift.turn is Turn.WEEK:
        turns = (_monday(day) - _monday(shift.since)).days // 7
    else:
        turns = _held_before(shift, day, rota.works)
    first = turns % len(shift.people)
    people = [*shift.people[first:], *shift.people[:first]]
    away = {one.person: one.instead for one in rota.leaves if one.first <= day <= one.last}
    there = [away.get(person, person) for person in people]
    return tuple(dict.fromkeys(one for one in there if one is not None and one not in away))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


@lru_cache(maxsize=4096)
def _held_before(shift: Shift, day: date, works: Works) -> int:
    """Count how often a shift was held before a day."""
    span = range((day - shift.since).days)
    if Days.EVERY in shift.days:
        return len(span)
    return sum(holds(shift, shift.since + timedelta(days=number), works) for number in span)


def _today(rota: Rota, at: datetime) -> date:
    return at.astimezone(rota.zone).date()


@lru_cache(maxsize=128)
def _pieces(rota: Rota, today: date) -> Sequence[Duty]:
    """Cut the days around ``today`` wherever a shift begins or ends; of several the one that began last counts."""
    posts = list(_posts(rota, today))
    edges = sorted({moment for post in posts for moment in (post.begin, post.end)})
    found = []
    for begin, end in pairwise(edges):
        there = sorted((one for one in posts if one.begin <= begin < one.end), key=lambda one: one.begin, reverse=True)
        order = tuple(dict.fromkeys(person for one in there for person in one.order))
        name = next((one.name for one in there if one.order), "")
        found.append(Duty(order=order, begin=begin, end=end, name=name))
    return tuple(found)


@lru_cache(maxsize=128)
def _stretches(rota: Rota, today: date) -> Sequence[Duty]:
    """Join the pieces through which one person stays on duty, or nobody is."""
    found: list[Duty] = []
    for piece in _pieces(rota, today):
        if found and found[-1].person == piece.person:
            found[-1] = replace(found[-1], end=piece.end)
        else:
            found.append(piece)
    return tuple(found)


def _posts(rota: Rota, today: date) -> Iterator[_Post]:
    for number in range(-BACK, AHEAD + 1):
        day = today + timedelta(days=number)
        for shift in rota.shifts:
            if holds(shift, day, rota.works):
                begin, end = _span(shift, day, rota.zone)
                if begin < end:
                    yield _Post(begin, end, order_of(shift, day, rota), shift.name)


def _span(shift: Shift, day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return when a shift that begins on ``day`` is held; the wall clock counts, whatever it does in between."""
    last = day + (DAY if shift.end <= shift.begin else timedelta())
    return _moment(day, shift.begin, zone), _moment(last, shift.end, zone)


def _moment(day: date, clock: time, zone: tzinfo) -> datetime:
    return datetime.combine(day, clock, zone).astimezone(UTC)
