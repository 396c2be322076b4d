"""The rota says who is on duty at every moment, through holidays, leaves and changes of the clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.duty import Duty, Rota, changed, holds, on_duty, order_of, upcoming
from checks.model import Days, Leave, Shift, Turn
from checks.workdays import works

ANNA, IGOR, VERA = 3, 4, 5
MOSCOW, BERLIN = ZoneInfo("Europe/Moscow"), ZoneInfo("Europe/Berlin")


def shift(**rest: Any) -> Shift:
    facts: dict[str, Any] = {"people": (ANNA, IGOR), "begin": time(9), "end": time(18), "since": date(2026, 1, 1)}
    return Shift(**{**facts, **rest})


DAY = shift(days=frozenset({Days.WORKDAYS}), since=date(2026, 10, 26), name="день")
NIGHT = shift(people=(IGOR, VERA, ANNA), begin=time(18), end=time(9), turn=Turn.DAY, name="ночь")
OFF = shift(people=(VERA,), days=frozenset({Days.DAYS_OFF}), name="выходной")
OFFICE = Rota(shifts=(DAY, NIGHT, OFF), zone=MOSCOW)


def at(day: int, hour: int, minute: int = 0, *, month: int = 11, zone: ZoneInfo = MOSCOW) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=zone).astimezone(UTC)


def who(rota: Rota, moment: datetime) -> int | None:
    found = on_duty(rota, moment)
    return found.person if found else None


def test_days_and_nights_pass_from_one_to_the_other() -> None:
    assert who(OFFICE, at(24, 12)) == who(OFFICE, at(25, 12)) == ANNA
    nights = [who(OFFICE, at(day, 3)) for day in (24, 25, 26, 27)]
    assert set(nights) == {ANNA, IGOR, VERA}
    assert nights[0] == nights[3]


def test_a_week_in_turn_changes_on_monday() -> None:
    assert [who(OFFICE, at(day, 12)) for day in (23, 27, 30)] == [ANNA, ANNA, IGOR]


def test_an_untaken_incident_passes_to_the_next_in_turn() -> None:
    duty = on_duty(OFFICE, at(24, 12))
    assert duty is not None
    assert (duty.person, duty.next, duty.name) == (ANNA, IGOR, "день")


def test_a_holiday_is_a_day_off_and_a_moved_saturday_is_a_working_day() -> None:
    assert who(OFFICE, at(4, 12)) == VERA  # Wednesday, the day of national unity
    working = datetime(2027, 2, 20, 12, tzinfo=MOSCOW)
    assert working.weekday() == 5
    assert works(working.date())
    assert who(OFFICE, working.astimezone(UTC)) in {ANNA, IGOR}
    assert not works(date(2026, 12, 31))


def test_who_is_away_is_replaced_by_the_one_named_or_by_the_next() -> None:
    by_next = Rota(shifts=(DAY,), leaves=(Leave(person=ANNA, first=date(2026, 11, 24), last=date(2026, 11, 25)),))
    named = Rota(
        shifts=(DAY,), leaves=(Leave(person=ANNA, instead=VERA, first=date(2026, 11, 24), last=date(2026, 11, 25)),)
    )
    utc = ZoneInfo("UTC")

    assert [who(by_next, at(day, 12, zone=utc)) for day in (23, 24, 25, 26)] == [ANNA, IGOR, IGOR, ANNA]
    assert [who(named, at(day, 12, zone=utc)) for day in (23, 24, 25, 26)] == [ANNA, VERA, VERA, ANNA]
    assert order_of(DAY, date(2026, 11, 24), named) == (VERA, IGOR)


def test_when_everybody_is_away_nobody_is_on_duty() -> None:
    away = tuple(Leave(person=one, first=date(2026, 11, 24), last=date(2026, 11, 24)) for one in (ANNA, IGOR))
    rota = Rota(shifts=(DAY,), leaves=away)

    assert on_duty(rota, datetime(2026, 11, 24, 12, tzinfo=UTC)) is None
    assert who(rota, datetime(2026, 11, 25, 12, tzinfo=UTC)) == ANNA


def test_an_empty_rota_knows_nobody() -> None:
    assert not Rota()
    assert on_duty(Rota(), at(24, 12)) is None
    assert upcoming(Rota(), at(24, 12)) == []
    assert changed(Rota(), at(24, 12)) is None


def test_a_week_of_duty_while_the_clocks_change_at_the_office_in_berlin() -> None:
    day = shift(people=(ANNA,), begin=time(8), end=time(20), name="день")
    night = shift(people=(IGOR,), begin=time(20), end=time(8), name="ночь")
    rota = Rota(shifts=(day, night), zone=BERLIN)

    moment, seen = at(22, 0, month=10, zone=BERLIN), []
    while moment < at(29, 0, month=10, zone=BERLIN):
        duty = on_duty(rota, moment)
        assert duty is not None
        if duty.begin == moment or not seen:
            seen.append(duty)
        moment += timedelta(minutes=30)

    lengths = {(one.end - one.begin) // timedelta(hours=1) for one in seen[1:]}
    assert lengths == {12, 13}
    assert [one.begin.astimezone(BERLIN).hour for one in seen[1:]] == [8, 20] * 7
    assert [one.person for one in seen] == [IGOR, ANNA] * 7 + [IGOR]


def test_the_last_change_names_who_had_it_and_who_has_it() -> None:
    before, now = changed(OFFICE, at(25, 12)) or pytest.fail("no change")
    assert before is not None
    assert (now.person, now.begin) == (ANNA, at(25, 9))
    assert before.person == who(OFFICE, at(25, 8, 59)) == IGOR


def test_at_night_the_next_one_is_the_nights() -> None:
    day, night = on_duty(OFFICE, at(23, 12)), on_duty(OFFICE, at(24, 3))
    assert day is not None
    assert night is not None
    assert (day.person, day.next) == (ANNA, IGOR)
    assert (night.person, night.next) == (ANNA, IGOR)
    assert night.name == "ночь"


def test_one_person_day_and_night_is_no_change() -> None:
    rota = Rota(shifts=(shift(people=(ANNA,), begin=time(9), end=time(9)),))
    assert changed(rota, at(24, 12)) is None
    assert who(rota, at(24, 12)) == ANNA


CLOCKS = st.builds(time, st.integers(0, 23), st.sampled_from([0, 30]))
SHIFTS = st.builds(
    Shift,
    people=st.lists(st.integers(1, 5), min_size=0, max_size=4, unique=True).map(tuple),
    days=st.frozensets(st.sampled_from(Days), min_size=1, max_size=3),
    begin=CLOCKS,
    end=CLOCKS,
    turn=st.sampled_from(Turn),
    since=st.dates(date(2026, 1, 1), date(2026, 10, 1)),
)
LEAVES = st.builds(
    Leave,
    person=st.integers(1, 5),
    first=st.dates(date(2026, 9, 1), date(2026, 11, 30)),
    last=st.dates(date(2026, 9, 1), date(2026, 11, 30)),
    instead=st.none() | st.integers(1, 5),
)
ROTAS = st.builds(
    Rota,
    shifts=st.lists(SHIFTS, max_size=3).map(tuple),
    leaves=st.lists(LEAVES, max_size=3).map(tuple),
    zone=st.sampled_from([MOSCOW, BERLIN, ZoneInfo("America/New_York")]),
    works=st.just(works),
)
MOMENTS = st.datetimes(datetime(2026, 10, 10), datetime(2026, 11, 20)).map(lambda moment: moment.replace(tzinfo=UTC))


def by_hand(rota: Rota, moment: datetime) -> set[int]:
    """Everybody who stands in some shift at a moment, looked up the slow way."""
    there = moment.astimezone(rota.zone)
    found: set[int] = set()
    for one in rota.shifts:
        for back in (0, 1):
            day = there.date() - timedelta(days=back)
            last = day + timedelta(days=one.end <= one.begin)
            begin = datetime.combine(day, one.begin, rota.zone).astimezone(UTC)
            end = datetime.combine(last, one.end, rota.zone).astimezone(UTC)
            if holds(one, day, rota.works) and begin <= moment < end:
                found |= set(order_of(one, day, rota)[:1])
    return found


@given(ROTAS, MOMENTS)
def test_who_is_on_duty_stands_in_some_shift(rota: Rota, moment: datetime) -> None:
    duty, there = on_duty(rota, moment), by_hand(rota, moment)

    assert (duty is None) == (not there)
    assert duty is None or duty.person in there


@given(ROTAS, MOMENTS)
def test_a_stretch_has_one_person_and_ends_with_a_change(rota: Rota, moment: datetime) -> None:
    duty = on_duty(rota, moment)
    if duty is None:
        return
    assert duty.begin <= moment < duty.end
    assert len(set(duty.order)) == len(duty.order)
    half = moment + (duty.end - moment) / 2
    assert who(rota, half) == duty.person
    if duty.end - moment < timedelta(days=12):
        assert who(rota, duty.end) != duty.person
    later = upcoming(rota, moment)
    assert [one.begin for one in later] == sorted(one.begin for one in later)


@given(ROTAS, MOMENTS, st.integers(1, 5))
def test_who_is_away_is_never_on_duty(rota: Rota, moment: datetime, person: int) -> None:
    day = moment.astimezone(rota.zone).date()
    gone = Leave(person=person, first=day - timedelta(days=2), last=day + timedelta(days=2))
    away = Rota(shifts=rota.shifts, leaves=(*rota.leaves, gone), zone=rota.zone, works=rota.works)

    duty: Duty | None = on_duty(away, moment)
    assert duty is None or duty.person != person
