"""Observes silence as time passes: who has become overdue, who is not any more, whether the intake itself is silent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from checks.freshness import Limits, heard, intake, silent
from checks.model import Observation, Outcome, State
from handlers.rhythms import unusually_late
from storage import absences, arrivals

MEMORY = timedelta(days=90)
"""Absences older than this change no silence any more."""

DEFAULT = Limits()


async def overdue_observations(connection: Any, now: datetime, *, limits: Limits = DEFAULT) -> list[Observation]:
    """Return what has changed with the passing of time and is not believed yet; empty when nothing has.

    The present absence counts even before it is written: the first tick may come before the first heartbeat.
    """
    away = await absences.since(connection, now - MEMORY, now)
    found = await _intake(connection, now, away)
    found += [silent(sender, now) for sender in await arrivals.newly_silent(connection, now, limits, away)]
    found += await unusually_late(connection, now, away)
    found += [heard(name, kind, now) for name, kind in await arrivals.heard_again(connection, now, limits, away)]
    return found


async def _intake(connection: Any, now: datetime, away: Any) -> list[Observation]:
    newest, senders = await arrivals.senders(connection, away)
    seen = intake(newest, senders, now, away)
    believed = await arrivals.intake_state(connection)
    if seen.outcome is Outcome.UNKNOWN:
        return []
    settled = State.FAIL if seen.outcome is Outcome.FAIL else State.OK
    return [] if believed is settled or (believed is State.UNKNOWN and settled is State.OK) else [seen]
