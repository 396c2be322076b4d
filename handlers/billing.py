"""Takes figures of online accesses in, wherever they come from, and judges what they say at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from checks import signals as judging
from checks.billing import back, day_of
from checks.model import Observation, Outcome, Subject, access_subject
from checks.rules import Rules
from checks.signals import AccessHistory
from storage import billing, signals
from storage import health as healths
from storage.billing import MONTHS, Taken
from storage.database import Connection

ONCE_A_MONTH = "OnlineBilling"
"""Codes that begin so are told once in a month of the vendor's calendar, whatever the figures do."""


async def take_in(tx: Connection, taken: Sequence[Taken], *, rules: Rules, now: datetime) -> list[Observation]:
    """Keep figures and return what they mean, for the caller to record in the same transaction."""
    known = [one for one in taken if one.access in rules.estate.accesses]
    if not known:
        return []
    await billing.save(tx, known)
    return await of_accesses(tx, {one.access for one in known}, rules=rules, now=now)


async def of_accesses(
    connection: Connection, ids: Collection[int], *, rules: Rules, now: datetime
) -> list[Observation]:
    """Judge everything that these accesses can say; only what holds, or held until now, is returned."""
    return await judged(connection, await load(connection, ids, rules=rules, now=now), rules=rules)


async def judged(connection: Connection, histories: Sequence[AccessHistory], *, rules: Rules) -> list[Observation]:
    """Judge histories that were read already; only what holds, or held until now, is returned."""
    seen = [
        one
        for history in histories
        for one in judging.observations(history, judging.of_access(history, rules.norms(history.subject.client or "")))
    ]
    return await worth(connection, seen, rules=rules)


async def load(connection: Connection, ids: Collection[int], *, rules: Rules, now: datetime) -> list[AccessHistory]:
    """Read the histories of accesses, thirteen months of each."""
    estate = rules.estate
    wanted = sorted(number for number in ids if number in estate.accesses)
    latest = await billing.latest(connection, wanted)
    months = await billing.months(connection, wanted, back(now.date().replace(day=1), MONTHS))
    found = []
    for number in wanted:
        access, figures = estate.accesses[number], latest.get(number)
        zone = rules.vendor_zone(access.host)
        visited = figures.visited_at if figures else None
        found.append(
            AccessHistory(
                subject=access_subject(access.client, number),
                now=now,
                today=day_of(now, zone),
                months=months.get(number, ()),
                known_at=figures.known_at if figures else None,
                visited_at=visited,
                visited_on=day_of(visited, zone) if visited else None,
                login=access.login,
            )
        )
    return found


async def worth(connection: Connection, seen: Sequence[Observation], *, rules: Rules) -> list[Observation]:
    """Leave out what changes nothing: a signal that does not hold and did not, one told in this month already."""
    failing = [one for one in seen if one.outcome is Outcome.FAIL]
    known = await healths.failing_of(connection, {one.subject for one in seen})
    repeated = await _told_this_month(
        connection, [one for one in failing if (one.subject, one.code) not in known], rules
    )
    return [
        one
        for one in seen
        if (one.outcome is Outcome.FAIL and (one.subject, one.code) not in repeated)
        or (one.outcome is Outcome.OK and (one.subject, one.code) in known)
    ]


async def _told_this_month(
    connection: Connection, fresh: Sequence[Observation], rules: Rules
) -> set[tuple[Subject, str]]:
    monthly = [one for one in fresh if one.code.startswith(ONCE_A_MONTH)]
    told: set[tuple[Subject, str]] = set()
    for zone, those in _by_zone(monthly, rules).items():
        begins = those[0].at.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        told |= await signals.ended_since(connection, [(one.subject, one.code) for one in those], begins)
    return told


def _by_zone(seen: Sequence[Observation], rules: Rules) -> dict[Any, list[Observation]]:
    found: dict[Any, list[Observation]] = {}
    for one in seen:
        access = rules.estate.access_of(one.subject)
        found.setdefault(rules.vendor_zone(access.host if access else ""), []).append(one)
    return found
