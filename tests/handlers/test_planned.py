"""While planned work lasts nothing is told; at its end one message tells who is back and who is not."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from checks.maintenance import PATIENCE, Close
from checks.model import (
    Cause,
    CauseKind,
    ChangeKind,
    Extent,
    Health,
    NoteKind,
    OutboxState,
    Person,
    Priority,
    Role,
    RouteKind,
    State,
    Window,
    WindowState,
)
from checks.notifications import Reason
from checks.rules import Rules
from handlers import cards, planned
from handlers.afterwork import Afterwork
from storage import chats, estate, health, looks, maintenance, people, storms
from storage.database import Connection, Database
from templates import unmarked
from tests.builders import NOON, after, client, incident, redirect, symptom
from tests.estates import ANNA, put_estate, put_looks
from tests.telling import MANAGER, SUPPORT, Stage


@dataclass
class Works(Stage):
    """A stage on which work is announced, lasts and is looked at."""

    afterwork: Afterwork = field(init=False)

    def __post_init__(self) -> None:
        self.afterwork = Afterwork(self.database)

    async def rules(self) -> Rules:
        async with self.database.read() as connection:
            return Rules(estate=await estate.load(connection), policy=self.policy)

    async def announces(
        self, extent: Extent = Extent.CLIENT, target: str = "c0", *, at: datetime = NOON, hours: float = 2, **rest: Any
    ) -> Window:
        ends_at = at + timedelta(hours=hours)
        facts = {"begins_at": at, "ends_at": ends_at, "created_at": at, "author": ANNA, **rest}
        window = Window(extent=extent, target=target, **facts)
        return await self.database.write(lambda tx: planned.open_window(tx, window, now=at))

    async def time_is(self, at: datetime) -> None:
        """Let the passing of time do what it does, and let everything that is called for be looked at."""
        await self.database.write(lambda tx: planned.turn(tx, now=at))
        await self.tick(at)

    async def looks_at_everything(self, at: datetime) -> None:
        async with self.database.read() as connection:
            due = await looks.due(connection, at, limit=1000)
        seen = [
            looks.Seen(subject=one.subject, kind=one.kind, due_at=at + one.interval, at=at, status=200) for one in due
        ]
        await self.database.write(lambda tx: looks.save(tx, seen))

    async def goes_on(self, at: datetime) -> bool:
        return await self.afterwork.step(rules=await self.rules(), now=at)

    async def ends_at(self, at: datetime) -> bool:
        """Let the time of the work run out and everything be looked at; returns whether its end is told."""
        await self.time_is(at)
        assert not await self.goes_on(at)
        await self.looks_at_everything(at + timedelta(seconds=1))
        return await self.goes_on(at + timedelta(seconds=2))

    async def told(self, chat: int = SUPPORT, *, at: datetime) -> list[str]:
        """Word everything that waits for a chat."""
        rules = await self.rules()
        words = [await cards.render(self.database, note, at, rules=rules) for note in await self.owed(chat)]
        return [unmarked(one) for one in words if one is not None]

    async def window(self, number: int | None) -> Window:
        async with self.database.read() as connection:
            found = await maintenance.load(connection, number or 0)
        assert found is not None
        return found


@pytest.fixture
async def works(database: Database) -> Works:
    await put_estate(database, 3)
    await put_looks(database, [True, True, True])
    works = Works(database)
    await works.bind()
    await works.admit()
    return works


async def test_what_breaks_meanwhile_is_recorded_and_not_told(works: Works) -> None:
    await works.announces()

    outage = await works.opens("c0", at=after(minutes=5))

    assert await works.owed() == []
    assert await works.states(outage) == [(NoteKind.FIRING, OutboxState.MUTED, Reason.PLANNED_WORK)]


async def test_others_are_told_as_ever(works: Works) -> None:
    await works.announces()
    await works.opens("c1", at=after(minutes=5))

    assert await works.kinds() == [NoteKind.FIRING]


async def test_what_breaks_and_is_mended_meanwhile_is_never_told(works: Works) -> None:
    await works.announces()
    outage = await works.opens("c0", at=after(minutes=5))

    await works.ends(outage, at=after(minutes=30))

    assert await works.owed() == []


async def test_what_was_told_before_is_told_as_mended(works: Works) -> None:
    outage = await works.opens("c0")
    await works.said(outage, at=after(1))
    await works.announces(at=after(minutes=1))
    assert await works.kinds() == [NoteKind.UPDATE], "the card says that work is under way"
    assert "плановые работы до 14:01" in (await works.told(at=after(minutes=2)))[0]

    await works.ends(outage, at=after(minutes=30))

    assert NoteKind.RESOLVED in await works.kinds()


async def test_what_was_owed_and_not_sent_is_taken_back(works: Works) -> None:
    outage = await works.opens("c0")
    await works.announces(at=after(1))

    assert await works.states(outage) == [(NoteKind.FIRING, OutboxState.MUTED, Reason.PLANNED_WORK)]


async def test_a_worse_turn_of_what_was_told_does_not_sound(works: Works) -> None:
    outage = await works.opens("c0", priority=Priority.K2)
    await works.said(outage, at=after(1))
    await works.announces(at=after(minutes=1))
    await works.step(replace(outage, priority=Priority.K1), ChangeKind.WORSENED, at=after(minutes=2))

    assert await works.kinds() == [NoteKind.UPDATE]


async def test_one_message_at_the_end_and_none_before_everything_was_looked_at(works: Works) -> None:
    await works.announces(Extent.REDIRECT, "r1")
    await works.opens(cause=Cause(CauseKind.REDIRECT, "r1"), at=after(1), symptoms=(symptom(subject=redirect()),))

    await works.time_is(after(hours=2))
    assert not await works.goes_on(after(hours=2))
    assert not await works.goes_on(after(hours=2, seconds=5)), "nothing has been looked at yet"
    assert await works.owed() == []
    await works.looks_at_everything(after(hours=2, seconds=6))
    assert await works.goes_on(after(hours=2, seconds=7))

    assert await works.kinds() == [NoteKind.STORM]
    assert "0 из 3 вернулись, 3 нет" in (await works.told(at=after(hours=2, seconds=9)))[0]
    assert not await works.goes_on(after(hours=2, seconds=10))


async def test_those_that_did_not_come_back_are_named_and_sound(works: Works) -> None:
    await works.announces(Extent.ALL, "")
    for number in range(3):
        await works.opens(f"c{number}", at=after(minutes=5 + number))
    async with works.database.read() as connection:
        (number,) = [one.id for one in await planned.incidents.open_ones(connection) if one.cause.name == "c0"]
    await works.ends(await load(works, number), at=after(minutes=50))

    assert await works.ends_at(after(hours=2))

    (card,) = await works.owed()
    assert (card.kind, card.silent) == (NoteKind.STORM, False)
    (text,) = await works.told(at=after(hours=2, seconds=5))
    assert "1 из 3 вернулся, 2 нет" in text
    assert "Клиент 1" in text
    assert "Клиент 2" in text
    assert "Клиент 0" not in text


async def load(works: Works, number: int | None) -> Any:
    async with works.database.read() as connection:
        return await planned.incidents.load(connection, number or 0)


async def test_all_are_back_and_a_quiet_word_says_so(works: Works) -> None:
    await works.announces(reason="замена диска")
    outage = await works.opens("c0", at=after(minutes=5))
    await works.ends(outage, at=after(minutes=50))

    assert await works.ends_at(after(hours=2))

    (card,) = await works.owed()
    assert card.silent
    (text,) = await works.told(at=after(hours=2, seconds=5))
    assert "Клиент 0: плановые работы закончены, всё работает" in text
    assert "замена диска; объявила Анна" in text


async def test_work_that_comes_every_night_and_goes_well_is_not_worth_a_word(works: Works) -> None:
    window = await works.announces(cron="0 12 * * *", zone="Europe/Moscow", length=timedelta(hours=1), hours=1)

    assert await works.ends_at(after(hours=1))

    assert await works.owed() == []
    waiting = await works.window(window.id)
    assert (waiting.state, waiting.begins_at) == (WindowState.PLANNED, after(days=1))


async def test_work_that_comes_every_night_tells_of_those_that_did_not_come_back(works: Works) -> None:
    await works.announces(cron="0 12 * * *", zone="Europe/Moscow", length=timedelta(hours=1), hours=1)
    await works.opens("c0", at=after(minutes=5))

    assert await works.ends_at(after(hours=1))

    assert await works.kinds() == [NoteKind.STORM]


async def test_many_windows_that_end_together_are_one_message(works: Works) -> None:
    for number in range(3):
        await works.announces(target=f"c{number}")
        await works.opens(f"c{number}", at=after(minutes=5))

    assert await works.ends_at(after(hours=2))

    assert await works.kinds() == [NoteKind.STORM]
    (text,) = await works.told(at=after(hours=2, seconds=5))
    assert "0 из 3" in text


async def test_what_is_left_lives_on_as_if_it_had_a_card_of_its_own(works: Works) -> None:
    await works.announces()
    outage = await works.opens("c0", at=after(minutes=5))
    await works.ends_at(after(hours=2))
    card = await sent(works, at=after(hours=2, seconds=5))

    await works.step(outage, ChangeKind.TAKEN, at=after(hours=2, minutes=1))
    assert await works.kinds() == [NoteKind.STORM], "the card is brought up to date"
    await sent(works, at=after(hours=2, minutes=1))

    await works.ends(outage, at=after(hours=3))
    kinds = await works.kinds()
    assert NoteKind.RESOLVED in kinds
    assert NoteKind.STORM in kinds
    assert card.runs


async def sent(works: Works, *, at: datetime) -> storms.Storm:
    """Deliver the card of a chat; returns it."""

    async def work(tx: Connection) -> storms.Storm:
        (note,) = [one for one in await planned.outbox.waiting(tx, SUPPORT) if one.kind is NoteKind.STORM]
        assert await planned.outbox.claim(tx, note, now=at, fresh=True)
        await planned.outbox.delivered(tx, note.id, message_id=700, at=at)
        await storms.said(tx, note.storm_id or 0, message_id=700, digest="x", at=at)
        found = await storms.load(tx, note.storm_id or 0)
        assert found is not None
        return found

    return await works.database.write(work)


async def test_a_worse_turn_after_the_end_sounds_with_a_card_of_its_own(works: Works) -> None:
    await works.announces()
    outage = await works.opens("c0", at=after(minutes=5), priority=Priority.K2)
    await works.ends_at(after(hours=2))
    await sent(works, at=after(hours=2, seconds=5))

    await works.step(replace(outage, priority=Priority.K1), ChangeKind.WORSENED, at=after(hours=2, minutes=1))

    assert await works.kinds() == [NoteKind.FIRING]


async def test_what_other_work_still_covers_waits_for_that(works: Works) -> None:
    await works.announces()
    await works.announces(Extent.ALL, "", hours=4)
    await works.opens("c0", at=after(minutes=5))

    assert await works.ends_at(after(hours=2))
    (text,) = await works.told(at=after(hours=2, seconds=5))
    assert "Другие плановые работы продолжаются и скрывают ещё 1 аварию" in text
    await sent(works, at=after(hours=2, seconds=6))

    assert await works.ends_at(after(hours=4))
    (text,) = await works.told(at=after(hours=4, seconds=5))
    assert "2 из 3 вернулись, 1 нет" in text


async def test_a_silence_outlasts_the_work(works: Works) -> None:
    await works.mutes("c0", at=NOON, until=after(hours=4))
    await works.announces()
    await works.opens("c0", at=after(minutes=5))

    await works.ends_at(after(hours=2))
    (note,) = await works.owed()
    assert note.silent
    await sent(works, at=after(hours=2, seconds=5))

    await works.time_is(after(hours=4))
    assert await works.kinds() == [NoteKind.STILL]


async def test_a_silence_that_ends_meanwhile_does_not_break_the_quiet(works: Works) -> None:
    await works.mutes("c0", at=NOON, until=after(hours=1))
    await works.announces()
    await works.opens("c0", at=after(minutes=5))

    await works.time_is(after(hours=1))
    assert await works.owed() == []
    assert await works.ends_at(after(hours=2))
    assert await works.kinds() == [NoteKind.STORM]


async def test_ended_early_it_is_looked_at_first_as_well(works: Works) -> None:
    window = await works.announces()
    await works.opens("c0", at=after(minutes=5))
    assert window.id is not None
    number = window.id
    closed = await works.database.write(lambda tx: planned.close_window(tx, number, now=after(minutes=30)))
    assert closed is not None
    assert closed.state is WindowState.LOOKING
    assert await works.owed() == []

    assert await works.ends_at(after(minutes=30, seconds=1))

    assert await works.kinds() == [NoteKind.STORM]
    async with works.database.read() as connection:
        (run,) = await maintenance.some_runs(connection, [window.run_id or 0])
    assert run.why == Close.EARLY


async def test_taken_back_it_tells_what_it_kept_back(works: Works) -> None:
    window = await works.announces()
    await works.opens("c0", at=after(minutes=1))
    assert window.id is not None
    number = window.id

    undo = partial(planned.undo_window, window_id=number, now=after(minutes=2), policy=works.policy)
    for _ in range(2):
        await works.database.write(undo)

    assert await works.kinds() == [NoteKind.FIRING]
    assert (await works.window(number)).state is WindowState.OVER


async def test_announced_for_tonight_it_begins_tonight(works: Works) -> None:
    ends_at = after(hours=12)
    window = await works.announces(begins_at=after(hours=10), ends_at=ends_at)
    early = await works.opens("c0", at=after(minutes=1))
    await works.said(early, at=after(minutes=2))
    await works.ends(early, at=after(minutes=9))
    await works.said(early, at=after(minutes=10), message_id=600)

    await works.time_is(after(hours=10))
    assert (await works.window(window.id)).state is WindowState.LASTING
    await works.opens("c0", at=after(hours=10, minutes=1))
    assert await works.owed() == []


async def test_cancelled_before_it_began_nobody_hears_of_it(works: Works) -> None:
    window = await works.announces(begins_at=after(hours=10), ends_at=after(hours=12))
    assert window.id is not None
    number = window.id
    await works.database.write(lambda tx: planned.close_window(tx, number, now=after(minutes=1)))
    await works.time_is(after(hours=10))
    await works.opens("c0", at=after(hours=10, minutes=1))

    assert await works.kinds() == [NoteKind.FIRING]


async def test_longer_it_lasts_longer(works: Works) -> None:
    window = await works.announces()
    assert window.id is not None
    number = window.id
    prolong = planned.prolong_window
    assert await works.database.write(lambda tx: prolong(tx, number, until=after(hours=3), now=after(hours=1)))
    assert not await works.database.write(lambda tx: prolong(tx, number, until=after(hours=1), now=after(hours=1)))

    await works.time_is(after(hours=2))
    assert (await works.window(number)).state is WindowState.LASTING
    await works.time_is(after(hours=3))
    assert (await works.window(number)).state is WindowState.LOOKING


async def test_after_two_days_of_absence_a_night_gone_by_is_passed_over(works: Works) -> None:
    window = await works.announces(
        cron="0 3 * * *",
        zone="Europe/Moscow",
        length=timedelta(hours=1),
        begins_at=datetime(2026, 11, 24, 0, 0, tzinfo=NOON.tzinfo),
        ends_at=datetime(2026, 11, 24, 1, 0, tzinfo=NOON.tzinfo),
    )

    await works.time_is(after(days=2))

    waiting = await works.window(window.id)
    assert (waiting.state, waiting.begins_at.isoformat()) == (WindowState.PLANNED, "2026-11-26T00:00:00+00:00")
    assert await works.owed() == []


async def test_looking_goes_on_after_a_restart(works: Works) -> None:
    await works.announces()
    await works.opens("c0", at=after(minutes=5))
    await works.time_is(after(hours=2))
    assert not await works.goes_on(after(hours=2))

    works.afterwork = Afterwork(works.database)
    assert not await works.goes_on(after(hours=2, seconds=30))
    await works.looks_at_everything(after(hours=2, seconds=31))
    assert await works.goes_on(after(hours=2, seconds=32))
    assert await works.kinds() == [NoteKind.STORM]


async def test_what_is_never_seen_is_told_as_it_is_believed(works: Works) -> None:
    await works.announces()
    await works.opens("c0", at=after(minutes=5))
    await works.time_is(after(hours=2))
    await works.goes_on(after(hours=2))

    assert not await works.goes_on(after(hours=2) + PATIENCE - timedelta(seconds=1))
    assert await works.goes_on(after(hours=2) + PATIENCE)


async def test_a_doubt_is_waited_for(works: Works) -> None:
    await works.announces()
    await works.time_is(after(hours=2))
    await works.goes_on(after(hours=2))
    await works.looks_at_everything(after(hours=2, seconds=1))
    doubt = Health(subject=client("c0"), code="KodeksTcpStatus", state=State.OK, since=NOON, failures=1)
    await works.database.write(lambda tx: health.save(tx, [doubt]))

    assert not await works.goes_on(after(hours=2, seconds=2))
    await works.database.write(lambda tx: health.save(tx, [replace(doubt, failures=0)]))
    assert await works.goes_on(after(hours=2, seconds=4))


async def test_a_chat_counts_its_own_clients_only(works: Works) -> None:
    await works.bind(MANAGER, RouteKind.OWN, manager="Ольга")
    await works.bind(43, RouteKind.OWN, manager="Пётр")
    await works.announces(Extent.REDIRECT, "r1")
    await works.opens("c0", at=after(minutes=5), cause=Cause(CauseKind.CLIENT, "c0", "domain"))

    assert await works.ends_at(after(hours=2))

    (text,) = await works.told(MANAGER, at=after(hours=2, seconds=5))
    assert "2 из 3 вернулись" in text
    assert await works.owed(43) == []


async def test_who_announced_it_hears_of_its_end_in_private(works: Works) -> None:
    async def meet(tx: Connection) -> None:
        await people.admit(tx, Person(id=77, name="Игорь", role=Role.SUPPORT), username=None, at=NOON)
        await chats.meet(tx, 77, at=NOON)

    await works.database.write(meet)
    await works.announces(chat_id=77)

    assert await works.ends_at(after(hours=2))

    assert await works.kinds(77) == [NoteKind.STORM]


async def test_an_incident_of_several_clients_is_told_when_the_last_but_one_is_no_longer_at_work(works: Works) -> None:
    await works.announces(target="c0")
    await works.announces(target="c1", hours=4)
    signs = (symptom(subject=client("c0")), symptom(subject=client("c1")))
    both = incident(cause=Cause(CauseKind.ADDRESS, "10.0.0.1"), symptoms=signs)
    await works.step(replace(both, opened_at=after(minutes=5)), ChangeKind.OPENED, at=after(minutes=5))
    assert await works.owed() == []

    assert await works.ends_at(after(hours=2))

    (text,) = await works.told(at=after(hours=2, seconds=5))
    assert "не всё работает" in text
