"""Figures are said as Russians say them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates import filters as f

MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # noon in Moscow


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0 клиентов"),
        (1, "1 клиент"),
        (2, "2 клиента"),
        (5, "5 клиентов"),
        (11, "11 клиентов"),
        (12, "12 клиентов"),
        (21, "21 клиент"),
        (22, "22 клиента"),
        (111, "111 клиентов"),
        (1001, "1001 клиент"),
        (10_000, "10 000 клиентов"),
    ],
)
def test_nouns_agree_with_numbers(number: int, words: str) -> None:
    assert f.plural(number, "клиент") == words


@given(st.integers(0, 10**7), st.sampled_from(sorted(f.NOUNS)))
def test_the_form_depends_on_the_last_two_figures_only(number: int, word: str) -> None:
    assert f.noun(number, word) == f.noun(number % 100 + 100, word)
    assert f.noun(number, word) in f.NOUNS[word]


def test_verbs_agree_too() -> None:
    assert f.agree(21, "не открывается", "не открываются") == "не открывается"
    assert f.agree(11, "не открывается", "не открываются") == "не открываются"


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=-5), "0 с"),
        (timedelta(seconds=40), "40 с"),
        (timedelta(minutes=37, seconds=59), "37 мин"),
        (timedelta(hours=2), "2 ч"),
        (timedelta(hours=2, minutes=5), "2 ч 05 мин"),
        (timedelta(hours=23, minutes=59), "23 ч 59 мин"),
        (timedelta(days=1), "1 день"),
        (timedelta(days=3, hours=4), "3 дня 4 ч"),
        (timedelta(days=8, hours=4), "8 дней"),
    ],
)
def test_lengths_of_time(length: timedelta, words: str) -> None:
    assert f.duration(length) == words


@given(st.timedeltas(timedelta(0), timedelta(days=4000)), st.timedeltas(timedelta(0), timedelta(days=400)))
def test_a_length_never_says_sixty_minutes_or_twenty_four_hours(length: timedelta, more: timedelta) -> None:
    for words in (f.duration(length), f.duration(length + more)):
        assert "60" not in words.split("дн")[-1].split("ден")[-1]
        assert " 24 ч" not in words


@pytest.mark.parametrize(
    ("ago", "at", "since", "on"),
    [
        (timedelta(hours=5), "07:00", "с 07:00", "в 07:00"),
        (timedelta(hours=13), "вчера, 23:00", "со вчера, 23:00", "вчера, 23:00"),
        (timedelta(days=9), "14.11, 12:00", "с 14.11, 12:00", "14.11, 12:00"),
        (timedelta(days=365), "23.11.2025, 12:00", "с 23.11.2025, 12:00", "23.11.2025, 12:00"),
        (-timedelta(hours=20), "завтра, 08:00", "с завтра, 08:00", "завтра, 08:00"),
    ],
)
def test_moments_in_the_zone_of_the_chat(ago: timedelta, at: str, since: str, on: str) -> None:
    assert f.moment(NOW - ago, NOW, MOSCOW) == at
    assert f.since(NOW - ago, NOW, MOSCOW) == since
    assert f.on(NOW - ago, NOW, MOSCOW) == on


def test_yesterday_is_a_matter_of_the_zone() -> None:
    late = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)

    assert f.moment(late, NOW, MOSCOW) == "01:30"
    assert f.moment(late, NOW, UTC) == "вчера, 22:30"


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)), st.sampled_from(["Asia/Kamchatka", "UTC", "Etc/GMT+12"])
)
def test_any_moment_can_be_said(moment: datetime, zone: str) -> None:
    words = f.moment(moment.replace(tzinfo=UTC), NOW, ZoneInfo(zone))

    assert words[-5:].replace(":", "").isdigit()


def test_ages() -> None:
    assert f.age(NOW - timedelta(seconds=30), NOW) == "только что"
    assert f.age(NOW - timedelta(minutes=23), NOW) == "23 мин назад"
    assert f.age(NOW - timedelta(hours=9, minutes=5), NOW) == "9 ч 05 мин назад"
    assert f.age(NOW + timedelta(hours=1), NOW) == "только что"


def test_numbers_have_commas() -> None:
    assert f.number(1.25, 2) == "1,25"
    assert f.number(3.0) == "3"
    assert f.number(-0.5) == "−0,5"
    assert f.number(-0.01) == "0"
    assert f.number(12345.6) == "12 345,6"


def test_less_than_all_is_never_a_hundred_per_cent() -> None:
    assert f.percent(0.991) == "99,1 %"
    assert f.percent(1) == "100 %"
    assert f.percent(0.99999) == "99,9 %"
    assert f.percent(0) == "0 %"


def test_answers_take_milliseconds_or_seconds() -> None:
    assert f.elapsed(0.0841) == "84 мс"
    assert f.elapsed(1.23) == "1,2 с"


def test_words_are_listed() -> None:
    assert f.listed([]) == ""
    assert f.listed(["Ромашка"]) == "Ромашка"
    assert f.listed(["Ромашка", "Вектор", "ТехПром"]) == "Ромашка, Вектор и ТехПром"


def test_a_name_that_looks_like_a_link_cannot_be_tapped() -> None:
    assert f.name("Ромашка") == "Ромашка"
    assert f.name("sbis.ru") == "<code>sbis.ru</code>"
    assert f.name("@durov") == "<code>@durov</code>"
    assert f.name("<b>ООО</b>") == "&lt;b&gt;ООО&lt;/b&gt;"


def test_dates_name_the_year_when_it_is_another() -> None:
    assert f.day(date(2026, 12, 31), date(2026, 11, 23)) == "31.12"
    assert f.day(date(2027, 1, 5), date(2026, 11, 23)) == "05.01.2027"
