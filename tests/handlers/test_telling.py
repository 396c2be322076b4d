"""What is owed to whom as incidents, silences, storms and lost chats come and go, over a real database."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checks.model import ChangeKind, IncidentState, NoteKind, OutboxState, Priority, RouteKind
from checks.notifications import Policy, Reason
from checks.silences import Ending
from handlers import losses, storms
from handlers.hearing import visible_in
from storage import chats, messages, outbox, routes
from storage import storms as stored_storms
from storage.database import Connection, Database, upsert
from storage.tables import clients
from tests.builders import NOON, after
from tests.telling import ADMIN, MANAGER, SUPPORT, Stage


@pytest.fixture
async def stage(database: Database) -> Stage:
    stage = Stage(database)
    await stage.bind()
    await stage.admit()
    return stage


async def test_an_incident_is_owed_once_and_its_steps_are_one_edit(stage: Stage) -> None:
    outage = await stage.opens()
    assert await stage.kinds() == [NoteKind.FIRING]

    await stage.step(outage, ChangeKind.GREW, at=after(1))
    assert await stage.kinds() == [NoteKind.FIRING]

    await stage.said(outage, at=after(2))
    for second in range(3, 9):
        await stage.step(outage, ChangeKind.GREW, at=after(second))
    assert await stage.kinds() == [NoteKind.UPDATE]


async def test_an_end_is_an_edit_and_a_short_reply(stage: Stage) -> None:
    outage = await stage.opens()
    await stage.said(outage, at=after(1))

    await stage.ends(outage, at=after(minutes=5))

    assert await stage.kinds() == [NoteKind.RESOLVED, NoteKind.UPDATE]
    assert all(note.silent for note in await stage.owed())


async def test_a_held_card_goes_when_the_hold_ends_and_not_before(stage: Stage) -> None:
    outage = await stage.opens(hold_until=after(30))
    (held,) = await stage.owed()
    assert (held.due_at, held.why) == (after(30), "held")

    await stage.step(replace(outage, hold_until=None), ChangeKind.RELEASED, at=after(4))

    (released,) = await stage.owed()
    assert (released.due_at, released.id) == (after(4), held.id)


async def test_what_ends_while_it_is_held_is_never_told(stage: Stage) -> None:
    outage = await stage.opens(hold_until=after(30))

    await stage.ends(outage, at=after(20))

    assert await stage.owed() == []
    assert await stage.states(outage) == [(NoteKind.FIRING, OutboxState.BURIED, Reason.RESOLVED_NOT_TOLD)]


async def test_what_ends_while_telegram_is_away_is_told_by_the_one_card(stage: Stage) -> None:
    outage = await stage.opens()

    await stage.ends(outage, at=after(minutes=5))

    (card,) = await stage.owed()
    assert (card.kind, card.silent) == (NoteKind.FIRING, True)


async def test_a_muted_incident_is_kept_but_not_owed_and_told_when_the_silence_ends(stage: Stage) -> None:
    await stage.mutes(at=NOON, until=after(hours=1))
    outage = await stage.opens(at=after(minutes=1))
    assert await stage.states(outage) == [(NoteKind.FIRING, OutboxState.MUTED, Reason.MUTED)]

    await stage.tick(after(minutes=59))
    assert await stage.owed() == []
    await stage.tick(after(hours=1))

    (card,) = await stage.owed()
    assert (card.kind, card.silent) == (NoteKind.STILL, False)
    assert await stage.tick(after(hours=2)) == []


async def test_a_silence_that_outlives_the_incident_says_nothing(stage: Stage) -> None:
    await stage.mutes(at=NOON, until=after(hours=1))
    outage = await stage.opens(at=after(minutes=1))
    await stage.ends(outage, at=after(minutes=30))

    await stage.tick(after(hours=1))

    assert await stage.owed() == []


async def test_the_end_passes_a_silence_when_the_beginning_was_told(stage: Stage) -> None:
    outage = await stage.opens()
    await stage.said(outage, at=after(1))
    await stage.mutes(at=after(2), until=None)
    assert await stage.kinds() == [NoteKind.UPDATE]

    await stage.ends(outage, at=after(minutes=5))

    assert NoteKind.RESOLVED in await stage.kinds()


async def test_until_mended_ends_with_the_incident_and_the_next_one_is_told(stage: Stage) -> None:
    outage = await stage.opens()
    await stage.said(outage, at=after(1))
    await stage.mutes(at=after(2), until=None, incident_id=outage.id)
    await stage.ends(outage, at=after(minutes=5))
    await stage.said(outage, at=after(minutes=5), message_id=600)

    again = await stage.opens(at=after(minutes=6))

    assert await stage.states(again) == [(NoteKind.FIRING, OutboxState.OWED, Reason.SENT_NEW)]


async def test_undo_tells_what_was_kept_back_and_nothing_else(stage: Stage) -> None:
    told = await stage.opens()
    await stage.said(told, at=after(1))
    first = await stage.mutes(at=after(2), until=after(hours=4))
    await stage.said(told, at=after(3), message_id=600)
    await stage.unmutes(first, at=after(minutes=2))
    assert await stage.kinds() == [NoteKind.UPDATE]
    await stage.said(told, at=after(minutes=2), message_id=700)

    second = await stage.mutes("vektor", at=after(minutes=3), until=after(hours=4))
    await stage.opens("vektor", at=after(minutes=4))
    await stage.unmutes(second, at=after(minutes=5))

    assert await stage.kinds() == [NoteKind.STILL]


async def test_a_second_silence_keeps_it_quiet_when_the_first_ends(stage: Stage) -> None:
    outage = await stage.opens()
    await stage.said(outage, at=after(1))
    await stage.mutes(at=after(2), until=after(hours=1))
    await stage.mutes(at=after(2), until=after(hours=4))
    await stage.said(outage, at=after(3), message_id=600)

    await stage.tick(after(hours=1))
    assert await stage.owed() == []
    await stage.tick(after(hours=4))
    assert await stage.kinds() == [NoteKind.STILL]


async def test_muting_takes_back_a_card_that_was_not_sent(stage: Stage) -> None:
    outage = await stage.opens()

    await stage.mutes(at=after(1), until=after(hours=1))

    assert await stage.states(outage) == [(NoteKind.FIRING, OutboxState.MUTED, Reason.MUTED)]


async def test_an_idle_silence_ends_itself_without_a_word(stage: Stage) -> None:
    await stage.mutes("nobody", at=NOON, until=after(days=30))

    assert await stage.tick(after(days=1)) == []
    await stage.opens("nobody", at=after(days=1, minutes=1))
    assert await stage.kinds() == [NoteKind.FIRING]


async def test_worse_sounds_again_and_the_end_turns_every_card_green(stage: Stage) -> None:
    outage = await stage.opens(priority=Priority.K2)
    await stage.said(outage, at=after(1))
    worse = await stage.step(replace(outage, priority=Priority.K1), ChangeKind.WORSENED, at=after(minutes=1))
    assert await stage.kinds() == [NoteKind.FIRING]
    await stage.said(worse, at=after(minutes=1), message_id=501)

    await stage.ends(worse, at=after(minutes=5))

    edits = [note for note in await stage.owed() if note.kind is NoteKind.UPDATE]
    assert {note.message_id for note in edits} == {None, 500}


async def test_a_manager_hears_only_of_his_own(stage: Stage) -> None:
    await stage.bind(MANAGER, RouteKind.OWN, manager="Ольга")
    await stage.opens()

    assert await stage.kinds(MANAGER) == []
    assert await stage.kinds(SUPPORT) == [NoteKind.FIRING]


async def test_an_incident_that_nobody_could_hear_is_told_to_the_first_who_can(database: Database) -> None:
    stage = Stage(database)
    await stage.opens()
    assert [one.reason for one in stage.decisions] == [Reason.NOBODY_LISTENS]
    await stage.tick(after(minutes=1))

    await stage.bind()
    await stage.tick(after(minutes=2))
    await stage.tick(after(minutes=3))

    assert await stage.kinds() == [NoteKind.FIRING]


async def test_without_routes_the_admin_hears(database: Database) -> None:
    stage = Stage(database)
    await stage.admit()
    await stage.opens()

    assert await stage.kinds(ADMIN) == [NoteKind.FIRING]


async def test_a_lost_chat_is_replaced_by_its_fallback_and_the_admin_is_told(stage: Stage) -> None:
    await stage.bind(-200, RouteKind.BUSINESS)
    await stage.database.write(lambda tx: chats.set_fallback(tx, SUPPORT, -200))
    first = await stage.opens()
    await stage.database.write(lambda tx: losses.lose_chat(tx, SUPPORT, "bot was kicked", now=after(1)))
    await stage.database.write(lambda tx: losses.lose_chat(tx, SUPPORT, "bot was kicked", now=after(2)))

    second = await stage.opens("vektor", at=after(minutes=1))

    assert await stage.owed(SUPPORT) == []
    assert [note.incident_id for note in await stage.owed(-200)] == [first.id, second.id]
    assert await stage.kinds(ADMIN) == []


async def test_a_lost_chat_without_fallback_leaves_its_alerts_to_the_admins(stage: Stage) -> None:
    await stage.opens()
    await stage.database.write(lambda tx: losses.lose_chat(tx, SUPPORT, "chat not found", now=after(1)))

    assert await stage.kinds(ADMIN) == [NoteKind.FIRING]


async def test_a_chat_moves_with_everything_it_has(stage: Stage) -> None:
    outage = await stage.opens()
    await stage.said(outage, at=after(1))
    await stage.mutes("vektor", at=after(2), until=None, chat_id=SUPPORT)
    for _ in range(2):  # the error and the service message both say so
        await stage.database.write(lambda tx: chats.migrate(tx, SUPPORT, -1001, at=after(3)))

    await stage.step(outage, ChangeKind.GREW, at=after(4))
    await stage.opens("vektor", at=after(5))

    assert await stage.kinds(-1001) == [NoteKind.UPDATE]
    assert await stage.owed(SUPPORT) == []
    async with stage.database.read() as connection:
        assert outage.id is not None
        assert await messages.cards(connection, -1001, outage.id) == []
        assert [one.route.chat_id for one in await routes.everything(connection)] == [-1001]


async def test_a_topic_that_is_gone_leads_to_the_chat(database: Database) -> None:
    stage = Stage(database)
    await stage.bind(thread_id=7)
    await stage.opens()
    assert [note.thread_id for note in await stage.owed()] == [7]

    await database.write(lambda tx: losses.lose_topic(tx, SUPPORT, 7, now=after(1)))
    await stage.opens("vektor")

    assert {note.thread_id for note in await stage.owed()} == {None}
    assert NoteKind.NOTICE in await stage.kinds()


async def test_a_storm_is_one_card_that_is_concluded_when_it_is_over(stage: Stage) -> None:
    first = await stage.opens("one")
    second = await stage.opens("two")
    for minute in (0, 4):
        notes = [note for note in await stage.owed() if note.kind is NoteKind.FIRING][:1]
        await stage.database.write(lambda tx, n=notes, m=minute: storms.fold(tx, n, now=after(minutes=m)))
    assert await stage.kinds() == [NoteKind.STORM]

    await stage.ends(first, at=after(minutes=5))
    assert await stage.kinds() == [NoteKind.STORM]
    await stage.tick(after(minutes=13))
    async with stage.database.read() as connection:
        assert await stored_storms.open_in(connection, SUPPORT)
    await stage.tick(after(minutes=14))
    async with stage.database.read() as connection:
        assert await stored_storms.open_in(connection, SUPPORT) is None
        account = await stored_storms.account(connection, 1)
    assert account
    assert set(account.began) == {first.id, second.id}

    await stage.ends(second, at=after(minutes=20))
    assert NoteKind.RESOLVED in await stage.kinds()


async def test_k1_that_folded_into_a_lasting_storm_rings_once_its_place_is_free(stage: Stage) -> None:
    async def folds(minute: float) -> None:
        notes = [note for note in await stage.owed() if note.kind is NoteKind.FIRING]
        await stage.database.write(lambda tx: storms.fold(tx, notes, now=after(minutes=minute)))

    async def owed_card() -> tuple[bool, int | None]:
        (note,) = await stage.owed()
        async with stage.database.read() as connection:
            storm = await stored_storms.load(connection, note.storm_id or 0)
        assert storm
        return note.silent, storm.message_id

    async def told(minute: float, number: int) -> None:
        at = after(minutes=minute)
        (note,) = await stage.owed()

        async def work(tx: Connection) -> None:
            await outbox.claim(tx, note, now=at, fresh=True)
            await outbox.delivered(tx, note.id, message_id=number, at=at)
            await stored_storms.said(tx, note.storm_id or 0, message_id=number, digest="", at=at)
            about = {"thread_id": None, "incident_id": None, "kind": NoteKind.STORM, "sent_at": at}
            said = messages.Said(chat_id=SUPPORT, message_id=number, **about)
            await messages.keep(tx, said)

        await stage.database.write(work)

    await stage.opens("one")
    await folds(0)
    assert await owed_card() == (False, None)
    await told(0, 500)

    await stage.opens("two", at=after(minutes=6))
    await folds(6)
    assert await owed_card() == (True, 500)
    await stage.tick(after(minutes=9))
    assert await owed_card() == (True, 500)
    await stage.tick(after(minutes=10))
    assert await owed_card() == (False, None)

    await told(10, 501)
    await stage.tick(after(minutes=19))
    assert await stage.owed() == []


async def test_a_restart_repeats_what_was_in_hand_with_the_mark(stage: Stage) -> None:
    outage = await stage.opens()
    (card,) = await stage.owed()

    async def die_in_hand(tx: Connection) -> None:
        assert await outbox.claim(tx, card, now=after(1), fresh=True)

    await stage.database.write(die_in_hand)
    assert await stage.owed() == []
    assert await stage.database.write(lambda tx: outbox.recover(tx, after(9))) == 1

    (again,) = await stage.owed()
    assert (again.id, again.state, again.repeat, again.due_at) == (card.id, OutboxState.UNKNOWN, True, after(9))
    await stage.ends(outage, at=after(10))
    assert len(await stage.owed()) == 1


async def test_a_note_can_be_claimed_only_once(stage: Stage) -> None:
    await stage.opens()
    (card,) = await stage.owed()

    claims = [await stage.database.write(lambda tx: outbox.claim(tx, card, now=after(1), fresh=True)) for _ in (1, 2)]

    assert claims == [True, False]


async def test_a_silence_lifted_by_hand_ends_once(stage: Stage) -> None:
    silence = await stage.mutes(at=NOON, until=None)

    await stage.unmutes(silence, at=after(hours=2), why=Ending.LIFTED)
    await stage.unmutes(silence, at=after(hours=3), why=Ending.LIFTED)

    assert await stage.owed() == []


async def test_what_a_later_cause_explains_is_corrected_not_called_mended(stage: Stage) -> None:
    told = await stage.opens()
    await stage.said(told, at=after(1))
    unsent = await stage.opens("vektor", at=after(2))

    for what in (told, unsent):
        over = replace(what, state=IncidentState.ENDED, ended_at=after(9))
        await stage.step(over, ChangeKind.MERGED, at=after(9))

    assert await stage.kinds() == [NoteKind.UPDATE]


async def test_a_managers_chat_sees_only_the_managers_clients(stage: Stage) -> None:
    async def work(tx: Connection) -> tuple[tuple[str, ...], ...]:
        for name, manager in (("romashka", "Ольга"), ("vektor", "Пётр")):
            row = {"name": name, "kind": "cloud", "manager": manager, "created_at": NOON, "updated_at": NOON}
            await upsert(tx, clients, [row])
        chats_ = (MANAGER, SUPPORT, ADMIN)
        both = ["romashka", "vektor"]
        return tuple([await visible_in(tx, chat, both, policy=Policy()) for chat in chats_])

    await stage.bind(MANAGER, RouteKind.OWN, manager="Ольга")

    assert await stage.database.write(work) == (("romashka",), ("romashka", "vektor"), ("romashka", "vektor"))
