"""Logins at clients are sealed at rest, kept one a purpose, and make the client deserve a look more."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from checks.estate import client_targets
from checks.model import Credentials, LookKind, Purpose
from checks.secret import Secret
from storage import credentials, estate
from storage.database import Database
from storage.secrets import Vault
from tests.builders import NOON
from tests.talk import settle_estate

VAULT = Vault(Fernet.generate_key())
KEY = Credentials(login="smartlogin", password=Secret("hush-hush"))


@pytest.fixture(autouse=True)
async def clients(database: Database) -> None:
    await settle_estate(database)


async def keep(database: Database, key: Credentials = KEY, purpose: Purpose = Purpose.LOGIN) -> None:
    await database.write(lambda tx: credentials.save(tx, "romashka", purpose, key, vault=VAULT, at=NOON))


async def known(database: Database, purpose: Purpose = Purpose.LOGIN, vault: Vault = VAULT) -> Credentials | None:
    async with database.read() as connection:
        return await credentials.load(connection, "romashka", purpose, vault=vault)


async def test_what_is_kept_comes_back_for_its_own_purpose_only(database: Database) -> None:
    await keep(database)

    assert await known(database) == KEY
    assert await known(database, Purpose.METRICS) is None
    assert await known(database, vault=Vault(Fernet.generate_key())) is None


async def test_a_new_password_takes_the_place_of_the_old_one(database: Database) -> None:
    await keep(database)
    newer = Credentials(login="smartlogin", password=Secret("newer"))
    await keep(database, newer)

    assert await known(database) == newer
    assert await database.write(lambda tx: credentials.forget(tx, "romashka", Purpose.LOGIN)) is True
    assert await known(database) is None


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("smartbot.sqlite*"))


async def test_the_password_is_nowhere_on_disk(database: Database, tmp_path: Path) -> None:
    await keep(database)

    stored = on_disk(tmp_path)
    assert b"smartlogin" in stored
    assert b"hush-hush" not in stored


async def test_a_client_with_a_login_is_looked_at_once_more(database: Database) -> None:
    async with database.read() as connection:
        before = await estate.load(connection), await estate.fingerprint(connection)
    await keep(database)
    async with database.read() as connection:
        after = await estate.load(connection), await estate.fingerprint(connection)

    assert before[1] != after[1]
    kinds = [{one.kind for one in client_targets(at, at.clients["romashka"])} for at in (before[0], after[0])]
    assert kinds[1] - kinds[0] == {LookKind.LOGIN}
