"""How long somebody has been silent, not counting the time we were away ourselves, and when that is too long."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from checks.model import SELF, Observation, Outcome, Subject, SubjectKind
from checks.reports import SILENT, ReportKind

USUAL_GAP: Mapping[ReportKind, timedelta] = {
    ReportKind.SYSINFO: timedelta(hours=1),
    ReportKind.STATUS: timedelta(minutes=15),
}
"""How often the deployed scripts send."""

SENDERS_AT_LEAST = 5
STOPPED_TOGETHER = 0.8
ACTIVE_WITHIN = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """A span in which we could not have heard anybody."""

    began_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long a silence may last; ``own`` has the clients with a limit of their own in the configuration.

    For sysinfo a client's ``freshness`` from the lists comes before the common limit, ``own`` before both.
    """

    sysinfo: timedelta = timedelta(hours=48)
    status: timedelta = timedelta(minutes=45)
    own: Mapping[tuple[str, ReportKind], timedelta] = field(default_factory=dict)

    def common(self, kind: ReportKind) -> timedelta:
        return self.sysinfo if kind is ReportKind.SYSINFO else self.status

    def of(self, client: str, kind: ReportKind, freshness: timedelta | None = None) -> timedelta:
        listed = freshness if kind is ReportKind.SYSINFO else None
        return self.own.get((client, kind), self.common(kind) if listed is None else listed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """A client from whom a report of this kind is expected."""

    client: str
    kind: ReportKind
    limit: timedelta
    heard_at: datetime | None = None
    """The last upload by our clock; None = never yet."""
    listed_at: datetime | None = None
    """Since when it is expected at all; used while nothing has come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Senders:
    """Everybody who sent reports of one kind within a day before ``newest``, and how many fell silent with it."""

    kind: ReportKind
    active: int
    together: int
    """Those whose last upload came within one and a half usual gaps before the newest upload of all."""


def merged(absences: Iterable[Absence]) -> list[Absence]:
    """Return the same spans without overlaps, oldest first; spans that end before they begin vanish."""
    result: list[Absence] = []
    for absence in sorted(absences, key=lambda each: each.began_at):
        if absence.ended_at <= absence.began_at:
            continue
        if result and absence.began_at <= result[-1].ended_at:
            ended_at = max(result[-1].ended_at, absence.ended_at)
            result[-1] = Absence(began_at=result[-1].began_at, ended_at=ended_at)
        else:
            result.append(absence)
    return result


def quiet(since: datetime, now: datetime, absences: Iterable[Absence] = ()) -> timedelta:
    """Return how long nothing was heard while we listened; never negative."""
    away = timedelta(0)
    for absence in merged(absences):
        away += max(min(absence.ended_at, now) - max(absence.began_at, since), timedelta(0))
    return max(now - since - away, timedelta(0))


def cutoff(now: datetime, limit: timedelta, absences: Iterable[Absence] = ()) -> datetime:
    """Return the moment before which a last sign of life is too old: ``since < cutoff`` ⇔ ``quiet(since) > limit``.

    So that ten thousand clients are compared with one moment in SQL instead of one by one here.
    """
    moment, left = now, max(limit, timedelta(0))
    for absence in reversed(merged(absences)):
        if absence.began_at >= moment:
            continue
        listened = moment - min(absence.ended_at, moment)
        if listened > left:
            break
        left -= listened
        moment = absence.began_at
    return moment - left


def overdue(sender: Sender, now: datetime, absences: Iterable[Absence] = ()) -> Observation | None:
    """Return the failed observation if the sender has been silent for too long, None otherwise."""
    since = sender.heard_at or sender.listed_at
    if since is None or quiet(since, now, absences) <= sender.limit:
        return None
    return silent(sender, now)


def silent(sender: Sender, at: datetime) -> Observation:
    """Say that ``sender`` is silent; since when stands in its arrival, not here."""
    return Observation(
        subject=Subject(SubjectKind.CLIENT, sender.client),
        code=SILENT[sender.kind],
        outcome=Outcome.FAIL,
        at=at,
        reason="silent" if sender.heard_at else "never",
    )


def heard(client: str, kind: ReportKind, at: datetime) -> Observation:
    """Say that ``client`` is not silent (any more)."""
    subject = Subject(SubjectKind.CLIENT, client)
    return Observation(subject=subject, code=SILENT[kind], outcome=Outcome.OK, at=at)


def intake(
    newest: datetime | None, senders: Sequence[Senders], now: datetime, absences: Iterable[Absence] = ()
) -> Observation:
    """Judge whether uploads of many clients stopped together.

    They did when nothing at all has come for two usual gaps since ``newest``, and, of at least five clients that sent
    within the day before, four in five were still sending right up to that moment. A single upload since then shows
    that the intake works. Too few senders: unknown.
    """
    spans = list(absences)
    judged = [each for each in senders if each.active >= SENDERS_AT_LEAST]
    if newest is None or not judged:
        return Observation(subject=SELF, code="IntakeSilent", outcome=Outcome.UNKNOWN, at=now)
    silence = quiet(newest, now, spans)
    for each in judged:
        if silence >= 2 * USUAL_GAP[each.kind] and each.together >= STOPPED_TOGETHER * each.active:
            return Observation(
                subject=SELF,
                code="IntakeSilent",
                outcome=Outcome.FAIL,
                at=now,
                reason="many",
                detail=f"{each.together}/{each.active}",
            )
    return Observation(subject=SELF, code="IntakeSilent", outcome=Outcome.OK, at=now)
