"""Telegram is away: mail tells in its place, and afterwards the chat catches up with one digest."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import GetMe
from pydantic import SecretStr
from yarl import URL

from bot.config import Config
from bot.rehearsal import Rehearsal, rehearsing
from checks.model import Facts, Fault, OutboxState, Outcome, Target
from handlers.observations import record
from storage import outages, outbox, tables
from storage.database import upsert
from tests.builders import NOON, client, observation
from tests.letterbox import Letterbox, mail
from tests.talk import Clock

CHAT = -1001
NAMES = ("before", "first", "second")


@dataclass
class Telegram:
    """A Bot API that can be away in two ways: nobody there, or nobody answers."""

    away: str = ""
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    numbers: Any = field(default_factory=lambda: count(100))

    async def call(self, method: str, values: Mapping[str, Any], _files: Any) -> tuple[int, str]:
        if self.away:
            error = TelegramNetworkError(method=GetMe(), message="away")
            if self.away == "refuses":
                error.__cause__ = aiohttp.ConnectionTimeoutError(URL("https://api.telegram.org"))
            raise error
        self.calls.append((method, dict(values)))
        if method == "getMe":
            return 200, json.dumps({"ok": True, "result": {"id": 1000, "is_bot": True, "first_name": "bot"}})
        chat = {"id": CHAT, "type": "supergroup", "title": "Техподдержка"}
        number = int(values.get("message_id") or next(self.numbers))
        return 200, json.dumps({"ok": True, "result": {"message_id": number, "date": 0, "chat": chat, "text": "x"}})

    @property
    def said(self) -> list[str]:
        return [str(values["text"]) for method, values in self.calls if method == "sendMessage"]


@dataclass
class Scene:
    """The product on a clock turned by hand, between a Telegram that fails and a real mail server."""

    stage: Rehearsal
    telegram: Telegram
    clock: Clock
    box: Letterbox

    async def passes(self, **time: float) -> None:
        """Let time pass in steps of ten seconds, hours in steps of two minutes."""
        until = self.clock() + timedelta(**time)
        step = timedelta(minutes=2) if "hours" in time else timedelta(seconds=10)
        while self.clock() < until:
            self.clock.at = min(until, self.clock() + step)
            await self.stage.step()

    async def happens(self, name: str, outcome: Outcome = Outcome.FAIL) -> None:
        seen = [observation(subject=client(name), outcome=outcome, at=self.clock()) for _ in range(3)]
        rules = self.stage.world.watch.rules()
        await record(self.stage.world.database, seen, rules=rules, now=self.clock())
        await self.stage.step()

    async def waiting(self) -> int:
        async with self.stage.world.database.read() as connection:
            return len(await outbox.waiting(connection, CHAT))


@asynccontextmanager
async def scene(folder: Path, telegram: Telegram, clock: Clock, box: Letterbox, **more: Any) -> AsyncIterator[Scene]:
    rows = [{"chat": CHAT, **more}]
    config = Config.model_validate(
        {
            "telegram": {"token": SecretStr("1000:secret")},
            "storage": {
                "url": f"sqlite+aiosqlite:///{folder}/away.sqlite",
                "files": folder / "reports",
                "secret_key_file": folder / "secret.key",
            },
            "routes": rows,
            "look": {"interval": "30d"},
            "fallback": {"to": [box.url]},
        }
    )

    async def look(target: Target, at: Any) -> Facts:
        return Facts(target=target, at=at, fault=Fault.OURSELVES)

    async def seed(world: Any) -> None:
        stamps = {"created_at": NOON, "updated_at": NOON, "kind": "server", "title": "", "search": "", "lists": {}}
        names = (*NAMES, *(f"client{number}" for number in range(100)))
        rows = [{"name": name, "address": f"http://{name}.example.ru", **stamps} for name in names]
        await world.database.write(lambda tx: upsert(tx, tables.clients, rows))

    async with rehearsing(config, call=telegram.call, look=look, now=clock, seed=seed) as stage:
        yield Scene(stage, telegram, clock, box)


@pytest.fixture
async def box() -> AsyncIterator[Letterbox]:
    async with mail() as opened:
        yield opened


@pytest.fixture
async def opened(tmp_path: Path, box: Letterbox) -> AsyncIterator[Scene]:
    async with scene(tmp_path, Telegram(), Clock(), box) as one:
        yield one


@pytest.mark.parametrize("how", ["refuses", "hangs"])
@pytest.mark.slow
async def test_six_hours_without_telegram(opened: Scene, how: str) -> None:
    await opened.happens("before")
    assert len(opened.telegram.said) == 1
    opened.telegram.away = how

    await opened.happens("first")
    await opened.passes(minutes=2)
    assert opened.box.subjects == []
    await opened.passes(minutes=1)
    await opened.passes(seconds=10)
    assert opened.box.subjects[0].startswith("🟠 Telegram недоступен")
    assert opened.box.subjects[1:] == ["KodeksTcpStatus · first · АВАРИЯ · сервер не отвечает · №2"]

    await opened.passes(hours=1)
    await opened.happens("second")
    await opened.passes(seconds=10)
    assert opened.box.subjects[2:] == [
        "KodeksTcpStatus · before · НАПОМИНАНИЕ · сервер не отвечает · №1",
        "KodeksTcpStatus · second · АВАРИЯ · сервер не отвечает · №3",
    ]
    await opened.happens("second", Outcome.OK)
    await opened.happens("before", Outcome.OK)
    await opened.passes(hours=4, minutes=56)
    assert sorted(opened.box.subjects[4:]) == [
        "KodeksTcpStatus · before · ПОЧИНЕНО · сервер не отвечает · №1",
        "KodeksTcpStatus · second · ПОЧИНЕНО · сервер не отвечает · №3",
    ]

    opened.telegram.away = ""
    await opened.passes(minutes=2)
    await opened.passes(minutes=5)

    digest = opened.telegram.said[1]
    assert len(opened.telegram.said) == 2
    assert "Telegram был недоступен" in digest
    assert "не починена 1 авария" in digest or "не починено 1 авария" in digest
    assert await opened.waiting() == 0
    assert opened.box.subjects[6].startswith("🟢 Telegram снова доступен")
    assert len(opened.box.subjects) == 7


async def test_one_message_that_waited_comes_as_itself(opened: Scene) -> None:
    opened.telegram.away = "refuses"
    await opened.happens("first")
    await opened.passes(minutes=10)
    opened.telegram.away = ""
    await opened.passes(minutes=2)

    (said,) = opened.telegram.said
    assert "first" in said
    assert "недоступен" not in said


async def test_a_short_absence_is_nobody_else_s_business(opened: Scene) -> None:
    opened.telegram.away = "refuses"
    await opened.happens("first")
    await opened.happens("second")
    await opened.passes(minutes=2)
    opened.telegram.away = ""
    await opened.passes(minutes=5)

    assert len(opened.telegram.said) == 2
    assert opened.box.letters == []


async def test_a_restart_in_between_forgets_and_repeats_nothing(tmp_path: Path, box: Letterbox) -> None:
    telegram, clock = Telegram(away="refuses"), Clock()
    async with scene(tmp_path, telegram, clock, box) as one:
        await one.happens("first")
        await one.happens("second")
        await one.passes(minutes=5)
    assert len(box.letters) == 3

    async with scene(tmp_path, telegram, clock, box) as one:
        await one.passes(minutes=20)
        assert len(box.letters) == 3, box.subjects
        telegram.away = ""
        await one.passes(minutes=2)
        async with one.stage.world.database.read() as connection:
            assert await outages.lasting(connection) is None

    assert len(telegram.said) == 1
    assert "Telegram был недоступен" in telegram.said[0]
    assert box.subjects[3].startswith("🟢")


async def test_a_hundred_alerts_at_once_are_one_letter(opened: Scene) -> None:
    opened.telegram.away = "refuses"
    for number in range(100):
        await opened.happens(f"client{number}")
    await opened.passes(minutes=4)

    assert [subject[:18] for subject in opened.box.subjects] == ["🟠 Telegram недосту", "🔴 Сводка: 100 авар"]
    opened.telegram.away = ""
    await opened.passes(minutes=2)
    assert len(opened.telegram.said) == 1
    assert "Здесь всё, о чём не смогли сказать: 100 аварий" in opened.telegram.said[0]


async def test_the_mail_server_is_away_too_and_the_letter_comes_later(opened: Scene) -> None:
    opened.telegram.away, opened.box.refuses = "refuses", True
    await opened.happens("first")
    await opened.passes(minutes=5)
    assert opened.box.letters == []
    opened.box.refuses = False
    await opened.passes(minutes=11)

    assert len(opened.box.letters) == 2


async def test_mail_goes_always_where_the_route_says_so(tmp_path: Path, box: Letterbox) -> None:
    async with scene(tmp_path, Telegram(), Clock(), box, also=[box.url]) as one:
        await one.happens("first")
        await one.happens("first", Outcome.OK)
        await one.happens("first", Outcome.OK)

        assert [subject.split(" · ")[:3] for subject in box.subjects] == [
            ["KodeksTcpStatus", "first", "АВАРИЯ"],
            ["KodeksTcpStatus", "first", "ПОЧИНЕНО"],
        ]
        assert len(one.telegram.said) == 2


async def test_what_the_route_has_told_by_mail_the_fallback_does_not_tell_again(tmp_path: Path, box: Letterbox) -> None:
    async with scene(tmp_path, Telegram(away="hangs"), Clock(), box, also=[box.url]) as one:
        await one.happens("first")
        await one.passes(minutes=5)

        assert [subject.split(" · ")[0] for subject in box.subjects] == [
            "KodeksTcpStatus",
            "🟠 Telegram недоступен, сообщения об авариях идут сюда",
        ]


async def test_nothing_is_left_in_hand(opened: Scene) -> None:
    opened.telegram.away = "hangs"
    await opened.happens("first")
    await opened.passes(minutes=1)
    opened.telegram.away = ""
    await opened.passes(minutes=10)

    async with opened.stage.world.database.read() as connection:
        notes = await outbox.of_incident(connection, 1)
    assert [note.state for note in notes] == [OutboxState.DELIVERED]
    assert "возможен повтор" in opened.telegram.said[0]
