"""A group sees only the clients that its routes let it hear of, by every way that there is."""

from __future__ import annotations

import pytest

from checks.model import Cause, CauseKind, RouteKind
from storage import chats, routes
from tests.builders import NOON, client, incident, symptom
from tests.talk import ADMIN, ANNA, MISHA, OLGA, OUTSIDE, SUPPORT, labels, settle_estate


@pytest.fixture
async def narrow(talk):
    """The support group is bound to Olga's clients: Ромашка, and not Вектор."""

    async def work(tx) -> None:
        await chats.meet(tx, SUPPORT.id, at=NOON)
        await routes.bind(tx, SUPPORT.id, RouteKind.OWN, at=NOON, manager="Ольга Иванова")

    await talk.database.write(work)
    return talk


@pytest.fixture
async def estate(database):
    await settle_estate(database)


async def outage(talk, name: str) -> int:
    cause = Cause(CauseKind.CLIENT, name, "service")
    return await talk.opens(incident(cause=cause, symptoms=(symptom(subject=client(name)),)))


FOREIGN = [
    ("/status вектор", "Никого не нашлось"),
    ("/status vektor", "Никого не нашлось"),
    ("/why вектор", "Никого не нашлось"),
    ("/down", None),
    ("/status", None),
    ("/mutes", None),
]


@pytest.mark.parametrize(("text", "expected"), FOREIGN)
@pytest.mark.parametrize("person", [ADMIN, ANNA], ids=lambda one: one.role)
async def test_commands_tell_of_the_chats_own_clients_only(estate, narrow, text, expected, person):
    await outage(narrow, "vektor")
    await outage(narrow, "romashka")

    [said] = await narrow.says(person, text, SUPPORT)

    assert "Вектор" not in said["text"]
    assert expected is None or expected in said["text"]
    if text == "/down":
        assert "Ромашка" in said["text"]
    if text == "/status":
        assert "1 клиент" in said["text"]


BUTTONS = [
    "take:N", "back:N", "handed:N", "look:N", "more:N", "card:N", "addr:N", "otext:N", "ctext:N", "rtext:N", "why:N",
    "mm:N:cause", "mm:N:code", "mute:N:cause.1h", "mute:N:client.1h.vektor", "mm:0:client.vektor",
    "mute:0:client.1h.vektor", "st:0:vektor", "hist:0:vektor", "look:0:vektor",
]  # fmt: skip


@pytest.mark.parametrize("button", BUTTONS)
async def test_no_button_however_it_came_there_shows_or_changes_a_foreign_incident(estate, narrow, button):
    number = await outage(narrow, "vektor")
    [said] = await narrow.says(ANNA, "/help", SUPPORT)

    told = await narrow.forges(ANNA, "1:" + button.replace("N", f"{number:x}"), SUPPORT, message=said)

    assert told["alert"]
    assert "В этом чате показывают других клиентов" in told["answer"]
    assert (await narrow.last(SUPPORT))["text"] == said["text"]
    assert (await narrow.incident(number)).taken_by is None
    assert await narrow.lasting() == []


async def test_in_private_the_person_counts(estate, narrow):
    number = await outage(narrow, "vektor")

    [said] = await narrow.says(ANNA, "/status вектор")
    assert "Вектор" in said["text"]
    [said] = await narrow.says(MISHA, "/status вектор")
    assert "Вектор" in said["text"]
    [said] = await narrow.says(OLGA, "/status вектор")
    assert "Никого не нашлось" in said["text"]
    card = await narrow.shows(number, ANNA)
    assert "✋ Беру" in labels(card)


async def test_what_is_shared_is_shown_with_the_chats_own_clients(estate, narrow):
    shared = Cause(CauseKind.REDIRECT, "r1")
    signs = tuple(symptom(subject=client(name)) for name in ("romashka", "vektor"))
    number = await narrow.opens(incident(cause=shared, code="RedirectServerDown", symptoms=signs))

    card = await narrow.shows(number, SUPPORT)
    await narrow.forges(ANNA, f"1:addr:{number:x}", SUPPORT, message=card)

    shown = (await narrow.last(SUPPORT))["text"]
    assert "Ромашка" in shown
    assert "Вектор" not in shown


async def test_a_group_bound_to_everything_sees_everything(estate, narrow):
    async def work(tx) -> None:
        await routes.bind(tx, SUPPORT.id, RouteKind.TECHNICAL, at=NOON)

    await narrow.database.write(work)
    [said] = await narrow.says(ANNA, "/status вектор", SUPPORT)
    assert "Вектор" in said["text"]
    assert OUTSIDE.id != SUPPORT.id
