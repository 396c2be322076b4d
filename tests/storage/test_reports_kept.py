"""Reports and their files are kept as long as somebody may need them, and no longer."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from checks.model import ClientKind
from checks.reports import Known, ReportKind
from storage import arrivals, reports
from storage.arrivals import Arrival
from storage.database import Database
from storage.files import Body, Shelf
from storage.reports import Row
from storage.tables import clients
from storage.tables import reports as table
from tests.builders import NOON, after

SYSINFO, STATUS = ReportKind.SYSINFO, ReportKind.STATUS


@pytest.fixture(autouse=True)
async def romashka(database: Database) -> None:
    row = {"name": "romashka", "kind": ClientKind.SERVER, "created_at": NOON, "updated_at": NOON}
    await database.write(lambda tx: tx.execute(insert(clients).values(row)))


def row(name: str, at: datetime, kind: ReportKind = STATUS, broken: str | None = None) -> Row:
    return Row(
        client="romashka",
        kind=kind,
        file=f"romashka.{kind}",
        digest=name,
        size=1,
        dealer=None,
        received_at=at,
        reported_at=at,
        broken=broken,
        facts={"name": name},
    )


async def kept(database: Database) -> list[str]:
    async with database.read() as connection:
        return sorted((await connection.execute(select(table.c.digest))).scalars())


async def test_the_newest_readable_report_has_the_facts(database: Database) -> None:
    rows = [
        row("old", after(-9)),
        row("new", NOON),
        row("broken", after(1), broken="empty"),
        row("x", after(2), SYSINFO),
    ]
    await database.write(lambda tx: reports.save(tx, rows, []))

    async with database.read() as connection:
        assert await reports.latest(connection, "romashka", STATUS) == rows[1]
        assert await reports.latest(connection, "nobody", STATUS) is None


async def test_content_that_comes_again_renews_its_time(database: Database) -> None:
    await database.write(lambda tx: reports.save(tx, [row("a", NOON), row("b", after(1))], []))
    await database.write(lambda tx: reports.save(tx, [], [replace(row("a", NOON), received_at=after(2))]))

    async with database.read() as connection:
        found = await reports.received(connection, ["romashka"], ["a", "b", "c"])
    assert found == {("romashka", STATUS, "a"): after(2), ("romashka", STATUS, "b"): after(1)}


async def test_a_purge_keeps_the_last_few_and_always_the_last(database: Database) -> None:
    statuses = [row(f"s{n}", after(hours=-n)) for n in range(5)]
    sysinfos = [row(f"x{n}", after(days=-100 * (n + 1)), SYSINFO) for n in range(3)]
    await database.write(lambda tx: reports.save(tx, statuses + sysinfos, []))

    keep = {STATUS: 3, SYSINFO: 30}
    await database.write(lambda tx: reports.purge(tx, ["romashka"], keep=keep, before=after(days=-50)))

    assert await kept(database) == ["s0", "s1", "s2", "x0"]
    async with database.read() as connection:
        assert await reports.senders(connection) == ["romashka"]


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def body(data: bytes) -> Body:
    return Body(digest=f"{data!r:x>64}", size=len(data), data=data)


def test_a_file_is_put_in_its_place_once(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    place = shelf.place("romashka", "xml", body(b"a"))

    shelf.keep([(place, body(b"a"))])
    shelf.keep([(place, body(b"a"))])

    assert shelf.path(place).read_bytes() == b"a"
    assert place.startswith("romashka/")
    shelf.remove([place, place])
    assert not shelf.path(place).exists()


@pytest.mark.parametrize("client", ["..", "../x", "Ромашка", "a/b", ".hidden", "x" * 200, "con:", "a\nb"])
def test_no_client_name_becomes_a_path(tmp_path: Path, client: str) -> None:
    place = Shelf(tmp_path).place(client, "xml", body(b"a"))

    assert (tmp_path / place).resolve().parent.parent == tmp_path.resolve()
    assert place.startswith("x-")


async def test_a_large_body_goes_to_disk_and_leaves_nothing_when_dropped(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "reports")
    spool, other = shelf.spool(), shelf.spool()
    for _ in range(30):
        await spool.add(b"x" * 50_000)
        await other.add(b"x" * 50_000)
    await other.drop()

    whole = await spool.finish()

    assert (whole.size, whole.part is None) == (1_500_000, False)
    with whole.open() as file:
        assert file.read() == b"x" * 1_500_000
    small = shelf.spool()
    await small.add(b"x")
    assert (await small.finish()).data == b"x"
    whole.drop()
    assert files_in(tmp_path / "reports") == []


async def test_orphans_are_swept_and_wanted_files_are_not(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    shelf = Shelf(folder)
    for name in ("romashka/wanted.xml", "romashka/orphan.xml", "romashka/fresh.xml", ".incoming/cut.part"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
        moment = (NOON - timedelta(minutes=5 if "fresh" in name else 300)).timestamp()
        os.utime(path, (moment, moment))
    seen = Arrival(client="romashka", kind=SYSINFO, known=Known(heard_at=NOON), file="romashka/wanted.xml")
    await database.write(lambda tx: arrivals.save(tx, [seen]))

    async with database.read() as connection:
        wanted = await arrivals.kept_files(connection, after(days=-90))

    assert shelf.purge(wanted, NOON) == 2
    assert files_in(folder) == ["fresh.xml", "wanted.xml"]
