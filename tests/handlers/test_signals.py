"""Signals: told to the manager alone, in working hours; answered by buttons; nobody sees another manager's client."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from checks.model import Answer, Cause, CauseKind, Observation, Outcome, Priority, RouteKind, access_subject
from checks.notifications import Policy
from checks.quiet import NEVER
from checks.rules import Rules
from handlers.observations import record
from storage import chats, estate, incidents, outbox, routes, signals
from storage.database import Connection, Database
from tests.accesses import MOSCOW, put_accesses
from tests.talk import ADMIN, ANNA, HEAD, MISHA, OLGA, STRANGER, Clock, Talk, labels, talking

MORNING = datetime(2026, 11, 25, 10, 0, tzinfo=MOSCOW)
NIGHT = datetime(2026, 11, 25, 23, 0, tzinfo=MOSCOW)
CAUSE = Cause(CauseKind.CLIENT, "vektor", "usage.1")
CODE = "OnlineNoLogin"
FACTS = {"days": 8, "last": "2026-11-17", "since": "2026-11-17", "login": "login-vektor"}


async def rules_of(database: Database) -> Rules:
    async with database.read() as connection:
        policy = Policy(quiet=replace(NEVER, zone=MOSCOW))
        return Rules(estate=await estate.load(connection), policy=policy)


async def raises(
    database: Database, at: datetime = MORNING, outcome: Outcome = Outcome.FAIL, *, code: str = CODE, **facts: Any
) -> None:
    """Judge the access of «Вектор»."""
    seen = Observation(subject=access_subject("vektor", 1), code=code, outcome=outcome, at=at, facts={**FACTS, **facts})
    await record(database, [seen], rules=await rules_of(database), now=at)


async def binds(database: Database, person: int, manager: str) -> None:
    async def work(tx: Connection) -> None:
        await chats.meet(tx, person, at=MORNING)
        await routes.bind(tx, person, RouteKind.BUSINESS, at=MORNING, manager=manager)

    await database.write(work)


async def number_of(database: Database) -> int:
    async with database.read() as connection:
        (one,) = await incidents.open_signals(connection, causes=[CAUSE])
    assert one.id is not None
    return one.id


async def owed(database: Database, chat: int) -> list[Any]:
    async with database.read() as connection:
        return await outbox.waiting(connection, chat)


@pytest.fixture
async def talk(database: Database) -> AsyncIterator[Talk]:
    await put_accesses(database, {"vektor": "Ольга Иванова"})
    async with talking(database, clock=Clock(MORNING)) as made:
        await binds(database, OLGA.id, "Ольга Иванова")
        await binds(database, MISHA.id, "Михаил")
        yield made


async def test_it_is_owed_to_its_manager_alone(talk: Talk) -> None:
    await talk.database.write(lambda tx: chats.set_signals(tx, OLGA.id, "at_once"))
    await raises(talk.database)

    assert [note.due_at for note in await owed(talk.database, OLGA.id)] == [MORNING]
    assert await owed(talk.database, MISHA.id) == []
    assert await owed(talk.database, ADMIN.id) == []


async def test_at_night_it_waits_for_the_working_morning(talk: Talk) -> None:
    await talk.database.write(lambda tx: chats.set_signals(tx, OLGA.id, "at_once"))
    await raises(talk.database, NIGHT)

    (note,) = await owed(talk.database, OLGA.id)
    assert note.due_at == datetime(2026, 11, 26, 9, 0, tzinfo=MOSCOW)

    await raises(talk.database, NIGHT + timedelta(hours=1), Outcome.OK)
    assert await owed(talk.database, OLGA.id) == [], "it was over before anybody heard of it"


async def test_what_is_not_urgent_waits_for_the_digest(talk: Talk) -> None:
    await raises(talk.database)

    assert await owed(talk.database, OLGA.id) == []
    async with talk.database.read() as connection:
        (note,) = await outbox.waits_for_morning(connection, OLGA.id)
    assert note.priority is Priority.K4


async def test_a_client_whose_manager_is_not_here_goes_to_the_head(database: Database) -> None:
    await put_accesses(database, {"vektor": None})
    async with talking(database, clock=Clock(MORNING)):
        await database.write(lambda tx: chats.meet(tx, HEAD.id, at=MORNING))
        await database.write(lambda tx: chats.set_signals(tx, HEAD.id, "at_once"))
        await raises(database)

        assert len(await owed(database, HEAD.id)) == 1
        assert await owed(database, ADMIN.id) == []


async def test_it_is_no_outage(talk: Talk) -> None:
    await raises(talk.database)

    async with talk.database.read() as connection:
        assert await incidents.open_ones(connection) == []
    assert "заходил" not in (await talk.says(ANNA, "/down"))[0]["text"]


async def test_answers_stand_on_the_card_and_twice_is_once(talk: Talk) -> None:
    await raises(talk.database)
    card = await talk.shows(await number_of(talk.database), OLGA)
    assert "никто не заходил 8 дней" in card["text"]

    assert "позвонили" in (await talk.presses(OLGA, "Позвонил"))["answer"]
    said = await talk.last(OLGA)
    assert "позвонила Ольга" in said["text"]
    assert "Позвонил" not in labels(said)

    assert "в работе" in (await talk.presses(OLGA, "В работе"))["answer"]
    async with talk.database.read() as connection:
        (one,) = await signals.open_of(connection)
    assert (one.answer, one.answered_by) == (Answer.WORKING, OLGA.id)
    assert [act for _, act in await talk.audit()] == ["signal", "signal"]


async def test_not_before_a_date_keeps_it_back_till_that_morning(talk: Talk) -> None:
    await raises(talk.database)
    await talk.shows(await number_of(talk.database), OLGA)

    await talk.presses(OLGA, "Не актуально до…")
    menu = await talk.last(OLGA)
    assert "не актуально до какого дня" in menu["text"]
    await talk.presses(OLGA, "На неделю, до 02.12")

    (silence,) = await talk.lasting()
    assert silence.until == datetime(2026, 12, 2, 9, 0, tzinfo=MOSCOW)
    assert "не актуально до 02.12" in (await talk.last(OLGA))["text"]


async def test_a_date_in_a_reply_does_the_same(talk: Talk) -> None:
    await raises(talk.database)
    card = await talk.shows(await number_of(talk.database), OLGA)

    told = await talk.says(OLGA, "20 декабря", reply_to=card["message_id"])

    assert "до 20.12" in told[-1]["text"]
    async with talk.database.read() as connection:
        (one,) = await signals.open_of(connection)
    assert one.until == date(2026, 12, 20)


async def test_wrong_counts_against_the_rule_with_its_reason(talk: Talk) -> None:
    await raises(talk.database)
    await talk.shows(await number_of(talk.database), OLGA)

    await talk.presses(OLGA, "Неверно…")
    await talk.presses(OLGA, "Клиент сезонный, так и должно быть")

    async with talk.database.read() as connection:
        (one,) = await signals.wrong(connection, MORNING)
    assert (one.code, one.reason) == (CODE, "season")
    assert "неверно" in (await talk.last(OLGA))["text"]


async def test_the_text_for_the_client_is_there_to_copy_without_a_password(talk: Talk) -> None:
    await raises(talk.database)
    await talk.shows(await number_of(talk.database), OLGA)

    await talk.presses(OLGA, "Показать текст клиенту: напомнить доступ")

    shown = await talk.last(OLGA)
    (copied,) = [button["copy"] for row in shown["buttons"] for button in row if "copy" in button]
    assert "логин login-vektor" in copied
    assert "sealed" not in shown["text"]


@pytest.mark.parametrize(
    "button", ["Позвонил", "Не актуально до…", "Неверно…", "Показать текст клиенту: напомнить доступ"]
)
async def test_nobody_answers_for_another_managers_client(talk: Talk, button: str) -> None:
    await raises(talk.database)
    number = await number_of(talk.database)
    card = await talk.shows(number, OLGA)
    data = next(one["data"] for row in card["buttons"] for one in row if one["text"] == button)
    await talk.shows(number, MISHA)

    told = await talk.presses(MISHA, data)

    assert "Ольга Иванова" in told["answer"]
    async with talk.database.read() as connection:
        assert [one.answer for one in await signals.open_of(connection)] == [None]


async def test_a_signal_that_is_over_takes_no_answer(talk: Talk) -> None:
    await raises(talk.database)
    await talk.shows(await number_of(talk.database), OLGA)
    await raises(talk.database, MORNING + timedelta(hours=1), Outcome.OK)

    assert "закончился" in (await talk.presses(OLGA, "Позвонил"))["answer"]
    assert (await talk.last(OLGA))["text"].startswith("🟢")


async def test_each_chat_chooses_how_it_hears(talk: Talk) -> None:
    (page,) = await talk.says(OLGA, "/signals")
    assert "срочные сразу" in page["text"]

    await talk.presses(OLGA, "Все сразу")
    assert "все сразу" in (await talk.last(OLGA))["text"]
    async with talk.database.read() as connection:
        chat = await chats.load(connection, OLGA.id)
    assert chat is not None
    assert chat.signals == "at_once"


async def test_others_have_no_say_in_it(talk: Talk) -> None:
    for person in (ANNA, STRANGER):
        told = await talk.says(person, "/signals")
        assert not any("Сигналы о клиентах" in one["text"] for one in told)
