"""What pictures and lists for managers and heads are worded from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from checks.model import Quota
from checks.renewal import Change, MonthUse, change
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """A client's year for the talk about renewal."""

    name: str
    label: str
    months: tuple[MonthUse, ...]
    today: date
    year: int | None = None
    """None = the last twelve months."""
    contract_end: date | None = None

    @property
    def known(self) -> tuple[MonthUse, ...]:
        return tuple(one for one in self.months if one.days)

    @property
    def best(self) -> MonthUse | None:
        """The month with the most documents."""
        return max((one for one in self.known if one.requested), key=lambda one: one.requested or 0, default=None)

    @property
    def last_whole(self) -> MonthUse | None:
        """The last month that is over."""
        whole = [one for one in self.known if one.first < self.today.replace(day=1)]
        return whole[-1] if whole else None

    @property
    def turned(self) -> Change | None:
        """The last whole month against the one before it."""
        last = self.last_whole
        if last is None:
            return None
        place = self.months.index(last)
        return change(self.months[place - 1].requested, last.requested) if place else None

    def total(self, figure: str) -> int | None:
        """Add one figure up over the months; None = never told."""
        known = [value for one in self.months if (value := getattr(one, figure)) is not None]
        return sum(known) if known else None


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallationDay:
    """One day of an installation; None = not told."""

    day: date
    sessions: int | None = None
    refused: int | None = None
    operup_age: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallationMonth:
    """Thirty days of an installation, oldest first."""

    label: str
    days: tuple[InstallationDay, ...]
    seats: int | None = None

    @property
    def full(self) -> int:
        """Days on which every seat was taken."""
        return sum(bool(self.seats and one.sessions and one.sessions >= self.seats) for one in self.days)

    @property
    def refused(self) -> int:
        return sum(bool(one.refused) for one in self.days)

    @property
    def told(self) -> int:
        """Days of which a report speaks."""
        return sum(one.sessions is not None or one.refused is not None for one in self.days)

    @property
    def peak(self) -> int | None:
        return max((one.sessions for one in self.days if one.sessions is not None), default=None)

    @property
    def operup_age(self) -> float | None:
        return self.days[-1].operup_age if self.days else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A fact of an installation that changed; values as ``checks.changes.said`` writes them."""

    at: datetime
    fact: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """A check that changed its state."""

    at: datetime
    title: str
    state: str
    """``ok``, ``fail``, ``flapping`` or ``unknown``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """A client that needs a word, in one line."""

    name: str
    label: str
    incident: Brief | None = None
    """The gravest open incident that hits it."""
    more: int = 0
    """How many further ones."""
    titles: tuple[str, ...] = ()
    """Signals that wait for an answer."""
    answered: int = 0
    ends: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """One page of a manager's clients."""

    topic: str
    total: int
    attention: int
    counts: Mapping[str, int]
    """How many clients each list has, by topic."""
    rows: tuple[Mine, ...]
    today: date
    manager: str = ""
    own: bool = False
    """The one who asks is that manager."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaUse:
    """One quota of one access in the present month."""

    quota: Quota
    spent: int
    left: int
    limit: int
    ends: date | None = None
    """The day on which it runs out at this month's pace; None = it lasts, or nobody can tell."""

    @property
    def share(self) -> float:
        return self.spent / self.limit if self.limit else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessQuotas:
    """One online access."""

    client: str
    label: str
    login: str
    quotas: tuple[QuotaUse, ...] = ()
    """Empty = nothing is known of this month."""
    seen_at: datetime | None = None

    @property
    def worst(self) -> float:
        """The largest share that is spent of any quota."""
        return max((one.share for one in self.quotas), default=-1.0)
