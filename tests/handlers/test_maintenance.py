"""``/maintenance``: announced by words and by buttons, listed, prolonged, ended, taken back; by those who may."""

from datetime import timedelta

import pytest

from checks.model import Extent, Source, Window, WindowState
from checks.rules import Rules
from handlers import desk
from handlers.desk import Desk, NotYours, Unknown
from storage import estate, maintenance
from storage.tokens import Pass
from tests.builders import NOON, after, incident
from tests.talk import (
    ADMIN,
    ANNA,
    HEAD,
    IGOR,
    MISHA,
    OLGA,
    PETR,
    STRANGER,
    SUPPORT,
    labels,
    settle_estate,
    talking,
)
from tests.telling import Stage


@pytest.fixture
async def talk(database):
    await settle_estate(database)
    async with talking(database) as opened:
        yield opened


async def living(talk):
    async with talk.database.read() as connection:
        return await maintenance.living(connection)


async def test_announced_by_words_it_says_what_that_means(talk):
    (said,) = await talk.says(ANNA, "/maintenance ромашка 2ч замена диска", SUPPORT)

    assert "Плановые работы объявлены" in said["text"]
    assert "Ромашка: идут до 14:00, замена диска" in said["text"]
    [window] = await living(talk)
    assert (window.thing, window.state, window.author) == (
        (Extent.CLIENT, "romashka"),
        WindowState.LASTING,
        ANNA.id,
    )
    assert (window.ends_at, window.chat_id) == (after(hours=2), SUPPORT.id)
    assert ("Анна", "work") in await talk.audit()
    assert talk.woken


async def test_said_twice_it_is_one(talk):
    await talk.says(ANNA, "/maintenance r1 2ч", SUPPORT)
    talk.clock.passes(seconds=20)
    (said,) = await talk.says(IGOR, "/maintenance r1 2ч", SUPPORT)

    assert "уже объявлены" in said["text"]
    assert len(await living(talk)) == 1


async def test_a_server_everything_and_a_kind_are_called_by_their_names(talk):
    await talk.says(ANNA, "/maintenance R1 23:00-01:00 перенос")
    await talk.says(ADMIN, "/maintenance все до 18:00")
    await talk.says(ANNA, "/maintenance KodeksTcpStatus 1ч")
    await talk.says(ANNA, "/maintenance r2 каждую ночь 03:00-03:30")

    things = {window.thing: window for window in await living(talk)}
    assert set(things) == {
        (Extent.REDIRECT, "r1"),
        (Extent.ALL, ""),
        (Extent.CODE, "KodeksTcpStatus"),
        (Extent.REDIRECT, "r2"),
    }
    assert things[Extent.REDIRECT, "r2"].cron == "0 3 * * *"
    assert things[Extent.REDIRECT, "r2"].zone == "Europe/Moscow"
    assert things[Extent.REDIRECT, "r1"].state is WindowState.PLANNED


async def test_several_clients_fit_and_one_has_to_be_chosen(talk):
    (said,) = await talk.says(ANNA, "/maintenance ро 2ч замена диска")

    assert "у кого работы" in said["text"] or "Никого" in said["text"]
    copies = [button.get("copy") for row in said["buttons"] for button in row]
    if copies:
        assert all(one.startswith("/maintenance ") and one.endswith("2ч замена диска") for one in copies)
    assert await living(talk) == []


async def test_rubbish_is_answered_with_an_example(talk):
    for rubbish in ("ромашка", "2ч", "ромашка вчера", "<b>", "ромашка 99 дней", "r1 31.02 8:00-9:00", "\u202e 2ч"):
        (said,) = await talk.says(ANNA, f"/maintenance {rubbish}")
        assert "/maintenance" in said["text"] or "Никого" in said["text"], rubbish
    assert await living(talk) == []


@pytest.mark.parametrize(
    ("who", "words", "allowed"),
    [
        (OLGA, "ромашка 2ч", True),
        (OLGA, "вектор 2ч", False),
        (OLGA, "r1 2ч", False),
        (OLGA, "все 2ч", False),
        (ANNA, "вектор 2ч", True),
        (ANNA, "r1 2ч", True),
        (ANNA, "все 2ч", False),
        (HEAD, "все 2ч", True),
        (PETR, "ромашка 2ч", False),
        (STRANGER, "ромашка 2ч", False),
    ],
)
async def test_who_may_announce_what(talk, who, words, allowed):
    await talk.says(who, f"/maintenance {words}")

    assert bool(await living(talk)) is allowed


async def test_a_manager_announces_no_more_than_a_day(talk):
    (said,) = await talk.says(OLGA, "/maintenance ромашка 3 дня")

    assert "не больше чем на сутки" in said["text"]
    assert await living(talk) == []


async def test_announced_by_buttons(talk):
    await talk.says(ANNA, "/maintenance")
    await talk.presses(ANNA, "Объявить работы…")
    assert "Все клиенты" not in labels(await talk.last(ANNA))
    await talk.presses(ANNA, "Сервер переадресации…")
    await talk.presses(ANNA, "r1")
    told = await talk.presses(ANNA, "2 часа")

    assert told["answer"] == "Объявлено"
    [window] = await living(talk)
    assert (window.thing, window.ends_at) == ((Extent.REDIRECT, "r1"), after(hours=2))
    assert "3 клиента" not in (await talk.last(ANNA))["text"], "they have no domain behind it"


async def test_announced_from_a_clients_card(talk):
    await talk.says(ANNA, "/status ромашка")
    await talk.presses(ANNA, "🛠 Работы…")
    await talk.presses(ANNA, "1 час")

    [window] = await living(talk)
    assert window.thing == (Extent.CLIENT, "romashka")


async def test_prolonged_ended_and_pressed_twice(talk):
    await talk.says(ANNA, "/maintenance ромашка 1ч", SUPPORT)
    talk.clock.passes(minutes=10)
    await talk.says(IGOR, "/maintenance", SUPPORT)

    assert (await talk.presses(IGOR, "Ещё 1 час 1", SUPPORT))["answer"] == "Продлено на час"
    [window] = await living(talk)
    assert window.ends_at == after(hours=2)
    listed = await talk.last(SUPPORT)
    assert (await talk.presses(IGOR, "Закончить 1", SUPPORT))["answer"].startswith("Заканчиваем")
    [window] = await living(talk)
    assert window.state is WindowState.LOOKING
    assert "кончились, проверяем" in (await talk.last(SUPPORT))["text"]
    data = next(b["data"] for row in listed["buttons"] for b in row if b["text"].startswith("Ещё"))
    keyboard = {"inline_keyboard": [[{"text": "Кнопка", "callback_data": data}]]}
    await talk.bot.send_message(SUPPORT.id, "старое", reply_markup=keyboard)
    assert "уже закончились" in (await talk.presses(IGOR, "Кнопка", SUPPORT))["answer"]


async def test_taken_back_within_five_minutes_it_tells_what_it_kept_back(talk):
    await talk.says(ANNA, "/maintenance ромашка 1ч", SUPPORT)
    stage = Stage(talk.database)
    await stage.bind(SUPPORT.id)
    await stage.opens("romashka", at=after(minutes=1))
    assert await stage.owed(SUPPORT.id) == []

    assert (await talk.presses(ANNA, "Отменить", SUPPORT))["answer"] == "Отменено, как не было"

    assert len(await stage.owed(SUPPORT.id)) == 1
    assert await living(talk) == []
    assert "Плановых работ нет" in (await talk.last(SUPPORT))["text"]


async def test_nightly_work_is_stopped_for_good(talk):
    await talk.says(ANNA, "/maintenance r1 каждую ночь 03:00-03:30")
    talk.clock.passes(minutes=10)
    await talk.says(ANNA, "/maintenance")

    assert (await talk.presses(ANNA, "Не повторять 1"))["answer"] == "Больше не повторится"
    assert await living(talk) == []


async def test_a_manager_sees_and_ends_only_what_is_his(talk):
    await talk.says(ANNA, "/maintenance ромашка 1ч")
    await talk.says(ANNA, "/maintenance вектор 1ч")
    (said,) = await talk.says(MISHA, "/maintenance")

    assert "Ромашка" not in said["text"]
    assert "Вектор" in said["text"]
    await talk.presses(MISHA, "Закончить 1")
    states = {window.target: window.state for window in await living(talk)}
    assert states == {"romashka": WindowState.LASTING, "vektor": WindowState.LOOKING}


async def test_a_viewer_looks_and_presses_nothing(talk):
    await talk.says(ANNA, "/maintenance ромашка 1ч")
    (said,) = await talk.says(PETR, "/maintenance")

    assert "Ромашка: идут до" in said["text"]
    assert labels(said) == []


async def test_two_people_end_it_at_once(talk):
    await talk.says(ANNA, "/maintenance ромашка 1ч", SUPPORT)
    talk.clock.passes(minutes=6)
    await talk.says(ANNA, "/maintenance", SUPPORT)
    listed = await talk.last(SUPPORT)

    first = await talk.presses(ANNA, "Закончить 1", SUPPORT, listed)
    assert first["answer"].startswith("Заканчиваем")
    assert [what for _, what in await talk.audit()].count("work_end") == 1


# ── from elsewhere ────────────────────────────────────────────────────────────────────────────────────────────────


def window(**rest):
    facts = {"extent": Extent.CLIENT, "target": "romashka", "begins_at": NOON, "ends_at": after(hours=2)}
    return Window(created_at=NOON, **{**facts, **rest})


@pytest.fixture
async def office(talk):
    async with talk.database.read() as connection:
        rules = Rules(estate=await estate.load(connection))
    return Desk(talk.database, rules=lambda: rules, now=talk.clock, wake=lambda: None)


async def test_a_program_announces_and_ends(talk, office):
    opened, fresh = await office.announce(window(source=Source.API), Pass(dealer="0599"))
    again, once_more = await office.announce(window(source=Source.API), Pass(dealer="0599"))

    assert (fresh, once_more, opened.id) == (True, False, again.id)
    assert [one.id for one in await office.living(Pass())] == [opened.id]
    ended = await office.end(opened.id, Pass())
    assert ended.state is WindowState.LOOKING
    assert await office.end(999, Pass()) is Unknown.WINDOW
    assert ("API: 0599", "work") in await talk.audit()


async def test_a_clients_token_speaks_for_that_client_only(office):
    own, other = Pass(client="romashka", hash="x"), Pass(client="vektor", hash="y")
    opened, _ = await office.announce(window(), own)
    with pytest.raises(NotYours):
        await office.announce(window(), other)
    with pytest.raises(NotYours):
        await office.announce(window(extent=Extent.ALL, target=""), own)
    assert await office.living(other) == []
    assert await office.end(opened.id, other) is Unknown.WINDOW


@pytest.mark.parametrize(
    ("extent", "target", "why"),
    [
        (Extent.CLIENT, "nobody", Unknown.CLIENT),
        (Extent.REDIRECT, "r9", Unknown.REDIRECT),
        (Extent.CODE, "Unheard", Unknown.CODE),
    ],
)
async def test_what_nobody_knows_is_refused(office, extent, target, why):
    assert await office.announce(window(extent=extent, target=target), Pass()) is why


def configured(key, **rest):
    nightly = {"cron": "0 12 * * *", "zone": "Europe/Moscow", "length": timedelta(hours=1)}
    return window(source=Source.CONFIGURATION, key=key, **{**nightly, **rest})


async def test_the_configuration_is_followed_over_restarts(talk):
    follow = desk.follow_configuration
    for _ in range(2):
        await follow(talk.database, [configured("a"), configured("b", target="vektor")], now=after(minutes=5))
    states = {one.key: (one.state, one.ends_at) for one in await living(talk)}
    assert states == {key: (WindowState.LASTING, after(hours=1)) for key in "ab"}

    await follow(talk.database, [configured("b", target="vektor")], now=after(minutes=9))
    assert {one.key: one.state for one in await living(talk)} == {
        "a": WindowState.LOOKING,
        "b": WindowState.LASTING,
    }


async def test_configured_work_that_is_over_or_was_ended_does_not_begin_again(talk):
    once = configured("once", cron="", length=None, begins_at=NOON, ends_at=after(hours=2))
    await desk.follow_configuration(talk.database, [once], now=after(hours=3))
    assert await living(talk) == []

    await desk.follow_configuration(talk.database, [once], now=after(minutes=1))
    [lasting] = await living(talk)
    await talk.database.write(lambda tx: maintenance.close(tx, lasting.id, at=after(minutes=2), why="early"))
    await desk.follow_configuration(talk.database, [once], now=after(minutes=3))
    assert await living(talk) == []


async def test_a_card_says_that_work_is_under_way(talk):
    await talk.says(ANNA, "/maintenance ромашка 1ч", SUPPORT)
    number = await talk.opens(incident())
    card = await talk.shows(number, SUPPORT)

    assert "плановые работы до 13:00" in card["text"]
