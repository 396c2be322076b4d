"""The bot watches itself: it never runs twice on one database, and says so when it cannot write or is not alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiogram import Bot
from aiogram.methods import GetUpdates
from sqlalchemy import text

from bot.config import ConfigError
from bot.pulse import Pulse, Rival, only_one
from bot.telegram import Session
from checks.model import Person, Role
from demo.telegram import ADMIN, CAST, create_app, serving
from demo.telegram.app import WORLD
from storage import chats, outbox, people
from storage.database import Database
from tests.builders import after

TOKEN = "1000:pulse-test-token"


class Clock:
    def __init__(self) -> None:
        self.moment = after()

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture
async def telegram(database: Database) -> AsyncIterator[tuple[Any, Bot]]:
    app = create_app(cast=CAST, now=after, token=TOKEN, limits=False)
    admin = Person(id=ADMIN.id, name=ADMIN.name, role=Role.ADMIN)

    async def let_in(tx: Any) -> None:
        await people.admit(tx, admin, username=None, at=after())
        await chats.meet(tx, ADMIN.id, at=after(), kind="private")

    await database.write(let_in)
    async with serving(app) as url:
        bot = Bot(TOKEN, session=Session(api_url=url))
        yield app, bot
        await bot.session.close()


def said(app: Any) -> list[str]:
    return [message.body.text for message in app[WORLD].rooms[ADMIN.id].messages.values()]


def test_two_bots_never_run_on_one_database(tmp_path: Any) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/one.sqlite"

    with only_one(url), pytest.raises(ConfigError, match="уже работает"), only_one(url):
        pass
    with only_one(url):
        pass


async def test_admins_are_told_directly_that_nothing_can_be_written_and_that_it_can_again(
    database: Database, telegram: tuple[Any, Bot]
) -> None:
    app, bot = telegram
    clock = Clock()
    pulse = Pulse(database, bot, Rival(clock), now=clock)
    await pulse.beat()
    assert said(app) == []

    database.trouble = "OperationalError: database or disk is full"
    await pulse.beat()
    await pulse.beat()
    assert [line.splitlines()[0] for line in said(app)] == ["🔴 База бота не принимает записи"]

    database.trouble = None
    await pulse.beat()
    assert "снова принимает записи" in said(app)[-1]


async def test_a_write_that_fails_is_known_as_trouble_until_one_succeeds(database: Database) -> None:
    await database.write(lambda tx: tx.execute(text("PRAGMA max_page_count=1")))

    async def fill(tx: Any) -> None:
        await tx.execute(text("CREATE TABLE heap (x BLOB)"))
        await tx.execute(text("INSERT INTO heap VALUES (zeroblob(10000000))"))

    with pytest.raises(Exception, match="full"):
        await database.write(fill)
    assert "full" in (database.trouble or "")

    await database.write(lambda tx: tx.execute(text("PRAGMA max_page_count=1000000")))
    assert database.trouble is None


async def test_somebody_elses_polling_turns_readiness_red_and_is_told_once(
    database: Database, telegram: tuple[Any, Bot]
) -> None:
    _, bot = telegram
    clock = Clock()
    rival = Rival(clock)
    bot.session.middleware(rival)
    pulse = Pulse(database, bot, rival, now=clock)
    assert rival.trouble() is None

    from aiogram.exceptions import TelegramConflictError

    async def conflict(_bot: Bot, method: Any) -> Any:
        raise TelegramConflictError(method=method, message="terminated by other getUpdates request")

    with pytest.raises(TelegramConflictError):
        await rival(conflict, bot, GetUpdates())

    assert rival.trouble()
    await pulse.beat()
    await pulse.beat()
    async with database.read() as connection:
        notes = await outbox.waiting(connection, ADMIN.id)
    assert [note.facts["what"] for note in notes] == ["two_pollers"]

    clock.moment += timedelta(minutes=2)
    assert rival.trouble() is None
