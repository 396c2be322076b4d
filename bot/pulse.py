"""Watches the bot itself: a second poller of our token, a database that takes nothing, two bots on one database."""

from __future__ import annotations

import fcntl
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.exceptions import TelegramConflictError
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType

from bot.config import ConfigError
from bot.telegram import ask
from bot.wording import Target, drafts
from checks.model import Message
from handlers.keyboards import keyboard
from handlers.losses import notify_admins
from storage import chats
from storage.database import Database
from storage.schema import sqlite_path
from templates import render

log = logging.getLogger(__name__)

AGAIN = timedelta(hours=1)
"""The same trouble of ours is told again after so long."""
CONFLICT_LASTS = timedelta(seconds=60)
ANSWER_SECONDS = 10.0


@contextmanager
def only_one(url: str) -> Iterator[None]:
    """Hold the right to run on a SQLite database; the system gives it back whatever end the process takes.

    Raises:
        ConfigError: another bot runs on this database.

    """
    path = sqlite_path(url)
    if path is None:
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(path.name + ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigError(f"{path}: с этой базой уже работает другой запущенный бот") from None
        yield


class Rival(BaseRequestMiddleware):
    """Notices that somebody else polls with our token: Telegram then gives each update to one of the two."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.seen_at: datetime | None = None

    async def __call__(
        self, make_request: NextRequestMiddlewareType[TelegramType], bot: Bot, method: TelegramMethod[TelegramType]
    ) -> Response[TelegramType]:
        try:
            return await make_request(bot, method)
        except TelegramConflictError:
            self.seen_at = self._now()
            raise

    def trouble(self) -> str | None:
        """Say what is wrong for the readiness answer, None when nothing is."""
        lately = self.seen_at is not None and self._now() - self.seen_at < CONFLICT_LASTS
        return "somebody else polls with the same token" if lately else None


class Pulse:
    """Tells the admins of our own troubles, each once an hour at most."""

    def __init__(self, database: Database, bot: Bot, rival: Rival, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._bot = bot
        self._rival = rival
        self._now = now
        self._told: dict[str, datetime] = {}
        self._admins: list[int] = []
        self._sick = False

    async def beat(self) -> None:
        """Look at ourselves."""
        with suppress(Exception):
            async with self._database.read() as connection:
                self._admins = await chats.admins(connection)
        await self._storage()
        if self._rival.trouble() and self._fresh("two_pollers"):
            log.error("somebody else polls with the same token")
            await self._database.write(lambda tx: notify_admins(tx, "two_pollers", now=self._now()))

    async def _storage(self) -> None:
        """Say directly, past the outbox, that the outbox cannot be written; and that it can be again."""
        trouble = self._database.trouble
        if trouble and self._fresh("storage"):
            self._sick = True
            log.error("the database cannot be written: %s", trouble)
            await self._tell("storage_trouble", why=trouble[:200])
        elif not trouble and self._sick:
            self._sick = False
            self._told.pop("storage", None)
            await self._tell("storage_again")

    def _fresh(self, what: str) -> bool:
        told_at = self._told.get(what)
        if told_at is not None and self._now() - told_at < AGAIN:
            return False
        self._told[what] = self._now()
        return True

    async def _tell(self, what: str, **facts: Any) -> None:
        message: Message = render("notice", now=self._now(), number=None, what=what, facts=facts, repeat=False)
        for admin in self._admins:
            draft = next(drafts(message, Target(chat_id=admin, silent=False), keyboard))
            meaning = await ask(self._bot, draft, seconds=ANSWER_SECONDS)
            log.info("told an admin of %s: %s", what, type(meaning).__name__)
