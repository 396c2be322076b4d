"""Silence is counted only while we listened, and many who fall silent at once are one story."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.freshness import Absence, Limits, Sender, Senders, cutoff, intake, merged, overdue, quiet
from checks.model import Outcome
from checks.reports import ReportKind

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def ago(span: timedelta) -> datetime:
    return NOON - span


def absence(began: timedelta, ended: timedelta) -> Absence:
    """From ``began`` ago to ``ended`` ago."""
    return Absence(began_at=ago(began), ended_at=ago(ended))


def uploader(last: timedelta | None, *, listed: timedelta | None = None) -> Sender:
    return Sender(
        client="romashka",
        kind=ReportKind.SYSINFO,
        limit=48 * HOUR,
        heard_at=None if last is None else ago(last),
        listed_at=None if listed is None else ago(listed),
    )


def test_a_client_within_its_limit_is_not_overdue() -> None:
    assert overdue(uploader(48 * HOUR), NOON) is None


def test_a_client_silent_for_too_long_is_overdue() -> None:
    observation = overdue(uploader(48 * HOUR + MINUTE), NOON)

    assert observation is not None
    assert (observation.code, observation.outcome, observation.reason) == (
        "SmartXMLfileIsToOld",
        Outcome.FAIL,
        "silent",
    )


def test_our_own_absence_is_not_the_clients_silence() -> None:
    away = [absence(20 * HOUR, 10 * HOUR)]

    assert overdue(uploader(57 * HOUR), NOON, away) is None
    assert overdue(uploader(59 * HOUR), NOON, away) is not None


def test_a_listed_sender_that_never_sent_is_overdue_from_its_listing() -> None:
    assert overdue(uploader(None, listed=47 * HOUR), NOON) is None
    observation = overdue(uploader(None, listed=49 * HOUR), NOON)
    assert observation is not None
    assert observation.reason == "never"


def test_nobody_expected_is_never_overdue() -> None:
    assert overdue(uploader(None), NOON) is None


def test_a_clients_own_limit_comes_first() -> None:
    limits = Limits(own={("romashka", ReportKind.STATUS): 2 * HOUR})

    assert limits.of("vektor", ReportKind.SYSINFO) == 48 * HOUR
    assert limits.of("vektor", ReportKind.SYSINFO, 168 * HOUR) == 168 * HOUR
    assert limits.of("vektor", ReportKind.STATUS, 168 * HOUR) == 45 * MINUTE
    assert limits.of("romashka", ReportKind.STATUS) == 2 * HOUR


def test_a_clock_set_back_makes_nobody_late() -> None:
    assert quiet(NOON + HOUR, NOON) == timedelta(0)


spans = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=5))
absences = st.lists(st.builds(absence, spans, spans), max_size=6)


@given(spans, absences)
def test_absences_never_make_a_silence_longer(span: timedelta, away: list[Absence]) -> None:
    assert timedelta(0) <= quiet(ago(span), NOON, away) <= span


@given(spans, spans, absences)
def test_silence_grows_with_time_and_shrinks_with_a_later_sign(
    one: timedelta, other: timedelta, away: list[Absence]
) -> None:
    older, newer = max(one, other), min(one, other)

    assert quiet(ago(older), NOON, away) >= quiet(ago(newer), NOON, away)
    assert quiet(ago(older), NOON + one, away) >= quiet(ago(older), NOON, away)


@given(spans, absences, st.data())
def test_time_away_is_never_counted(span: timedelta, away: list[Absence], data: st.DataObject) -> None:
    """A day more of absence in the past changes nothing, if the last sign is a day older."""
    day = timedelta(days=1)
    began = ago(data.draw(st.timedeltas(min_value=timedelta(0), max_value=span)))
    shifted = [a for a in away if a.began_at >= began] + [
        Absence(began_at=a.began_at - day, ended_at=a.ended_at - day) for a in away if a.ended_at <= began
    ]
    kept = [a for a in away if a.began_at >= began or a.ended_at <= began]

    longer = [*shifted, Absence(began_at=began - day, ended_at=began)]

    assert quiet(ago(span) - day, NOON, longer) == quiet(ago(span), NOON, kept)


@given(spans, spans, absences)
def test_one_moment_decides_as_the_exact_silence_does(span: timedelta, limit: timedelta, away: list[Absence]) -> None:
    assert (ago(span) < cutoff(NOON, limit, away)) == (quiet(ago(span), NOON, away) > limit)


@given(absences)
def test_merged_absences_neither_overlap_nor_touch(away: list[Absence]) -> None:
    result = merged(away)

    assert all(a.began_at < a.ended_at for a in result)
    assert all(a.ended_at < b.began_at for a, b in pairwise(result))


def statuses(active: int, together: int) -> list[Senders]:
    return [Senders(kind=ReportKind.STATUS, active=active, together=together)]


@pytest.mark.parametrize(
    ("silence", "active", "together", "outcome"),
    [
        (31 * MINUTE, 10, 10, Outcome.FAIL),
        (31 * MINUTE, 10, 8, Outcome.FAIL),
        (31 * MINUTE, 10, 7, Outcome.OK),
        (29 * MINUTE, 10, 10, Outcome.OK),
        (31 * MINUTE, 5, 5, Outcome.FAIL),
        (31 * MINUTE, 4, 4, Outcome.UNKNOWN),
        (5 * 24 * HOUR, 10, 10, Outcome.FAIL),
    ],
)
def test_the_intake_is_silent_when_many_stop_together(
    silence: timedelta, active: int, together: int, outcome: Outcome
) -> None:
    observation = intake(ago(silence), statuses(active, together), NOON)

    assert (observation.code, observation.outcome) == ("IntakeSilent", outcome)


def test_nobody_ever_sent_says_nothing_of_the_intake() -> None:
    assert intake(None, [], NOON).outcome is Outcome.UNKNOWN


def test_the_intake_is_not_silent_because_we_were_away() -> None:
    away = [absence(3 * HOUR, 10 * MINUTE)]

    assert intake(ago(3 * HOUR + MINUTE), statuses(10, 10), NOON, away).outcome is Outcome.OK
