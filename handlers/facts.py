"""Keeps what good reports say: the latest word, what changed, use by day, people, searches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from checks.accounts import renewed, searched, tells_people
from checks.changes import changed, tracked
from checks.model.installation import FactChange, InstallationFacts, Usage
from checks.reports import ReportKind
from checks.usage import day_of, rolled
from storage import facts as remembered
from storage.facts import Kept, News

Known = dict[str, dict[ReportKind, Kept]]
Days = dict[str, dict[date, Usage]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one good report says, and when and where it was made."""

    client: str
    kind: ReportKind
    facts: InstallationFacts
    at: datetime
    """When it reached us."""
    zone: tzinfo
    """The client's own."""

    @property
    def day(self) -> date:
        return day_of(self.facts.reported_at, self.at, self.zone)


async def keep(tx: Any, told: Sequence[Told]) -> list[FactChange]:
    """Keep what a batch of reports says, in their order; return what changed of the tracked facts."""
    if not told:
        return []
    names = {one.client for one in told}
    known = await remembered.of_clients(tx, names)
    days = await _days(tx, told)
    news = [_news(one, known, days) for one in told]
    await remembered.save(tx, news)
    return [change for one in news for change in one.changes]


def _news(one: Told, known: Known, days: Days) -> News:
    """Say what one report changes, and enter it so that the next one is compared with it."""
    mine = known.setdefault(one.client, {})
    last = mine.get(one.kind)
    before = last.facts if last else None
    values = _tracked(mine)
    after = tracked(one.facts, values)
    entered = days.setdefault(one.client, {})
    rolled_up = rolled(entered, one.facts, before=before, day=one.day, zone=one.zone, at=one.at)
    entered |= {day.day: day for day in rolled_up}
    news = News(
        kept=Kept(client=one.client, kind=one.kind, received_at=one.at, facts=one.facts, tracked=after),
        changes=changed(one.client, values, after, one.at),
        days=rolled_up,
        people=renewed(before, one.facts),
        from_start=not any(tells_people(kept.facts) for kept in mine.values()),
        queries=searched(before, one.facts, one.day),
    )
    mine[one.kind] = news.kept
    return news


def _tracked(mine: Mapping[ReportKind, Kept]) -> Mapping[str, str]:
    newest = max(mine.values(), key=lambda kept: kept.received_at, default=None)
    return newest.tracked if newest else {}


async def _days(tx: Any, told: Sequence[Told]) -> Days:
    """Load the days that the batch speaks of, as they stand."""
    spoken = [day.day for one in told for day in one.facts.usage or ()] + [one.day for one in told]
    latest = max(one.day for one in told)
    since = max(min(spoken), latest - timedelta(days=400))
    loaded = await remembered.usage(tx, {one.client for one in told}, since, max(spoken))
    return {client: {day.day: day for day in some} for client, some in loaded.items()}
