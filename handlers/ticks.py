"""What the passing of time brings: holds that end, silences that end, clients that became overdue, our own pulse."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from checks.freshness import Limits
from checks.model import Subject
from checks.reports import SILENT, ReportKind
from checks.rules import Rules
from handlers import losses, notifications, planned, watching
from handlers.freshness import overdue_observations
from handlers.observations import correlate_in, record_in
from storage import (
    absences,
    billing,
    confirmations,
    decisions,
    dispatches,
    facts,
    health,
    incidents,
    invitations,
    maintenance,
    outbox,
    signals,
    tokens,
    updates,
    watches,
)
from storage.database import Database


async def tick(database: Database, *, rules: Rules, now: datetime, pending: Collection[Subject]) -> bool:
    """Do what is due every second; returns whether anything is owed because of it."""

    async def work(tx: Any) -> bool:
        began = await planned.turn(tx, now=now)
        held = await incidents.any_held(tx)
        changes = await correlate_in(tx, rules=rules, now=now, pending=pending) if held else ()
        decisions = await notifications.tick(tx, now, policy=rules.policy)
        return bool(changes or decisions or began)

    return await database.write(work)


async def judge_time(database: Database, *, rules: Rules, now: datetime, pending: Collection[Subject]) -> bool:
    """Find who has become overdue; returns whether anything is owed because of it."""

    async def work(tx: Any) -> bool:
        await absences.beat(tx, now)
        seen = await overdue_observations(tx, now, limits=limits_of(rules))
        seen += await watching.turn(tx, now, seen, rules=rules)
        seen += await losses.observe(tx, now=now, policy=rules.policy)
        recorded = await record_in(tx, seen, rules=rules, now=now, pending=pending)
        missed = await losses.catch_up(tx, now=now, policy=rules.policy)
        return bool(recorded.changes or missed)

    return await database.write(work)


def limits_of(rules: Rules) -> Limits:
    """Return how long clients may be silent, from the configuration over the catalogue."""
    base = Limits()
    own = {(name, kind): limit for kind, code in SILENT.items() for name, limit in rules.own_silences(code).items()}
    return Limits(
        sysinfo=rules.silence(SILENT[ReportKind.SYSINFO]) or base.sysinfo,
        status=rules.silence(SILENT[ReportKind.STATUS]) or base.status,
        own=own,
    )


async def purge(database: Database, *, now: datetime, keep: timedelta) -> None:
    """Drop what is older than the operator wants to keep."""
    before = now - keep

    async def work(tx: Any) -> None:
        await health.purge(tx, before=before)
        await incidents.purge(tx, before=before)
        await absences.purge(tx, before)
        await facts.purge(tx, now=now, before=before)
        await billing.purge(tx, now)
        await signals.purge(tx, before)
        await outbox.purge(tx, before=before)
        await decisions.purge(tx, before=before)
        await dispatches.purge(tx, before=before)
        await tokens.purge(tx, now)
        await updates.prune(tx, now)
        await invitations.prune(tx, before)
        await confirmations.purge(tx, before)
        await watches.purge(tx, before=before)
        await maintenance.purge(tx, before=before)

    await database.write(work)
