"""A real chromium, driven over its own debugging protocol: open, run, click, photograph."""

import asyncio
import base64
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars",
    "--remote-debugging-port=0",
)  # fmt: skip


@dataclass
class Browser:
    """One tab."""

    socket: aiohttp.ClientWebSocketResponse
    numbers: Any = field(default_factory=lambda: count(1))
    complaints: list[str] = field(default_factory=list)
    """What the page threw or wrote to the console as an error."""

    async def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self.numbers)
        await self.socket.send_json({"id": number, "method": method, "params": parameters})
        while True:
            told = await self.socket.receive_json(timeout=20)
            self._notice(told)
            if told.get("id") == number:
                assert "error" not in told, told
                return told["result"]

    def _notice(self, told: dict[str, Any]) -> None:
        if told.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(str(told["params"]["exceptionDetails"]))
        if told.get("method") == "Log.entryAdded" and told["params"]["entry"]["level"] == "error":
            self.complaints.append(str(told["params"]["entry"]))

    async def size(self, width: int, height: int, *, dark: bool = False, phone: bool = False) -> None:
        await self.ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=phone
        )
        await self.ask("Emulation.setTouchEmulationEnabled", enabled=phone)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await self.ask("Emulation.setEmulatedMedia", features=[scheme])

    async def open(self, url: str) -> None:
        await self.ask("Page.navigate", url="about:blank")
        await self.ask("Page.navigate", url=url)
        await self.until("document.readyState === 'complete'")

    async def run(self, script: str) -> Any:
        told = await self.ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    async def until(self, script: str) -> Any:
        """Wait until an expression is true; return its value."""
        for _ in range(200):
            if found := await self.run(f"(found => found instanceof Node || found)({script})"):
                return found
            await asyncio.sleep(0.05)
        raise AssertionError(f"never true: {script}")

    async def photograph(self) -> bytes:
        """Return the page as PNG."""
        return base64.b64decode((await self.ask("Page.captureScreenshot", format="png"))["data"])


@asynccontextmanager
async def browsing() -> AsyncIterator[Browser]:
    """Run a chromium with a profile of its own while the context lasts."""
    assert CHROMIUM is not None
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = await asyncio.create_subprocess_exec(
            CHROMIUM, *FLAGS, f"--user-data-dir={profile}", "about:blank", stderr=asyncio.subprocess.PIPE
        )
        try:
            async with aiohttp.ClientSession() as http:
                address = await _page_address(http, process)
                async with http.ws_connect(address, max_msg_size=0) as socket:
                    browser = Browser(socket)
                    for domain in ("Page", "Runtime", "Log"):
                        await browser.ask(f"{domain}.enable")
                    yield browser
        finally:
            process.terminate()
            await process.communicate()


async def _page_address(http: aiohttp.ClientSession, process: asyncio.subprocess.Process) -> str:
    async with asyncio.timeout(30):
        while line := await process.stderr.readline():
            if b"DevTools listening on " in line:
                port = line.decode().split("127.0.0.1:")[1].split("/")[0]
                async with http.get(f"http://127.0.0.1:{port}/json/list") as answer:
                    pages = [tab for tab in await answer.json() if tab["type"] == "page"]
                return pages[0]["webSocketDebuggerUrl"]
    raise AssertionError("chromium did not start")
