"""What signals are judged by: the history of an access or of a client, and the norms in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

from checks.billing import back
from checks.model import Month, Outcome, Quota, Subject
from checks.model.installation import Usage

FEWEST_MONTHS = 3
"""Fewer months of past say nothing of what is usual."""
SEASON_MONTHS = 6
"""Fewer known months show no season."""
FRESH = timedelta(days=3)
"""Figures older than this say nothing of today."""
MOST_OF_A_MONTH = 15
"""So many known days make a month that can be compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Norms:
    """Norms of service; what the operator may set comes from ``[thresholds]``."""

    no_login: timedelta = timedelta(days=7)
    shares: Mapping[int, float] = field(default_factory=lambda: {10: 0.03, 20: 0.10, 30: 0.15})
    """Day of the month → least share of the document quota used by then."""
    poor: float = 0.15
    """A month with less than this share used is a poor one."""
    activity: int = 20
    """Searches and opened documents a month at an installation."""
    involvement: float = 0.6
    """Active users by seats."""
    fall: float = 0.4
    """A month below this part of the client's own usual one is a fall."""
    at_risk: timedelta = timedelta(days=60)
    ends: tuple[int, ...] = (7, 30, 60, 90)
    """Days before the end of a contract at which it is spoken of."""
    full_days: int = 3
    """So many days with full seats or refused users …"""
    full_within: int = 14
    """… within so many days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One signal as judged: its facts are plain JSON values."""

    code: str
    outcome: Outcome
    reason: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


def holds(code: str, *, reason: str = "", **facts: Any) -> Said:
    return Said(code=code, outcome=Outcome.FAIL, reason=reason, facts={k: _plain(v) for k, v in facts.items()})


def well(code: str) -> Said:
    return Said(code=code, outcome=Outcome.OK)


def unknown(code: str) -> Said:
    return Said(code=code, outcome=Outcome.UNKNOWN)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return round(value, 4) if isinstance(value, float) else value


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessHistory:
    """One online access, as far back as it is known."""

    subject: Subject
    now: datetime
    today: date
    """By the vendor's calendar."""
    months: Sequence[Month]
    """Oldest first; the present month is the last one, if it is known."""
    known_at: datetime | None = None
    """When figures were last seen."""
    visited_at: datetime | None = None
    """The client's last visit by the page's own word."""
    visited_on: date | None = None
    login: str = ""

    @property
    def first(self) -> date:
        return self.today.replace(day=1)

    @property
    def present(self) -> Month | None:
        """The present month; None while nothing is known of it."""
        return self.months[-1] if self.months and self.months[-1].first == self.first else None

    @property
    def past(self) -> Sequence[Month]:
        """Whole months before the present one, oldest first."""
        return [month for month in self.months if month.first < self.first]

    @property
    def fresh(self) -> bool:
        return self.known_at is not None and self.now - self.known_at <= FRESH

    def of(self, first: date) -> Month | None:
        return next((month for month in reversed(self.months) if month.first == first), None)

    @property
    def last_use(self) -> date | None:
        """The last day on which a figure moved, or on which the client came by the page's own word."""
        moved = next((month.moved for month in reversed(self.months) if month.moved), None)
        return max((day for day in (moved, self.visited_on) if day is not None), default=None)

    @property
    def season(self) -> int | None:
        """Months between two uses of a client that comes seldom but does come; None = not seasonal, or not known."""
        return season([month.used for month in self.past], [month.first for month in self.past])

    @property
    def in_peace(self) -> bool:
        """Whether a seasonal client is within its usual pause: it is not to be bothered about coming seldom."""
        usual, last = self.season, self.last_use
        return usual is not None and last is not None and back(self.first, usual) <= last.replace(day=1)


@dataclass(frozen=True, slots=True)
class UsedMonth:
    """Searches and opened documents of one month of an installation."""

    first: date
    requests: int
    days: int
    """Days of it of which that is known."""
    last: date | None = None
    """The last day with a request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientHistory:
    """One client: its contract, and the use of its installation by day."""

    subject: Subject
    now: datetime
    today: date
    """By the client's own calendar."""
    contract_end: date | None = None
    installation: bool = False
    """It has one of its own, so that use is to be expected."""
    days: Sequence[Usage] = ()
    """The present month and the last two weeks, oldest first."""
    months: Sequence[UsedMonth] = ()
    """Thirteen months, oldest first; the present one may be the last."""
    seats: int | None = None
    active: int | None = None
    """Users active in the present month; None = the reports do not tell of users."""
    newcomers: Sequence[str] = ()
    """Logins first seen since yesterday."""
    empty: Sequence[str] = ()
    """Searches of yesterday and today that found nothing, the most frequent first."""
    failed: Sequence[str] = ()
    known_at: datetime | None = None
    low: frozenset[str] = frozenset()
    """What the accesses of this client have said of little use."""
    used_on: date | None = None
    """The last day on which an access was used."""
    accesses: int = 0

    @property
    def fresh(self) -> bool:
        return self.known_at is not None and self.now - self.known_at <= FRESH

    @property
    def last_use(self) -> date | None:
        own = next((month.last for month in reversed(self.months) if month.last), None)
        return max((day for day in (own, self.used_on) if day is not None), default=None)


def requests(day: Usage) -> int | None:
    """Count searches and opened documents of a day; None = not known."""
    known = [one for one in (day.searches, day.opened) if one is not None]
    return sum(known) if known else None


def usual(spent: Sequence[int]) -> float | None:
    """Return what is usual for a client: the median of its months; None where there are too few."""
    return median(spent) if len(spent) >= FEWEST_MONTHS else None


def season(used: Sequence[bool], firsts: Sequence[date]) -> int | None:
    """Return the longest usual pause in months of a client that comes in at most every second month.

    At least six known months with two or more uses in them; a client that came once and never again has no season.
    """
    if len(used) < SEASON_MONTHS or sum(used) < 2 or sum(used) * 2 > len(used):  # noqa: PLR2004 - said above
        return None
    uses = [first.year * 12 + first.month for first, was in zip(firsts, used, strict=True) if was]
    return max(later - earlier for earlier, later in pairwise(uses))


DOCS = Quota.DOCS
