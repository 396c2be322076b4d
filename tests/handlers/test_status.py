"""Questions are answered from what is known, and what is not known is said."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, update

from checks.model import (
    Cause,
    CauseKind,
    Incident,
    Message,
    Scope,
    Silence,
    State,
)
from checks.reports import ReportKind
from checks.written import read
from handlers import status
from handlers.directory import Directory
from handlers.facts import Told, keep
from handlers.status import Question
from storage import health, incidents, silences
from storage.database import Database
from storage.tables import arrivals, clients, reports
from templates import unmarked
from tests.builders import NOON, after, client, incident, redirect, symptom
from tests.builders import health as belief
from tests.estates import ANNA, put_estate, put_looks
from tests.telegram_html import check_message

CHAT = -100


def ask(database: Database, **rest: Any) -> Question:
    return Question(database=database, directory=Directory(), chat_id=CHAT, **{"now": NOON, **rest})


def said(message: Message | None) -> str:
    assert message is not None
    check_message(message)
    return unmarked(message)


def words(message: Message | None) -> list[str]:
    assert message is not None
    return [button.text for row in message.buttons for button in row]


async def put(database: Database, one: Incident) -> int:
    saved = await database.write(lambda tx: incidents.save(tx, one, noticed_at=one.opened_at))
    assert saved.id is not None
    return saved.id


async def put_report(database: Database, name: str, at: datetime, **facts: Any) -> None:
    async def work(tx: Any) -> None:
        row = {"client": name, "kind": "sysinfo", "file": f"{name}.xml", "digest": "x", "size": 1}
        await tx.execute(insert(reports).values(**row, received_at=at, facts=facts))
        told = Told(client=name, kind=ReportKind.SYSINFO, facts=read(facts), at=at, zone=UTC)
        await keep(tx, [told])
        await tx.execute(insert(arrivals).values(client=name, kind="sysinfo", heard_at=at, good_at=at, count=1))

    await database.write(work)


async def rename(database: Database, name: str, title: str, **rest: Any) -> None:
    await database.write(
        lambda tx: tx.execute(
            update(clients).where(clients.c.name == name).values(title=title, updated_at=after(1), **rest)
        )
    )


async def healthy(database: Database, name: str = "c0") -> None:
    """A client that is looked at, reports, and is well."""
    await put_looks(database, [True])
    beliefs = [
        belief(code, State.OK, subject=client(name), since=after(days=-60), seen_at=NOON)
        for code in ("KodeksTcpStatus", "KodeksHttp200Status", "KodeksOnlineSensLockCheck")
    ]
    await database.write(lambda tx: health.save(tx, beliefs))
    await put_report(
        database,
        name,
        after(minutes=-23),
        operup_at=after(hours=-6).isoformat(),
        update_number=2330,
        version="6.4.5.127",
        key="ok",
        licence_end="2026-12-31",
        seats=20,
        sessions=17,
        refused=2,
    )


async def test_a_client_that_is_well_is_said_to_be_well(database: Database) -> None:
    await put_estate(database, 1)
    await rename(database, "c0", "Ромашка", admin_url="http://10.0.0.1/admin")
    await healthy(database)

    message = await status.search(ask(database), "роМа")
    text = said(message)

    assert text.startswith("🟢 Ромашка: всё в порядке, актуально\nАварий нет, данные свежие.")
    assert "Отчёт 23 мин назад · статус ещё не приходил" in text
    assert "Операпы сегодня 06:00 · обновление 2330 · версия 6.4.5.127" in text
    assert "Ключ виден · лицензия до 31.12.2026 (38 дней)" in text
    assert "Места: занято 17 из 20 · отказов в отчёте 2" in text
    assert "Напрямую открывается за 41 мс, только что" in text
    assert "Доступность за 30 дней: 100 % (норма 95–99)" in text
    assert "✅ сервер отвечает; только что" in text
    assert words(message) == [
        "История",
        "График",
        "Открыть админку ↗",
        "🛠 Работы…",
        "Проверить сейчас",
        "🔕 Заглушить…",
    ]


async def test_what_the_last_look_confirmed_is_as_old_as_the_look(database: Database) -> None:
    await put_estate(database, 1)
    await healthy(database)
    await put_looks(database, [True], after(minutes=7))

    text = said(await status.search(ask(database, now=after(minutes=7)), "c0"))

    assert "✅ сервер отвечает; только что" in text


async def test_what_the_last_look_did_not_see_stays_old(database: Database) -> None:
    await put_estate(database, 1)
    await healthy(database)
    await put_looks(database, [False], after(minutes=7))

    text = said(await status.search(ask(database, now=after(minutes=7)), "c0"))

    assert "✅ сервер отвечает; 7 мин назад" in text


async def test_a_day_must_pass_before_availability_is_counted(database: Database) -> None:
    await put_estate(database, 1)
    young = belief("KodeksTcpStatus", State.OK, subject=client("c0"), since=after(hours=-3))
    await database.write(lambda tx: health.save(tx, [young]))

    assert "Доступность: считать рано" in said(await status.search(ask(database), "c0"))


async def test_what_is_unknown_is_said_as_unknown(database: Database) -> None:
    await put_estate(database, 1, address=None, domain=None, kind="closed", contacts=None, manager=None)

    text = said(await status.search(ask(database), "c0"))

    assert text.startswith("⚪ Клиент 0: ничего не известно, ни проверок, ни отчётов")
    assert "Отчёт ещё не приходил · статус ещё не приходил" in text
    assert "Операпы, номер обновления, версия, ключ и лицензия: неизвестны, отчётов не было" in text
    assert "Открывается ли, неизвестно: адреса для проверки нет" in text
    assert "Доступность за 30 дней: неизвестна" in text


async def test_well_but_old_is_not_called_fresh(database: Database) -> None:
    await put_estate(database, 1)
    await put_looks(database, [True])
    await put_report(database, "c0", after(days=-3), operup_at=after(days=-9).isoformat())

    assert said(await status.search(ask(database), "c0")).startswith("🟠 Клиент 0: работает, но данные устарели")


async def test_an_open_incident_is_named_with_who_has_it(database: Database) -> None:
    await put_estate(database, 2)
    number = await put(
        database,
        incident(cause=Cause(CauseKind.CLIENT, "c0", "service"), symptoms=(symptom(subject=client("c0")),)),
    )
    await database.write(lambda tx: incidents.take(tx, number, ANNA, after(minutes=3)))

    message = await status.client(ask(database, now=after(minutes=5)), "c0")

    assert said(message).startswith("🔴 Клиент 0: не работает")
    assert f"Авария №{number}: сервер не отвечает, с 12:00, взяла Анна" in said(message)
    assert f"К аварии №{number}" in words(message)


async def test_a_dead_redirect_server_is_seen_on_the_cards_of_all_behind_it(database: Database) -> None:
    await put_estate(database, 2)
    signs = (symptom("RedirectServerDown", subject=redirect("r1")),)
    await put(database, incident(cause=Cause(CauseKind.REDIRECT, "r1"), code="RedirectServerDown", symptoms=signs))

    text = said(await status.client(ask(database), "c1"))
    await put_looks(database, [True, True])
    detour = said(await status.client(ask(database), "c1"))

    assert text.startswith("🔴 Клиент 1: не работает")
    assert detour.startswith("🔴 Клиент 1: не открывается по обычному адресу, напрямую открывается")
    assert "сервер переадресации r1 не работает" in text


async def test_several_hits_become_buttons(database: Database) -> None:
    await put_estate(database, 12)

    message = await status.search(ask(database), "клиент")

    assert "Подходят 12: кто нужен?" in said(message)
    assert len(words(message)) == status.CHOICES
    first = message.buttons[0][0].data
    assert first is not None
    assert first.startswith("1:st:0:c")


async def test_nobody_is_said_with_near_names(database: Database) -> None:
    await put_estate(database, 1)
    await rename(database, "c0", "Ромашка")

    message = await status.search(ask(database), "ромбашка-юг <b>")

    assert said(message).startswith("Никого не нашлось\nИскали ромбашка-юг <b>. Похожие имена:")
    assert words(message) == ["Ромашка · c0"]


async def test_a_manager_sees_his_own_only(database: Database) -> None:
    await put_estate(database, 3)
    await rename(database, "c1", "Чужой", manager="Игорь")
    await put(database, incident(cause=Cause(CauseKind.CLIENT, "c1", "service"), symptoms=()))
    question = ask(database, only_manager=" ольга ")

    assert "Никого не нашлось" in said(await status.search(question, "чужой"))
    assert await status.client(question, "c1") is None
    assert await status.history(question, "c1") is None
    assert "У ваших клиентов всё работает" in said(await status.down(question))
    await put_looks(database, [True])
    assert said(await status.overview(question)).startswith("🟢 Всё в порядке: 2 ваших клиента, аварий нет")
    assert "Не работает: 1 авария" in said(await status.down(ask(database)))


async def test_the_estate_in_one_message(database: Database) -> None:
    await put_estate(database, 3)
    await put_looks(database, [True, True, True])
    await put_report(database, "c0", after(minutes=-2))
    ok = belief("RedirectServerDown", State.OK, subject=redirect("r1"))
    await database.write(lambda tx: health.save(tx, [ok]))

    well = said(await status.overview(ask(database)))
    assert well.startswith(
        "🟢 Всё в порядке: 3 клиента, аварий нет\nПоследняя проверка только что · последний отчёт 2 мин"
    )
    assert "Серверы переадресации: 1 из 1 работает" in well
    assert "не больше 10 сообщений за 10 мин" in well

    signs = (symptom("RedirectServerDown", subject=redirect("r1")),)
    await put(database, incident(cause=Cause(CauseKind.REDIRECT, "r1"), code="RedirectServerDown", symptoms=signs))
    bad = await status.overview(ask(database))

    assert said(bad).startswith("🔴 1 авария: задето 3 из 3 клиентов")
    assert "🔴 сервер переадресации r1 не работает (3 клиента), с 12:00" in said(bad)
    assert words(bad) == ["Показать, что не работает"]


async def test_an_empty_estate_and_one_never_looked_at(database: Database) -> None:
    assert said(await status.overview(ask(database))).startswith("⚪ Список клиентов пуст")
    await put_estate(database, 2)

    assert said(await status.overview(ask(database))).startswith("⚪ Пока неизвестно: ни одной проверки ещё не было")


async def test_what_does_not_work_is_paged(database: Database) -> None:
    await put_estate(database, 25)
    for number in range(25):
        await put(database, incident(cause=Cause(CauseKind.CLIENT, f"c{number}", "service"), symptoms=()))

    first = await status.down(ask(database))
    last = await status.down(ask(database), "2")

    assert "Не работает: 25 аварий · страница 1 из 3" in said(first)
    assert len([word for word in words(first) if word.startswith("№")]) == 10
    assert "Дальше →" in words(first)
    assert len([word for word in words(last) if word.startswith("№")]) == 5


async def test_mutes_are_listed_with_authors_and_ends(database: Database) -> None:
    await put_estate(database, 1)
    assert "Ничего не заглушено" in said(await status.mutes(ask(database)))
    for scope, target, until in (
        (Scope.CLIENT, "c0", after(hours=4)),
        (Scope.CAUSE, "redirect:r1", None),
        (Scope.CODE, "KodeksTcpStatus", after(hours=24)),
    ):
        one = Silence(id=None, scope=scope, target=target, author=ANNA, created_at=NOON, until=until, reason="ждём")
        await database.write(lambda tx, one=one: silences.add(tx, one))

    message = await status.mutes(ask(database, now=after(minutes=1)))

    assert "1. всё о клиенте Клиент 0: заглушила Анна до 16:00: «ждём»" in said(message)
    assert "2. авария: сервер переадресации r1: заглушила Анна до починки" in said(message)
    assert "3. все сообщения «сервер не отвечает»: заглушила Анна до завтра, 12:00" in said(message)
    assert len(words(message)) == 3


async def test_the_history_of_a_client(database: Database) -> None:
    await put_estate(database, 1)
    assert "Аварий не было" in said(await status.history(ask(database), "c0"))
    await put(
        database,
        incident(
            cause=Cause(CauseKind.CLIENT, "c0", "service"),
            opened_at=after(hours=-3),
            symptoms=(symptom(subject=client("c0")),),
        ),
    )

    assert "09:00: сервер не отвечает, идёт 3 ч" in said(await status.history(ask(database), "c0"))


async def test_the_lists_are_read_again_only_when_they_change(database: Database) -> None:
    await put_estate(database, 2)
    directory = Directory()
    async with database.read() as connection:
        first = await directory.book(connection)
        assert await directory.book(connection) is first
    await rename(database, "c1", "Новое имя")

    async with database.read() as connection:
        second = await directory.book(connection)
    assert second is not first
    assert second.estate.clients["c1"].title == "Новое имя"
