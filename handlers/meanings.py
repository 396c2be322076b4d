"""Observes what the facts of reports mean, measured by the rules in force and by the rest of the estate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from checks.estate import Estate
from checks.hours import zone_of
from checks.meaning import Measure, meaning, usual_update
from checks.model import Observation, Subject, SubjectKind
from checks.readers.values import MOSCOW
from checks.reports import Report
from checks.rules import Rules
from storage import facts, versions

LATELY = timedelta(days=14)
"""Clients heard within this are the estate that others are compared with."""
COUNTED_FOR = timedelta(minutes=10)
NO_RULES = Rules(estate=Estate(clients={}, redirects={}))


@dataclass(slots=True)
class Usual:
    """The update number of the estate, counted again every few minutes."""

    number: int | None = None
    at: datetime | None = None


async def meanings(
    tx: Any, reports: Sequence[Report], now: datetime, *, zones: Mapping[str, str | None], rules: Rules, usual: Usual
) -> list[Observation]:
    """Return what good reports say of every row of the catalogue that facts answer."""
    told = [report for report in reports if report.facts is not None]
    if not told:
        return []
    if usual.at is None or not timedelta(0) <= now - usual.at < COUNTED_FOR:
        usual.number, usual.at = usual_update(await facts.update_numbers(tx, now - LATELY)), now
    required = await versions.required(tx, rules.required_version)
    found: list[Observation] = []
    for report in told:
        assert report.facts is not None
        measure = Measure(
            zone=zone_of(zones.get(report.client), MOSCOW),
            operups=rules.limit(Subject(SubjectKind.CLIENT, report.client), "KodeksDBOperUpToOld"),
            working_days=rules.working_days,
            required=required.version if required else None,
            usual_update=usual.number,
        )
        found += meaning(report.client, report.kind, report.facts, at=now, measure=measure)
    return found
