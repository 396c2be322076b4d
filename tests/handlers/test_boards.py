"""``/board``: hung up once a place, anew, and taken down; in a group by those who may."""

from storage import boards, outbox
from tests.talk import ANNA, IGOR, OLGA, PETR, SUPPORT, labels


async def hanging(talk):
    async with talk.database.read() as connection:
        return await boards.living(connection)


async def test_hung_up_once_whoever_asks_again(talk):
    (said,) = await talk.says(ANNA, "/board", SUPPORT)
    assert "Табло появится здесь" in said["text"]
    (again,) = await talk.says(IGOR, "/board", SUPPORT)
    assert "уже есть" in again["text"]

    [board] = await hanging(talk)
    assert (board.chat_id, board.thread_id) == (SUPPORT.id, None)
    async with talk.database.read() as connection:
        assert [note.board_id for note in await outbox.waiting(connection, SUPPORT.id)] == [board.id]
    assert [what for _, what in await talk.audit()] == ["board"]


async def test_a_topic_has_its_own(talk):
    await talk.says(ANNA, "/board", SUPPORT)
    await talk.says(ANNA, "/board", SUPPORT, thread_id=2)

    assert {board.thread_id for board in await hanging(talk)} == {None, 2}


async def test_hung_up_anew_and_taken_down(talk):
    await talk.says(ANNA, "/board", SUPPORT)
    [board] = await hanging(talk)
    sent = await talk.bot.send_message(SUPPORT.id, "табло")
    await talk.database.write(
        lambda tx: boards.said(tx, board.id, message_id=sent.message_id, digest="x", at=talk.clock())
    )
    await talk.says(ANNA, "/board", SUPPORT)
    await talk.presses(ANNA, "Повесить заново", SUPPORT)

    [anew] = await hanging(talk)
    assert anew.message_id is None
    assert len(await talk.calls("deleteMessage")) == 1
    await talk.presses(ANNA, "Убрать табло", SUPPORT)
    assert await hanging(talk) == []
    assert "убрано" in (await talk.last(SUPPORT))["text"]
    async with talk.database.read() as connection:
        assert await outbox.waiting(connection, SUPPORT.id) == []


async def test_a_manager_hangs_none_in_a_group_but_one_in_private(talk):
    (refused,) = await talk.says(OLGA, "/board", SUPPORT)
    assert "нужна другая роль" in refused["text"]
    assert labels(refused) == []
    await talk.says(OLGA, "/board")
    await talk.says(PETR, "/board")

    assert {board.chat_id for board in await hanging(talk)} == {OLGA.id, PETR.id}
