"""A call to the client is kept in the timeline; one that failed is repeated when somebody chose; the last one helps."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from checks.model import IncidentState, NoteKind
from storage import incidents, outbox
from storage.database import Database
from tests.builders import incident, symptom
from tests.talk import ANNA, IGOR, SUPPORT, Talk, labels, settle_estate, talking

KEY = "KodeksOnlineSensLockCheck"


@pytest.fixture
async def chat(database: Database):
    await settle_estate(database)
    async with talking(database) as opened:
        yield opened


async def lost_key(chat: Talk) -> int:
    number = await chat.opens(incident(code=KEY, symptoms=(symptom(KEY),)))
    await chat.shows(number, SUPPORT)
    return number


async def calls(chat: Talk, number: int) -> list[tuple[int | None, bool]]:
    async with chat.database.read() as connection:
        entries = await incidents.entries(connection, number)
    return [(one.person_id, one.detail["reached"]) for one in entries if one.what == incidents.CALLED]


async def test_a_call_that_got_through_stands_on_the_card(chat: Talk) -> None:
    number = await lost_key(chat)

    await chat.presses(ANNA, "📞 Звонок", SUPPORT)
    assert "Дозвонились?" in (await chat.last(SUPPORT))["text"]
    told = await chat.presses(ANNA, "Дозвонились", SUPPORT)

    assert told["answer"] == "Записано: дозвонились"
    assert "Звонила Анна в 12:00: дозвонились." in (await chat.last(SUPPORT))["text"]
    assert await calls(chat, number) == [(ANNA.id, True)]


async def test_a_call_that_failed_is_repeated_later(chat: Talk) -> None:
    number = await lost_key(chat)

    await chat.presses(ANNA, "📞 Звонок", SUPPORT)
    await chat.presses(ANNA, "Нет, через 30 мин", SUPPORT)

    assert await calls(chat, number) == [(ANNA.id, False)]
    async with chat.database.read() as connection:
        (note,) = [one for one in await outbox.of_incident(connection, number) if one.kind is NoteKind.STILL]
    assert note.due_at == chat.clock() + timedelta(minutes=30)
    assert "Звонила Анна в 12:00: не дозвонились." in (await chat.last(SUPPORT))["text"]


async def test_a_second_press_is_the_same_call(chat: Talk) -> None:
    number = await lost_key(chat)
    await chat.presses(ANNA, "📞 Звонок", SUPPORT)
    menu = await chat.last(SUPPORT)

    await chat.presses(ANNA, "Дозвонились", SUPPORT, menu)
    assert await calls(chat, number) == [(ANNA.id, True)]


async def test_the_next_lost_key_says_who_called_the_last_time(chat: Talk) -> None:
    first = await lost_key(chat)
    await chat.presses(ANNA, "📞 Звонок", SUPPORT)
    await chat.presses(ANNA, "Дозвонились", SUPPORT)
    async with chat.database.read() as connection:
        known = await incidents.load(connection, first)
    assert known is not None
    ended = replace(known, state=IncidentState.ENDED, ended_at=chat.clock())
    await chat.database.write(lambda tx: incidents.save(tx, ended, noticed_at=chat.clock()))
    chat.clock.passes(hours=2)

    await lost_key(chat)

    assert "В прошлый раз звонила Анна, 12:00: дозвонились." in (await chat.last(SUPPORT))["text"]


async def test_an_incident_that_is_over_needs_no_call(chat: Talk) -> None:
    number = await lost_key(chat)
    card = await chat.last(SUPPORT)
    async with chat.database.read() as connection:
        known = await incidents.load(connection, number)
    assert known is not None
    ended = replace(known, state=IncidentState.ENDED, ended_at=chat.clock())
    await chat.database.write(lambda tx: incidents.save(tx, ended, noticed_at=chat.clock()))

    told = await chat.presses(IGOR, "📞 Звонок", SUPPORT, card)

    assert told["answer"] == "Эта авария уже закончилась"
    assert await calls(chat, number) == []
    assert labels(card)
