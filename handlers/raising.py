"""Raises signals: keeps their figures beside what is believed, and gives each of them an incident of its own.

Signals share no causes, so only the incidents of those that moved are looked at: thousands may be open, and an outage
never waits for them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from checks.catalogue import ROWS, SIGNALS
from checks.incidents import Picture, correlate, own_cause
from checks.model import Change, Health, Observation, Outcome, State, Subject
from checks.rules import Rules
from handlers import notifications
from handlers.saving import saved
from storage import health as healths
from storage import incidents, signals
from storage.database import Connection
from storage.signals import Raised

Key = tuple[Subject, str]


async def follow(tx: Connection, observations: Sequence[Observation], after: Mapping[Key, Health]) -> None:
    """Keep the figures of the signals that hold, end those that do not; the last of several observations counts."""
    seen = {(one.subject, one.code): one for one in observations if one.code in SIGNALS}
    known = {key: one for key, one in seen.items() if one.outcome is not Outcome.UNKNOWN}
    holding = [key for key in known if after[key].state is State.FAIL]
    await signals.put(tx, [_raised(known[key], after[key]) for key in holding])
    over = [key for key in known if after[key].state is State.OK]
    if over:
        at = max(known[key].at for key in over)
        await signals.end(tx, over, at)


def _raised(seen: Observation, health: Health) -> Raised:
    cause = own_cause(seen.subject, ROWS[seen.code].family)
    return Raised(subject=seen.subject, code=seen.code, cause=cause, since=health.since, facts=seen.facts)


async def correlate_in(tx: Connection, moved: Collection[Key], *, rules: Rules, now: datetime) -> tuple[Change, ...]:
    """Open, change and end the incidents of the signals that moved, and owe the telling of it."""
    if not moved:
        return ()
    believed = await healths.of_subjects(tx, {subject for subject, _ in moved})
    failing = [one for key, one in believed.items() if key[1] in SIGNALS and one.state is State.FAIL]
    touched = {own_cause(subject, ROWS[code].family) for subject, code in (*moved, *(one.key for one in failing))}
    picture = Picture(
        failing=failing,
        shared={},
        estate=rules.estate,
        open=await incidents.open_signals(tx, causes=touched),
    )
    changes = await saved(tx, correlate(picture, now), now=now)
    await notifications.owe(tx, changes, now=now, policy=rules.policy)
    return changes
