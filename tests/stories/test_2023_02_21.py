"""21.02.2023 in the product as wired, in four ways: in each of them the chat is told aloud no later than 16.02."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import pytest_asyncio

from bot.config import Config
from bot.rehearsal import rehearsing
from demo.stories.stage import stage_opener
from demo.stories.theatre import open_theatre
from demo.stories.version_change import VARIANTS, Variant
from demo.telegram.cast import SUPPORT

pytestmark = pytest.mark.slow


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=VARIANTS, ids=lambda one: one.name)
async def told(request: pytest.FixtureRequest) -> tuple[Variant, list[Mapping[str, Any]]]:
    variant: Variant = request.param
    async with open_theatre(stage_opener(rehearsing, Config())) as theatre:
        await theatre.start(variant.name, speed=1e9)
        done = await theatre.finished(variant.name)
    assert done["error"] == ""
    return variant, [one for one in done["said"] if one["chat_id"] == SUPPORT.id]


Told = tuple[Variant, list[Mapping[str, Any]]]


def alarms(said: list[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """New messages that say something is wrong since the version was changed."""
    return [
        (str(one["at"])[5:16], str(one["text"]))
        for one in said
        if not one["edit"] and str(one["at"])[5:16] >= "02-15T18:00" and str(one["text"])[0] in "🔴🟠"
    ]


def test_the_alert_comes_no_later_than_the_sixteenth(told: Told) -> None:
    _, said = told

    first, text = alarms(said)[0]
    assert first < "02-16T19:30"
    assert "ТехПром" in text


def test_real_time_status_tells_it_on_the_very_evening(told: Told) -> None:
    variant, said = told
    first, text = alarms(said)[0]

    if variant.smartstatus:
        assert first < "02-15T20:00"
        assert "главная страница" in text
        assert text.startswith("🔴")


def test_without_it_the_missing_points_are_named(told: Told) -> None:
    variant, said = told
    if variant.smartstatus:
        return
    (text,) = [text for _, text in alarms(said) if "подтверждено" in text]

    assert "⏳ отчёт после изменения: обычно раз в час" in text
    assert ("Игорь, проверьте" in text) == variant.announced


def test_everything_that_came_back_is_said_once(told: Told) -> None:
    _, said = told

    back = [one for one in said if not one["edit"] and "🟢 ТехПром: всё вернулось после" in one["text"]]
    assert [str(one["at"])[5:10] for one in back if one["at"] > "2023-02-16"] == ["02-16"]


def test_bases_updated_by_hand_are_named_on_the_day(told: Told) -> None:
    _, said = told

    assert any("необычного обновления баз" in one["text"] and str(one["at"])[5:10] == "02-14" for one in said)
