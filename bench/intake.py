"""Measures the intake over real sockets: status files a second, and how long a 20 MB sysinfo holds up the loop."""

from __future__ import annotations

import asyncio
import io
import multiprocessing
import resource
import tempfile
import time
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import uvloop
from prometheus_client import CollectorRegistry
from sqlalchemy import insert

from bot.server import create_server, serving
from checks.estate import build
from checks.model import Client, ClientKind
from checks.rules import Rules
from handlers.observations import record_in
from handlers.reports import Intake
from handlers.tokens import Gate
from storage.database import open_database
from storage.files import Shelf
from storage.schema import upgrade
from storage.tables import clients
from storage.tokens import TokenFile

CLIENTS = 2_000
CONNECTIONS = 100
STATUSES = 6_000
TOKEN = "benchtoken"
SIZE = 20_000_000
STATUS = """date: Mon, 23 Nov 2026 09:{:02d}:00 GMT
# TYPE kserver_main_page gauge
kserver_main_page{{service="kodweb",path="/docs"}} 0
kserver_product_control{{service="kodweb",path="/docs"}} 0
kserver_sessions{{service="kodweb"}} {}
"""


def now() -> datetime:
    return datetime.now(UTC)


def request(name: str, body: bytes) -> bytes:
    content = (
        f'--B\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
        + body
        + b"\r\n--B--\r\n"
    )
    head = (
        f"POST /upload?token={TOKEN} HTTP/1.1\r\nHost: x\r\nupload: yes\r\ndealer: 0599bench\r\n"
        f"Content-Type: multipart/form-data; boundary=B\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


def sysinfo() -> bytes:
    line = '<user login="user{0}" ip="10.0.0.{1}" seen="2026-11-23T08:00:00"/>\n'
    users = "".join(line.format(n, n % 250) for n in range(SIZE // 64))
    return f'<sysinfo><report date="2026-11-23T11:40:00+03:00"/><users>{users}</users></sysinfo>'.encode()


async def sender(port: int, requests: list[bytes]) -> int:
    """Send requests one after another over one connection; return how many were accepted."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    accepted = 0
    for each in requests:
        writer.write(each)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        await reader.readexactly(length)
        accepted += head.startswith(b"HTTP/1.1 200")
    writer.close()
    return accepted


def flood(port: int, batches: list[list[bytes]], go: Any, result: Any) -> None:
    """Send from a process of its own, so that the sender's work is not counted as ours."""
    result.put("ready")
    go.wait()

    async def run() -> None:
        began = time.perf_counter()
        accepted = await asyncio.gather(*(sender(port, batch) for batch in batches))
        result.put((sum(accepted), time.perf_counter() - began))

    asyncio.run(run())


@asynccontextmanager
async def stall() -> AsyncIterator[list[float]]:
    """Measure how late the loop comes to a timer of 2 ms, in ms; the worst is in the list afterwards."""
    worst = [0.0]

    async def watch() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0.002)
            worst[0] = max(worst[0], (time.perf_counter() - began - 0.002) * 1000)

    task = asyncio.create_task(watch())
    await asyncio.sleep(0.05)
    worst[0] = 0.0
    try:
        yield worst
    finally:
        task.cancel()


async def measured(words: str, port: int, batches: list[list[bytes]]) -> None:
    context = multiprocessing.get_context("spawn")
    go, result = context.Event(), context.Queue()
    process = context.Process(target=flood, args=(port, batches, go, result))
    await asyncio.to_thread(process.start)
    await asyncio.to_thread(result.get)
    cpu = _cpu()
    async with stall() as worst:
        go.set()
        accepted, seconds = await asyncio.to_thread(result.get)
    process.join()
    sent = sum(map(len, batches))
    assert accepted == sent, f"{accepted} of {sent} accepted"
    used = (_cpu() - cpu) / sent * 1000
    print(f"{words}: {sent / seconds:,.0f}/s, {used:.2f} ms CPU each, longest stall of the loop {worst[0]:.0f} ms")


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def zipped(body: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("report.xml", body)
    return out.getvalue()


async def main() -> None:
    names = [f"client{n}" for n in range(CLIENTS)]
    rules = Rules(estate=build([Client(name=name) for name in names], []))
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'bench.sqlite'}"
        upgrade(url)
        async with open_database(url) as database:
            row = {"kind": ClientKind.SERVER, "created_at": now(), "updated_at": now()}
            await database.write(lambda tx: tx.execute(insert(clients), [{**row, "name": name} for name in names]))
            intake = Intake(database, Shelf(Path(folder) / "reports"), now=now, record=partial(record_in, rules=rules))
            gate = Gate(database, TokenFile(None, text=TOKEN), now=now)
            app = create_server(door=intake, admit=gate.admit, probes={}, registry=CollectorRegistry())
            async with serving(app, "127.0.0.1", 0) as port:
                await rounds(port, names)
            await intake.close()


async def rounds(port: int, names: list[str]) -> None:
    for words, minute in (("status files, first of each client", 0), ("status files, later ones", 3)):
        files = [
            request(f"{names[n % CLIENTS]}.status", STATUS.format(minute + n // CLIENTS, n).encode())
            for n in range(STATUSES)
        ]
        await measured(words, port, [files[lane::CONNECTIONS] for lane in range(CONNECTIONS)])
    body = sysinfo()
    await measured(f"sysinfo .xml of {len(body) / 1e6:.0f} MB", port, [[request("client1.xml", body)]])
    packed = zipped(body)
    await measured(f"the same as .zip ({len(packed) / 1e6:.1f} MB)", port, [[request("client2.zip", packed)]])
    both = [[request(f"client{n}.zip", packed)] for n in (3, 4, 5, 6)]
    await measured("four of these at once", port, both)


if __name__ == "__main__":
    uvloop.run(main())
