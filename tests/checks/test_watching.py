"""What a watch asks for, what counts as having come back, and which updates are unusual."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.model import Outcome, State
from checks.model.installation import Base, FactChange, InstallationFacts, Key
from checks.reports import ReportKind
from checks.watching import (
    FAILED,
    RUNNING,
    UNUSUAL,
    Evidence,
    Point,
    Trigger,
    Watch,
    Why,
    begin,
    by_version,
    confirm,
    observe,
    unusual,
)
from tests.builders import NOON, after, health

DAY = timedelta(hours=24)
MOSCOW = timezone(timedelta(hours=3))
BASES = (Base(name="нормы"),)
FACTS = InstallationFacts(
    version="6.4.3.59", key=Key.OK, operup_at=NOON - DAY, bases=BASES, daily_update=True, copy_done=True
)
CODES = ("KodeksHttp200Status", "MainPageBroken", "ProductSetBroken", "KodeksOnlineSensLockCheck")


def evidence(at: Any = NOON, **rest: Any) -> Evidence:
    """Everything was seen, told and heard at ``at``, and all of it is well."""
    facts = rest.pop("facts", FACTS)
    return Evidence(
        **{
            "beliefs": {code: health(code, State.OK, seen_at=at) for code in CODES},
            "facts": facts,
            "told_at": dict.fromkeys(facts.known, at),
            "heard": dict.fromkeys(ReportKind, at),
            "looked": True,
            **rest,
        }
    )


def watch(**rest: Any) -> Watch:
    started = Watch(client="romashka", trigger=Trigger.VERSION, began_at=NOON)
    return replace(begin(started, evidence(), at=NOON, patience=DAY), **rest)


def fresh(at: Any) -> Evidence:
    return evidence(at, facts=replace(FACTS, operup_at=at))


def test_everything_that_was_ever_told_must_come_back() -> None:
    assert watch().points == tuple(Point)
    assert watch().due_at == after(hours=24)


def test_what_a_client_never_told_is_not_asked_for() -> None:
    silent = Evidence(looked=True)

    assert begin(watch(), silent, at=NOON, patience=DAY).points == (Point.PAGE,)


def test_what_was_before_the_change_confirms_nothing() -> None:
    assert confirm(watch(), evidence(NOON), after(hours=1)).confirmed == {}


def test_all_that_came_back_ends_it() -> None:
    ended = confirm(watch(), fresh(after(hours=2)), after(hours=3))

    assert ended.missing == ()
    assert (ended.ended_at, ended.ended_why) == (after(hours=3), Why.CONFIRMED)


OLD = evidence(NOON)
LATER = after(hours=2)
BROKEN: dict[Point, dict[str, Any]] = {
    Point.PAGE: {"beliefs": {**fresh(LATER).beliefs, "MainPageBroken": health("MainPageBroken", seen_at=LATER)}},
    Point.PRODUCTS: {"beliefs": {**fresh(LATER).beliefs, "ProductSetBroken": health("ProductSetBroken")}},
    Point.VOLUMES: {"facts": replace(FACTS, operup_at=LATER, bases=(Base(name="нормы", error="53"),))},
    Point.KEY: {
        "facts": replace(FACTS, operup_at=LATER, key=Key.LOST),
        "beliefs": {code: one for code, one in fresh(LATER).beliefs.items() if code != "KodeksOnlineSensLockCheck"},
    },
    Point.VERSION: {"required": "6.4.4.1"},
    Point.UPLOAD: {"heard": {ReportKind.STATUS: LATER, ReportKind.SYSINFO: NOON}},
    Point.STATUS: {"heard": {ReportKind.SYSINFO: LATER, ReportKind.STATUS: NOON}},
    Point.OPERUPS: {"facts": FACTS},
    Point.DAILY_UPDATE: {"facts": replace(FACTS, operup_at=LATER, daily_update=False)},
    Point.COPY: {"facts": replace(FACTS, operup_at=LATER, copy_done=False)},
}


@pytest.mark.parametrize("point", Point)
def test_each_point_is_missing_by_itself(point: Point) -> None:
    seen = replace(fresh(LATER), **BROKEN[point])

    after_it = confirm(watch(), seen, after(hours=3))

    assert after_it.missing == (point,)
    assert after_it.ended_at is None


def test_what_was_confirmed_stays_so() -> None:
    half = confirm(watch(), replace(fresh(LATER), heard={}), after(hours=3))
    later = confirm(half, Evidence(), after(hours=4))

    assert Point.KEY in half.confirmed
    assert later.confirmed == half.confirmed


def told(one: Watch, at: Any) -> dict[str, Outcome]:
    return {seen.code: seen.outcome for seen in observe(one, at)}


def test_it_becomes_an_alert_at_its_time_and_not_just_before() -> None:
    assert told(watch(), after(hours=23, minutes=59)) == {
        RUNNING: Outcome.FAIL, FAILED: Outcome.OK, UNUSUAL: Outcome.OK
    }  # fmt: skip
    assert told(watch(), after(hours=24))[FAILED] is Outcome.FAIL


def test_the_end_of_it_resolves_everything() -> None:
    ended = watch(ended_at=after(hours=30), ended_why=Why.CONFIRMED)

    assert set(told(ended, after(hours=30)).values()) == {Outcome.OK}


def test_work_that_lasts_is_no_watch_yet() -> None:
    working = Watch(client="romashka", trigger=Trigger.WORK, began_at=NOON)

    assert confirm(working, fresh(LATER), LATER) == working
    assert set(told(working, LATER).values()) == {Outcome.OK}


def test_an_unusual_update_is_named_while_it_is_watched() -> None:
    assert told(watch(trigger=Trigger.UPDATED), LATER)[UNUSUAL] is Outcome.FAIL


def test_only_another_version_starts_a_watch() -> None:
    def change(fact: str, before: str | None, now: str) -> FactChange:
        return FactChange(client="romashka", fact=fact, at=NOON, before=before, after=now)

    changes = [
        change("version", None, "6.4.2.73"),
        change("version", "6.4.2.73", "6.4.3.59"),
        change("seats", "10", "20"),
    ]
    assert by_version(changes) == [changes[1]]


MORNINGS = [NOON.replace(hour=2, minute=40) - timedelta(days=day) for day in range(1, 15)]


def test_an_update_in_the_afternoon_is_unusual_where_mornings_are_usual() -> None:
    assert unusual(NOON.replace(hour=11), MORNINGS, MOSCOW)
    assert not unusual(NOON.replace(hour=4), MORNINGS, MOSCOW)
    assert not unusual(NOON.replace(hour=23, minute=50), MORNINGS, MOSCOW)


def test_without_a_habit_nothing_is_unusual() -> None:
    assert not unusual(NOON.replace(hour=11), MORNINGS[:4], MOSCOW)


@given(
    st.lists(
        st.datetimes(min_value=NOON.replace(tzinfo=None) - timedelta(days=60), max_value=NOON.replace(tzinfo=None)),
        max_size=30,
    )
)
def test_an_update_at_an_hour_seen_often_is_never_unusual(moments: list) -> None:
    earlier = [one.replace(tzinfo=NOON.tzinfo) for one in moments]
    often = [*earlier, *(NOON - timedelta(days=day) for day in range(1, len(earlier) + 2))]

    assert not unusual(NOON, often, MOSCOW)


@given(st.sets(st.sampled_from(Point)), st.integers(0, 48))
def test_an_alert_never_comes_of_a_watch_that_is_confirmed(missing: set[Point], hours: int) -> None:
    broken: dict[str, Any] = {}
    seen = fresh(LATER)
    for point in missing:
        broken |= BROKEN[point]
    now = after(hours=max(hours, 3))
    end = confirm(watch(), replace(seen, **broken), now)

    assert (told(end, now)[FAILED] is Outcome.FAIL) == (bool(end.missing) and hours >= 24)
