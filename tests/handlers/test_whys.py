"""``/why``: what was decided about a client, in words, for every reason of not sending."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import time, timedelta

import pytest
from sqlalchemy import func, select, update

from checks.model import ChangeKind, Extent, Person, Priority, Role, State, Transition, Untold, Window
from checks.notifications import Decision, Policy, Reason
from checks.quiet import Quiet
from handlers import losses, ticks
from handlers.planned import open_window
from handlers.storms import fold
from storage import decisions, health, outbox, people, tables
from templates.deciding import DECIDED, UNTOLD
from tests.builders import NOON, after, client
from tests.talk import ADMIN, ANNA, IGOR, MISHA, OLGA, PETR, SUPPORT, labels, settle_estate
from tests.telling import Stage


@pytest.fixture(autouse=True)
async def estate(database):
    await settle_estate(database)


@pytest.fixture
async def stage(database):
    return Stage(database)


async def muted(stage):
    await stage.bind(SUPPORT.id)
    await stage.mutes(at=NOON, until=after(hours=4), author=ANNA.id)
    await stage.opens(at=after(1))


async def held(stage):
    await stage.bind(SUPPORT.id)
    await stage.opens(hold_until=after(minutes=10))


async def not_routed(stage):
    await stage.bind(SUPPORT.id, names=["vektor"])
    await stage.opens()


async def below(stage):
    await stage.bind(SUPPORT.id, priorities=[Priority.K1])
    await stage.opens(priority=Priority.K3)


async def nobody(stage):
    last = update(tables.people).where(tables.people.c.id == ADMIN.id).values(role=Role.VIEWER)
    await stage.database.write(lambda tx: tx.execute(last))
    await stage.opens()


async def already_told(stage):
    await stage.bind(SUPPORT.id)
    known = await stage.opens()
    await stage.step(known, ChangeKind.GREW, at=after(1))


async def over_before_told(stage):
    await stage.bind(SUPPORT.id)
    known = await stage.opens(hold_until=after(minutes=10))
    await stage.ends(known, at=after(5))


async def folded(stage):
    await stage.bind(SUPPORT.id)
    known = await stage.opens()
    notes = await stage.owed(SUPPORT.id)
    await stage.database.write(lambda tx: fold(tx, notes, now=NOON))
    await stage.step(known, ChangeKind.GREW, at=after(1))


async def at_work(stage):
    await stage.bind(SUPPORT.id)
    announced = Window(extent=Extent.CLIENT, target="romashka", begins_at=NOON, ends_at=after(hours=1), created_at=NOON)
    await stage.database.write(lambda tx: open_window(tx, announced, now=NOON))
    await stage.opens(at=after(1))


async def at_night(stage):
    stage.policy = Policy(quiet=Quiet(begin=time(0), end=time(23, 59)))
    await stage.bind(SUPPORT.id)
    await stage.opens(priority=Priority.K3)


QUIET: dict[Reason, Callable[[Stage], Awaitable[None]]] = {
    Reason.MUTED: muted,
    Reason.HELD: held,
    Reason.QUIET: at_night,
    Reason.PLANNED_WORK: at_work,
    Reason.NOT_ROUTED: not_routed,
    Reason.PRIORITY_BELOW_ROUTE: below,
    Reason.NOBODY_LISTENS: nobody,
    Reason.ALREADY_TOLD: already_told,
    Reason.RESOLVED_NOT_TOLD: over_before_told,
    Reason.FOLDED: folded,
}


@pytest.mark.parametrize("reason", QUIET, ids=str)
async def test_why_nothing_was_sent(talk, stage, reason):
    await QUIET[reason](stage)

    # a group that is bound to others' clients is told nothing of this one: there one asks in private
    (said,) = await talk.says(ANNA, "/why ромашка", None if reason is Reason.NOT_ROUTED else SUPPORT)

    assert DECIDED[reason] in said["text"]
    assert "Почему: Ромашка" in said["text"]


@pytest.mark.parametrize("reason", Reason)
async def test_whatever_is_decided_is_told_in_words(talk, stage, reason):
    known = await stage.opens()
    made = Decision(reason=reason, incident_id=known.id, chat_id=SUPPORT.id)
    await stage.database.write(lambda tx: decisions.remember(tx, [made], at=after(1)))

    (said,) = await talk.says(ANNA, "/why ромашка", SUPPORT)

    assert f"№{known.id}, здесь: {DECIDED[reason]}" in said["text"]


@pytest.mark.parametrize("why", Untold)
async def test_whatever_is_given_up_is_told_in_words(talk, stage, why):
    await stage.bind(SUPPORT.id)
    known = await stage.opens()
    (note,) = await stage.owed(SUPPORT.id)
    await stage.database.write(lambda tx: outbox.bury(tx, note.id, why=why, at=after(1)))

    (said,) = await talk.says(ANNA, "/why ромашка", SUPPORT)

    assert f"№{known.id}, здесь: сообщение об аварии: не отправлено ({UNTOLD[why]})" in said["text"]


async def test_a_lost_chat_says_who_heard_instead(talk, stage):
    await stage.bind(SUPPORT.id)
    await stage.opens()
    await stage.database.write(lambda tx: losses.lose_chat(tx, SUPPORT.id, "bot was kicked", now=after(1)))

    (said,) = await talk.says(ANNA, "/why ромашка")

    assert f"Техподдержка: сообщение об аварии: не отправлено ({UNTOLD[Untold.CHAT_LOST]})" in said["text"]
    assert "Вера: сообщение об аварии: ждёт отправки" in said["text"]


async def test_everything_in_time_order(talk, stage):
    await stage.bind(SUPPORT.id)
    fell = {"before": State.OK, "after": State.FAIL, "at": NOON, "since": NOON, "reason": "refused"}
    seen = Transition(subject=client(), code="KodeksTcpStatus", **fell)
    await stage.database.write(lambda tx: health.remember(tx, [seen]))
    known = await stage.opens(at=after(1))
    await stage.said(known, SUPPORT.id, at=after(minutes=1))
    await stage.mutes(at=after(minutes=2), until=None, author=IGOR.id)
    await stage.said(known, SUPPORT.id, at=after(minutes=3), message_id=501)
    await stage.ends(known, at=after(minutes=9))
    talk.clock.passes(minutes=10)

    (said,) = await talk.says(ANNA, "/why ромашка", SUPPORT)

    order = [
        "12:00 измерено: сервер не отвечает, соединения отклоняются",
        f"12:00 №{known.id}, здесь: решили сообщить сразу",
        f"12:01 №{known.id}, здесь: сообщение об аварии: отправлено, со звуком",
        f"12:03 №{known.id}, здесь: обновление сообщения: отправлено",
        f"12:09 №{known.id}, здесь: решили сообщить, что починено",
    ]
    places = [said["text"].find(line) for line in order]
    assert -1 not in places, said["text"]
    assert places == sorted(places)


async def test_the_button_stands_behind_details_and_leads_back(talk, stage):
    await stage.bind(SUPPORT.id)
    known = await stage.opens()
    await talk.shows(known.id, SUPPORT)

    await talk.presses(ANNA, "Подробнее", SUPPORT)
    await talk.presses(PETR, "Почему", SUPPORT)
    shown = await talk.last(SUPPORT)

    assert f"Почему: авария №{known.id}" in shown["text"]
    assert "здесь: решили сообщить сразу" in shown["text"]
    await talk.presses(ANNA, "← К аварии", SUPPORT)
    assert "Подробнее" in labels(await talk.last(SUPPORT))


async def test_a_manager_hears_of_own_clients_only_and_of_no_other_chat_by_name(talk, stage):
    await stage.bind(SUPPORT.id)
    known = await stage.opens()
    await talk.shows(known.id, SUPPORT)
    await talk.presses(ANNA, "Подробнее", SUPPORT)

    refused = await talk.presses(MISHA, "Почему", SUPPORT)
    (own,) = await talk.says(OLGA, "/why ромашка")
    (foreign,) = await talk.says(MISHA, "/why ромашка")

    assert refused["alert"]
    assert "1 чат: решили сообщить сразу" in own["text"]
    assert "Техподдержка" not in own["text"]
    assert "Никого не нашлось" in foreign["text"]


async def test_several_fit_and_the_choice_leads_to_the_account(talk, stage):
    (asked,) = await talk.says(ANNA, "/why")
    (choice,) = await talk.says(ANNA, "/why ро")
    assert "О ком рассказать?" in asked["text"]
    assert labels(choice) == ["Ромашка · romashka", "Прогресс · progress"]

    await talk.presses(ANNA, "Прогресс · progress")

    assert (await talk.last(ANNA))["text"].startswith("Почему: Прогресс")


async def test_an_old_account_is_turned_page_by_page(talk, stage):
    await stage.bind(SUPPORT.id)
    for number in range(20):
        known = await stage.opens(at=after(minutes=number))
        await stage.ends(known, at=after(minutes=number, seconds=30))
    talk.clock.passes(hours=1)

    (newest,) = await talk.says(ANNA, "/why ромашка", SUPPORT)
    assert "страница 1 из" in newest["text"]
    await talk.presses(ANNA, "← Раньше", SUPPORT)
    older = await talk.last(SUPPORT)
    assert "страница 2 из" in older["text"]
    await talk.presses(ANNA, "Позже →", SUPPORT)
    assert (await talk.last(SUPPORT))["text"] == newest["text"]


# ── the ledger ────────────────────────────────────────────────────────────────────────────────────────────────────


async def count(database):
    async with database.read() as connection:
        return (await connection.execute(select(func.count()).select_from(tables.decisions))).scalar_one()


async def test_a_decision_that_repeats_the_last_is_not_written_again(database, stage):
    await stage.bind()
    known = await stage.opens()
    await stage.said(known, at=after(1))
    for second in range(2, 12):
        known = await stage.step(known, ChangeKind.GREW, at=after(second))

    async with database.read() as connection:
        made = await decisions.of_incidents(connection, [known.id])
    assert [one.decision.reason for one in made] == [Reason.SENT_NEW, Reason.EDIT]


async def test_decisions_that_owe_nothing_are_kept_too(database, stage):
    await stage.bind(-200, names=["vektor"])
    await stage.bind(-300)
    known = await stage.opens()

    async with database.read() as connection:
        made = await decisions.of_incidents(connection, [known.id])
    assert {(one.decision.chat_id, one.decision.reason) for one in made} == {
        (-200, Reason.NOT_ROUTED),
        (-300, Reason.SENT_NEW),
    }


async def test_a_silence_that_ends_is_decided_and_remembered(database, stage):
    await stage.bind()
    await stage.mutes(at=NOON, until=after(hours=1))
    known = await stage.opens(at=after(1))
    await stage.tick(after(hours=1, seconds=1))

    async with database.read() as connection:
        made = await decisions.of_incidents(connection, [known.id])
    assert [one.decision.reason for one in made] == [Reason.MUTED, Reason.STILL]


async def test_an_incident_that_nobody_can_hear_fills_no_ledger(database, stage):
    stage.policy = Policy()
    await stage.opens()
    for second in range(1, 20):
        await stage.tick(after(second))

    assert await count(database) == 1


async def test_the_ledger_is_purged_with_the_rest(database, stage):
    await stage.bind()
    await stage.opens()

    await ticks.purge(database, now=NOON + timedelta(days=400), keep=timedelta(days=395))

    assert await count(database) == 0


async def test_a_viewer_may_ask_too(talk, stage):
    await stage.database.write(
        lambda tx: people.admit(tx, Person(id=PETR.id, name="Пётр", role=Role.VIEWER), username=None, at=NOON)
    )

    (said,) = await talk.says(PETR, "/why ромашка")

    assert "ничего не менялось" in said["text"]


# ── the promise ───────────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_promise_of_few_messages_is_told_with_figures(talk, stage):
    await stage.bind(SUPPORT.id)
    known = await stage.opens(at=after(-60))
    await stage.said(known, SUPPORT.id, at=after(-50))
    for number in range(12):
        await stage.opens(f"client{number}", at=after(-40))
    notes = await stage.owed(SUPPORT.id)
    await stage.database.write(lambda tx: fold(tx, notes, now=after(-30)))

    (here,) = await talk.says(ANNA, "/status", SUPPORT)
    (private,) = await talk.says(ANNA, "/status")
    (manager,) = await talk.says(OLGA, "/status")

    assert "Сейчас здесь: 1 из 10, свёрнуто 12" in here["text"]
    assert "Сейчас здесь: 0 из 10 · Техподдержка: 1 из 10, свёрнуто 12" in private["text"]
    assert "Техподдержка" not in manager["text"]


async def test_what_was_told_long_ago_counts_no_more(talk, stage):
    await stage.bind(SUPPORT.id)
    known = await stage.opens(at=after(minutes=-20))
    await stage.said(known, SUPPORT.id, at=after(minutes=-11))

    (here,) = await talk.says(ANNA, "/status", SUPPORT)

    assert "Сейчас здесь: 0 из 10" in here["text"]
