"""The watch after a change: what must come back at a client, what of it is confirmed, and when that takes too long."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from checks.model import Health, Observation, Outcome, State, Subject, SubjectKind
from checks.model.installation import FactChange, InstallationFacts, Key
from checks.reports import ReportKind
from checks.versions import below

RUNNING = "VersionChanged"
"""The watch itself: a living card."""
FAILED = "ChangeNotConfirmed"
"""The alert when it takes too long."""
UNUSUAL = "UpdatedUnusually"
SHADOW = timedelta(hours=72)
"""A silence that is unusual so soon after a change is watched as a part of it."""
USUAL_WITHIN = timedelta(hours=3)
"""An update at an hour of the day no further than this from earlier ones is usual."""
UPDATES_AT_LEAST = 5
"""Earlier updates that make a habit."""
FEW = 0.1
"""Earlier updates at such an hour that are exceptions themselves, as a share of all."""
UPDATED_FACTS = frozenset({"bases", "update_number", "operup_at"})
DAY = timedelta(days=1)


class Trigger(StrEnum):
    """What a watch was started by."""

    VERSION = "version"
    """The version differs from the last report."""
    WORK = "work"
    """A specialist announced work, and it is over."""
    UPDATED = "updated"
    """Bases or operative updates changed outside the client's usual time."""
    SILENCE = "silence"
    """The client fell silent soon after a change."""


class Point(StrEnum):
    """What must come back after a change, in the order in which people look for it."""

    PAGE = "page"
    PRODUCTS = "products"
    VOLUMES = "volumes"
    KEY = "key"
    VERSION = "version"
    UPLOAD = "upload"
    STATUS = "status"
    OPERUPS = "operups"
    DAILY_UPDATE = "daily_update"
    COPY = "copy"


class Why(StrEnum):
    """How a watch ended."""

    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    UNLISTED = "unlisted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """One watch over one client; at most one at a time."""

    id: int | None = None
    client: str
    trigger: Trigger
    what: str = ""
    """What is being done, in the words of who announced it; hostile text."""
    by: int | None = None
    """Who announced the work."""
    window_id: int | None = None
    """The planned work that keeps messages back while it lasts."""
    began_at: datetime
    """When the work began, or the change was noticed."""
    since: datetime | None = None
    """From when on things count as having come back; None while the work lasts."""
    due_at: datetime | None = None
    """When what is missing becomes an alert."""
    version_before: str | None = None
    version: str | None = None
    operup_before: datetime | None = None
    points: tuple[Point, ...] = ()
    confirmed: Mapping[Point, datetime] = field(default_factory=dict)
    ended_at: datetime | None = None
    ended_why: Why | None = None

    @property
    def missing(self) -> tuple[Point, ...]:
        return tuple(point for point in self.points if point not in self.confirmed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known of a client now, as far as a watch asks."""

    beliefs: Mapping[str, Health] = field(default_factory=dict)
    """By catalogue code."""
    facts: InstallationFacts = field(default_factory=InstallationFacts)
    told_at: Mapping[str, datetime] = field(default_factory=dict)
    """When each fact was last told."""
    heard: Mapping[ReportKind, datetime] = field(default_factory=dict)
    """When each kind of report last came."""
    looked: bool = False
    """Its page is looked at from outside."""
    required: str | None = None
    """The oldest version that may run."""


# ── starting ──────────────────────────────────────────────────────────────────────────────────────────────────────


def begin(watch: Watch, evidence: Evidence, *, at: datetime, patience: timedelta) -> Watch:
    """Start to count at ``at``: which points there are is decided by what this client has ever told."""
    facts = evidence.facts
    before = watch.operup_before or facts.operup_at
    points = tuple(point for point in Point if _concerns(point, evidence))
    return replace(
        watch,
        since=at,
        due_at=at + patience,
        points=points,
        operup_before=before,
        version=watch.version or facts.version,
    )


def _concerns(point: Point, evidence: Evidence) -> bool:
    facts, heard = evidence.facts, evidence.heard
    return {
        Point.PAGE: evidence.looked or ReportKind.STATUS in heard,
        Point.PRODUCTS: ReportKind.STATUS in heard,
        Point.VOLUMES: facts.bases is not None,
        Point.KEY: facts.key is not None or "KodeksOnlineSensLockCheck" in evidence.beliefs,
        Point.VERSION: facts.version is not None,
        Point.UPLOAD: ReportKind.SYSINFO in heard,
        Point.STATUS: ReportKind.STATUS in heard,
        Point.OPERUPS: facts.operup_at is not None,
        Point.DAILY_UPDATE: facts.daily_update is not None,
        Point.COPY: facts.copy_done is not None,
    }[point]


def by_version(changes: Iterable[FactChange]) -> list[FactChange]:
    """Return the changes from one version to another one."""
    return [one for one in changes if one.fact == "version" and one.before is not None and one.after is not None]


def unusual(at: datetime, earlier: Sequence[datetime], zone: tzinfo) -> bool:
    """Tell whether an update came at an hour of the day at which this client is (nearly) never updated."""
    past = [one for one in earlier if one < at]
    if len(past) < UPDATES_AT_LEAST:
        return False
    near = sum(_apart(at, one, zone) <= USUAL_WITHIN for one in past)
    return near <= FEW * len(past)


def _apart(one: datetime, other: datetime, zone: tzinfo) -> timedelta:
    """Return how far two moments lie apart on the clock, whatever the day."""
    there, then = one.astimezone(zone), other.astimezone(zone)
    difference = abs(
        timedelta(hours=there.hour, minutes=there.minute) - timedelta(hours=then.hour, minutes=then.minute)
    )
    return min(difference, DAY - difference)


# ── confirming ────────────────────────────────────────────────────────────────────────────────────────────────────


def confirm(watch: Watch, evidence: Evidence, now: datetime) -> Watch:
    """Tick off what has come back; what was confirmed stays so (its own alert tells when it breaks again)."""
    if watch.since is None or watch.ended_at is not None:
        return watch
    fresh = {point: now for point in watch.missing if _is_back(point, watch, evidence, watch.since)}
    version = evidence.facts.version if _told(evidence, "version", watch.since) else watch.version
    confirmed = {**watch.confirmed, **fresh}
    after = replace(watch, confirmed=confirmed, version=version or watch.version)
    return replace(after, ended_at=now, ended_why=Why.CONFIRMED) if watch.points and not after.missing else after


def _is_back(point: Point, watch: Watch, evidence: Evidence, since: datetime) -> bool:
    facts, heard = evidence.facts, evidence.heard
    match point:
        case Point.PAGE:
            codes = ("KodeksHttp200Status", "MainPageBroken")
            return _well(evidence, [code for code in codes if code in evidence.beliefs], since)
        case Point.PRODUCTS:
            return _well(evidence, ["ProductSetBroken"], since)
        case Point.VOLUMES:
            sound = facts.bases is not None and all(base.error is None for base in facts.bases)
            return sound and _told(evidence, "bases", since)
        case Point.KEY:
            seen = _well(evidence, ["KodeksOnlineSensLockCheck"], since)
            return seen or (facts.key is Key.OK and _told(evidence, "key", since))
        case Point.VERSION:
            return _told(evidence, "version", since) and below(facts.version, evidence.required) is not True
        case Point.UPLOAD:
            return heard.get(ReportKind.SYSINFO, since) > since
        case Point.STATUS:
            return heard.get(ReportKind.STATUS, since) > since
        case Point.OPERUPS:
            newest = facts.operup_at
            return newest is not None and (watch.operup_before is None or newest > watch.operup_before)
        case Point.DAILY_UPDATE:
            return facts.daily_update is True and _told(evidence, "daily_update", since)
        case Point.COPY:
            return facts.copy_done is True and _told(evidence, "copy_done", since)


def _well(evidence: Evidence, codes: Collection[str], since: datetime) -> bool:
    """Tell whether all these checks have been seen well since then; a check that nobody made is not."""
    known = [evidence.beliefs.get(code) for code in codes]
    return bool(known) and all(
        one is not None and one.state is State.OK and one.seen_at is not None and one.seen_at > since for one in known
    )


def _told(evidence: Evidence, fact: str, since: datetime) -> bool:
    at = evidence.told_at.get(fact)
    return at is not None and at > since


# ── observing ─────────────────────────────────────────────────────────────────────────────────────────────────────


def observe(watch: Watch, now: datetime) -> list[Observation]:
    """Say what a watch comes to: it runs, it has taken too long, or it is over."""
    subject = Subject(SubjectKind.CLIENT, watch.client)
    running = watch.since is not None and watch.ended_at is None
    overdue = running and watch.due_at is not None and now >= watch.due_at
    count = f"watch_{len(watch.confirmed)}_{len(watch.points)}"
    unusually = running and watch.trigger is Trigger.UPDATED

    def said(code: str, *, failed: bool, reason: str) -> Observation:
        outcome = Outcome.FAIL if failed else Outcome.OK
        return Observation(subject=subject, code=code, outcome=outcome, at=now, reason=reason if failed else "")

    return [
        said(RUNNING, failed=running, reason=count),
        said(FAILED, failed=overdue, reason=count),
        said(UNUSUAL, failed=unusually, reason="updated"),
    ]
