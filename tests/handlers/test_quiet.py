"""``/quiet`` sets the peace of a chat or a person, by those who may."""

from __future__ import annotations

from storage import chats
from tests.talk import ANNA, OLGA, PETR, SUPPORT, labels


async def chosen(talk, chat):
    async with talk.database.read() as connection:
        found = await chats.load(connection, chat.id)
    return found and found.quiet


async def test_a_person_chooses_their_own_night(talk):
    [said] = await talk.says(PETR, "/quiet")
    assert "Тихих часов у вас нет" in said["text"]  # the operator of this test has none

    await talk.presses(PETR, "Начало…")
    await talk.presses(PETR, "23")
    await talk.presses(PETR, "Конец…")
    await talk.presses(PETR, "07")
    await talk.presses(PETR, "🔊 K1")
    await talk.presses(PETR, "Сразу: K1–K3")

    assert await chosen(talk, PETR) == {"begin": "23:00", "end": "07:00", "loud": 1, "comes": 3}
    card = await talk.last(PETR)
    assert "с 23:00 до 07:00" in card["text"]
    assert "Со звуком приходит: K1." in card["text"]
    await talk.presses(PETR, "Как у всех")
    assert await chosen(talk, PETR) is None


async def test_what_sounds_comes(talk):
    await talk.says(ANNA, "/quiet")
    await talk.presses(ANNA, "Начало…")
    await talk.presses(ANNA, "22")
    await talk.presses(ANNA, "🔊 K1–K3")
    assert (await chosen(talk, ANNA))["comes"] == 3
    await talk.presses(ANNA, "Сразу: K1 и K2")
    assert (await chosen(talk, ANNA))["loud"] == 2
    again = await talk.presses(ANNA, "Сразу: K1 и K2")
    assert again["answer"] == "Ничего не изменилось"


async def test_a_groups_night_is_set_by_those_who_may_bind_it(talk):
    [said] = await talk.says(OLGA, "/quiet", SUPPORT)
    assert labels(said) == []
    told = await talk.forges(OLGA, "1:quiet:0:off", SUPPORT, message=said)
    assert told["alert"]

    await talk.says(ANNA, "/quiet", SUPPORT)
    await talk.presses(ANNA, "Начало…", SUPPORT)
    await talk.presses(ANNA, "22", SUPPORT)
    assert (await chosen(talk, SUPPORT))["begin"] == "22:00"


async def test_mangled_buttons_do_no_harm(talk):
    [said] = await talk.says(ANNA, "/quiet")
    for arg in ("loud.9", "comes.-1", "begin.24", "end.x", "nonsense", "loud.", "begin.1.2"):
        assert (await talk.forges(ANNA, f"1:quiet:0:{arg}", message=said))["answer"] == "Ничего не изменилось"
    assert not await chosen(talk, ANNA)
