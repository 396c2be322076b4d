"""Planned work keeps back what it is about and nothing that others share, comes again on time, and ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.estate import build
from checks.maintenance import (
    again,
    covering,
    covers,
    keeps_back,
    out_of_patience,
    population,
    same,
    spans,
    subjects,
    undoable,
    unsettled,
)
from checks.model import (
    Cause,
    CauseKind,
    Client,
    Extent,
    Incident,
    Redirect,
    State,
    SubjectKind,
    Window,
    WindowState,
)
from checks.recurring import last_due, next_due
from tests.builders import NOON, after, client, health, incident, symptom

NOBODY: dict[str, frozenset[str]] = {}
BEHIND = {"r1": frozenset({"romashka", "vektor"})}


def window(extent: Extent = Extent.CLIENT, target: str = "romashka", **rest: Any) -> Window:
    facts: dict[str, Any] = {
        "id": 1,
        "begins_at": NOON,
        "ends_at": after(hours=2),
        "created_at": NOON,
        "state": WindowState.LASTING,
    }
    return Window(extent=extent, target=target, **{**facts, **rest})


def behind_r1(*names: str) -> Incident:
    signs = tuple(symptom("DomainUnreachable", subject=client(name)) for name in names)
    return incident(cause=Cause(CauseKind.REDIRECT, "r1"), code="RedirectServerDown", symptoms=signs)


def at_an_address(*names: str) -> Incident:
    signs = tuple(symptom(subject=client(name)) for name in names)
    return incident(cause=Cause(CauseKind.ADDRESS, "10.0.0.1"), symptoms=signs)


def domain_of(name: str) -> Incident:
    return incident(cause=Cause(CauseKind.CLIENT, name, "domain"), symptoms=(symptom(subject=client(name)),))


def ours(kind: CauseKind) -> Incident:
    return incident(cause=Cause(kind, "bot", "MonitorBlind"), symptoms=())


def test_work_at_a_client_keeps_back_that_client_alone() -> None:
    assert covers(window(), incident(), behind=NOBODY)
    assert not covers(window(target="vektor"), incident(), behind=NOBODY)


def test_work_at_a_client_does_not_hide_a_dead_redirect_server() -> None:
    assert not covers(window(), behind_r1("romashka"), behind=BEHIND)


def test_work_at_all_clients_of_an_address_hides_what_only_they_share() -> None:
    both = [window(), window(id=2, target="vektor")]

    assert covering(both, at_an_address("romashka", "vektor"), after(1), behind=NOBODY)
    assert covering(both[:1], at_an_address("romashka", "vektor"), after(1), behind=NOBODY) is None


def test_work_on_a_redirect_server_hides_it_and_the_way_through_it() -> None:
    work = window(Extent.REDIRECT, "r1")

    assert covers(work, behind_r1("romashka"), behind=BEHIND)
    assert covers(work, domain_of("romashka"), behind=BEHIND)
    assert not covers(work, domain_of("progress"), behind=BEHIND)
    assert not covers(work, incident(), behind=BEHIND), "an installation that dies meanwhile is another matter"


def test_work_on_a_kind_of_alert_hides_that_kind() -> None:
    assert covers(window(Extent.CODE, "KodeksTcpStatus"), incident(), behind=NOBODY)
    assert not covers(window(Extent.CODE, "KodeksTcpStatus"), behind_r1(), behind=NOBODY)


@given(st.sampled_from(list(Extent)), st.sampled_from([CauseKind.SELF, CauseKind.INTAKE, CauseKind.CHAT]))
def test_no_work_hides_our_own_troubles(extent: Extent, kind: CauseKind) -> None:
    assert not covers(window(extent, "MonitorBlind"), ours(kind), behind=BEHIND)


def test_work_on_everything_hides_every_client() -> None:
    for what in (incident(), behind_r1("romashka"), at_an_address("romashka", "vektor")):
        assert covers(window(Extent.ALL, ""), what, behind=NOBODY)


def test_it_keeps_back_from_its_beginning_until_it_has_been_looked_at() -> None:
    planned = window(state=WindowState.PLANNED)

    assert not keeps_back(planned, after(-1))
    assert keeps_back(planned, NOON)
    assert not keeps_back(planned, after(hours=2)), "time that went by while we were away"
    assert keeps_back(replace(planned, state=WindowState.LOOKING), after(hours=2, minutes=1))
    assert not keeps_back(replace(planned, state=WindowState.OVER), after(hours=1))


def estate() -> Any:
    clients = [Client(name=name, domain=f"{name}.ru", redirect="r1") for name in ("romashka", "vektor")]
    return build([*clients, Client(name="progress")], [Redirect(name="r1", address="10.0.0.1")])


def test_whom_it_concerns() -> None:
    known = estate()

    assert population(Extent.CLIENT, "romashka", known) == ("romashka",)
    assert population(Extent.CLIENT, "gone", known) == ()
    assert population(Extent.REDIRECT, "r1", known) == ("romashka", "vektor")
    assert population(Extent.ALL, "", known) == ("progress", "romashka", "vektor")
    assert population(Extent.CODE, "KodeksTcpStatus", known) == ()


def test_what_is_looked_at_when_it_is_over() -> None:
    known = estate()
    names = {str(one) for one in subjects(window(Extent.REDIRECT, "r1"), known)}

    assert names == {"client:romashka", "client:vektor", "redirect:r1"}
    assert {one.kind for one in subjects(window(Extent.ALL, ""), known)} == {SubjectKind.CLIENT, SubjectKind.REDIRECT}
    kind = subjects(window(Extent.CODE, "KodeksTcpStatus"), known, [incident()])
    assert {str(one) for one in kind} == {"client:romashka"}


def test_a_doubt_and_a_recovery_are_waited_for() -> None:
    assert unsettled(health(state=State.OK, failures=1))
    assert unsettled(health(state=State.FAIL, successes=1))
    assert not unsettled(health(state=State.FAIL, failures=7))
    assert not unsettled(health(state=State.OK))
    assert not unsettled(health(state=State.FLAPPING, failures=1, successes=1))


def test_looking_does_not_take_for_ever() -> None:
    looked = window(state=WindowState.LOOKING, looked_from=NOON)

    assert not out_of_patience(looked, after(minutes=1.9))
    assert out_of_patience(looked, after(minutes=2))


NIGHTLY = window(cron="0 3 * * *", zone="Europe/Moscow", length=timedelta(minutes=30))


def test_nightly_work_comes_again_at_three_by_the_clients_clock() -> None:
    assert next_due("0 3 * * *", "Europe/Moscow", NOON) == datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
    assert next_due("0 3 * * *", "+2", NOON) == datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
    assert last_due("0 3 * * *", "Europe/Moscow", NOON) == datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
    assert last_due("0 12 * * *", "Europe/Moscow", NOON) == NOON

    following = again(NIGHTLY, after(hours=2))
    assert following is not None
    assert (following.begins_at, following.state) == (datetime(2026, 11, 24, 0, 0, tzinfo=UTC), WindowState.PLANNED)
    assert following.ends_at - following.begins_at == timedelta(minutes=30)
    assert again(window(), after(hours=2)) is None


def test_a_recurring_window_that_should_last_now_lasts_now() -> None:
    found = spans("0 12 * * *", "Europe/Moscow", timedelta(hours=1), after(minutes=20))
    assert found is not None
    assert found.begins_at == NOON

    later = spans("0 12 * * *", "Europe/Moscow", timedelta(hours=1), after(hours=1))
    assert later is not None
    assert later.begins_at == after(days=1)


@pytest.mark.parametrize(
    ("now", "due"),
    [  # Berlin: 02:30 does not exist on 29 March 2026 and comes twice on 25 October
        (datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        (datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
)
def test_the_clocks_change_and_it_still_comes_once_a_night(now: datetime, due: datetime) -> None:
    found = next_due("30 2 * * *", "Europe/Berlin", now)
    assert found == due
    assert next_due("30 2 * * *", "Europe/Berlin", found) > found + timedelta(hours=20)


def test_one_wish_said_twice_is_one() -> None:
    assert same(window(), window(begins_at=after(30), ends_at=after(30, hours=2)))
    assert not same(window(), window(ends_at=after(hours=3)))
    assert not same(window(), window(target="vektor"))
    assert same(NIGHTLY, replace(NIGHTLY, begins_at=after(days=1)))
    assert not same(NIGHTLY, replace(NIGHTLY, length=timedelta(hours=1)))


def test_it_can_be_taken_back_for_five_minutes() -> None:
    assert undoable(window(), after(minutes=5))
    assert not undoable(window(), after(minutes=5, seconds=1))
    assert not undoable(window(state=WindowState.LOOKING), after(1))


moments = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))
crons = st.builds(
    lambda minute, hour, day: f"{minute} {hour} * * {day}",
    st.integers(0, 59),
    st.sampled_from(["0", "2", "3", "*/6", "8-10", "*"]),
    st.sampled_from(["*", "1-5", "SUN", "MON#1"]),
)
zones = st.sampled_from(["Europe/Moscow", "Europe/Berlin", "America/New_York", "+2", "-3", "UTC"])


@given(crons, zones, moments)
def test_last_and_next_hold_the_present_between_them(cron: str, zone: str, now: datetime) -> None:
    before, following = last_due(cron, zone, now), next_due(cron, zone, now)

    assert before is not None
    assert following is not None
    assert before <= now < following
    assert (next_due(cron, zone, before) or now) > now


extents = st.sampled_from(
    [(Extent.CLIENT, "romashka"), (Extent.CLIENT, "vektor"), (Extent.REDIRECT, "r1"), (Extent.ALL, "")]
)
incidents = st.sampled_from(
    [incident(), behind_r1("romashka"), at_an_address("romashka", "vektor"), domain_of("vektor")]
)
windows = st.builds(
    lambda what, state, shift: window(*what, state=state, begins_at=after(hours=shift), ends_at=after(hours=shift + 2)),
    extents,
    st.sampled_from(list(WindowState)),
    st.integers(-5, 5),
)


@given(st.lists(windows, max_size=4), incidents, st.integers(-300, 300))
def test_more_work_never_hides_less(many: list[Window], what: Incident, minutes: int) -> None:
    now = after(minutes=minutes)
    if covering(many[1:], what, now, behind=BEHIND) is not None:
        assert covering(many, what, now, behind=BEHIND) is not None


@given(st.lists(windows, max_size=4), incidents, st.integers(-300, 300))
def test_what_does_not_last_hides_nothing(many: list[Window], what: Incident, minutes: int) -> None:
    now = after(minutes=minutes)
    if not any(keeps_back(one, now) for one in many):
        assert covering(many, what, now, behind=BEHIND) is None


@given(st.lists(windows.filter(lambda one: one.extent is Extent.CLIENT), max_size=4), st.integers(-300, 300))
def test_no_clients_work_ever_hides_a_shared_cause(many: list[Window], minutes: int) -> None:
    assert covering(many, behind_r1("romashka", "vektor"), after(minutes=minutes), behind=BEHIND) is None
