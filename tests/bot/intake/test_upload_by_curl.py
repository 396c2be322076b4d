"""The command lines of the deployed scripts work unchanged."""

from __future__ import annotations

import asyncio
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.intake_world import DEALER, SECRET, World

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")

SAMPLE = Path(__file__).parents[2] / "testdata" / "sysinfo.xml"
STATUS = b"""date: Mon, 23 Nov 2026 08:59:58 GMT\r
kserver_main_page{service="kodweb",path="/docs"} 0
kserver_product_control{service="kodweb",path="/docs"} 0
"""


async def curl(*words: Any) -> str:
    process = await asyncio.create_subprocess_exec(
        "curl", "-sS", "--max-time", "20", *map(str, words), stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    return out.decode()


async def upload(world: World, path: Path, *more: str, token: str = SECRET, dealer: str = DEALER) -> str:
    return await curl(
        *("-H", "upload: yes", "-H", f"dealer: {dealer}", "-F", f"file=@{path}", *more),
        f"{world.url}/upload?token={token}",
    )


async def head(world: World, name: str, token: str = SECRET) -> str:
    out = await curl("-H", "upload: yes", "-H", f"dealer: {DEALER}", "-I", f"{world.url}/files/{name}?token={token}")
    return out.splitlines()[0]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "client"
    folder.mkdir()
    (folder / "romashka.status").write_bytes(STATUS)
    shutil.copy(SAMPLE, folder / "romashka.xml")
    with zipfile.ZipFile(folder / "romashka.zip", "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.write(SAMPLE, "romashka.xml")
    return folder


async def test_a_status_is_taken_as_the_script_sends_it(world: World, files: Path) -> None:
    assert await head(world, "romashka.status") == "HTTP/1.1 404 Not Found"

    assert await upload(world, files / "romashka.status") == '{"ok":true,"path":"/files/romashka.status"}'

    assert await head(world, "romashka.status") == "HTTP/1.1 200 OK"
    assert world.said()["romashka", "MainPageBroken"] == "ok"
    assert world.said()["romashka", "SmartStatusSilent"] == "ok"


@pytest.mark.parametrize("ending", ["xml", "zip"])
async def test_a_sysinfo_is_taken_and_asked_for_by_either_name(world: World, files: Path, ending: str) -> None:
    assert await upload(world, files / f"romashka.{ending}") == f'{{"ok":true,"path":"/files/romashka.{ending}"}}'

    assert await head(world, "romashka.xml") == "HTTP/1.1 200 OK"
    assert await head(world, "romashka.zip") == "HTTP/1.1 200 OK"
    assert await head(world, "romashka.status") == "HTTP/1.1 404 Not Found"
    (row,) = await world.rows()
    assert (row.facts["version"], row.facts["seats"], row.dealer) == ("6.4.5.127", 20, DEALER)


async def test_a_clients_own_token_works_in_the_same_script(world: World, files: Path) -> None:
    assert '"ok":true' in await upload(world, files / "romashka.xml", token=world.own_token, dealer="whoever")
    assert await head(world, "romashka.xml", world.own_token) == "HTTP/1.1 200 OK"
    assert await head(world, "vektor.xml", world.own_token) == "HTTP/1.1 401 Unauthorized"


async def test_a_large_report_waits_for_the_go_ahead(world: World, tmp_path: Path) -> None:
    path = tmp_path / "romashka.xml"
    path.write_bytes(b"<sysinfo>" + b"<user name='someone'/>" * 100_000 + b"</sysinfo>")

    assert '"ok":true' in await upload(world, path, "-H", "Expect: 100-continue")


async def test_thirty_megabytes_are_refused_unsent(world: World, tmp_path: Path) -> None:
    path = tmp_path / "romashka.zip"
    path.write_bytes(b"\0" * 30_000_000)

    out = await upload(world, path, "-H", "Expect: 100-continue", "-w", " %{http_code} %{size_upload}")

    assert out.startswith('{"ok":false,"error":"too_large"} 413 ')
    assert int(out.split()[-1]) < 1_000_000
    assert world.files() == []


@pytest.mark.parametrize("expect", ["Expect:", "Transfer-Encoding: chunked"])
async def test_thirty_megabytes_are_refused_however_they_come(world: World, tmp_path: Path, expect: str) -> None:
    path = tmp_path / "romashka.zip"
    path.write_bytes(b"\0" * 30_000_000)

    out = await upload(world, path, "-H", expect, "-w", " %{http_code}")

    assert out == '{"ok":false,"error":"too_large"} 413'
    assert world.files() == []


async def test_a_wrong_token_sends_no_body(world: World, tmp_path: Path) -> None:
    path = tmp_path / "romashka.zip"
    path.write_bytes(b"\0" * 5_000_000)

    out = await upload(world, path, "-H", "Expect: 100-continue", "-w", " %{http_code} %{size_upload}", token="guess")

    assert out.startswith('{"ok":false,"error":"unauthorized"} 401 ')
    assert int(out.split()[-1]) < 1_000_000
