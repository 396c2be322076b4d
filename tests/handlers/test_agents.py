"""An admin asks for the scripts of a client's reports by a button; nobody else may."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import pytest

from checks.access import PRESSES, ChatKind, Refused, may
from checks.buttons import Action
from storage import tokens
from storage.database import Database
from tests.talk import ADMIN, ANNA, STAFF, SUPPORT, Talk, labels, settle_estate, talking

ADDRESS = "https://smart.example.ru"


@pytest.fixture(autouse=True)
async def estate(database: Database) -> None:
    await settle_estate(database)


async def archives(talk: Talk) -> list[dict[str, bytes]]:
    found = []
    for file in talk.world.files.by_id.values():
        with ZipFile(BytesIO(file.content)) as archive:
            found.append({one: archive.read(one) for one in archive.namelist()})
    return found


async def asks(talk: Talk) -> None:
    await talk.says(ADMIN, "/status ромашка")
    await talk.presses(ADMIN, "Сценарии отчётов")


async def test_the_archive_comes_with_a_token_that_works(database: Database) -> None:
    async with talking(database, public_url=ADDRESS) as talk:
        await asks(talk)
        assert "Прежний ключ" in (await talk.last(ADMIN))["text"]
        await talk.presses(ADMIN, "Linux")

        (archive,) = await archives(talk)
        curl = archive["smartbot.curl"].decode()
        token = curl.split("token=")[1].split('"')[0]
        assert f'url = "{ADDRESS}/upload?token=' in curl
        async with database.read() as connection:
            found = await tokens.find(connection, token, talk.clock())
        assert found is not None
        assert found.client == "romashka"
        assert ("Вера", "agent") in await talk.audit()


async def test_asking_twice_leaves_the_running_script_its_token(database: Database) -> None:
    async with talking(database, public_url=ADDRESS) as talk:
        running = await database.write(lambda tx: tokens.make(tx, "romashka", talk.clock()))
        await database.write(lambda tx: tokens.used(tx, [tokens.digest(running)], talk.clock()))
        for _ in range(3):
            await asks(talk)
            await talk.presses(ADMIN, "Windows")

        assert len(await archives(talk)) == 3
        async with database.read() as connection:
            assert await tokens.find(connection, running, talk.clock()) is not None


async def test_without_an_address_it_says_what_is_missing(database: Database) -> None:
    async with talking(database) as talk:
        await asks(talk)

        assert "[server] public_url" in (await talk.last(ADMIN))["text"]
        assert await archives(talk) == []


async def test_the_button_is_for_admins_in_private_only(database: Database) -> None:
    async with talking(database, public_url=ADDRESS) as talk:
        await talk.says(ANNA, "/status ромашка")
        assert "Сценарии отчётов" not in labels(await talk.last(ANNA))
        await talk.says(ADMIN, "/status ромашка", SUPPORT)
        assert "Сценарии отчётов" not in labels(await talk.last(SUPPORT))

        anna = next(person for person in STAFF if person.id == ANNA.id)
        assert isinstance(may(anna, PRESSES[Action.AGENT], chat=ChatKind.PRIVATE), Refused)
