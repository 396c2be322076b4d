"""A chat is bound to what it is told by those who may, and says what it is bound to."""

import pytest

from checks.model import RouteKind
from handlers.losses import lose_topic
from storage import chats, routes
from tests.talk import ADMIN, ANNA, IGOR, MISHA, OLGA, OUTSIDE, PETR, SUPPORT, labels, settle_estate


async def bound(talk, chat_id):
    async with talk.database.read() as connection:
        return [one.route for one in await routes.of_chat(connection, chat_id)]


@pytest.fixture
async def estate(database):
    await settle_estate(database)


async def test_support_binds_a_topic_to_technical_alerts(talk):
    [menu] = await talk.says(ANNA, "/here", SUPPORT, thread_id=2)
    assert "Сюда пока ничего не сообщаем" in menu["text"]

    told = await talk.presses(ANNA, "Все технические аварии", SUPPORT)
    again = await talk.presses(ANNA, "Все технические аварии", SUPPORT)

    assert (told["answer"], again["answer"]) == ("Записано", "Так уже и есть")
    [route] = await bound(talk, SUPPORT.id)
    assert (route.thread_id, route.kinds) == (2, {RouteKind.TECHNICAL})
    card = await talk.last(SUPPORT)
    assert "все технические аварии (в эту тему)" in card["text"]
    assert [what for _, what in await talk.audit()] == ["bound"]


async def test_a_binding_is_taken_back(talk):
    await talk.says(ANNA, "/here", SUPPORT)
    await talk.presses(ANNA, "Деловые тревоги", SUPPORT)
    button = "✖ Больше не сообщать: деловые тревоги"
    card = await talk.last(SUPPORT)

    assert (await talk.presses(ANNA, button, SUPPORT))["answer"] == "Отвязано"
    assert await bound(talk, SUPPORT.id) == []
    assert button in labels(card)


async def test_one_server_and_one_managers_clients(talk, estate):
    await talk.says(ADMIN, "/here", SUPPORT)
    await talk.presses(ADMIN, "Один сервер переадресации…", SUPPORT)
    await talk.presses(ADMIN, "r1", SUPPORT)
    await talk.presses(ADMIN, "Клиенты одного менеджера…", SUPPORT)
    await talk.presses(ADMIN, "Михаил", SUPPORT)

    found = {(next(iter(one.kinds)), *one.redirects, *one.managers) for one in await bound(talk, SUPPORT.id)}
    assert found == {(RouteKind.TECHNICAL, "r1"), (RouteKind.OWN, "Михаил")}
    [journal] = await talk.says(ADMIN, "/audit")
    assert "аварии сервера переадресации r1" in journal["text"]


async def test_a_manager_binds_his_own_clients_in_private_only(talk, estate):
    [menu] = await talk.says(OLGA, "/here")
    assert labels(menu) == ["Мои клиенты"]
    await talk.presses(OLGA, "Мои клиенты")

    [route] = await bound(talk, OLGA.id)
    assert route.managers == {"Ольга Иванова"}
    [menu] = await talk.says(OLGA, "/here", SUPPORT)
    assert labels(menu) == []
    own = await talk.last(OLGA)
    assert await talk.presses(OLGA, "✖ Больше не сообщать: клиенты менеджера Ольга Иванова", message=own)
    assert await bound(talk, OLGA.id) == []


async def test_others_hear_whom_to_ask(talk):
    await talk.says(ANNA, "/here", SUPPORT)

    told = await talk.presses(OLGA, "Все технические аварии", SUPPORT)
    assert told["alert"]
    assert "Анна или Игорь" in told["answer"]
    assert "другая роль" in (await talk.says(PETR, "/here"))[0]["text"]
    assert await bound(talk, SUPPORT.id) == []


async def test_here_introduces_a_group_for_those_who_may(talk):
    talk.world.rooms[OUTSIDE.id].bot = "administrator"

    [said] = await talk.says(ANNA, "/here", OUTSIDE)
    assert "Сюда пока ничего не сообщаем" in said["text"]
    await talk.presses(ANNA, "Все технические аварии", OUTSIDE)
    assert len(await bound(talk, OUTSIDE.id)) == 1


async def test_an_unknown_group_hears_nothing_from_others(talk):
    outside = talk.world.rooms[OUTSIDE.id]
    outside.bot = "administrator"
    outside.members[MISHA.id] = "member"

    [said] = await talk.says(MISHA, "/here", OUTSIDE)
    assert "другая роль" in said["text"] or "не представили" in said["text"]
    assert await talk.says(MISHA, "/help", OUTSIDE) != []


async def test_a_lost_topic_is_bound_again_by_one_button(talk):
    await talk.says(ANNA, "/here", SUPPORT, thread_id=2)
    await talk.presses(ANNA, "Все технические аварии", SUPPORT)
    await talk.database.write(lambda tx: lose_topic(tx, SUPPORT.id, 2, now=talk.clock()))
    [route] = await bound(talk, SUPPORT.id)
    assert route.thread_id is None

    talk.world.add_topic(talk.world.rooms[SUPPORT.id], "Новая", ADMIN.id)
    topic = next(number for number in talk.world.rooms[SUPPORT.id].topics if number != 2)
    [menu] = await talk.says(ANNA, "/here", SUPPORT, thread_id=topic)
    assert "тема потеряна" in menu["text"]
    assert (await talk.presses(PETR, "↩ Вернуть сюда: аварии", SUPPORT))["alert"]
    first = await talk.presses(ANNA, "↩ Вернуть сюда: аварии", SUPPORT, message=menu)
    again = await talk.forges(IGOR, "1:here:0:again.1", SUPPORT, message=menu)

    assert (first["answer"], again["answer"]) == ("Записано", "Ничего не изменилось")
    [route] = await bound(talk, SUPPORT.id)
    assert route.thread_id == topic


async def test_the_fallback_is_chosen_by_the_head_or_an_admin(talk):
    talk.world.rooms[OUTSIDE.id].bot = "administrator"
    await talk.says(ANNA, "/here", OUTSIDE)
    [menu] = await talk.says(ANNA, "/here", SUPPORT)
    assert "Запасной чат…" not in labels(menu)

    await talk.says(ADMIN, "/here", SUPPORT)
    await talk.presses(ADMIN, "Запасной чат…", SUPPORT)
    told = await talk.presses(ADMIN, "Рыбалка", SUPPORT)

    assert told["answer"] == "Записано"
    async with talk.database.read() as connection:
        assert (await chats.load(connection, SUPPORT.id)).fallback == OUTSIDE.id


async def test_the_group_comes_back_whoever_lets_the_bot_in(talk):
    await talk.says(ANNA, "/here", SUPPORT)
    await talk.presses(ANNA, "Все технические аварии", SUPPORT)
    await talk.post("members", chat_id=SUPPORT.id, user_id=PETR.id, who=1000, status="kicked")
    await talk.settled()
    async with talk.database.read() as connection:
        assert (await chats.load(connection, SUPPORT.id)).dead_at is not None

    await talk.post("members", chat_id=SUPPORT.id, user_id=PETR.id, who=1000, status="member")
    await talk.settled()

    async with talk.database.read() as connection:
        found = await chats.load(connection, SUPPORT.id)
    assert found.dead_at is None
    assert found.lost_at is not None  # it is still to hear what it missed
