"""Versions are compared as four numbers; what is no version is neither old nor new."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.versions import below, parse

numbers = st.tuples(*[st.integers(0, 999_999)] * 4)


@given(numbers, numbers)
def test_versions_are_compared_as_numbers(mine: tuple[int, ...], wanted: tuple[int, ...]) -> None:
    assert below(".".join(map(str, mine)), ".".join(map(str, wanted))) is (mine < wanted)


def test_nine_comes_before_ten() -> None:
    assert below("6.4.9.1", "6.4.10.0") is True
    assert below("6.4.3.59", "6.4.3.59") is False


@pytest.mark.parametrize("text", ["", "6.4", "6.4.3.59b", "6.4.3.-1", "six", "6.4.3.59.1", "٦.4.3.59", None])
def test_what_is_no_version_is_neither_old_nor_new(text: str | None) -> None:
    assert parse(text) is None
    assert below(text, "6.4.3.59") is None
    assert below("6.4.3.59", text) is None


@given(st.text())
def test_nothing_a_report_says_raises(text: str) -> None:
    parse(text)
