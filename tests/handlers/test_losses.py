"""A chat that is lost is an incident of ours; it hears what it missed when the bot is let in again."""

from __future__ import annotations

from datetime import datetime

import pytest

from checks.estate import Estate
from checks.model import CauseKind, Incident, NoteKind, RouteKind
from checks.notifications import Policy
from checks.rules import Rules
from handlers import losses, ticks
from handlers.cards import render
from storage import chats, incidents, routes
from storage.database import Connection, Database
from templates import unmarked
from tests.builders import NOON, after
from tests.telling import ADMIN, SUPPORT, Stage

RULES = Rules(estate=Estate(clients={}, redirects={}))


class Chats(Stage):
    async def judges(self, at: datetime) -> bool:
        return await ticks.judge_time(self.database, rules=RULES, now=at, pending=())

    async def loses(self, why: str = "Forbidden: bot was kicked", *, at: datetime) -> None:
        await self.database.write(lambda tx: losses.lose_chat(tx, SUPPORT, why, now=at))

    async def lets_in(self) -> None:
        await self.database.write(lambda tx: chats.revive(tx, SUPPORT))

    async def catches_up(self, at: datetime) -> None:
        await self.database.write(lambda tx: losses.catch_up(tx, now=at, policy=self.policy))

    async def lost(self) -> list[Incident]:
        async with self.database.read() as connection:
            return [one for one in await incidents.open_ones(connection) if one.cause.kind is CauseKind.CHAT]


@pytest.fixture
async def stage(database: Database) -> Chats:
    stage = Chats(database, Policy())
    await stage.bind()
    await stage.database.write(
        lambda tx: chats.introduce(tx, SUPPORT, title="Техподдержка", kind="supergroup", at=NOON)
    )
    await stage.admit()
    return stage


async def test_the_admin_hears_once_and_sees_that_it_is_well_again(stage: Chats) -> None:
    await stage.loses(at=after(1))
    for second in (15, 30, 45):
        await stage.judges(after(second))

    (incident,) = await stage.lost()
    assert await stage.kinds(ADMIN) == [NoteKind.FIRING]
    (note,) = await stage.owed(ADMIN)
    card = await render(stage.database, note, after(50))
    assert card is not None
    assert unmarked(card).startswith("🟠 Техподдержка: в чат больше нельзя писать")
    assert "бота удалили из чата" in unmarked(card)
    await stage.said(incident, ADMIN, at=after(51))

    await stage.lets_in()
    await stage.judges(after(60))
    await stage.judges(after(75))

    assert await stage.lost() == []
    assert sorted(await stage.kinds(ADMIN)) == [NoteKind.RESOLVED, NoteKind.UPDATE]


async def test_it_hears_what_it_missed_and_nothing_twice(stage: Chats) -> None:
    before = await stage.opens("romashka")
    await stage.said(before, at=after(1))
    over = await stage.opens("zarya")
    await stage.said(over, at=after(1), message_id=600)
    await stage.loses(at=after(2))
    during = await stage.opens("vektor", at=after(minutes=5))
    await stage.ends(over, at=after(minutes=6))
    assert [note.incident_id for note in await stage.owed(ADMIN)][-1] == during.id
    assert await stage.owed() == []

    await stage.lets_in()
    for minute in (10, 11):
        await stage.catches_up(after(minutes=minute))

    told = sorted((note.incident_id, note.kind) for note in await stage.owed())
    assert told == [
        (before.id, NoteKind.UPDATE),
        (over.id, NoteKind.RESOLVED),
        (over.id, NoteKind.UPDATE),
        (during.id, NoteKind.FIRING),
    ]


async def test_a_private_chat_that_was_to_hear_nothing_is_nobodys_trouble(stage: Chats) -> None:
    await stage.database.write(lambda tx: losses.lose_chat(tx, 77, "blocked", now=after(1)))
    assert not await stage.judges(after(15))
    assert await stage.lost() == []


@pytest.mark.parametrize(
    ("why", "reason"),
    [
        ("TelegramForbiddenError: Forbidden: bot was blocked by the user", "chat_blocked"),
        ("kicked", "chat_kicked"),
        ("Forbidden: bot is not a member of the supergroup chat", "chat_kicked"),
        ("Bad Request: chat not found", "chat_gone"),
        ("Bad Request: not enough rights to send text messages", "chat_refuses"),
        ("", "chat_refuses"),
    ],
)
def test_why_a_chat_was_lost_is_told_in_words(why: str, reason: str) -> None:
    assert losses.lost_reason(why) == reason


# ── topics ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_lost_topic_is_told_once_also_when_the_configuration_names_it(stage: Chats) -> None:
    async def lose(tx: Connection) -> None:
        await losses.lose_topic(tx, SUPPORT, 5, now=after(1))

    await stage.bind(SUPPORT, RouteKind.TECHNICAL, thread_id=5)
    await stage.database.write(lose)
    await stage.database.write(lose)

    assert await stage.kinds() == [NoteKind.NOTICE]
    async with stage.database.read() as connection:
        (route,) = await routes.of_chat(connection, SUPPORT)
        assert (route.route.thread_id, route.lost_thread) == (None, 5)
        assert await routes.lost_threads(connection) == {(SUPPORT, 5)}


async def test_each_redirect_server_may_have_its_own_topic(stage: Chats) -> None:
    await stage.bind(SUPPORT, RouteKind.TECHNICAL, thread_id=2)
    await stage.bind(SUPPORT, RouteKind.TECHNICAL, thread_id=3, redirect="r1")
    await stage.bind(SUPPORT, RouteKind.TECHNICAL, thread_id=4, redirect="r2")
    await stage.bind(SUPPORT, RouteKind.TECHNICAL, thread_id=6, redirect="r1")

    async with stage.database.read() as connection:
        bound = await routes.of_chat(connection, SUPPORT)
    places = {(one.route.thread_id, *one.route.redirects) for one in bound}
    assert places == {(2,), (4, "r2"), (6, "r1")}
