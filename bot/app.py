"""Starts everything in the order it is to be undone, waits for the end, and undoes it."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from aiogram import Bot

from bot import clock, logs
from bot.config import Config
from bot.heartbeat import Heartbeat
from bot.listening import listening
from bot.pulse import Pulse, Rival, only_one
from bot.readers import open_readers
from bot.schedule import Beat, beating
from bot.server import Probe, create_server, serving
from bot.settings import look_settings
from bot.telegram import Session
from bot.together import together
from bot.world import World, open_world, running
from checks.facts import RESOLVER_FAULTS
from checks.model import Credentials, Facts, LookKind, Purpose, Target
from checks.probes import Engine, look
from checks.probes.failure import LookFailed
from handlers import routers
from handlers.steps import OnStep, unwatched
from handlers.tokens import Gate as TokenGate
from storage import credentials, outbox
from storage.database import Database
from storage.schema import upgrade
from storage.secrets import Vault
from storage.tokens import TokenFile

log = logging.getLogger(__name__)

FINE, FAILED = 0, 1
SWEEP_LATE = timedelta(minutes=3)
"""Looks this much overdue mean that we do not keep up, or stand still."""

TOLD_LATE = timedelta(minutes=5)
"""A note due for longer means that we cannot speak."""

PULSE = timedelta(seconds=5)
FINISH = 7.0
"""Seconds that reports in hand get when the bot stops: everything together has ten."""

Seed = Callable[[World], Awaitable[None]]


def run(config: Config) -> int:
    """Run the bot until SIGTERM or SIGINT; returns the exit code."""
    config.check()
    logs.set_up(config.log)
    with suppress(ImportError):
        import uvloop  # noqa: PLC0415 - where it exists

        return uvloop.run(_main(config))
    return asyncio.run(_main(config))


async def _main(config: Config) -> int:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    async with AsyncExitStack() as stack:
        seed: Seed | None = None
        if config.token() is None:
            from bot.rehearsal import rehearsing  # noqa: PLC0415 - only without a token
            from demo.start import open_demo  # noqa: PLC0415

            demo = open_demo(config, clock.now, rehearse=rehearsing)
            config, seed = await stack.enter_async_context(demo)
        await stack.enter_async_context(serve(config, seed=seed))
        collect_the_rest()
        log.info("ready")
        await stopping.wait()
        log.info("stopping")
    return FINE


def collect_the_rest() -> None:
    """Let the collector of garbage look only at what comes from now on.

    The libraries and the lists stay as long as we do; walking all of them again and again held the loop for a quarter
    of a second each time.
    """
    gc.collect()
    gc.freeze()
    gc.enable()


@asynccontextmanager
async def serve(config: Config, *, seed: Seed | None = None, on_step: OnStep = unwatched) -> AsyncIterator[World]:
    """Run the whole bot while inside: intake, looks, delivery, chat."""
    token = config.token()
    assert token is not None
    rival = Rival(clock.now)
    async with AsyncExitStack() as stack:
        stack.enter_context(only_one(config.storage.url))
        await asyncio.to_thread(upgrade, config.storage.url)
        engine = await stack.enter_async_context(Engine.open(look_settings(config)))
        bot = Bot(token, session=Session(api_url=config.telegram.api_url, proxies=config.telegram.proxy))
        bot.session.middleware(rival)
        stack.push_async_callback(bot.session.close)

        looking = Looking(engine)
        readers = await stack.enter_async_context(open_readers(config.forms))
        world = await stack.enter_async_context(
            open_world(
                config,
                bot=bot,
                look=looking,
                now=clock.now,
                resolve=partial(_answers, engine),
                on_step=on_step,
                read=readers.read,
            )
        )
        looking.keys = Keys(world.database, world.deps.vault)
        if seed:
            await seed(world)
        await world.refresh()
        await world.announce()
        await world.prober.spread(clock.now())
        await world.judge_time()
        await stack.enter_async_context(together(running(world), _taking_in(world, rival), _listening(world, bot)))
        pulse = Pulse(world.database, bot, rival, now=clock.now)
        own = [Beat(name="pulse", every=PULSE, act=pulse.beat), *_heartbeat(world, rival)]
        await stack.enter_async_context(beating((*beats(world), *own)))
        yield world


@dataclass(frozen=True, slots=True)
class Keys:
    """Where the logins at clients' installations are kept."""

    database: Database
    vault: Vault

    async def of(self, client: str, purpose: Purpose) -> Credentials | None:
        async with self.database.read() as connection:
            return await credentials.load(connection, client, purpose, vault=self.vault)

    async def of_access(self, access: int) -> Credentials | None:
        async with self.database.read() as connection:
            return await credentials.of_access(connection, access, vault=self.vault)


@dataclass(slots=True)
class Looking:
    """Makes looks; those that log in get their password at the last moment, and nobody keeps it."""

    engine: Engine
    keys: Keys | None = None

    async def __call__(self, target: Target, at: datetime) -> Facts:
        key = None
        if self.keys is not None and target.kind is LookKind.LOGIN:
            key = await self.keys.of(target.subject.name, Purpose.LOGIN)
        elif self.keys is not None and target.kind is LookKind.BILLING:
            key = await self.keys.of_access(target.subject.access or 0)
        return await look(target, engine=self.engine, at=at, credentials=key)


async def _answers(engine: Engine, name: str) -> bool:
    """Tell whether our resolver says anything of its own about ``name``; "no such name" is an answer too."""
    try:
        await engine.resolver.addresses(name)
    except LookFailed as failure:
        return failure.fault not in RESOLVER_FAULTS
    return True


def beats(world: World) -> Sequence[Beat]:
    """Return everything that happens periodically."""
    return (
        Beat(name="sweep", every=timedelta(seconds=0.5), act=world.sweep),
        Beat(name="tick", every=timedelta(seconds=1), act=world.tick),
        Beat(name="end work", every=timedelta(seconds=1), act=world.end_work),
        Beat(name="boards", every=timedelta(seconds=5), act=world.show_boards),
        Beat(name="digests", every=timedelta(seconds=15), act=world.look_at_the_clock),
        Beat(name="telegram", every=timedelta(seconds=1), act=world.mind_telegram),
        Beat(name="judge time", every=timedelta(seconds=15), act=world.judge_time),
        Beat(name="refresh", every=timedelta(seconds=3), act=world.refresh),
        Beat(name="judge signals", every=timedelta(minutes=1), act=world.judge_signals),
        Beat(name="purge", every=timedelta(hours=24), act=world.purge),
        Beat(name="purge reports", every=timedelta(hours=1), act=world.purge_reports),
    )


@asynccontextmanager
async def _taking_in(world: World, rival: Rival) -> AsyncIterator[int]:
    """Serve the intake of reports and what operators ask of us."""
    config = world.config
    given = config.server.upload_token
    file = TokenFile(config.server.upload_token_file, text=given.get_secret_value() if given else "")
    gate = TokenGate(world.database, file, now=world.now)
    intake = world.intake
    await asyncio.to_thread(intake.shelf.prepare)
    app = create_server(
        door=intake,
        admit=gate.admit,
        probes=_probes(world, rival),
        desk=world.desk(),
        registry=world.metrics.registry,
        refresh=lambda: world.metrics.refresh(world.database, world.now()),
    )
    host, _, port = config.server.listen.rpartition(":")
    try:
        async with serving(app, host.strip("[]"), int(port), stop_within=FINISH) as bound:
            yield bound
    finally:
        await intake.close()


def _probes(world: World, rival: Rival) -> dict[str, Probe]:
    async def sweep() -> str | None:
        late = await world.prober.late(world.now())
        return f"looks are {late} late" if late and late > SWEEP_LATE else None

    return {
        "database": lambda: "cannot be written" if world.database.trouble else None,
        "sweep": sweep,
        "telegram": rival.trouble,
    }


def _heartbeat(world: World, rival: Rival) -> list[Beat]:
    """Return the beat that tells a dead man's switch of us, where there is one."""
    url = world.config.heartbeat_url()
    if url is None:
        return []

    async def delivery() -> str | None:
        async with world.database.read() as connection:
            _, oldest = await outbox.backlog(connection)
        return "notes wait to be told" if oldest and world.now() - oldest > TOLD_LATE else None

    heart = Heartbeat(url, {**_probes(world, rival), "delivery": delivery})
    return [Beat(name="heartbeat", every=world.config.heartbeat.every, act=heart.beat)]


def _listening(world: World, bot: Bot) -> AbstractAsyncContextManager[None]:
    return listening(bot, routers.build(world.deps), greet=lambda: routers.on_startup(bot, world.deps))
