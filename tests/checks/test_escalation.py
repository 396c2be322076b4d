"""An untaken incident climbs rung by rung, each once, whatever happens to the process in between."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from checks.escalation import Chain, Climbed, Rung, Step, step, taker_due
from tests.builders import NOON, after

N = timedelta(minutes=15)
BOTH = Chain(next=4, head=2)


def climbed(*rungs: tuple[Rung, float]) -> list[Climbed]:
    return [Climbed(rung=rung, at=after(minutes=minutes)) for rung, minutes in rungs]


def due(*rungs: tuple[Rung, float], at: float, chain: Chain = BOTH, since: float = 0) -> Step | None:
    return step(climbed(*rungs), chain, since=after(minutes=since), after=N, now=after(minutes=at))


def test_first_the_next_person_then_the_head_then_nobody() -> None:
    assert due(at=14.9) is None
    assert due(at=15) == Step(rung=Rung.NEXT, person=4)
    assert due((Rung.NEXT, 15), at=29) is None
    assert due((Rung.NEXT, 15), at=30) == Step(rung=Rung.HEAD, person=2)
    assert due((Rung.NEXT, 15), (Rung.HEAD, 30), at=6000) is None


def test_where_nobody_is_next_the_head_is() -> None:
    assert due(at=15, chain=Chain(head=2)) == Step(rung=Rung.HEAD, person=2)
    assert due((Rung.HEAD, 15), at=600, chain=Chain(head=2)) is None


def test_where_there_is_nobody_at_all_it_is_told_once_more() -> None:
    assert due(at=15, chain=Chain()) == Step(rung=Rung.AGAIN)
    assert due((Rung.AGAIN, 15), at=600, chain=Chain()) is None


def test_after_two_days_of_absence_one_rung_comes_at_a_time() -> None:
    assert due(at=2880) == Step(rung=Rung.NEXT, person=4)
    assert due((Rung.NEXT, 2880), at=2881) is None


def test_what_was_given_back_begins_anew() -> None:
    assert due((Rung.NEXT, 15), (Rung.HEAD, 30), at=60, since=45) == Step(rung=Rung.NEXT, person=4)


def test_a_head_who_is_told_already_is_not_told_by_a_next_person_who_comes_later() -> None:
    assert due((Rung.HEAD, 15), at=600) is None


@given(st.lists(st.floats(0.5, 90), max_size=40), st.sampled_from([BOTH, Chain(next=4), Chain(head=2), Chain()]))
def test_whenever_one_looks_every_rung_is_told_once(pauses: list[float], chain: Chain) -> None:
    now, told = NOON, []
    for pause in pauses:
        now += timedelta(minutes=pause)
        found = step(told, chain, since=NOON, after=N, now=now)
        if found is not None:
            told.append(Climbed(rung=found.rung, at=now))

    rungs = [one.rung for one in told]
    assert len(rungs) == len(set(rungs)) <= 2
    assert rungs == sorted(rungs, key=list(Rung).index)


def test_the_taker_is_reminded_every_so_often() -> None:
    hours = timedelta(hours=4)
    assert not taker_due([], taken_at=NOON, after=hours, now=after(hours=3))
    assert taker_due([], taken_at=NOON, after=hours, now=after(hours=4))
    assert not taker_due([after(hours=4)], taken_at=NOON, after=hours, now=after(hours=7))
    assert taker_due([after(hours=4)], taken_at=NOON, after=hours, now=after(hours=8))
    assert not taker_due([after(hours=4)], taken_at=after(hours=5), after=hours, now=after(hours=8))
