"""A whole bot to be measured: the real process, an estate in a process of its own, an embedded Bot API here."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot import clock
from demo.telegram import CAST, SUPPORT, create_app, serving
from demo.telegram.app import WORLD
from demo.telegram.faults import Kind

TOKEN = "1000:bench-token-of-nobody"
TICKS = os.sysconf("SC_CLK_TCK")
LOOK_AGAIN = 0.05
ROUTE = f"""
[[routes]]
chat = {SUPPORT.id}
kinds = ["technical", "admin"]
priorities = ["K1", "K2", "K3"]
"""


@dataclass
class Rig:
    """What a bench turns and reads."""

    estate: asyncio.subprocess.Process
    bot: asyncio.subprocess.Process
    world: Any
    started: float
    """Seconds from the start of the process to readiness, imports of the libraries included."""

    async def change(self, **wish: str) -> None:
        """Break or mend something in the estate."""
        assert self.estate.stdin
        assert self.estate.stdout
        self.estate.stdin.write(json.dumps(wish).encode() + b"\n")
        await self.estate.stdin.drain()
        answer = json.loads(await self.estate.stdout.readline())
        assert answer["ok"], answer

    def said(self) -> list[str]:
        """Return what stands in the support chat now."""
        return [message.body.text for message in self.world.rooms[SUPPORT.id].messages.values()]

    def refuse(self, seconds: float) -> None:
        """Make Telegram refuse every call for a while."""
        self.world.faults.order(kind=Kind.ERROR, seconds=seconds, now=clock.now())

    def cpu(self) -> float:
        """Return the CPU seconds of the bot's process so far."""
        fields = Path(f"/proc/{self.bot.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self) -> float:
        """Return the resident memory of the bot's process in MB."""
        line = next(
            one for one in Path(f"/proc/{self.bot.pid}/status").read_text().splitlines() if one.startswith("VmRSS")
        )
        return int(line.split()[1]) / 1024

    async def until(self, word: str, *, seconds: float, times: int = 1) -> float | None:
        """Wait until so many messages hold ``word``; return how long it took, None when they did not come."""
        began = time.monotonic()
        for _ in range(int(seconds / LOOK_AGAIN)):
            if sum(word in text for text in self.said()) >= times:
                return time.monotonic() - began
            await asyncio.sleep(LOOK_AGAIN)
        return None


@asynccontextmanager
async def rig(*, clients: int, redirects: int, interval: str) -> AsyncIterator[Rig]:
    """Start estate, Bot API and bot, lists imported; yields when the bot is ready."""
    async with AsyncExitStack() as stack:
        home = Path(stack.enter_context(TemporaryDirectory(prefix="smartbot-bench-")))
        estate = await _spawn(
            stack,
            ["-m", "demo.estate", "--clients", str(clients), "--redirects", str(redirects), "--folder", str(home)],
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert estate.stdout
        settings = json.loads(await estate.stdout.readline())
        app = create_app(cast=CAST, now=clock.now, token=TOKEN)
        url = await stack.enter_async_context(serving(app))
        config = home / "config.toml"
        config.write_text(_config(home, settings, url, interval=interval))
        await _ended(["-m", "bot", "--config", str(config), "import", "--yes", *settings["lists"]])
        began = time.monotonic()
        bot = await _spawn(stack, ["-m", "bot", "--config", str(config), "run"], stderr=asyncio.subprocess.PIPE)
        await _ready(bot)
        yield Rig(estate=estate, bot=bot, world=app[WORLD], started=time.monotonic() - began)


def _config(home: Path, settings: dict[str, Any], url: str, *, interval: str) -> str:
    (home / "token").write_text(TOKEN)
    networks = json.dumps(settings["allow_networks"])
    return f"""
[telegram]
token_file = "{home}/token"
api_url = "{url}"
[storage]
url = "sqlite+aiosqlite:///{home}/bench.sqlite"
files = "{home}/reports"
secret_key_file = "{home}/key"
[server]
listen = "127.0.0.1:0"
[dns]
servers = {json.dumps(settings["dns_servers"])}
[look]
interval = "{interval}"
timeout = "5s"
concurrency = 200
allow_networks = {networks}
[reference]
hosts = {json.dumps(settings["reference_hosts"])}
names = {json.dumps(settings["reference_names"])}
{ROUTE}"""


async def _spawn(stack: AsyncExitStack, arguments: Sequence[str], **pipes: Any) -> asyncio.subprocess.Process:
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, **pipes)

    async def end() -> None:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), 15)
            except TimeoutError:
                process.kill()
                await process.wait()

    stack.push_async_callback(end)
    return process


async def _ended(arguments: Sequence[str]) -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=asyncio.subprocess.DEVNULL)
    assert await process.wait() == 0, arguments


async def _ready(bot: asyncio.subprocess.Process) -> None:
    """Wait for the line that says ready; keep reading what is logged, so that the pipe never fills."""
    assert bot.stderr
    while line := await bot.stderr.readline():
        if b"bot.app: ready" in line:
            break
    else:
        raise RuntimeError("the bot ended before it was ready")

    async def drain(stream: asyncio.StreamReader) -> None:
        while line := await stream.readline():
            if b"INFO" not in line:
                sys.stderr.write(line.decode(errors="replace"))

    bot_drain = asyncio.create_task(drain(bot.stderr))
    _DRAINS.add(bot_drain)
    bot_drain.add_done_callback(_DRAINS.discard)


_DRAINS: set[asyncio.Task[None]] = set()
