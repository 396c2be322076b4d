"""Puts the parts together: the one wiring of the product, of its tests and of the stories it replays."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from aiogram import Bot

from bot.config import Config
from bot.delivery import Delivery
from bot.gate import Gate, Gatekeeper, Limits
from bot.prober import Look, Prober, Resolve
from bot.settings import prober_settings, vault_of
from bot.watch import Watch, policy_of
from checks.attention import looks_at
from checks.model import Observation, Subject
from handlers import cards, retention, ticks
from handlers.deps import Deps
from handlers.keyboards import keyboard
from handlers.observations import record_in
from handlers.reports import Intake
from handlers.steps import OnStep, unwatched
from storage.database import Database, open_database
from storage.files import Shelf

RECORD_LAST = 3.0
"""Seconds that the recorder gets for the last looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything between the looks and the chat, wired; time comes from ``now``."""

    config: Config
    database: Database
    watch: Watch
    prober: Prober
    delivery: Delivery
    deps: Deps
    now: Callable[[], datetime]

    async def refresh(self) -> None:
        """Notice that the lists changed."""
        await self.watch.refresh(self.now())

    async def tick(self) -> None:
        """Do what is due every second."""
        if await ticks.tick(self.database, rules=self.watch.rules(), now=self.now(), pending=self.prober.pending):
            self.delivery.wake()

    async def judge_time(self) -> None:
        """Find who has become overdue."""
        pending, rules = self.prober.pending, self.watch.rules()
        if await ticks.judge_time(self.database, rules=rules, now=self.now(), pending=pending):
            self.delivery.wake()

    def intake(self) -> Intake:
        """Return the door for reports; what they mean is judged by the rules in force."""

        async def record(tx: Any, observations: Sequence[Observation], *, now: datetime) -> Any:
            rules, pending = self.watch.rules(), self.prober.pending
            return await record_in(tx, observations, rules=rules, now=now, pending=pending)

        return Intake(
            self.database, self._shelf(), now=self.now, record=record, after=lambda _recorded: self.delivery.wake()
        )

    async def purge_reports(self) -> None:
        """Drop reports and files beyond what is kept of each client."""
        keep = self.config.storage.keep_reports
        await retention.purge(
            self.database, self._shelf(), self.now(), replace(retention.FOR_LONG, sysinfo=keep, status=keep)
        )

    def _shelf(self) -> Shelf:
        return Shelf(self.config.storage.files)

    async def purge(self) -> None:
        """Drop what is too old to keep."""
        await ticks.purge(self.database, now=self.now(), keep=timedelta(days=self.config.storage.keep_days))


@asynccontextmanager
async def open_world(
    config: Config,
    *,
    bot: Bot,
    look: Look,
    now: Callable[[], datetime],
    resolve: Resolve | None = None,
    limits: Limits | None = Limits(),  # noqa: B008 - a frozen value
    hurried: bool = False,
    on_step: OnStep = unwatched,
) -> AsyncIterator[World]:
    """Open the database and wire everything to it; what is in hand is finished on the way out.

    ``look`` makes one look (the probes, or a story's script). Nothing runs by itself but the database's writer:
    ``running`` starts the rest, a story turns it by hand; ``hurried`` records each look at once.
    """
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(config.storage.url))
        settings = prober_settings(config)
        if hurried:
            settings = replace(settings, gather=0, gather_calm=0)
        watch = Watch(database, config, interval_of=settings.interval_of)
        gate = Gate(limits)
        bot.session.middleware(Gatekeeper(gate))
        zone = ZoneInfo(config.quiet_hours.time_zone)
        delivery = Delivery(
            database,
            bot,
            lambda owed: cards.render(database, owed, now(), rules=watch.rules(), zone=zone),
            keyboard=keyboard,
            now=now,
            gate=gate,
            policy=policy_of(config),
            on_step=on_step,
        )
        prober = Prober(
            database,
            look,
            rules=watch.rules,
            now=now,
            settings=settings,
            resolve=resolve,
            owed=delivery.wake,
            on_step=on_step,
        )

        async def look_now(subject: Subject) -> bool:
            return bool(await prober.look_now(looks_at(subject, watch.rules().estate)))

        deps = Deps(
            database=database,
            now=now,
            look_now=look_now,
            wake=delivery.wake,
            zone=zone,
            managers_see_all=config.people.managers_see_all,
            rules=watch.rules,
            vault=vault_of(config),
            chats=frozenset(route.chat for route in config.routes),
        )
        yield World(config=config, database=database, watch=watch, prober=prober, delivery=delivery, deps=deps, now=now)


@asynccontextmanager
async def running(world: World) -> AsyncIterator[None]:
    """Run the recorder and the delivery while inside; both finish what is in hand on the way out."""
    recorder = asyncio.create_task(world.prober.run(), name="recorder")
    sender = asyncio.create_task(world.delivery.run(), name="delivery")
    try:
        yield
    finally:
        await asyncio.gather(_stop_looking(world, recorder), world.delivery.stop())
        for task in (recorder, sender):
            task.cancel()
        await asyncio.gather(recorder, sender, return_exceptions=True)


async def _stop_looking(world: World, recorder: asyncio.Task[None]) -> None:
    """Record what was seen; what is owed because of it is told after the next start."""
    await world.prober.stop()
    await asyncio.wait([recorder], timeout=RECORD_LAST)
