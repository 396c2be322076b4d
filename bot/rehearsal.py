"""The product turned by hand on a clock of its own, without sockets and scheduler: for replays and tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from aiogram import Bot, Dispatcher
from aiogram.client.session.base import BaseSession
from aiogram.methods import TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import InputFile

from bot.config import Config
from bot.prober import Look
from bot.world import World, open_world
from handlers import imports, routers
from handlers.reports import Intake
from storage import absences, digests, looks, maintenance, outbox, rhythms, watches
from storage.schema import upgrade
from storage.tokens import Pass

Call = Callable[[str, Mapping[str, Any], Mapping[str, tuple[str, bytes]]], Awaitable[tuple[int, str]]]
"""A Bot API: method, values, files (name and content) → HTTP status and JSON."""

JUDGE_EVERY = timedelta(seconds=15)


class Direct(BaseSession):
    """Reaches a Bot API by a plain call."""

    def __init__(self, call: Call) -> None:
        super().__init__()
        self._call = call

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ARG002, ASYNC109 - aiogram's signature
    ) -> TelegramType:
        files: dict[str, InputFile] = {}
        named = method.model_dump(warnings=False).items()
        values = {key: self.prepare_value(value, bot=bot, files=files) for key, value in named}
        sent = {
            key: (file.filename or key, b"".join([part async for part in file.read(bot)]))
            for key, file in files.items()
        }
        status, content = await self._call(
            method.__api_method__, {key: value for key, value in values.items() if value}, sent
        )
        answer = self.check_response(bot=bot, method=method, status_code=status, content=content)
        return cast("TelegramType", answer.result)

    async def stream_content(
        self,
        url: str,  # noqa: ARG002
        headers: dict[str, Any] | None = None,  # noqa: ARG002 - nothing can be fetched here
        timeout: int = 30,  # noqa: ARG002, ASYNC109
        chunk_size: int = 65536,  # noqa: ARG002
        raise_for_status: bool = True,  # noqa: ARG002
    ) -> AsyncGenerator[bytes, None]:
        nothing: tuple[bytes, ...] = ()
        for part in nothing:
            yield part

    async def close(self) -> None:
        """Nothing was opened."""


@dataclass(slots=True, kw_only=True)
class Rehearsal:
    """The wired product; nothing in it happens unless it is told to."""

    world: World
    bot: Bot
    dispatcher: Dispatcher
    intake: Intake
    _judged_at: datetime | None = field(default=None)

    async def step(self) -> None:
        """Do whatever is due at the present moment: looks, what time brings, telling."""
        world, now = self.world, self.world.now()
        await world.database.write(lambda tx: absences.attend(tx, now))
        while await world.prober.sweep():
            await world.prober.idle()
        await world.prober.idle()
        await world.tick()
        await world.end_work()
        await world.show_boards()
        if self._judged_at is None or now - self._judged_at >= JUDGE_EVERY:
            self._judged_at = now
            await world.judge_time()
            await world.judge_signals()
            await world.look_at_the_clock()
        await world.mind_telegram()
        await world.delivery.drain()
        await world.channels.drain()

    async def next_due(self) -> datetime | None:
        """Tell when something will be due next."""
        async with self.world.database.read() as connection:
            now = self.world.now()
            digest = min((one.due_at for one in await digests.everything(connection) if one.due_at), default=None)
            moments = (
                await looks.lag(connection),
                await outbox.next_due(connection, now),
                await rhythms.next_late(connection, now),
                await watches.next_due(connection, now),
                await maintenance.next_end(connection, now),
                digest,
            )
        return min((moment for moment in moments if moment is not None), default=None)

    async def hear(self, update: Mapping[str, Any]) -> None:
        """Take one update of the Bot API; return when it has been answered."""
        await self.dispatcher.feed_raw_update(self.bot, dict(update))

    async def relist(self, name: str, content: bytes) -> None:
        """Take a list of clients the ordinary way, and judge by it at once."""
        world, now = self.world, self.world.now()
        files = [imports.ListFile(name=name, content=content)]
        proposal = await imports.propose(world.database, files, vault=world.deps.vault, now=now)
        if proposal.id is not None:
            author = imports.Author(id=None, name="story")
            await imports.apply(world.database, proposal.id, vault=world.deps.vault, by=author, now=now)
        await world.refresh()

    async def receive(self, name: str, content: bytes) -> None:
        """Take one report of a client, named as the scripts name it."""
        client, _, ending = name.rpartition(".")
        spool = self.intake.spool()
        await spool.add(content)
        await self.intake.upload(client, ending, await spool.finish(), Pass(dealer="story"))


@asynccontextmanager
async def rehearsing(
    config: Config,
    *,
    call: Call,
    look: Look,
    now: Callable[[], datetime],
    seed: Callable[[World], Awaitable[None]],
) -> AsyncIterator[Rehearsal]:
    """Wire the product as ``serve`` does, with a script in place of the world and a clock that is turned by hand."""
    await asyncio.to_thread(upgrade, config.storage.url)
    async with AsyncExitStack() as stack:
        bot = Bot(config.token() or "", session=Direct(call))
        world = await stack.enter_async_context(
            open_world(config, bot=bot, look=look, now=now, limits=None, hurried=True)
        )
        await seed(world)
        await world.refresh()
        stack.push_async_callback(_finish, world, asyncio.create_task(world.prober.run(), name="recorder"))

        stack.push_async_callback(world.intake.close)
        dispatcher = Dispatcher()
        dispatcher.include_router(routers.build(world.deps))
        yield Rehearsal(world=world, bot=bot, dispatcher=dispatcher, intake=world.intake)


async def _finish(world: World, recorder: asyncio.Task[None]) -> None:
    await world.prober.stop()
    recorder.cancel()
    await asyncio.gather(recorder, return_exceptions=True)
