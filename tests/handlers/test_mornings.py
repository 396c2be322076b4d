"""The morning digest: once a morning and once only, about the right span, with what the night kept back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from checks.model import Cause, CauseKind, IncidentState, NoteKind, OutboxState, Person, Priority, Role, RouteKind
from checks.notifications import Policy
from checks.quiet import Quiet
from checks.rules import Rules
from handlers import losses, mornings, notes
from handlers.hearing import gather
from storage import chats, digests, estate, incidents, outbox, people
from storage.database import Connection, Database
from storage.outbox import Owed
from templates import unmarked
from tests.builders import NOON, client, redirect, symptom
from tests.estates import put_estate
from tests.talk import ANNA, HEAD, MISHA, OLGA, PETR, labels, settle_estate
from tests.talk import SUPPORT as GROUP
from tests.telling import MANAGER, SUPPORT, Stage

NIGHT = Quiet(begin=time(22), end=time(8), zone=ZoneInfo("Europe/Moscow"))
POLICY = Policy(quiet=NIGHT, digest="5 8 * * *")


def moscow(day: int, hour: int, minute: int = 0) -> datetime:
    """Return a moment of November 2026 by the clock of Moscow."""
    return datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo("Europe/Moscow")).astimezone(UTC)


@dataclass
class Mornings(Stage):
    """A stage on which days pass."""

    policy: Policy = field(default=POLICY)

    async def clock(self, at: datetime) -> bool:
        return await self.database.write(lambda tx: mornings.turn(tx, now=at, policy=self.policy))

    async def digests(self, chat: int = SUPPORT) -> list[Owed]:
        return [note for note in await self.owed(chat) if note.kind is NoteKind.DIGEST]

    async def told(self, at: datetime, chat: int = SUPPORT) -> str:
        """Word the one digest that waits for a chat."""
        (note,) = await self.digests(chat)
        async with self.database.read() as connection:
            rules = Rules(estate=await estate.load(connection), policy=self.policy)
        message = await notes.render(self.database, note, at, rules=rules)
        assert message is not None
        return unmarked(message)

    async def delivered(self, at: datetime, chat: int = SUPPORT) -> None:
        async def work(tx: Connection) -> None:
            for note in await outbox.waiting(tx, chat):
                assert await outbox.claim(tx, note, now=at, fresh=True)
                await outbox.delivered(tx, note.id, message_id=900 + note.id, at=at)

        await self.database.write(work)


@pytest.fixture
async def days(database: Database) -> Mornings:
    await put_estate(database, 3)
    days = Mornings(database)
    await days.bind()
    await days.clock(moscow(23, 12))
    return days


async def test_a_chat_gets_its_digest_in_the_morning_and_once(days: Mornings) -> None:
    assert not await days.clock(moscow(24, 8, 4))
    assert await days.clock(moscow(24, 8, 5))
    for minute in (6, 7, 20):
        assert not await days.clock(moscow(24, 8, minute))

    (note,) = await days.digests()
    assert (note.facts["since"], note.silent) == (moscow(23, 12).isoformat(), True)
    text = await days.told(moscow(24, 8, 5))
    assert "Доброе утро. 3 клиента, все в порядке" in text
    assert "ничего не случилось" in text


async def test_the_next_morning_begins_where_the_last_ended(days: Mornings) -> None:
    await days.clock(moscow(24, 8, 5))
    await days.delivered(moscow(24, 8, 6))
    await days.clock(moscow(25, 8, 5))

    (note,) = await days.digests()
    assert note.facts["since"] == moscow(24, 8, 5).isoformat()


async def test_two_days_of_absence_are_one_late_digest_about_all_of_it(days: Mornings) -> None:
    assert await days.clock(moscow(26, 15))
    assert not await days.clock(moscow(26, 15, 1))

    (note,) = await days.digests()
    assert note.facts["since"] == moscow(23, 12).isoformat()
    text = await days.told(moscow(26, 15))
    assert "За время с 23.11, 12:00" in text
    assert "Сводка. 3 клиента" in text
    await days.delivered(moscow(26, 15, 2))
    assert await days.clock(moscow(27, 8, 5)), "the next one is due as ever"


async def test_a_digest_that_telegram_did_not_take_tells_of_the_next_morning_too(days: Mornings) -> None:
    await days.clock(moscow(24, 8, 5))
    await days.clock(moscow(25, 8, 5))

    (note,) = await days.digests()
    assert (note.facts["since"], note.facts["until"]) == (moscow(23, 12).isoformat(), moscow(25, 8, 5).isoformat())


async def test_what_the_night_kept_back_is_told_and_no_longer_waits(days: Mornings) -> None:
    kept = await days.opens("c0", at=moscow(24, 2), priority=Priority.K3)
    over = await days.opens("c1", at=moscow(24, 3), priority=Priority.K3)
    await days.ends(over, at=moscow(24, 4))
    assert await days.states(kept) == [(NoteKind.FIRING, OutboxState.QUIET, "quiet")]

    await days.clock(moscow(24, 8, 5))

    (note,) = await days.digests()
    assert not note.silent
    text = await days.told(moscow(24, 8, 5))
    assert "Открыто: 1 авария" in text
    assert "ночью не беспокоили" in text
    assert "За это время починено: 1" in text
    assert await days.tick(moscow(24, 11)) == [], "it does not come again on its own"
    await days.ends(kept, at=moscow(24, 12))
    assert NoteKind.RESOLVED in await days.kinds()


async def test_what_began_before_the_night_and_was_told_is_not_called_news(days: Mornings) -> None:
    await days.opens("c0", at=moscow(23, 20))

    await days.clock(moscow(24, 8, 5))

    text = await days.told(moscow(24, 8, 5))
    assert "Открыто: 1 авария" in text
    assert "не беспокоили" not in text


async def test_a_manager_hears_of_his_own_clients_by_name(days: Mornings) -> None:
    async def work(tx: Connection) -> None:
        someone = Person(id=MANAGER, name="Пётр Петров", role=Role.MANAGER, manager="Пётр")
        await people.admit(tx, someone, username=None, at=NOON)
        await tx.exec_driver_sql("UPDATE clients SET manager = 'Пётр' WHERE name = 'c1'")

    await days.database.write(work)
    await days.bind(MANAGER, RouteKind.OWN, manager="Пётр")
    await days.clock(moscow(23, 13))
    dead = await days.opens(
        at=moscow(24, 1), cause=Cause(CauseKind.REDIRECT, "r1"), symptoms=(symptom(subject=redirect()),)
    )
    await days.ends(dead, at=moscow(24, 2))
    await days.opens("c0", at=moscow(24, 3))

    await days.clock(moscow(24, 8, 5))

    text = await days.told(moscow(24, 8, 5), MANAGER)
    assert "Доброе утро, Пётр. 1 клиент, все в порядке" in text
    assert "это 1 ваш клиент" in text
    assert "Клиент 0" not in text
    assert "Открыто" not in text


async def test_a_chat_without_routes_gets_none_unless_it_asked(days: Mornings) -> None:
    private = 77
    await days.database.write(lambda tx: chats.meet(tx, private, at=NOON))
    await days.clock(moscow(24, 8, 5))
    assert await days.digests(private) == []

    choose = mornings.choose
    await days.database.write(lambda tx: choose(tx, private, "0 9 * * *", now=moscow(24, 8, 30), policy=POLICY))
    assert not await days.clock(moscow(24, 8, 59))
    assert await days.clock(moscow(24, 9))
    assert len(await days.digests(private)) == 1


async def test_one_that_is_not_wanted_does_not_come(days: Mornings) -> None:
    choose = mornings.choose
    await days.database.write(lambda tx: choose(tx, SUPPORT, "", now=moscow(23, 13), policy=POLICY))

    assert not await days.clock(moscow(24, 9))


async def test_a_chat_has_its_morning_by_its_own_clock(days: Mornings) -> None:
    await days.database.write(lambda tx: chats.set_time_zone(tx, SUPPORT, "Asia/Vladivostok"))
    await days.clock(moscow(23, 13))

    assert not await days.clock(moscow(24, 1, 4))
    assert await days.clock(moscow(24, 1, 5))


async def test_a_dead_chat_gets_none(days: Mornings) -> None:
    await days.database.write(lambda tx: losses.lose_chat(tx, SUPPORT, "bot was kicked", now=moscow(23, 13)))

    assert not await days.clock(moscow(24, 8, 5))


async def test_the_operators_new_time_holds_from_the_next_morning_on(days: Mornings) -> None:
    days.policy = replace(POLICY, digest="0 7 * * *")
    await days.clock(moscow(23, 14))

    assert not await days.clock(moscow(24, 6, 59))
    assert await days.clock(moscow(24, 7))
    assert not await days.clock(moscow(24, 8, 5))


async def test_what_left_the_chat_with_its_route_leaves_no_digest(days: Mornings) -> None:
    await days.database.write(lambda tx: tx.exec_driver_sql("DELETE FROM routes"))
    assert not await days.clock(moscow(24, 8, 5))

    async with days.database.read() as connection:
        assert await digests.everything(connection) == []


async def test_everything_that_is_read_for_a_morning_is_read_again_after_a_restart(days: Mornings) -> None:
    open_one = await days.opens("c0", at=moscow(24, 3))
    await days.clock(moscow(24, 8, 5))
    again = Mornings(days.database)

    assert f"№{open_one.id}" in await again.told(moscow(24, 8, 6))
    assert not await again.clock(moscow(24, 8, 6))
    async with days.database.read() as connection:
        hall = await gather(connection, [], policy=POLICY, now=moscow(24, 9))
        assert hall.dead == frozenset()
        known = await incidents.load(connection, open_one.id or 0)
    assert known is not None
    assert known.state is IncidentState.OPEN
    assert client("c0") in {one.subject for one in known.symptoms}


# ── /digest ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def chosen(talk, chat):
    async with talk.database.read() as connection:
        due = await digests.load(connection, chat.id)
    return due and due.chosen


async def test_anybody_chooses_their_own_time_by_words_and_by_buttons(talk):
    (said,) = await talk.says(PETR, "/digest")
    assert "пока нет" in said["text"]
    (said,) = await talk.says(PETR, "/digest будни 9:00")
    assert "по будням в 09:00" in said["text"]
    assert "Ближайшая завтра" in said["text"]

    await talk.presses(PETR, "07:30")
    assert "по будням в 07:30" in (await talk.last(PETR))["text"]
    assert (await talk.presses(PETR, "07:30"))["answer"] == "Так уже и есть"
    await talk.presses(PETR, "Каждый день")
    assert await chosen(talk, PETR) == "30 7 * * *"
    await talk.presses(PETR, "Не присылать")
    assert await chosen(talk, PETR) == ""
    await talk.presses(PETR, "Как у всех")
    assert await chosen(talk, PETR) is None


async def test_in_a_group_it_is_for_those_who_may_bind_it(talk):
    (said,) = await talk.says(OLGA, "/digest", GROUP)
    assert labels(said) == ["Показать сейчас"]
    (refused,) = await talk.says(OLGA, "/digest 9:00", GROUP)
    assert "нужна другая роль" in refused["text"]
    assert await chosen(talk, GROUP) is None

    await talk.says(ANNA, "/digest 9:00", GROUP)
    assert await chosen(talk, GROUP) == "0 9 * * *"
    assert ("Анна", "digest") in await talk.audit()


async def test_what_is_no_time_is_said_to_be_none(talk):
    for rubbish in ("завтра", "25:00", "<b>", "1 2 3 4 5 6 7", "в обед"):
        (said,) = await talk.says(HEAD, f"/digest {rubbish}")
        assert "не понимаю" in said["text"]
    assert await chosen(talk, HEAD) is None


async def test_the_digest_at_once_names_a_managers_own_clients_only(talk):
    await settle_estate(talk.database)
    stage = Stage(talk.database)
    await stage.opens("romashka", at=NOON - timedelta(hours=1))
    await stage.opens("vektor", at=NOON - timedelta(hours=1))
    async with talk.database.read() as connection:
        rules = Rules(estate=await estate.load(connection))
    object.__setattr__(talk.deps, "rules", lambda: rules)

    (said,) = await talk.says(MISHA, "/digest сейчас")

    assert "Миша. 1 клиент, 0 в порядке" in said["text"]
    assert "Ромашка" not in said["text"]
