"""Every reason why a report cannot be read has words of its own."""

from __future__ import annotations

import pytest

from checks.reports import STATUS_REASONS, UNSAID, Broken, broken_reason
from templates.words import reason


@pytest.mark.parametrize("word", [*map(broken_reason, Broken), *STATUS_REASONS.values(), *UNSAID.values(), "never"])
def test_a_reason_is_worded_in_russian(word: str) -> None:
    assert reason(word) != word
    assert not reason(word).isascii()
