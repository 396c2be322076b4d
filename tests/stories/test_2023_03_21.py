"""21.03.2023 in the product as wired: who runs out early and says nothing, and who hardly uses what he pays for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import pytest_asyncio

from bot.config import Config
from bot.rehearsal import rehearsing
from demo.stories.stage import stage_opener
from demo.stories.theatre import open_theatre
from demo.telegram.cast import OLGA, SUPPORT

pytestmark = pytest.mark.slow
NAME = "2023-03-21"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def told() -> Mapping[str, Any]:
    async with open_theatre(stage_opener(rehearsing, Config())) as theatre:
        await theatre.start(NAME, speed=1e9)
        return await theatre.finished(NAME)


@pytest.fixture
def said(told: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    assert told["error"] == ""
    found: list[Mapping[str, Any]] = told["said"]
    return found


def cards(said: list[Mapping[str, Any]], start: str) -> list[Mapping[str, Any]]:
    return [one for one in said if not one["edit"] and one["text"][2:].startswith(start)]


def test_the_manager_hears_before_it_is_gone_and_for_the_third_month_running(said: list[Mapping[str, Any]]) -> None:
    first = cards(said, "Вектор: документы по лимиту кончатся около")[0]

    assert first["chat_id"] == OLGA.id
    assert "Так третий месяц подряд" in first["text"]


def test_the_proof_of_another_sale_names_the_months(said: list[Mapping[str, Any]]) -> None:
    (often,) = cards(said, "Вектор: лимит документов кончается раньше срока")

    assert "В январе" in often["text"]
    assert "в феврале" in often["text"]
    assert "предложить ещё один доступ или сетевую версию" in often["text"]


def test_who_saves_up_is_told_with_his_own_past(said: list[Mapping[str, Any]]) -> None:
    assert any("обычно около 147 в месяц" in one["text"] for one in cards(said, "Заря"))


def test_managers_hear_in_working_hours_and_support_not_at_all(said: list[Mapping[str, Any]]) -> None:
    signals = [one for one in said if "Сигнал №" in one["text"]]

    assert {one["chat_id"] for one in signals} == {OLGA.id}
    assert all("09:00" <= one["at"][11:16] < "18:00" for one in signals if not one["edit"])
    assert not [one for one in said if one["chat_id"] == SUPPORT.id and "Вектор" in one["text"]]


def test_an_answer_stands_on_the_card(said: list[Mapping[str, Any]]) -> None:
    assert any("позвонила Ольга" in one["text"] for one in said if one["edit"])
