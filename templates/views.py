"""What pictures and lists for managers and heads are worded from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from templates.cards import Brief


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagerWeek:
    """One manager's week."""

    manager: str
    """As the lists call him; empty = clients without a manager."""
    clients: int
    availability: float | None = None
    incidents: int = 0
    signals: int = 0
    answered: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekFacts:
    """The head's week: ten lines under one picture."""

    first: date
    last: date
    clients: int
    availability: float | None
    """Mean over 30 days."""
    norm: str
    below: int
    watched: int
    incidents: int
    critical: int
    touched: int
    longest: tuple[Brief, ...] = ()
    taken: int = 0
    take_time: timedelta | None = None
    mend_time: timedelta | None = None
    signals: int = 0
    answered: int = 0
    managers: tuple[ManagerWeek, ...] = ()
    """Those who need a word first."""
