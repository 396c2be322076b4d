"""A manager sees all his clients in one message, and the quotas of their accesses; nobody else's by any way in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import insert

from checks.model import Cause, CauseKind, Figure, Figures, Quota
from storage import billing, signals
from storage.database import Database
from storage.tables import accesses
from tests.builders import NOON, after, client, incident
from tests.talk import HEAD, MISHA, OLGA, SUPPORT, Talk, labels, settle_estate, talking

SEEN = datetime(2026, 11, 23, 8, 20, tzinfo=UTC)


@pytest.fixture
async def talk(database: Database) -> AsyncIterator[Talk]:
    await settle_estate(database)
    await database.write(_accesses)
    async with talking(database) as made:
        yield made


async def _accesses(tx: Any) -> None:
    common = {"password": b"x", "catalogue": "docs", "created_at": NOON, "updated_at": NOON}
    rows = [
        {"id": 1, "client": "romashka", "login": "roma", "host": "online.example", **common},
        {"id": 2, "client": "vektor", "login": "vec", "host": "online.example", **common},
    ]
    await tx.execute(insert(accesses), rows)
    for number, left in ((1, 30), (2, 200)):
        figures = Figures(at=SEEN, quotas={Quota.DOCS: Figure(left, 300), Quota.SEARCH: Figure(2900, 3000)})
        await billing.save(tx, [billing.Taken(access=number, figures=figures, day=SEEN.date())])


async def raised(talk: Talk, name: str, code: str) -> None:
    one = signals.Raised(
        subject=client(name), code=code, cause=Cause(CauseKind.CLIENT, name, "usage"), since=after(days=-1), facts={}
    )
    await talk.database.write(lambda tx: signals.put(tx, [one]))


async def test_all_is_well_is_said_in_so_many_words(talk: Talk) -> None:
    (said,) = await talk.says(OLGA, "/my")

    assert said["text"] == "🟢 1 ваш клиент: все в порядке"


async def test_what_does_not_work_stands_first_and_leads_to_the_client(talk: Talk) -> None:
    await talk.opens(incident())
    await raised(talk, "romashka", "OnlineNoLogin")

    (said,) = await talk.says(OLGA, "/my")

    assert "🔴 1 ваш клиент: 0 в порядке, 1 требует внимания" in said["text"]
    assert "Ромашка: сервер не отвечает" in said["text"]
    assert "никто не заходит" in said["text"]
    await talk.presses(OLGA, "Ромашка")
    assert "Ромашка" in (await talk.last(OLGA))["text"]


async def test_a_filter_shows_one_list(talk: Talk) -> None:
    await raised(talk, "romashka", "OnlineNoLogin")
    await talk.says(OLGA, "/my")
    await talk.presses(OLGA, "Мало пользуются 1")

    said = await talk.last(OLGA)
    assert "Мало пользуются: 1 из 1 клиента" in said["text"]
    assert "Все 1" in labels(said)
    assert (await talk.says(OLGA, "/upsell"))[0]["text"].endswith("🟢 Никого.")


async def test_the_head_sees_all_and_can_ask_for_one_manager(talk: Talk) -> None:
    await raised(talk, "vektor", "OnlineNoLogin")

    assert "3 клиента: 2 в порядке, 1 требует внимания" in (await talk.says(HEAD, "/my"))[0]["text"]
    assert "1 клиент: все в порядке" in (await talk.says(HEAD, "/my Ольга Иванова"))[0]["text"]
    assert "Таких клиентов нет" in (await talk.says(HEAD, "/my Никто"))[0]["text"]


async def test_foreign_clients_are_in_no_list(talk: Talk) -> None:
    await talk.opens(incident())
    await raised(talk, "romashka", "OnlineNoLogin")

    for word in ("/my", "/idle", "/upsell", "/renewals", "/billing", "/billing ромашка"):
        (said,) = await talk.says(MISHA, word)
        assert "Ромашка" not in said["text"], word
        assert not any("Ромашка" in label for label in labels(said)), word


async def test_a_press_on_a_foreign_clients_quotas_is_refused(talk: Talk) -> None:
    (said,) = await talk.says(OLGA, "/billing ромашка", SUPPORT)
    told = await talk.presses(MISHA, "График за год", SUPPORT, said)

    assert told["alert"]
    assert not await talk.calls("sendPhoto")


async def test_quotas_are_bars_and_the_year_is_a_picture(talk: Talk) -> None:
    (said,) = await talk.says(OLGA, "/billing ромашка")

    assert "▓▓▓▓▓▓▓▓▓░ Документы: 270 из 300" in said["text"]
    await talk.presses(OLGA, "График за год")
    assert (await talk.last(OLGA))["photo"]


async def test_without_a_name_the_fullest_access_comes_first(talk: Talk) -> None:
    (said,) = await talk.says(HEAD, "/billing")

    assert "Лимиты онлайн-доступов: 2" in said["text"]
    assert said["text"].index("roma") < said["text"].index("vec")
