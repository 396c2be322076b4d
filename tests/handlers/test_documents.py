"""A list sent by an admin is shown as a difference and applied by a button; by nobody else, and once."""

import base64

from storage import estate
from tests.talk import ADMIN, ANNA, labels

CLIENTS = (
    "name,title,manager,domain\nromashka,Ромашка,Ольга,romashka.example.ru\nvektor,Вектор,Миша,vektor.example.ru\n"
)


async def sends(talk, person, text, name="clients.csv"):
    content = base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()
    return await talk.says(person, "", document={"name": name, "base64": content})


async def clients(talk):
    async with talk.database.read() as connection:
        return sorted((await estate.load(connection)).clients)


async def test_a_list_is_shown_then_applied_once(talk):
    [shown] = await sends(talk, ADMIN, CLIENTS)
    assert labels(shown) == ["Применить", "Отменить"]
    assert await clients(talk) == []

    assert (await talk.presses(ADMIN, "Применить"))["answer"] == "Применено"
    assert await clients(talk) == ["romashka", "vektor"]
    assert ("Вера", "import") in await talk.audit()
    assert "применён" in (await talk.last(ADMIN))["text"]
    [same] = await sends(talk, ADMIN, CLIENTS)
    assert "Изменений нет" in same["text"]


async def test_a_list_is_dropped(talk):
    await sends(talk, ADMIN, CLIENTS)

    assert (await talk.presses(ADMIN, "Отменить"))["answer"] == "Отменено"
    assert await clients(talk) == []


async def test_half_the_clients_going_takes_a_second_press(talk):
    await sends(talk, ADMIN, CLIENTS + "progress,Прогресс,,progress.example.ru\n")
    await talk.presses(ADMIN, "Применить")
    await sends(talk, ADMIN, CLIENTS.splitlines()[0] + "\nnew,Новый,,new.example.ru\n")

    told = await talk.presses(ADMIN, "Применить")
    assert told["alert"]
    assert len(await clients(talk)) == 3
    await talk.presses(ADMIN, "Применить, пусть уходят")
    assert await clients(talk) == ["new"]


async def test_others_cannot_send_lists(talk):
    [said] = await sends(talk, ANNA, CLIENTS)

    assert "другая роль" in said["text"]


async def test_what_is_no_list_is_said_so(talk):
    for content in (b"", b"\x00\xff\xfe" * 50, "привет".encode()):
        said = await sends(talk, ADMIN, content, name="<b>фото.jpg") if content else None
        assert said is None or "ничего не изменено" in said[0]["text"]
