"""People come in by code and invitation, strangers hear one polite line, roles follow people."""

import asyncio

from checks.model import Role
from handlers.routers import on_startup
from storage import invitations, people, routes
from tests.talk import ADMIN, ANNA, HEAD, HOSTILE, IGOR, OLGA, OUTSIDE, STRANGER, SUPPORT, TOKEN, labels


async def person(talk, number):
    async with talk.database.read() as connection:
        return await people.get(connection, number)


async def invitation(talk, role=Role.SUPPORT, manager=None):
    work = lambda tx: invitations.make(tx, role=role, manager=manager, made_by=1, now=talk.clock())  # noqa: E731
    return await talk.database.write(work)


async def test_the_first_admin_comes_in_by_the_code_of_the_command_line(empty_talk):
    talk = empty_talk
    code = await talk.database.write(lambda tx: invitations.make_admin_code(tx, talk.clock()))

    [said] = await talk.says(ADMIN, f"/start {code}")

    assert "Здравствуйте" in said["text"]
    assert "администратор" in said["text"]
    assert (await person(talk, ADMIN.id)).role is Role.ADMIN
    assert await talk.audit() == [("Вера", "came_in")]
    [again] = await talk.says(STRANGER, f"/start {code}")
    assert "больше не действует" in again["text"]
    assert await person(talk, STRANGER.id) is None


async def test_a_stranger_hears_one_polite_line_and_nothing_else(talk):
    [said] = await talk.says(STRANGER, "/status")

    assert "служебный бот" in said["text"]
    assert said["buttons"] == []
    assert "Вера" not in said["text"]
    assert await talk.says(STRANGER, "/help") == []
    assert await talk.says(STRANGER, "hello?") == []
    talk.clock.passes(hours=7)
    assert len(await talk.says(STRANGER, "/start")) == 1


async def test_a_strangers_chatter_in_the_group_is_not_ours(talk):
    assert await talk.says(STRANGER, "всем привет", SUPPORT) == []
    [said] = await talk.says(STRANGER, "/help", SUPPORT)
    assert "служебный бот" in said["text"]
    assert await talk.says(STRANGER, "/help", SUPPORT) == []


async def test_an_invitation_works_once_within_its_time(talk):
    code = await invitation(talk, Role.MANAGER, "Ольга Иванова")

    first = await talk.says(STRANGER, f"/start {code}")
    again = await talk.says(STRANGER, f"/start {code}")
    other = await talk.says(HOSTILE, f"/start {code}")

    assert "Ольга Иванова" in first[0]["text"]
    assert "Здравствуйте" in again[0]["text"]
    assert "больше не действует" in other[0]["text"]
    assert "Чужой теперь с нами" in (await talk.last(ADMIN))["text"]
    late = await invitation(talk)
    talk.clock.passes(minutes=15)
    [said] = await talk.says(HOSTILE, f"/start {late}")
    assert "больше не действует" in said["text"]


async def test_codes_cannot_be_guessed_in_a_row(talk):
    answers = [len(await talk.says(STRANGER, f"/start {number}")) for number in range(7)]

    assert answers == [1, 1, 1, 1, 1, 0, 0]


async def test_two_people_with_one_link_are_one_person_in(talk):
    code = await invitation(talk)

    await asyncio.gather(talk.says(STRANGER, f"/start {code}"), talk.says(HOSTILE, f"/start {code}"))

    assert [bool(await person(talk, who.id)) for who in (STRANGER, HOSTILE)].count(True) == 1


async def test_a_hostile_name_comes_in_as_text(talk):
    code = await invitation(talk)

    [said] = await talk.says(HOSTILE, f"/start {code}")

    assert "<b>evil.ru & @all</b>" in said["text"]
    listed = (await talk.says(ADMIN, "/people"))[0]
    assert "<b>evil.ru" in listed["text"]


async def test_an_admin_cannot_lose_his_role_by_trying_his_own_link(talk):
    code = await invitation(talk, Role.VIEWER)

    await talk.says(ADMIN, f"/start {code}")

    assert (await person(talk, ADMIN.id)).role is Role.ADMIN
    [said] = await talk.says(STRANGER, f"/start {code}")
    assert "Здравствуйте" in said["text"]


async def test_the_bot_in_a_strangers_group_says_one_line_and_stays_unintroduced(talk):
    await talk.post("members", chat_id=OUTSIDE.id, user_id=STRANGER.id, who=1000, status="member")
    await talk.settled()

    said = await talk.heard(OUTSIDE.id)
    assert len(said) == 1
    assert "служебный бот" in said[0]["text"]
    [refusal] = await talk.says(ANNA, "/help@smart_te_bot", OUTSIDE)
    assert "Что я умею" in refusal["text"]


async def test_support_puts_the_bot_into_a_group_and_it_says_what_to_do(talk):
    await talk.post("members", chat_id=OUTSIDE.id, user_id=ANNA.id, who=1000, status="member")
    await talk.settled()

    [said] = await talk.heard(OUTSIDE.id)
    assert "/here" in said["text"]
    assert labels(said) == ["Выбрать, что сообщать сюда"]
    assert ("Анна", "introduced") in await talk.audit()
    await talk.post("members", chat_id=OUTSIDE.id, user_id=ANNA.id, who=1000, status="kicked")
    await talk.settled()
    assert ("Анна", "chat_lost") in await talk.audit()


async def test_a_group_link_lets_the_person_in_and_introduces_the_group(talk):
    code = await invitation(talk)
    await talk.post("members", chat_id=OUTSIDE.id, user_id=STRANGER.id, who=1000, status="member")

    said = await talk.says(STRANGER, f"/start@smart_te_bot {code}", OUTSIDE)

    assert "Вы с нами" in said[-2]["text"]
    assert "/here" in said[-1]["text"]


async def test_an_anonymous_admin_is_told_why_he_is_not_heard(talk):
    said = await talk.says(ADMIN, "/help", SUPPORT, anonymous=True)

    assert "Анонимный администратор" in said[0]["text"]


async def test_who_leaves_the_group_loses_the_rights_until_an_admin_returns_them(talk):
    await talk.post("members", chat_id=SUPPORT.id, user_id=IGOR.id, who=IGOR.id, status="left")
    await talk.settled()

    assert (await person(talk, IGOR.id)).suspended
    assert "приостановлен" in (await talk.last(IGOR))["text"]
    [said] = await talk.says(IGOR, "/help")
    assert "приостановлен" in said["text"]
    assert "Вера" in said["text"]
    assert await talk.says(IGOR, "/help") == []

    await talk.says(ADMIN, "/people")
    await talk.presses(ADMIN, "Игорь")
    told = await talk.presses(ADMIN, "Вернуть доступ")
    assert told["answer"] == "Роль изменена"
    assert not (await person(talk, IGOR.id)).suspended
    assert ("Вера", "reinstated") in await talk.audit()


async def test_the_suspended_and_the_demoted_hear_no_alerts_in_private_any_more(talk):
    for who, button in ((IGOR, "Приостановить доступ"), (ANNA, "Сделать: наблюдатель")):
        await talk.says(who, "/here")
        await talk.presses(who, "Все технические аварии")
        await talk.says(ADMIN, "/people")
        await talk.presses(ADMIN, who.name)
        await talk.presses(ADMIN, button)

    async with talk.database.read() as connection:
        assert await routes.everything(connection) == []


async def test_the_last_admin_stays_even_when_he_leaves_the_group(talk):
    await talk.post("members", chat_id=SUPPORT.id, user_id=ADMIN.id, who=ADMIN.id, status="left")
    await talk.settled()

    assert not (await person(talk, ADMIN.id)).suspended


async def test_people_and_invitations_are_an_admins_business_in_private(talk):
    assert "личного чата" in (await talk.says(ADMIN, "/people", SUPPORT))[0]["text"]
    assert "другая роль" in (await talk.says(ANNA, "/people"))[0]["text"]
    assert "Вера" in (await talk.says(OLGA, "/invite"))[0]["text"]


async def test_an_admin_invites_a_manager_by_the_name_of_the_lists(talk):
    [said] = await talk.says(ADMIN, "/invite")
    assert labels(said) == ["Администратор", "Руководитель", "Техподдержка", "Менеджер", "Наблюдатель"]

    await talk.presses(ADMIN, "Менеджер")
    await talk.presses(ADMIN, "Пока без имени")

    card = await talk.last(ADMIN)
    assert "Приглашение готово: менеджер" in card["text"]
    link = next(b["copy"] for row in card["buttons"] for b in row if b["text"] == "Скопировать ссылку")
    code = link.partition("start=")[2]
    await talk.says(STRANGER, f"/start {code}")
    assert (await person(talk, STRANGER.id)).role is Role.MANAGER


async def test_a_role_is_changed_by_buttons_and_known_at_once(talk):
    await talk.says(ADMIN, "/people")
    await talk.presses(ADMIN, "Анна")
    card = await talk.last(ADMIN)
    await talk.presses(ADMIN, "Сделать: наблюдатель")

    assert (await person(talk, ANNA.id)).role is Role.VIEWER
    menu = (await talk.calls("setMyCommands"))[-1]["parameters"]
    assert str(ANNA.id) in str(menu["scope"])
    assert "invite" not in str(menu["commands"])
    assert "другая роль" in (await talk.says(ANNA, "/audit"))[0]["text"]
    [journal] = await talk.says(ADMIN, "/audit")
    assert "сменила роль: Анна, наблюдатель" in journal["text"]
    await talk.presses(ADMIN, "Сделать: руководитель", message=card)
    assert (await person(talk, ANNA.id)).role is Role.HEAD


async def test_the_head_sees_people_and_changes_none(talk):
    [said] = await talk.says(HEAD, "/people")

    assert labels(said) == []
    [card] = await talk.says(ADMIN, "/people")
    assert "Пригласить человека" in labels(card)


async def test_the_same_update_twice_has_one_effect(talk):
    code = await invitation(talk)
    start = {
        "message_id": 1,
        "date": 1,
        "chat": {"id": STRANGER.id, "type": "private", "first_name": "Чужой"},
        "from": {"id": STRANGER.id, "is_bot": False, "first_name": "Чужой"},
        "text": f"/start {code}",
    }
    update = {"update_id": 77, "message": start}

    await asyncio.gather(*(talk.dispatcher.feed_raw_update(talk.bot, update) for _ in range(3)))
    await talk.dispatcher.feed_raw_update(talk.bot, update)

    assert len(await talk.heard(STRANGER.id)) == 1
    assert await talk.audit() == [("Чужой", "came_in")]


async def test_a_person_who_takes_another_name_is_called_by_it(talk):
    await talk.database.write(lambda tx: people.rename(tx, ANNA.id, "Анюта"))

    await talk.says(ANNA, "/help")

    assert (await person(talk, ANNA.id)).name == "Анна"


async def test_menus_are_by_role_and_scope(talk):
    await on_startup(talk.bot, talk.deps)

    menus = {
        str(call["parameters"].get("scope")): str(call["parameters"]["commands"])
        for call in await talk.calls("setMyCommands")
    }
    mine = {who: next(text for scope, text in menus.items() if f": {who.id}" in scope) for who in (ADMIN, OLGA)}
    assert "audit" in mine[ADMIN]
    assert "audit" not in mine[OLGA]
    groups = next(text for scope, text in menus.items() if "all_group_chats" in scope)
    assert "invite" not in groups
    assert "status" in groups


async def test_an_unexpected_error_is_a_sentence_with_a_number_and_a_line_in_the_log(talk, caplog):
    await talk.database.write(lambda tx: tx.exec_driver_sql("DROP TABLE audit"))

    [said] = await talk.says(ADMIN, "/audit")

    number = said["text"].partition("№")[2][:6]
    assert "внутренняя ошибка" in said["text"]
    assert number in caplog.text
    assert "no such table" in caplog.text
    assert TOKEN not in caplog.text


async def test_a_group_that_moves_stays_introduced(talk):
    heir = talk.world.migrate(talk.world.rooms[SUPPORT.id])
    await talk.settled()

    said = await talk.says(ANNA, "/help", heir)

    assert "Что я умею" in said[0]["text"]
