"""A bot killed at two hundred moments of chance, over an estate that keeps breaking, loses and repeats nothing."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest

from demo.estate import crowd
from demo.telegram import ANNA
from tests.crash import ledger
from tests.crash.chaos import Chaos
from tests.crash.ledger import Telling
from tests.crash.loose_ends import HALF_OPEN, UNRAISABLE
from tests.crash.scene import Nursery, Scene, open_scene

pytestmark = [pytest.mark.slow, HALF_OPEN, UNRAISABLE]

DEATHS = 200
SEED = 20261123
SHORTEST, LONGEST = 0.1, 2.0
ENOUGH = 1.5
"""Seconds in which a bot that runs sees something and tells it; a busy machine gets its slower start on top."""
CALM = 120.0
QUICK = """
[look.intervals]
domain = "5s"
[thresholds.RedirectServerDown]
failures = 2
successes = 1
[thresholds.KodeksTcpStatus]
failures = 2
successes = 2
[thresholds.KodeksHttp200Status]
failures = 2
successes = 2
"""


@pytest.fixture
async def scene(tmp_path: Path, empty_database: Path) -> AsyncIterator[Scene]:
    """Fifteen clients behind three redirect servers; a private chat hears of them: groups hear little a minute."""
    shutil.copy(empty_database, tmp_path / "smartbot.sqlite")
    async with open_scene(tmp_path, cast=crowd(clients=15, redirects=3), more=QUICK) as opened:
        await opened.tells_only(ANNA.id)
        yield opened


async def test_no_random_moment_loses_or_repeats_an_incident(scene: Scene) -> None:
    chance = Random(SEED)
    behind_r2 = tuple(name for name, one in scene.estate.installations.items() if one.resident.redirect == "r2")
    chaos = Chaos(scene=scene, chance=Random(SEED), redirects=("r1", "r3"), clients=behind_r2)
    async with Nursery.open(scene) as nursery, _going_on(chaos) as breaking:
        longest = max(LONGEST, await nursery.start() + ENOUGH)
        await nursery.stop()
        lives = [await nursery.kill(chance.uniform(SHORTEST, longest)) for _ in range(DEATHS)]
        await nursery.start()
        chaos.calm()
        await breaking
        await scene.until(lambda: _settled(scene), seconds=CALM, what="everything told")
        await nursery.stop()

    calls = await scene.calls()
    told = ledger.tellings(calls)
    print(_summary(chaos, lives, told, longest))  # noqa: T201 - what a failure needs to be understood
    assert len(chaos.outages) > DEATHS / 10
    assert scene.rows("PRAGMA integrity_check") == [("ok",)]
    assert ledger.told_twice(told) == []
    assert _untold(scene, told) == []
    assert _without_end(scene, calls, told) == []
    assert {one.incident for one in told} <= {number for (number,) in scene.rows("SELECT id FROM incidents")}


@asynccontextmanager
async def _going_on(chaos: Chaos) -> AsyncIterator[asyncio.Task[None]]:
    breaking = asyncio.create_task(chaos.run())
    try:
        yield breaking
    finally:
        breaking.cancel()
        await asyncio.wait([breaking])


async def _settled(scene: Scene) -> bool:
    return not scene.waiting() and not scene.rows("SELECT id FROM incidents WHERE state = 'open'")


def _summary(chaos: Chaos, lives: list[float | None], told: list[Telling], longest: float) -> str:
    return (
        f"seed {SEED}: {len(lives)} lives of {SHORTEST}–{longest:.1f} s, {lives.count(None)} ended while starting; "
        f"{len(chaos.outages)} outages, {len(told)} messages, {sum(one.marked for one in told)} of them marked"
    )


def _untold(scene: Scene, told: list[Telling]) -> list[str]:
    """Return incidents that Telegram never heard of, but for those that were over before they could be told."""
    heard = {one.incident for one in told if one.what == "card"}
    never_tried = scene.rows(
        "SELECT incident_id FROM outbox "
        "WHERE kind = 'firing' AND state = 'buried' AND attempts = 0 AND why = 'resolved_not_told'"
    )
    excused = heard | {number for (number,) in never_tried}
    known = scene.rows("SELECT id, cause FROM incidents WHERE priority <= 3")
    return [f"incident {number} ({cause})" for number, cause in known if number not in excused]


def _without_end(scene: Scene, calls: list[dict[str, Any]], told: list[Telling]) -> list[str]:
    """Return incidents whose card shows neither that it is over nor that it became part of another one."""
    merged = dict(scene.rows("SELECT id, merged_into FROM incidents"))
    newest = {one.incident: one for one in told if one.what == "card"}
    complaints = []
    for number, card in newest.items():
        shows = ledger.shown(calls, card.chat, card.message)
        became = merged[number]
        if not (f"часть аварии №{became}" in shows if became else shows.startswith("🟢")):
            complaints.append(f"incident {number}: {shows}")
    return complaints
