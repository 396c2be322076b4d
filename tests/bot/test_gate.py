"""No more than Telegram allows, the urgent first, and a chat's ban is its own."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.gate import Gate, Limits
from checks.volume import Precedence


async def timed(gate: Gate, chat: int | None, times: int, precedence: Precedence = Precedence.ANSWER) -> list[float]:
    loop = asyncio.get_running_loop()
    began = loop.time()
    moments = []
    for _ in range(times):
        await gate.enter(chat, precedence)
        moments.append(loop.time() - began)
    return moments


async def test_a_chat_gets_one_a_second() -> None:
    moments = await timed(Gate(), 5, 3)

    assert moments[0] < 0.2
    assert moments[1] >= 1.0
    assert moments[2] >= 2.0


async def test_the_bot_as_a_whole_gets_so_many_a_second() -> None:
    gate = Gate(Limits(bot=5))
    moments = sorted(one for (one,) in await asyncio.gather(*(timed(gate, chat, 1) for chat in range(1, 13))))

    assert moments[4] < 0.9
    assert moments[5] >= 1.0
    assert moments[10] >= 2.0


async def test_topics_and_edits_share_a_groups_minute_and_the_last_places_are_for_the_urgent() -> None:
    gate = Gate(Limits(chat=100))
    edits = asyncio.create_task(timed(gate, -5, 18, Precedence.EDIT))
    await asyncio.sleep(0.1)
    assert not edits.done()
    await timed(gate, -5, 5, Precedence.CRITICAL)
    late = asyncio.create_task(timed(gate, -5, 1, Precedence.CRITICAL))
    await asyncio.sleep(0.1)

    assert not late.done()
    assert (await timed(gate, 7, 1))[0] < 0.2
    edits.cancel()
    late.cancel()


@pytest.mark.slow
async def test_the_urgent_overtake_those_who_wait() -> None:
    gate = Gate()
    order: list[str] = []

    async def come(name: str, precedence: Precedence) -> None:
        await gate.enter(5, precedence)
        order.append(name)

    await gate.enter(5, Precedence.ANSWER)
    async with asyncio.TaskGroup() as group:
        for name, precedence in (
            ("edit", Precedence.EDIT),
            ("answer", Precedence.ANSWER),
            ("red", Precedence.CRITICAL),
        ):
            group.create_task(come(name, precedence))

    assert order == ["red", "answer", "edit"]


async def test_a_ban_holds_one_chat_or_all_of_them() -> None:
    gate = Gate()
    gate.block(5, 0.5)
    assert 0.4 < gate.blocked_for(5) <= 0.5
    assert gate.blocked_for(6) == 0
    assert (await timed(gate, 6, 1))[0] < 0.2
    assert (await timed(gate, 5, 1))[0] >= 0.3

    gate.block(None, 60)
    assert gate.blocked_for(6) > 59


async def test_a_place_given_back_is_free_again_and_one_who_leaves_takes_none() -> None:
    gate = Gate()
    await gate.enter(5, Precedence.ANSWER)
    leaver = asyncio.create_task(gate.enter(5, Precedence.ANSWER))
    await asyncio.sleep(0)
    leaver.cancel()
    gate.give_back(5)

    assert (await timed(gate, 5, 1))[0] < 0.2


async def test_messages_from_before_the_start_count() -> None:
    gate = Gate(Limits(chat=100))
    for _ in range(18):
        gate.remember(-5, 59.5)

    assert (await timed(gate, -5, 1))[0] >= 0.5


@pytest.mark.parametrize("chat", [5, -5, "@channel", None])
async def test_without_limits_nobody_waits(chat: Any) -> None:
    assert (await timed(Gate(None), chat, 100))[-1] < 1
