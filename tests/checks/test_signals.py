"""Every signal fires, does not fire just below its threshold, ends, and is unknown where its source is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.billing import back, of_months
from checks.catalogue import ROWS, SIGNALS
from checks.later import choices, read_date
from checks.model import Day, Figure, Outcome, Priority, Quota, access_subject
from checks.model.installation import Usage
from checks.office import Folding, Office
from checks.quiet import Passage
from checks.signals import AccessHistory, ClientHistory, Norms, Said, of_access, of_client
from checks.signals.history import UsedMonth, season
from tests.builders import client

MOSCOW = ZoneInfo("Europe/Moscow")
LIMIT = 300
NORMS = Norms()
FAIL, OK, UNKNOWN = Outcome.FAIL, Outcome.OK, Outcome.UNKNOWN


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), MOSCOW).astimezone(UTC)


def history(today: date, left: Sequence[tuple[date, int]], *, known: bool = True, **rest: Any) -> AccessHistory:
    """An access with so many documents left on these days; the last day seen is today unless said otherwise."""
    days = [Day(day=day, quotas={Quota.DOCS: Figure(docs, LIMIT)}) for day, docs in left]
    facts = {"known_at": noon(today) if known else None, **rest}
    return AccessHistory(
        subject=access_subject("vektor", 1), now=noon(today), today=today, months=of_months(days), login="v", **facts
    )


def said(code: str, of: AccessHistory | ClientHistory) -> Said:
    judged = of_access(of, NORMS) if isinstance(of, AccessHistory) else of_client(of, NORMS)
    (one,) = [one for one in judged if one.code == code]
    return one


def outcome(code: str, of: AccessHistory | ClientHistory) -> Outcome:
    return said(code, of).outcome


def months_of(first: date, spent: Sequence[int]) -> list[tuple[date, int]]:
    """Whole months known day by day, each with so much spent at an even pace."""
    days: list[tuple[date, int]] = []
    for number, whole in enumerate(spent):
        begins = back(first, -number)
        length = (back(begins, -1) - begins).days
        days += [(begins.replace(day=day), LIMIT - whole * day // length) for day in range(1, length + 1)]
    return days


# ── quotas ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("code", "fires", "not_yet"),
    [("OnlineBillingDocsLeft150", 149, 150), ("OnlineBillingDocsLeft50", 49, 50), ("OnlineBillingDocsLeftZero", 0, 1)],
)
def test_a_quota_is_low_below_its_threshold(code: str, fires: int, not_yet: int) -> None:
    today = date(2023, 3, 15)

    assert outcome(code, history(today, [(today, fires)])) is FAIL
    assert outcome(code, history(today, [(today, not_yet)])) is OK
    assert outcome(code, history(today, [])) is UNKNOWN
    assert outcome(code, history(today, [(today, fires)], known=False)) is UNKNOWN


def test_it_ends_when_the_quota_is_restored_and_waits_while_it_is_not() -> None:
    march, first = date(2023, 3, 31), date(2023, 4, 1)

    assert outcome("OnlineBillingDocsLeft50", history(first, [(march, 12), (first, 300)])) is OK
    assert outcome("OnlineBillingDocsLeft50", history(first, [(march, 12), (first, 12)])) is UNKNOWN


def test_it_says_when_it_will_be_gone_and_how_often_that_happened() -> None:
    """Two months before were gone early; in March 21 a working day leave 48 on the 20th, so the 22nd is the end."""
    past = months_of(date(2023, 1, 1), [0, 0])
    used_up = [(day, max(0, LIMIT - 20 * day.day)) for day, _ in past]
    march = [(date(2023, 3, 1), 279), (date(2023, 3, 17), 48)]

    facts = said("OnlineBillingDocsLeft50", history(date(2023, 3, 17), [*used_up, *march])).facts

    assert facts["months"] == 3
    assert facts["ends"] == "2023-03-22"


# ── visits ────────────────────────────────────────────────────────────────────────────────────────────────────────


def quiet_since(last: date, today: date) -> AccessHistory:
    """Documents were used up to ``last``; figures have been seen every day since."""
    first = last - timedelta(days=10)
    days = [first + timedelta(days=number) for number in range((today - first).days + 1)]
    return history(today, [(day, LIMIT - min(day, last).day) for day in days if day.month == today.month])


def test_nobody_came_for_a_week_and_five_working_days() -> None:
    friday = date(2023, 5, 19)

    assert outcome("OnlineNoLogin", quiet_since(friday, date(2023, 5, 26))) is OK
    told = said("OnlineNoLogin", quiet_since(friday, date(2023, 5, 27)))
    assert (told.outcome, told.facts["days"]) == (FAIL, 8)


def test_holidays_do_not_count() -> None:
    """From the 28th of April to the 10th of May 2023 there were only five working days, the last one not over."""
    friday = date(2023, 4, 28)
    days = [(friday - timedelta(days=number), 200 + number) for number in range(20, -1, -1)]
    full = [(date(2023, 5, number), 300) for number in range(2, 12)]

    assert outcome("OnlineNoLogin", history(date(2023, 5, 9), [*days, *full[:8]])) is OK
    assert outcome("OnlineNoLogin", history(date(2023, 5, 11), [*days, *full])) is FAIL


def test_a_figure_that_moves_is_a_visit_and_none_that_was_seen_is_no_answer() -> None:
    friday = date(2023, 5, 19)
    back_again = quiet_since(friday, date(2023, 5, 30))
    moved = history(date(2023, 5, 30), [(friday, 281), (date(2023, 5, 29), 281), (date(2023, 5, 30), 280)])

    assert outcome("OnlineNoLogin", back_again) is FAIL
    assert outcome("OnlineNoLogin", moved) is OK
    assert outcome("OnlineNoLogin", history(friday, [])) is UNKNOWN


def test_the_pages_own_word_of_a_visit_counts() -> None:
    friday, today = date(2023, 5, 19), date(2023, 5, 30)
    seen = [(friday, 281), (today, 281)]

    assert outcome("OnlineNoLogin", history(today, seen, visited_on=date(2023, 5, 26))) is OK


def test_with_nothing_left_nobody_can_come() -> None:
    today = date(2023, 5, 30)

    assert outcome("OnlineNoLogin", history(today, [(date(2023, 5, 15), 0), (today, 0)])) is UNKNOWN


def test_seasonal_clients_are_left_in_peace_until_their_pause_is_unusual() -> None:
    past = months_of(date(2022, 5, 1), [0, 60, 0, 0, 60, 0, 0, 60, 0, 0, 60, 0])
    april = [(date(2023, 5, number), 300) for number in range(1, 26)]
    july = [*april, *[(date(2023, month, number), 300) for month in (6, 7) for number in range(1, 26)]]

    assert outcome("OnlineNoLogin", history(date(2023, 5, 25), [*past, *april])) is OK
    assert outcome("UsageLow", history(date(2023, 5, 25), [*past, *april])) is OK
    assert outcome("OnlineNoLogin", history(date(2023, 7, 25), [*past, *july])) is FAIL


@given(st.lists(st.booleans(), min_size=0, max_size=14))
def test_a_season_is_a_pause_that_was_kept(used: list[bool]) -> None:
    firsts = [back(date(2023, 5, 1), len(used) - number) for number in range(len(used))]

    found = season(used, firsts)

    if found is not None:
        assert 2 <= sum(used) <= len(used) / 2
        assert 1 <= found < len(used)


# ── use ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("day", "below", "enough"), [(10, 8, 9), (20, 29, 30), (30, 44, 45)])
def test_little_use_is_told_on_its_day(day: int, below: int, enough: int) -> None:
    code, today = f"OnlineUserActivityIsLow{day}", date(2023, 3, day)
    began = (date(2023, 3, 1), LIMIT)

    assert outcome(code, history(today, [began, (today, LIMIT - below)])) is FAIL
    assert outcome(code, history(today, [began, (today, LIMIT - enough)])) is OK
    assert outcome(code, history(today - timedelta(days=1), [began, (today - timedelta(days=1), LIMIT)])) is OK
    assert outcome(code, history(today, [])) is UNKNOWN
    assert outcome(code, history(date(2023, 4, 1), [began, (date(2023, 4, 1), LIMIT)])) is OK


@pytest.mark.parametrize("today", [date(2023, 2, 28), date(2024, 2, 29)])
def test_february_is_checked_on_its_last_day(today: date) -> None:
    first = today.replace(day=1)

    assert outcome("OnlineUserActivityIsLow30", history(today, [(first, LIMIT), (today, 290)])) is FAIL
    assert outcome("OnlineUserActivityIsLow20", history(today, [(first, LIMIT), (today, 290)])) is OK


def test_a_month_far_below_the_own_past_is_a_fall() -> None:
    today = date(2023, 3, 3)

    def judged(last: int) -> Outcome:
        return outcome("UsageLow", history(today, [*months_of(date(2022, 10, 1), [150, 140, 160, 150, last])]))

    assert judged(30) is FAIL
    assert judged(60) is OK
    assert outcome("UsageLow", history(today, months_of(date(2023, 1, 1), [150, 10]))) is UNKNOWN


@pytest.mark.parametrize(("months", "expected"), [((290, 290, 0), FAIL), ((290, 0, 0), OK)])
def test_two_early_ends_of_three_are_often(months: tuple[int, ...], expected: Outcome) -> None:
    spent = [(day, max(0, LIMIT - months[number] * day.day // 18)) for number, day in _days(date(2023, 1, 1), 3)]

    assert outcome("LimitExhaustedOften", history(date(2023, 3, 31), spent)) is expected
    assert outcome("LimitExhaustedOften", history(date(2023, 3, 31), [])) is UNKNOWN


def _days(first: date, count: int) -> list[tuple[int, date]]:
    begins = [back(first, -number) for number in range(count + 1)]
    return [
        (number, begins[number] + timedelta(days=day))
        for number in range(count)
        for day in range((begins[number + 1] - begins[number]).days)
    ]


@given(
    st.dates(date(2022, 1, 1), date(2027, 12, 31)),
    st.lists(st.tuples(st.integers(0, 400), st.integers(-10, 400)), max_size=60),
)
def test_any_history_is_judged_once_a_code(today: date, figures: list[tuple[int, int]]) -> None:
    days = sorted({today - timedelta(days=ago): left for ago, left in figures}.items())

    codes = [one.code for one in of_access(history(today, days), NORMS)]

    assert len(codes) == len(set(codes))
    assert set(codes) <= SIGNALS
    assert all(ROWS[code].steps for code in codes)


# ── clients with an installation, contracts ───────────────────────────────────────────────────────────────────────


def installed(today: date, **rest: Any) -> ClientHistory:
    facts = {"installation": True, "known_at": noon(today), "seats": 10, **rest}
    return ClientHistory(subject=client(), now=noon(today), today=today, **facts)


def used(day: date, **figures: int) -> Usage:
    return Usage(day=day, **figures)


def test_requests_of_the_month_are_counted_from_the_20th() -> None:
    day, code = date(2023, 3, 20), "KodeksUserActivityIsLow"

    assert outcome(code, installed(day, days=[used(day, searches=15, opened=5)])) is FAIL
    assert outcome(code, installed(day, days=[used(day, searches=15, opened=6)])) is OK
    assert outcome(code, installed(day)) is UNKNOWN
    assert outcome(code, installed(date(2023, 3, 19), days=[used(day, searches=1)])) is OK


def test_involvement_is_active_users_by_seats() -> None:
    day, code = date(2023, 3, 20), "KodeksUserAInvolvementIsLow"

    assert outcome(code, installed(day, active=5)) is FAIL
    assert outcome(code, installed(day, active=6)) is OK
    assert outcome(code, installed(day)) is UNKNOWN


def test_seats_that_are_short_on_three_of_fourteen_days_are_often() -> None:
    day, code = date(2023, 3, 20), "LimitExhaustedOften"
    short = [used(day - timedelta(days=ago), refused=1) for ago in (9, 5, 0)]
    old = used(day - timedelta(days=14), refused=1)

    assert outcome(code, installed(day, days=short)) is FAIL
    assert outcome(code, installed(day, days=[old, *short[1:]])) is OK
    assert outcome(code, installed(day)) is UNKNOWN
    assert outcome("KodeksDetectOverUserError", installed(day, days=short)) is FAIL
    assert outcome("KodeksDetectOverUserError", installed(day, days=short[:2])) is OK


@pytest.mark.parametrize(
    ("days", "step"), [(91, None), (90, 90), (61, 90), (60, 60), (30, 30), (7, 7), (0, 7), (-1, None)]
)
def test_the_end_of_a_contract_is_told_in_steps(days: int, step: int | None) -> None:
    today = date(2023, 3, 20)
    one = said("ContractEnding", installed(today, contract_end=today + timedelta(days=days)))

    assert (one.outcome, one.reason) == ((FAIL, f"days_{step}") if step else (OK, ""))


def test_a_near_end_and_little_use_are_a_renewal_at_risk() -> None:
    today, code = date(2023, 3, 20), "RenewalAtRisk"
    near, later = today + timedelta(days=60), today + timedelta(days=61)

    assert outcome(code, installed(today, contract_end=near, low=frozenset({"OnlineNoLogin"}))) is FAIL
    assert outcome(code, installed(today, contract_end=later, low=frozenset({"OnlineNoLogin"}))) is OK
    assert outcome(code, installed(today, contract_end=near, used_on=today, installation=False)) is OK
    assert outcome(code, installed(today, contract_end=near, installation=False, known_at=None)) is UNKNOWN


def test_use_after_the_end_of_a_contract_is_told() -> None:
    today, code = date(2023, 3, 20), "KodeksUnsupportedButUsed"
    end = today - timedelta(days=5)

    assert outcome(code, installed(today, contract_end=end, used_on=today)) is FAIL
    assert outcome(code, installed(today, contract_end=end, used_on=end)) is OK
    assert outcome(code, installed(today, contract_end=end)) is UNKNOWN


@pytest.mark.parametrize(
    ("code", "fact"),
    [("KodeksNewUser", "newcomers"), ("KodeksSearchIsEmpty", "empty"), ("KodeksSearchError", "failed")],
)
def test_people_and_searches_are_a_line_a_day(code: str, fact: str) -> None:
    today = date(2023, 3, 20)

    assert said(code, installed(today, **{fact: ["a", "b"]})).facts["count"] == 2
    assert outcome(code, installed(today)) is OK
    assert outcome(code, installed(today, known_at=None)) is UNKNOWN


def test_an_installation_is_compared_with_its_own_past() -> None:
    today, code = date(2023, 3, 5), "UsageLow"
    past = [UsedMonth(date(2022, month, 1), 200, 20) for month in (10, 11, 12)]

    assert outcome(code, installed(today, months=[*past, UsedMonth(date(2023, 2, 1), 20, 20)])) is FAIL
    assert outcome(code, installed(today, months=[*past, UsedMonth(date(2023, 2, 1), 90, 20)])) is OK
    assert outcome(code, installed(today, months=past)) is UNKNOWN


# ── hours and dates ───────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_urgent_comes_alone_and_the_rest_with_the_digest_unless_chosen_otherwise() -> None:
    now = noon(date(2023, 3, 20))

    def passages(folding: Folding | None) -> list[Passage]:
        office = Office(zone=MOSCOW, folding=folding)
        return [office.passage(priority, now) for priority in (Priority.K3, Priority.K4)]

    assert passages(None) == [Passage.AS_EVER, Passage.WAITS]
    assert passages(Folding.AT_ONCE) == passages(Folding.BOTH) == [Passage.AS_EVER, Passage.AS_EVER]
    assert passages(Folding.DIGEST) == [Passage.WAITS, Passage.WAITS]


@given(st.datetimes(datetime(2022, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)))
def test_the_next_working_morning_is_ahead(now: datetime) -> None:
    office = Office(zone=MOSCOW)

    assert office.over_at(now) > now
    assert office.opens(office.over_at(now)) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("20.12", date(2026, 12, 20)),
        ("до 20.12.2026", date(2026, 12, 20)),
        ("1 мая", date(2027, 5, 1)),
        ("20 декабря 2026 года", date(2026, 12, 20)),
        ("2026-12-20", date(2026, 12, 20)),
        ("24.11", date(2027, 11, 24)),
        ("25.11.2026", None),
        ("31.02", None),
        ("20.12.2036", None),
        ("перезвоню", None),
    ],
)
def test_dates_are_read_as_people_write_them(text: str, day: date | None) -> None:
    assert read_date(text, date(2026, 11, 25)) == day


@given(st.text(max_size=30), st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_any_words_are_a_date_ahead_or_none(text: str, today: date) -> None:
    found = read_date(text, today)

    assert found is None or today < found <= today + timedelta(days=366)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_every_offered_date_can_be_chosen(today: date) -> None:
    assert all(read_date(until.isoformat(), today) == until for _, until in choices(today))
