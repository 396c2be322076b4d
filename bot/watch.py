"""What is watched and by which rules: kept in step with the lists, and the schedule of looks with it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, time, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from bot.config import Config
from bot.config.managers import Signals
from bot.config.sections import MaintenanceRow, QuietHours
from bot.settings import layouts_of
from checks.attention import ourselves
from checks.catalogue import ROWS
from checks.duty import Rota
from checks.escalation import Escalation
from checks.estate import Estate, targets
from checks.hours import Hours
from checks.model import (
    ClientKind,
    Extent,
    Route,
    RouteKind,
    Shift,
    Source,
    Subject,
    Target,
    Threshold,
    Window,
)
from checks.notifications import Policy
from checks.office import WORKDAY
from checks.quiet import Quiet, clock_of
from checks.rules import Rules
from checks.volume import Volume
from handlers.looks import plan_looks
from handlers.observations import correlate_in
from storage import estate
from storage.database import Database

log = logging.getLogger(__name__)

SELDOM = timedelta(days=365)
"""Without reference hosts we look at ourselves only when something fails."""


class Watch:
    """Holds the rules in force; ``refresh`` makes them anew when the lists have changed, whoever changed them."""

    def __init__(self, database: Database, config: Config, *, interval_of: Callable[[Target], timedelta]) -> None:
        self._database = database
        self._config = config
        self._interval_of = interval_of
        self._seen: tuple[object, ...] | None = None
        self._rules = rules_of(config, Estate(clients={}, redirects={}))

    def rules(self) -> Rules:
        return self._rules

    async def refresh(self, now: datetime, *, pending: Collection[Subject] = frozenset()) -> bool:
        """Reload the estate if the lists changed; returns whether they did.

        Incidents follow in the same transaction: what left the lists is no longer anybody's outage.
        """
        async with self._database.read() as connection:
            seen = await estate.fingerprint(connection)
            if seen == self._seen:
                return False
            found = replace(await estate.load(connection), pings=self._config.look.ping)
        rules = rules_of(self._config, found)
        wanted = [(target, self._interval_of(target)) for target in targets(found)]
        witnesses = ourselves(found, self._config.reference.hosts)
        wanted.append((witnesses, self._interval_of(witnesses) if self._config.reference.hosts else SELDOM))

        async def follow(tx: Any) -> tuple[int, int]:
            planned = await plan_looks(tx, wanted, now=now)
            await correlate_in(tx, rules=rules, now=now, pending=pending)
            return planned

        added, gone = await self._database.write(follow)
        self._rules, self._seen = rules, seen
        log.info("watching %d clients, %d looks added, %d dropped", len(found.clients), added, gone)
        return True


def rules_of(config: Config, found: Estate) -> Rules:
    """Put the configuration's thresholds, routes and volume together with the estate."""
    base: dict[str, Threshold] = {}
    kinds: dict[tuple[ClientKind, str], Threshold] = {}
    clients: dict[tuple[str, str], Threshold] = {}
    for code, limit in config.thresholds.items():
        base[code] = limit.over(ROWS[code].threshold)
        kinds |= {(kind, code): one.over(base[code]) for kind, one in limit.kind.items()}
        clients |= {(name, code): one.over(base[code]) for name, one in limit.client.items()}
    return Rules(
        estate=found,
        thresholds=base,
        by_kind=kinds,
        by_client=clients,
        hold=config.incidents.hold,
        policy=policy_of(config),
        layouts=layouts_of(config),
        working_days=config.updates.working_days,
        watch_patience=config.watch.confirm_within,
        work_at_most=config.watch.work_at_most,
        required_version=config.versions.required or None,
    )


def office_of(section: Signals) -> Hours:
    """Return when managers hear of their clients."""
    begin, end = clock_of(section.begin), clock_of(section.end)
    return Hours(begin, end) if begin and end else WORKDAY


def policy_of(config: Config) -> Policy:
    """Return what the operator has set about telling."""
    routes = tuple(
        Route(
            chat_id=row.chat,
            thread_id=row.thread,
            kinds=frozenset(RouteKind(kind) for kind in row.kinds),
            priorities=row.priorities,
            clients=row.clients,
            managers=row.managers,
            also=frozenset(row.also),
        )
        for row in config.routes
    )
    volume = Volume(limit=config.incidents.messages_per_10_min)
    return Policy(
        office=office_of(config.signals),
        routes=routes,
        volume=volume,
        loud_after=config.incidents.loud_after,
        quiet=quiet_of(config.quiet_hours),
        digest=config.digest.cron,
        escalation=Escalation(after=config.escalation.after(), taker_after=config.escalation.taker or None),
        rota=rota_of(config),
        hand_over=config.duty.hand_over,
    )


def windows_of(config: Config, found: Estate, now: datetime) -> list[Window]:
    """Return the planned work of the configuration; each row is known again by what it says."""
    home = config.quiet_hours.time_zone
    windows = []
    for row in config.maintenance:
        extent, target = _thing_of(row)
        client = found.clients.get(target) if extent is Extent.CLIENT else None
        zone = row.time_zone or (client.time_zone if client and client.time_zone else home)
        window = Window(
            extent=extent,
            target=target,
            begins_at=_aware(row.begin, home) or now,
            ends_at=_aware(row.end, home) or now,
            cron=row.cron,
            zone=zone if row.cron else "",
            length=row.length,
            source=Source.CONFIGURATION,
            key=sha256(row.model_dump_json().encode()).hexdigest()[:16],
            reason=row.reason,
            created_at=now,
        )
        windows.append(window)
    return windows


def _thing_of(row: MaintenanceRow) -> tuple[Extent, str]:
    if row.client is not None:
        return Extent.CLIENT, row.client
    if row.redirect is not None:
        return Extent.REDIRECT, row.redirect
    return (Extent.CODE, row.code) if row.code is not None else (Extent.ALL, "")


def _aware(at: datetime | None, home: str) -> datetime | None:
    return at.replace(tzinfo=ZoneInfo(home)) if at is not None and at.tzinfo is None else at


def rota_of(config: Config) -> Rota:
    """Return the shifts of the configuration."""
    shifts = tuple(
        Shift(
            people=row.people,
            days=row.days,
            begin=clock_of(row.begin) or time(0),
            end=clock_of(row.end) or time(0),
            turn=row.turn,
            since=row.since,
            name=row.name,
        )
        for row in config.duty.shifts
    )
    return Rota(shifts=shifts, zone=ZoneInfo(config.quiet_hours.time_zone))


def quiet_of(hours: QuietHours) -> Quiet:
    """Return the quiet hours of chats that have chosen none of their own."""
    return Quiet(
        begin=clock_of(hours.begin) or time(0),
        end=clock_of(hours.end) or time(0),
        zone=ZoneInfo(hours.time_zone),
        loud=hours.loud,
        comes=hours.comes,
    )
