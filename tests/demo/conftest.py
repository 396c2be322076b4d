"""The embedded Telegram over real HTTP, and a plain aiogram bot that talks to it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from demo import telegram

TOKEN = "1000:secret"


@dataclass
class Clock:
    at: datetime = datetime(2022, 11, 15, 6, 2, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def passes(self, **time: float) -> None:
        self.at += timedelta(**time)


@dataclass
class Sim:
    """What a test does through ``/sim``."""

    address: str
    http: aiohttp.ClientSession = field(repr=False)

    async def get(self, path: str) -> Any:
        async with self.http.get(f"{self.address}/sim/{path}") as answer:
            return await answer.json()

    async def post(self, path: str, expect: int = 200, **body: Any) -> Any:
        async with self.http.post(f"{self.address}/sim/{path}", json=body) as answer:
            told = await answer.json()
            assert answer.status == expect, told
            return told

    async def says(self, person: telegram.Person, text: str, chat_id: int | None = None, **more: Any) -> Any:
        where = person.id if chat_id is None else chat_id
        return await self.post("messages", chat_id=where, user_id=person.id, text=text, **more)

    async def messages(self, chat_id: int) -> list[dict[str, Any]]:
        return await self.get(f"chats/{chat_id}/messages")

    async def fault(self, kind: str, method: str = "sendMessage", **more: Any) -> None:
        await self.post("faults", kind=kind, method=method, **more)

    async def calls(self, method: str) -> list[dict[str, Any]]:
        return await self.get(f"calls?method={method}")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def address(clock: Clock) -> AsyncIterator[str]:
    app = telegram.create_app(cast=telegram.CAST, now=clock, token=TOKEN)
    async with telegram.serving(app) as url:
        yield url


@pytest.fixture
async def sim(address: str) -> AsyncIterator[Sim]:
    async with aiohttp.ClientSession() as http:
        yield Sim(address, http)


@pytest.fixture
async def bot(address: str) -> AsyncIterator[Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(address), timeout=5)
    async with Bot(TOKEN, session=session) as bot:
        yield bot
