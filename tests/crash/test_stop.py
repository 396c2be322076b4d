"""SIGTERM ends the bot within ten seconds, whatever hangs; an unclean end delays the next start by nothing."""

from __future__ import annotations

import asyncio
import signal
import time

import pytest

from handlers.steps import Step
from tests.crash.loose_ends import HALF_OPEN, UNRAISABLE
from tests.crash.scene import STOP_WITHIN, Scene, Victim, spawn

pytestmark = [pytest.mark.slow, HALF_OPEN, UNRAISABLE]


async def test_sigterm_ends_it_in_time_while_looks_and_telegram_hang(scene: Scene) -> None:
    process = await spawn(scene, "-m", "bot", "run", "--config", str(scene.config), log="info")
    try:
        await scene.until(lambda: _logged(scene, "ready"), seconds=60, what="ready")
        for name in scene.estate.installations:
            await scene.estate.change({"client": name, "state": "hang"})
        await scene.breaks("r1")
        await scene.fault("hang", method="*", seconds=300)
        await scene.until(lambda: _calling(scene), seconds=60, what="a call that hangs")

        since = time.monotonic()
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(STOP_WITHIN * 3):
            code = await process.wait()
        took = time.monotonic() - since
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()

    assert (code, took < STOP_WITHIN) == (0, True), f"exit {code} after {took:.1f} s"
    assert scene.rows("PRAGMA integrity_check") == [("ok",)]


async def test_a_start_after_an_unclean_end_works_at_once(scene: Scene) -> None:
    victim = await Victim.start(scene)
    try:
        await victim.will_die_at(Step.PLANNED)
        await victim.dies()
        since = time.monotonic()
        victim = await Victim.start(scene)
        again = time.monotonic() - since
        await victim.stops()
        since = time.monotonic()
        victim = await Victim.start(scene)
        ordinary = time.monotonic() - since
        await victim.stops()
    finally:
        await victim.put_down()

    assert again < 3 * ordinary + 1


async def _logged(scene: Scene, word: str) -> bool:
    return f" {word}\n" in (scene.folder / "victims.log").read_text(encoding="utf-8")


async def _calling(scene: Scene) -> bool:
    return bool(scene.rows("SELECT id FROM outbox WHERE state = 'sending'"))
