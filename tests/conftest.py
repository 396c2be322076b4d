"""What every test may ask for: an empty database of the present schema, a moment to start from."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings

from storage.database import Database, open_database
from storage.schema import upgrade

settings.register_profile("house", deadline=None)  # nothing here is timed: a busy machine is no fault
settings.load_profile("house")


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the present schema and nothing in it, made once."""
    path = tmp_path_factory.mktemp("schema") / "empty.sqlite"
    upgrade(f"sqlite+aiosqlite:///{path}")
    return path


@pytest.fixture
def database_url(tmp_path: Path, empty_database: Path) -> str:
    path = tmp_path / "smartbot.sqlite"
    shutil.copy(empty_database, path)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with open_database(database_url) as opened:
        yield opened


@pytest.fixture
def noon() -> datetime:
    """An ordinary working day."""
    return datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
