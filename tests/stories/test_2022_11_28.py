"""28.11.2022 in the product: a lost key is told at once, passed on, called about, mended; the morning is calm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import pytest_asyncio

from bot.config import Config
from bot.rehearsal import rehearsing
from demo.stories.stage import stage_opener
from demo.stories.theatre import open_theatre
from demo.telegram.cast import IGOR, SUPPORT

pytestmark = pytest.mark.slow
NAME = "2022-11-28"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def said() -> list[Mapping[str, Any]]:
    async with open_theatre(stage_opener(rehearsing, Config())) as theatre:
        await theatre.start(NAME, speed=1e9)
        told = await theatre.finished(NAME)
    assert told["error"] == ""
    found: list[Mapping[str, Any]] = told["said"]
    return found


def between(said: list[Mapping[str, Any]], begin: str, end: str) -> list[str]:
    return [str(one["text"]) for one in said if begin <= str(one["at"])[8:16] < end and one["chat_id"] == SUPPORT.id]


def test_a_lost_key_is_told_within_one_look_with_whom_to_call(said: list[Mapping[str, Any]]) -> None:
    (first,) = between(said, "23T19:10", "23T19:16")

    assert first.startswith("🔴 Ромашка: сервер не видит ключ защиты")
    assert "проброс USB-ключа" in first
    assert "И. Петров" in first
    assert between(said, "23T00:00", "23T19:10") == []


def test_what_nobody_took_goes_to_the_next(said: list[Mapping[str, Any]]) -> None:
    assert any("Никто не взял" in text for text in between(said, "23T19:16", "23T19:31"))


def test_the_call_stands_on_the_card(said: list[Mapping[str, Any]]) -> None:
    assert any("Звонила Анна в 19:36: дозвонились" in text for text in between(said, "23T19:36", "23T20:40"))


def test_it_is_told_mended_once(said: list[Mapping[str, Any]]) -> None:
    new = [one for one in said if not one["edit"] and "снова работает" in one["text"]]

    assert len(new) == 1
    assert "1 ч 50 мин" in new[0]["text"]  # until the report of 21:05 says so too


def test_in_the_morning_all_is_well_here_and_now(said: list[Mapping[str, Any]]) -> None:
    (card,) = [one["text"] for one in said if one["chat_id"] == IGOR.id and str(one["at"])[8:16] >= "24T09:20"]

    assert card.startswith("🟢 Ромашка: всё в порядке, актуально\nАварий нет, данные свежие.")
    assert "Операпы сегодня 05:40" in card
    assert "Ключ виден" in card
