"""Availability is counted from the history of checks."""

from __future__ import annotations

from datetime import datetime, timedelta

from checks.availability import availability, norm_of
from checks.model import ClientKind, State, Transition
from tests.builders import NOON, after, client, health

MONTH = after(days=-30)


def change(before: State, after_: State, at: datetime, code: str = "KodeksTcpStatus") -> Transition:
    return Transition(subject=client(), code=code, before=before, after=after_, at=at, since=at)


def test_nothing_known_is_nothing_said() -> None:
    assert availability([], [], now=NOON) is None
    assert availability([], [health(state=State.UNKNOWN)], now=NOON) is None


def test_all_the_time_well() -> None:
    found = availability([], [health(state=State.OK, since=after(days=-90))], now=NOON)

    assert found is not None
    assert (found.share, found.outages, found.watched) == (1.0, 0, timedelta(days=30))


def test_an_outage_counts_by_its_length() -> None:
    history = [
        change(State.OK, State.FAIL, after(days=-3)),
        change(State.FAIL, State.OK, after(days=-3, hours=7.2)),
    ]
    found = availability(history, [health(state=State.OK, since=after(days=-2))], now=NOON)

    assert found is not None
    assert (found.down, found.outages) == (timedelta(hours=7.2), 1)
    assert round(found.share, 4) == 0.99


def test_two_signs_of_one_outage_count_once() -> None:
    history = [
        change(State.OK, State.FAIL, after(hours=-5)),
        change(State.OK, State.FAIL, after(hours=-4), "KodeksHttp200Status"),
        change(State.FAIL, State.OK, after(hours=-2)),
        change(State.FAIL, State.OK, after(hours=-1), "KodeksHttp200Status"),
    ]
    found = availability(history, [], now=NOON)

    assert found is not None
    assert (found.down, found.outages) == (timedelta(hours=4), 1)


def test_what_lasts_counts_up_to_now_and_what_began_before_from_the_start() -> None:
    lasting = availability([], [health(since=after(hours=-3))], now=NOON)
    before = availability([change(State.FAIL, State.OK, MONTH + timedelta(hours=1))], [], now=NOON)

    assert lasting is not None
    assert before is not None
    assert lasting.down == timedelta(hours=3)
    assert before.down == timedelta(hours=1)


def test_a_client_is_counted_from_when_it_was_first_looked_at() -> None:
    history = [
        change(State.UNKNOWN, State.OK, after(days=-1)),
        change(State.OK, State.FAIL, after(hours=-12)),
        change(State.FAIL, State.OK, after(hours=-6)),
    ]
    found = availability(history, [health(state=State.OK, since=after(hours=-6))], now=NOON)

    assert found is not None
    assert found.watched == timedelta(days=1)
    assert found.share == 0.75


def test_what_stops_nobody_does_not_count() -> None:
    found = availability([], [health(), health("SmartXMLfileIsToOld"), health("KodeksTcpStatus", State.OK)], now=NOON)
    quiet = availability([], [health("SmartXMLfileIsToOld")], now=NOON)

    assert found is not None
    assert quiet is None


def test_norms() -> None:
    assert norm_of(ClientKind.SERVER) == "95–99"
    assert norm_of(ClientKind.ONLINE) == "100"
