"""Learns clients' rhythms from their reports, and notices silences that are unusual for them."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from checks.freshness import Absence
from checks.hours import zone_of
from checks.model import Observation
from checks.readers.values import MOSCOW
from checks.rhythm import hear, in_time, late, late_at
from checks.workdays import works
from storage import rhythms

AT_ONCE = 50
"""Suspects judged in one tick (a few hundredths of a second); the others wait for the next."""


async def heard(
    tx: Any, names: Collection[str], now: datetime, *, zones: Mapping[str, str | None]
) -> list[Observation]:
    """Enter a report of each client; absences before it say nothing about the silence that begins now."""
    await asyncio.to_thread(works, now.date())  # the calendar is loaded once, and not on the loop
    known = await rhythms.of_clients(tx, names)
    entered = {name: hear(known.get(name), now) for name in names}
    due = {name: (one, late_at(one, zone=zone_of(zones.get(name), MOSCOW))) for name, one in entered.items()}
    await rhythms.save(tx, due)
    return [in_time(name, one, now) for name, one in entered.items()]


async def unusually_late(tx: Any, now: datetime, away: Sequence[Absence]) -> list[Observation]:
    """Return whose silence has become unusual; whom our own absence excuses is looked at again when that ends."""
    found: list[Observation] = []
    excused: list[tuple[str, datetime | None]] = []
    for one in await rhythms.suspects(tx, now, limit=AT_ONCE):
        moment = late_at(one.rhythm, away, zone=zone_of(one.time_zone, MOSCOW))
        if moment is None or moment > now:
            excused.append((one.client, moment))
        else:
            found.append(late(one.client, one.rhythm, now))
    await rhythms.postpone(tx, excused)
    return found
