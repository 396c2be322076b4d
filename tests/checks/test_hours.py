"""Zones, working hours and what can wait until when."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.hours import ALWAYS, OFFICE, Hours, hours_of, opens_at, zone_of

MOSCOW = ZoneInfo("Europe/Moscow")


@pytest.mark.parametrize(
    ("text", "shift"),
    [("+2", 5), ("2", 5), ("-1", 2), ("0", 3), ("Asia/Yekaterinburg", 5), ("", 3), (None, 3), ("Луна", 3), ("+99", 3)],
)
def test_zones_as_lists_write_them(text: str | None, shift: int) -> None:
    assert zone_of(text, MOSCOW).utcoffset(datetime(2026, 11, 23)) == timedelta(hours=shift)


@given(st.text(max_size=20))
def test_no_zone_can_raise(text: str) -> None:
    zone_of(text, MOSCOW)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("+7 800 000-00-00, круглосуточно", ALWAYS),
        ("поддержка 24/7", ALWAYS),
        ("И. Петров, +7 900 000-00-00, 08:00-17:00", Hours(time(8), time(17))),
        ("И. Петров, пн-пт 9-18", Hours(time(9), time(18))),
        ("звонить с 8 до 17", Hours(time(8), time(17))),
        ("с 8.30 до 17.15", Hours(time(8, 30), time(17, 15))),
        ("И. Петров, +7 812 325-10-12", None),
        ("+7 (900) 10-12-30", None),
        ("8 900 101-12-13", None),
        ("", None),
        (None, None),
    ],
)
def test_hours_are_found_in_contacts_and_telephones_are_not_hours(text: str | None, hours: Hours | None) -> None:
    assert hours_of(text) == hours


@given(st.text(max_size=60))
def test_no_contacts_can_raise(text: str) -> None:
    hours_of(text)


def moscow(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=MOSCOW).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        (moscow(23, 12), None),
        (moscow(23, 6), moscow(23, 8)),
        (moscow(23, 21), moscow(24, 8)),
        (moscow(27, 20), moscow(30, 8)),
        (moscow(28, 6), moscow(30, 8)),
        (moscow(29, 23), moscow(30, 8)),
    ],
)
def test_work_begins_in_the_morning_of_a_working_day(now: datetime, opens: datetime | None) -> None:
    assert opens_at(now, MOSCOW, OFFICE) == opens


def test_those_who_always_answer_never_open() -> None:
    assert opens_at(moscow(29, 3), MOSCOW, ALWAYS) is None
