"""Cards are worded from what the database holds now."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, time
from typing import Any

import pytest
from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from checks.model import (
    Cause,
    CauseKind,
    Fault,
    Incident,
    IncidentState,
    Message,
    NoteKind,
    Priority,
    RouteKind,
    Scope,
    Silence,
    Subject,
    SubjectKind,
)
from checks.notifications import Policy
from checks.quiet import Quiet
from checks.rules import Rules
from handlers import cards, pages
from handlers.pages import Asked
from handlers.reading import View
from storage import chats, estate, incidents, routes, silences
from storage.database import Database
from storage.outbox import REMINDER, Owed
from storage.tables import arrivals, clients
from templates import MOSCOW, unmarked
from tests.builders import NOON, after, client, incident, redirect, symptom
from tests.estates import ANNA, put_estate, put_looks
from tests.telegram_html import check_message

CHAT = -100


async def put(database: Database, one: Incident) -> int:
    saved = await database.write(lambda tx: incidents.save(tx, one, noticed_at=one.opened_at))
    assert saved.id is not None
    return saved.id


def dead_redirect(**rest: Any) -> Incident:
    facts: dict[str, Any] = {
        "cause": Cause(CauseKind.REDIRECT, "r1"),
        "code": "RedirectServerDown",
        "symptoms": (symptom("RedirectServerDown", subject=redirect("r1"), reason="refused"),),
    }
    return incident(**{**facts, **rest})


def owed(number: int | None, kind: NoteKind = NoteKind.FIRING, **rest: Any) -> Owed:
    return Owed(id=1, kind=kind, chat_id=CHAT, incident_id=number, owed_at=NOON, due_at=NOON, **rest)


async def said(database: Database, note: Owed, now: datetime = NOON) -> str:
    message = await cards.render(database, note, now)
    assert message is not None
    return check_message(message)


def words(message: Message | None) -> list[str]:
    assert message is not None
    return [button.text for row in message.buttons for button in row]


async def test_a_dead_redirect_server_names_everybody_behind_it(database: Database) -> None:
    await put_estate(database, 3)
    await put_looks(database, [True, True, True])
    number = await put(database, dead_redirect())

    text = await said(database, owed(number))

    assert text.startswith("🔴 Сервер переадресации r1 не работает\nс 12:00")
    assert "соединения отклоняются" in text
    assert "3 клиента не открываются по обычному адресу." in text
    assert "Все они открываются напрямую, по IP:" in text
    assert all(f"Клиент {n} http://10.0.0.{n + 1}" in text for n in range(3))
    assert "сообщить владельцу: поддержка Облака, +7 800 000-00-00, круглосуточно" in text
    assert f"Авария №{number}" in text


async def test_who_does_not_open_directly_is_told_with_its_own_incident(database: Database) -> None:
    await put_estate(database, 3)
    await put_looks(database, [False, True, True])
    number = await put(database, dead_redirect())
    own = await put(database, incident(cause=Cause(CauseKind.CLIENT, "c0", "service"), symptoms=()))

    text = await said(database, owed(number))

    assert f"Клиент 0 не открывается и по IP: это отдельная авария №{own}. Остальные 2 открываются" in text


async def test_an_old_look_says_nothing(database: Database) -> None:
    await put_estate(database, 2)
    await put_looks(database, [True, True], at=after(hours=-5))
    number = await put(database, dead_redirect())

    assert "пока неизвестно" in await said(database, owed(number))


async def test_who_took_it_and_who_told_the_owner_is_said(database: Database) -> None:
    await put_estate(database, 2)
    number = await put(database, dead_redirect())
    await database.write(lambda tx: incidents.take(tx, number, ANNA, after(minutes=3)))
    await database.write(lambda tx: incidents.hand_over(tx, number, ANNA, after(minutes=4)))

    message = await cards.render(database, owed(number, NoteKind.UPDATE), after(minutes=5))

    assert message is not None
    assert "Взяла Анна в 12:03" in unmarked(message)
    assert "владельцу сообщила Анна в 12:04, ждём починки" in unmarked(message)
    assert not {"✋ Беру", "Показать текст владельцу"} & set(words(message))


async def test_a_muted_card_says_who_muted_it_and_until_when(database: Database) -> None:
    await put_estate(database, 2)
    number = await put(database, dead_redirect())
    silence = Silence(
        id=None,
        scope=Scope.CAUSE,
        target="redirect:r1",
        author=ANNA,
        created_at=NOON,
        until=after(hours=4),
        reason="ждём <провайдера>",
    )
    await database.write(lambda tx: silences.add(tx, silence))

    message = await cards.render(database, owed(number, NoteKind.UPDATE), after(minutes=1))

    assert message is not None
    assert check_message(message).startswith("🔕 Сервер переадресации r1 не работает")
    assert "заглушила Анна до 16:00: «ждём <провайдера>»" in unmarked(message)
    assert "Отменить глушение" in words(message)
    assert "🔕 Заглушить…" not in words(message)


async def test_the_end_turns_the_card_green_and_answers_shortly(database: Database) -> None:
    await put_estate(database, 3)
    over = dead_redirect(state=IncidentState.ENDED, ended_at=after(hours=1, minutes=52))
    number = await put(database, over)
    now = after(hours=1, minutes=52)

    card = await said(database, owed(number, NoteKind.UPDATE), now)
    reply = await said(database, owed(number, NoteKind.RESOLVED), now)

    assert card.startswith("🟢 Сервер переадресации r1 снова работает\nНе работал 1 ч 52 мин, с 12:00 до 13:52.")
    assert "Все 3 клиента открываются по обычному адресу." in card
    assert reply == f"🟢 Сервер переадресации r1 снова работает, не работал 1 ч 52 мин.\nАвария №{number}"


async def test_a_mute_that_ends_on_an_open_incident_tells_aloud(database: Database) -> None:
    await put_estate(database, 1)
    number = await put(database, incident(cause=Cause(CauseKind.CLIENT, "c0", "service"), symptoms=()))
    silence = Silence(
        id=None, scope=Scope.CLIENT, target="c0", author=ANNA, created_at=NOON, until=after(hours=4), reason="ждём"
    )
    kept = await database.write(lambda tx: silences.add(tx, silence))

    text = await said(database, owed(number, NoteKind.STILL, silence_id=kept.id), after(hours=5, minutes=10))

    assert text.startswith("🔴 Клиент 0, всё ещё: сервер не отвечает\nс 12:00, уже 5 ч 10 мин")
    assert "заглушила Анна на 4 ч: «ждём»" in text


async def test_still_broken_is_not_said_of_what_is_mended(database: Database) -> None:
    await put_estate(database, 1)
    number = await put(database, dead_redirect(state=IncidentState.ENDED, ended_at=after(minutes=1)))

    assert await cards.render(database, owed(number, NoteKind.STILL), NOON) is None
    assert await cards.render(database, owed(999), NOON) is None


@pytest.mark.parametrize("kind", [kind for kind in CauseKind if kind is not CauseKind.CHAT])
async def test_every_kind_of_cause_has_its_card(database: Database, kind: CauseKind) -> None:
    await put_estate(database, 2)
    code = {CauseKind.SELF: "MonitorBlind", CauseKind.INTAKE: "IntakeSilent"}.get(kind, "KodeksTcpStatus")
    name = {CauseKind.CLIENT: "c0", CauseKind.REDIRECT: "r1"}.get(kind, "10.0.0.1")
    signs = (symptom(code, subject=client("c0")), symptom(code, subject=client("c1")))
    number = await put(database, incident(cause=Cause(kind, name, "service"), code=code, symptoms=signs))

    for note in (NoteKind.FIRING, NoteKind.UPDATE, NoteKind.STILL):
        message = await cards.render(database, owed(number, note, repeat=True), after(minutes=1))
        assert message is not None
        assert "озможен повтор" in check_message(message)


async def test_a_client_of_another_zone_sleeps_by_its_own_clock(database: Database) -> None:
    await put_estate(database, 1, time_zone="Asia/Kamchatka")
    number = await put(database, incident(cause=Cause(CauseKind.CLIENT, "c0", "service"), symptoms=()))

    text = await said(database, owed(number))

    assert "можно ждать до 23:00: время нерабочее у клиента, там 21:00; есть ли кто в системе, неизвестно" in text
    assert "С 23:00" in text  # eight in the morning there


async def test_the_buttons_lead_to_texts_ready_to_send(database: Database) -> None:
    await put_estate(database, 12)
    await put_looks(database, [True] * 12)
    number = await put(database, dead_redirect())
    asked = Asked(number=number, chat_id=CHAT, now=NOON)

    first = await pages.addresses(database, asked)
    second = await pages.addresses(database, asked, "1")
    owner = await pages.owner_text(database, asked)
    one = await pages.client_text(database, asked, "c3")
    back = await pages.return_text(database, asked)
    timeline = await pages.details(database, asked)

    for message in (first, second, owner, one, back, timeline):
        assert message is not None
        check_message(message)
    assert first is not None
    assert second is not None
    copies = [button.copy for row in (*first.buttons, *second.buttons) for button in row if button.copy]
    assert len(copies) == 12
    assert all(re.search(r"http://10\.0\.0\.\d+", text) for text in copies)
    assert "Дальше →" in words(first)
    assert "← Раньше" in words(second)
    assert "✅ Передано владельцу" in words(owner)


async def test_a_page_that_is_not_there_is_the_nearest_one(database: Database) -> None:
    rows = list(range(25))

    assert pages.cut(rows, "2")[0] == (20, 21, 22, 23, 24)
    assert pages.cut(rows, "99")[1].number == 2
    assert pages.cut(rows, "мусор")[1].number == 0
    assert pages.cut([], "7")[1].last


async def test_the_question_before_a_mute(database: Database) -> None:
    await put_estate(database, 1)
    number = await put(database, incident(cause=Cause(CauseKind.CLIENT, "c0", "service"), symptoms=()))
    scopes = (Scope.CAUSE, Scope.CLIENT)

    menu = await pages.mute_menu(
        database, Asked(number=number, chat_id=CHAT, now=NOON), scope=Scope.CAUSE, scopes=scopes
    )
    bare = await pages.mute_menu(
        database, Asked(number=0, chat_id=CHAT, now=NOON), scope=Scope.CLIENT, scopes=scopes, client="c0"
    )

    assert menu is not None
    assert bare is not None
    assert "Что: Клиент 0: сервер не отвечает. О других авариях" in check_message(menu)
    check_message(bare)
    assert {"1 час", "4 часа", "До 09:00", "24 часа", "До починки", "Всё об этом клиенте"} <= set(words(menu))
    assert "Все такие сообщения" not in words(menu)
    assert any(button.data and button.data.endswith("client.4h.c0") for row in bare.buttons for button in row)


async def test_notices_about_ourselves(database: Database) -> None:
    for what in ("topic_lost", "undeliverable", "template_fault", "news"):
        facts = {"what": what, "title": "Поддержка", "why": "kicked <b>", "thread": 5, "heirs": [1]}
        text = await said(database, owed(None, NoteKind.NOTICE, facts=facts))
        assert text


async def test_when_we_see_again_what_was_missed_is_told(database: Database) -> None:
    await put_estate(database, 1)
    blind = incident(
        cause=Cause(CauseKind.SELF, "bot", "MonitorBlind"),
        code="MonitorBlind",
        symptoms=(symptom("MonitorBlind", subject=Subject(SubjectKind.SELF, "bot"), detail="ya.ru, 77.88.8.8"),),
    )
    number = await put(database, blind)
    assert "проверочные узлы: ya.ru, 77.88.8.8" in await said(database, owed(number))

    ended = replace(blind, id=number, state=IncidentState.ENDED, ended_at=after(minutes=30))
    await database.write(lambda tx: incidents.save(tx, ended, noticed_at=after(minutes=30)))
    missed = incident(cause=Cause(CauseKind.CLIENT, "c0", "service"), opened_at=after(minutes=20), symptoms=())
    await put(database, replace(missed, priority=Priority.K1))
    text = await said(database, owed(number, NoteKind.RESOLVED), after(minutes=31))

    assert text.startswith("🟢 Мы снова видим клиентов\nНе видели 30 мин, с 12:00 до 12:30.")
    assert "Сломано сейчас: Клиент 0: сервер не отвечает" in text


async def test_a_merged_incident_is_not_called_mended(database: Database) -> None:
    await put_estate(database, 1)
    whole = await put(database, dead_redirect())
    over = {"state": IncidentState.ENDED, "ended_at": after(minutes=1), "merged_into": whole}
    number = await put(database, incident(cause=Cause(CauseKind.CLIENT, "c0", "service"), **over))

    text = await said(database, owed(number, NoteKind.UPDATE), after(minutes=2))

    assert text.startswith(f"🟡 Клиент 0: это часть аварии №{whole}")
    assert "Ещё не починено" in text
    assert "🟢" not in text


async def test_a_managers_chat_is_shown_only_the_managers_clients(database: Database) -> None:
    await put_estate(database, 3)

    async def bind(tx: AsyncConnection) -> None:
        await tx.execute(update(clients).where(clients.c.name == "c2").values(manager="Пётр"))
        await chats.meet(tx, CHAT, at=NOON)
        await routes.bind(tx, CHAT, RouteKind.OWN, at=NOON, manager="Ольга")

    await database.write(bind)
    number = await put(database, dead_redirect())

    text = await said(database, owed(number))

    assert "Клиент 1" in text
    assert "Клиент 2" not in text


async def test_silence_is_told_with_the_last_report(database: Database) -> None:
    await put_estate(database, 1)
    code = "SmartXMLfileIsToOld"
    sign = symptom(code, subject=client("c0"), reason="silent")
    number = await put(database, incident(cause=Cause(CauseKind.CLIENT, "c0", "reports"), code=code, symptoms=(sign,)))
    heard = {"client": "c0", "kind": "sysinfo", "heard_at": after(days=-3), "good_at": after(days=-3)}
    await database.write(lambda tx: tx.execute(insert(arrivals).values(**heard)))

    assert "последний отчёт 20.11, 12:00" in await said(database, owed(number))


async def test_an_intake_that_fell_silent_says_how_many_stopped(database: Database) -> None:
    sign = symptom("IntakeSilent", subject=Subject(SubjectKind.SELF, "bot"), reason="many", detail="14/31")
    cause = Cause(CauseKind.INTAKE, "bot", "IntakeSilent")
    number = await put(database, incident(cause=cause, code="IntakeSilent", symptoms=(sign,)))

    assert "Замолчали сразу 14 клиентов из 31" in await said(database, owed(number))


async def test_a_list_calls_the_trouble_by_what_was_measured(database: Database) -> None:
    await put_estate(database, 1)
    hung = symptom("KodeksHttp200Status", reason=Fault.NO_ANSWER)
    await put(database, incident(code="KodeksHttp200Status", symptoms=(hung,)))

    async with database.read() as connection:
        view = View(estate=await estate.load(connection), now=NOON, zone=MOSCOW)
        briefs = await cards.briefs(connection, await incidents.open_ones(connection), view)

    assert [one.title for one in briefs] == ["Техэксперт не отвечает"]


OWL = Policy(quiet=Quiet(begin=time(23), end=time(9), zone=MOSCOW))


async def test_night_is_what_the_quiet_hours_say(database: Database) -> None:
    await put_estate(database, 1)
    number = await put(database, incident(cause=Cause(CauseKind.CLIENT, "c0", "service"), symptoms=()))
    async with database.read() as connection:
        rules = Rules(estate=await estate.load(connection), policy=OWL)

    async def at(hours: float) -> str:
        message = await cards.render(database, owed(number), after(hours=hours), rules=rules)
        assert message is not None
        return check_message(message)

    assert "ждать нельзя, рабочее время" in await at(10.9)  # 22:54
    assert "можно ждать до завтра, 09:00: ночь; есть ли кто в системе, неизвестно" in await at(11.1)
    assert "можно ждать до 09:00: ночь" in await at(20.9)  # 08:54
    assert "ждать нельзя, рабочее время" in await at(21.1)
    assert "выходной" in await at(24 * 5)


async def test_hours_that_the_contacts_state_are_the_clients_own(database: Database) -> None:
    await put_estate(database, 1, contacts="И. Петров, +7 900 000-00-00, 8:00–18:00", time_zone="+2")
    number = await put(database, incident(cause=Cause(CauseKind.CLIENT, "c0", "service"), symptoms=()))

    text = await said(database, owed(number), after(hours=4.5))  # 16:30 in Moscow, half past six there

    assert "можно ждать до завтра, 06:00: время нерабочее у клиента, там 18:30" in text
    assert "Завтра с 06:00" in text


async def test_a_reminder_is_offered_at_night_only(database: Database) -> None:
    await put_estate(database, 1)
    number = await put(database, incident(cause=Cause(CauseKind.CLIENT, "c0", "service"), symptoms=()))
    async with database.read() as connection:
        rules = Rules(estate=await estate.load(connection), policy=OWL)

    by_day = words(await cards.render(database, owed(number), NOON, rules=rules))
    at_night = words(await cards.render(database, owed(number), after(hours=18), rules=rules))

    assert not any(word.startswith("Напомнить") for word in by_day)
    assert "Напомнить в 09:00" in at_night


async def test_a_reminder_names_who_asked_for_it(database: Database) -> None:
    await put_estate(database, 1)
    number = await put(database, incident(cause=Cause(CauseKind.CLIENT, "c0", "service"), symptoms=()))

    text = await said(database, owed(number, NoteKind.STILL, why=REMINDER, facts={"by": ANNA}), after(hours=20))

    assert "всё ещё: сервер не отвечает" in text
    assert "просила напомнить Анна" in text


async def test_a_client_that_left_the_lists_keeps_its_name(database: Database) -> None:
    await put_estate(database, 1)
    facts = {"state": IncidentState.ENDED, "ended_at": after(minutes=4), "unlisted": True}
    one = incident(cause=Cause(CauseKind.CLIENT, "c0", "service"), **facts)
    number = await put(database, one)
    await database.write(lambda tx: tx.execute(update(clients).values(gone_at=NOON)))

    text = await said(database, owed(number, NoteKind.UPDATE), after(minutes=5))

    assert "Клиент 0: больше не наблюдаем, клиента убрали из списков" in text
    assert "снова" not in await said(database, owed(number, NoteKind.RESOLVED), after(minutes=5))
