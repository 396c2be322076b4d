"""What Prometheus is told of us: counters kept where things happen, gauges read from the database when it asks."""

from __future__ import annotations

from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge

from bot.telegram import Meaning
from checks.model import Facts, Priority
from storage import dispatches, incidents, looks, outbox
from storage.database import Database

TELEGRAM = "telegram"


class Metrics:
    """One registry for one world; nothing is shared between worlds."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        into = self.registry
        self._checks = Counter(
            "smartbot_checks_total", "Looks, by what came of them", ("kind", "outcome"), registry=into
        )
        self._sweeps = Counter("smartbot_sweeps_total", "Times that due looks were started", registry=into)
        self._uploads = Counter("smartbot_uploads_total", "Reports taken in", registry=into)
        self._deliveries = Counter(
            "smartbot_deliveries_total",
            "Attempts to tell, by what came of them",
            ("way", "outcome"),
            registry=into,
        )
        self._lag = Gauge("smartbot_sweep_lag_seconds", "How late the most overdue look is", registry=into)
        self._waiting = Gauge("smartbot_outbox_size", "Notes that wait to be told", ("way",), registry=into)
        self._oldest = Gauge("smartbot_outbox_age_seconds", "How long the oldest has been due", ("way",), registry=into)
        self._incidents = Gauge("smartbot_open_incidents", "Open incidents", ("priority",), registry=into)
        self._writable = Gauge("smartbot_database_writable", "1 = the last commit succeeded", registry=into)

    def looked(self, facts: Facts) -> None:
        """Count a look: answered, or the fault it died of."""
        self._checks.labels(facts.target.kind, facts.fault or "answered").inc()

    def swept(self) -> None:
        self._sweeps.inc()

    def uploaded(self) -> None:
        self._uploads.inc()

    def delivered(self, meaning: Meaning) -> None:
        """Count one call about something owed by what it meant."""
        self._deliveries.labels(TELEGRAM, type(meaning).__name__.lower()).inc()

    def dispatched(self, channel: str, outcome: str) -> None:
        """Count one letter of a channel; addresses are never labels."""
        self._deliveries.labels("mail" if "://" in channel else channel, outcome).inc()

    async def refresh(self, database: Database, now: datetime) -> None:
        """Read the gauges anew."""
        async with database.read() as connection:
            due_at = await looks.lag(connection)
            told = await outbox.backlog(connection)
            sent = await dispatches.backlog(connection)
            lasting = await incidents.open_by_priority(connection)
        self._lag.set(_age(due_at, now))
        for way, (count, oldest) in ((TELEGRAM, told), ("channels", sent)):
            self._waiting.labels(way).set(count)
            self._oldest.labels(way).set(_age(oldest, now))
        for priority in Priority:
            self._incidents.labels(priority.name).set(lasting.get(priority, 0))
        self._writable.set(0 if database.trouble else 1)


def _age(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max((now - since).total_seconds(), 0.0)
