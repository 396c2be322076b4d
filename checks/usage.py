"""Rolls what reports say of use up into days: counted once, whatever a report repeats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from checks.model.installation import COUNTS, InstallationFacts, Totals, Usage

REMEMBERED = timedelta(days=400)
"""Thirteen months; older days that a report carries are not taken in."""

CLOCK_WRONG = timedelta(days=2)
"""A report's own time further from ours than this does not say on which day it was made."""

FIGURES = tuple(one.name for one in fields(Usage) if one.name != "day")


def day_of(reported_at: datetime | None, received_at: datetime, zone: tzinfo) -> date:
    """Return the day a report speaks of, by the client's own calendar."""
    sane = reported_at is not None and abs(received_at - reported_at) <= CLOCK_WRONG
    moment = reported_at if sane and reported_at is not None else received_at
    return moment.astimezone(zone).date()


def rolled(
    known: Mapping[date, Usage],
    facts: InstallationFacts,
    *,
    before: InstallationFacts | None,
    day: date,
    zone: tzinfo,
    at: datetime,
) -> list[Usage]:
    """Return the days that ``facts`` change.

    ``known`` has these days as they stand, ``before`` the report of the same kind before this one (growing counters
    count from it), ``day`` is what the report calls today, ``at`` when it was made.
    """
    days: dict[date, Usage] = {}
    for one in facts.usage or ():
        if day - REMEMBERED <= one.day <= day + timedelta(days=1):
            days[one.day] = _told(days.get(one.day) or known.get(one.day) or Usage(day=one.day), one)
    today = _seen(days.get(day) or known.get(day) or Usage(day=day), facts, zone, at)
    days[day] = _gained(today, facts.totals, before.totals if before else None)
    return [one for one in days.values() if one != known.get(one.day) and one != Usage(day=one.day)]


def _told(kept: Usage, told: Usage) -> Usage:
    """Lay a report's own figures of a day over what is kept; peaks and first moments only get more extreme."""
    new: dict[str, Any] = {name: value for name in FIGURES if (value := getattr(told, name)) is not None}
    new["sessions"] = _largest(kept.sessions, told.sessions)
    new["first_login"] = _earliest(kept.first_login, told.first_login)
    return replace(kept, **new)


def _seen(kept: Usage, facts: InstallationFacts, zone: tzinfo, at: datetime) -> Usage:
    """Add what the moment of the report shows."""
    own = facts.of_day(kept.day)
    active = sum(user.last_at is not None and _on(user.last_at, kept.day, zone) for user in facts.users or ())
    came = [one.since for one in facts.connected or () if one.since is not None and _on(one.since, kept.day, zone)]
    if facts.sessions:
        came.append(at)
    refused = own.refused if own is not None and own.refused is not None else facts.refused
    return replace(
        kept,
        sessions=_largest(kept.sessions, facts.sessions),
        seats=kept.seats if facts.seats is None else facts.seats,
        users=kept.users if facts.users is None else len(facts.users),
        active_users=_largest(kept.active_users, active if facts.users is not None else None),
        refused=kept.refused if refused is None else refused,
        first_login=_earliest(kept.first_login, min(came, default=None)),
    )


def _gained(kept: Usage, now: Totals | None, before: Totals | None) -> Usage:
    """Add what growing counters gained; a counter that shrank has begun anew."""
    if now is None or before is None:
        return kept
    new: dict[str, Any] = {}
    for name in COUNTS:
        counted, last = getattr(now, name), getattr(before, name)
        if counted is None or last is None:
            continue
        new[name] = (getattr(kept, name) or 0) + (counted - last if counted >= last else counted)
    return replace(kept, **new)


def _on(moment: datetime, day: date, zone: tzinfo) -> bool:
    return moment.astimezone(zone).date() == day


def _largest(old: int | None, new: int | None) -> int | None:
    return max((one for one in (old, new) if one is not None), default=None)


def _earliest(old: datetime | None, new: datetime | None) -> datetime | None:
    return min((one for one in (old, new) if one is not None), default=None)
