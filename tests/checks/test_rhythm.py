"""A silence is unusual for this client: measured in the reports that usually come at such hours, never by the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.freshness import Absence
from checks.model import Outcome
from checks.rhythm import HOURS_KEPT, LEARNING, Rhythm, habit_of, hear, in_time, late, late_at

MONDAY = datetime(2026, 10, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)
MOSCOW = timezone(timedelta(hours=3))


def lived(*moments: datetime) -> Rhythm:
    rhythm: Rhythm | None = None
    for moment in moments:
        rhythm = hear(rhythm, moment)
    assert rhythm is not None
    return rhythm


def hourly(days: float, *, every: float = 1, start: datetime = MONDAY) -> Rhythm:
    return lived(*(start + HOUR * every * number for number in range(int(days * 24 / every) + 1)))


def office(weeks: int) -> Rhythm:
    """Hourly from nine to eighteen, Monday to Friday; the last report is Friday's."""
    hours = (MONDAY + HOUR * hour for hour in range(weeks * 168))
    return lived(*(moment for moment in hours if moment.weekday() < 5 and 9 <= moment.hour < 18))


def test_an_hourly_sender_is_late_after_four_hours() -> None:
    rhythm = hourly(21)

    due = late_at(rhythm)
    assert due is not None
    assert timedelta(hours=3.9) <= due - rhythm.heard_at <= timedelta(hours=4.1)


def test_nights_and_weekends_weigh_nothing_for_an_office() -> None:
    rhythm = office(4)
    assert rhythm.heard_at == datetime(2026, 10, 30, 17, tzinfo=UTC)

    due = late_at(rhythm, zone=MOSCOW)

    assert due is not None
    assert due.date() == datetime(2026, 11, 2, tzinfo=UTC).date()
    assert due.hour == 12


def test_a_holiday_is_like_a_sunday() -> None:
    before_the_holiday = [MONDAY + HOUR * hour for hour in range(30 * 24)]
    rhythm = lived(*(one for one in before_the_holiday if one.weekday() < 5 and 9 <= one.hour < 18))
    rhythm = hear(rhythm, datetime(2026, 11, 3, 17, tzinfo=UTC))

    due = late_at(rhythm, zone=MOSCOW)

    assert due is not None
    assert due.date() == datetime(2026, 11, 5, tzinfo=UTC).date()


def test_nothing_is_unusual_before_two_weeks_are_known() -> None:
    young = hourly(13.9)

    assert late_at(young) is None
    assert in_time("romashka", young, young.heard_at).outcome is Outcome.UNKNOWN
    assert habit_of(young) is None
    assert late_at(hourly(14)) is not None


def test_an_irregular_sender_is_not_accused_of_its_own_ways() -> None:
    moments, moment, gaps = [MONDAY], MONDAY, (1, 1, 9, 2, 1, 7, 1, 3, 8)
    while moment < MONDAY + timedelta(days=28):
        moment += HOUR * gaps[len(moments) % len(gaps)]
        moments.append(moment)
    for place in range(400 // len(gaps), len(moments) - 1):
        due = late_at(lived(*moments[: place + 1]))
        assert due is None or due >= moments[place + 1]


def test_one_old_outage_does_not_make_it_patient_for_weeks() -> None:
    moments = [MONDAY + HOUR * hour for hour in range(24 * 24) if not 240 <= hour < 270]
    due = late_at(lived(*moments))

    assert due is not None
    assert due - moments[-1] < timedelta(hours=7)


@pytest.mark.parametrize(
    ("rhythm", "said"),
    [
        (hourly(21), "3600/daily"),
        (hourly(21, every=0.25), "900/daily"),
        (hourly(28, every=24), "86400/daily"),
        (hourly(28, every=4), "14400/daily"),
        (office(4), "3600/workdays"),
    ],
)
def test_the_habit_can_be_said(rhythm: Rhythm, said: str) -> None:
    assert str(habit_of(rhythm)) == said
    assert late("romashka", rhythm, rhythm.heard_at).detail == said


gaps = st.integers(1, 30)
histories = st.lists(st.integers(0, 40 * 24 * 60), min_size=1, max_size=200).map(
    lambda minutes: lived(*(MONDAY + timedelta(minutes=one) for one in sorted(minutes)))
)


@given(histories)
def test_what_is_kept_is_always_four_weeks_and_never_of_the_future(rhythm: Rhythm) -> None:
    assert len(rhythm.counts) == HOURS_KEPT
    assert rhythm.since <= rhythm.heard_at
    assert rhythm.counts[-1] > 0
    due = late_at(rhythm)
    assert due is None or due > rhythm.heard_at
    assert due is None or rhythm.heard_at - rhythm.since >= LEARNING


@given(histories, st.integers(0, 300), st.integers(1, 300))
def test_our_absence_only_ever_puts_it_off(rhythm: Rhythm, begins: int, lasts: int) -> None:
    away = Absence(began_at=rhythm.heard_at + begins * HOUR, ended_at=rhythm.heard_at + (begins + lasts) * HOUR)
    due, later = late_at(rhythm), late_at(rhythm, [away])

    assert later is None or due is None or later >= due
    assert later is None or not away.began_at < later < away.ended_at


@given(histories, st.integers(1, 3))
def test_the_same_life_weeks_later_has_the_same_patience(rhythm: Rhythm, weeks: int) -> None:
    shift = timedelta(weeks=weeks)
    moved = Rhythm(since=rhythm.since + shift, heard_at=rhythm.heard_at + shift, counts=rhythm.counts)

    assert moved.rates == rhythm.rates
    assert moved.patience == rhythm.patience


@given(st.integers(1, 12), st.integers(14, 28))
def test_a_regular_sender_is_late_by_four_of_its_gaps(gap: int, days: int) -> None:
    rhythm = hourly(days + 1, every=gap)

    due = late_at(rhythm)

    assert due is not None
    assert 3 * gap * HOUR <= due - rhythm.heard_at <= 6 * gap * HOUR


@given(histories, st.integers(0, 100))
def test_an_older_report_changes_nothing(rhythm: Rhythm, minutes: int) -> None:
    assert hear(rhythm, rhythm.heard_at - timedelta(minutes=minutes + 1)) == rhythm
