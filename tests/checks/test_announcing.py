"""Planned work is read as people write it, or it is said what is missing."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.announcing import Announced, Misread, read_announcement
from checks.maintenance import LONGEST
from tests.builders import NOON, after

MOSCOW = ZoneInfo("Europe/Moscow")
"""Noon of the tests is 12:00 there."""


def read(text: str) -> Announced | Misread:
    return read_announcement(text, NOON, MOSCOW)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=MOSCOW)


@pytest.mark.parametrize(
    ("text", "target", "begins_at", "ends_at", "reason"),
    [
        ("ромашка 2ч замена диска", "ромашка", NOON, after(hours=2), "замена диска"),
        ("ООО Ромашка 30 мин", "ООО Ромашка", NOON, after(minutes=30), ""),
        ("r1 1,5 часа перенос", "r1", NOON, after(hours=1.5), "перенос"),
        ("r1 2 ч 30 мин перенос", "r1", NOON, after(hours=2.5), "перенос"),
        ("все 3 дня переезд", "все", NOON, after(days=3), "переезд"),
        ("r1 23:00-01:00", "r1", at(23, 23), at(24, 1), ""),
        ("r1 с 23:00 до 01:00 обновление", "r1", at(23, 23), at(24, 1), "обновление"),
        ("ромашка до 18:00 ждём провайдера", "ромашка", NOON, at(23, 18), "ждём провайдера"),
        ("ромашка до 09:00", "ромашка", NOON, at(24, 9), ""),
        ("ромашка завтра 22:00-23:30, смена версии", "ромашка", at(24, 22), at(24, 23, 30), "смена версии"),
        ("ромашка 30.11 8:00-9:00", "ромашка", at(30, 8), at(30, 9), ""),
        ("ромашка 9:00-10:00", "ромашка", at(24, 9), at(24, 10), ""),
        ("ромашка 11:00-13:00", "ромашка", at(23, 11), at(23, 13), ""),
        ("клиент 24 2ч", "клиент 24", NOON, after(hours=2), ""),
        ("te-2.ru 1ч", "te-2.ru", NOON, after(hours=1), ""),
    ],
)
def test_an_announcement_is_read(text: str, target: str, begins_at: datetime, ends_at: datetime, reason: str) -> None:
    found = read(text)

    assert isinstance(found, Announced)
    assert (found.target, found.begins_at, found.ends_at, found.reason) == (target, begins_at, ends_at, reason)


def test_work_that_comes_again_is_read() -> None:
    found = read("r1 каждую ночь 03:00-03:30 перезапуск")

    assert isinstance(found, Announced)
    assert (found.cron, found.length, found.reason) == ("0 3 * * *", timedelta(minutes=30), "перезапуск")
    assert found.begins_at == at(24, 3)
    workdays = read("ромашка по будням 23:30-00:30")
    assert isinstance(workdays, Announced)
    assert (workdays.cron, workdays.length) == ("30 23 * * 1-5", timedelta(hours=1))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", Misread.NO_TIME),
        ("ромашка", Misread.NO_TIME),
        ("ромашка завтра", Misread.NO_TIME),
        ("2ч", Misread.NO_TARGET),
        ("23:00-01:00", Misread.NO_TARGET),
        ("ромашка 31.02 8:00-9:00", Misread.BAD_DAY),
        ("ромашка 01.11.2026 8:00-9:00", Misread.BAD_DAY),
        ("ромашка сегодня 8:00-9:00", Misread.PAST),
        ("ромашка 20 дней", Misread.TOO_LONG),
        ("ромашка 0 ч", Misread.TOO_LONG),
    ],
)
def test_what_is_missing_is_named(text: str, why: Misread) -> None:
    assert read(text) is why


odd = st.from_regex(r"[а-я ]{0,5}(\d{1,3} ?(ч|м|д)|\d{1,2}:\d\d-\d{1,2}:\d\d| завтра|до ){0,4}")


@given(st.text(max_size=80) | odd)
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    found = read(text)

    if isinstance(found, Announced):
        assert found.target
        assert found.ends_at > NOON
        assert found.begins_at < found.ends_at <= found.begins_at + LONGEST
