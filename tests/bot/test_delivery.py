"""Nothing owed is lost, nothing is told twice but after a lost answer, and one chat never delays another."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiogram.exceptions import TelegramRetryAfter

from bot.telegram import Session
from checks.model import Button, Change, ChangeKind, OutboxState, RouteKind
from checks.notifications import Policy
from checks.volume import Volume
from demo.telegram import ADMIN, OLGA, SUPPORT
from handlers.notifications import owe, remind
from storage import incidents, outbox
from storage.database import Connection
from storage.outbox import Owed

CHAT = SUPPORT.id


def cards(texts: list[str]) -> list[str]:
    return [text for text in texts if text.startswith("firing")]


async def test_a_card_is_sent_edited_and_answered_when_it_ends(world: Any) -> None:
    async with world.delivering() as delivery:
        outage = await world.opens()
        delivery.wake()
        await world.until(lambda texts: texts == ["firing №1 open r0"])

        outage = await world.stage.step(outage, ChangeKind.GREW, at=world.now())
        delivery.wake()
        await world.until(lambda texts: texts == ["update №1 open r1"])

        await world.ends(outage)
        delivery.wake()
        await world.until(lambda texts: texts == ["update №1 ended r2", "resolved №1 ended r2"])

    card, reply = await world.sim(f"chats/{CHAT}/messages")
    assert (card["silent"], reply["silent"], reply["reply_to"]) == (False, True, card["message_id"])
    assert world.steps[:6] == ["picked", "rendered", "claimed", "sent", "settled", "recorded"]


async def test_what_ends_while_its_card_is_being_worded_turns_green(world: Any) -> None:
    async with world.delivering() as delivery:
        outage = await world.opens()
        delivery.wake()
        await world.until(lambda texts: texts == ["firing №1 open r0"])
        outage = await world.stage.step(outage, ChangeKind.GREW, at=world.now())
        worded, ending = world.render, [outage]

        async def ends_meanwhile(note: Owed) -> Any:
            message = await worded(note)
            if ending:
                await world.ends(ending.pop())
            return message

        delivery._render = ends_meanwhile
        delivery.wake()
        await world.until(lambda texts: texts == ["update №1 ended r2", "resolved №1 ended r2"])


async def test_the_delivery_wakes_at_once_and_finds_things_by_itself_too(world: Any) -> None:
    world.pace = replace(world.pace, poll=60.0)
    async with world.delivering() as delivery:
        await asyncio.sleep(0.1)
        await world.opens()
        delivery.wake()
        await world.until(lambda texts: len(texts) == 1, seconds=2)
    world.pace = replace(world.pace, poll=0.2)
    async with world.delivering():
        await world.opens("vektor")
        await world.until(lambda texts: len(texts) == 2, seconds=2)


async def test_the_same_words_are_not_sent_again(world: Any) -> None:
    world.words = lambda text: text.split(" r")[0].replace("update", "firing")
    async with world.delivering() as delivery:
        outage = await world.opens()
        delivery.wake()
        await world.until(lambda texts: len(texts) == 1)
        await world.stage.step(outage, ChangeKind.GREW, at=world.now())
        delivery.wake()
        await world.settled()

    assert await world.calls("editMessageText") == []


async def test_not_modified_is_success(world: Any) -> None:
    async with world.delivering() as delivery:
        outage = await world.opens()
        delivery.wake()
        await world.until(lambda texts: len(texts) == 1)
        world.words = lambda text: text.replace("update", "firing").replace("r1", "r0")
        await world.stage.step(outage, ChangeKind.GREW, at=world.now())
        await world.stage.database.write(_forget_digests)
        delivery.wake()
        await world.settled()

    assert len(await world.calls("editMessageText")) == 1
    assert len(await world.texts(ADMIN.id)) == 0


async def _forget_digests(tx: Connection) -> None:
    from sqlalchemy import update

    from storage.tables import messages

    await tx.execute(update(messages).values(digest=""))


async def test_429_is_obeyed_to_the_second_and_for_that_chat_only(world: Any) -> None:
    await world.stage.bind(OLGA.id, RouteKind.TECHNICAL)
    await world.fault("429", retry_after=2, chat_id=CHAT)
    async with world.delivering() as delivery:
        began = world.now()
        await world.opens()
        delivery.wake()
        await world.until(lambda texts: len(texts) == 1, OLGA.id, seconds=1.5)
        assert await world.texts() == []
        await world.until(lambda texts: len(texts) == 1)
        assert (world.now() - began).total_seconds() >= 2

    assert len([one for one in await world.calls("sendMessage") if one["chat_id"] == CHAT]) == 2


@pytest.mark.slow
async def test_429_survives_a_restart(world: Any) -> None:
    await world.fault("429", retry_after=2)
    async with world.delivering():
        await world.opens()
        await world.eventually(lambda: world.calls("sendMessage"))
        await asyncio.sleep(0.05)
    async with world.delivering():
        await world.opens("vektor")
        await asyncio.sleep(1)
        assert len(await world.calls("sendMessage")) == 1
        assert len(cards(await world.until(lambda texts: len(texts) == 2))) == 2


@pytest.mark.parametrize("fault", [{"kind": "429"}, {"kind": "429", "times": 3}])
async def test_429_without_a_time_is_tried_again(world: Any, fault: dict[str, Any]) -> None:
    await world.fault(**fault)
    async with world.delivering():
        await world.opens()
        texts = await world.until(lambda texts: len(texts) == 1)

    assert texts == ["firing №1 open r0"]


@pytest.mark.parametrize("kind", ["hang", "drop", "half", "broken", "500", "502html"])
async def test_a_lost_answer_is_repeated_once_with_the_mark(world: Any, kind: str) -> None:
    accepted = kind in {"hang", "drop", "half", "broken"}
    await world.fault(kind)
    async with world.delivering():
        await world.opens()
        texts = await world.until(lambda texts: "firing №1 open r0 (возможен повтор)" in texts)
        await asyncio.sleep(0.5)

    assert await world.texts() == texts
    assert texts == ["firing №1 open r0"] * accepted + ["firing №1 open r0 (возможен повтор)"]


@pytest.mark.slow
async def test_a_message_is_not_repeated_into_the_void(world: Any) -> None:
    await world.fault("drop", "*", seconds=1.5)
    async with world.delivering():
        await world.opens()
        await asyncio.sleep(1.4)
        assert len(await world.calls("sendMessage")) == 1
        await world.until(lambda texts: len(texts) == 2)


async def test_a_lost_answer_to_an_edit_is_simply_made_again(world: Any) -> None:
    async with world.delivering() as delivery:
        outage = await world.opens()
        delivery.wake()
        await world.until(lambda texts: len(texts) == 1)
        await world.fault("500", "editMessageText")
        await world.stage.step(outage, ChangeKind.GREW, at=world.now())
        delivery.wake()
        await world.until(lambda texts: texts == ["update №1 open r1"])


async def test_what_ends_while_the_answer_is_unknown_is_told_by_the_repetition(world: Any) -> None:
    world.pace = replace(world.pace, repeat=1.0)
    await world.fault("drop")
    async with world.delivering():
        outage = await world.opens()
        await world.until(lambda texts: len(texts) == 1)
        await asyncio.sleep(0.1)
        await world.ends(outage)
        texts = await world.until(lambda texts: len(texts) == 2)
        await asyncio.sleep(0.3)

    assert texts == await world.texts() == ["firing №1 open r0", "firing №1 ended r1 (возможен повтор)"]


async def test_nobody_waits_for_a_chat_that_hangs(world: Any) -> None:
    await world.stage.bind(OLGA.id, RouteKind.TECHNICAL)
    await world.fault("hang", chat_id=CHAT, times=5)
    async with world.delivering() as delivery:
        await world.opens()
        delivery.wake()
        await world.until(lambda texts: len(texts) == 1, OLGA.id, seconds=0.9)


async def test_a_refused_connection_is_surely_not_sent_and_everything_goes_right_after(world: Any) -> None:
    real = world.bot.session
    world.bot.session = nowhere = Session(api_url="http://127.0.0.1:1", timeout=2.0)
    async with world.delivering() as delivery:
        for name in ("one", "two"):
            await world.opens(name)
        delivery.wake()
        await asyncio.sleep(0.8)
        async with world.stage.database.read() as connection:
            assert {note.state for note in await outbox.waiting(connection, CHAT)} == {OutboxState.OWED}
        world.bot.session = real
        texts = await world.until(lambda texts: len(texts) == 2, seconds=2)
    await nowhere.close()

    assert sorted(texts) == ["firing №1 open r0", "firing №2 open r0"]


async def test_a_blocked_bot_leaves_the_chat_to_the_admin(world: Any) -> None:
    await world.fault("blocked", chat_id=CHAT, times=50)
    async with world.delivering():
        await world.opens()
        await world.until(lambda texts: len(texts) == 1, ADMIN.id)
        await world.opens("vektor")
        texts = await world.until(lambda texts: len(texts) == 2, ADMIN.id)

    assert sorted(texts) == ["firing №1 open r0", "firing №2 open r0"]
    assert len([one for one in await world.calls("sendMessage") if one["chat_id"] == CHAT]) == 1


async def test_a_chat_that_moves_is_followed(world: Any) -> None:
    async with world.delivering() as delivery:
        outage = await world.opens()
        delivery.wake()
        await world.until(lambda texts: len(texts) == 1)
        await world.fault("migrate", "*", chat_id=CHAT)
        await world.opens("vektor")
        delivery.wake()
        await asyncio.sleep(0.5)
        moved = next(one["id"] for one in (await world.sim("state"))["chats"] if one["id"] not in {CHAT, OLGA.id})
        async with world.stage.database.read() as connection:
            found = await outbox.of_incident(connection, 2)
        moved = found[0].chat_id
        assert moved != CHAT
        await world.until(lambda texts: "firing №2 open r0" in texts, moved)
        await world.ends(outage)
        delivery.wake()
        await world.until(lambda texts: "resolved №1 ended r1" in texts, moved)


async def test_a_lost_topic_is_left_once_and_said(world: Any) -> None:
    await world.stage.bind(CHAT, RouteKind.TECHNICAL, thread_id=2)
    await world.fault("no_thread")
    async with world.delivering():
        await world.opens()
        await world.until(lambda texts: sorted(texts) == ["firing №1 open r0", "notice: topic_lost"])
        await world.opens("vektor")
        await world.until(lambda texts: "firing №2 open r0" in texts)

    threads = [one["parameters"].get("message_thread_id") for one in await world.calls("sendMessage")]
    assert threads.count("2") == 1


async def test_broken_markup_goes_as_plain_text_and_is_reported_once(world: Any) -> None:
    world.words = lambda text: f"<b>{text}</i> &lt;script&gt;"
    async with world.delivering():
        await world.opens()
        await world.opens("vektor")
        texts = await world.until(lambda texts: len(texts) == 2)
        notices = await world.until(lambda texts: len(texts) >= 1, ADMIN.id)
        await asyncio.sleep(0.3)

    assert sorted(texts) == ["firing №1 open r0 <script>", "firing №2 open r0 <script>"]
    assert notices == await world.texts(ADMIN.id) == ["notice: template_fault"]


async def test_a_text_over_the_limit_is_clipped(world: Any) -> None:
    world.words = lambda text: f"<b>{text}</b>\n" + "🔴 очень длинно\n" * 700
    async with world.delivering():
        await world.opens()
        (text,) = await world.until(lambda texts: len(texts) == 1)

    assert text.startswith("firing №1 open r0\n🔴")
    assert text.endswith("…")
    assert len(text.encode("utf-16-le")) // 2 <= 3800


async def test_a_bad_button_does_not_keep_an_alert_back(world: Any) -> None:
    world.buttons = ((Button(text="admin", url="not a url"), Button(text="take", data="1:take:1")),)
    async with world.delivering():
        await world.opens()
        texts = await world.until(lambda texts: len(texts) == 1)

    assert texts == ["firing №1 open r0"]


async def test_a_deleted_card_is_posted_anew_while_the_incident_lasts(world: Any) -> None:
    async with world.delivering() as delivery:
        outage = await world.opens()
        delivery.wake()
        await world.until(lambda texts: len(texts) == 1)
        (card,) = await world.sim(f"chats/{CHAT}/messages")
        await world.bot.delete_message(CHAT, card["message_id"])

        outage = await world.stage.step(outage, ChangeKind.GREW, at=world.now())
        delivery.wake()
        await world.until(lambda texts: texts == ["update №1 open r1"])
        await world.stage.step(outage, ChangeKind.GREW, at=world.now())
        delivery.wake()
        await world.until(lambda texts: texts == ["update №1 open r2"])


async def test_a_template_that_raises_delays_but_never_swallows(world: Any) -> None:
    def broken(text: str) -> str:
        raise ZeroDivisionError(text)

    world.words = broken
    async with world.delivering():
        await world.opens()
        await world.until(lambda texts: texts == ["🔴 №1"])


async def test_too_much_at_once_folds_into_one_card(world: Any) -> None:
    world.stage.policy = Policy(volume=Volume(limit=5))
    for number in range(12):
        await world.opens(f"client{number}")
    async with world.delivering():
        texts = await world.until(lambda texts: len(texts) == 5)
        await asyncio.sleep(0.4)
        assert await world.texts() == texts

    assert len(cards(texts)) == 4
    assert "storm of 8 lasts" in texts
    (storm,) = [one for one in await world.sim(f"chats/{CHAT}/messages") if one["text"].startswith("storm")]
    assert not storm["silent"]


async def test_a_stop_finishes_what_is_in_hand(world: Any) -> None:
    world.pace = replace(world.pace, answer=3.0)
    await world.stage.bind(OLGA.id, RouteKind.TECHNICAL)
    delivery = world.delivery()
    task = asyncio.create_task(delivery.run())
    await world.opens()
    delivery.wake()
    await world.eventually(lambda: asyncio.sleep(0, "claimed" in world.steps))
    await delivery.stop()
    await task

    async with world.stage.database.read() as connection:
        states = {note.state for note in await outbox.of_incident(connection, 1)}
    assert OutboxState.SENDING not in states
    assert OutboxState.DELIVERED in states


@pytest.mark.parametrize("point", ["picked", "rendered", "claimed", "sent", "recorded"])
async def test_a_crash_at_any_step_loses_nothing(world: Any, point: str) -> None:
    class Died(BaseException):
        pass

    def die(step: str) -> None:
        if step == point:
            raise Died

    await world.opens()
    with pytest.raises(Died):
        await world.delivery(on_step=die).drain()
    async with world.delivering():
        texts = await world.until(lambda texts: len(texts) >= 1)
        await asyncio.sleep(0.4)
        texts = await world.texts()

    plain, marked = "firing №1 open r0", "firing №1 open r0 (возможен повтор)"
    expected = {"claimed": [marked], "sent": [plain, marked]}
    assert texts == expected.get(point, [plain])


async def test_answers_to_people_pass_the_same_gate(world: Any) -> None:
    world.gate.block(CHAT, 60)
    with pytest.raises(TelegramRetryAfter) as refused:
        await world.bot.send_message(CHAT, "x")
    assert refused.value.retry_after >= 59
    assert await world.calls("sendMessage") == []
    assert await world.bot.send_message(OLGA.id, "y")


async def test_a_hundred_steps_at_once_are_one_edit(world: Any) -> None:
    async with world.delivering() as delivery:
        outage = await world.opens()
        delivery.wake()
        await world.until(lambda texts: len(texts) == 1)

        async def grow(tx: Connection) -> None:
            grown = outage
            for _ in range(100):
                grown = await incidents.save(tx, grown, noticed_at=world.now())
                await owe(tx, [Change(kind=ChangeKind.GREW, incident=grown, at=world.now())], now=world.now())

        await world.stage.database.write(grow)
        delivery.wake()
        await world.until(lambda texts: texts == ["update №1 open r100"])

    assert len(await world.calls("editMessageText")) == 1


async def test_a_new_outage_overtakes_the_edits_that_wait_for_the_groups_minute(world: Any) -> None:
    async with world.delivering() as delivery:
        outage = await world.opens()
        delivery.wake()
        await world.until(lambda texts: len(texts) == 1)
        for _ in range(13):
            world.gate.remember(CHAT, 1)
        await world.stage.step(outage, ChangeKind.GREW, at=world.now())
        delivery.wake()
        await asyncio.sleep(0.3)
        assert await world.calls("editMessageText") == []

        await world.opens("vektor")
        delivery.wake()
        await world.until(lambda texts: len(texts) == 2, seconds=2)


@pytest.mark.slow
async def test_a_day_without_telegram_ends_in_a_few_messages(world: Any) -> None:
    outages = [await world.opens(f"client{number}") for number in range(30)]
    for outage in outages[:20]:
        await world.ends(outage)
    async with world.delivering():
        await world.until(lambda texts: any(text.startswith("storm of") for text in texts))
        await world.settled()

    said = await world.sim(f"chats/{CHAT}/messages")
    assert len(said) <= 10
    async with world.stage.database.read() as connection:
        for outage in outages:
            (note,) = await outbox.of_incident(connection, outage.id)
            assert note.state in {OutboxState.DELIVERED, OutboxState.FOLDED}


async def test_a_reminder_survives_a_restart_and_sounds_at_its_hour(world: Any) -> None:
    async with world.delivering() as delivery:
        outage = await world.opens()
        delivery.wake()
        await world.until(lambda texts: len(texts) == 1)
        later = world.now() + timedelta(seconds=4)
        asked = {"at": later, "by": ADMIN.id, "now": world.now()}
        await world.stage.database.write(lambda tx: remind(tx, outage, CHAT, **asked))
        delivery.wake()
        assert len(await world.texts()) == 1

    async with world.delivering():
        await world.until(lambda texts: [text.split()[0] for text in texts] == ["firing", "still"])
        assert world.now() >= later
    *_, told = await world.sim(f"chats/{CHAT}/messages")
    assert told["silent"] is False


async def test_a_reminder_of_what_has_ended_is_not_told(world: Any) -> None:
    async with world.delivering() as delivery:
        outage = await world.opens()
        delivery.wake()
        await world.until(lambda texts: len(texts) == 1)
        asked = {"at": world.now() + timedelta(seconds=1), "by": ADMIN.id, "now": world.now()}
        await world.stage.database.write(lambda tx: remind(tx, outage, CHAT, **asked))
        await world.ends(outage)
        delivery.wake()
        await world.until(lambda texts: len(texts) == 2)
        await asyncio.sleep(1.2)
        await world.settled()

    assert [text.split()[0] for text in await world.texts()] == ["update", "resolved"]
