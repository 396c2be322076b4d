"""Measures answers at 10,000 clients: ``/status``, ``/status words``, ``/down``, in the process, database included."""

from __future__ import annotations

import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from checks.model import Cause, CauseKind, Incident, IncidentState, Priority, Subject, SubjectKind, Symptom
from handlers import status
from handlers.directory import Directory
from handlers.status import Question
from storage import incidents, tables
from storage.database import open_database
from storage.schema import upgrade

CLIENTS = 10_000
SERVERS = 30
BROKEN = 150
ROUNDS = 150
PROMISE = 0.050
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HEALTHY = ("KodeksTcpStatus", "KodeksHttp200Status", "KodeksOnlineSensLockCheck", "DomainNotResolved", "KodeksWarning")
STEMS = ("Ромашка", "Вектор", "ТехПром", "Прогресс", "Заря", "Восход", "Маяк", "Полюс", "Стройпроект", "Энергомаш")
TAILS = ("Север", "Юг", "Плюс", "Инвест", "Сервис", "Холдинг", "Урал", "Волга")


def main() -> None:
    """Print the figures of ``design.md`` §7 for answers."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'bench.sqlite'}"
        upgrade(url)
        asyncio.run(_measure(url))


async def _measure(url: str) -> None:
    async with open_database(url) as database:
        await database.write(_fill)
        for number in range(BROKEN):
            await database.write(lambda tx, number=number: _break(tx, number))
        directory = Directory()
        question = Question(database=database, directory=directory, chat_id=-1, now=NOW)
        began = time.perf_counter()
        await status.overview(question)
        print(
            f"answers: lists of {CLIENTS:,} clients read and indexed in {(time.perf_counter() - began) * 1000:.0f} ms"
        )
        chooser = random.Random(1)
        await _print("/status", lambda: status.overview(question))
        await _print("/status part of a name", lambda: status.search(question, _part(chooser)))
        await _print("/status exact name", lambda: status.search(question, f"client{chooser.randrange(CLIENTS)}"))
        await _print("/status with a typo", lambda: status.search(question, f"стройпроэкт {chooser.randrange(999)}"))
        await _print("/status nobody", lambda: status.search(question, f"ъыь{chooser.randrange(999)}"))
        await _print("/down", lambda: status.down(question, str(chooser.randrange(10))))
        mine = Question(database=database, directory=directory, chat_id=-1, now=NOW, only_manager="Менеджер 7")
        await _print("/status of a manager", lambda: status.overview(mine))


async def _print(name: str, ask: Callable[[], Awaitable[Any]]) -> None:
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        await ask()
        times.append(time.perf_counter() - began)
    p95 = statistics.quantiles(times, n=20)[18]
    verdict = "holds" if p95 <= PROMISE else "MISSED"
    print(f"answers: {name}: p50 {statistics.median(times) * 1000:.1f} ms, p95 {p95 * 1000:.1f} ms (≤ 50: {verdict})")


def _part(chooser: random.Random) -> str:
    stem = chooser.choice(STEMS)
    return chooser.choice((stem[:4], stem.lower(), f"{stem} {chooser.choice(TAILS)}", stem[:5].upper()))


async def _fill(tx: AsyncConnection) -> None:
    stamps = {"created_at": NOW - timedelta(days=90), "updated_at": NOW}
    servers = [{"name": f"r{n}", "address": f"10.1.0.{n}", **stamps} for n in range(SERVERS)]
    await tx.execute(insert(tables.redirects), servers)
    names = [f"client{number}" for number in range(CLIENTS)]
    rows = [
        {
            "name": name,
            "title": f"ООО «{STEMS[n % len(STEMS)]}-{TAILS[n // len(STEMS) % len(TAILS)]} {n}»",
            "kind": "cloud",
            "manager": f"Менеджер {n % 20}",
            "domain": f"{name}.te-cloud.ru",
            "redirect": f"r{n % SERVERS}",
            "address": f"http://10.{n // 65536}.{n // 256 % 256}.{n % 256}",
            **stamps,
        }
        for n, name in enumerate(names)
    ]
    await tx.execute(insert(tables.clients), rows)
    beliefs = [
        {"subject_kind": "client", "subject_name": name, "code": code, "state": "ok", "since": NOW, "seen_at": NOW}
        for name in names
        for code in HEALTHY
    ]
    await tx.execute(insert(tables.health), beliefs)
    looks = [
        {
            "subject_kind": "client",
            "subject_name": name,
            "kind": kind,
            "due_at": NOW,
            "interval": timedelta(minutes=1),
            "at": NOW - timedelta(seconds=n % 60),
            "status": 200,
            "elapsed": 0.05,
            "facts": {"detail": "", "hops": [{"url": "http://" + "x" * 800}]},
        }
        for n, name in enumerate(names)
        for kind in ("domain", "installation")
    ]
    await tx.execute(insert(tables.looks), looks)
    heard = [
        {"client": name, "kind": kind, "heard_at": NOW, "good_at": NOW}
        for name in names
        for kind in ("sysinfo", "status")
    ]
    await tx.execute(insert(tables.arrivals), heard)
    facts = {"version": "6.4.5.127", "seats": 20, "sessions": 3, "operup_at": NOW.isoformat()}
    same = {"kind": "sysinfo", "file": "a.xml", "size": 1, "received_at": NOW, "facts": facts}
    reports = [{"client": name, "digest": f"{n}", **same} for n, name in enumerate(names)]
    await tx.execute(insert(tables.reports), reports)


async def _break(tx: AsyncConnection, number: int) -> None:
    subject = Subject(SubjectKind.CLIENT, f"client{number * 7}")
    await incidents.save(
        tx,
        Incident(
            id=None,
            cause=Cause(CauseKind.CLIENT, subject.name, "service"),
            state=IncidentState.OPEN,
            opened_at=NOW,
            code="KodeksTcpStatus",
            priority=Priority.K1,
            symptoms=(Symptom(subject=subject, code="KodeksTcpStatus", since=NOW),),
        ),
        noticed_at=NOW,
    )


if __name__ == "__main__":
    main()
