"""At a change of the person on duty the group hears once how things stand, whatever happened to the bot meanwhile."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from checks.duty import Rota
from checks.model import Days, Message, NoteKind, Role, RouteKind, Shift
from checks.notifications import Policy
from handlers.cards import render
from handlers.handover import hand_over
from handlers.notifications import owe
from storage import chats, incidents
from storage.database import Connection, Database, open_database
from storage.outbox import Owed
from templates import unmarked
from tests.telling import SUPPORT, Stage

ANNA, IGOR = 3, 4
MOSCOW = ZoneInfo("Europe/Moscow")
EVENING = datetime(2026, 11, 24, 18, 0, tzinfo=MOSCOW).astimezone(ZoneInfo("UTC"))
DAY = Shift(people=(ANNA,), begin=time(9), end=time(18), since=date(2026, 1, 5), name="день")
NIGHT = Shift(people=(IGOR,), begin=time(18), end=time(9), since=date(2026, 1, 5), name="ночь")
ROTA = Rota(shifts=(DAY, NIGHT), zone=MOSCOW)


class Duty(Stage):
    async def beats(self, at: datetime) -> bool:
        return await hand_over(self.database, now=at, policy=self.policy)

    async def rounds(self, chat: int = SUPPORT) -> list[Owed]:
        return [note for note in await self.owed(chat) if note.kind is NoteKind.HAND_OVER]

    async def words(self, note: Owed, at: datetime) -> Message:
        message = await render(self.database, note, at)
        assert message is not None
        return message


@pytest.fixture
async def duty(database: Database) -> Duty:
    stage = Duty(database, Policy(rota=ROTA))
    for number, role in ((1, Role.ADMIN), (ANNA, Role.SUPPORT), (IGOR, Role.SUPPORT)):
        await stage.admit(number, role)
    return stage


async def test_it_is_told_at_the_change_and_once(duty: Duty) -> None:
    await duty.bind()
    assert not await duty.beats(EVENING - timedelta(minutes=1)) or len(await duty.rounds()) == 1
    before = len(await duty.rounds())

    for minute in (0, 1, 60, 300):
        await duty.beats(EVENING + timedelta(minutes=minute))

    assert len(await duty.rounds()) == before + 1


async def test_it_says_what_is_open_taken_muted_and_ended(duty: Duty) -> None:
    await duty.bind()
    noon = EVENING - timedelta(hours=6)
    await duty.opens("romashka", at=noon)
    mine = await duty.opens("vektor", at=noon)
    await duty.opens("progress", at=noon)
    over = await duty.opens("zarya", at=noon)
    await duty.ends(over, at=noon + timedelta(hours=1))
    await duty.mutes("progress", at=noon, until=EVENING + timedelta(hours=8))

    async def take(tx: Connection) -> None:
        change = await incidents.take(tx, mine.id or 0, ANNA, noon)
        assert change is not None
        await owe(tx, [change], now=noon, policy=duty.policy)

    await duty.database.write(take)

    await duty.beats(EVENING)
    (note,) = await duty.rounds()
    message = await duty.words(note, EVENING)
    said = unmarked(message)

    assert f"tg://user?id={IGOR}" in message.text
    assert note.silent
    sections = [line for line in said.split("\n") if line.rstrip("0123456789")[-2:] == ": "]
    assert sections == ["Никто не взял: 1", "В работе: 1", "Заглушено: 1", "Закончилось за смену: 1"]
    assert said.index("romashka") < said.index("vektor") < said.index("progress") < said.index("zarya")


async def test_a_change_while_the_bot_was_away_is_told_late_but_not_after_hours(duty: Duty, database_url: str) -> None:
    await duty.bind()
    assert await duty.beats(EVENING + timedelta(hours=2))

    async with open_database(database_url) as again:
        reborn = Duty(again, duty.policy)
        assert not await reborn.beats(EVENING + timedelta(hours=2, minutes=1))
        assert not await reborn.beats(EVENING + timedelta(days=2, hours=4))
        assert len(await reborn.rounds()) == 1


async def test_a_group_hears_of_its_own_clients_only(duty: Duty) -> None:
    from sqlalchemy import insert

    from storage.tables import clients

    async def work(tx: Connection) -> None:
        stamps = {"created_at": EVENING, "updated_at": EVENING, "kind": "server", "search": "", "lists": {}}
        rows = [{"name": name, "redirect": server, **stamps} for name, server in (("romashka", "r1"), ("vektor", "r2"))]
        await tx.execute(insert(clients), rows)

    await duty.database.write(work)
    await duty.bind(SUPPORT, RouteKind.TECHNICAL, redirect="r1")
    await duty.opens("romashka", at=EVENING)
    await duty.opens("vektor", at=EVENING)

    await duty.beats(EVENING)
    (note,) = await duty.rounds()
    said = unmarked(await duty.words(note, EVENING))
    assert "romashka" in said
    assert "vektor" not in said


async def test_without_a_group_the_person_hears_it(duty: Duty) -> None:
    await duty.database.write(lambda tx: chats.meet(tx, IGOR, at=EVENING))
    await duty.beats(EVENING)

    (note,) = await duty.rounds(IGOR)
    assert "Открытых аварий нет" in unmarked(await duty.words(note, EVENING))


async def test_a_week_of_duty_with_a_holiday_hands_over_at_every_change_of_person(duty: Duty) -> None:
    await duty.bind()
    office = Shift(people=(ANNA, IGOR), days=frozenset({Days.WORKDAYS}), begin=time(9), end=time(18),
                   since=date(2026, 10, 26))  # fmt: skip
    rest = Shift(people=(IGOR,), days=frozenset({Days.DAYS_OFF}), begin=time(9), end=time(18), since=date(2026, 1, 5))
    duty.policy = Policy(rota=Rota(shifts=(office, rest), zone=MOSCOW))

    moment = datetime(2026, 11, 2, 0, 0, tzinfo=MOSCOW)
    seen = []
    while moment < datetime(2026, 11, 9, 0, 0, tzinfo=MOSCOW):
        if await duty.beats(moment.astimezone(ZoneInfo("UTC"))):
            note = (await duty.rounds())[-1]
            seen.append((moment.day, moment.hour, note.facts["to"]))
        moment += timedelta(minutes=30)

    # Monday of the second week is Igor's; the 4th is a holiday, held by Igor too; then the weekend
    assert [(day, hour) for day, hour, _ in seen] == [(day, 9) for day in range(2, 9)]
    assert {who for _, _, who in seen} == {IGOR}
