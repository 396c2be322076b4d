"""A specialist announces work: the client's alerts wait, and when it is over what came back is watched."""

from __future__ import annotations

from datetime import timedelta

import openpyxl  # noqa: F401 - loaded before anybody waits for a sheet
import pytest

from checks.model import WindowState
from checks.watching import RUNNING, Point, Trigger, Why
from storage import health, maintenance, versions, watches
from storage.database import Database
from tests.builders import NOON
from tests.builders import health as believed
from tests.talk import ADMIN, ANNA, HEAD, IGOR, OLGA, PETR, SUPPORT, Talk, labels, settle_estate, talking


@pytest.fixture(autouse=True)
async def estate(database: Database) -> None:
    await settle_estate(database)


@pytest.fixture
async def chat(database: Database):
    async with talking(database) as opened:
        yield opened


async def watch_of(talk: Talk, client: str = "romashka"):
    async with talk.database.read() as connection:
        return await watches.last(connection, client)


async def begins(talk: Talk) -> None:
    await talk.says(ANNA, "/work ромашка смена версии", SUPPORT)
    await talk.presses(ANNA, "Работы начаты", SUPPORT)


async def test_work_is_announced_by_name_and_what_is_done(chat: Talk) -> None:
    (asked,) = await chat.says(ANNA, "/work ромашка смена версии", SUPPORT)
    assert "Что делаем: смена версии." in asked["text"]

    told = await chat.presses(ANNA, "Работы начаты", SUPPORT)

    assert told["answer"] == "Работы начаты, об этом клиенте пока молчим"
    card = await chat.last(SUPPORT)
    assert "идут работы" in card["text"]
    assert "начала Анна · смена версии" in card["text"]
    watch = await watch_of(chat)
    assert (watch.trigger, watch.by, watch.what, watch.since) == (Trigger.WORK, ANNA.id, "смена версии", None)
    async with chat.database.read() as connection:
        (window,) = await maintenance.under_way(connection, chat.clock())
    assert (window.target, window.state) == ("romashka", WindowState.LASTING)
    assert window.ends_at - window.begins_at == timedelta(hours=8)


async def test_the_end_begins_the_watch_and_is_said_twice_in_vain(chat: Talk) -> None:
    await begins(chat)
    chat.clock.passes(minutes=40)
    card = await chat.last(SUPPORT)

    first = await chat.presses(IGOR, "Работы закончены", SUPPORT, card)

    assert first["answer"] == "Записано: работы закончены, проверяем"
    watch = await watch_of(chat)
    assert (watch.since, watch.due_at) == (chat.clock(), chat.clock() + timedelta(hours=24))
    assert watch.points == (Point.PAGE,)
    assert "проверяем, всё ли вернулось" in (await chat.last(SUPPORT))["text"]
    assert ("Игорь", "work_over") in await chat.audit()


async def test_work_called_off_is_as_if_it_had_not_been(chat: Talk) -> None:
    await begins(chat)

    await chat.presses(ANNA, "Отменить", SUPPORT)

    watch = await watch_of(chat)
    assert watch.ended_why is Why.CANCELLED
    async with chat.database.read() as connection:
        assert await maintenance.under_way(connection, chat.clock()) == []
    assert "работы отменены" in (await chat.last(SUPPORT))["text"]


async def test_a_watch_called_off_resolves_what_it_said(chat: Talk) -> None:
    await begins(chat)
    await chat.presses(ANNA, "Работы закончены", SUPPORT)
    await chat.database.write(lambda tx: health.save(tx, [believed(RUNNING, seen_at=NOON)]))

    told = await chat.presses(ANNA, "Отменить контроль", SUPPORT)

    assert told["answer"] == "Отменено"
    async with chat.database.read() as connection:
        assert RUNNING not in {one.code for one in await health.not_ok(connection)}


async def test_one_client_is_worked_at_once_at_a_time(chat: Talk) -> None:
    await begins(chat)

    (said,) = await chat.says(IGOR, "/work ромашка", SUPPORT)

    assert "идут работы" in said["text"]
    assert "Работы начаты" not in labels(said)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("/work", "Напишите /work клиент что делаем"),
        ("/work крокодил", "Никого не нашлось"),
        ("/work romashka", "Ромашка: работы"),
        ("/work VEKTOR обновление", "Что делаем: обновление."),
    ],
)
async def test_rubbish_and_names_are_answered(chat: Talk, words: str, said: str) -> None:
    (answer,) = await chat.says(ANNA, words)

    assert said in answer["text"]


async def test_a_manager_works_at_his_own_clients_only_and_a_viewer_nowhere(chat: Talk) -> None:
    (own,) = await chat.says(OLGA, "/work ромашка")
    (foreign,) = await chat.says(OLGA, "/work вектор")
    (viewer,) = await chat.says(PETR, "/work ромашка")

    assert "Работы начаты" in labels(own)
    assert "Это не ваш клиент" in foreign["text"]
    assert "другая роль" in viewer["text"]


# ── versions ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_required_version_is_said_by_those_who_may(chat: Talk) -> None:
    (set_,) = await chat.says(HEAD, "/versions 6.4.3.59")
    (bad,) = await chat.says(ADMIN, "/versions шесть")
    (refused,) = await chat.says(ANNA, "/versions 6.4.3.60")

    assert "Теперь требуется версия не ниже 6.4.3.59" in set_["text"]
    assert "Не понял версию" in bad["text"]
    assert "другая роль" in refused["text"]
    async with chat.database.read() as connection:
        wanted = await versions.required(connection)
    assert wanted is not None
    assert (wanted.version, wanted.by) == ("6.4.3.59", HEAD.id)

    (off,) = await chat.says(HEAD, "/versions нет")
    (again,) = await chat.says(HEAD, "/versions нет")
    assert "Требование к версии снято" in off["text"]
    assert "снимать нечего" in again["text"]


async def test_everybody_is_told_who_runs_what_and_gets_it_as_a_sheet(chat: Talk) -> None:
    (said,) = await chat.says(ANNA, "/versions")
    assert said["text"].startswith("Версии: 3 клиента")
    assert "неизвестно: 3 клиента" in said["text"]

    await chat.presses(ANNA, "Таблицей")

    (file,) = chat.world.files.by_id.values()
    assert file.name == "versii.xlsx"
    assert file.content.startswith(b"PK")


async def test_a_manager_sees_the_versions_of_his_own_clients(chat: Talk) -> None:
    (said,) = await chat.says(OLGA, "/versions")

    assert said["text"].startswith("Версии: 1 клиент")
