"""A token is shown once, kept as a hash, rotated without a gap, and noted when used."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from checks.model import ClientKind
from storage.database import Database
from storage.tables import clients, tokens
from storage.tokens import Pass, TokenFile, UnknownClientError, find, make, purge, revoke, used
from tests.builders import NOON, after


@pytest.fixture(autouse=True)
async def romashka(database: Database) -> None:
    row = {"kind": ClientKind.SERVER, "created_at": NOON, "updated_at": NOON}
    rows = [{**row, "name": "romashka", "gone_at": None}, {**row, "name": "gone", "gone_at": NOON}]
    await database.write(lambda tx: tx.execute(insert(clients), rows))


async def made(database: Database, at: datetime = NOON) -> str:
    return await database.write(lambda tx: make(tx, "romashka", at))


async def owner(database: Database, token: str, at: datetime = NOON) -> str | None:
    async with database.read() as connection:
        found = await find(connection, token, at)
    return found.client if found else None


async def test_a_token_opens_the_door_of_its_client_only(database: Database) -> None:
    token = await made(database)

    assert await owner(database, token) == "romashka"
    assert await owner(database, token + "x") is None
    assert await owner(database, "") is None
    assert await owner(database, "\udcff жираф") is None


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("smartbot.sqlite*"))


async def test_the_token_itself_is_nowhere_in_the_database(database: Database, tmp_path: Path) -> None:
    token = await made(database)

    stored = on_disk(tmp_path)
    assert b"romashka" in stored
    assert token.encode() not in stored
    assert token.removeprefix("sb_").encode() not in stored


async def test_two_are_valid_during_a_rotation(database: Database) -> None:
    first, second = await made(database), await made(database, after(days=1))

    assert await owner(database, first, after(days=7)) == "romashka"
    assert await owner(database, second, after(days=7)) == "romashka"
    assert await owner(database, first, after(days=8, seconds=1)) is None
    assert await owner(database, second, after(days=1000)) == "romashka"


async def test_a_third_ends_the_first_at_once(database: Database) -> None:
    first, second, third = [await made(database, after(days=day)) for day in range(3)]

    assert [await owner(database, token, after(days=2)) for token in (first, second, third)] == [
        None,
        "romashka",
        "romashka",
    ]


async def test_a_rotation_never_lengthens_a_life(database: Database) -> None:
    first = await made(database)
    second = await database.write(lambda tx: make(tx, "romashka", NOON, overlap=timedelta(hours=1)))
    await database.write(lambda tx: revoke_newest(tx, second))
    await made(database, after(minutes=30))

    assert await owner(database, first, after(minutes=59)) == "romashka"
    assert await owner(database, first, after(minutes=61)) is None


async def revoke_newest(tx, token: str) -> None:
    from storage.tokens import digest

    await tx.execute(tokens.delete().where(tokens.c.hash == digest(token)))


@pytest.mark.parametrize("name", ["nobody", "gone", ""])
async def test_no_token_for_an_unknown_client(database: Database, name: str) -> None:
    with pytest.raises(UnknownClientError):
        await database.write(lambda tx: make(tx, name, NOON))


async def test_a_revoked_client_is_out_at_once(database: Database) -> None:
    token = await made(database)

    assert await database.write(lambda tx: revoke(tx, "romashka")) == 1

    assert await owner(database, token) is None


async def test_use_is_noted_once_a_minute(database: Database) -> None:
    token = await made(database)
    async with database.read() as connection:
        found = await find(connection, token, NOON)
    assert found is not None

    seen = []
    for at in (NOON, after(59), after(61)):
        await database.write(lambda tx, at=at: used(tx, [found.hash, "", found.hash], at))
        async with database.read() as connection:
            seen.append(await connection.scalar(select(tokens.c.last_used_at)))

    assert seen == [NOON, NOON, after(61)]


async def test_expired_tokens_are_forgotten(database: Database) -> None:
    await made(database)
    await made(database)

    assert await database.write(lambda tx: purge(tx, after(days=6))) == 0
    assert await database.write(lambda tx: purge(tx, after(days=8))) == 1


def test_a_distributors_file_has_a_token_a_line(tmp_path: Path) -> None:
    path = tmp_path / "tokens"
    path.write_text("# ours\n\nSECRET1\nSECRET2\t0599romashka\n", encoding="utf-8-sig")
    file = TokenFile(path)

    assert file.find("SECRET1", "anything") == Pass(dealer="anything")
    assert file.find("SECRET1", None) == Pass()
    assert file.find("SECRET2", "0599romashka") == Pass(dealer="0599romashka")
    assert file.find("SECRET2", "0600other") is None
    assert file.find("SECRET2", None) is None
    assert file.find("#", None) is None
    assert file.find("", None) is None


def test_the_file_is_read_again_when_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "tokens"
    file = TokenFile(path)
    assert file.find("OLD", None) is None

    path.write_text("OLD\n")
    assert file.find("OLD", None) is not None
    path.write_text("NEWER\n")
    assert (file.find("OLD", None), file.find("NEWER", None)) == (None, Pass())
    path.unlink()
    assert file.find("NEWER", None) is None


def test_no_file_no_distributor() -> None:
    assert TokenFile(None).find("", "") is None
