"""Webhooks are signed as documented, and come again until they are taken."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest

from bot.channels import Channels, Pace
from bot.senders import Address, NotTakenError, in_thread, send
from checks.model import NoteKind, OutboxState, Priority, Untold
from handlers.letters import Letter
from storage import dispatches
from storage.database import Database
from storage.dispatches import Dispatch
from tests.builders import NOON
from tests.letterbox import hooks, mail
from tests.talk import Clock

LETTER = Letter(subject="Код · <Ромашка>", text="сервер не отвечает", facts={"event": "firing", "incident": 128})


async def test_a_webhook_is_signed_as_the_manual_says() -> None:
    async with hooks() as there:
        await send(Address(there.url, "s3cret"), LETTER, number=7, now=NOON, seconds=3)

    ((headers, body),) = there.came
    timestamp = headers["X-Smartbot-Timestamp"].encode()
    expected = hmac.new(b"s3cret", timestamp + b"." + body, hashlib.sha256).hexdigest()
    assert headers["X-Smartbot-Signature"] == f"sha256={expected}"
    assert int(timestamp) == int(NOON.timestamp())
    assert json.loads(body) == {
        "event": "firing",
        "incident": 128,
        "delivery": 7,
        "summary": "Код · <Ромашка>",
        "text": "сервер не отвечает",
    }


@pytest.mark.parametrize("status", [302, 400, 404, 500])
async def test_whatever_is_no_yes_is_no(status: int) -> None:
    async with hooks() as there:
        there.answers = [status]
        with pytest.raises(NotTakenError, match=str(status)):
            await send(Address(there.url, "s3cret"), LETTER, number=7, now=NOON, seconds=3)
    assert len(there.came) == 1


async def test_a_line_break_in_a_subject_makes_no_header() -> None:
    async with mail() as box:
        sly = Letter(subject="Тема\r\nBcc: spy@example.ru", text="x")
        await send(Address(box.url), sly, number=1, now=NOON, seconds=10)

    assert box.letters[0]["Bcc"] is None


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/x", "mailto://127.0.0.1:1?from=a@example.ru&to=b@example.ru", "x://y"]
)
async def test_nobody_there_is_an_error_that_names_no_address(url: str) -> None:
    with pytest.raises(NotTakenError) as caught:
        await send(Address(url, "hush"), LETTER, number=1, now=NOON, seconds=10)

    assert "127.0.0.1" not in str(caught.value)
    assert "hush" not in repr(Address(url, "hush"))


async def test_what_goes_wrong_in_the_thread_is_the_caller_s() -> None:
    with pytest.raises(ZeroDivisionError):
        await in_thread(lambda: 1 // 0)


async def owes(database: Database, *, at: Any = NOON, count: int = 1) -> None:
    one = Dispatch(channel="hook", kind=NoteKind.FIRING, priority=Priority.K1, owed_at=at, due_at=at)
    await database.write(lambda tx: dispatches.owe(tx, [one] * count))


async def states(database: Database) -> list[tuple[OutboxState, int, str]]:
    found = []
    async with database.read() as connection:
        for number in range(1, 100):
            one = await dispatches.load(connection, number)
            if one is None:
                break
            found.append((one.state, one.attempts, one.why))
    return found


async def word(_owed: Any) -> Letter:
    return LETTER


async def test_a_webhook_comes_again_until_it_is_taken(database: Database) -> None:
    clock = Clock()
    async with hooks() as there:
        there.answers = [500, 503]
        channels = Channels(database, {"hook": Address(there.url, "s")}, word, now=clock, pace=Pace(answer=3))
        await owes(database)
        for _ in range(3):
            await channels.drain()
            clock.passes(minutes=10)

    assert [headers["X-Smartbot-Delivery"] for headers, _ in there.came] == ["1", "1", "1"]
    assert await states(database) == [(OutboxState.DELIVERED, 3, "")]


async def test_what_was_in_hand_when_we_died_goes_again(database: Database) -> None:
    await owes(database)
    assert await database.write(lambda tx: dispatches.claim(tx, [1]))
    assert not await database.write(lambda tx: dispatches.claim(tx, [1]))

    await database.write(lambda tx: dispatches.recover(tx, NOON))

    assert await states(database) == [(OutboxState.OWED, 1, "")]


async def test_after_three_days_it_is_given_up(database: Database) -> None:
    clock = Clock()
    channels = Channels(database, {"hook": Address("http://127.0.0.1:1", "s")}, word, now=clock)
    await owes(database)
    await channels.drain()
    clock.at += timedelta(days=3, minutes=1)
    await channels.drain()

    assert await states(database) == [(OutboxState.BURIED, 2, Untold.EXPIRED)]


async def test_a_channel_that_left_the_configuration_keeps_nothing_back(database: Database) -> None:
    channels = Channels(database, {}, word, now=Clock())
    await owes(database)
    await channels.drain()

    assert (await states(database))[0][0] is OutboxState.BURIED


async def test_programs_get_each_alert_alone(database: Database) -> None:
    async with hooks() as there:
        channels = Channels(database, {"hook": Address(there.url, "s")}, word, now=Clock())
        await owes(database, count=30)
        await channels.drain()

    assert len(there.came) == 30
