"""At night a chat hears what was chosen; the rest waits for the morning digest, and nothing is forgotten."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from checks.model import ChangeKind, NoteKind, OutboxState, Priority, RouteKind
from checks.notifications import Policy, Reason
from checks.quiet import Quiet
from storage import chats, outbox
from storage.database import Database
from tests.telling import MANAGER, SUPPORT, Stage

MOSCOW = ZoneInfo("Europe/Moscow")
EVENING = datetime(2026, 11, 24, 22, 30, tzinfo=MOSCOW).astimezone(UTC)
MORNING = datetime(2026, 11, 25, 8, 0, tzinfo=MOSCOW).astimezone(UTC)


@pytest.fixture
async def stage(database: Database) -> Stage:
    stage = Stage(database, Policy(quiet=Quiet(zone=MOSCOW)))
    await stage.admit()
    await stage.bind(priorities=list(Priority))
    return stage


async def waiting(stage: Stage, chat: int = SUPPORT) -> list[int | None]:
    async with stage.database.read() as connection:
        return [note.incident_id for note in await outbox.waits_for_morning(connection, chat)]


async def test_a_night_of_forty_alerts(stage: Stage) -> None:
    await stage.bind(MANAGER, RouteKind.TECHNICAL, priorities=list(Priority))
    await stage.database.write(lambda tx: chats.set_quiet(tx, MANAGER, {"loud": 1, "comes": 3}))

    for number in range(40):
        priority = Priority(number % 5 + 1)
        await stage.opens(f"client{number}", priority=priority, at=EVENING + timedelta(minutes=number))

    support, manager = await stage.owed(), await stage.owed(MANAGER)
    assert Counter((note.priority, note.silent) for note in support) == {(1, False): 8, (2, False): 8}
    assert len(await waiting(stage)) == 24
    assert Counter((note.priority, note.silent) for note in manager) == {(1, False): 8, (2, True): 8, (3, True): 8}
    assert len(await waiting(stage, MANAGER)) == 16


async def test_what_waits_is_told_by_the_digest_and_its_end_after_it(stage: Stage) -> None:
    outage = await stage.opens(priority=Priority.K3, at=EVENING)
    assert await stage.owed() == []

    async def digest(tx: object) -> None:
        notes = await outbox.waits_for_morning(tx, SUPPORT)  # type: ignore[arg-type]
        await outbox.told_in_digest(tx, [note.id for note in notes], at=MORNING)  # type: ignore[arg-type]

    await stage.database.write(digest)
    assert await waiting(stage) == []
    assert await stage.tick(MORNING + timedelta(hours=3)) == []

    await stage.ends(outage, at=MORNING + timedelta(hours=4))
    assert await stage.kinds() == [NoteKind.RESOLVED, NoteKind.UPDATE]


async def test_what_no_digest_took_is_told_on_its_own(stage: Stage) -> None:
    outage = await stage.opens(priority=Priority.K3, at=EVENING)
    over = await stage.opens("vektor", priority=Priority.K3, at=EVENING)
    await stage.ends(over, at=EVENING + timedelta(hours=1))

    assert await stage.tick(MORNING + timedelta(hours=1)) == []
    await stage.tick(MORNING + timedelta(hours=2))

    (card,) = await stage.owed()
    assert (card.kind, card.incident_id, card.silent) == (NoteKind.FIRING, outage.id, True)
    assert await stage.tick(MORNING + timedelta(hours=3)) == []


async def test_what_grows_worse_at_night_is_told_at_once_and_once(stage: Stage) -> None:
    outage = await stage.opens(priority=Priority.K3, at=EVENING)

    await stage.step(replace(outage, priority=Priority.K1), ChangeKind.WORSENED, at=EVENING + timedelta(minutes=5))

    (card,) = await stage.owed()
    assert (card.kind, card.silent) == (NoteKind.FIRING, False)
    assert await waiting(stage) == []


async def test_growing_keeps_waiting_until_the_digest_has_come(stage: Stage) -> None:
    outage = await stage.opens(priority=Priority.K3, at=EVENING)

    for at in (EVENING + timedelta(hours=1), MORNING + timedelta(minutes=10)):
        await stage.step(outage, ChangeKind.GREW, at=at)
        assert stage.decisions[0].reason is Reason.QUIET

    assert await waiting(stage) == [outage.id]
    assert await stage.owed() == []


async def test_a_silence_that_ends_at_night_waits_for_the_morning_too(stage: Stage) -> None:
    outage = await stage.opens(priority=Priority.K3, at=EVENING - timedelta(hours=2))
    await stage.said(outage, at=EVENING - timedelta(hours=2))
    await stage.mutes(at=EVENING - timedelta(hours=1), until=EVENING)
    await stage.said(outage, at=EVENING - timedelta(hours=1))

    await stage.tick(EVENING)

    assert await stage.owed() == []
    assert await waiting(stage) == [outage.id]


async def test_the_end_of_a_long_outage_does_not_sound_at_night(stage: Stage) -> None:
    outage = await stage.opens(at=EVENING)
    await stage.said(outage, at=EVENING)

    await stage.ends(outage, at=EVENING + timedelta(hours=3))

    (reply, _) = await stage.owed()
    assert (reply.kind, reply.silent) == (NoteKind.RESOLVED, True)


async def test_what_ended_at_night_still_stands_in_the_digest(stage: Stage) -> None:
    outage = await stage.opens(priority=Priority.K4, at=EVENING)
    await stage.ends(outage, at=EVENING + timedelta(hours=1))

    assert await waiting(stage) == [outage.id]
    assert await stage.states(outage) == [(NoteKind.FIRING, OutboxState.QUIET, Reason.QUIET)]
