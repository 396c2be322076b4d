"""Quiet hours: what may sound at night, what may come without a sound, and what waits for the morning digest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Any

from checks.model import Priority

WAITS = timedelta(hours=2)
"""For so long after the quiet hours a note waits for the digest; then it is told on its own."""
NOTHING = 0
"""In place of a priority: not even K1."""
CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


class Passage(StrEnum):
    """How a message comes through at a moment."""

    AS_EVER = "as_ever"
    SILENTLY = "silently"
    WAITS = "waits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """The quiet hours of one chat, in its own time zone; equal ends = none."""

    begin: time = time(22)
    end: time = time(8)
    zone: tzinfo = UTC
    loud: int = Priority.K2
    """Up to this priority messages sound as by day."""
    comes: int = Priority.K2
    """Up to this priority they come at once; what is below waits."""

    def lasts(self, now: datetime) -> bool:
        there = now.astimezone(self.zone).time()
        if self.begin <= self.end:
            return self.begin <= there < self.end
        return there >= self.begin or there < self.end

    def over_at(self, now: datetime) -> datetime | None:
        """Return when these quiet hours end, in UTC; None = they do not last now."""
        if not self.lasts(now):
            return None
        there = now.astimezone(self.zone)
        day = there.date() + timedelta(days=self.begin > self.end and there.time() >= self.begin)
        for fold in (0, 1):
            over = datetime.combine(day, self.end, self.zone).replace(fold=fold).astimezone(UTC)
            if over > now:
                return over
        return now + timedelta(minutes=1)

    def passage(self, priority: Priority, now: datetime) -> Passage:
        """Say how a message of this priority comes through at this moment."""
        if not self.lasts(now) or priority <= self.loud:
            return Passage.AS_EVER
        return Passage.SILENTLY if priority <= self.comes else Passage.WAITS


NEVER = Quiet(begin=time(0), end=time(0))


def of_chat(stored: Mapping[str, Any] | None, default: Quiet, zone: tzinfo | None = None) -> Quiet:
    """Return a chat's quiet hours: what people chose there over the operator's; nonsense is as good as nothing."""
    base = replace(default, zone=zone) if zone is not None else default
    if not stored:
        return base
    begin, end = clock_of(stored.get("begin")), clock_of(stored.get("end"))
    return replace(
        base,
        begin=base.begin if begin is None else begin,
        end=base.end if end is None else end,
        loud=_level(stored.get("loud"), base.loud),
        comes=_level(stored.get("comes"), base.comes),
    )


def clock_of(text: object) -> time | None:
    """Read «22:00»; None for anything else."""
    found = CLOCK.fullmatch(text) if isinstance(text, str) else None
    return time(int(found[1]), int(found[2])) if found else None


def _level(value: object, default: int) -> int:
    return value if isinstance(value, int) and NOTHING <= value <= max(Priority) else default
