"""Puts the parts together: the one wiring of the product, of its tests and of the stories it replays."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from aiogram import Bot

from bot.away import Away, Reach
from bot.channels import Channels
from bot.config import Config
from bot.delivery import Delivery
from bot.gate import Gate, Gatekeeper, Limits
from bot.metrics import Metrics
from bot.prober import Look, Prober, ProberSettings, Resolve
from bot.senders import Address
from bot.settings import prober_settings, vault_of
from bot.watch import Watch, policy_of, windows_of
from checks.attention import looks_at
from checks.model import Facts, Observation, Subject, Target
from checks.model.installation import FactChange
from handlers import (
    escalations,
    handover,
    judging,
    letters,
    mornings,
    notes,
    retention,
    ticks,
    watching,
)
from handlers.afterwork import Afterwork
from handlers.board import Boards
from handlers.boards import pin
from handlers.deps import Deps
from handlers.desk import Desk, follow_configuration
from handlers.keyboards import keyboard
from handlers.observations import record_in
from handlers.reading import View
from handlers.reports import Intake, Read
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
    channels: Channels
    away: Away
    deps: Deps
    afterwork: Afterwork
    intake: Intake
    """The one door for reports, however they come."""
    boards: Boards
    metrics: Metrics
    now: Callable[[], datetime]

    def wake(self) -> None:
        """Tell everybody who sends that something may be owed."""
        self.delivery.wake()
        self.channels.wake()

    async def mind_telegram(self) -> None:
        """Notice that Telegram has gone or come back."""
        await self.away.tick()

    async def sweep(self) -> None:
        """Start the looks that are due."""
        await self.prober.sweep()
        self.metrics.swept()

    async def refresh(self) -> None:
        """Notice that the lists changed, and what that means for open incidents."""
        if await self.watch.refresh(self.now(), pending=self.prober.pending):
            self.wake()

    async def tick(self) -> None:
        """Do what is due every second."""
        if await ticks.tick(self.database, rules=self.watch.rules(), now=self.now(), pending=self.prober.pending):
            self.wake()

    async def end_work(self) -> None:
        """Look at what was in planned work that is over, and tell how it ended."""
        if await self.afterwork.step(rules=self.watch.rules(), now=self.now()):
            self.wake()

    async def look_at_the_clock(self) -> None:
        """Owe the digests whose time has come."""
        due = partial(mornings.turn, now=self.now(), policy=self.watch.rules().policy)
        if await self.database.write(due):
            self.wake()

    async def show_boards(self) -> None:
        """Bring the boards up to date."""
        now, rules, zone = self.now(), self.watch.rules(), self.deps.zone

        async def look_in(connection: Any, chat_id: int) -> View:
            return await notes.view_of(connection, chat_id, now, rules=rules, zone=zone)

        if await self.boards.step(look_in, now=now):
            self.wake()

    async def announce(self) -> None:
        """Make the planned work of the configuration known."""
        wanted = windows_of(self.config, self.watch.rules().estate, self.now())
        await follow_configuration(self.database, wanted, now=self.now())

    def desk(self) -> Desk:
        """Return where other programs announce planned work."""
        return Desk(self.database, rules=self.watch.rules, now=self.now, wake=self.wake)

    async def judge_time(self) -> None:
        """Find who has become overdue, what nobody took in time, and whose duty has begun."""
        pending, rules = self.prober.pending, self.watch.rules()
        overdue = await ticks.judge_time(self.database, rules=rules, now=self.now(), pending=pending)
        called = await escalations.escalate(self.database, now=self.now(), policy=rules.policy)
        changed = await handover.hand_over(self.database, now=self.now(), policy=rules.policy)
        if overdue or called or changed:
            self.wake()

    async def judge_signals(self) -> None:
        """Find what managers should hear of their clients."""
        if await judging.judge_all(self.database, rules=self.watch.rules(), now=self.now()):
            self.wake()

    async def purge_reports(self) -> None:
        """Drop reports and files beyond what is kept of each client."""
        keep = self.config.storage.keep_reports
        await retention.purge(
            self.database, self.intake.shelf, self.now(), replace(retention.FOR_LONG, sysinfo=keep, status=keep)
        )

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
    read: Read | None = None,
) -> AsyncIterator[World]:
    """Open the database and wire everything to it; what is in hand is finished on the way out.

    ``look`` makes one look (the probes, or a story's script). Nothing runs by itself but the database's writer:
    ``running`` starts the rest, a story turns it by hand; ``hurried`` records each look at once. ``read``
    reads sysinfo files (processes of their own; a thread, when left out).
    """
    async with open_database(config.storage.url) as database:
        settings = prober_settings(config)
        if hurried:
            settings = replace(settings, gather=0, gather_calm=0)
        watch = Watch(database, config, interval_of=settings.interval_of)
        ground = _Ground(config=config, database=database, watch=watch, now=now, on_step=on_step, metrics=Metrics())
        channels = ground.channels()
        away, delivery = ground.telling(bot, limits, channels)

        def wake() -> None:
            delivery.wake()
            channels.wake()

        prober = ground.prober(look, settings, resolve=resolve, owed=wake)
        deps = ground.deps(prober, wake)
        yield World(
            config=config,
            database=database,
            watch=watch,
            prober=prober,
            delivery=delivery,
            channels=channels,
            away=away,
            deps=deps,
            afterwork=Afterwork(database),
            intake=ground.intake(prober, wake, read),
            boards=Boards(database, partial(pin, bot)),
            metrics=ground.metrics,
            now=now,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    """What every part of the world stands on; each method wires one part."""

    config: Config
    database: Database
    watch: Watch
    now: Callable[[], datetime]
    on_step: OnStep
    metrics: Metrics

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.config.quiet_hours.time_zone)

    def channels(self) -> Channels:
        zone, now, rules = self.zone, self.now, self.watch.rules
        found = {name: Address(url, secret) for name, (url, secret) in self.config.addresses().items()}
        return Channels(
            self.database,
            found,
            lambda owed: letters.word(self.database, owed, now(), rules=rules(), zone=zone),
            now=now,
            volume=policy_of(self.config).volume,
            count=self.metrics.dispatched,
        )

    def telling(self, bot: Bot, limits: Limits | None, channels: Channels) -> tuple[Away, Delivery]:
        gate, zone, now, rules = Gate(limits), self.zone, self.now, self.watch.rules
        reach, fallback = Reach(now), self.config.fallback
        bot.session.middleware(Gatekeeper(gate))
        bot.session.middleware(reach)  # the last one stands next to the wire
        away = Away(self.database, reach, now=now, after=fallback.after, channels=fallback.to, owed=channels.wake)
        return away, Delivery(
            self.database,
            bot,
            lambda owed: notes.render(self.database, owed, now(), rules=rules(), zone=zone),
            keyboard=keyboard,
            now=now,
            gate=gate,
            policy=policy_of(self.config),
            away=away,
            count=self.metrics.delivered,
            on_step=self.on_step,
        )

    def prober(
        self, look: Look, settings: ProberSettings, *, resolve: Resolve | None, owed: Callable[[], None]
    ) -> Prober:
        async def counted(target: Target, at: datetime) -> Facts:
            facts = await look(target, at)
            self.metrics.looked(facts)
            return facts

        return Prober(
            self.database,
            counted,
            rules=self.watch.rules,
            now=self.now,
            settings=settings,
            resolve=resolve,
            owed=owed,
            on_step=self.on_step,
        )

    def intake(self, prober: Prober, wake: Callable[[], None], read: Read | None) -> Intake:
        """Return the door for reports; what they mean is judged by the rules in force."""

        async def record(tx: Any, observations: Sequence[Observation], *, now: datetime) -> Any:
            return await record_in(tx, observations, rules=self.watch.rules(), now=now, pending=prober.pending)

        async def changed(tx: Any, changes: Sequence[FactChange], *, now: datetime) -> None:
            await watching.changed(tx, changes, now, rules=self.watch.rules())

        return Intake(
            self.database,
            Shelf(self.config.storage.files),
            now=self.now,
            record=record,
            changed=changed,
            after=lambda _recorded: self._taken_in(wake),
            read=read,
            meters=self.config.meters,
            rules=self.watch.rules,
        )

    def _taken_in(self, wake: Callable[[], None]) -> None:
        self.metrics.uploaded()
        wake()

    def deps(self, prober: Prober, wake: Callable[[], None]) -> Deps:
        rules = self.watch.rules

        async def look_now(subject: Subject) -> bool:
            return bool(await prober.look_now(looks_at(subject, rules().estate)))

        return Deps(
            database=self.database,
            now=self.now,
            look_now=look_now,
            wake=wake,
            zone=self.zone,
            public_url=self.config.server.public_url,
            mute_limit=self.config.people.mute_limit or None,
            managers_see_all=self.config.people.managers_see_all,
            rules=rules,
            vault=vault_of(self.config),
            chats=frozenset(route.chat for route in self.config.routes),
        )


@asynccontextmanager
async def running(world: World) -> AsyncIterator[None]:
    """Run the recorder and all that sends while inside; they finish what is in hand on the way out."""
    recorder = asyncio.create_task(world.prober.run(), name="recorder")
    sender = asyncio.create_task(world.delivery.run(), name="delivery")
    channels = asyncio.create_task(world.channels.run(), name="channels")
    try:
        yield
    finally:
        await asyncio.gather(_stop_looking(world, recorder), world.delivery.stop(), world.channels.stop())
        for task in (recorder, sender, channels):
            task.cancel()
        await asyncio.gather(recorder, sender, channels, return_exceptions=True)


async def _stop_looking(world: World, recorder: asyncio.Task[None]) -> None:
    """Record what was seen; what is owed because of it is told after the next start."""
    await world.prober.stop()
    await asyncio.wait([recorder], timeout=RECORD_LAST)
