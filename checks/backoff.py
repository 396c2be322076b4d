"""When to try again: exponential, capped, with full jitter, so that nobody comes back in step."""

from __future__ import annotations

from datetime import timedelta

BASE = timedelta(seconds=2)
CAP = timedelta(minutes=5)
FLOOR = timedelta(milliseconds=250)


def ceiling(attempt: int, *, base: timedelta = BASE, cap: timedelta = CAP) -> timedelta:
    """Return the longest wait after the ``attempt``-th failure in a row (the first is 1)."""
    doublings = min(max(attempt, 1) - 1, 60)
    return min(base * 2**doublings, cap) if doublings < 40 else cap  # noqa: PLR2004 - timedelta overflows beyond


def delay(attempt: int, roll: float, *, base: timedelta = BASE, cap: timedelta = CAP) -> timedelta:
    """Return how long to wait after the ``attempt``-th failure; ``roll`` is the caller's dice, 0 to 1.

    Full jitter: anywhere between nothing and the ceiling, but never so short that a broken thing is hammered.
    """
    return max(FLOOR, ceiling(attempt, base=base, cap=cap) * min(max(roll, 0.0), 1.0))
