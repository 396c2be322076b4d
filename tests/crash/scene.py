"""Everything around a bot that dies: an estate to break, an embedded Telegram that remembers, a database that stays."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from bot import clock
from bot.config import Config, load
from checks.model import RouteKind
from demo import telegram
from demo.estate import Cast, Estate, crowd, open_estate
from demo.settling import settle
from handlers.steps import Step
from storage import routes
from storage.database import Connection, open_database
from tests.crash import ledger

ROOT = Path(__file__).parents[2]
TOKEN = "1000:secret"
STOP_WITHIN = 10.0
"""Seconds that a stop may take."""
START = 60.0
"""Seconds that a cold start may take on a busy machine before a test gives up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What outlives every death of the bot."""

    folder: Path
    estate: Estate
    api: str
    http: aiohttp.ClientSession
    config: Path

    @property
    def settings(self) -> Config:
        return load(self.config, {})

    @property
    def database_file(self) -> Path:
        return self.folder / "smartbot.sqlite"

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "SMARTBOT_TELEGRAM__TOKEN": TOKEN}

    async def breaks(self, redirect: str, state: str = "refuse") -> None:
        await self.estate.change({"redirect": redirect, "state": state})

    async def mends(self, redirect: str) -> None:
        await self.estate.change({"redirect": redirect, "state": "ok"})

    async def tells_only(self, chat: int) -> None:
        """Lead all technical alerts to one private chat: a group hears little a minute, which takes long."""

        async def work(tx: Connection) -> None:
            await routes.unbind(tx, telegram.SUPPORT.id)
            await routes.bind(tx, chat, RouteKind.TECHNICAL, at=clock.now())

        async with open_database(self.settings.storage.url) as database:
            await database.write(work)

    async def fault(self, kind: str, **more: Any) -> None:
        async with self.http.post(f"{self.api}/sim/faults", json={"kind": kind, **more}) as answer:
            assert answer.status == 200, await answer.text()

    async def calls(self) -> list[dict[str, Any]]:
        async with self.http.get(f"{self.api}/sim/calls") as answer:
            found: list[dict[str, Any]] = await answer.json()
            return found

    async def told(self) -> list[ledger.Telling]:
        return ledger.tellings(await self.calls())

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the database on disk, whoever runs."""
        connection = sqlite3.connect(f"file:{self.database_file}?mode=ro", uri=True)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def waiting(self) -> list[tuple[Any, ...]]:
        """Return notes that somebody is still owed."""
        return self.rows("SELECT id, kind, state FROM outbox WHERE state IN ('owed', 'unknown', 'sending')")

    async def until(self, condition: Callable[[], Awaitable[Any]], *, seconds: float, what: str) -> None:
        """Wait until something has come true; the failure shows the ledger."""
        try:
            async with asyncio.timeout(seconds):
                while not await condition():  # noqa: ASYNC110 - another process cannot wake us
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise AssertionError(f"not within {seconds} s: {what}\n{ledger.readable(await self.calls())}") from None


@asynccontextmanager
async def open_scene(
    folder: Path, *, cast: Cast | None = None, messages: int = 10_000, more: str = ""
) -> AsyncIterator[Scene]:
    """Open estate, Telegram and a settled database; ``more`` is TOML to put behind the ordinary configuration.

    A chat hears so many new ``messages`` in ten minutes before they fold into a storm card.
    """
    async with AsyncExitStack() as stack:
        cast = cast or crowd(clients=2 * len(Step), redirects=len(Step))
        estate = await stack.enter_async_context(
            open_estate(now=clock.now, folder=folder / "lists", free_ports=True, cast=cast)
        )
        app = telegram.create_app(cast=telegram.CAST, now=clock.now, token=TOKEN, estate=estate, limits=False)
        api = await stack.enter_async_context(telegram.serving(app))
        http = await stack.enter_async_context(aiohttp.ClientSession())
        config = folder / "config.toml"
        config.write_text(_configuration(folder, estate, api, messages) + more, encoding="utf-8")
        scene = Scene(folder=folder, estate=estate, api=api, http=http, config=config)
        async with open_database(scene.settings.storage.url) as database:
            key_file = scene.settings.storage.secret_key_file
            await settle(database, estate.settings.lists, key_file=key_file, now=clock.now())
        yield scene


def _configuration(folder: Path, estate: Estate, api: str, messages: int) -> str:
    known = estate.settings
    return f"""
log = "warning"
[telegram]
api_url = "{api}"
[storage]
url = "sqlite+aiosqlite:///{folder}/smartbot.sqlite"
secret_key_file = "{folder}/secret.key"
files = "{folder}/reports"
[server]
listen = "127.0.0.1:0"
[dns]
servers = {list(known.dns_servers)}
[reference]
hosts = {list(known.reference_hosts)}
names = {list(known.reference_names)}
[incidents]
messages_per_10_min = {messages}
[look]
allow_networks = {list(known.allow_networks)}
timeout = "3s"
interval = "2s"
"""


class Victim:
    """A cold start of the real process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    @classmethod
    async def start(cls, scene: Scene) -> Victim:
        """Start the bot and wait until it runs."""
        victim = cls(await spawn(scene, "-m", "tests.crash.victim", str(scene.config)))
        await victim._hears("ready", START)
        return victim

    async def will_die_at(self, point: str, occurrence: int = 1) -> None:
        """Order its death."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"die {point} {occurrence}\n".encode())
        await self._hears("armed", 10)

    async def dies(self, seconds: float = 60) -> None:
        """Wait for the ordered death."""
        async with asyncio.timeout(seconds):
            assert await self.process.wait() == -signal.SIGKILL

    async def stops(self, seconds: float = 10) -> None:
        """Ask it to stop; it must end well within the promised time."""
        self.process.terminate()
        async with asyncio.timeout(seconds):
            assert await self.process.wait() == 0

    async def put_down(self) -> None:
        """Make sure that it does not outlive its test."""
        if self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    async def _hears(self, word: str, seconds: float) -> None:
        assert self.process.stdout is not None
        async with asyncio.timeout(seconds):
            assert (await self.process.stdout.readline()).decode().strip() == word


async def spawn(scene: Scene, *arguments: str, **settings: str) -> asyncio.subprocess.Process:
    """Start Python in the scene; ``settings`` overrule keys of its configuration; its log is ``victims.log``."""
    overruled = {f"SMARTBOT_{key.upper()}": value for key, value in settings.items()}
    with (scene.folder / "victims.log").open("ab") as log:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments,
            cwd=ROOT,
            env=scene.environment | overruled,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
        )


class Nursery:
    """Lives forked from a parent that has everything imported: the next one starts in a fraction of a second."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    @asynccontextmanager
    async def open(cls, scene: Scene) -> AsyncIterator[Nursery]:
        process = await spawn(scene, "-m", "tests.crash.nursery", str(scene.config))
        nursery = cls(process)
        try:
            assert await nursery._answer(START) == ["ready"]
            yield nursery
        finally:
            assert process.stdin is not None
            process.stdin.close()
            await process.wait()

    async def kill(self, seconds: float) -> float | None:
        """Give a life so long and no longer; return how long its start took, None if it did not get that far."""
        word, *rest = await self._order(f"kill {seconds:.3f}", seconds + 30)
        return None if word == "unborn" else float(rest[0])

    async def start(self) -> float:
        """Start a life that lasts; return how long its start took."""
        _, seconds = await self._order("raise", START + 30)
        return float(seconds)

    async def stop(self) -> None:
        """Ask the lasting life to stop."""
        _, code, seconds = await self._order("stop", 60)
        assert (int(code), float(seconds) < STOP_WITHIN) == (0, True), f"exit {code} after {seconds} s"

    async def _order(self, words: str, seconds: float) -> list[str]:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{words}\n".encode())
        return await self._answer(seconds)

    async def _answer(self, seconds: float) -> list[str]:
        assert self._process.stdout is not None
        async with asyncio.timeout(seconds):
            return (await self._process.stdout.readline()).decode().split()
