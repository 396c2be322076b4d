"""Opens the database: one writer task that is never cancelled, readers beside it, upsert in one place."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Table, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

T = TypeVar("T")
Work = Callable[[AsyncConnection], Awaitable[T]]
Connection = AsyncConnection
"""The name by which rooms above storage speak of a transaction or a reader."""

GROUP_SIZE = 200
READERS = 4


@dataclass(slots=True)
class _Unit:
    work: Work[Any]
    done: asyncio.Future[Any]


class Database:
    """Every change goes through ``write``; it returns only after the change is on disk.

    The writer is a task of its own. A caller cancelled while it waits does not stop its work half-way: the work is
    committed or rolled back as a whole, only the caller no longer hears of it.
    """

    def __init__(self, writer: AsyncEngine, reader: AsyncEngine) -> None:
        self._writer = writer
        self._reader = reader
        self._queue: asyncio.Queue[_Unit | None] = asyncio.Queue()
        self.trouble: str | None = None
        """Why the last commit failed; None when the database can be written."""

    async def write(self, work: Work[T]) -> T:
        """Run ``work`` in the writer's transaction and return its result after the commit.

        Raises:
            Exception: whatever ``work`` or the commit raised; nothing of this work is kept then.

        """
        unit = _Unit(work, asyncio.get_running_loop().create_future())
        self._queue.put_nowait(unit)
        result: T = await asyncio.shield(unit.done)
        return result

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Lend a connection that cannot write; it sees everything committed so far."""
        async with self._reader.connect() as connection:
            yield connection

    async def run(self) -> None:
        """Write until ``close`` is called; what queues up during one commit shares the next, 200 works at most."""
        stopping = False
        while not stopping:
            group, stopping = await self._gather()
            if group:
                await self._commit(group)

    def close(self) -> None:
        """Ask the writer to finish what is queued and stop."""
        self._queue.put_nowait(None)

    async def _gather(self) -> tuple[list[_Unit], bool]:
        first = await self._queue.get()
        if first is None:
            return [], True
        group = [first]
        await asyncio.sleep(0)
        while len(group) < GROUP_SIZE:
            with suppress(asyncio.QueueEmpty):
                unit = self._queue.get_nowait()
                if unit is None:
                    return group, True
                group.append(unit)
                continue
            break
        return group, False

    async def _commit(self, group: list[_Unit]) -> None:
        finished: list[tuple[_Unit, Any]] = []
        trouble: str | None = None
        try:
            async with self._writer.begin() as tx:
                for unit in group:
                    try:
                        async with tx.begin_nested():
                            result = await unit.work(tx)
                    except Exception as error:  # noqa: BLE001 - it belongs to the caller, whatever it is
                        trouble = self.trouble = _trouble(error) or trouble
                        _fail(unit, error)
                    else:
                        finished.append((unit, result))
        except Exception as error:  # noqa: BLE001 - the commit itself failed: every caller must hear of it
            self.trouble = _trouble(error) or str(error)
            for unit in group:
                _fail(unit, error)
            return
        if trouble or finished:
            self.trouble = trouble
        for unit, result in finished:
            if not unit.done.done():
                unit.done.set_result(result)


def _trouble(error: Exception) -> str | None:
    """Say in short what ails the database itself; None for an error of the caller's own."""
    return str(error.orig) if isinstance(error, OperationalError) else None


def _fail(unit: _Unit, error: Exception) -> None:
    if not unit.done.done():
        unit.done.set_exception(error)
        unit.done.exception()  # a caller that was cancelled never asks: do not warn about it


@asynccontextmanager
async def open_database(url: str) -> AsyncIterator[Database]:
    """Open ``url`` (``sqlite+aiosqlite:///file`` or ``postgresql+asyncpg://…``) and run the writer while inside."""
    writer, reader = _engines(url)
    database = Database(writer, reader)
    task = asyncio.create_task(database.run(), name="database writer")
    try:
        yield database
    finally:
        database.close()
        await asyncio.shield(task)
        await writer.dispose()
        await reader.dispose()


def _engines(url: str) -> tuple[AsyncEngine, AsyncEngine]:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_async_engine(url, pool_size=1, max_overflow=0), create_async_engine(url, pool_size=READERS)
    path = parsed.database or ""
    writer = create_async_engine(url, pool_size=1, max_overflow=0, connect_args={"isolation_level": None})
    reader = create_async_engine(
        f"sqlite+aiosqlite:///file:{path}?mode=ro&uri=true",
        pool_size=READERS,
        max_overflow=READERS,
        connect_args={"isolation_level": None},
    )
    event.listen(writer.sync_engine, "connect", _tune_writer)
    event.listen(writer.sync_engine, "begin", _begin_immediate)
    event.listen(reader.sync_engine, "connect", _tune_reader)
    event.listen(reader.sync_engine, "begin", _begin)
    return writer, reader


def _tune_writer(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _tune_reader(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("query_only=ON", "busy_timeout=5000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN")


async def upsert(
    tx: AsyncConnection,
    table: Table,
    rows: Sequence[dict[str, Any]],
    *,
    update: Sequence[str] | None = None,
) -> None:
    """Insert ``rows``, or update the columns ``update`` (default: all but the key) where the primary key exists.

    The one place that knows the dialect. An empty ``update`` leaves existing rows as they are.
    """
    if not rows:
        return
    build = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    statement: Any = build(table)
    keys = [column.name for column in table.primary_key.columns]
    columns = [name for name in rows[0] if name not in keys] if update is None else list(update)
    if columns:
        values = {name: statement.excluded[name] for name in columns}
        statement = statement.on_conflict_do_update(index_elements=keys, set_=values)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=keys)
    await tx.execute(statement, list(rows))
