"""The sender against the embedded Telegram over real HTTP, with words that a test can read at a glance."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import aiohttp
import pytest
from aiogram import Bot
from aiogram.types import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup

from bot import clock
from bot.delivery import Delivery, Pace
from bot.gate import Gate, Gatekeeper, Limits
from bot.telegram import Session
from checks.model import Button, Incident, Message, NoteKind
from checks.notifications import Policy
from demo import telegram
from storage import incidents, outbox, storms
from storage.database import Database
from storage.outbox import Owed
from tests.telling import Stage

TOKEN = "1000:secret"
CHAT = telegram.SUPPORT.id
OLGA = telegram.OLGA.id
QUICK = Pace(answer=1.0, poll=0.2, repeat=0.3, retry=0.05, retry_cap=0.2, stop=3.0)


def keyboard(message: Message) -> InlineKeyboardMarkup | None:
    rows = [[_button(one) for one in row] for row in message.buttons]
    return InlineKeyboardMarkup(inline_keyboard=rows) if rows else None


def _button(one: Button) -> InlineKeyboardButton:
    copy = CopyTextButton(text=one.copy) if one.copy else None
    return InlineKeyboardButton(text=one.text, callback_data=one.data, url=one.url, copy_text=copy)


@dataclass
class World:
    """A stage whose notes really travel; ``sim`` speaks to the other side."""

    stage: Stage
    bot: Bot
    gate: Gate
    address: str
    http: aiohttp.ClientSession = field(repr=False)
    steps: list[str] = field(default_factory=list)
    words: Callable[[str], str] = lambda text: text
    buttons: tuple[tuple[Button, ...], ...] = ()
    pace: Pace = QUICK

    def now(self) -> datetime:
        return clock.now()

    async def render(self, note: Owed) -> Message | None:
        async with self.stage.database.read() as connection:
            if note.kind is NoteKind.STORM:
                account = await storms.account(connection, note.storm_id or 0)
                assert account is not None
                state = "over" if account.storm.ended_at else "lasts"
                return Message(text=f"storm of {len(account.began)} {state}")
            if note.kind is NoteKind.NOTICE:
                return Message(text=f"notice: {note.facts['what']}")
            incident = await incidents.load(connection, note.incident_id or 0)
        assert incident is not None
        mark = " (возможен повтор)" if note.repeat else ""
        text = f"{note.kind} №{incident.id} {incident.state} r{incident.revision}{mark}"
        return Message(text=self.words(text), buttons=self.buttons)

    def delivery(self, on_step: Callable[[str], None] | None = None) -> Delivery:
        return Delivery(
            self.stage.database,
            self.bot,
            self.render,
            keyboard=keyboard,
            now=self.now,
            gate=self.gate,
            policy=self.stage.policy,
            pace=self.pace,
            on_step=on_step or self.steps.append,
        )

    @asynccontextmanager
    async def delivering(self) -> AsyncIterator[Delivery]:
        delivery = self.delivery()
        task = asyncio.create_task(delivery.run())
        try:
            yield delivery
        finally:
            await delivery.stop()
            await task

    async def opens(self, name: str = "romashka", **rest: Any) -> Incident:
        return await self.stage.opens(name, at=self.now(), **rest)

    async def ends(self, what: Incident) -> Incident:
        return await self.stage.ends(what, at=self.now())

    async def sim(self, path: str, **body: Any) -> Any:
        verb = self.http.post if body else self.http.get
        async with verb(f"{self.address}/sim/{path}", **({"json": body} if body else {})) as answer:
            told = await answer.json()
            assert answer.status == 200, told
            return told

    async def fault(self, kind: str, method: str = "sendMessage", **more: Any) -> None:
        await self.sim("faults", kind=kind, method=method, **more)

    async def texts(self, chat: int = CHAT) -> list[str]:
        said = await self.sim(f"chats/{chat}/messages")
        return [one["text"] for one in said if one["from"]["is_bot"]]

    async def calls(self, method: str) -> list[dict[str, Any]]:
        return await self.sim(f"calls?method={method}")

    async def settled(self, chat: int = CHAT) -> None:
        """Wait until the chat is owed nothing."""

        async def nothing() -> bool:
            async with self.stage.database.read() as connection:
                return not await outbox.waiting(connection, chat)

        await self.eventually(nothing)

    async def eventually(self, condition: Callable[[], Awaitable[Any]], *, seconds: float = 8) -> None:
        async with asyncio.timeout(seconds):
            while not await condition():  # noqa: ASYNC110 - the other side cannot wake us
                await asyncio.sleep(0.02)

    async def until(self, condition: Callable[[list[str]], bool], chat: int = CHAT, *, seconds: float = 8) -> list[str]:
        """Wait until the chat's messages are as wanted."""
        deadline = asyncio.get_running_loop().time() + seconds
        while True:
            texts = await self.texts(chat)
            if condition(texts):
                return texts
            assert asyncio.get_running_loop().time() < deadline, texts
            await asyncio.sleep(0.03)


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def address() -> AsyncIterator[str]:
    app = telegram.create_app(cast=telegram.CAST, now=clock.now, token=TOKEN)
    async with telegram.serving(app) as url:
        yield url


@pytest.fixture
async def world(database: Database, address: str, http: aiohttp.ClientSession) -> AsyncIterator[World]:
    gate = Gate(Limits(bot=25, chat=25, group=18))
    session = Session(api_url=address, timeout=2.0)
    session.middleware(Gatekeeper(gate))
    stage = Stage(database, Policy())
    await stage.bind(CHAT)
    await stage.admit(telegram.ADMIN.id)
    async with Bot(TOKEN, session=session) as bot:
        yield World(stage, bot, gate, address, http)


__all__ = ["CHAT", "OLGA", "QUICK", "World", "keyboard", "replace"]
