"""Questions are answered in private and in groups, to a manager about his own clients only."""

import pytest

from checks.model import Cause, CauseKind
from tests.builders import incident
from tests.talk import ANNA, HOSTILE, MISHA, OLGA, PETR, SUPPORT, labels, settle_estate, talking


@pytest.fixture
async def talk(database):
    await settle_estate(database)
    async with talking(database) as opened:
        yield opened


async def test_the_estate_in_one_message(talk):
    await talk.opens(incident())

    for chat in (None, SUPPORT):
        [said] = await talk.says(ANNA, "/status", chat)
        assert "3 клиент" in said["text"]
    assert (await talk.says(ANNA, "/status@smart_te_bot", SUPPORT)) != []
    assert (await talk.says(ANNA, "/status@other_bot", SUPPORT)) == []


async def test_a_client_by_any_part_of_the_name(talk):
    for words in ("/status роМа", "ромашка", "/status romashka"):
        [said] = await talk.says(ANNA, words)
        assert "Ромашка" in said["text"]
    [none] = await talk.says(ANNA, "/status <b>qqq</b> & zzz")
    assert none["text"]


async def test_a_manager_sees_his_own_clients_only(talk):
    await talk.opens(incident())
    [own] = await talk.says(OLGA, "/status ромашка")
    [foreign] = await talk.says(MISHA, "/status ромашка")

    assert "Проверить сейчас" in labels(own) or "История" in labels(own)
    assert labels(foreign) == []
    [nothing] = await talk.says(MISHA, "/down")
    [down] = await talk.says(OLGA, "/down")
    assert "Ромашка" in down["text"]
    assert "Ромашка" not in nothing["text"]


async def test_a_manager_cannot_press_his_way_to_a_foreign_client(talk):
    await talk.says(ANNA, "/status ромашка", SUPPORT)

    told = await talk.presses(MISHA, "История", SUPPORT)
    assert told["alert"]
    assert "Ольга Иванова" in told["answer"]
    assert not (await talk.presses(OLGA, "История", SUPPORT))["alert"]
    assert not (await talk.presses(PETR, "← К клиенту", SUPPORT))["alert"]


async def test_managers_may_be_let_to_see_everything(database):
    await settle_estate(database)
    async with talking(database, managers_see_all=True) as talk:
        [said] = await talk.says(MISHA, "/status ромашка")
        assert "История" in labels(said)


async def test_a_client_is_muted_from_its_card_and_unmuted_from_the_list(talk):
    await talk.says(ANNA, "/status ромашка")
    await talk.presses(ANNA, "🔕 Заглушить…")
    await talk.presses(ANNA, "До 09:00")
    assert "заглуш" in (await talk.last(ANNA))["text"].lower()
    [said] = await talk.says(ANNA, "/mutes", SUPPORT)
    assert "Анна" in said["text"]

    button = next(label for label in labels(said) if label.startswith("🔔"))
    assert (await talk.presses(ANNA, button, SUPPORT))["answer"] == "Глушение снято"
    assert await talk.lasting() == []
    assert [what for _, what in await talk.audit()] == ["mute", "unmute"]


async def test_from_what_is_down_to_the_card_and_its_work(talk):
    number = await talk.opens(incident())
    [down] = await talk.says(ANNA, "/down", SUPPORT)

    await talk.presses(ANNA, f"№{number}", SUPPORT, down)
    told = await talk.presses(ANNA, "✋ Беру", SUPPORT)
    assert told["answer"] == f"Авария №{number} ваша"


async def test_hostile_names_and_questions_are_only_text(talk):
    await talk.opens(incident(cause=Cause(CauseKind.CLIENT, "vektor", "service")))

    for question in ("/status Вектор", "/down", "/status", "/status " + "ы" * 500, "\u202e<script>"):
        assert await talk.says(ANNA, question)
    assert "внутренняя ошибка" not in str(await talk.heard(ANNA.id))
    assert await talk.says(HOSTILE, "/status")
