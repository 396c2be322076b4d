"""Reads an announcement of planned work as people write it: «ромашка 2ч замена диска», «r1 завтра 23:00-01:00»."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum

from checks.maintenance import LONGEST, LONGEST_AGAIN, spans
from checks.recurring import daily

CLOCK = r"([01]?\d|2[0-4])[:.]([0-5]\d)"
RANGE = rf"(?:с\s+)?{CLOCK}\s*(?:[-–—]|\s+до\s+)\s*{CLOCK}"
UNIT = r"м|мин|минут\w*|ч|час\w*|д|дн\w*|день|сут\w*"
LENGTH = re.compile(rf"(?<![\w.,:])(\d{{1,3}})(?:[.,](\d))?\s*({UNIT})(?!\w)", re.IGNORECASE)
AGAIN = {"каждый день": "*", "каждую ночь": "*", "ежедневно": "*", "еженощно": "*", "по будням": "1-5", "будни": "1-5"}
DAY = r"сегодня|завтра|послезавтра|\d{1,2}\.\d{1,2}(?:\.\d{4})?"
WHEN = re.compile(
    rf"(?<!\S)(?:(?P<again>{'|'.join(AGAIN)})\s+|(?P<day>{DAY})\s+)?{RANGE}(?![\w:-])"
    rf"|(?<!\S)до\s+{CLOCK}(?![\w:-])",
    re.IGNORECASE,
)
UNITS = {"м": timedelta(minutes=1), "ч": timedelta(hours=1), "д": timedelta(days=1), "с": timedelta(days=1)}
AHEAD = {"сегодня": 0, "завтра": 1, "послезавтра": 2}
REASON_AT_MOST = 200


class Misread(StrEnum):
    """Why an announcement cannot be understood."""

    NO_TIME = "no_time"
    NO_TARGET = "no_target"
    BAD_DAY = "bad_day"
    PAST = "past"
    TOO_LONG = "too_long"
    MANAGERS = "managers"
    """Longer than a manager may, or again and again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """What somebody announced; on what is still in their words."""

    target: str
    begins_at: datetime
    ends_at: datetime
    cron: str = ""
    length: timedelta | None = None
    reason: str = ""


def read_announcement(text: str, now: datetime, zone: tzinfo) -> Announced | Misread:
    """Read target, time and reason; times are of ``zone``, a length counts from now."""
    words = " ".join(text.split())
    found = WHEN.search(words)
    if found is not None:
        return _at(words, found, now, zone)
    length = LENGTH.search(words)
    if length is None:
        return Misread.NO_TIME
    lasts, end = _length(words, length)
    target, reason = words[: length.start()].strip(), words[end:].strip(" ,.;:")
    if not target:
        return Misread.NO_TARGET
    if not timedelta(0) < lasts <= LONGEST:
        return Misread.TOO_LONG
    return Announced(target=target, begins_at=now, ends_at=now + lasts, reason=reason[:REASON_AT_MOST])


def _length(words: str, first: re.Match[str]) -> tuple[timedelta, int]:
    """Add up «2 ч 30 мин»; returns where it ends."""
    total, end = timedelta(0), first.start()
    for part in LENGTH.finditer(words, first.start()):
        if total and words[end : part.start()].strip():
            break
        total += (int(part[1]) + int(part[2] or 0) / 10) * UNITS[part[3][0].lower()]
        end = part.end()
    return total, end


def _at(words: str, found: re.Match[str], now: datetime, zone: tzinfo) -> Announced | Misread:
    target, reason = words[: found.start()].strip(), words[found.end() :].strip(" ,.;:")[:REASON_AT_MOST]
    if not target:
        return Misread.NO_TARGET
    clocks = [int(one) for one in found.groups()[2:] if one is not None]
    if len(clocks) == 2:  # noqa: PLR2004 - only an end: «до 18:00»
        ends_at = _moment(now, zone, 0, clocks[0], clocks[1])
        if ends_at <= now:
            ends_at = _moment(now, zone, 1, clocks[0], clocks[1])
        return Announced(target=target, begins_at=now, ends_at=ends_at, reason=reason)
    if found["again"]:
        return _again(target, reason, AGAIN[found["again"].lower()], clocks, now=now, zone=zone)
    return _once(target, reason, found["day"], clocks, now=now, zone=zone)


def _again(
    target: str, reason: str, days: str, clocks: list[int], *, now: datetime, zone: tzinfo
) -> Announced | Misread:
    begin, end = timedelta(hours=clocks[0], minutes=clocks[1]), timedelta(hours=clocks[2], minutes=clocks[3])
    length = end - begin if end > begin else end - begin + timedelta(days=1)
    cron = daily(clocks[0] % 24, clocks[1], days)
    first = spans(cron, str(zone), length, now)
    if first is None or length > LONGEST_AGAIN:
        return Misread.TOO_LONG
    return Announced(
        target=target, begins_at=first.begins_at, ends_at=first.ends_at, cron=cron, length=length, reason=reason
    )


def _once(
    target: str, reason: str, day: str | None, clocks: list[int], *, now: datetime, zone: tzinfo
) -> Announced | Misread:
    ahead = _ahead(day, now.astimezone(zone))
    if ahead is None:
        return Misread.BAD_DAY
    begins_at = _moment(now, zone, ahead, clocks[0], clocks[1])
    ends_at = _moment(now, zone, ahead, clocks[2], clocks[3])
    if ends_at <= begins_at:
        ends_at = _moment(now, zone, ahead + 1, clocks[2], clocks[3])
    if ends_at <= now and day is None:
        begins_at, ends_at = (_moment(one, zone, 1, *_clock(one, zone)) for one in (begins_at, ends_at))
    if ends_at <= now:
        return Misread.PAST
    if ends_at - begins_at > LONGEST:
        return Misread.TOO_LONG
    return Announced(target=target, begins_at=begins_at, ends_at=ends_at, reason=reason)


def _ahead(day: str | None, there: datetime) -> int | None:
    """Return how many days from today it is; None = there is no such day, or it is past."""
    if day is None:
        return 0
    if day.lower() in AHEAD:
        return AHEAD[day.lower()]
    parts = [int(part) for part in day.split(".")]
    years = [parts[2]] if len(parts) > 2 else [there.year, there.year + 1]  # noqa: PLR2004 - with a year
    for year in years:
        try:
            distance = (datetime(year, parts[1], parts[0]) - datetime.combine(there.date(), time())).days  # noqa: DTZ001
        except ValueError:
            return None
        if distance >= 0:
            return distance if distance <= 366 else None  # noqa: PLR2004 - a year ahead
    return None


def _moment(now: datetime, zone: tzinfo, days: int, hour: int, minute: int) -> datetime:
    """Return a moment of a day by the clocks of ``zone``; 24:00 is midnight after it."""
    day = now.astimezone(zone).date() + timedelta(days=days + hour // 24)
    return datetime.combine(day, time(hour % 24, minute), zone).astimezone(UTC)


def _clock(at: datetime, zone: tzinfo) -> tuple[int, int]:
    there = at.astimezone(zone)
    return there.hour, there.minute
