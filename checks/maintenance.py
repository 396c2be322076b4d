"""What planned work keeps back, whom it concerns, when it comes again, and when all of it has been looked at."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from checks.estate import Estate
from checks.model import (
    CauseKind,
    Extent,
    Family,
    Health,
    Incident,
    State,
    Subject,
    SubjectKind,
    Window,
    WindowState,
)
from checks.recurring import last_due, next_due
from checks.silences import clients_hit

LONGEST = timedelta(days=14)
LONGEST_AGAIN = timedelta(hours=24)
"""The longest that one time of a recurring window may last."""
UNDO_FOR = timedelta(minutes=5)
PATIENCE = timedelta(minutes=2)
"""Looking at everything takes no longer; what was not seen by then is told as it is believed."""
OURS = frozenset({CauseKind.SELF, CauseKind.INTAKE, CauseKind.CHAT})
"""Troubles of our own: nobody's planned work hides them."""
ENTRANCE = frozenset({Family.DOMAIN, Family.CERTIFICATE})
"""What work on a redirect server does to the clients behind it."""

Behind = Mapping[str, Collection[str]]
"""Redirect server → clients behind it, of the servers under work at least."""


class Close(StrEnum):
    """Why a window, or one time of it, is over."""

    TIME = "time"
    EARLY = "early"
    """A person, a program or the configuration ended it before its time."""
    UNDONE = "undone"
    """Taken back within five minutes, as if it had never been."""
    CANCELLED = "cancelled"
    """Before it had begun."""


@dataclass(frozen=True, slots=True)
class Spans:
    """From when until when."""

    begins_at: datetime
    ends_at: datetime


def keeps_back(window: Window, now: datetime) -> bool:
    """Say whether the window keeps messages back at this moment; while it is looked at it still does."""
    if window.state is WindowState.PLANNED:
        return window.begins_at <= now < window.ends_at
    return window.lasts


def covers(window: Window, incident: Incident, *, behind: Behind) -> bool:
    """Say whether the incident is what this work would bring about, were it under way.

    What clients share is hidden only by work on the shared thing itself, and our own troubles never.
    """
    cause = incident.cause
    if cause.kind in OURS:
        return False
    match window.extent:
        case Extent.ALL:
            return True
        case Extent.CODE:
            return incident.code == window.target
        case Extent.CLIENT:
            return clients_hit(incident) == {window.target}
        case Extent.REDIRECT:
            if cause.kind is CauseKind.REDIRECT:
                return cause.name == window.target
            own = cause.kind is CauseKind.CLIENT and cause.family in ENTRANCE
            return own and cause.name in behind.get(window.target, ())


def covering(windows: Iterable[Window], incident: Incident, now: datetime, *, behind: Behind) -> Window | None:
    """Return planned work that keeps this incident back now; work on several clients may do it together."""
    known = [window for window in windows if keeps_back(window, now)]
    for window in known:
        if covers(window, incident, behind=behind):
            return window
    hit = clients_hit(incident) if incident.cause.kind not in OURS else set()
    parts = [window for window in known if window.extent is Extent.CLIENT and window.target in hit]
    together = hit and hit == {window.target for window in parts}
    return max(parts, key=lambda window: window.ends_at) if together else None


def population(extent: Extent, target: str, estate: Estate) -> tuple[str, ...]:
    """Name the clients that the work concerns; of a kind of alert nobody is named, it may be anybody's."""
    match extent:
        case Extent.CLIENT:
            return (target,) if target in estate.clients else ()
        case Extent.REDIRECT:
            return tuple(estate.behind.get(target, ()))
        case Extent.ALL:
            return tuple(sorted(estate.clients))
        case Extent.CODE:
            return ()


def subjects(window: Window, estate: Estate, concerned: Iterable[Incident] = ()) -> frozenset[Subject]:
    """Name everything to look at when the work is over; ``concerned``: open incidents that the window covers."""
    names = set(population(window.extent, window.target, estate))
    if window.extent is Extent.CODE:
        names = {name for incident in concerned for name in incident.clients}
    found = {Subject(SubjectKind.CLIENT, name) for name in names}
    if window.extent is Extent.REDIRECT:
        found.add(Subject(SubjectKind.REDIRECT, window.target))
    elif window.extent is Extent.ALL:
        found |= {Subject(SubjectKind.REDIRECT, name) for name in estate.redirects}
    return frozenset(found)


def unsettled(health: Health) -> bool:
    """Say whether the next looks may still change what is believed: a doubt, or a recovery under way."""
    if health.state is State.FAIL:
        return health.successes > 0
    return health.state is not State.FLAPPING and health.failures > 0


def out_of_patience(window: Window, now: datetime) -> bool:
    return window.looked_from is not None and now - window.looked_from >= PATIENCE


# ── when ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def spans(cron: str, zone: str, length: timedelta, now: datetime) -> Spans | None:
    """Return the time of a recurring window that lasts now, else the next one; None = it never comes."""
    last = last_due(cron, zone, now)
    begins_at = last if last is not None and now < last + length else next_due(cron, zone, now)
    return None if begins_at is None else Spans(begins_at, begins_at + length)


def again(window: Window, now: datetime) -> Window | None:
    """Return the window as it waits for its next time; None when there is none."""
    if not window.cron or window.length is None:
        return None
    begins_at = next_due(window.cron, window.zone, max(now, window.begins_at))
    if begins_at is None:
        return None
    return replace(
        window,
        begins_at=begins_at,
        ends_at=begins_at + window.length,
        state=WindowState.PLANNED,
        run_id=None,
        looked_from=None,
    )


def same(one: Window, other: Window) -> bool:
    """Say whether two windows are one wish, said twice."""
    if one.thing != other.thing or one.cron != other.cron:
        return False
    if one.cron:
        return one.zone == other.zone and one.length == other.length
    close = timedelta(minutes=1)
    return abs(one.begins_at - other.begins_at) < close and abs(one.ends_at - other.ends_at) < close


def undoable(window: Window, now: datetime) -> bool:
    """Say whether the window may still be taken back as if it had never been."""
    return window.state in {WindowState.PLANNED, WindowState.LASTING} and now - window.created_at <= UNDO_FOR
