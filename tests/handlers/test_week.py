"""The head of department sees the week in one picture, by managers in a table, in the theme he likes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from PIL import Image

from checks.model import Answer, IncidentState, State
from storage import health, incidents, signals
from storage.database import Database
from tests.builders import NOON, after, client, incident
from tests.builders import health as belief
from tests.talk import ANNA, HEAD, OLGA, SUPPORT, Talk, labels, settle_estate, talking


@pytest.fixture
async def talk(database: Database) -> AsyncIterator[Talk]:
    await settle_estate(database)
    async with talking(database) as made:
        yield made


async def a_bad_week(talk: Talk) -> None:
    opened = incident(opened_at=after(days=-3))
    number = await talk.opens(opened)
    over = replace(opened, id=number, state=IncidentState.ENDED, ended_at=after(days=-3, hours=2))

    async def work(tx: Any) -> None:
        await incidents.take(tx, number, ANNA.id, after(days=-3, minutes=4))
        await incidents.save(tx, over, noticed_at=NOON)
        told = {"subject": client(), "cause": opened.cause, "since": after(days=-2), "facts": {}}
        await signals.put(tx, [signals.Raised(code=code, **told) for code in ("OnlineNoLogin", "UsageLow")])
        await signals.answer(tx, opened.cause, Answer.CALLED, by=OLGA.id, at=NOON)

    await talk.database.write(work)
    beliefs = [
        belief(state=State.OK, subject=client(name), since=after(days=-40))
        for name in ("romashka", "vektor", "progress")
    ]
    await talk.database.write(lambda tx: health.save(tx, beliefs))


async def picture_of(talk: Talk, said: dict[str, Any]) -> Image.Image:
    async with talk.http.get(f"{talk.address}{said['photo']['url']}") as answer:
        return Image.open(BytesIO(await answer.read()))


async def test_the_head_asks_for_the_week_and_gets_a_picture_with_ten_lines(talk: Talk) -> None:
    await a_bad_week(talk)

    (said,) = await talk.says(HEAD, "/week")

    assert said["photo"]
    assert "Неделя 16.11 – 22.11.2026: 3 клиента" in said["text"]
    assert "Аварий 1, не давали работать 1; задето клиентов: 1" in said["text"]
    assert "Брали в работу 1 из 1, обычно через 4 мин; чинили обычно за 2 ч" in said["text"]
    assert "Сигналов менеджерам 2, отвечено на 2" in said["text"]
    assert len(said["text"].splitlines()) <= 12


async def test_support_is_told_that_the_week_is_not_theirs(talk: Talk) -> None:
    (said,) = await talk.says(ANNA, "/week")

    assert not said["photo"]


async def test_the_theme_is_remembered(talk: Talk) -> None:
    (light,) = await talk.says(HEAD, "/week")
    await talk.presses(HEAD, "🌙 Тёмная")
    dark = await talk.last(HEAD)
    (again,) = await talk.says(HEAD, "/week")

    assert dark["message_id"] == light["message_id"]
    shades = [(await picture_of(talk, one)).convert("L").getpixel((0, 0)) for one in (dark, again)]
    assert max(shades) < 60
    assert "☀ Светлая" in labels(again)


async def test_the_table_by_managers_comes_as_a_file(talk: Talk) -> None:
    await a_bad_week(talk)
    await talk.says(HEAD, "/week")

    await talk.presses(HEAD, "Таблица по менеджерам")

    (call,) = await talk.calls("sendDocument")
    stored = (await talk.heard(HEAD.id))[-1]
    async with talk.http.get(f"{talk.address}{stored['document']['url']}") as answer:
        page = load_workbook(BytesIO(await answer.read())).active
    assert [page.cell(3, column).value for column in (1, 2, 4)] == ["Ольга Иванова", 1, 1]
    assert call["verdict"]


async def test_a_week_further_back_than_we_remember_is_the_oldest_one(talk: Talk) -> None:
    (said,) = await talk.says(HEAD, "/week 1999-01-01", SUPPORT)

    oldest = (NOON - timedelta(days=31)).strftime("%d.%m.%Y")
    assert oldest in said["text"]
