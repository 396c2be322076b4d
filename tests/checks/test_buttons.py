"""What a button carries comes back from a press, and nothing a stranger sends can break the reader."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.buttons import LIMIT, Action, Press, pack, parse

SHORT = st.text(max_size=8)


@given(st.sampled_from(Action), st.integers(0, 2**63 - 1), SHORT)
def test_what_is_packed_is_what_is_read(action, number, arg):
    data = pack(action, number, arg)
    assert len(data.encode()) <= LIMIT
    assert parse(data) == Press(action, number, arg)


@given(st.text())
def test_anything_may_be_pressed(data):
    press = parse(data)
    assert press is None or isinstance(press, Press)


@pytest.mark.parametrize(
    "data", ["", "1", "1:take", "1:take:", "2:take:1", "1:fly:1", "1:take:-1", "1:take:ZZ", "1:take:zzzzzzzzzzzzz"]
)
def test_a_button_of_another_age_is_not_understood(data):
    assert parse(data) is None


def test_what_does_not_fit_is_refused_when_it_is_made():
    with pytest.raises(ValueError, match="64"):
        pack(Action.MUTE, 1, "ы" * 40)


def test_numbers_are_never_negative():
    with pytest.raises(ValueError, match="negative"):
        pack(Action.CARD, -1)
