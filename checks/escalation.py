"""When an incident that nobody took goes to the next person, and when its taker is reminded; from the ledger alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from checks.model import Priority


class Rung(StrEnum):
    """Whom an untaken incident is brought to."""

    NEXT = "next"
    """The next person of the shift."""
    HEAD = "head"
    AGAIN = "again"
    """There is nobody to name: it is told once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """How long an incident may wait; a priority that is not named waits for ever."""

    after: Mapping[Priority, timedelta] = field(default_factory=dict)
    """How long it may stay untaken before each rung."""
    taker_after: timedelta | None = None
    """How long it may last with somebody before they are reminded, each time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Whom an untaken incident passes to at present."""

    next: int | None = None
    head: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Climbed:
    """A rung that was told, as the ledger of notes has it."""

    rung: Rung
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What is due now."""

    rung: Rung
    person: int | None = None


def step(climbed: Sequence[Climbed], chain: Chain, *, since: datetime, after: timedelta, now: datetime) -> Step | None:
    """Return the rung that is due, one at a time, each ``after`` the one before; None = nothing is due.

    ``since``: when people were last told of the incident, or it was given back; only rungs from then on count.
    """
    told = [one for one in climbed if one.at >= since]
    last = max([since, *(one.at for one in told)])
    if now < last + after:
        return None
    done = {one.rung for one in told}
    if not done & {Rung.NEXT, Rung.HEAD} and chain.next is not None:
        return Step(rung=Rung.NEXT, person=chain.next)
    if Rung.HEAD not in done and chain.head is not None:
        return Step(rung=Rung.HEAD, person=chain.head)
    return None if done else Step(rung=Rung.AGAIN)


def taker_due(reminded: Sequence[datetime], *, taken_at: datetime, after: timedelta, now: datetime) -> bool:
    """Say whether the one who took an incident is to be reminded that it lasts."""
    return now >= max([taken_at, *(at for at in reminded if at >= taken_at)]) + after
