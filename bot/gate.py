"""Lets calls to Telegram through no faster than it allows, the urgent ones first."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import math
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.exceptions import TelegramRetryAfter
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType

from checks.volume import Precedence

COUNTED = ("send", "edit", "copy", "forward")
UNCOUNTED = frozenset({"sendChatAction"})
PATIENCE = 5.0
"""Seconds for which a handler may wait out Telegram's wish; beyond it the answer fails at once."""

RESERVE: Mapping[Precedence, int] = {
    Precedence.CRITICAL: 0,
    Precedence.ANSWER: 1,
    Precedence.RESOLVED: 2,
    Precedence.REMINDER: 3,
    Precedence.EDIT: 5,
    Precedence.BOARD: 8,
}
"""How many places of a group's minute each kind leaves to the more urgent ones."""

Chat = int | str | None
_passed: ContextVar[bool] = ContextVar("passed", default=False)


@dataclass(frozen=True, slots=True)
class Limits:
    """Calls a second for the bot, a second for a chat, a minute for a group; a little under what Telegram allows."""

    bot: int = 25
    chat: int = 1
    group: int = 18


@dataclass(slots=True)
class _Window:
    """At most ``most`` calls in any ``span`` seconds; unlike a token bucket it never lets a burst and a refill by."""

    most: int
    span: float
    seen: deque[float] = field(default_factory=deque)

    def wait(self, now: float, reserve: int = 0) -> float:
        while self.seen and now - self.seen[0] >= self.span:
            self.seen.popleft()
        over = len(self.seen) - max(self.most - reserve, 1)
        return 0.0 if over < 0 else self.seen[over] + self.span - now


@dataclass(order=True, slots=True)
class _Waiter:
    precedence: Precedence
    number: int
    chat: Chat = field(compare=False)
    admitted: asyncio.Future[None] = field(compare=False)


class Gate:
    """Everything that is said in Telegram passes here: what is owed, and answers to people."""

    def __init__(self, limits: Limits | None = Limits()) -> None:
        self._limits = limits
        most = limits or Limits()
        self._bot = _Window(most.bot, 1.05)
        self._chats: dict[Chat, _Window] = defaultdict(lambda: _Window(most.chat, 1.05))
        self._groups: dict[Chat, _Window] = defaultdict(lambda: _Window(most.group, 60.5))
        self._blocked: dict[Chat, float] = {}
        self._waiters: list[_Waiter] = []
        self._numbers = itertools.count()
        self._timer: asyncio.TimerHandle | None = None

    async def enter(self, chat: Chat, precedence: Precedence) -> None:
        """Wait for a place; it is taken once this returns."""
        loop = asyncio.get_running_loop()
        waiter = _Waiter(precedence, next(self._numbers), chat, loop.create_future())
        heapq.heappush(self._waiters, waiter)
        self._pump()
        try:
            await waiter.admitted
        except asyncio.CancelledError:
            if waiter.admitted.done() and not waiter.admitted.cancelled():
                self.give_back(chat)
            raise

    def give_back(self, chat: Chat) -> None:
        """Return a place that was not needed after all."""
        for window in self._windows(chat):
            if window.seen:
                window.seen.pop()
        self._pump()

    def block(self, chat: Chat, seconds: float) -> None:
        """Let nothing through to a chat (None: to anybody) for so long."""
        until = asyncio.get_running_loop().time() + seconds
        self._blocked[chat] = max(until, self._blocked.get(chat, 0.0))

    def blocked_for(self, chat: Chat) -> float:
        """Return for how many seconds Telegram does not want to hear of a chat."""
        now = asyncio.get_running_loop().time()
        return max(self._blocked.get(chat, 0.0) - now, self._blocked.get(None, 0.0) - now, 0.0)

    def remember(self, chat: Chat, seconds_ago: float) -> None:
        """Count a message from before the start, oldest first."""
        at = asyncio.get_running_loop().time() - seconds_ago
        for window in self._windows(chat):
            window.seen.append(at)

    def _windows(self, chat: Chat) -> list[_Window]:
        if self._limits is None:
            return []
        if chat is None:
            return [self._bot]
        grouped = isinstance(chat, str) or chat < 0
        return [self._bot, self._chats[chat], *([self._groups[chat]] if grouped else [])]

    def _wait(self, waiter: _Waiter, now: float) -> float:
        waits = [window.wait(now) for window in self._windows(waiter.chat)[:2]]
        waits += [window.wait(now, RESERVE[waiter.precedence]) for window in self._windows(waiter.chat)[2:]]
        return max([self.blocked_for(waiter.chat), *waits])

    def _pump(self) -> None:
        """Admit everybody whose time has come, the most urgent first, and come back when the next one's comes."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        staying: list[_Waiter] = []
        soonest = math.inf
        while self._waiters:
            waiter = heapq.heappop(self._waiters)
            if waiter.admitted.done():
                continue
            wait = self._wait(waiter, now)
            if wait > 0:
                soonest = min(soonest, wait)
                staying.append(waiter)
                continue
            for window in self._windows(waiter.chat):
                window.seen.append(now)
            waiter.admitted.set_result(None)
        self._waiters = staying  # taken from the heap in order: still a heap
        if self._timer is not None:
            self._timer.cancel()
        self._timer = loop.call_later(soonest + 0.002, self._pump) if staying else None


@contextmanager
def passed() -> Iterator[None]:
    """Mark the calls made inside: their place at the gate is already taken."""
    token = _passed.set(True)
    try:
        yield
    finally:
        _passed.reset(token)


class Gatekeeper(BaseRequestMiddleware):
    """Leads every call of the bot through the gate; for the session: ``bot.session.middleware(Gatekeeper(gate))``.

    A handler waits a few seconds at most. When Telegram wants a longer silence the call fails at once, unsent.
    """

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        name = method.__api_method__
        if _passed.get() or name in UNCOUNTED or not name.startswith(COUNTED):
            return await make_request(bot, method)
        chat: Any = getattr(method, "chat_id", None)
        silence = self._gate.blocked_for(chat)
        if silence > PATIENCE:
            raise TelegramRetryAfter(method=method, message="still waiting", retry_after=math.ceil(silence))
        await self._gate.enter(chat, Precedence.ANSWER)
        try:
            return await make_request(bot, method)
        except TelegramRetryAfter as error:
            self._gate.block(chat, error.retry_after)
            raise
