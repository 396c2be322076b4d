"""The scripts made for a client run as they are: a simulated Техэксперт on one side, the real intake on the other."""

from __future__ import annotations

import asyncio
import os
import shutil
import stat
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from aiohttp import web

from checks.agents import System, minute_of
from handlers.bundles import bundle
from tests.builders import NOON
from tests.intake_world import World

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
SAMPLE = Path(__file__).parents[2] / "testdata" / "sysinfo.xml"
METRICS = 'kserver_main_page{service="kodweb",path="/docs"} 0\nkserver_product_control{path="/docs"} 0\n'


@dataclass
class Kodweb:
    """Техэксперт on the client's own machine, as the scripts see it."""

    url: str = ""
    status: int = 200
    asked_with: str = ""

    async def metrics(self, request: web.Request) -> web.Response:
        self.asked_with = request.headers.get("Authorization", "")
        return web.Response(text=METRICS if self.status == 200 else "<html>", status=self.status)

    async def sysinfo(self, request: web.Request) -> web.Response:
        if (await request.post()).get("type") != "zip" or self.status != 200:
            return web.Response(status=self.status if self.status != 200 else 400)
        packed = BytesIO()
        with ZipFile(packed, "w") as archive:
            archive.write(SAMPLE, "sysinfo.xml")
        return web.Response(body=packed.getvalue())


@pytest.fixture
async def kodweb() -> AsyncIterator[Kodweb]:
    here = Kodweb()
    app = web.Application()
    app.router.add_get("/sysinfo/metrics", here.metrics)
    app.router.add_post("/sysinfo/si_save_request", here.sysinfo)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    here.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield here
    await runner.cleanup()


@pytest.fixture
def agent(world: World, tmp_path: Path) -> Path:
    folder = tmp_path / "agent"
    content = bundle("romashka", System.LINUX, address=world.url, token=world.own_token, now=NOON)
    with ZipFile(BytesIO(content)) as archive:
        archive.extractall(folder)
    return folder


async def run(folder: Path, script: str, kodweb: Kodweb) -> tuple[int, str, str]:
    environment = {**os.environ, "KODEKS": kodweb.url}
    process = await asyncio.create_subprocess_exec(
        "sh", str(folder / script), env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, complaint = await process.communicate()
    return process.returncode or 0, out.decode(), complaint.decode()


async def test_a_status_arrives(world: World, agent: Path, kodweb: Kodweb) -> None:
    code, out, complaint = await run(agent, "smartstatus.sh", kodweb)

    assert (code, out, complaint) == (0, '{"ok":true,"path":"/files/romashka.status"}', "")
    assert world.said()["romashka", "MainPageBroken"] == "ok"
    (row,) = await world.rows()
    assert row.reported_at is not None


async def test_a_report_arrives(world: World, agent: Path, kodweb: Kodweb) -> None:
    code, out, _ = await run(agent, "smartupload.sh", kodweb)

    assert (code, out) == (0, '{"ok":true,"path":"/files/romashka.zip"}')
    (row,) = await world.rows()
    assert row.facts["version"] == "6.4.5.127"


async def test_a_dead_installation_says_so_by_itself(world: World, agent: Path, kodweb: Kodweb) -> None:
    kodweb.url = "http://127.0.0.1:9"

    assert (await run(agent, "smartstatus.sh", kodweb))[0] == 0

    (broken,) = [one for one in world.observed if one.code == "MainPageBroken"]
    assert (broken.outcome, broken.reason) == ("fail", "no answer")


async def test_maintenance_is_neither_well_nor_broken(world: World, agent: Path, kodweb: Kodweb) -> None:
    kodweb.status = 503

    assert (await run(agent, "smartstatus.sh", kodweb))[0] == 0

    assert world.said()["romashka", "MainPageBroken"] == "unknown"
    assert world.said()["romashka", "SmartStatusSilent"] == "ok"


async def test_no_report_is_told_on_the_spot_and_not_sent(world: World, agent: Path, kodweb: Kodweb) -> None:
    kodweb.status = 503

    code, _, complaint = await run(agent, "smartupload.sh", kodweb)

    assert code == 1
    assert "ответ 503" in complaint
    assert await world.rows() == []


async def test_a_token_that_ended_is_told_by_the_exit_code(world: World, agent: Path, kodweb: Kodweb) -> None:
    world.now += timedelta(days=1)
    (agent / "smartbot.curl").write_text((agent / "smartbot.curl").read_text().replace("token=sb_", "token=no_"))

    code, _, complaint = await run(agent, "smartstatus.sh", kodweb)

    assert code == 22
    assert "401" in complaint


async def test_a_password_of_the_installation_is_sent_to_it_alone(world: World, agent: Path, kodweb: Kodweb) -> None:
    (agent / "kodeks.curl").write_text('user = "metrics:hush"\n')

    assert (await run(agent, "smartstatus.sh", kodweb))[0] == 0

    assert kodweb.asked_with.startswith("Basic ")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_nothing_is_left_behind(world: World, agent: Path, kodweb: Kodweb) -> None:
    before = names(agent)

    await run(agent, "smartstatus.sh", kodweb)
    await run(agent, "smartupload.sh", kodweb)

    assert names(agent) == before


# ── the bundle ────────────────────────────────────────────────────────────────────────────────────────────────────


def opened(system: System) -> dict[str, bytes]:
    content = bundle("romashka", system, address="https://smart.example.ru", token="sb_TOKEN", now=NOON)
    with ZipFile(BytesIO(content)) as archive:
        return {one.filename: archive.read(one) for one in archive.infolist()}


def test_the_token_stands_in_one_file_that_only_its_owner_reads() -> None:
    for system in System:
        content = bundle("romashka", system, address="https://smart.example.ru", token="sb_TOKEN", now=NOON)
        with ZipFile(BytesIO(content)) as archive:
            told = [one for one in archive.infolist() if b"sb_TOKEN" in archive.read(one)]
        assert [one.filename for one in told] == ["smartbot.curl"]
        assert stat.S_IMODE(told[0].external_attr >> 16) == 0o600


def test_windows_files_are_what_cmd_reads() -> None:
    for name, content in opened(System.WINDOWS).items():
        assert content.count(b"\n") == content.count(b"\r\n"), name
        if name.endswith(".bat"):
            text = content.decode("ascii")
            assert text.count("(") == text.count(")"), name
            assert "{{" not in text


def test_the_schedule_spreads_clients_over_the_hour() -> None:
    minutes = {minute_of(f"client{number}") for number in range(1000)}

    assert len(minutes) == 60
    windows = opened(System.WINDOWS)["install.bat"].decode()
    linux = opened(System.LINUX)
    minute = minute_of("romashka")
    assert f"/sc HOURLY /mo 1 /st 00:{minute:02}" in windows
    assert f"OnCalendar=*:{minute:02}\n" in linux["smartupload.timer"].decode()
    assert f"\n{minute} * * * * smartbot" in linux["smartbot.cron"].decode()


@pytest.mark.parametrize("name", ["install.sh", "settings.sh", "smartstatus.sh", "smartupload.sh"])
def test_linux_scripts_are_plain_shell(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(opened(System.LINUX)[name])

    checked = subprocess.run(["sh", "-n", str(path)], capture_output=True, check=False)

    assert checked.returncode == 0, checked.stderr.decode()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
@pytest.mark.parametrize("word", ["smartstatus", "smartupload"])
def test_systemd_understands_when(word: str) -> None:
    timer = opened(System.LINUX)[f"{word}.timer"].decode()
    when = next(line.partition("=")[2] for line in timer.splitlines() if line.startswith("OnCalendar="))

    subprocess.run(["systemd-analyze", "calendar", when], capture_output=True, check=True)
