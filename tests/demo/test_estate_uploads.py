"""Simulated clients report over HTTP in the shape of the scripts in the field, and stop when they are told to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from aiohttp import BodyPartReader, web

from demo.estate import Estate, Pace, State, open_estate, shipped_cast
from demo.estate.reports import newest_operup, sysinfo_report, sysinfo_xml

NOON = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
QUICK = Pace(status=0.2, sysinfo=1.0, eager=0.05)


def noon() -> datetime:
    return NOON


@dataclass
class Intake:
    """Takes what comes, and remembers it."""

    url: str = ""
    status: int = 200
    files: dict[str, list[bytes]] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)
    headers: set[tuple[str, str]] = field(default_factory=set)

    async def take(self, request: web.Request) -> web.Response:
        self.tokens.add(request.query["token"])
        self.headers.add((request.headers["upload"], request.headers["dealer"]))
        part = await (await request.multipart()).next()
        assert isinstance(part, BodyPartReader)
        assert (part.name, bool(part.filename)) == ("file", True)
        self.files.setdefault(part.filename or "", []).append(bytes(await part.read()))
        return web.json_response({"ok": True}, status=self.status)

    def heard(self, name: str) -> int:
        return len(self.files.get(name, ()))


@pytest.fixture
async def intake() -> AsyncIterator[Intake]:
    taken = Intake()
    app = web.Application()
    app.router.add_post("/upload", taken.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    taken.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield taken
    await runner.cleanup()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110 - what is awaited is whatever a test asks for
            await asyncio.sleep(0.02)


@asynccontextmanager
async def reporting(intake: Intake, folder: Path) -> AsyncIterator[Estate]:
    async with open_estate(now=noon, folder=folder, uploads_to=intake.url, pace=QUICK, free_ports=True) as estate:
        yield estate


async def test_everybody_who_has_the_scripts_reports(intake: Intake, tmp_path: Path) -> None:
    async with reporting(intake, tmp_path) as estate:
        senders = {name for name, one in estate.installations.items() if one.resident.uploads}
        await until(lambda: {f"{name}.zip" for name in senders} <= set(intake.files))
        token = estate.settings.upload_token_file.read_text().strip()
        mode = estate.settings.upload_token_file.stat().st_mode & 0o777

    assert {name.partition(".")[0] for name in intake.files} == senders
    assert {"teplo", "vodokanal", "geolog", "zaslon"} <= senders
    assert intake.heard("zaslon.status") == 0
    assert intake.tokens == {token}
    assert intake.headers == {("yes", "0599romashka")}
    assert mode == 0o600
    assert intake.files["tehprom.status"][0].decode() == (
        "date: Mon, 23 Nov 2026 09:00:00 GMT\n"
        'kserver_main_page{service="kodweb",path="/docs"} 0\n'
        'kserver_product_control{service="kodweb",path="/docs"} 0\n'
    )


@pytest.mark.parametrize(
    ("state", "line"),
    [
        ("main_page_broken", 'kserver_main_page{service="kodweb",path="/docs",status="update DB"} 1'),
        (
            "product_set_broken",
            'kserver_product_control{service="kodweb",path="/docs",status="unexpected change list products"} 1',
        ),
    ],
)
async def test_what_is_broken_is_reported_at_once_and_again(
    intake: Intake, tmp_path: Path, state: str, line: str
) -> None:
    async with reporting(intake, tmp_path) as estate:
        await estate.change({"client": "teplo", "state": state})
        await until(lambda: sum(line in text.decode() for text in intake.files.get("teplo.status", [])) >= 2)


@pytest.mark.parametrize("state", ["uploads_stop", "refuse", "503"])
async def test_a_client_falls_silent_and_speaks_again(intake: Intake, tmp_path: Path, state: str) -> None:
    async with reporting(intake, tmp_path) as estate:
        await until(lambda: intake.heard("tehprom.status") > 0)
        await estate.change({"client": "tehprom", "state": state})
        await asyncio.sleep(0.05)
        before = intake.heard("tehprom.status")
        await asyncio.sleep(0.5)
        assert intake.heard("tehprom.status") == before
        await estate.change({"client": "tehprom", "state": "ok"})
        await until(lambda: intake.heard("tehprom.status") > before)


async def test_an_intake_that_refuses_is_tried_again(
    intake: Intake, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    intake.status = 401
    async with reporting(intake, tmp_path) as estate:
        await until(lambda: intake.heard("tehprom.status") > 2)
        token = estate.settings.upload_token_file.read_text().strip()

    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == [
        "uploads of the simulated estate are answered with 401"
    ]
    assert token not in caplog.text


async def test_an_intake_that_is_not_there_yet_disturbs_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    nowhere = "http://127.0.0.1:9"
    async with open_estate(now=noon, folder=tmp_path, uploads_to=nowhere, pace=QUICK, free_ports=True):
        await asyncio.sleep(0.3)

    assert caplog.records == []


async def test_the_sysinfo_report_tells_the_state_of_the_key(intake: Intake, tmp_path: Path) -> None:
    def keys() -> set[str]:
        texts = (ZipFile(BytesIO(body)).read("sysinfo.xml").decode() for body in intake.files.get("tehprom.zip", []))
        return {"lost" if 'state="lost" code="4113"' in text else "ok" for text in texts}

    async with reporting(intake, tmp_path) as estate:
        await until(lambda: keys() == {"ok"})
        await estate.change({"client": "tehprom", "state": "key_lost"})
        await until(lambda: keys() == {"ok", "lost"})


async def test_a_sysinfo_report_is_dated_by_the_clock_of_its_client(tmp_path: Path) -> None:
    async with open_estate(now=noon, folder=tmp_path, free_ports=True) as estate:
        text = sysinfo_xml(estate.installations["gorizont"].resident, estate.installations["gorizont"].state, NOON)

    assert b'<report date="2026-11-23T14:00:00+05:00" />' in text
    assert b'<bases update="2330" />' in text


@pytest.mark.parametrize(
    ("now", "came"),
    [
        (datetime(2026, 11, 23, 9, 0), datetime(2026, 11, 23, 5, 40)),
        (datetime(2026, 11, 23, 5, 39), datetime(2026, 11, 20, 5, 40)),
        (datetime(2026, 11, 22, 12, 0), datetime(2026, 11, 20, 5, 40)),
    ],
)
def test_operative_updates_come_early_on_working_days(now: datetime, came: datetime) -> None:
    assert newest_operup(now) == came


def test_broken_reports_are_broken_each_in_its_own_way() -> None:
    resident = next(one for one in shipped_cast().residents if one.uploads)
    first = sysinfo_report(resident, State.UPLOADS_BROKEN, NOON)
    second = sysinfo_report(resident, State.UPLOADS_BROKEN, NOON + timedelta(seconds=5))

    assert first.startswith(b"<html>")
    assert first != second
