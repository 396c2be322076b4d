"""``@bot ром``: a client's short card in any chat, for those who may see that client."""

import pytest

from tests.builders import incident
from tests.talk import ANNA, HOSTILE, MISHA, OLGA, PETR, STRANGER, SUPPORT, settle_estate, talking


@pytest.fixture
async def talk(database):
    await settle_estate(database)
    async with talking(database) as opened:
        yield opened


async def searched(talk, person, words):
    told = await talk.post("inline", user_id=person.id, query=words, wait=30)
    await talk.settled()
    return told["results"]


async def test_a_part_of_the_name_finds_the_client(talk):
    (found,) = await searched(talk, ANNA, "ром")

    assert "Ромашка" in found["title"]
    text = found["input_message_content"]["message_text"]
    assert "Ромашка" in text
    assert "Состояние на 12:00" in text
    assert "10.0.0.1" not in text
    assert "reply_markup" not in found


async def test_what_is_broken_is_said_first(talk):
    await talk.opens(incident())
    (found,) = await searched(talk, ANNA, "ромашка")

    assert found["title"].startswith("🔴 Ромашка")
    assert "сервер не отвечает" in found["description"]


@pytest.mark.parametrize(
    ("who", "words", "count"),
    [(OLGA, "ром", 1), (OLGA, "вектор", 0), (MISHA, "вектор", 1), (PETR, "вектор", 1), (STRANGER, "ром", 0)],
)
async def test_nobody_is_shown_what_is_not_theirs(talk, who, words, count):
    assert len(await searched(talk, who, words)) == count


async def test_the_answer_is_for_this_person_and_this_moment(talk):
    await searched(talk, ANNA, "ром")

    (call,) = await talk.calls("answerInlineQuery")
    assert str(call["parameters"].get("is_personal")).lower() == "true"
    assert str(call["parameters"].get("cache_time", "0")) == "0"


async def test_without_words_it_tells_of_everything_one_may_see(talk):
    (found,) = await searched(talk, OLGA, "")

    assert found["title"].startswith("Как всё сейчас")
    assert "Вектор" not in found["input_message_content"]["message_text"]


async def test_rubbish_finds_nobody(talk):
    for rubbish in ("ъъъъ", "<script>", "\u202e", "x" * 250, "😀" * 60):
        assert await searched(talk, ANNA, rubbish) == []
    assert await searched(talk, HOSTILE, "ром") == []


async def test_a_chosen_card_stands_in_the_chat_by_way_of_the_bot(talk):
    (found,) = await searched(talk, ANNA, "ром")
    said = await talk.post("inline/chosen", chat_id=SUPPORT.id, user_id=ANNA.id, result_id=found["id"])

    assert said["via"]
    assert said["from"]["id"] == ANNA.id
    assert "Ромашка" in said["text"]
    assert any(one["type"] == "bold" for one in said["entities"])
