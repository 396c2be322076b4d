"""Waiting grows, never beyond the cap, and is never the same for everybody."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from checks.backoff import CAP, FLOOR, ceiling, delay


def test_the_first_failures_double_the_ceiling() -> None:
    assert [ceiling(n).total_seconds() for n in (1, 2, 3, 4)] == [2, 4, 8, 16]


@given(st.integers(-5, 10**9), st.floats(-1, 2))
def test_a_wait_is_never_longer_than_the_cap_nor_nothing(attempt: int, roll: float) -> None:
    assert FLOOR <= delay(attempt, roll) <= CAP


@given(st.integers(1, 100), st.floats(0, 1))
def test_a_wait_is_under_its_ceiling(attempt: int, roll: float) -> None:
    assert delay(attempt, roll) <= max(ceiling(attempt), FLOOR)


@given(st.integers(1, 200))
def test_patience_never_shrinks(attempt: int) -> None:
    assert ceiling(attempt) <= ceiling(attempt + 1) <= timedelta(minutes=5)
