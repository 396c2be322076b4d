"""What nobody takes goes to the next person and to the head, each once; what lasts comes back to its taker."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from checks.duty import Rota
from checks.escalation import Escalation
from checks.model import ChangeKind, Incident, NoteKind, Priority, Role, RouteKind, Shift
from checks.notifications import Policy
from checks.quiet import Quiet
from handlers.cards import render
from handlers.escalations import escalate
from handlers.notifications import owe
from storage import chats, incidents
from storage.database import Connection, Database, open_database
from storage.outbox import Owed
from tests.builders import NOON, after
from tests.telling import MANAGER, SUPPORT, Stage

ANNA, IGOR, GLEB, VERA = 3, 4, 2, 1
SHIFT = Shift(people=(ANNA, IGOR), begin=time(0), end=time(0), since=date(2026, 1, 5))
RULES = Escalation(
    after={Priority.K1: timedelta(minutes=15), Priority.K2: timedelta(minutes=45)}, taker_after=timedelta(hours=4)
)


class Duty(Stage):
    """A stage with a rota and escalation."""

    async def beats(self, at: datetime) -> bool:
        return await escalate(self.database, now=at, policy=self.policy)

    async def calls(self, chat: int = SUPPORT) -> list[Owed]:
        return [note for note in await self.owed(chat) if note.kind is NoteKind.STILL]

    async def takes(self, what: Incident, who: int, at: datetime, *, back: bool = False) -> None:
        async def work(tx: Connection) -> None:
            act = incidents.give_back if back else incidents.take
            change = await act(tx, what.id or 0, who, at)
            assert change is not None
            await owe(tx, [change], now=at, policy=self.policy)

        await self.database.write(work)


def person(note: Owed) -> tuple[str, int | None]:
    return note.facts["rung"], note.facts["person"]


@pytest.fixture
async def duty(database: Database) -> Duty:
    stage = Duty(database, Policy(rota=Rota(shifts=(SHIFT,)), escalation=RULES))
    await stage.bind()
    for number, role in ((VERA, Role.ADMIN), (GLEB, Role.HEAD), (ANNA, Role.SUPPORT), (IGOR, Role.SUPPORT)):
        await stage.admit(number, role)
    return stage


async def on_duty(stage: Duty, at: datetime) -> list[int]:
    """Who stands in the shift that week, the one whose turn it is first."""
    week = (at.date() - date(2026, 1, 5)).days // 7
    return [ANNA, IGOR] if week % 2 == 0 else [IGOR, ANNA]


async def test_the_next_person_then_the_head_each_once_and_aloud(duty: Duty) -> None:
    outage = await duty.opens()
    await duty.said(outage, at=NOON)

    heard = []
    for minute in range(120):
        await duty.beats(after(minutes=minute))
        calls = await duty.calls()
        heard += [(minute, *person(note), note.silent) for note in calls]
        await duty.said(outage, at=after(minutes=minute), message_id=1000 + minute)

    _, second = await on_duty(duty, NOON)
    assert heard == [(15, "next", second, False), (30, "head", GLEB, False)]


async def test_across_restarts_nobody_is_called_twice_and_nobody_forgotten(duty: Duty, database_url: str) -> None:
    outage = await duty.opens()
    await duty.said(outage, at=NOON)

    rungs = []
    for minute in (16, 17, 33, 34, 90):
        async with open_database(database_url) as again:
            reborn = Duty(again, duty.policy)
            await reborn.beats(after(minutes=minute))
            rungs += [person(note)[0] for note in await reborn.calls()]
            await reborn.said(outage, at=after(minutes=minute), message_id=1000 + minute)

    assert rungs == ["next", "head"]


async def test_after_two_days_of_absence_one_call_comes_and_the_other_in_its_time(duty: Duty) -> None:
    outage = await duty.opens()
    await duty.said(outage, at=NOON)

    back = after(hours=48)
    assert await duty.beats(back)
    assert [person(note)[0] for note in await duty.calls()] == ["next"]
    await duty.said(outage, at=back, message_id=1000)
    assert not await duty.beats(back + timedelta(minutes=14))
    assert await duty.beats(back + timedelta(minutes=15))


async def test_taken_is_quiet_and_given_back_begins_anew(duty: Duty) -> None:
    outage = await duty.opens()
    await duty.said(outage, at=NOON)
    await duty.takes(outage, ANNA, after(minutes=5))
    assert not await duty.beats(after(minutes=60))

    await duty.takes(outage, ANNA, after(minutes=61), back=True)
    assert not await duty.beats(after(minutes=75))
    assert await duty.beats(after(minutes=76))


async def test_who_takes_it_before_the_call_is_sent_silences_the_call(duty: Duty) -> None:
    outage = await duty.opens()
    await duty.said(outage, at=NOON)
    await duty.beats(after(minutes=15))
    (note,) = await duty.calls()
    message = await render(duty.database, note, after(minutes=15))
    assert message is not None
    assert "tg://user?id=" in message.text
    assert "теперь ваша очередь" in message.text

    await duty.takes(outage, IGOR, after(minutes=16))

    assert await render(duty.database, note, after(minutes=16)) is None


async def test_what_telegram_has_not_taken_yet_is_not_escalated(duty: Duty) -> None:
    await duty.opens()
    assert not await duty.beats(after(hours=3))


@pytest.mark.parametrize(("priority", "minutes"), [(Priority.K1, 15), (Priority.K2, 45), (Priority.K3, None)])
async def test_how_long_depends_on_the_priority(duty: Duty, priority: Priority, minutes: int | None) -> None:
    outage = await duty.opens(priority=priority)
    await duty.said(outage, at=NOON)

    heard = [minute for minute in range(0, 60, 5) if await duty.beats(after(minutes=minute))]
    assert heard[:1] == ([] if minutes is None else [minutes])


async def test_what_grows_worse_has_its_time_again(duty: Duty) -> None:
    outage = await duty.opens(priority=Priority.K2)
    await duty.said(outage, at=NOON)
    worse = await duty.step(
        Incident(**{name: getattr(outage, name) for name in outage.__dataclass_fields__} | {"priority": Priority.K1}),
        ChangeKind.WORSENED,
        at=after(minutes=40),
    )
    await duty.said(worse, at=after(minutes=40), message_id=900)

    assert not await duty.beats(after(minutes=54))
    assert await duty.beats(after(minutes=55))


async def test_a_muted_incident_calls_nobody(duty: Duty) -> None:
    outage = await duty.opens()
    await duty.said(outage, at=NOON)
    await duty.mutes(at=after(minutes=1), until=after(hours=2))
    await duty.said(outage, at=after(minutes=1))

    assert not await duty.beats(after(minutes=60))


async def test_the_manager_of_the_client_is_not_called(duty: Duty) -> None:
    await duty.bind(MANAGER, RouteKind.OWN, names=["romashka"])
    outage = await duty.opens()
    await duty.said(outage, at=NOON)
    await duty.said(outage, MANAGER, at=NOON)

    await duty.beats(after(minutes=15))

    assert len(await duty.calls()) == 1
    assert await duty.calls(MANAGER) == []


async def test_without_a_group_the_one_who_is_called_hears_it_in_private(database: Database) -> None:
    stage = Duty(database, Policy(rota=Rota(shifts=(SHIFT,)), escalation=RULES))
    for number, role in ((VERA, Role.ADMIN), (ANNA, Role.SUPPORT), (IGOR, Role.SUPPORT)):
        await stage.admit(number, role)
        await stage.database.write(lambda tx, number=number: chats.meet(tx, number, at=NOON))
    outage = await stage.opens()
    await stage.said(outage, VERA, at=NOON)

    await stage.beats(after(minutes=15))

    _, second = await on_duty(stage, NOON)
    (call,) = await stage.calls(second)
    assert person(call) == ("next", second)


async def test_the_taker_is_reminded_in_private_and_not_at_night(duty: Duty) -> None:
    await duty.database.write(lambda tx: chats.meet(tx, ANNA, at=NOON))
    outage = await duty.opens()
    await duty.said(outage, at=NOON)
    await duty.takes(outage, ANNA, after(minutes=5))
    await duty.said(outage, at=after(minutes=5))

    assert not await duty.beats(after(hours=4))
    assert await duty.beats(after(hours=4, minutes=5))
    (reminder,) = await duty.calls(ANNA)
    message = await render(duty.database, reminder, after(hours=4, minutes=5))
    assert message is not None
    assert "авария у вас уже 4 ч" in message.text
    assert await duty.calls() == []

    await duty.said(outage, ANNA, at=after(hours=4, minutes=5), message_id=70)
    assert not await duty.beats(after(hours=8))
    night = Quiet(begin=time(17), end=time(5))
    duty.policy = Policy(rota=duty.policy.rota, escalation=RULES, quiet=night)
    assert not await duty.beats(after(hours=9))
    assert await duty.beats(after(hours=20))


async def test_a_taker_whom_the_bot_cannot_reach_is_mentioned_in_the_group(duty: Duty) -> None:
    outage = await duty.opens()
    await duty.said(outage, at=NOON)
    await duty.takes(outage, ANNA, after(minutes=5))
    await duty.said(outage, at=after(minutes=5))

    await duty.beats(after(hours=5))

    (reminder,) = await duty.calls()
    assert reminder.facts["person"] == ANNA
