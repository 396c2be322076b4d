"""A report in hand that takes its time does not keep the bot from stopping."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from aiohttp import web

from bot.server import SILENT, serving
from storage.files import Shelf

WITHIN = 0.4


async def test_a_slow_report_holds_the_end_up_no_longer_than_promised() -> None:
    reading = asyncio.Event()

    async def take(request: web.Request) -> web.Response:
        reading.set()
        del request
        await asyncio.sleep(60)  # busy with something else than the body: aiohttp cannot wake it
        return web.Response()

    app = web.Application()
    app[SILENT] = set()
    app.router.add_post("/upload", take)
    loop = asyncio.get_running_loop()
    async with serving(app, "127.0.0.1", 0, stop_within=WITHIN) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nabc")
        await reading.wait()
        began = loop.time()
    writer.close()

    assert loop.time() - began < WITHIN * 1.75  # twice as long if each of aiohttp's two waits got all of it


def test_a_folder_for_reports_that_cannot_be_is_found_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(OSError, match="file"):
        Shelf(tmp_path / "file").prepare()
    Shelf(tmp_path / "good").prepare()

    assert [each.name for each in (tmp_path / "good").rglob("*")] == [".incoming"]
