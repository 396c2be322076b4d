"""When a manager hears of his clients: in working hours of his chat's zone, at once or with the morning digest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo

from checks import workdays
from checks.hours import Hours
from checks.model import Priority
from checks.quiet import Passage

WORKDAY = Hours(time(9), time(18))
URGENT = Priority.K3
"""Up to this priority a signal is told at once where nobody has chosen otherwise."""
MOSCOW = ZoneInfo("Europe/Moscow")
A_WHILE = timedelta(minutes=1)


class Folding(StrEnum):
    """What a chat has chosen for signals; none chosen = what is urgent at once, the rest in the digest."""

    AT_ONCE = "at_once"
    DIGEST = "digest"
    BOTH = "both"
    """At once, and once more in the digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """The working hours of one chat, and what it has chosen."""

    hours: Hours = WORKDAY
    zone: tzinfo = MOSCOW
    folding: Folding | None = None

    def opens(self, now: datetime) -> datetime | None:
        """Return when the next working time begins, in UTC; None while it lasts."""
        return workdays.next_opening(now, self.zone, self.hours)

    def passage(self, priority: Priority, now: datetime) -> Passage:  # noqa: ARG002 - as quiet hours are asked
        """Say whether a signal of this priority comes on its own or waits for the morning digest."""
        if self.folding is Folding.DIGEST:
            return Passage.WAITS
        alone = self.folding is not None or priority <= URGENT
        return Passage.AS_EVER if alone else Passage.WAITS

    def over_at(self, now: datetime) -> datetime:
        """Return when the next working morning begins: then a digest should have come."""
        today = self.opens(now)
        if today is not None:
            return today
        closed = datetime.combine(now.astimezone(self.zone).date(), self.hours.closes, self.zone)
        return self.opens(closed + A_WHILE) or now + timedelta(days=1)
