"""What comes again and again: when it is due by somebody's clocks, and how people say when."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from checks.hours import zone_of

MOSCOW = ZoneInfo("Europe/Moscow")
CLOCK = re.compile(r"(?:в\s+)?([01]?\d|2[0-3])(?:[:.]([0-5]\d))?(?:\s*час\w*)?$")
DAYS = {"ежедневно": "*", "каждый день": "*", "по будням": "1-5", "в будни": "1-5", "будни": "1-5"}
FIELDS = 5


def cron_fault(cron: str) -> str | None:
    """Say which part of a cron expression is wrong (cronsim's word for it), None when it is right."""
    try:
        next(CronSim(cron, datetime(2026, 1, 1)))  # noqa: DTZ001 - only whether it can be read
    except CronSimError as error:
        return str(error)
    except StopIteration:
        return "Never"
    return None


def next_due(cron: str, zone: str, after: datetime) -> datetime | None:
    """Return when a cron expression is due next after a moment (UTC), by the clocks of ``zone``; None = never."""
    found = next(CronSim(cron, after.astimezone(zone_of(zone, MOSCOW))), None)
    return None if found is None else found.astimezone(UTC)


def last_due(cron: str, zone: str, before: datetime) -> datetime | None:
    """Return when a cron expression was due last at or before a moment; None = never."""
    whole = before.replace(microsecond=0) + timedelta(seconds=1)  # backwards, cronsim leaves out the moment itself
    found = next(CronSim(cron, whole.astimezone(zone_of(zone, MOSCOW)), reverse=True), None)
    return None if found is None else found.astimezone(UTC)


def daily(hour: int, minute: int = 0, days: str = "*") -> str:
    return f"{minute} {hour} * * {days}"


def read_rhythm(text: str) -> str | None:
    """Read «8:05», «будни 9:00», «ежедневно в 8» or a cron expression; None for anything else."""
    words = " ".join(text.casefold().split())
    if len(words.split()) == FIELDS and cron_fault(words) is None:
        return words
    for name, days in DAYS.items():
        if words.startswith(name):
            found = CLOCK.fullmatch(words.removeprefix(name).strip())
            return daily(int(found[1]), int(found[2] or 0), days) if found else None
    found = CLOCK.fullmatch(words)
    return daily(int(found[1]), int(found[2] or 0)) if found else None


def said_rhythm(cron: str) -> tuple[str, int, int] | None:
    """Return days (``*`` or ``1-5``), hour and minute of an expression that is as plain as that, else None."""
    parts = cron.split()
    if len(parts) != FIELDS or parts[2:4] != ["*", "*"] or parts[4] not in {"*", "1-5"}:
        return None
    minute, hour = parts[0], parts[1]
    return (parts[4], int(hour), int(minute)) if minute.isdecimal() and hour.isdecimal() else None
