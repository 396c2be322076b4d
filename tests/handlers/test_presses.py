"""Every button of a card: twice, by two people at once, by strangers, after a restart, late."""

import asyncio
from datetime import time, timedelta

import pytest

from checks.model import Cause, CauseKind, LookKind, NoteKind, OutboxState, Scope
from checks.notifications import Policy
from checks.quiet import Quiet
from storage import incidents, looks, outbox
from templates import MOSCOW
from tests.builders import after, client, incident, redirect, symptom
from tests.talk import (
    ADMIN,
    ANNA,
    HOSTILE,
    IGOR,
    MISHA,
    OLGA,
    PETR,
    STAFF,
    STRANGER,
    SUPPORT,
    Clock,
    labels,
    settle_estate,
    talking,
)

TAKE, BACK, LOOK, MORE, MUTE = "✋ Беру", "↩ Вернуть", "Проверить сейчас", "Подробнее", "🔕 Заглушить…"


@pytest.fixture(autouse=True)
async def estate(database):
    await settle_estate(database)


def shared():
    return incident(
        cause=Cause(CauseKind.REDIRECT, "r1"),
        code="RedirectServerDown",
        symptoms=(
            symptom("RedirectServerDown", subject=redirect()),
            *(symptom("KodeksHttp200Status", subject=client(name)) for name in ("romashka", "vektor", "progress")),
        ),
    )


async def opens_directly(talk, *names):
    """These installations answered a moment ago by their direct addresses."""
    keys = [{"subject": client(name), "kind": LookKind.INSTALLATION, "due_at": talk.clock()} for name in names]
    due = [looks.Due(interval=timedelta(minutes=1), **key) for key in keys]
    seen = [looks.Seen(at=talk.clock(), status=200, elapsed=0.04, **key) for key in keys]
    await talk.database.write(lambda tx: looks.plan(tx, due))
    await talk.database.write(lambda tx: looks.save(tx, seen))


async def timeline(talk, number):
    async with talk.database.read() as connection:
        return [entry.what for entry in await incidents.entries(connection, number)]


async def test_taken_once_and_the_second_hears_who_was_first(talk):
    number = await talk.opens(incident())
    card = await talk.shows(number, SUPPORT)

    first = await talk.presses(ANNA, TAKE, SUPPORT)
    again = await talk.post(
        "presses", chat_id=SUPPORT.id, user_id=IGOR.id, message_id=card["message_id"], button=BACK, wait=5
    )

    await talk.settled()
    assert first == {"answer": f"Авария №{number} ваша", "alert": False}
    assert again["answer"].startswith("Вернули")
    assert await timeline(talk, number) == ["taken", "given_back"]
    assert await talk.audit() == [("Анна", "take"), ("Игорь", "back")]
    assert len(talk.woken) == 2


async def test_two_people_take_at_once(talk):
    number = await talk.opens(incident())
    await talk.shows(number, SUPPORT)

    told = await asyncio.gather(talk.presses(ANNA, TAKE, SUPPORT), talk.presses(IGOR, TAKE, SUPPORT))

    answers = sorted(one["answer"] for one in told)
    assert answers[0] == f"Авария №{number} ваша"
    assert answers[1] in {"Уже взяла Анна", "Уже взял Игорь"}
    assert [what for _, what in await talk.audit()] == ["take"]
    assert BACK in labels(await talk.last(SUPPORT))


async def test_a_card_shows_at_once_who_has_it(talk):
    number = await talk.opens(incident())
    await talk.shows(number, SUPPORT)

    await talk.presses(ANNA, TAKE, SUPPORT)

    card = await talk.last(SUPPORT)
    assert "Анна" in card["text"]
    assert TAKE not in labels(card)


@pytest.mark.parametrize("who", [STRANGER, HOSTILE, PETR, MISHA])
async def test_a_press_by_those_without_the_right_changes_nothing(talk, who):
    number = await talk.opens(incident())
    await talk.shows(number, SUPPORT)

    for button in (TAKE, LOOK, MUTE):
        told = await talk.presses(who, button, SUPPORT)
        assert told["alert"], button
        assert 10 < len(told["answer"]) <= 200
    assert (await talk.incident(number)).taken_by is None
    assert await talk.audit() == []
    assert talk.looks.asked == []


async def test_a_manager_works_with_his_own_client(talk):
    own, foreign = await talk.opens(incident()), await talk.opens(shared())
    await talk.shows(own, SUPPORT)
    assert (await talk.presses(OLGA, TAKE, SUPPORT))["answer"].startswith("Авария")
    await talk.shows(foreign, SUPPORT)
    told = await talk.presses(OLGA, TAKE, SUPPORT)
    assert "чужих клиентов" in told["answer"]
    assert "Михаил" in told["answer"]
    assert not (await talk.presses(OLGA, MORE, SUPPORT))["alert"]


async def test_a_press_after_the_end_is_answered_with_the_present(talk):
    number = await talk.opens(incident())
    card = await talk.shows(number, SUPPORT)
    await talk.database.write(
        lambda tx: tx.exec_driver_sql("UPDATE incidents SET state = 'ended', ended_at = opened_at")
    )

    told = await talk.presses(ANNA, TAKE, SUPPORT, card)

    assert told == {"answer": "Эта авария уже закончилась", "alert": True}
    assert (await talk.last(SUPPORT))["message_id"] == card["message_id"]
    assert "🟢" in (await talk.last(SUPPORT))["text"]


async def test_an_old_button_brings_a_fresh_word(talk):
    await talk.bot.send_message(SUPPORT.id, "старое", reply_markup=stale_keyboard())

    assert "устарела" in (await talk.presses(ANNA, "Кнопка", SUPPORT))["answer"]


async def test_a_press_that_came_while_the_bot_was_down_works_after_the_restart(database):
    async with talking(database) as talk:
        number = await talk.opens(incident())
        card = await talk.shows(number, SUPPORT)
        update = {
            "update_id": 5,
            "callback_query": {
                "id": "1",
                "from": {"id": ANNA.id, "is_bot": False, "first_name": "Анна"},
                "chat_instance": "1",
                "message": {
                    "message_id": card["message_id"],
                    "date": 0,
                    "chat": {"id": SUPPORT.id, "type": "supergroup", "title": "x"},
                },
                "data": f"1:take:{number}",
            },
        }
        await talk.dispatcher.feed_raw_update(talk.bot, update)
        await talk.dispatcher.feed_raw_update(talk.bot, update)
        assert (await talk.incident(number)).taken_by == ANNA.id
        assert await talk.audit() == [("Анна", "take")]
        fresh = await talk.last(SUPPORT)
        assert fresh["message_id"] != card["message_id"], "an inaccessible message is answered with a new card"


async def test_looking_now_asks_for_a_look_and_only_once_in_a_moment(talk):
    number = await talk.opens(shared())
    await talk.shows(number, SUPPORT)

    assert (await talk.presses(ANNA, LOOK, SUPPORT))["answer"] == "Проверяю…"
    await talk.presses(IGOR, LOOK, SUPPORT)
    assert talk.looks.asked == [redirect()]
    talk.clock.passes(seconds=6)
    await talk.presses(IGOR, LOOK, SUPPORT)
    assert len(talk.looks.asked) == 2


async def test_muting_for_four_hours_and_undoing_it(talk):
    number = await talk.opens(incident())
    await talk.shows(number, SUPPORT)

    await talk.presses(ANNA, MUTE, SUPPORT)
    told = await talk.presses(ANNA, "4 часа", SUPPORT)

    assert told["answer"] == "Заглушено"
    [silence] = await talk.lasting()
    assert (silence.scope, silence.until, silence.chat_id) == (Scope.CAUSE, talk.clock() + timedelta(hours=4), None)
    assert await timeline(talk, number) == ["muted"]
    [said] = await talk.says(ANNA, "ждём провайдера", SUPPORT, reply_to=(await talk.last(SUPPORT))["message_id"])
    assert "ждём провайдера" in said["text"]
    assert (await talk.lasting())[0].reason == "ждём провайдера"


async def test_the_same_mute_twice_is_one_and_another_length_replaces_it(talk):
    number = await talk.opens(incident())
    await talk.shows(number, SUPPORT)
    await talk.presses(ANNA, MUTE, SUPPORT)
    menu = await talk.last(SUPPORT)
    keys = {button["text"]: button["data"] for row in menu["buttons"] for button in row}

    async def press(who, words):
        await talk.bot.send_message(SUPPORT.id, "меню", reply_markup=keyboard_with(keys[words]))
        return (await talk.presses(who, "Кнопка", SUPPORT))["answer"]

    assert await press(ANNA, "1 час") == "Заглушено"
    assert await press(IGOR, "1 час") == "Это уже заглушила Анна"
    assert await press(IGOR, "24 часа") == "Заглушено"
    [silence] = await talk.lasting()
    assert silence.author == IGOR.id


async def test_a_manager_mutes_only_where_he_reads(talk):
    number = await talk.opens(incident())
    await talk.shows(number, OLGA)
    await talk.presses(OLGA, MUTE)
    assert "Все такие сообщения" not in labels(await talk.last(OLGA))
    await talk.presses(OLGA, "1 час")

    [silence] = await talk.lasting()
    assert silence.chat_id == OLGA.id


def keyboard_with(data):
    return {"inline_keyboard": [[{"text": "Кнопка", "callback_data": data}]]}


def stale_keyboard():
    return keyboard_with("0:take:1")


async def test_undo_is_for_five_minutes(talk):
    for late in (False, True):
        number = await talk.opens(incident(cause=Cause(CauseKind.CLIENT, "romashka", f"{late}")))
        await talk.shows(number, SUPPORT)
        await talk.presses(ANNA, MUTE, SUPPORT)
        await talk.presses(ANNA, "24 часа", SUPPORT)
        silence = (await talk.lasting())[-1]
        talk.clock.passes(minutes=6 if late else 4)
        await talk.bot.send_message(SUPPORT.id, "x", reply_markup=keyboard_with(f"1:undo:{silence.id}"))
        told = await talk.presses(IGOR, "Кнопка", SUPPORT)
        assert told["answer"].startswith("Пять минут прошли" if late else "Глушение отменено")
    assert len(await talk.lasting()) == 1
    assert ("Игорь", "undo") in await talk.audit()


async def test_hostile_callback_data_is_only_an_old_button(talk):
    for data in (
        "1:mute:1:code.4h.x.y",
        "1:mute:zzzz:cause.1h",
        "1:mute:1:cause",
        "1:here:0:off.moon",
        "\u202e",
        "1:role:1:set.god",
    ):
        await talk.bot.send_message(ADMIN.id, "x", reply_markup=keyboard_with(data))
        told = await talk.presses(ADMIN, "Кнопка")
        assert told["answer"], data
    assert await talk.lasting() == []


async def test_everything_behind_a_shared_card_is_shown_and_leads_back(talk):
    await opens_directly(talk, "romashka")
    number = await talk.opens(shared())
    card = await talk.shows(number, SUPPORT)

    for button in ("Показать текст владельцу", "Показать адреса клиентам", MORE):
        await talk.presses(ANNA, button, SUPPORT)
        shown = await talk.last(SUPPORT)
        assert shown["message_id"] == card["message_id"]
        assert shown["text"] != card["text"]
        await talk.presses(ANNA, "← К аварии", SUPPORT)
        assert "r1" in (await talk.last(SUPPORT))["text"]


async def test_a_manager_is_named_his_own_clients_only(talk):
    await opens_directly(talk, "romashka", "vektor")
    number = await talk.opens(shared())
    viewer = next(one for one in STAFF if one.id == OLGA.id)
    card = await talk.shows(number, OLGA, viewer)
    await talk.presses(OLGA, "Показать адреса клиентам")
    page = await talk.last(OLGA)

    assert "Ромашка" in page["text"]
    for text in (card["text"], page["text"]):
        assert "Вектор" not in text
        assert "10.0.0.2" not in text


async def test_handed_to_the_owner_once(talk):
    number = await talk.opens(shared())
    await talk.shows(number, SUPPORT)
    await talk.presses(ANNA, "Показать текст владельцу", SUPPORT)
    shown = await talk.last(SUPPORT)

    told = await asyncio.gather(
        *(talk.presses(who, "✅ Передано владельцу", SUPPORT, shown) for who in (ANNA, IGOR)), return_exceptions=True
    )

    answers = sorted(one["answer"] for one in told if isinstance(one, dict))
    assert "Записано: передано владельцу" in answers
    assert [what for _, what in await talk.audit()] == ["handed"]
    assert (await talk.incident(number)).handed_by in {ANNA.id, IGOR.id}


async def test_a_storm_of_presses_on_one_card_leaves_one_of_each(talk):
    number = await talk.opens(incident())
    await talk.shows(number, SUPPORT)
    await talk.presses(ANNA, MUTE, SUPPORT)

    await asyncio.gather(
        *(talk.presses(who, "24 часа", SUPPORT) for who in (ANNA, IGOR, ADMIN)), return_exceptions=True
    )

    assert len(await talk.lasting()) == 1


REMIND, FORGET = "Напомнить завтра, 08:00", "Не напоминать"
NIGHTLY = Policy(quiet=Quiet(begin=time(22), end=time(8), zone=MOSCOW))


@pytest.fixture
async def night(database):
    """Half past eleven in the evening: the quiet hours have begun."""
    async with talking(database, clock=Clock(after(hours=11.5)), policy=NIGHTLY) as opened:
        yield opened


async def reminders(talk, number):
    async with talk.database.read() as connection:
        return [note for note in await outbox.of_incident(connection, number) if note.kind is NoteKind.STILL]


async def test_a_reminder_is_owed_for_the_end_of_the_quiet_hours_once(night):
    number = await night.opens(incident())
    await night.shows(number, SUPPORT)

    told = await asyncio.gather(night.presses(ANNA, REMIND, SUPPORT), night.presses(IGOR, REMIND, SUPPORT))

    assert sorted(one["answer"] for one in told) == ["Напомним, если не починят раньше", "Об этой аварии уже напомним"]
    (note,) = await reminders(night, number)
    assert (note.due_at, note.silent, note.state) == (after(hours=20), False, OutboxState.OWED)
    card = await night.last(SUPPORT)
    assert "напомним завтра, 08:00, просил" in card["text"]
    assert FORGET in labels(card)
    assert REMIND not in labels(card)


async def test_a_reminder_can_be_taken_back_and_asked_for_again(night):
    number = await night.opens(incident())
    await night.shows(number, SUPPORT)
    await night.presses(ANNA, REMIND, SUPPORT)

    assert (await night.presses(IGOR, FORGET, SUPPORT))["answer"] == "Не напомним"
    assert REMIND in labels(await night.last(SUPPORT))
    await night.presses(ANNA, REMIND, SUPPORT)

    assert [note.state for note in await reminders(night, number)] == [OutboxState.BURIED, OutboxState.OWED]
    assert await timeline(night, number) == ["reminder", "no_reminder", "reminder"]
    assert await night.audit() == [("Анна", "remind"), ("Игорь", "no_reminder"), ("Анна", "remind")]


async def test_a_button_pressed_after_its_hour_says_so(night):
    number = await night.opens(incident())
    card = await night.shows(number, SUPPORT)
    night.clock.passes(hours=9)

    told = await night.post(
        "presses", chat_id=SUPPORT.id, user_id=ANNA.id, message_id=card["message_id"], button=REMIND, wait=5
    )

    await night.settled()
    assert told == {"answer": "Это время уже прошло", "alert": True}
    assert await reminders(night, number) == []


async def test_strangers_and_viewers_ask_for_no_reminder(night):
    number = await night.opens(incident())
    await night.shows(number, SUPPORT)

    for who in (STRANGER, PETR):
        assert (await night.presses(who, REMIND, SUPPORT))["alert"]
    assert await reminders(night, number) == []
