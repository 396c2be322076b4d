"""29.05.2023 in the product as wired: a prolonged client does not come; the manager has a text ready, he comes back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import pytest_asyncio

from bot.config import Config
from bot.rehearsal import rehearsing
from demo.stories.stage import stage_opener
from demo.stories.theatre import open_theatre
from demo.telegram.cast import OLGA

pytestmark = pytest.mark.slow
NAME = "2023-05-29"


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


def test_it_is_told_once_on_monday_morning_with_the_contract(said: list[Mapping[str, Any]]) -> None:
    (card,) = [one for one in said if not one["edit"] and one["text"].startswith("🟡 Прогресс: никто не заходил")]

    assert card["chat_id"] == OLGA.id
    assert card["at"].startswith("2023-05-29T09:00")
    assert "Договор продлён 25.05. Возможно, потеряли доступ." in card["text"]


def test_a_text_for_the_client_is_ready(said: list[Mapping[str, Any]]) -> None:
    (shown,) = [one for one in said if one["text"].startswith("Текст клиенту: напомнить доступ")]

    assert "http://online.example.ru/docs, логин progress" in shown["text"]
    assert "story" not in shown["text"], "the password is never shown"


def test_the_card_says_that_he_is_back_and_nobody_is_bothered(said: list[Mapping[str, Any]]) -> None:
    green = [one for one in said if one["text"].startswith("🟢 Прогресс: снова пользуются")]

    assert green
    assert all(one["edit"] for one in green)
    assert green[-1]["at"].startswith("2023-05-31")
