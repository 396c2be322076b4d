"""A room to talk with the bot in."""

from collections.abc import AsyncIterator

import pytest

from storage.database import Database
from tests.talk import Talk, talking


@pytest.fixture
async def talk(database: Database) -> AsyncIterator[Talk]:
    async with talking(database) as opened:
        yield opened


@pytest.fixture
async def empty_talk(database: Database) -> AsyncIterator[Talk]:
    """Nobody is known yet."""
    async with talking(database, known=False) as opened:
        yield opened
