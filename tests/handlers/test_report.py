"""A manager gets a client's year for the talk about renewal, and nobody else's client's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import insert

from storage.database import Database
from storage.tables import usage_daily
from tests.builders import NOON, after
from tests.talk import MISHA, OLGA, SUPPORT, Talk, labels, settle_estate, talking


@pytest.fixture
async def talk(database: Database) -> AsyncIterator[Talk]:
    await settle_estate(database)
    async with talking(database) as made:
        yield made


async def used(talk: Talk, **days: int) -> None:
    async def work(tx: Any) -> None:
        rows = [
            {
                "client": "romashka",
                "day": after(days=-back).date(),
                "opened": opened,
                "saved": 1,
                "searches": 5,
                "refused": 0,
            }
            for back, opened in ((3, days["november"]), (33, days["october"]), (63, days["september"]))
        ]
        await tx.execute(insert(usage_daily), rows)

    await talk.database.write(work)


async def test_the_manager_gets_a_picture_and_a_few_lines(talk: Talk) -> None:
    await used(talk, november=9, october=60, september=40)

    (said,) = await talk.says(OLGA, "/report ромашка")

    assert said["photo"]
    assert "Ромашка: последние 12 месяцев" in said["text"]
    assert "запрошено 109, сохранено 3, напечатано неизвестно" in said["text"]
    assert "Больше всего в месяце: октябрь, 60" in said["text"]
    assert "Октябрь к предыдущему месяцу: +50" in said["text"]
    assert "Сведения есть за 3 из 12 месяцев" in said["text"]


async def test_a_year_without_anything_says_so(talk: Talk) -> None:
    (said,) = await talk.says(OLGA, f"/report ромашка {NOON.year - 1}")

    assert "Сведений нет" in said["text"]


async def test_another_managers_client_is_not_found(talk: Talk) -> None:
    (said,) = await talk.says(MISHA, "/report ромашка")

    assert not said["photo"]
    assert "Никого не нашлось" in said["text"]


async def test_another_managers_button_is_refused(talk: Talk) -> None:
    await used(talk, november=9, october=60, september=40)
    (said,) = await talk.says(OLGA, "/report ромашка", SUPPORT)

    pressed = await talk.presses(MISHA, "Таблица", SUPPORT, said)

    assert pressed["alert"]
    assert not await talk.calls("sendDocument")


async def test_the_table_has_each_month_against_the_one_before(talk: Talk) -> None:
    await used(talk, november=9, october=60, september=40)
    await talk.says(OLGA, "/report ромашка")
    await talk.presses(OLGA, "Таблица")

    said = await talk.last(OLGA)
    async with talk.http.get(f"{talk.address}{said['document']['url']}") as answer:
        page = load_workbook(BytesIO(await answer.read())).active
    october = [cell.value for cell in page[13]]
    assert october[1:3] == [60, 0.5]
    assert "последние 12 месяцев по месяцам" in said["text"]


async def test_the_picture_turns_to_the_year_before(talk: Talk) -> None:
    (said,) = await talk.says(OLGA, "/report ромашка 2026")
    await talk.presses(OLGA, "← Год раньше")
    turned = await talk.last(OLGA)

    assert turned["message_id"] == said["message_id"]
    assert "2025 год" in turned["text"]
    assert "Таблица" in labels(turned)
