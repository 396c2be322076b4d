"""Measures an import of 10,000 clients with 2,000 accesses: reading, comparing, sealing, writing; CSV and XLSX."""

from __future__ import annotations

import asyncio
import csv
import io
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from cryptography.fernet import Fernet
from openpyxl import Workbook

from handlers.imports import Author, ListFile, Verdict, apply, propose
from storage.database import open_database
from storage.schema import upgrade
from storage.secrets import Vault

CLIENTS = 10_000
ACCESSES = 2_000
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HEADER = (
    "name,title,kind,manager,email,domain,redirect,address,admin_url,licman,contract_end,seats,freshness_hours,"
    "time_zone,contacts"
)


def clients(seats: int = 20) -> list[str]:
    return [
        HEADER,
        *(
            f'client{n},"ООО «Клиент {n}»",cloud,Ольга Смирнова,olga@example.org,client{n}.te-cloud.example,r{n % 3},'
            f'http://10.{n >> 16}.{n >> 8 & 255}.{n & 255}:8080,,,2026-12-31,{seats},48,+2,"И. Петров, +7 900 0"'
            for n in range(CLIENTS)
        ),
    ]


def online() -> list[str]:
    line = "ООО Клиент {0},login{0},password-{0},online.example,docs,https,Ольга,olga@example.org"
    return [line.format(n) for n in range(ACCESSES)]


def text(name: str, lines: list[str]) -> ListFile:
    return ListFile(name, "\n".join(lines).encode())


def xlsx(name: str, lines: list[str]) -> ListFile:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in csv.reader(lines):
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return ListFile(name, stream.getvalue())


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'bench.sqlite'}"
        upgrade(url)
        vault = Vault(Fernet.generate_key())
        async with open_database(url) as database:

            async def run(words: str, *files: ListFile) -> None:
                started = time.perf_counter()
                proposal = await propose(database, files, vault=vault, now=NOW)
                proposed = time.perf_counter()
                if proposal.id is not None:
                    by = Author(id=None, name="bench")
                    outcome = await apply(database, proposal.id, vault=vault, by=by, now=NOW)
                    assert outcome.verdict is Verdict.APPLIED
                done = time.perf_counter()
                sys.stdout.write(f"{words:<58} propose {proposed - started:5.2f} s, apply {done - proposed:5.2f} s\n")

            await run(f"{CLIENTS} clients, first time (CSV)", text("clients.csv", clients()))
            await run(f"{ACCESSES} accesses, first time, passwords sealed", text("online.csv", online()))
            await run("the same clients and accesses again", text("c.csv", clients()), text("online.csv", online()))
            await run("every client changed", text("clients.csv", clients(seats=21)))
            await run("every client changed (XLSX)", xlsx("clients.xlsx", clients(seats=22)))


if __name__ == "__main__":
    asyncio.run(main())
