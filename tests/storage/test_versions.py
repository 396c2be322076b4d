"""The required version is a person's word, else the configuration's."""

from __future__ import annotations

from storage.database import Database
from storage.versions import Requirement, release, require, required
from tests.builders import NOON


async def test_a_persons_word_stands_above_the_configuration(database: Database) -> None:
    async with database.read() as connection:
        assert await required(connection) is None
        assert await required(connection, "6.4.2.73") == Requirement(version="6.4.2.73")

    await database.write(lambda tx: require(tx, "6.4.3.59", by=1, at=NOON))

    async with database.read() as connection:
        assert await required(connection, "6.4.2.73") == Requirement(version="6.4.3.59", by=1, at=NOON)


async def test_a_word_taken_back_leaves_the_configuration(database: Database) -> None:
    await database.write(lambda tx: require(tx, "6.4.3.59", by=1, at=NOON))

    assert await database.write(release) is True
    assert await database.write(release) is False

    async with database.read() as connection:
        assert await required(connection, "6.4.2.73") == Requirement(version="6.4.2.73")
