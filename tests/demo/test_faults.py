"""Faults on order: the bot hears what Telegram would say, and the ledger knows what really happened."""

import asyncio
import sys

import aiohttp
import pytest
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)

from demo.telegram import OLGA, SUPPORT

CHAT = SUPPORT.id


async def verdicts(sim, method="sendMessage"):
    return [(call["verdict"], call["accepted"]) for call in await sim.calls(method)]


async def test_every_call_is_written_down(bot, sim, clock):
    sent = await bot.send_message(CHAT, "x", message_thread_id=2)
    with pytest.raises(TelegramBadRequest):
        await bot.send_message(5, "y")
    first, second = await sim.calls("sendMessage")

    assert first["time"] == clock.at.isoformat()
    assert (first["method"], first["verdict"], first["accepted"]) == ("sendMessage", "ok", True)
    assert first["parameters"] == {"chat_id": str(CHAT), "text": "x", "message_thread_id": "2"}
    assert (first["chat_id"], first["message_id"]) == (CHAT, sent.message_id)
    assert (second["verdict"], second["accepted"]) == ("400 Bad Request: chat not found", False)
    assert [call["number"] for call in await sim.get(f"calls?since={first['number']}")] == [second["number"]]


async def test_too_many_requests_with_and_without_a_time(bot, sim):
    await sim.fault("429", retry_after=7)
    await sim.fault("429")
    with pytest.raises(TelegramRetryAfter) as refused:
        await bot.send_message(CHAT, "x")
    assert refused.value.retry_after == 7
    async with sim.http.post(
        f"{sim.address}/bot1000:secret/sendMessage", json={"chat_id": CHAT, "text": "x"}
    ) as answer:
        assert await answer.json() == {"ok": False, "error_code": 429, "description": "Too Many Requests"}

    assert await bot.send_message(CHAT, "x")
    assert len(await sim.messages(CHAT)) == 1


@pytest.mark.parametrize(
    ("kind", "error", "told"),
    [
        ("500", TelegramServerError, ("500 Internal Server Error", False)),
        ("502html", ClientDecodeError, ("502html before accept", False)),
        ("refuse", TelegramNetworkError, ("refused", False)),
        ("drop", TelegramNetworkError, ("dropped after accept", True)),
        ("half", TelegramNetworkError, ("half an answer after accept", True)),
        ("broken", ClientDecodeError, ("broken JSON after accept", True)),
    ],
)
async def test_a_fault_is_what_it_says(bot, sim, kind, error, told):
    await sim.fault(kind)
    with pytest.raises(error):
        await bot.send_message(CHAT, "x")

    assert await verdicts(sim) == [told]
    assert bool(await sim.messages(CHAT)) is told[1]
    assert await bot.send_message(CHAT, "y")


async def test_a_hang_holds_the_answer_not_the_message(bot, sim):
    await sim.fault("hang")
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(CHAT, "x", request_timeout=1)

    assert [message["text"] for message in await sim.messages(CHAT)] == ["x"]
    assert await verdicts(sim) == [("hung after accept", True)]


async def test_a_server_error_may_come_after_the_message(bot, sim):
    await sim.fault("500", accepted=True)
    with pytest.raises(TelegramServerError):
        await bot.send_message(CHAT, "x")

    assert len(await sim.messages(CHAT)) == 1
    assert await verdicts(sim) == [("500 after accept", True)]


async def test_a_fault_for_one_chat_leaves_the_others_alone(bot, sim):
    await sim.fault("blocked", chat_id=OLGA.id, times=2)

    assert await bot.send_message(CHAT, "x")
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await bot.send_message(OLGA.id, "x")


async def test_a_fault_for_everything_lasts_its_seconds(bot, sim, clock):
    await sim.fault("429", method="*", seconds=60, retry_after=3)
    for call in (bot.get_me(), bot.get_updates(), bot.send_message(CHAT, "x")):
        with pytest.raises(TelegramRetryAfter):
            await call
    clock.passes(seconds=60)

    assert await bot.send_message(CHAT, "x")


async def test_a_counted_fault_for_everything_spares_the_poll(bot, sim):
    await sim.fault("429", method="*", times=1, retry_after=1)

    assert await bot.get_updates() == []
    with pytest.raises(TelegramRetryAfter):
        await bot.send_message(CHAT, "x")


async def test_a_group_that_moved_says_where_and_is_never_back(bot, sim):
    old = await bot.send_message(CHAT, "до переезда")
    await sim.fault("migrate")
    with pytest.raises(TelegramMigrateToChat) as refused:
        await bot.send_message(CHAT, "x")
    new = refused.value.migrate_to_chat_id
    moved, arrived = await bot.get_updates()

    assert moved.message.migrate_to_chat_id == new
    assert (arrived.message.chat.id, arrived.message.migrate_from_chat_id) == (new, CHAT)
    assert await bot.send_message(new, "x", message_thread_id=2)
    with pytest.raises(TelegramMigrateToChat):
        await bot.send_message(CHAT, "x")
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await bot.edit_message_text("x", chat_id=new, message_id=old.message_id)
    assert [chat["id"] for chat in (await sim.get("state"))["chats"]][-1] == new


async def test_a_topic_that_got_lost(bot, sim):
    await sim.fault("no_thread")

    assert await bot.send_message(CHAT, "без темы")
    with pytest.raises(TelegramBadRequest, match="message thread not found"):
        await bot.send_message(CHAT, "x", message_thread_id=2)
    assert await bot.send_message(CHAT, "x", message_thread_id=2)


async def test_orders_can_be_taken_back(bot, sim):
    await sim.fault("500", seconds=60)
    async with sim.http.delete(f"{sim.address}/sim/faults") as answer:
        assert answer.status == 200

    assert await bot.send_message(CHAT, "x")


@pytest.mark.parametrize(
    "wish", [{"kind": "fire"}, {"kind": 429, "times": 0}, {"kind": "hang", "colour": "red"}, {"method": "sendMessage"}]
)
async def test_a_fault_that_nobody_can_order(sim, wish):
    assert "error" in await sim.post("faults", expect=400, **wish)


async def test_a_kind_may_be_a_number(bot, sim):
    await sim.post("faults", kind=429, method="sendMessage", retry_after=2)

    with pytest.raises(TelegramRetryAfter):
        await bot.send_message(CHAT, "x")


async def test_another_site_may_not_speak_here(sim):
    body = {"chat_id": OLGA.id, "user_id": OLGA.id, "text": "x"}
    headers = {"Origin": "http://evil.example"}
    async with sim.http.post(f"{sim.address}/sim/messages", json=body, headers=headers) as answer:
        assert answer.status == 403


async def test_a_page_hears_at_once_what_happens(bot, sim):
    async with sim.http.get(f"{sim.address}/sim/events") as stream:
        await stream.content.readline()
        await stream.content.readline()
        sent = await bot.send_message(CHAT, "x")
        async with asyncio.timeout(5):
            event = await stream.content.readline()

    assert f'"message_id": {sent.message_id}'.encode() in event


async def test_it_runs_alone_and_tells_its_address():
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "demo.telegram", "--listen", "127.0.0.1:0", stdout=asyncio.subprocess.PIPE
    )
    address = (await process.stdout.readline()).decode().strip()
    async with aiohttp.ClientSession() as http, http.get(f"{address}/bot1000:demo/getMe") as answer:
        assert (await answer.json())["result"]["username"] == "smart_te_bot"
    process.terminate()

    assert await process.wait() == 0


async def test_without_estate_and_stories_their_switches_say_so(sim):
    assert await sim.post("estate", redirect="r1", state="refuse", expect=404) == {"error": "there is no estate here"}
    assert await sim.post("stories/2022-11-15", expect=404) == {"error": "there are no stories here"}
    assert (await sim.get("state"))["estate"] == {"redirects": [], "clients": []}
