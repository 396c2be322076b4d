"""An intake under test: what was sent to it and what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.bounds import Bounds
from checks.model import Observation
from handlers.reports import Intake
from storage.database import Database
from storage.tables import arrivals, reports
from tests.builders import NOON

DEALER = "0599romashka"
SECRET = "DISTRIBUTORSECRET"
BOUNDS = Bounds(idle=timedelta(seconds=1), total=timedelta(seconds=3))


@dataclass
class World:
    """Where a test stands: the port to send to, and what came of it."""

    database: Database
    intake: Intake
    folder: Path
    port: int = 0
    own_token: str = ""
    now: datetime = NOON
    observed: list[Observation] = field(default_factory=list)
    failing: Callable[[Sequence[Observation]], None] = lambda _: None
    probes: dict[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def said(self) -> dict[tuple[str, str], str]:
        """The last outcome of each check, by client and code."""
        return {(seen.subject.name, seen.code): seen.outcome.value for seen in self.observed}

    async def rows(self) -> list[Any]:
        async with self.database.read() as connection:
            return list((await connection.execute(select(reports).order_by(reports.c.id))).all())

    async def arrivals(self) -> dict[tuple[str, str], Any]:
        async with self.database.read() as connection:
            return {(row.client, row.kind): row for row in await connection.execute(select(arrivals))}

    def files(self) -> list[str]:
        return sorted(p.relative_to(self.folder).as_posix() for p in self.folder.rglob("*") if p.is_file())

    async def send(self, data: bytes, *, wait: float = 5.0) -> bytes:
        """Send raw bytes and read until the server closes or ``wait`` seconds pass."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        answer = b""
        try:
            writer.write(data)
            async with asyncio.timeout(wait):
                while piece := await reader.read(65536):
                    answer += piece
        except (TimeoutError, ConnectionError):
            pass
        finally:
            writer.close()
        return answer


def multipart(
    body: bytes,
    *,
    name: str = "romashka.status",
    token: str = SECRET,
    field_name: str = "file",
    dealer: str = DEALER,
    length: int | None = None,
) -> bytes:
    """The bytes that curl would send for ``-F file=@name``, closing the connection afterwards."""
    content = (
        b"--BOUNDARY\r\nContent-Disposition: form-data; "
        + f'name="{field_name}"; filename="{name}"\r\nContent-Type: application/octet-stream\r\n\r\n'.encode()
        + body
        + b"\r\n--BOUNDARY--\r\n"
    )
    head = (
        f"POST /upload?token={token} HTTP/1.1\r\nHost: x\r\nupload: yes\r\ndealer: {dealer}\r\nConnection: close\r\n"
        f"Content-Type: multipart/form-data; boundary=BOUNDARY\r\nContent-Length: {length or len(content)}\r\n\r\n"
    )
    return head.encode() + content
