"""Every card is valid for Telegram whatever its facts hold, and short enough for a phone at night."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from templates import LIMIT, names, phrase, render, unmarked
from templates.cards import People, Still
from templates.gallery import EVERYTHING, message_of, show
from templates.samples import BRIEFS, NIGHT, STORM, Sample, by_day, client, hits, redirect
from tests.telegram_html import check_message, utf16

OURS = frozenset({"code", "scope", "scopes", "tail", "what", "kind"})
"""Fields that hold words of our own, never a stranger's."""
LINES = 9
ALERTS = frozenset(
    {"redirect_down", "shared_down", "client_down", "certificate_ends", "still", "mended", "mended_reply", "blind"}
    | {"intake_silent", "ourselves"}
)
SAMPLES = EVERYTHING
IDS = [sample.title for sample in SAMPLES]

NASTY = st.one_of(
    st.text(st.characters(), max_size=400),
    st.sampled_from(
        [
            "<b>", "</b></code>", "&lt;", "&", "a&b;c", "{{ 7*7 }}", "{% raw %}", "\u202eevil", "x" * 5_000,
            "😀" * 3_000, "<a href='tg://user?id=1'>", "http://evil.example/<script>", "@admin", "/down", "",
            "\x00\x1b[31m", "\ud800", "  ", "javascript:alert(1)", "и" * 300 + "<", "&" * 2_000, "<" * 3_000,
            "a\nb\r\nc", "\u0301" * 100, "\u3164",
        ]
    ),
)  # fmt: skip


def spoiled(value: Any, text: str, name: str = "") -> Any:
    """Replace every free text inside ``value``."""
    if isinstance(value, Enum) or name in OURS:
        return value
    if isinstance(value, str):
        return text
    if isinstance(value, tuple):
        return tuple(spoiled(one, text) for one in value)
    if isinstance(value, dict):
        return {key: spoiled(one, text, key) for key, one in value.items()}
    if is_dataclass(value) and not isinstance(value, type) and type(value).__name__ != "Cause":
        changes = {one.name: spoiled(getattr(value, one.name), text, one.name) for one in fields(value)}
        return replace(value, **changes)
    return value


@pytest.mark.parametrize("sample", SAMPLES, ids=IDS)
def test_every_card_is_valid(sample: Sample) -> None:
    check_message(message_of(sample))


@pytest.mark.parametrize("sample", SAMPLES, ids=IDS)
@given(NASTY)
@example(" ")
@example("\u200b \u200b")
@example(" \u200b ")
@example("\ud7fc")
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_hostile_text_breaks_no_card(sample: Sample, text: str) -> None:
    message = message_of(replace(sample, facts=spoiled(sample.facts, text)))

    check_message(message)
    assert utf16(message.text) <= LIMIT


@pytest.mark.parametrize("sample", [one for one in SAMPLES if one.template in ALERTS], ids=lambda one: one.title)
def test_no_alert_is_longer_than_nine_lines(sample: Sample) -> None:
    text = message_of(sample).text

    assert text.count("\n") + 1 <= LINES, text


@pytest.mark.parametrize("sample", SAMPLES, ids=IDS)
def test_the_voice(sample: Sample) -> None:
    said = unmarked(message_of(sample))
    prose = re.sub(r"https?://\S+|\S+\.\S+", "", said)

    assert "!" not in said
    assert "  " not in said
    assert "None" not in said
    assert not re.search(r" [,.;:]|,,|\.\.|: *\.|\( ", prose), prose
    assert not re.search(r"[а-яё][,;:.][а-яё]", said, re.IGNORECASE), said
    assert message_of(sample).text.split("\n")[0].count("<b>") <= 2
    assert all("<b>" not in line for line in message_of(sample).text.split("\n")[1:])


@pytest.mark.parametrize("sample", [one for one in SAMPLES if one.template in ALERTS], ids=lambda one: one.title)
def test_the_first_line_has_one_mark(sample: Sample) -> None:
    first, *rest = unmarked(message_of(sample)).split("\n")

    assert first[0] in "🔴🟠🟡🟢🔕⚪"
    assert not set("".join(rest)) & set("🔴🟠🟡🟢🔕⚪")


def test_a_redirect_server_is_told_as_the_voice_wants_it() -> None:
    said = unmarked(render("redirect_down", now=NIGHT, card=redirect()))

    assert said.startswith(
        "🔴 Сервер переадресации r1 не работает\nс 06:02 · проверено в 06:06 · соединения отклоняются\n\n"
    )
    assert "38 клиентов не открываются по обычному адресу (всего 612 мест). Причина неизвестна." in said
    assert "Ромашка не открывается и по IP: это отдельная авария №129." in said
    assert "сообщить владельцу: поддержка Облака, +7 800 000-00-00, круглосуточно" in said
    assert said.count("Ромашка") == 1


def test_more_than_ten_clients_are_told_as_a_number() -> None:
    said = unmarked(render("redirect_down", now=NIGHT, card=redirect(clients=hits(300))))

    assert "300 клиентов не открываются" in said
    assert "и ещё 290" in said


def test_one_client_behind_is_singular() -> None:
    said = unmarked(render("redirect_down", now=NIGHT, card=redirect(clients=hits(1))))

    assert "1 клиент не открывается по обычному адресу" in said
    assert "Напрямую, по IP, открывается:" in said


def test_a_button_that_must_not_be_pressed_now_is_not_there() -> None:
    taken = next(sample for sample in SAMPLES if sample.title == "Он же, взято и передано")
    words = [button.text for row in message_of(taken).buttons for button in row]

    assert "✋ Беру" not in words
    assert "Показать текст владельцу" not in words


def test_a_repeat_is_marked_and_keeps_the_number() -> None:
    said = unmarked(render("redirect_down", now=NIGHT, card=redirect(repeat=True)))

    assert "Авария №128 · возможен повтор" in said


def test_it_cannot_wait_by_day_though_nobody_can_get_in() -> None:
    alone = by_day(client("KodeksOnlineSensLockCheck", people=People(seats=20, online=0, at=NIGHT)))
    said = unmarked(render("client_down", now=NIGHT, card=alone))

    assert "Что делать: ждать нельзя, рабочее время." in said
    assert "0 пользователей" not in said


def test_an_admin_page_that_no_button_opens_is_told_in_words() -> None:
    message = render("client_down", now=NIGHT, card=client("KodeksTcpStatus", admin_url="http://server/admin"))

    assert not [button for row in message.buttons for button in row if button.url]
    assert "Админка: http://server/admin" in unmarked(message)


def test_what_was_measured_is_told_once() -> None:
    refused = client("KodeksTcpStatus", reason="refused", detail="соединение отклонено")
    said = unmarked(render("details", now=NIGHT, card=refused, lines=()))

    assert "Измерено: соединения отклоняются, проверено" in said


def test_a_client_without_a_usual_address_gets_the_direct_one_first() -> None:
    lost = client("DomainNotResolved", still=Still.DIRECT, clients=hits(1))
    said = unmarked(render("client_down", now=NIGHT, card=lost))

    assert "дать клиенту прямой адрес, затем сообщить владельцу домена" in said


def test_no_addresses_are_offered_where_none_opens() -> None:
    said = unmarked(render("redirect_down", now=NIGHT, card=redirect(clients=hits(5, shut=5))))

    assert "обхода нет.\nРомашка, Вектор" in said
    assert "http" not in said


def test_by_day_it_cannot_wait() -> None:
    said = unmarked(render("client_down", now=NIGHT, card=by_day(client("KodeksTcpStatus"))))

    assert "Что делать: ждать нельзя, рабочее время." in said
    assert "Сейчас спросить у администратора клиента" in said


@given(st.text(max_size=500))
def test_a_text_to_copy_fits_or_is_not_there(address: str) -> None:
    text = phrase("client_text", now=NIGHT, address=address)

    assert text is None or 1 <= utf16(text) <= 256


def test_the_gallery_shows_every_card() -> None:
    shown = {sample.template for sample in SAMPLES}
    written = {name for name in names() if name in ALERTS or name.endswith(("_text", "storm", "_over", "addresses"))}

    assert written - {"invitation_over"} <= shown
    assert all(show(sample) for sample in SAMPLES)


def test_a_storm_card_never_calls_red_what_has_been_mended() -> None:
    first, *rest = BRIEFS
    storm = replace(STORM, incidents=(first, *(replace(one, ended_at=NIGHT) for one in rest)))
    text = render("storm", now=NIGHT, storm=storm).text

    assert "Много аварий сразу: 1 авария" in text
    assert f"Уже починено: {len(rest)}" in text
    assert all(one.subject not in text for one in rest if one.subject != first.subject)

    over = render("storm", now=NIGHT, storm=replace(storm, incidents=storm.incidents[1:]))
    assert over.text.startswith("🟢")
    assert "Что делать" not in over.text
    assert over.buttons == ()


def test_a_storm_beside_a_shared_cause_blames_nobody_else() -> None:
    shared, *single = STORM.incidents
    alone = replace(STORM, incidents=tuple(single))

    assert shared.kind == "redirect"
    assert "Общая причина" not in render("storm", now=NIGHT, storm=STORM).text
    assert "Общая причина не найдена" in render("storm", now=NIGHT, storm=alone).text
