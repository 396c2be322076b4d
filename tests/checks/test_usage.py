"""Use is rolled up into days; whatever a report repeats is counted once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from checks.model.installation import Connected, InstallationFacts, Totals, Usage, User
from checks.usage import day_of, rolled
from tests.builders import NOON, after

DAY = date(2026, 11, 23)


def roll(
    *reports: InstallationFacts, day: date = DAY, zone: timezone = UTC, kept: Sequence[Usage] = ()
) -> dict[date, Usage]:
    days, before = {one.day: one for one in kept}, None
    for report in reports:
        changed = rolled(days, report, before=before, day=day, zone=zone, at=report.reported_at or NOON)
        days |= {one.day: one for one in changed}
        before = report
    return days


def test_the_same_report_again_changes_nothing() -> None:
    report = InstallationFacts(sessions=3, seats=5, usage=(Usage(day=DAY, searches=4),), totals=Totals(refused=2))
    days = roll(report, report)

    assert rolled(days, report, before=report, day=DAY, zone=UTC, at=NOON) == []


def test_sessions_are_the_peak_and_seats_the_last_word() -> None:
    days = roll(*(InstallationFacts(sessions=now, seats=seats) for now, seats in ((3, 5), (9, 5), (1, 10))))

    assert (days[DAY].sessions, days[DAY].seats) == (9, 10)


def test_a_report_speaks_of_days_before_it() -> None:
    yesterday = DAY - timedelta(days=1)
    days = roll(InstallationFacts(usage=(Usage(day=yesterday, searches=7), Usage(day=DAY, opened=2))))

    assert (days[yesterday].searches, days[DAY].opened, days[DAY].searches) == (7, 2, None)


def test_later_figures_of_a_day_replace_earlier_ones_and_what_is_left_out_stays() -> None:
    days = roll(
        InstallationFacts(usage=(Usage(day=DAY, searches=7, printed=1),)),
        InstallationFacts(usage=(Usage(day=DAY, searches=9),)),
    )

    assert (days[DAY].searches, days[DAY].printed) == (9, 1)


def test_days_older_than_thirteen_months_or_still_to_come_are_not_taken_in() -> None:
    far = InstallationFacts(usage=(Usage(day=date(2020, 1, 1), searches=7), Usage(day=date(2030, 1, 1), searches=7)))

    assert roll(far) == {}


def test_growing_counters_give_what_they_gained() -> None:
    days = roll(*(InstallationFacts(totals=Totals(refused=total)) for total in (100, 103, 103, 105)))

    assert days[DAY].refused == 5


def test_a_counter_that_shrank_began_anew() -> None:
    days = roll(*(InstallationFacts(totals=Totals(refused=total)) for total in (100, 103, 2)))

    assert days[DAY].refused == 5


def test_the_first_login_is_the_earliest_moment_anybody_was_seen() -> None:
    early = InstallationFacts(connected=(Connected(login="a", since=after(hours=-3)), Connected(login="b")))
    days = roll(InstallationFacts(sessions=1, reported_at=NOON), early)

    assert days[DAY].first_login == after(hours=-3)


def test_people_active_that_day_are_counted_by_the_clients_own_calendar() -> None:
    late = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)  # already Monday in Vladivostok
    users = (User(login="a", last_at=late), User(login="b", last_at=after(days=-9)), User(login="c"))

    assert roll(InstallationFacts(users=users), zone=timezone(timedelta(hours=10)))[DAY].active_users == 1
    assert roll(InstallationFacts(users=users))[DAY].active_users == 0
    assert roll(InstallationFacts(users=users))[DAY].users == 3


def test_a_report_whose_clock_is_far_off_belongs_to_the_day_it_came() -> None:
    east = timezone(timedelta(hours=13))

    assert day_of(datetime(2019, 1, 1, tzinfo=UTC), NOON, UTC) == DAY
    assert day_of(after(hours=-20), NOON, UTC) == DAY - timedelta(days=1)
    assert day_of(None, NOON, east) == DAY
    assert day_of(None, after(hours=3), east) == DAY + timedelta(days=1)


COUNT = st.none() | st.integers(min_value=0, max_value=10**9)


@given(st.lists(st.builds(InstallationFacts, totals=st.builds(Totals, refused=COUNT), sessions=COUNT), max_size=8))
def test_what_is_counted_is_never_negative(reports: list[InstallationFacts]) -> None:
    for day in roll(*reports).values():
        assert (day.refused or 0) >= 0
        assert day.sessions == max((one.sessions for one in reports if one.sessions is not None), default=None)
