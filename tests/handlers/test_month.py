"""A client's history tells what changed on its server, and a picture tells its last thirty days."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import insert

from checks.model import State, Transition
from storage import health
from storage.database import Database
from storage.tables import fact_changes, usage_daily
from tests.builders import after, client
from tests.talk import MISHA, OLGA, Talk, settle_estate, talking


@pytest.fixture
async def talk(database: Database) -> AsyncIterator[Talk]:
    await settle_estate(database)
    async with talking(database) as made:
        await database.write(_told)
        yield made


async def _told(tx: Any) -> None:
    days = [
        {
            "client": "romashka",
            "day": after(days=-back).date(),
            "sessions": 20 - back,
            "seats": 20,
            "refused": back == 1,
        }
        for back in range(3)
    ]
    await tx.execute(insert(usage_daily), days)
    changes = [
        ("version", "6.4.2.73", "6.4.3.59", after(days=-9)),
        ("seats", None, "20", after(days=-9)),
        ("operup_at", None, after(days=-2).isoformat(), after(days=-2)),
    ]
    rows = [
        {"client": "romashka", "fact": fact, "before": before, "after": now, "at": at}
        for fact, before, now, at in changes
    ]
    await tx.execute(insert(fact_changes), rows)
    broke = Transition(
        subject=client(),
        code="KodeksTcpStatus",
        before=State.OK,
        after=State.FAIL,
        at=after(days=-1),
        since=after(days=-1),
    )
    await health.remember(tx, [broke])


async def test_history_tells_what_changed_on_the_server_and_in_its_checks(talk: Talk) -> None:
    await talk.says(OLGA, "/status ромашка")
    await talk.presses(OLGA, "История")

    said = (await talk.last(OLGA))["text"]
    assert "версия 6.4.2.73 → 6.4.3.59" in said
    assert "❌ сервер не отвечает" in said
    assert "операп" not in said


async def test_the_month_is_a_picture_beneath_which_figures_stand(talk: Talk) -> None:
    await talk.says(OLGA, "/status ромашка")
    await talk.presses(OLGA, "История")
    await talk.presses(OLGA, "График")

    said = await talk.last(OLGA)
    assert said["photo"]
    assert "В системе бывало до 20 человек" in said["text"]
    assert "Отказы из-за нехватки мест: в 1 из 3 дней" in said["text"]
    assert "вышел 2 дня назад" in said["text"]


async def test_another_manager_does_not_see_it(talk: Talk) -> None:
    (said,) = await talk.says(MISHA, "/status ромашка")

    assert "Никого не нашлось" in said["text"]
