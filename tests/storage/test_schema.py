"""The migrations lead to the schema that the code speaks of, and a copy is made while the database is in use."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, pool

from storage.database import Database, open_database
from storage.schema import backup, upgrade
from storage.tables import metadata
from tests.storage.test_database import keys, put


def test_the_migrations_make_what_the_tables_say(empty_database: Path) -> None:
    engine = create_engine(f"sqlite:///{empty_database}", poolclass=pool.NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        difference = compare_metadata(context, metadata)
    engine.dispose()

    assert difference == []


def statements(path: Path) -> dict[str, str]:
    """Every table and index as SQLite keeps it: checks, partial indexes and autoincrement are in here."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        return {name: " ".join(sql.split()) for name, sql in rows if not name.startswith(("sqlite_", "alembic"))}


def test_they_make_it_to_the_letter(empty_database: Path, tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/direct.sqlite", poolclass=pool.NullPool)
    metadata.create_all(engine)
    engine.dispose()

    made, meant = statements(empty_database), statements(tmp_path / "direct.sqlite")
    assert set(made) == set(meant)
    for name, sql in meant.items():
        for word in ("AUTOINCREMENT", "CHECK", "UNIQUE", "WHERE", "REFERENCES"):
            assert made[name].upper().count(word) == sql.upper().count(word), name


def test_an_upgrade_twice_changes_nothing(empty_database: Path) -> None:
    before = statements(empty_database)

    upgrade(f"sqlite+aiosqlite:///{empty_database}")

    assert statements(empty_database) == before


async def test_a_copy_is_made_while_the_database_is_in_use(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    await database.write(put("kept"))

    backup(database_url, tmp_path / "copy.sqlite")
    await database.write(put("later"))

    async with open_database(f"sqlite+aiosqlite:///{tmp_path}/copy.sqlite") as copy:
        assert await keys(copy) == {"kept"}


def test_only_files_are_copied(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="pg_dump"):
        backup("postgresql+asyncpg://localhost/smartbot", tmp_path / "copy.sqlite")
