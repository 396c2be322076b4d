"""Notices that Telegram cannot be reached, lends its messages to other channels meanwhile, and that it is back."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime, timedelta

from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType

from bot.telegram import NotSent, Unknown, meaning_of
from handlers import outages
from storage import outages as kept
from storage.database import Database
from storage.outages import Outage

LEND_EVERY = timedelta(seconds=5)
ASK_EVERY = timedelta(seconds=5)

log = logging.getLogger(__name__)


class Reach(BaseRequestMiddleware):
    """Stands next to the wire and sees whether calls are answered, whatever the answer."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.failing_since: datetime | None = None
        self.answers = False
        """The last call was answered; False before the first call too."""

    async def __call__(
        self, make_request: NextRequestMiddlewareType[TelegramType], bot: Bot, method: TelegramMethod[TelegramType]
    ) -> Response[TelegramType]:
        try:
            result = await make_request(bot, method)
        except Exception as error:
            self._heard(answered=not isinstance(meaning_of(error), NotSent | Unknown))
            raise
        self._heard(answered=True)
        return result

    def _heard(self, *, answered: bool) -> None:
        self.answers = answered
        self.failing_since = None if answered else self.failing_since or self._now()


class Away:
    """Knows whether Telegram is away; what it knows outlives a restart."""

    def __init__(
        self,
        database: Database,
        reach: Reach,
        *,
        now: Callable[[], datetime],
        after: timedelta = timedelta(minutes=3),
        channels: Collection[str] = (),
        owed: Callable[[], None] = lambda: None,
    ) -> None:
        self._database = database
        self._reach = reach
        self._now = now
        self._after = after
        self._channels = tuple(channels)
        self._owed = owed
        self._outage: Outage | None = None
        self._prepared = False
        self._lent_at: datetime | None = None
        self._asked_at: datetime | None = None

    async def since(self) -> datetime | None:
        """Return since when Telegram has been away; None = it is there."""
        await self._prepare()
        return self._outage.began_at if self._outage else None

    async def tick(self) -> None:
        """Look whether Telegram has gone or come back, and lend what waits for it."""
        await self._prepare()
        now, failing = self._now(), self._reach.failing_since
        outage = self._outage
        if outage is None:
            if failing is None or now - failing < self._after:
                return
            log.error("Telegram has been out of reach since %s", failing.isoformat())
            outage = self._outage = await self._database.write(
                lambda tx: outages.begin(tx, failing, self._channels, now=now)
            )
        elif self._reach.answers:
            await self._end(outage, now)
            return
        if self._channels and (self._lent_at is None or now - self._lent_at >= LEND_EVERY):
            self._lent_at = now
            await self._database.write(lambda tx: outages.lend(tx, outage, self._channels, now=now))
            self._owed()

    async def is_back(self, ask: Callable[[], Awaitable[bool]]) -> bool:
        """Say whether chats may be told things; while Telegram is away, ``ask`` it now and then first."""
        await self._prepare()
        if self._outage is None:
            return True
        now = self._now()
        if self._reach.failing_since and self._asked_at is not None and now - self._asked_at < ASK_EVERY:
            return False
        self._asked_at = now
        if not (self._reach.answers or await ask()):
            return False
        if self._outage is not None:
            await self._end(self._outage, now)
        return True

    async def _end(self, outage: Outage, now: datetime) -> None:
        log.info("Telegram is back")
        self._outage = self._lent_at = self._asked_at = None
        try:
            await self._database.write(lambda tx: outages.end(tx, outage, self._channels, now=now))
        except BaseException:
            self._outage = outage
            raise
        self._owed()

    async def _prepare(self) -> None:
        if not self._prepared:
            async with self._database.read() as connection:
                self._outage = await kept.lasting(connection)
            self._prepared = True
