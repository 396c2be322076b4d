"""Takes the pictures of README and the guides: `make pictures` starts the real demonstration and photographs it."""

from __future__ import annotations

import asyncio
import io
import os
import socket
import sys
from base64 import b64decode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from PIL import Image

from demo.telegram import ADMIN, ANNA, OLGA, SUPPORT
from tests.demo.browser import Browser, browsing

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "img"
ALERTS = SUPPORT.topics[0].id
DESK, PHONE, TALL = (1280, 800), (390, 844), (1280, 2000)
COLOURS = 256
ZONE = "Europe/Moscow"
PATIENCE = 90.0
FIRST = "document.querySelector('.message')"
LAST = "[...document.querySelectorAll('.message:not(.mine)')].at(-1)"


@dataclass(frozen=True)
class Studio:
    """The running product and the tab that looks at it."""

    address: str
    browser: Browser
    http: aiohttp.ClientSession

    async def post(self, path: str, **wish: Any) -> Any:
        async with self.http.post(f"{self.address}/sim/{path}", json=wish) as answer:
            answer.raise_for_status()
            return await answer.json()

    async def enter(self, person: int, chat: int, topic: int = 0, view: str = "chat") -> None:
        await self.browser.open(f"{self.address}/#/{person}/{chat}/{topic}/{view}")
        await self._true("document.getElementById('connection').textContent === 'на связи'")

    async def said(self, words: str, which: str = LAST) -> None:
        """Wait until a message of the bot in the open chat, the last one unless told, has these words."""
        await self._true(f"{which}?.textContent.includes({words!r})")

    async def _true(self, script: str) -> None:
        async with asyncio.timeout(PATIENCE):
            while not await self.browser.run(f"Boolean({script})"):
                await asyncio.sleep(0.2)

    async def click(self, label: str) -> None:
        """Press the last button in the open chat whose label begins so."""
        found = (
            f"[...document.querySelectorAll('.keys button')].filter(b => b.textContent.startsWith({label!r})).at(-1)"
        )
        await self.browser.until(found)
        await self.browser.run(f"{found}.click()")

    async def ask(self, person: int, chat: int, text: str, words: str) -> None:
        """Say something and wait for the answer."""
        await self.post("messages", chat_id=chat, user_id=person, text=text)
        await self.said(words)

    async def page(self, name: str) -> None:
        """Keep a picture of the whole window."""
        await self._settle()
        keep(name, await self.browser.photograph(), dither=Image.Dither.FLOYDSTEINBERG)

    async def message(self, name: str, which: str = LAST) -> None:
        """Keep a picture of one message, sharp enough for a dense screen."""
        await self.browser.size(*TALL)
        await self._settle()
        await self.browser.run(f"{which}.scrollIntoView({{block: 'center'}})")
        box = f"{which}.querySelector('.column').getBoundingClientRect()"
        x, y, width, height = await self.browser.run(f"(b => [b.x, b.y, b.width, b.height])({box})")
        clip = {"x": x - 8, "y": y - 8, "width": width + 16, "height": height + 16, "scale": 2}
        shot = await self.browser.ask("Page.captureScreenshot", format="png", clip=clip)
        keep(name, b64decode(shot["data"]), dither=Image.Dither.NONE)
        await self.browser.size(*DESK)

    async def _settle(self) -> None:
        """Let transitions and toasts pass."""
        await self.browser.until("document.querySelector('.toast') === null")
        await asyncio.sleep(0.6)


def keep(name: str, png: bytes, *, dither: Image.Dither) -> None:
    """Write a picture with a palette: a third of the size, and nobody sees the difference."""
    path = FOLDER / f"{name}.png"
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    palette = picture.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE)
    picture.quantize(palette=palette, dither=dither).save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} KB")


async def shoot(studio: Studio) -> None:
    """Go through one outage and what people ask, and take every picture on the way."""
    await studio.enter(ANNA.id, SUPPORT.id, ALERTS)
    await asyncio.sleep(3)  # let every client be looked at once, so that the estate is known to be in order
    await studio.post("estate", redirect="r1", state="refuse")
    await studio.said("не работает")
    await studio.page("page")
    await studio.message("card")
    await phone(studio)
    await standing_behind(studio)
    await studio.post("estate", redirect="r1", state="ok")
    await studio.said("снова работает")
    await studio.said("снова работает", FIRST)
    await studio.page("mended")
    await administering(studio)
    await asking(studio)


async def phone(studio: Studio) -> None:
    """Photograph the same on a telephone, by day and by night."""
    for name, dark in (("phone", False), ("phone-dark", True)):
        await studio.browser.size(*PHONE, dark=dark, phone=True)
        await studio.enter(ANNA.id, SUPPORT.id, ALERTS)
        await studio.said("не работает")
        await studio.page(name)
    await studio.browser.size(*DESK)
    await studio.enter(ANNA.id, SUPPORT.id, ALERTS)


async def standing_behind(studio: Studio) -> None:
    """Photograph what the buttons of the card show."""
    for label, words, name in (
        ("Показать текст владельцу", "Текст", "owner-text"),
        ("Показать адреса", "открывается за", "addresses"),
        ("🔕 Заглушить", "на сколько", "mute"),
    ):
        await studio.click(label)
        await studio.said(words)
        await studio.message(name)
        await studio.click("←")
        await studio.said("Что делать")
    await studio.click("✋ Беру")
    await studio.said("Взяла Анна")


async def asking(studio: Studio) -> None:
    """Photograph answers to what managers and support ask in words."""
    await studio.enter(OLGA.id, OLGA.id)
    for text, words, name in (
        ("/status", "клиент", "status"),
        ("/status ромашка", "Ромашка", "client"),
    ):
        await studio.ask(OLGA.id, OLGA.id, text, words)
        await studio.message(name)


async def administering(studio: Studio) -> None:
    """Photograph what an administrator sets up in chat."""
    await studio.enter(ADMIN.id, ADMIN.id)
    for text, words, name in (("/invite", "Кого приглашаем", "invite"), ("/here", "Что сообщать", "here")):
        await studio.ask(ADMIN.id, ADMIN.id, text, words)
        await studio.message(name)


def free_ports(count: int) -> Sequence[int]:
    """Return ports that nobody has at this moment."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


@asynccontextmanager
async def demonstration(http: aiohttp.ClientSession) -> AsyncIterator[str]:
    """Run `python -m bot run` on free ports while inside; give the address of its page."""
    page, intake = free_ports(2)
    environment = os.environ | {
        "SMARTBOT_DEMO__LISTEN": f"127.0.0.1:{page}",
        "SMARTBOT_SERVER__LISTEN": f"127.0.0.1:{intake}",
        "SMARTBOT_LOOK__INTERVAL": "5s",
        "SMARTBOT_LOG": "warning",
    }
    bot = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", "run", cwd=ROOT, env=environment)
    try:
        address = f"http://127.0.0.1:{page}"
        async with asyncio.timeout(PATIENCE):
            while not await _answers(http, address):
                await asyncio.sleep(0.3)
        yield address
    finally:
        bot.terminate()
        await bot.wait()


async def _answers(http: aiohttp.ClientSession, address: str) -> bool:
    try:
        async with http.get(f"{address}/sim/state") as answer:
            return answer.ok
    except aiohttp.ClientError:
        return False


async def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    async with aiohttp.ClientSession() as http, demonstration(http) as address, browsing() as browser:
        await browser.size(*DESK)
        await browser.ask("Emulation.setTimezoneOverride", timezoneId=ZONE)
        await shoot(Studio(address, browser, http))


if __name__ == "__main__":
    asyncio.run(main())
