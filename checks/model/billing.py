"""Figures of an online access: four monthly quotas, as seen at a moment and as they add up to a month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Quota(StrEnum):
    """What the vendor counts; each is restored on the 1st of the month."""

    DOCS = "docs"
    SEARCH = "search"
    PRINT = "print"
    UPLOAD = "upload"


@dataclass(frozen=True, slots=True)
class Figure:
    """One quota at one moment: so many left of so many."""

    left: int
    limit: int

    @property
    def used(self) -> int:
        return max(0, self.limit - self.left)


Quotas = Mapping[Quota, Figure]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a page (or a file) said of an access."""

    at: datetime
    """When it was first seen to say so (UTC)."""
    quotas: Quotas = field(default_factory=dict)
    """A quota that it does not mention is unknown."""
    visited_at: datetime | None = None
    """The last visit of the client by the page's own word, where that is mapped."""
    seen_at: datetime | None = None
    """When it was last seen to say the same; None = just now."""

    @property
    def known_at(self) -> datetime:
        return self.seen_at or self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The last figures of one day of the vendor's calendar."""

    day: date
    quotas: Quotas


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How one quota went through one month; days are numbers of days of the month."""

    spent: int
    left: int
    limit: int
    low: int | None = None
    """The day on which less than a tenth was left."""
    out: int | None = None
    """The day on which nothing was left."""
    moved: int | None = None
    """The last day on which some of it was used."""

    @property
    def share(self) -> float:
        """How much of it was used, from 0 to 1 (or above, where more was bought)."""
        return self.spent / self.limit if self.limit else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """One month of one access, added up."""

    first: date
    """The 1st of the month."""
    since: int
    """The first day of which anything is known."""
    until: int
    """The last day of which anything is known."""
    days: int
    """How many days of it are known."""
    tallies: Mapping[Quota, Tally]

    @property
    def used(self) -> bool:
        return any(tally.spent for tally in self.tallies.values())

    @property
    def moved(self) -> date | None:
        """The last day on which anything was used."""
        latest = max((tally.moved for tally in self.tallies.values() if tally.moved), default=None)
        return None if latest is None else self.first.replace(day=latest)
