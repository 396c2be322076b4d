"""Says in one line what an operator can mend: a folder, a database, a port; what is our own fault stays a traceback."""

from __future__ import annotations

import sqlite3

DRIVERS = frozenset({"asyncpg", "psycopg"})


def words(error: BaseException) -> str | None:
    """Return the one line, None when the error is not the operator's to mend."""
    cause = getattr(error, "orig", None) or error  # SQLAlchemy wraps what the driver said
    if isinstance(cause, sqlite3.DatabaseError):
        return _database(cause)
    if isinstance(cause, OSError) and cause.errno is not None:
        place = f"{cause.filename}: " if cause.filename else ""
        return f"{place}{cause.strerror or cause}"
    if isinstance(cause, ModuleNotFoundError) and cause.name in DRIVERS:
        return f"storage.url: для PostgreSQL не хватает пакета {cause.name}"
    return None


def _database(error: sqlite3.DatabaseError) -> str | None:
    text = str(error)
    if "not a database" in text or "malformed" in text:
        return f"storage.url: файл не база SQLite или испорчен ({text})"
    if "no such table" in text or "no such column" in text:
        return f"storage.url: схема базы не та, сделайте smartbot db upgrade ({text})"
    if isinstance(error, sqlite3.OperationalError) and any(
        word in text for word in ("open", "readonly", "disk", "lock")
    ):
        return f"storage.url: база не открывается или не пишется ({text})"
    return None
