"""Learns when a client usually reports, and from when on its silence is improbable for this client.

A client's last four weeks are kept as the number of reports of each hour. A silence is measured in the reports that
usually come in such hours of such days: a night in which nothing ever comes weighs nothing. It is too long when it
weighs four usual reports, and more than nearly all silences that this client has made before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cached_property
from itertools import pairwise
from statistics import median

from checks import workdays
from checks.freshness import Absence, merged
from checks.model import Observation, Outcome, Subject, SubjectKind

CODE = "UploadUnusuallyLate"
HOUR = timedelta(hours=1)
WEEK_HOURS = 168
WEEKS = 4
HOURS_KEPT = WEEKS * WEEK_HOURS
LEARNING = timedelta(days=14)
"""So much must be known of a client before anything is unusual for it."""
MISSED = 4.0
"""A silence of so many usual reports is too long."""
BEYOND = 1.25
"""... and longer by so much than those it has made before,"""
FORGIVEN = 2
"""... the longest ones, which may have been outages, left out."""
MOST_AN_HOUR = 4
"""Retries and reports by hand do not make a rhythm faster than this."""
HORIZON = timedelta(days=14)
"""A silence that would be unusual only after so long is left to the fixed limit."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Rhythm:
    """When one client has reported in the last four weeks."""

    since: datetime
    """The first report of all that were heard."""
    heard_at: datetime
    """The last one."""
    counts: bytes = bytes(HOURS_KEPT)
    """Reports of each hour, oldest first; the last one is the hour of ``heard_at``."""

    @property
    def learns_until(self) -> datetime:
        return self.since + LEARNING

    @cached_property
    def last_hour(self) -> int:
        """Hours since the epoch at the end of ``counts``."""
        return hour_of(self.heard_at)

    @cached_property
    def known_hours(self) -> int:
        """How many of the hours kept lie after the first report."""
        return min(HOURS_KEPT, self.last_hour - hour_of(self.since) + 1)

    @cached_property
    def rates(self) -> tuple[float, ...]:
        """Reports that usually come in each hour of the week (UTC, hours since the epoch modulo 168)."""
        sums, seen = [0] * WEEK_HOURS, [0] * WEEK_HOURS
        first = self.last_hour - self.known_hours + 1
        for place, count in enumerate(self.counts[HOURS_KEPT - self.known_hours :]):
            slot = (first + place) % WEEK_HOURS
            sums[slot] += min(count, MOST_AN_HOUR)
            seen[slot] += 1
        return tuple(total / weeks if weeks else 0.0 for total, weeks in zip(sums, seen, strict=True))

    @cached_property
    def patience(self) -> float:
        """How many usual reports may be missed before the silence is unusual for this client."""
        silences = sorted(self._silences(), reverse=True)
        longest = silences[FORGIVEN] if len(silences) > FORGIVEN else 0.0
        return max(MISSED, BEYOND * longest)

    def _silences(self) -> Iterator[float]:
        """Weigh every past silence, in usual reports."""
        first = self.last_hour - HOURS_KEPT + 1
        heard = [first + place for place, count in enumerate(self.counts) if count]
        for before, after in pairwise(heard):
            if after - before > 1:
                yield sum(self.rates[hour % WEEK_HOURS] for hour in range(before + 1, after))


def hour_of(moment: datetime) -> int:
    return (moment - EPOCH) // HOUR


def began(at: datetime) -> Rhythm:
    """Return the rhythm of a client that is heard for the first time."""
    return Rhythm(since=at, heard_at=at, counts=bytes(HOURS_KEPT - 1) + b"\x01")


def hear(rhythm: Rhythm | None, at: datetime) -> Rhythm:
    """Enter a report; one that is older than the last changes nothing."""
    if rhythm is None:
        return began(at)
    if at < rhythm.heard_at:
        return rhythm
    passed = hour_of(at) - rhythm.last_hour
    if passed >= HOURS_KEPT:
        return began(at)
    counts = bytearray(rhythm.counts[passed:] + bytes(passed))
    counts[-1] = min(counts[-1] + 1, 255)
    return replace(rhythm, heard_at=at, counts=bytes(counts))


def late_at(rhythm: Rhythm, absences: Iterable[Absence] = (), *, zone: tzinfo = UTC) -> datetime | None:
    """Return from when on the silence is unusual, None = nothing would be within two weeks.

    While we were away, time does not count; on a holiday a client is expected to do what it does on Sundays.
    """
    if rhythm.heard_at < rhythm.learns_until:
        return None
    away = [one for one in merged(absences) if one.ended_at > rhythm.heard_at]
    weight, moment, end = 0.0, rhythm.heard_at, rhythm.heard_at + HORIZON
    while moment < end:
        after = min(EPOCH + (hour_of(moment) + 1) * HOUR, end)
        rate = rhythm.rates[_slot(moment, zone)]
        for begins, ends in _listened(moment, after, away):
            gained = rate * ((ends - begins) / HOUR)
            if weight + gained >= rhythm.patience > weight and gained:
                return begins + (ends - begins) * ((rhythm.patience - weight) / gained)
            weight += gained
        moment = after
    return None


def _slot(moment: datetime, zone: tzinfo) -> int:
    """Return which hour of the week ``moment`` is like."""
    slot = hour_of(moment) % WEEK_HOURS
    day = moment.astimezone(zone).date()
    if day.weekday() < 5 and not workdays.works(day):  # noqa: PLR2004 - Monday to Friday
        return (slot + 24 * (6 - day.weekday())) % WEEK_HOURS
    return slot


def _listened(begin: datetime, end: datetime, away: Sequence[Absence]) -> Iterator[tuple[datetime, datetime]]:
    """Yield the parts of a span in which we were there."""
    for one in away:
        if one.ended_at <= begin or one.began_at >= end:
            continue
        if one.began_at > begin:
            yield begin, one.began_at
        begin = min(one.ended_at, end)
    if begin < end:
        yield begin, end


# ── telling ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """How often a client usually reports, in a form that can be said."""

    gap: timedelta
    workdays: bool = False
    """Only on working days."""

    def __str__(self) -> str:
        return f"{int(self.gap.total_seconds())}/{'workdays' if self.workdays else 'daily'}"


SAID = (timedelta(minutes=15), timedelta(minutes=30), *(HOUR * hours for hours in (1, 2, 3, 4, 6, 8, 12, 24)))


def habit_of(rhythm: Rhythm) -> Habit | None:
    """Return how often the client usually reports in the hours in which it does; None while that is being learnt."""
    if rhythm.heard_at < rhythm.learns_until:
        return None
    days = [rhythm.rates[start : start + 24] for start in range(0, WEEK_HOURS, 24)]
    thursday = 3  # the epoch began on one
    at_weekends = sum(sum(day) for place, day in enumerate(days) if (place + thursday) % 7 > 4)  # noqa: PLR2004
    total = sum(rhythm.rates)
    gap = min(SAID, key=lambda one: abs(one / _usual_gap(rhythm) - 1))
    return Habit(gap=gap, workdays=bool(total) and at_weekends < total * 0.02)


def _usual_gap(rhythm: Rhythm) -> timedelta:
    """Return the middle one of the gaps between reports; within an hour they count as evenly spread."""
    heard = [place for place, count in enumerate(rhythm.counts) if count]
    gaps = [after - before for before, after in pairwise(heard)] or [WEEK_HOURS]
    together = sum(min(count, MOST_AN_HOUR) for count in rhythm.counts) / len(heard)
    return HOUR * median(gaps) / (together if median(gaps) <= 1 else 1)


def late(client: str, rhythm: Rhythm, at: datetime) -> Observation:
    """Say that the client has been silent for unusually long; how long it usually is stands in the detail."""
    subject = Subject(SubjectKind.CLIENT, client)
    return Observation(
        subject=subject, code=CODE, outcome=Outcome.FAIL, at=at, reason="unusual", detail=str(habit_of(rhythm) or "")
    )


def in_time(client: str, rhythm: Rhythm, at: datetime) -> Observation:
    """Say that the client has just reported; unknown while its rhythm is being learnt."""
    outcome = Outcome.OK if rhythm.heard_at >= rhythm.learns_until else Outcome.UNKNOWN
    return Observation(subject=Subject(SubjectKind.CLIENT, client), code=CODE, outcome=outcome, at=at)
