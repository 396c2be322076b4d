"""Asks a stranger's SQLite file, held in memory: nothing but SELECT, bounded in size, steps and answers."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from checks.readers.archive import BrokenReportError, Capped
from checks.reports import Broken

MAX_BYTES = 64 * 1024 * 1024
CHECK_STEPS = 40_000_000
"""Virtual machine steps that making sure of a large file may cost."""
STEPS = 20_000_000
"""Steps that one SELECT may cost."""
PER_CALL = 10_000
MAX_ROWS = 5_000
MAX_CELL = 4_000
LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 1_000_000,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 100_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 500,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 100,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 20,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 1,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 1_000,
}
ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
FORBIDDEN = frozenset({"load_extension", "fts3_tokenizer", "writefile", "readfile", "edit", "zeroblob", "randomblob"})


class BadQueryError(Exception):
    """The file's database refuses a SELECT; the message is its own."""


class Asked:
    """An open database; every question is bounded by itself."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.virtual: frozenset[str] = frozenset()
        """Tables that code outside the file answers for: never asked."""

    def ask(self, query: str, limit: int = MAX_ROWS) -> tuple[list[str], list[list[str | None]]]:
        """Return the names of the columns and the rows, every cell as text.

        Raises:
            BadQueryError: no such table, not allowed, too slow.

        """
        self._bound(STEPS)
        try:
            cursor = self._connection.execute(query)
            rows = cursor.fetchmany(limit)
        except (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError, MemoryError) as error:
            raise BadQueryError(_words(error)) from error
        names = [column[0] for column in cursor.description or ()]
        return names, [[_cell(value) for value in row] for row in rows]

    def tables(self) -> list[str]:
        """Return the names of all tables and views that may be asked.

        Raises:
            BadQueryError: the schema itself cannot be read.

        """
        query = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name"
        names = [row[0] or "" for row in self.ask(query)[1]]
        return [name for name in names if name not in self.virtual and not name.startswith("sqlite_")]

    def _bound(self, steps: int) -> None:
        calls = iter(range(steps // PER_CALL))
        self._connection.set_progress_handler(lambda: next(calls, None) is None, PER_CALL)


@contextmanager
def opened_database(report: Capped) -> Iterator[Asked]:
    """Open the database and make sure that it has tables and is not damaged.

    Raises:
        BrokenReportError: it is not whole.

    """
    connection = sqlite3.connect(":memory:")
    try:
        asked = Asked(connection)
        try:
            _prepare(connection, report)
            asked.virtual = _virtual(connection)
            connection.set_authorizer(_authorizer(asked.virtual))
        except (sqlite3.Error, sqlite3.Warning, MemoryError, OverflowError) as error:
            raise BrokenReportError(Broken.BAD_DATABASE, _words(error)) from error
        yield asked
    finally:
        connection.close()


def _prepare(connection: sqlite3.Connection, report: Capped) -> None:
    connection.deserialize(_body(report))
    for name, limit in LIMITS.items():
        connection.setlimit(name, limit)
    for pragma in ("trusted_schema=OFF", "cell_size_check=ON", "temp_store=MEMORY", "query_only=ON"):
        connection.execute(f"PRAGMA {pragma}")
    calls = iter(range(CHECK_STEPS // PER_CALL))
    connection.set_progress_handler(lambda: next(calls, None) is None, PER_CALL)
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master WHERE type = 'table'").fetchone()
    whole = connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
    if not tables or not whole:
        raise BrokenReportError(Broken.BAD_DATABASE)


def _virtual(connection: sqlite3.Connection) -> frozenset[str]:
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND (sql LIKE 'CREATE VIRTUAL%' OR rootpage = 0)"
    return frozenset(str(row[0]) for row in connection.execute(query))


def _authorizer(virtual: frozenset[str]):  # type: ignore[no-untyped-def]  # noqa: ANN202 - sqlite3's own signature
    lowered = {name.lower() for name in virtual}

    def allow(action: int, first: str | None, second: str | None, _base: str | None, _trigger: str | None) -> int:
        if action not in ALLOWED:
            return sqlite3.SQLITE_DENY
        if action == sqlite3.SQLITE_READ and (first or "").lower() in lowered:
            return sqlite3.SQLITE_DENY
        if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in FORBIDDEN:
            return sqlite3.SQLITE_DENY
        return sqlite3.SQLITE_OK

    return allow


def _cell(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, bytes):
        return _text(value[:MAX_CELL])
    return str(value)[:MAX_CELL]


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("cp1251", errors="replace")


def _words(error: BaseException) -> str:
    return (str(error) or type(error).__name__)[:200]


def _body(report: Capped) -> bytes:
    body = bytearray()
    while piece := report.read(1_048_576):
        body += piece
        if len(body) > MAX_BYTES:
            raise BrokenReportError(Broken.BOMB)
    body[18:20] = b"\x01\x01"  # a file in WAL mode does not open in memory; without its log it reads as a plain one
    return bytes(body)


def columns_of(asked: Asked, table: str) -> Sequence[str]:
    """Return the names of a table's columns.

    Raises:
        BadQueryError: it cannot be read.

    """
    quoted = table.replace('"', '""')
    return asked.ask(f'SELECT * FROM "{quoted}" LIMIT 0')[0]  # noqa: S608 - the name is quoted, the file read-only
