"""The board over the embedded Telegram: posted, pinned, edited only when something changed, made anew when deleted."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from checks.rules import Rules
from demo import telegram
from handlers import notes, planned
from handlers.board import AT_LEAST_EVERY, AT_MOST_EVERY, Boards
from handlers.boards import pin
from storage import boards, chats, estate, outbox
from storage.database import Connection
from tests.bot.conftest import CHAT, OLGA, World
from tests.builders import NOON
from tests.estates import put_estate


class Wall:
    """A chat whose board is kept by the real loop, step by step, on a clock of its own."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.database = world.stage.database
        self.at = world.now()
        self.fresh()

    def fresh(self) -> None:
        """Start anew, as after a restart."""
        self.boards = Boards(self.database, partial(pin, self.world.bot))

    async def rules(self) -> Rules:
        async with self.database.read() as connection:
            return Rules(estate=await estate.load(connection), policy=self.world.stage.policy)

    async def hang(self, chat: int = CHAT, thread: int | None = None) -> boards.Board:
        async def work(tx: Connection) -> boards.Board:
            board, _ = await boards.make(tx, chat, thread, by=1, at=self.at)
            await boards.owe(tx, board, due_at=self.at, now=self.at)
            return board

        return await self.database.write(work)

    async def step(self, *, after: timedelta = timedelta(0)) -> bool:
        """Let time pass, look whether boards have changed, deliver what is due."""
        self.at += after
        rules = await self.rules()

        async def look_in(connection: Connection, chat: int):
            return await notes.view_of(connection, chat, self.at, rules=rules)

        owed = await self.boards.step(look_in, now=self.at)
        await self.deliver(rules)
        return owed

    async def deliver(self, rules: Rules) -> None:
        delivery = self.world.delivery()
        delivery._now = lambda: self.at
        delivery._settling._now = lambda: self.at
        delivery._render = lambda note: notes.render(self.database, note, self.at, rules=rules)
        await delivery.drain()

    async def shown(self, chat: int = CHAT):
        said = await self.world.sim(f"chats/{chat}/messages")
        return [one for one in said if one["from"]["is_bot"] and "Обновляется само" in one["text"]]


@pytest.fixture
async def wall(world: World) -> Wall:
    await put_estate(world.stage.database, 3)
    await world.sim("limits", enforced=False)  # their clock is the real one
    return Wall(world)


async def test_it_is_posted_without_a_sound_and_pinned(wall: Wall) -> None:
    await wall.hang()
    await wall.step()
    await wall.step()

    (board,) = await wall.shown()
    assert (board["silent"], board["pinned"]) == (True, True)
    assert "Всё в порядке: 3 клиента" in board["text"]


async def test_it_is_edited_when_something_changed_and_not_sooner_than_every_fifteen_seconds(wall: Wall) -> None:
    await wall.hang()
    await wall.step()
    for _ in range(3):
        assert not await wall.step(after=timedelta(seconds=5))
    outage = await wall.world.stage.opens("c0", at=wall.at)
    await wall.step()
    (board,) = await wall.shown()
    assert "1 авария: задето 1 из 3 клиентов" in board["text"]

    await wall.world.stage.ends(outage, at=wall.at)
    assert await wall.step(after=timedelta(seconds=5))
    assert "1 авария" in (await wall.shown())[0]["text"], "fifteen seconds are not over"
    await wall.step(after=AT_MOST_EVERY)
    assert "аварий нет" in (await wall.shown())[0]["text"]
    assert len(await wall.shown()) == 1


async def test_it_says_within_five_minutes_that_it_is_alive_and_at_once_after_a_restart(wall: Wall) -> None:
    await wall.hang()
    await wall.step()
    assert not await wall.step(after=AT_LEAST_EVERY - timedelta(seconds=1))
    assert await wall.step(after=timedelta(seconds=1))

    wall.fresh()
    assert await wall.step(after=timedelta(minutes=1))


async def test_deleted_it_is_made_and_pinned_anew(wall: Wall) -> None:
    await wall.hang()
    await wall.step()
    (board,) = await wall.shown()
    await wall.world.bot.delete_message(CHAT, board["message_id"])
    await wall.step(after=AT_LEAST_EVERY)
    await wall.step()

    (again,) = await wall.shown()
    assert again["message_id"] != board["message_id"]
    assert again["pinned"]


async def test_a_chat_that_moved_gets_a_board_of_its_own_there(wall: Wall) -> None:
    await wall.hang()
    await wall.step()
    await wall.world.fault("migrate", method="editMessageText", times=1)
    await wall.step(after=AT_LEAST_EVERY)
    await wall.step()

    moved = CHAT - 10_000_000
    (board,) = await wall.shown(moved)
    assert board["pinned"]
    async with wall.database.read() as connection:
        assert [one.chat_id for one in await boards.living(connection)] == [moved]


async def test_where_the_bot_may_not_pin_it_says_so(wall: Wall) -> None:
    async def refused(_chat: int, _message: int) -> bool:
        return False

    wall.boards = Boards(wall.database, refused)
    await wall.hang()
    await wall.step()
    await wall.step()
    await wall.step(after=AT_LEAST_EVERY)

    (board,) = await wall.shown()
    assert not board["pinned"]
    assert "Закрепить не могу" in board["text"]


async def test_topics_have_boards_of_their_own_and_managers_see_their_clients(wall: Wall) -> None:
    topic = telegram.SUPPORT.topics[0].id
    await wall.world.stage.bind(OLGA, planned.RouteKind.OWN, manager="Никто")
    await wall.hang()
    await wall.hang(thread=topic)
    await wall.hang(OLGA)
    await wall.world.stage.opens("c0", at=wall.at)
    await wall.step()

    assert {one["thread_id"] for one in await wall.shown()} == {None, topic}
    (own,) = await wall.shown(OLGA)
    assert "К вам не приписан ни один клиент" in own["text"]
    assert "Клиент 0" not in own["text"]


async def test_work_mutes_and_who_took_it_are_on_it(wall: Wall) -> None:
    await wall.hang()
    stage = wall.world.stage
    await stage.opens("c0", at=wall.at)
    await stage.mutes("c0", at=wall.at, until=wall.at + timedelta(hours=4), author=7)
    window = planned.Window(
        extent=planned.Extent.CLIENT,
        target="c1",
        begins_at=wall.at,
        ends_at=wall.at + timedelta(hours=2),
        created_at=NOON,
        reason="замена диска",
    )
    await wall.database.write(lambda tx: planned.open_window(tx, window, now=wall.at))
    await wall.step()

    (board,) = await wall.shown()
    assert "🔕 Клиент 0" in board["text"]
    assert "заглушила Анна до" in board["text"]
    assert "🛠 Клиент 1: идут до" in board["text"]
    assert "Заглушено: 1" in board["text"]


async def test_one_row_of_the_outbox_serves_a_board_for_ever(wall: Wall) -> None:
    await wall.hang()
    for _ in range(4):
        await wall.step(after=AT_LEAST_EVERY)

    async with wall.database.read() as connection:
        rows = await connection.exec_driver_sql("SELECT count(*) FROM outbox WHERE kind = 'board'")
        assert rows.scalar_one() == 1
        assert await outbox.waiting(connection, CHAT) == []


async def test_a_dead_chat_is_left_alone(wall: Wall) -> None:
    await wall.hang()
    await wall.database.write(lambda tx: chats.bury(tx, CHAT, why="kicked", at=wall.at))

    assert not await wall.step()
