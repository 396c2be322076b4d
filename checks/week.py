"""Adds a week of the estate up for the head of department: availability, incidents, how fast people took them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from statistics import median

from checks.availability import Record, record
from checks.catalogue import ROWS
from checks.model import CauseKind, Health, Incident, Severity, Transition

DAY = timedelta(days=1)
MONTH = timedelta(days=30)
SPAN = 2 * MONTH
"""So far back a week can be asked for with its thirty days behind it."""
NORM_SHARE = 0.95
"""Availability of an installation over 30 days that is still usual."""
LONGEST = 5
OURS = frozenset({CauseKind.CHAT, CauseKind.SELF, CauseKind.INTAKE})
"""Troubles of our own are no outage of a client."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfWeek:
    """One day of the estate."""

    day: date
    availability: float | None = None
    """Mean over the clients that were watched, 0 to 1."""
    critical: int = 0
    other: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Weekly:
    """What the week was like."""

    days: tuple[DayOfWeek, ...]
    availability: float | None
    """Mean of the clients over the last 30 days."""
    below: int
    """Clients below the norm over these 30 days."""
    watched: int
    incidents: int
    critical: int
    clients: int
    """Clients that the week's incidents touched."""
    longest: tuple[Incident, ...]
    taken: int
    """Critical incidents that somebody took."""
    take_time: timedelta | None
    """Median time from the first message to the taking of a critical incident."""
    mend_time: timedelta | None
    """Median length of the critical incidents that ended."""
    told: tuple[Incident, ...]
    """All that is counted here, oldest first."""


def weekly(
    *, until: date, zone: tzinfo, records: Collection[Record], incidents: Iterable[Incident], norm: float = NORM_SHARE
) -> Weekly:
    """Add up the seven days that end with ``until`` (a day of ``zone``), and the thirty behind them."""
    days = [until - DAY * back for back in range(6, -1, -1)]
    begin, end = _midnight(days[0], zone), _midnight(until + DAY, zone)
    known = [one for one in incidents if one.opened_at < end and (one.ended_at is None or one.ended_at >= begin)]
    told = [one for one in known if one.merged_into is None and one.cause.kind not in OURS]
    critical = [one for one in told if is_critical(one)]
    month = [share for one in records if (share := one.share(end - MONTH, end)) is not None]
    waits = [one.taken_at - one.opened_at for one in critical if one.taken_at]
    lengths = [one.ended_at - one.opened_at for one in critical if one.ended_at]
    return Weekly(
        days=_days(days, zone, records, told),
        availability=_mean(month),
        below=sum(share < norm for share in month),
        watched=len(month),
        incidents=len(told),
        critical=len(critical),
        clients=len({name for one in told for name in one.clients}),
        longest=tuple(sorted(told, key=lambda one: one.opened_at - (one.ended_at or end))[:LONGEST]),
        taken=len(waits),
        take_time=_middle(waits),
        mend_time=_middle(lengths),
        told=tuple(told),
    )


def is_critical(incident: Incident) -> bool:
    """Tell whether people could not work because of it."""
    row = ROWS.get(incident.code)
    return row is not None and row.severity is Severity.CRITICAL


def records_of(present: Iterable[Health], history: Iterable[Transition], *, now: datetime) -> dict[str, Record]:
    """Read what each client's checks say of ``SPAN`` until now, by its name; ``history`` is oldest first."""
    beliefs: defaultdict[str, list[Health]] = defaultdict(list)
    changes: defaultdict[str, list[Transition]] = defaultdict(list)
    for one in present:
        beliefs[one.subject.name].append(one)
    for step in history:
        changes[step.subject.name].append(step)
    names = sorted({*beliefs, *changes})
    found = {name: record(changes[name], beliefs[name], now=now, span=SPAN) for name in names}
    return {name: one for name, one in found.items() if one is not None}


def _days(
    days: Sequence[date], zone: tzinfo, records: Collection[Record], told: Sequence[Incident]
) -> tuple[DayOfWeek, ...]:
    begun = Counter((one.opened_at.astimezone(zone).date(), is_critical(one)) for one in told)
    found = []
    for day in days:
        begin, end = _midnight(day, zone), _midnight(day + DAY, zone)
        shares = [share for one in records if (share := one.share(begin, end)) is not None]
        found.append(DayOfWeek(day=day, availability=_mean(shares), critical=begun[day, True], other=begun[day, False]))
    return tuple(found)


def _middle(lengths: Sequence[timedelta]) -> timedelta | None:
    seconds = [one.total_seconds() for one in lengths]
    return timedelta(seconds=round(median(seconds))) if seconds else None


def _mean(shares: Sequence[float]) -> float | None:
    return sum(shares) / len(shares) if shares else None


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)
