"""The bot listens whenever Telegram can be reached, and finishes its answers before it goes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiogram import Bot, Router
from aiogram.types import Message

from bot.listening import listening
from bot.telegram import Session
from bot.together import together
from demo.telegram import ANNA

TOKEN = "1000:secret"


@pytest.fixture
async def bot(address: str) -> AsyncIterator[Bot]:
    async with Bot(TOKEN, session=Session(api_url=address)) as made:
        yield made


async def nothing() -> None:
    return


def hearing(heard: asyncio.Event, *, answer_takes: float = 0) -> tuple[Router, list[str]]:
    router, answered = Router(), []

    @router.message()
    async def answer(message: Message) -> None:
        heard.set()
        await asyncio.sleep(answer_takes)
        answered.append(message.text or "")

    return router, answered


async def test_it_listens_although_telegram_was_out_of_reach_at_the_start(world: Any, bot: Bot) -> None:
    await world.fault("refuse", method="getMe", times=3)
    heard = asyncio.Event()
    router, answered = hearing(heard)

    async with listening(bot, router, greet=nothing, pause=0.05):
        await world.sim("messages", chat_id=ANNA.id, user_id=ANNA.id, text="привет")
        async with asyncio.timeout(8):
            await heard.wait()

    assert answered == ["привет"]


async def test_an_answer_in_hand_is_finished_on_the_way_out(world: Any, bot: Bot) -> None:
    heard = asyncio.Event()
    router, answered = hearing(heard, answer_takes=0.3)

    async with listening(bot, router, greet=nothing):
        await world.sim("messages", chat_id=ANNA.id, user_id=ANNA.id, text="/status")
        async with asyncio.timeout(8):
            await heard.wait()

    assert answered == ["/status"]


async def test_an_answer_that_hangs_is_given_up(world: Any, bot: Bot) -> None:
    heard = asyncio.Event()
    router, answered = hearing(heard, answer_takes=60)

    async with asyncio.timeout(10), listening(bot, router, greet=nothing, finish=0.2):
        await world.sim("messages", chat_id=ANNA.id, user_id=ANNA.id, text="/status")
        await heard.wait()

    assert answered == []


async def test_parts_are_left_at_once_and_a_fault_in_one_keeps_no_other_from_its_end() -> None:
    ended: list[str] = []

    @asynccontextmanager
    async def part(name: str, *, faulty: bool = False) -> AsyncIterator[None]:
        yield
        await asyncio.sleep(0.3)
        ended.append(name)
        if faulty:
            raise ValueError(name)

    loop = asyncio.get_running_loop()
    since = loop.time()
    with pytest.raises(ValueError, match="looks"):
        async with together(part("looks", faulty=True), part("delivery"), part("intake")):
            pass

    assert sorted(ended) == ["delivery", "intake", "looks"]
    assert loop.time() - since < 0.8
