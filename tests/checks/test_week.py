"""A week is told from what was measured: availability by day, incidents, how fast people took them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from checks.availability import Record
from checks.model import Cause, CauseKind, Health, Incident, IncidentState, Priority, State, Subject, SubjectKind
from checks.week import records_of, weekly

MOSCOW = ZoneInfo("Europe/Moscow")
SUNDAY = date(2026, 11, 22)
MONDAY_MORNING = datetime(2026, 11, 16, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)


def outage(begin: datetime, hours: float | None = 1, *, code: str = "KodeksTcpStatus", **more: object) -> Incident:
    known = {"id": 1, "cause": Cause(CauseKind.CLIENT, "romashka", "service"), "priority": Priority.K1, **more}
    return Incident(
        state=IncidentState.OPEN if hours is None else IncidentState.ENDED,
        opened_at=begin,
        ended_at=None if hours is None else begin + HOUR * hours,
        code=code,
        **known,  # type: ignore[arg-type]
    )


def watched(*down: tuple[datetime, datetime]) -> Record:
    return Record(begin=MONDAY_MORNING - timedelta(days=40), end=MONDAY_MORNING + timedelta(days=8), down=down)


def test_a_day_of_which_a_quarter_was_lost_says_so() -> None:
    midnight = datetime(2026, 11, 17, tzinfo=MOSCOW)
    told = weekly(until=SUNDAY, zone=MOSCOW, records=[watched((midnight, midnight + 6 * HOUR))], incidents=[])

    assert [day.availability for day in told.days] == [1.0, 0.75, 1.0, 1.0, 1.0, 1.0, 1.0]
    assert told.availability == 1 - 6 / (30 * 24)


def test_what_was_not_watched_is_unknown() -> None:
    told = weekly(until=SUNDAY, zone=MOSCOW, records=[], incidents=[])

    assert told.availability is None
    assert {day.availability for day in told.days} == {None}


def test_days_count_what_began_on_them_in_the_zone_of_the_reader() -> None:
    late = datetime(2026, 11, 17, 21, 30, tzinfo=UTC)
    told = weekly(until=SUNDAY, zone=MOSCOW, records=[], incidents=[outage(late), outage(late, code="UploadBroken")])

    assert [(day.critical, day.other) for day in told.days][2] == (1, 1)
    assert sum(day.critical + day.other for day in told.days) == 2


def test_merged_incidents_and_our_own_are_not_counted() -> None:
    ours = Cause(CauseKind.SELF, "bot", "MonitorBlind")
    some = [outage(MONDAY_MORNING, merged_into=7), outage(MONDAY_MORNING, cause=ours), outage(MONDAY_MORNING)]

    assert weekly(until=SUNDAY, zone=MOSCOW, records=[], incidents=some).incidents == 1


def test_the_longest_come_first_and_an_open_one_lasts_until_the_end_of_the_week() -> None:
    short, long, open_ = outage(MONDAY_MORNING, 1), outage(MONDAY_MORNING, 30), outage(MONDAY_MORNING, None)
    told = weekly(until=SUNDAY, zone=MOSCOW, records=[], incidents=[short, long, open_])

    assert told.longest == (open_, long, short)


def test_taking_is_told_by_its_median() -> None:
    minutes = (2, 4, 60)
    some = [outage(MONDAY_MORNING, taken_by=1, taken_at=MONDAY_MORNING + timedelta(minutes=after)) for after in minutes]
    told = weekly(until=SUNDAY, zone=MOSCOW, records=[], incidents=[*some, outage(MONDAY_MORNING)])

    assert (told.taken, told.critical, told.take_time) == (3, 4, timedelta(minutes=4))


def test_records_are_read_by_client() -> None:
    since = MONDAY_MORNING
    fails = Health(
        subject=Subject(SubjectKind.CLIENT, "romashka"), code="KodeksTcpStatus", state=State.FAIL, since=since
    )
    well = Health(subject=Subject(SubjectKind.CLIENT, "vektor"), code="KodeksTcpStatus", state=State.OK, since=since)
    found = records_of([fails, well], [], now=since + 4 * HOUR)

    assert sorted(one.share(since, since + 4 * HOUR) or 0.0 for one in found.values()) == [0.0, 1.0]


moments = st.integers(0, 48).map(lambda hours: MONDAY_MORNING + hours * HOUR)


@given(st.lists(st.tuples(moments, moments).filter(lambda span: span[0] < span[1]), max_size=1), moments, moments)
def test_a_share_is_a_share(down: list[tuple[datetime, datetime]], first: datetime, last: datetime) -> None:
    share = watched(*down).share(first, last)

    assert (share is None) == (last <= first)
    assert share is None or 0.0 <= share <= 1.0
