"""Enters deliveries one after another, each judged by what is known when its turn comes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from checks.model import Observation
from checks.reports import Known, Reception, Report, judge
from storage import arrivals
from storage.arrivals import Arrival
from storage.files import Body
from storage.reports import Content, Row
from storage.tokens import Pass


class Answer(StrEnum):
    """What the sender is told."""

    NEW = "new"
    REPEATED = "repeated"
    LATE = "late"
    UNKNOWN_CLIENT = "unknown_client"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One report on its way in: read, not yet received."""

    report: Report
    facts: Mapping[str, Any]
    file: str
    """The name it was sent under."""
    digest: str
    size: int
    sender: Pass
    place: str = ""
    body: Body | None = field(default=None, repr=False)


class Ledger:
    """A batch as it is entered: what to write in the end, and what was observed."""

    def __init__(
        self,
        now: datetime,
        heard: Mapping[arrivals.Key, Arrival],
        same: Mapping[Content, datetime],
    ) -> None:
        self._now = now
        self._same = dict(same)
        self.heard = dict(heard)
        self.changed: dict[arrivals.Key, Arrival] = {}
        self.new: dict[Content, Row] = {}
        self.again: list[Row] = []
        self.observations: list[Observation] = []

    def enter(self, delivery: Delivery) -> Answer:
        report = delivery.report
        key = (report.client, report.kind)
        before = self.heard.get(key) or Arrival(client=report.client, kind=report.kind, known=Known())
        others = [a.known for (name, kind), a in self.heard.items() if name == report.client and kind != report.kind]
        content = (*key, delivery.digest)
        verdict = judge(report, now=self._now, known=before.known, others=others, same_at=self._same.get(content))
        self.observations += verdict.observations
        if verdict.reception is not Reception.REPEATED:
            self._keep(content, _row(delivery, self._filed_at(verdict.reception, before.known)))
        arrival = replace(before, known=verdict.known, file=delivery.place or before.file, count=before.count + 1)
        self.heard[key] = self.changed[key] = arrival
        return Answer(verdict.reception.value)

    def _filed_at(self, reception: Reception, known: Known) -> datetime:
        """File a late report before the one that overtook it, so that the newest facts stay the last ones."""
        if reception is not Reception.LATE or known.good_at is None:
            return self._now
        return known.good_at - timedelta(microseconds=1)

    def _keep(self, content: Content, row: Row) -> None:
        if content in self._same:
            self.again.append(row)
        else:
            self.new[content] = row
        self._same[content] = self._now


def _row(delivery: Delivery, at: datetime) -> Row:
    report = delivery.report
    return Row(
        client=report.client,
        kind=report.kind,
        file=delivery.file,
        digest=delivery.digest,
        size=delivery.size,
        dealer=delivery.sender.dealer,
        received_at=at,
        reported_at=report.reported_at,
        broken=report.broken,
        facts=delivery.facts,
    )
