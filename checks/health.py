"""Judges: one observation against what was believed; thresholds, hysteresis, flapping."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from checks.model import Health, Observation, Outcome, State, Threshold, Transition

WINDOW = 20
"""Known outcomes remembered a check."""
FLAPS = 6
"""So many changes within the window are flapping: three separate failures in twenty looks."""
CALM = 8
"""So many equal outcomes in a row end it."""
COUNTED = 1000
"""Runs longer than this are not told apart."""
SETTLED = 20
"""After so many good looks in a row only the time of the last look still changes."""
STALE = timedelta(minutes=10)
"""An unchanged good belief is written again after so long, so that its age stays honest."""


def judge(health: Health | None, seen: Observation, threshold: Threshold) -> tuple[Health, Transition | None]:
    """Return the new belief and the change of belief, if there was one.

    Unknown changes nothing. A failure counts from its first failed look; recovery needs good looks in a row as well.
    """
    before = health or Health(subject=seen.subject, code=seen.code, since=seen.at)
    if seen.outcome is Outcome.UNKNOWN or (before.seen_at is not None and seen.at < before.seen_at):
        return before, None
    counted = _count(before, seen)
    state = _state(counted, threshold)
    after = _settle(counted, state, seen)
    return after, None if after.state is before.state else _transition(before, after, seen)


def worth_writing(before: Health | None, after: Health) -> bool:
    """Tell whether a belief must be written: what is left out makes no later judgement another one."""
    if after is before or after.seen_at is None:
        return False
    if before is None or before.seen_at is None or after.seen_at - before.seen_at > STALE:
        return True
    return not (_calm(before) and _calm(after)) and replace(before, seen_at=after.seen_at) != after


def _calm(health: Health) -> bool:
    """Tell whether nothing failed within memory: how many good looks there were then changes no judgement."""
    return health.state is State.OK and not health.recent


def _count(before: Health, seen: Observation) -> Health:
    failed = seen.outcome is Outcome.FAIL
    return replace(
        before,
        seen_at=seen.at,
        failures=min(before.failures + 1, COUNTED) if failed else 0,
        successes=0 if failed else min(before.successes + 1, SETTLED),
        failing_since=(before.failing_since or seen.at) if failed else None,
        recent=((before.recent << 1) | failed) & ((1 << WINDOW) - 1),
        known=min(before.known + 1, WINDOW),
        reason=seen.reason if failed else before.reason,
        detail=seen.detail if failed else before.detail,
    )


def _state(counted: Health, threshold: Threshold) -> State:
    if counted.state is State.FLAPPING and max(counted.failures, counted.successes) < CALM:
        return State.FLAPPING
    if counted.state is not State.FLAPPING and not threshold.steady and flips(counted) >= FLAPS:
        return State.FLAPPING
    if counted.failures:
        return State.FAIL if _confirmed(counted, threshold) else _unless_flapping(counted)
    if counted.state is State.FAIL and counted.successes < threshold.successes:
        return State.FAIL
    return State.OK


def _confirmed(counted: Health, threshold: Threshold) -> bool:
    if counted.failing_since is None or counted.seen_at is None:
        return False
    return counted.failures >= threshold.failures and counted.seen_at - counted.failing_since >= threshold.after


def _unless_flapping(counted: Health) -> State:
    return State.FAIL if counted.state is State.FLAPPING else counted.state


def _settle(counted: Health, state: State, seen: Observation) -> Health:
    if state is counted.state:
        return counted
    since = counted.failing_since if state is State.FAIL and counted.failing_since else seen.at
    after = replace(counted, state=state, since=since)
    if counted.state is State.FLAPPING:
        after = replace(after, recent=0, known=0)
    return replace(after, reason="", detail="") if state is State.OK else after


def flips(health: Health) -> int:
    """Count how often the outcome changed within the remembered window."""
    if health.known < 2:  # noqa: PLR2004 - a change needs two
        return 0
    changes = (health.recent ^ (health.recent >> 1)) & ((1 << (health.known - 1)) - 1)
    return changes.bit_count()


def _transition(before: Health, after: Health, seen: Observation) -> Transition:
    return Transition(
        subject=after.subject,
        code=after.code,
        before=before.state,
        after=after.state,
        at=seen.at,
        since=after.since,
        reason=seen.reason,
        detail=seen.detail,
    )
