"""What installations tell is compared with what they told before, written and read back."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from checks.accounts import named, renewed, searched
from checks.changes import changed, said, tracked
from checks.model.installation import (
    LISTS,
    TRACKED,
    Base,
    Connected,
    InstallationFacts,
    Key,
    Query,
    User,
    merged,
)
from checks.written import read, write, write_apart
from tests.builders import NOON, after

MOMENTS = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))
FACTS = st.builds(
    InstallationFacts,
    reported_at=st.none() | MOMENTS,
    version=st.none() | st.text(max_size=20),
    key=st.none() | st.sampled_from(Key),
    licence_end=st.none() | st.dates(),
    bases=st.none()
    | st.lists(st.builds(Base, name=st.text(max_size=9), error=st.none() | st.text(max_size=4)), max_size=4).map(tuple),
    users=st.none()
    | st.lists(st.builds(User, login=st.text(max_size=9), last_at=st.none() | MOMENTS), max_size=4).map(tuple),
)


@given(FACTS)
def test_what_is_written_reads_back_the_same(facts: InstallationFacts) -> None:
    assert read(json.loads(json.dumps(write(facts)))) == facts
    single, lists = write_apart(facts)
    assert read(single | lists) == facts
    assert not set(single) & set(LISTS)


@given(st.dictionaries(st.sampled_from([*TRACKED, *LISTS, "form", "nonsense"]), st.none() | st.text() | st.integers()))
def test_nonsense_in_the_store_is_left_out(rows: dict[str, object]) -> None:
    assert isinstance(read(rows), InstallationFacts)


def test_one_spoilt_fact_leaves_the_others() -> None:
    assert read({"version": "6.4.5.127", "seats": "many", "new_in_later_version": 1}) == InstallationFacts(
        version="6.4.5.127"
    )


def test_a_change_has_both_values_and_the_first_word_has_nothing_before_it() -> None:
    before = tracked(InstallationFacts(version="6.4.2.73"), {})
    after_it = tracked(InstallationFacts(version="6.4.3.59", seats=20), before)

    found = {(one.fact, one.before, one.after) for one in changed("romashka", before, after_it, NOON)}

    assert found == {("version", "6.4.2.73", "6.4.3.59"), ("seats", None, "20")}


def test_a_report_that_is_silent_about_a_fact_changes_nothing() -> None:
    known = tracked(InstallationFacts(version="6.4.2.73", key=Key.LOST, licence_end=date(2026, 12, 31)), {})

    assert changed("romashka", known, tracked(InstallationFacts(), known), NOON) == []


def test_errors_are_counted_by_code() -> None:
    bases = (Base(name="a", error="53"), Base(name="b", error="53"), Base(name="c", error=""), Base(name="d"))

    assert said(InstallationFacts(bases=bases), "errors") == "-:1 53:2"
    assert said(InstallationFacts(bases=()), "errors") == ""
    assert said(InstallationFacts(), "errors") is None


def test_the_newer_report_counts_where_it_knows() -> None:
    old = InstallationFacts(form="default", version="6.4.5.127", sessions=3, key=Key.OK)
    new = InstallationFacts(form="metrics", sessions=9, key=Key.LOST)

    assert merged(old, new) == InstallationFacts(form="default", version="6.4.5.127", sessions=9, key=Key.LOST)


def test_whoever_is_in_the_system_is_named_too() -> None:
    facts = InstallationFacts(
        users=(User(login="anna", last_at=after(days=-9)),),
        connected=(Connected(login="anna", since=NOON), Connected(login="boris", since=NOON), Connected(login="")),
    )

    assert named(facts) == {"anna": User(login="anna", last_at=NOON), "boris": User(login="boris", last_at=NOON)}
    assert renewed(facts, facts) == []
    assert [one.login for one in renewed(InstallationFacts(), facts)] == ["anna", "boris"]


def test_a_search_told_before_is_not_told_again_unless_its_day_is_left_open() -> None:
    day = date(2026, 11, 23)
    dated, undated = Query(text="гост", day=day), Query(text="снип")
    facts = InstallationFacts(queries=(dated, undated))

    assert searched(None, facts, day) == [(day, dated), (day, undated)]
    assert searched(facts, facts, day) == [(day, undated)]
