"""Listens to what people say in the chat, from whenever Telegram can be reached until the bot stops."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiogram import BaseMiddleware, Bot, Dispatcher, Router
from aiogram.types import TelegramObject

log = logging.getLogger(__name__)

FINISH = 5.0
"""Seconds that answers in hand get when the bot stops."""
PAUSE, LONGEST_PAUSE = 1.0, 30.0
MENU_PAUSE = 300.0

Greet = Callable[[], Awaitable[None]]


@asynccontextmanager
async def listening(
    bot: Bot, router: Router, *, greet: Greet, pause: float = PAUSE, finish: float = FINISH
) -> AsyncIterator[None]:
    """Poll for updates while inside; answers in hand are finished on the way out, within ``finish`` seconds.

    ``greet`` gives everybody their menus; it is tried until it works, at first after ``pause`` seconds.
    """
    dispatcher, in_hand = Dispatcher(), _InHand()
    dispatcher.include_router(router)
    dispatcher.update.outer_middleware(in_hand)
    greeting = asyncio.create_task(_again(greet, "menus could not be set", pause, MENU_PAUSE), name="menus")
    polling = asyncio.create_task(_poll(dispatcher, bot, pause), name="polling")
    try:
        yield
    finally:
        greeting.cancel()
        with suppress(RuntimeError, TimeoutError):  # not polling just now, or not to be interrupted
            async with asyncio.timeout(finish):
                await dispatcher.stop_polling()
        polling.cancel()
        await in_hand.finish(finish)
        await asyncio.gather(greeting, polling, return_exceptions=True)


async def _poll(dispatcher: Dispatcher, bot: Bot, pause: float) -> None:
    """Poll until ``stop_polling``: aiogram gives up for good when Telegram is out of reach at the start."""

    async def begin() -> None:
        await dispatcher.start_polling(bot, handle_signals=False, close_bot_session=False)

    await _again(begin, "polling could not begin", pause, LONGEST_PAUSE)


async def _again(act: Callable[[], Awaitable[None]], complaint: str, pause: float, longest: float) -> None:
    """Try until it works, more and more patiently."""
    for failures in itertools.count():
        try:
            return await act()
        except Exception as error:  # noqa: BLE001 - whatever it is, Telegram may be there again in a moment
            log.warning("%s (%s); trying again", complaint, type(error).__name__)
        await asyncio.sleep(min(pause * 2 ** min(failures, 10), longest))
    return None


class _InHand(BaseMiddleware):
    """Knows which updates are being answered: aiogram leaves them behind when it stops."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            return await handler(event, data)
        finally:
            self._tasks.discard(task)

    async def finish(self, seconds: float) -> None:
        """Wait for the answers in hand, and give up those that take too long."""
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
