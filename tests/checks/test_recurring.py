"""How people say when something is to come, and when that is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.recurring import cron_fault, next_due, read_rhythm, said_rhythm
from tests.builders import NOON


@pytest.mark.parametrize(
    ("said", "cron"),
    [
        ("8:05", "5 8 * * *"),
        ("8", "0 8 * * *"),
        ("в 9.30", "30 9 * * *"),
        ("ежедневно 07:00", "0 7 * * *"),
        ("Будни 9:00", "0 9 * * 1-5"),
        ("по будням в 10 часов", "0 10 * * 1-5"),
        ("30 7 * * 1-5", "30 7 * * 1-5"),
        ("*/20 * * * *", "*/20 * * * *"),
    ],
)
def test_a_time_is_read_as_people_say_it(said: str, cron: str) -> None:
    assert read_rhythm(said) == cron


@pytest.mark.parametrize("said", ["", "завтра", "25:00", "8:60", "будни", "1 2 3 4", "61 8 * * *", "8:05 вечера"])
def test_what_is_no_time_is_none(said: str) -> None:
    assert read_rhythm(said) is None


@pytest.mark.parametrize("cron", ["", "3", "0 25 * * *", "* * * * * * *", "0 3 30 2 *", "й 3 * * *", "0 0 31 4 *"])
def test_what_is_no_cron_expression_is_said_to_be_none(cron: str) -> None:
    assert cron_fault(cron) is not None


@given(st.text(max_size=60))
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    cron = read_rhythm(text)

    if cron is not None:
        assert cron_fault(cron) is None
        assert next_due(cron, "Europe/Moscow", NOON)


@given(st.integers(0, 23), st.integers(0, 59), st.sampled_from(["*", "1-5"]))
def test_what_is_plain_is_said_plainly_again(hour: int, minute: int, days: str) -> None:
    assert said_rhythm(f"{minute} {hour} * * {days}") == (days, hour, minute)
    assert said_rhythm(f"*/{minute + 1} {hour} * * {days}") is None
