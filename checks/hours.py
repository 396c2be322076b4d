"""Knows when people work: time zones as lists write them, hours as contacts state them, what can wait until when."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MOSCOW_SHIFT = timedelta(hours=3)
SHIFT = re.compile(r"([+-]?\d{1,2})(?::?(\d{2}))?$")
CLOCK = r"(\d{1,2})(?:[:.](\d{2}))?"
PLAINLY = r"(?<![\d:.-])(\d{1,2})[:.](\d{2})\s*[-–—]\s*(\d{1,2})[:.](\d{2})(?!\d)"
FROM_TO = rf"\bс\s*{CLOCK}\s*(?:час\w*\s*)?до\s*{CLOCK}(?!\d)"
AFTER_DAYS = rf"(?:пт|вс|ежедневно|будни|часы)\W{{1,3}}{CLOCK}\s*[-–—]\s*{CLOCK}(?![\d-])"
"""Bare figures such as «9-18» count only after a word for days: telephone numbers look the same."""
HOURS = [re.compile(pattern, re.IGNORECASE) for pattern in (PLAINLY, FROM_TO, AFTER_DAYS)]
ROUND_THE_CLOCK = re.compile(r"круглосуточно|24\s*/\s*7|24\s*ч", re.IGNORECASE)
WORKDAYS = 5
LONGEST_SHIFT = 14


@dataclass(frozen=True, slots=True)
class Hours:
    """From when until when people answer; equal ends mean round the clock."""

    opens: time
    closes: time

    @property
    def always(self) -> bool:
        return self.opens == self.closes


OFFICE = Hours(time(8), time(20))
"""When somebody may be at work at a client whose hours are not known, where no night is set; Monday to Friday."""
ALWAYS = Hours(time(0), time(0))


def beside(night_begins: time, night_ends: time) -> Hours:
    """Return the working hours that quiet hours leave: one setting says what night is, for chats and for cards."""
    if night_begins == night_ends:
        return OFFICE
    return Hours(night_ends, night_begins if night_begins > night_ends else time.max)


def zone_of(text: str | None, default: tzinfo) -> tzinfo:
    """Read a zone: an IANA name, or a shift in hours from Moscow such as ``+2``; anything else is ``default``."""
    if not text or not text.strip():
        return default
    shift = SHIFT.fullmatch(text.strip())
    if shift:
        hours, minutes = int(shift[1]), int(shift[2] or 0)
        sign = -1 if shift[1].startswith("-") else 1
        length = MOSCOW_SHIFT + timedelta(hours=hours, minutes=sign * minutes)
        return timezone(length) if abs(hours) <= LONGEST_SHIFT else default
    try:
        return ZoneInfo(text.strip())
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return default


def hours_of(contacts: str | None) -> Hours | None:
    """Find in free text when one may call: «круглосуточно», «с 9 до 18», «08:00–17:00»."""
    if not contacts:
        return None
    if ROUND_THE_CLOCK.search(contacts):
        return ALWAYS
    for found in (match for pattern in HOURS for match in pattern.finditer(contacts)):
        opens, closes = _clock(found[1], found[2]), _clock(found[3], found[4])
        if opens is not None and closes is not None and opens < closes:
            return Hours(opens, closes)
    return None


def _clock(hour: str, minute: str | None) -> time | None:
    if int(hour) > 24 or int(minute or 0) > 59:  # noqa: PLR2004 - the clock
        return None
    return time(23, 59) if int(hour) == 24 else time(int(hour), int(minute or 0))  # noqa: PLR2004


def is_day_off(now: datetime, zone: tzinfo) -> bool:
    """Tell whether it is Saturday or Sunday there."""
    return now.astimezone(zone).weekday() >= WORKDAYS


def opens_at(now: datetime, zone: tzinfo, hours: Hours = OFFICE) -> datetime | None:
    """Return when the next working time begins, in UTC; None while it lasts (or never ends)."""
    if hours.always:
        return None
    there = now.astimezone(zone)
    today = there.date()
    if today.weekday() < WORKDAYS and hours.opens <= there.time() < hours.closes:
        return None
    if there.time() >= hours.opens or today.weekday() >= WORKDAYS:
        today += timedelta(days=1)
    while today.weekday() >= WORKDAYS:
        today += timedelta(days=1)
    return datetime.combine(today, hours.opens, zone).astimezone(UTC)
