"""Opens a stranger's SQLite file in memory, bounded in size and steps, and makes sure that it is whole."""

from __future__ import annotations

import sqlite3

from checks.readers.archive import BrokenReportError, Capped
from checks.reports import Broken

MAX_BYTES = 64 * 1024 * 1024
STEPS = 2_000_000
"""Virtual machine steps that a hostile file may cost before it is called broken."""


def check_database(report: Capped) -> None:
    """Make sure that the database opens, has tables and is not damaged; which facts it holds is not known yet.

    Raises:
        BrokenReportError: it does not.

    """
    connection = sqlite3.connect(":memory:")
    try:
        connection.deserialize(_body(report))
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.execute("PRAGMA query_only=ON")
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 10_000_000)
        steps = iter(range(STEPS // 1000))
        connection.set_progress_handler(lambda: next(steps, None) is None, 1000)
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master WHERE type = 'table'").fetchone()
        whole = connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
    except sqlite3.Error as error:
        raise BrokenReportError(Broken.BAD_DATABASE, str(error)[:200]) from error
    finally:
        connection.close()
    if not tables or not whole:
        raise BrokenReportError(Broken.BAD_DATABASE)


def _body(report: Capped) -> bytes:
    body = bytearray()
    while piece := report.read(1_048_576):
        body += piece
        if len(body) > MAX_BYTES:
            raise BrokenReportError(Broken.BOMB)
    body[18:20] = b"\x01\x01"  # a file in WAL mode does not open in memory; without its log it reads as a plain one
    return bytes(body)
