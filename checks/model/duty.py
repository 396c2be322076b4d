"""Duty: shifts, whose turn it is in them, and who is away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum


class Days(StrEnum):
    """On which days a shift begins."""

    EVERY = "every"
    WORKDAYS = "workdays"
    """By the production calendar: a moved working Saturday is one, a holiday is none."""
    DAYS_OFF = "days_off"
    """Weekends and holidays."""
    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class Turn(StrEnum):
    """When the next person's turn comes."""

    DAY = "day"
    """Each time the shift is held."""
    WEEK = "week"
    """On Mondays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A time of day on certain days, held by people in turn."""

    people: tuple[int, ...]
    """Telegram ids in the order of their turns; who is next in turn is also whom an untaken incident goes to."""
    days: frozenset[Days] = frozenset({Days.EVERY})
    begin: time
    end: time
    """Not later than ``begin`` = on the next day; equal = round the clock."""
    turn: Turn = Turn.WEEK
    since: date
    """The first person's turn."""
    name: str = ""
    id: int | None = None
    """None = of the configuration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """Somebody is away, the first and the last day included; ``instead`` holds their shifts, else the next in turn."""

    person: int
    first: date
    last: date
    instead: int | None = None
    id: int | None = None
