"""15.11.2022 in the product as wired: one incident for the redirect server, told once, handed over, mended once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import pytest_asyncio

from bot.config import Config
from bot.rehearsal import rehearsing
from demo.stories.stage import stage_opener
from demo.stories.theatre import SCRIPTS, open_theatre
from demo.telegram.cast import SUPPORT

pytestmark = pytest.mark.slow
NAME = "2022-11-15"
CLIENTS = SCRIPTS[NAME]().clients


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


def clock(one: Mapping[str, Any]) -> str:
    return str(one["at"])[11:19]


def between(said: list[Mapping[str, Any]], begin: str, end: str) -> list[Mapping[str, Any]]:
    return [one for one in said if begin <= clock(one) < end]


def test_it_is_told_once_within_the_minute_and_nowhere_else(said: list[Mapping[str, Any]]) -> None:
    first, *rest = [one for one in said if not one["edit"] and clock(one) < "06:06:00"]

    assert rest == []
    assert first["chat_id"] == SUPPORT.id
    assert "06:02:00" <= clock(first) < "06:03:00"
    assert first["text"].startswith("🔴 Сервер переадресации r1 не работает\nс 06:02")
    assert "12 клиентов" in first["text"]
    assert between(said, "00:00:00", "06:02:00") == []


def test_everybody_behind_it_is_named_with_a_direct_address(said: list[Mapping[str, Any]]) -> None:
    shown = "\n".join(one["text"] for one in between(said, "06:40:00", "06:41:00"))

    for client in CLIENTS:
        assert client.title in shown
        assert str(client.address).removeprefix("http://") in shown


def test_the_owner_gets_a_text_and_the_card_says_who_handed_it_over(said: list[Mapping[str, Any]]) -> None:
    assert any("r1.te-cloud.ru" in one["text"] for one in between(said, "06:07:00", "06:08:00"))
    handed = between(said, "06:09:00", "06:12:00")
    assert any("владельцу сообщила Анна в 06:09" in one["text"] for one in handed)


def test_it_is_told_mended_once_and_how_long_it_lasted(said: list[Mapping[str, Any]]) -> None:
    after = between(said, "07:54:00", "07:57:00")
    (reply,) = [one for one in after if not one["edit"]]

    assert reply["text"].startswith("🟢 Сервер переадресации r1 снова работает")
    assert "1 ч 52 мин" in reply["text"]
    assert [one["text"].startswith("🟢") for one in after if one["edit"]][-1]
    assert "Все 12 клиентов открываются по обычному адресу" in after[-1]["text"]


def test_a_text_asks_clients_to_go_back_to_their_domain_names(said: list[Mapping[str, Any]]) -> None:
    shown = "\n".join(one["text"] for one in between(said, "07:57:00", "07:58:00"))

    assert "Текст клиентам: вернуться к обычному адресу" in shown


def test_nothing_new_is_said_while_it_lasts(said: list[Mapping[str, Any]]) -> None:
    red, green = [one["text"] for one in said if not one["edit"]]

    assert red.startswith("🔴 Сервер переадресации r1 не работает")
    assert green.startswith("🟢 Сервер переадресации r1 снова работает")
