"""CPU that one look costs (new connection: look, facts, observations), beside blackbox_exporter on the same server."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_network
from multiprocessing.connection import Connection
from pathlib import Path
from typing import cast
from urllib.parse import urlencode

import trustme
import uvloop

from bot import clock
from checks import facts as reading
from checks.model import LookKind, Subject, SubjectKind, Target
from checks.probes import Engine, LookSettings, look

EXPORTER = "prometheus-blackbox-exporter"
AT_ONCE = 20
WARM_UP = 200
HOST = "127.0.0.1"
PAGE = (
    "<html><head><title>Техэксперт</title></head><body>" + "<p>Добро пожаловать</p>" * 150 + "</body></html>"
).encode()

HEAD = (
    b"HTTP/1.1 200 OK\r\nServer: WWW-Kodeks/6.4\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n"
)

Once = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Row:
    """Microseconds of CPU a look, ours and theirs (None = no exporter here), and the share we promise to keep."""

    what: str
    ours: float
    theirs: float | None
    promise: float

    def __str__(self) -> str:
        if self.theirs is None:
            return f"{self.what:<10}{self.ours:>7.0f} µs"
        kept = "kept" if self.ours <= self.promise * self.theirs else "NOT KEPT"
        share = f"{self.ours / self.theirs:.2f} of it, promised ≤ {self.promise}: {kept}"
        return f"{self.what:<10}{self.ours:>7.0f} µs   blackbox_exporter {self.theirs:>6.0f} µs   {share}"


@dataclass(frozen=True, slots=True)
class Served:
    """Where the local server listens, in a process of its own."""

    plain: int
    redirect: int
    secure: int
    ca_file: str


CASES: tuple[tuple[str, float, int], ...] = (("plain", 0.5, 2000), ("redirect", 0.5, 1000), ("tls", 0.8, 600))
ROUNDS = 3
"""Ours and theirs take turns; the best round of each counts, as the least disturbed by whatever else runs here."""


def run() -> list[Row]:
    """Measure each case on our engine and, if there is one, on the exporter."""
    ours: list[dict[str, float]] = []
    theirs: list[dict[str, float]] = []
    with serving() as served:
        for _ in range(ROUNDS):
            ours.append(uvloop.run(_ours(served)))
            theirs.append(uvloop.run(_theirs(served)) if shutil.which(EXPORTER) else {})
    return [
        Row(what, min(one[what] for one in ours), min((one[what] for one in theirs if one), default=None), promise)
        for what, promise, _ in CASES
    ]


def main() -> None:
    print("CPU per look")
    for row in run():
        print(f"  {row}")


# ── ours ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _ours(served: Served) -> dict[str, float]:
    settings = LookSettings(timeout=5, allow_networks=(ip_network("127.0.0.0/8"),), ca_file=served.ca_file)
    async with Engine.open(settings) as engine:
        return {
            what: await _cpu(_look(target, engine), looks, time.process_time)
            for (what, _, looks), target in zip(CASES, _targets(served), strict=True)
        }


def _targets(served: Served) -> tuple[Target, Target, Target]:
    subject, direct = Subject(SubjectKind.CLIENT, "romashka"), f"http://{HOST}:{served.plain}/"
    entrance = f"http://{HOST}:{served.redirect}/"
    return (
        Target(kind=LookKind.INSTALLATION, subject=subject, url=direct),
        Target(kind=LookKind.DOMAIN, subject=subject, url=entrance, expect=direct, through=entrance),
        Target(kind=LookKind.INSTALLATION, subject=subject, url=f"https://{HOST}:{served.secure}/"),
    )


def _look(target: Target, engine: Engine) -> Once:
    async def once() -> None:
        seen = await look(target, engine=engine, at=clock.now())
        assert (seen.fault, seen.status) == (None, 200), seen
        assert reading.read(seen)

    return once


async def _cpu(once: Once, times: int, spent: Callable[[], float]) -> float:
    """Microseconds of CPU that one call costs, after a warm-up, so many at a time."""

    async def several(count: int) -> None:
        for _ in range(count):
            await once()

    await asyncio.gather(*(several(WARM_UP // AT_ONCE) for _ in range(AT_ONCE)))
    began = spent()
    await asyncio.gather(*(several(times // AT_ONCE) for _ in range(AT_ONCE)))
    return (spent() - began) / times * 1e6


# ── theirs ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _theirs(served: Served) -> dict[str, float]:
    with exporter(served) as (process, port):
        await _until_open(port)
        urls = (
            f"http://{HOST}:{served.plain}/",
            f"http://{HOST}:{served.redirect}/",
            f"https://{HOST}:{served.secure}/",
        )
        return {
            what: await _cpu(_probe(port, url), looks, lambda: cpu_of(process.pid))
            for (what, _, looks), url in zip(CASES, urls, strict=True)
        }


@contextmanager
def exporter(served: Served) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "blackbox.yml"
        tls = f"tls_config: {{ca_file: {served.ca_file}}}"
        config.write_text(f"modules: {{web: {{prober: http, http: {{preferred_ip_protocol: ip4, {tls}}}}}}}\n")
        port = free_port()
        command = [EXPORTER, f"--config.file={config}", f"--web.listen-address={HOST}:{port}", "--log.level=error"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield process, port
        finally:
            process.terminate()
            process.wait()


def _probe(port: int, url: str) -> Once:
    query = urlencode({"target": url, "module": "web"})
    request = f"GET /probe?{query} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
    idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def once() -> None:
        reader, writer = idle.pop() if idle else await asyncio.open_connection(HOST, port)
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        body = await _body(reader, head)
        assert b"\nprobe_success 1" in body, body
        idle.append((reader, writer))

    return once


async def _body(reader: asyncio.StreamReader, head: bytes) -> bytes:
    length = next((line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), None)
    if length is not None:
        return await reader.readexactly(int(length.partition(b":")[2]))
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body


async def _until_open(port: int) -> None:
    async with asyncio.timeout(10):
        while True:
            try:
                _, writer = await asyncio.open_connection(HOST, port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return


def cpu_of(pid: int) -> float:
    """Seconds of CPU that a process has used, all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


# ── the server both look at ───────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def serving() -> Iterator[Served]:
    """Run a small, quick web server in another process."""
    with tempfile.TemporaryDirectory() as folder:
        ca = trustme.CA()
        ca_file, chain = f"{folder}/ca.pem", f"{folder}/server.pem"
        ca.cert_pem.write_to_path(ca_file)
        ca.issue_cert(HOST, key_type=trustme.KeyType.RSA).private_key_and_cert_chain_pem.write_to_path(chain)
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe()
        process = context.Process(target=_serve, args=(there, chain), daemon=True)
        process.start()
        try:
            yield Served(*here.recv(), ca_file)
        finally:
            process.terminate()
            process.join()


def _serve(ready: Connection, chain: str) -> None:
    uvloop.run(_servers(ready, chain))


async def _servers(ready: Connection, chain: str) -> None:
    loop = asyncio.get_running_loop()
    page = HEAD % len(PAGE) + PAGE
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    plain = await loop.create_server(lambda: Says(page), HOST, 0, backlog=1024)
    port = plain.sockets[0].getsockname()[1]
    moved = b"HTTP/1.1 302 Found\r\nServer: nginx\r\nLocation: http://%s:%d/\r\nContent-Length: 0\r\n\r\n"
    redirect = await loop.create_server(lambda: Says(moved % (HOST.encode(), port)), HOST, 0, backlog=1024)
    secure = await loop.create_server(lambda: Says(page), HOST, 0, ssl=context, backlog=1024)
    ready.send((port, *(one.sockets[0].getsockname()[1] for one in (redirect, secure))))
    await asyncio.Event().wait()


class Says(asyncio.Protocol):
    """Give the same answer to everybody and hang up."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, _data: bytes) -> None:
        self._transport.write(self._answer)
        self._transport.close()


if __name__ == "__main__":
    main()
