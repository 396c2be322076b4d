"""Hostile text is harmless before it is worded."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from templates.clean import clean, clip, looks_like_a_link, units
from tests.telegram_html import ODD, utf16

ANYTHING = st.text(st.characters(), max_size=300)


@given(ANYTHING)
def test_nothing_invisible_is_left(text: str) -> None:
    tidy = clean(text)

    assert not ODD.search(tidy)
    assert tidy == " ".join(tidy.split())
    assert not {unicodedata.category(letter) for letter in tidy} & {"Cc", "Cf", "Cs", "Co", "Cn"}
    tidy.encode()


@given(ANYTHING)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(ANYTHING, st.integers(1, 100))
def test_clipped_text_fits_and_keeps_whole_characters(text: str, most: int) -> None:
    tidy = clean(text)
    short = clip(tidy, most)

    assert utf16(short) <= most
    assert short == tidy or (short.endswith("…") and tidy.startswith(short[:-1]))


@given(ANYTHING)
def test_units_are_utf16(text: str) -> None:
    assert units(clean(text)) == utf16(clean(text))


def test_direction_tricks_and_towers_of_marks_go() -> None:
    assert clean("Ромашка\u202egpj.exe\u2066 \u200bend\u0000\r\nnext") == "Ромашкаgpj.exe end next"
    assert clean("a" + "\u0301" * 50) == "a\u0301\u0301"
    assert clean("Ёлка и йод") == "Ёлка и йод"


def test_links_are_seen() -> None:
    assert all(looks_like_a_link(text) for text in ("evil.ru", "http://x", "@name", "#tag", "/down", "см. a.b"))
    assert not any(looks_like_a_link(text) for text in ("Ромашка", "ООО «Вектор»", "И. Петров", "и/или", "Сила, ЗАО"))


def test_text_is_cut_between_words_where_one_ends_near() -> None:
    assert clip("Обратитесь в службу поддержки", 25) == "Обратитесь в службу…"
    assert clip("Обратитесь в службу поддержки", 20) == "Обратитесь в службу…"
    assert clip("Достопримечательности", 10) == "Достоприм…"
