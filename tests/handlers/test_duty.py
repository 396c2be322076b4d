"""``/duty`` says who is on duty; shifts and leaves are made by buttons, by those who may, also by two at once."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

from checks.model import Days, Leave, Shift, Turn
from storage import duty
from tests.talk import ADMIN, ANNA, HEAD, IGOR, OLGA, PETR, SUPPORT, labels


async def shifts(talk) -> list[Shift]:
    async with talk.database.read() as connection:
        return await duty.every_shift(connection)


async def leaves(talk) -> list[Leave]:
    async with talk.database.read() as connection:
        return await duty.leaves_from(connection, date(2026, 1, 1))


async def make_shift(talk, *people) -> None:
    await talk.says(HEAD, "/duty")
    for button in ("Смены…", "Добавить смену", "Дни…", "Каждый день", "← Готово", "Часы…", "00", "00", "Люди…"):
        await talk.presses(HEAD, button)
    for person in people:
        await talk.presses(HEAD, person.name)
    await talk.presses(HEAD, "← Готово")


async def test_nobody_is_on_duty_at_first(talk):
    [said] = await talk.says(ANNA, "/duty", SUPPORT)
    assert "Дежурных нет" in said["text"]
    assert labels(said) == ["Меня не будет…"]


async def test_a_shift_is_made_by_buttons(talk):
    await make_shift(talk, ANNA, IGOR)

    [shift] = await shifts(talk)
    assert (shift.people, shift.days) == ((ANNA.id, IGOR.id), {Days.EVERY})
    assert shift.begin == shift.end
    card = await talk.last(HEAD)
    assert "круглые сутки с 00:00" in card["text"]
    assert "Анна, Игорь, по очереди, по неделям" in card["text"]

    [said] = await talk.says(PETR, "/duty")
    assert "Дежурит: Анна" in said["text"]
    assert labels(said) == []
    assert ("Глеб", "shift_new") in await talk.audit()


async def test_two_change_a_shift_at_once_and_both_are_heeded(talk):
    await make_shift(talk, ANNA, IGOR)
    [said] = await talk.says(ADMIN, "/duty")
    for button in ("Смены…",):
        await talk.presses(ADMIN, button)
    await talk.presses(ADMIN, labels(await talk.last(ADMIN))[0])

    answers = await asyncio.gather(
        talk.presses(ADMIN, "Очередь: каждый раз следующий"), talk.presses(HEAD, "Очередь: каждый раз следующий")
    )

    assert {one["answer"] for one in answers} == {"Записано"}
    [shift] = await shifts(talk)
    assert shift.turn is Turn.WEEK  # each turned it over once
    assert "Дежурит" in said["text"]


async def test_a_shift_is_dropped_after_a_question(talk):
    await make_shift(talk, ANNA)
    await talk.presses(HEAD, "✖ Удалить смену…")
    assert len(await shifts(talk)) == 1

    number = (await shifts(talk))[0].id
    await talk.presses(HEAD, "Да, удалить")
    assert await shifts(talk) == []
    again = await talk.forges(HEAD, f"1:duty:{number}:gone")
    assert again["answer"] == "Ничего не изменилось"


async def test_support_says_who_stands_in(talk):
    await make_shift(talk, ANNA, IGOR)
    await talk.says(ANNA, "/duty")
    await talk.presses(ANNA, "Меня не будет…")
    first = labels(await talk.last(ANNA))[0]
    await talk.presses(ANNA, first)
    await talk.presses(ANNA, labels(await talk.last(ANNA))[1])
    assert "Анна" not in labels(await talk.last(ANNA))
    await talk.presses(ANNA, "Вера")

    [leave] = await leaves(talk)
    assert (leave.person, leave.instead, leave.last - leave.first) == (ANNA.id, ADMIN.id, timedelta(days=1))
    card = await talk.last(ANNA)
    assert "Дежурит: Вера" in card["text"]

    [button] = [one for one in labels(card) if one.startswith("✖ Отменить отсутствие")]
    await talk.presses(ANNA, button)
    assert await leaves(talk) == []
    assert "Дежурит: Анна" in (await talk.last(ANNA))["text"]


async def test_only_the_head_sends_others_away(talk):
    await talk.says(HEAD, "/duty", SUPPORT)
    told = await talk.presses(IGOR, "Не будет другого…", SUPPORT)
    assert told["alert"]
    assert "другая роль" in told["answer"]

    await talk.presses(HEAD, "Не будет другого…", SUPPORT)
    await talk.presses(HEAD, "Игорь", SUPPORT)
    await talk.presses(HEAD, labels(await talk.last(SUPPORT))[0], SUPPORT)
    await talk.presses(HEAD, labels(await talk.last(SUPPORT))[0], SUPPORT)
    await talk.presses(HEAD, "Следующий по очереди", SUPPORT)

    [leave] = await leaves(talk)
    assert (leave.person, leave.instead) == (IGOR.id, None)


async def test_a_manager_and_a_viewer_plan_nothing(talk):
    for person in (OLGA, PETR):
        [said] = await talk.says(person, "/duty")
        assert labels(said) == []
        for data in ("1:duty:0:new", "1:duty:0:leave", "1:duty:1:gone", "1:duty:0:leave.3.b4f2a.b4f2a.0"):
            assert (await talk.forges(person, data, message=said))["alert"]
    assert await shifts(talk) == []
    assert await leaves(talk) == []


async def test_mangled_buttons_do_no_harm(talk):
    await make_shift(talk, ANNA)
    [said] = await talk.says(HEAD, "/duty")
    for arg in (
        "leave.zz", "leave.3.ffffffff", "leave.3.b4f2c.b4f2a.0", "leave." + "f" * 17, "man.x", "man." + "9" * 20,
        "day.x", "from.25", "from.-1", "till.x", "nonsense", "who.99999", "people.9999", "leave.3.0.0.0",
    ):  # fmt: skip
        told = await talk.forges(HEAD, f"1:duty:1:{arg}", message=said)
        assert "сбой" not in (told["answer"] or "")
    [shift] = await shifts(talk)
    assert shift.people == (ANNA.id,)
    assert await leaves(talk) == []
