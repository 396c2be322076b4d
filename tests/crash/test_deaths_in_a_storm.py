"""A bot that keeps dying while fifteen clients break at once says little, says all of it, and says it once."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from demo.estate import crowd
from demo.telegram import ANNA
from tests.crash import ledger
from tests.crash.ledger import MARK
from tests.crash.loose_ends import HALF_OPEN, UNRAISABLE
from tests.crash.scene import Nursery, Scene, open_scene

pytestmark = [pytest.mark.slow, HALF_OPEN, UNRAISABLE]

CLIENTS = 15
MESSAGES = 4
"""New messages that the chat may get, the storm card among them."""
DEATHS = 25
SEED = 20221115
STORM = "ного аварий сразу"
AT_ONCE = """
[look.intervals]
domain = "1h"
[thresholds.KodeksHttp200Status]
failures = 2
successes = 2
"""


@pytest.fixture
async def scene(tmp_path: Path, empty_database: Path) -> AsyncIterator[Scene]:
    shutil.copy(empty_database, tmp_path / "smartbot.sqlite")
    cast = crowd(clients=CLIENTS, redirects=1)
    async with open_scene(tmp_path, cast=cast, messages=MESSAGES, more=AT_ONCE) as opened:
        await opened.tells_only(ANNA.id)
        yield opened


async def test_a_storm_is_one_card_however_often_the_bot_dies(scene: Scene) -> None:
    chance = Random(SEED)
    async with Nursery.open(scene) as nursery:
        longest = max(2.0, await nursery.start() + 1.5)
        await nursery.stop()
        for state in ("500", "ok"):
            for name in scene.estate.installations:
                await scene.estate.change({"client": name, "state": state})
            for _ in range(DEATHS):
                await nursery.kill(chance.uniform(0.1, longest))
            await nursery.start()
            at_last = "open" if state == "500" else "ended"
            await scene.until(lambda last=at_last: _all_are(scene, last), seconds=90, what=f"all are {at_last}")
            await nursery.stop()

    said = [call for call in await scene.calls() if call["method"] == "sendMessage" and call["accepted"]]
    plain = [call for call in said if MARK not in _text(call).lower()]
    storms = [call for call in said if STORM in _text(call)]
    story = ledger.readable(await scene.calls())
    assert len(plain) <= MESSAGES, story
    assert len([call for call in storms if call in plain]) <= 1, story
    assert _in_no_message(scene, said) == set(), story
    assert "всё починено" in ledger.shown(await scene.calls(), ANNA.id, storms[-1]["message_id"]), story


async def _all_are(scene: Scene, state: str) -> bool:
    return not scene.waiting() and scene.rows("SELECT state, count(*) FROM incidents GROUP BY 1") == [(state, CLIENTS)]


def _text(call: dict[str, Any]) -> str:
    return str(call["parameters"]["text"])


def _in_no_message(scene: Scene, said: list[dict[str, Any]]) -> set[int]:
    """Return incidents that neither a card of their own nor a storm card tells of."""
    told = {one.incident for one in ledger.tellings(said)}
    folded = {number for (number,) in scene.rows("SELECT incident_id FROM outbox WHERE state = 'folded'")}
    return {number for (number,) in scene.rows("SELECT id FROM incidents")} - told - folded
