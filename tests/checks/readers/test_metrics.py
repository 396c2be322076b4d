"""Metrics whose names only the operator knows tell facts, labels in any order."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.model.installation import InstallationFacts, Key, Totals
from checks.readers.forms import FormError
from checks.readers.metrics import meter_of, meters_of, read_metrics
from checks.readers.status import read_status
from checks.readers.values import Manner
from tests.builders import NOON

TEXT = """date: Mon, 23 Nov 2026 09:00:00 GMT
kodeks_sessions{pool="b",service="kodweb"} 4
kodeks_sessions{service="kodweb",pool="a"} 3
kodeks_seats{state="free"} 13
kodeks_seats{state="all"} 20
kodeks_info{version="6.4.5.127",edition="x"} 1
kodeks_key_error 0
kodeks_refused_total 7
kodeks_bad NaN
nobody_knows_this{a="b"} 5
"""


def told(**mapping: str) -> InstallationFacts | None:
    return told_by(mapping)


def told_by(mapping: dict[str, str], text: str = TEXT) -> InstallationFacts | None:
    samples = read_status(text.encode()).samples
    return read_metrics(samples, meters_of(mapping), NOON, Manner())


def test_numbers_add_up_and_labels_choose() -> None:
    facts = told_by(
        {
            "kodeks_sessions": "sessions",
            'kodeks_seats{state="all"}': "seats",
            "kodeks_info@version": "version",
            "!kodeks_key_error": "key",
            "kodeks_refused_total": "totals.refused",
        }
    )

    assert facts == InstallationFacts(
        form="metrics",
        reported_at=NOON,
        sessions=7,
        seats=20,
        version="6.4.5.127",
        key=Key.OK,
        totals=Totals(refused=7),
    )


def test_sessions_are_drawn_from_free_seats() -> None:
    facts = told_by({'kodeks_seats{state="all"}': "seats", 'kodeks_seats{state="free"}': "free_seats"})

    assert facts is not None
    assert facts.sessions == 7


def test_of_several_keys_the_lost_one_counts() -> None:
    facts = told_by({"!key_error": "key"}, 'key_error{n="1"} 0\nkey_error{n="2"} 1\n')

    assert facts is not None
    assert facts.key is Key.LOST


def test_what_has_not_come_tells_nothing() -> None:
    assert told(kodeks_users="sessions") is None


def test_a_value_that_is_no_number_is_missing() -> None:
    facts = told(kodeks_bad="sessions")

    assert facts is not None
    assert (facts.sessions, [missing.fact for missing in facts.missing]) == (None, ["sessions"])


@pytest.mark.parametrize(
    ("selector", "fact", "rule"),
    [
        ("kodeks sessions", "sessions", "имя метрики"),
        ("kodeks{a=b}", "sessions", "имя метрики"),
        ("kodeks", "seances", "нет такого факта"),
        ("kodeks", "totals.seats", "нет такого факта"),
        ("", "sessions", "имя метрики"),
    ],
)
def test_a_mistake_is_told(selector: str, fact: str, rule: str) -> None:
    with pytest.raises(FormError, match=rule):
        meter_of(selector, fact)


VALUES = st.sampled_from(["0", "1", "-5", "NaN", "+Inf", "1e300", "7.5"])
FACTS = st.sampled_from(["sessions", "key", "version", "licence_end", "operup_at", "totals.refused", "spp"])


@given(st.lists(VALUES, min_size=1, max_size=5), FACTS)
def test_no_value_raises(values: list[str], fact: str) -> None:
    text = "".join(f'm{{n="{n}"}} {value}\n' for n, value in enumerate(values))
    found: Any = told_by({"m": fact}, text)

    assert found is not None
