"""The writer keeps whole works or nothing, and a caller's end is not its end."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database, upsert
from storage.tables import meta


def put(key: str, value: str = "1") -> Any:
    async def work(tx: AsyncConnection) -> str:
        await tx.execute(insert(meta).values(key=key, value=value))
        return key

    return work


async def keys(database: Database) -> set[str]:
    async with database.read() as connection:
        return set((await connection.execute(select(meta.c.key))).scalars())


async def test_a_write_is_seen_by_readers_once_it_returns(database: Database) -> None:
    assert await database.write(put("a")) == "a"

    assert await keys(database) == {"a"}


async def test_a_failing_work_keeps_nothing_and_spoils_nobody(database: Database) -> None:
    async def broken(tx: AsyncConnection) -> None:
        await put("half")(tx)
        raise RuntimeError("in the middle")

    good, bad, again = await asyncio.gather(
        database.write(put("good")), database.write(broken), database.write(put("again")), return_exceptions=True
    )

    assert (good, again) == ("good", "again")
    assert isinstance(bad, RuntimeError)
    assert await keys(database) == {"good", "again"}


async def test_a_cancelled_caller_leaves_a_whole_work_behind(database: Database) -> None:
    async def pair(tx: AsyncConnection, name: str) -> None:
        await put(f"{name}-1")(tx)
        await asyncio.sleep(0.001)
        await put(f"{name}-2")(tx)

    callers = [asyncio.create_task(database.write(lambda tx, n=n: pair(tx, str(n)))) for n in range(50)]
    await asyncio.sleep(0.01)
    for caller in callers:
        caller.cancel()
    await asyncio.gather(*callers, return_exceptions=True)
    await database.write(put("after"))

    found = await keys(database)
    assert "after" in found
    assert all((f"{n}-1" in found) == (f"{n}-2" in found) for n in range(50))


async def test_readers_cannot_write(database: Database) -> None:
    with pytest.raises(OperationalError):
        async with database.read() as connection:
            await connection.execute(insert(meta).values(key="sly", value="1"))


async def test_the_same_key_twice_is_an_error_for_the_second_only(database: Database) -> None:
    await database.write(put("a"))

    with pytest.raises(IntegrityError):
        await database.write(put("a"))

    assert await keys(database) == {"a"}


async def test_upsert_updates_only_what_it_was_told(database: Database) -> None:
    await database.write(put("a", "old"))
    await database.write(put("b", "old"))

    await database.write(lambda tx: upsert(tx, meta, [{"key": "a", "value": "new"}, {"key": "c", "value": "new"}]))
    await database.write(lambda tx: upsert(tx, meta, [{"key": "b", "value": "new"}], update=[]))

    async with database.read() as connection:
        found = {row.key: row.value for row in await connection.execute(select(meta.c.key, meta.c.value))}
    assert found == {"a": "new", "b": "old", "c": "new"}
