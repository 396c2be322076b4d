"""Quiet hours keep back what can wait, whatever the clocks do, and let through what was chosen."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.model import Priority
from checks.quiet import NEVER, Passage, Quiet, of_chat

MOSCOW = ZoneInfo("Europe/Moscow")
BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = Quiet(zone=MOSCOW)

ZONES = st.sampled_from([ZoneInfo(name) for name in ("Europe/Moscow", "Europe/Berlin", "America/St_Johns", "UTC")])
CLOCKS = st.builds(time, st.integers(0, 23), st.integers(0, 59))
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))


def moscow(hour: int, minute: int = 0, day: int = 24) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=MOSCOW).astimezone(UTC)


@pytest.mark.parametrize(
    ("hour", "priority", "passage"),
    [
        (3, Priority.K1, Passage.AS_EVER),
        (3, Priority.K2, Passage.AS_EVER),
        (3, Priority.K3, Passage.WAITS),
        (22, Priority.K5, Passage.WAITS),
        (8, Priority.K3, Passage.AS_EVER),
        (12, Priority.K5, Passage.AS_EVER),
    ],
)
def test_a_night_lets_through_what_was_chosen(hour: int, priority: Priority, passage: Passage) -> None:
    assert NIGHT.passage(priority, moscow(hour)) is passage


def test_between_sound_and_waiting_there_is_silence() -> None:
    chosen = of_chat({"loud": 1, "comes": 3}, NIGHT)

    passages = [chosen.passage(one, moscow(3)) for one in Priority]
    assert passages == [Passage.AS_EVER, Passage.SILENTLY, Passage.SILENTLY, Passage.WAITS, Passage.WAITS]


def test_a_person_may_want_to_hear_of_nothing_at_all() -> None:
    assert of_chat({"loud": 0, "comes": 0}, NIGHT).passage(Priority.K1, moscow(3)) is Passage.WAITS


def test_a_night_ends_in_the_morning_of_its_own_zone() -> None:
    assert NIGHT.over_at(moscow(23, day=24)) == moscow(8, day=25)
    assert NIGHT.over_at(moscow(3, day=25)) == moscow(8, day=25)
    assert NIGHT.over_at(moscow(12)) is None


def test_a_night_across_the_change_of_clocks_is_an_hour_longer_or_shorter() -> None:
    autumn = datetime(2026, 10, 24, 22, tzinfo=BERLIN).astimezone(UTC)
    spring = datetime(2026, 3, 28, 22, tzinfo=BERLIN).astimezone(UTC)
    berlin = Quiet(zone=BERLIN)

    lengths = [(berlin.over_at(at) or at) - at for at in (autumn, spring)]
    assert lengths == [timedelta(hours=11), timedelta(hours=9)]


@given(CLOCKS, CLOCKS, ZONES, MOMENTS)
def test_every_night_ends_within_a_day_and_then_it_is_day(begin: time, end: time, zone: ZoneInfo, at: datetime) -> None:
    quiet = Quiet(begin=begin, end=end, zone=zone)

    over = quiet.over_at(at)
    assert (over is None) == (not quiet.lasts(at))
    if over is not None:
        assert timedelta(0) < over - at <= timedelta(hours=26)
        assert begin == end or not quiet.lasts(over + timedelta(hours=1)) or _short(begin, end)


def _short(begin: time, end: time) -> bool:
    """Say whether the day between two nights may be shorter than an hour that the clocks skip or repeat."""
    day = (begin.hour * 60 + begin.minute - end.hour * 60 - end.minute) % 1440
    return day <= 150


@given(MOMENTS)
def test_equal_ends_are_no_night(at: datetime) -> None:
    assert not NEVER.lasts(at)
    assert of_chat({"begin": "00:00", "end": "00:00"}, NIGHT).passage(Priority.K5, at) is Passage.AS_EVER


@given(st.dictionaries(st.sampled_from(["begin", "end", "loud", "comes", "x"]), st.none() | st.text() | st.integers()))
def test_nonsense_is_as_good_as_nothing(stored: dict[str, Any]) -> None:
    chosen = of_chat(stored, NIGHT)

    assert isinstance(chosen.begin, time)
    assert 0 <= chosen.loud <= 5
