"""Files are read in processes of their own: hostile ones are told from good ones, and nothing else suffers."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.readers import Readers, open_readers
from checks.readers.forms import form_of
from checks.reports import Broken
from storage.files import Body

ROOT = Path(__file__).parents[2]
OURS = (ROOT / "docs/sysinfo.xml").read_bytes()
FOREIGN = (ROOT / "tests/testdata/foreign/kodeks.xml").read_bytes()


def body(data: bytes) -> Body:
    return Body(digest="x", size=len(data), data=data)


async def test_many_files_are_read_by_a_few_processes_in_the_clients_zone(tmp_path: Path) -> None:
    path = tmp_path / "big.part"
    path.write_bytes(OURS)
    form = form_of("kodeks", {"xml": "/Report", "facts": {"reported_at": "/Report/@Created"}})
    async with open_readers([form]) as readers:
        found = await asyncio.gather(
            *(readers.read(body(OURS), None) for _ in range(5)),
            readers.read(Body(digest="x", size=len(OURS), part=path), None),
            readers.read(body(FOREIGN), "+2"),
            readers.read(body(b"rubbish"), "nowhere"),
        )

    assert [one.facts.version for one in found[:6]] == ["6.4.5.127"] * 6
    assert found[6].facts.form == "kodeks"
    assert str(found[6].facts.reported_at) == "2026-11-23 06:40:05+00:00"
    assert found[7].broken is Broken.NOT_A_REPORT


async def test_a_file_that_wants_too_much_memory_is_broken_and_the_next_one_is_read() -> None:
    wild = form_of("wild", {"xml": "/*", "facts": {"version": "string(/*)"}})
    async with open_readers([wild]) as readers:
        heavy = await readers.read(body(b"<r>" + (b"<a>" + b"x" * 90 + b"</a>") * 600_000 + b"</r>"), None)
        light = await readers.read(body(OURS), None)

    assert heavy.broken in {Broken.TOO_LARGE, Broken.UNREADABLE}
    assert light.broken is None


async def test_a_process_that_dies_is_replaced() -> None:
    async with open_readers() as readers:
        await readers.read(body(OURS), None)
        for process in readers._all:
            if process._process is not None:
                process._process.kill()
                await process._process.wait()
        died = [await readers.read(body(OURS), None) for _ in range(4)]

    assert died[-1].broken is None
    assert died[-2].broken is None


async def test_a_reader_that_was_cancelled_does_not_mix_up_answers() -> None:
    async with open_readers() as readers:
        for _ in range(4):
            task = asyncio.create_task(readers.read(body(OURS), None))
            await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        after = await readers.read(body(b"rubbish"), None)

    assert after.broken is Broken.NOT_A_REPORT


async def test_a_missing_file_is_said_so(tmp_path: Path) -> None:
    readers = Readers()
    found = await readers.read(Body(digest="x", size=5, part=tmp_path / "gone.part"), None)
    await readers.close()

    assert found.broken is Broken.UNREADABLE
