"""Beats: a fault stops none of them, an act in hand is finished on the way out."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.schedule import Beat, beating


async def test_a_fault_does_not_stop_the_beat() -> None:
    beats = 0

    async def act() -> None:
        nonlocal beats
        beats += 1
        raise RuntimeError("on purpose")

    async with beating([Beat(name="act", every=timedelta(seconds=0.02), act=act)]):
        await asyncio.sleep(0.3)

    assert beats >= 3


async def test_an_act_in_hand_is_finished_on_the_way_out() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def act() -> None:
        begun.set()
        await asyncio.sleep(0.2)
        ended.set()

    async with beating([Beat(name="act", every=timedelta(seconds=0.02), act=act)]):
        await begun.wait()

    assert ended.is_set()


async def test_a_beat_never_overlaps_itself() -> None:
    at_once = most = 0

    async def act() -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.1)
        at_once -= 1

    async with beating([Beat(name="act", every=timedelta(seconds=0.02), act=act)]):
        await asyncio.sleep(0.5)

    assert most == 1
