"""A year of use is added up month by month; what is unknown stays unknown, a nought before is said as such."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from checks.model import Month, Quota, Tally
from checks.model.installation import Usage
from checks.renewal import Change, MonthUse, Turn, change, of_access, of_installation, span, together

NOVEMBER = date(2026, 11, 25)


def test_without_a_year_the_last_twelve_months_are_told() -> None:
    assert span(NOVEMBER)[0] == date(2025, 12, 1)
    assert span(NOVEMBER)[-1] == date(2026, 11, 1)


def test_of_the_present_year_only_months_that_have_begun() -> None:
    assert len(span(NOVEMBER, 2026)) == 11
    assert len(span(NOVEMBER, 2025)) == 12


def test_days_add_up_and_a_month_without_days_is_unknown_not_idle() -> None:
    days = [Usage(day=date(2026, 10, day), searches=2, opened=3, refused=0) for day in (1, 2)]
    october, november = of_installation(days, span(NOVEMBER, 2026)[-2:])

    assert (october.requested, october.activity, october.refused, october.saved, october.days) == (6, 10, 0, None, 2)
    assert november == MonthUse(first=date(2026, 11, 1))


def test_an_access_tells_its_quotas() -> None:
    tallies = {Quota.DOCS: Tally(spent=250, left=50, limit=300), Quota.SEARCH: Tally(spent=40, left=1, limit=41)}
    month = Month(first=date(2026, 11, 1), since=1, until=24, days=24, tallies=tallies)

    (told,) = of_access([month], [date(2026, 11, 1)])

    assert (told.requested, told.activity, told.printed, told.refused) == (250, 290, None, None)


def test_an_installation_and_its_accesses_are_told_together() -> None:
    one, other = (
        MonthUse(first=NOVEMBER, requested=3, days=4),
        MonthUse(first=NOVEMBER, requested=None, saved=1, days=9),
    )

    assert together([[one], [other]]) == (MonthUse(first=NOVEMBER, requested=3, saved=1, days=9),)


def test_a_nought_before_is_said_as_such() -> None:
    assert change(0, 5) == Change(turn=Turn.FROM_NOTHING)
    assert change(0, 0) == Change(turn=Turn.SAME)
    assert change(5, 0) == Change(turn=Turn.STOPPED, share=-1.0)
    assert change(None, 5) == Change(turn=Turn.UNKNOWN)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_change_has_the_sign_of_what_happened(before: int, now: int) -> None:
    told = change(before, now)

    if told.turn is Turn.UP:
        assert now > before
    if told.turn in {Turn.DOWN, Turn.STOPPED}:
        assert now < before
    assert told.share is None or told.share >= -1


@given(st.lists(st.tuples(st.integers(0, 364), st.integers(0, 99)), max_size=60, unique_by=lambda pair: pair[0]))
def test_nothing_is_lost_and_nothing_counted_twice(rows: list[tuple[int, int]]) -> None:
    first = date(2025, 12, 1)
    days = [Usage(day=first + timedelta(days=place), opened=opened) for place, opened in rows]

    told = of_installation(days, span(NOVEMBER))

    inside = [one for one in days if one.day < date(2026, 12, 1)]
    assert sum(one.requested or 0 for one in told) == sum(one.opened or 0 for one in inside)
    assert sum(one.days for one in told) == len(inside)
