"""What mutes too much for one person takes a second one's press, within minutes, in the same chat."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from checks.access import may_mute_alone
from checks.model import Cause, CauseKind, Role, Scope
from storage import chats
from tests.builders import incident
from tests.talk import ADMIN, ANNA, HEAD, IGOR, SUPPORT, labels

MUTE = "🔕 Заглушить…"
DAY = timedelta(hours=24)


@pytest.mark.parametrize(
    ("role", "scope", "length", "alone"),
    [
        (Role.ADMIN, Scope.CODE, None, True),
        (Role.HEAD, Scope.CODE, timedelta(hours=1), False),
        (Role.SUPPORT, Scope.CODE, timedelta(hours=1), False),
        (Role.SUPPORT, Scope.CAUSE, DAY, True),
        (Role.SUPPORT, Scope.CAUSE, None, False),
        (Role.SUPPORT, Scope.CLIENT, timedelta(hours=25), False),
        (Role.MANAGER, Scope.CLIENT, DAY, True),
        (Role.MANAGER, Scope.CLIENT, None, False),
        (Role.HEAD, Scope.CAUSE, None, True),
    ],
)
def test_who_may_mute_what_alone(role: Role, scope: Scope, length: timedelta | None, alone: bool) -> None:
    assert may_mute_alone(role, scope, length, DAY) is alone
    assert may_mute_alone(role, scope, length, None) is (alone or scope is not Scope.CODE)


async def asks(talk, *buttons, who=ANNA, chat=SUPPORT) -> str | None:
    cause = Cause(CauseKind.CLIENT, "romashka", f"{talk.clock()}")
    number = await talk.opens(incident(cause=cause))
    talk.clock.passes(seconds=1)
    await talk.shows(number, chat)
    for button in (MUTE, *buttons):
        told = await talk.presses(who, button, chat)
    return told["answer"]


async def test_a_kind_of_alert_is_muted_by_two(talk):
    assert await asks(talk, "Все такие сообщения", "4 часа") == "Теперь должен нажать ещё кто-то"
    card = await talk.last(SUPPORT)
    assert "Анна хотела бы заглушить все сообщения" in card["text"]
    assert await talk.lasting() == []

    assert (await talk.presses(ANNA, "Подтверждаю", SUPPORT))["answer"] == "Теперь должен нажать ещё кто-то"
    assert await talk.lasting() == []
    assert (await talk.presses(IGOR, "Подтверждаю", SUPPORT))["answer"] == "Заглушено"

    [silence] = await talk.lasting()
    assert (silence.scope, silence.author) == (Scope.CODE, ANNA.id)
    assert ("Игорь", "mute") in await talk.audit()


async def test_two_at_once_are_two(talk):
    await asks(talk, "Все такие сообщения")
    answers = await asyncio.gather(*(talk.presses(who, "1 час", SUPPORT) for who in (ANNA, IGOR)))

    assert sorted(one["answer"] for one in answers) == ["Заглушено", "Теперь должен нажать ещё кто-то"]
    assert len(await talk.lasting()) == 1


async def test_the_second_press_may_come_too_late(talk):
    await asks(talk, "До починки")
    card = await talk.last(SUPPORT)
    talk.clock.passes(minutes=11)

    told = await talk.presses(IGOR, "Подтверждаю", SUPPORT, message=card)

    assert told["answer"] == "Теперь должен нажать ещё кто-то"
    assert await talk.lasting() == []


async def test_an_admin_needs_nobody(talk):
    assert await asks(talk, "Все такие сообщения", "24 часа", who=ADMIN) == "Заглушено"


async def test_a_head_needs_nobody_for_one_outage(talk):
    assert await asks(talk, "До починки", who=HEAD) == "Заглушено"
    assert len(await talk.lasting()) == 1


async def test_in_private_nobody_else_can_press(talk):
    number = await talk.opens(incident())
    await talk.shows(number, ANNA)
    await talk.presses(ANNA, MUTE)
    told = await talk.presses(ANNA, "До починки")

    assert told["alert"]
    assert "в общем чате" in told["answer"]
    assert "Вера" in told["answer"]


async def test_a_chat_may_have_a_limit_of_its_own(talk):
    [menu] = await talk.says(ANNA, "/here", SUPPORT)
    assert "Глушение в одиночку…" not in labels(menu)
    await talk.says(HEAD, "/here", SUPPORT)
    await talk.presses(HEAD, "Глушение в одиночку…", SUPPORT)
    await talk.presses(HEAD, "1 ч", SUPPORT)
    async with talk.database.read() as connection:
        assert (await chats.load(connection, SUPPORT.id)).mute_limit == timedelta(hours=1)

    assert await asks(talk, "4 часа") == "Теперь должен нажать ещё кто-то"
    assert await asks(talk, "1 час") == "Заглушено"
