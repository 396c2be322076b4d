"""Every row that facts answer: fires, does not fire just below its threshold, is over, is unknown without its fact."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.catalogue import ROWS
from checks.catalogue.errors import BASES, KNOWN, STORAGE
from checks.estate import Estate
from checks.health import judge
from checks.meaning import Measure, error_of, meaning, usual_update
from checks.model import Health, Observation, Outcome, State
from checks.model.installation import Base, InstallationFacts, Key
from checks.reports import ReportKind
from checks.rules import Rules
from tests.builders import NOON, after, client

MEASURE = Measure(zone=UTC, required="6.4.3.59", usual_update=2330)
DAY = date(2026, 11, 23)


def look(code: str, measure: Measure = MEASURE, kind: ReportKind = ReportKind.SYSINFO, **facts: Any) -> Observation:
    seen = meaning("romashka", kind, InstallationFacts(reported_at=NOON, **facts), at=NOON, measure=measure)
    (found,) = (one for one in seen if one.code == code)
    return found


def bases(*errors: str | None, message: str = "") -> dict[str, Any]:
    return {
        "bases": tuple(
            Base(name=f"База {n}", error=code, message=message if code else "") for n, code in enumerate(errors)
        )
    }


def ends_in(days: int) -> dict[str, Any]:
    return {"licence_end": DAY + timedelta(days=days)}


OPERUP = {"operup_at": NOON - timedelta(hours=72, minutes=1)}
ANSWERS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("KodeksXmlSensLockStatus", {"key": Key.LOST}, {"key": Key.OK}),
    ("StorageUnreachable", bases("53", None), bases("601", None)),
    ("KodeksDBerrorsCode2007", bases("2007"), bases("2008", "53")),
    ("KodeksDBerrorsCodeXXX", bases("601"), bases("2007", "53", "", None)),
    ("KodeksDBerrorsNoCode", bases(""), bases("601", None)),
    ("KodeksDBOperUpToOld", OPERUP, {"operup_at": NOON - timedelta(hours=72)}),
    ("UpdateNumberBehind", {"update_number": 2329}, {"update_number": 2330}),
    ("KodeksDBLicensesZero", {"bases": (Base(name="a"),)}, {"licence_end": date(2027, 1, 1), "bases": ()}),
    ("KodeksSppStatus", {"spp": False}, {"spp": True}),
    ("VersionBelowRequired", {"version": "6.4.3.58"}, {"version": "6.4.3.59"}),
    ("KodeksLicenseExpiring90day", ends_in(90), ends_in(91)),
    ("KodeksLicenseExpiring7day", ends_in(7), ends_in(8)),
    ("KodeksLicenseExpiring2day", ends_in(2), ends_in(3)),
]


@pytest.mark.parametrize(("code", "bad", "good"), ANSWERS, ids=[code for code, _, _ in ANSWERS])
def test_each_row_fires_and_not_just_below_and_is_unknown_without_its_fact(
    code: str, bad: dict[str, Any], good: dict[str, Any]
) -> None:
    assert look(code, **bad).outcome is Outcome.FAIL
    assert look(code, **good).outcome is Outcome.OK
    assert look(code).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(("code", "bad", "good"), ANSWERS, ids=[code for code, _, _ in ANSWERS])
def test_each_row_is_believed_after_its_threshold_and_is_over_with_a_good_report(
    code: str, bad: dict[str, Any], good: dict[str, Any]
) -> None:
    rules = Rules(estate=Estate(clients={}, redirects={}))
    threshold = rules.threshold(client(), code)
    health: Health | None = None
    states = []
    for number in range(threshold.failures):
        seen = meaning(
            "romashka",
            ReportKind.SYSINFO,
            InstallationFacts(reported_at=NOON, **bad),
            at=NOON + threshold.after * number,
            measure=MEASURE,
        )
        (one,) = (each for each in seen if each.code == code)
        health, _ = judge(health, one, threshold)
        states.append(health.state)
    assert states == [State.UNKNOWN] * (threshold.failures - 1) + [State.FAIL]

    unknown, _ = judge(health, look(code), threshold)
    assert unknown == health
    later = NOON + threshold.after * threshold.failures + timedelta(hours=1)
    seen = meaning(
        "romashka", ReportKind.SYSINFO, InstallationFacts(reported_at=NOON, **good), at=later, measure=MEASURE
    )
    (one,) = (each for each in seen if each.code == code)
    over, _ = judge(health, one, threshold)
    assert over.state is State.OK


def test_a_key_told_by_metrics_is_a_row_of_its_own() -> None:
    assert look("KodeksOfflineSensLockCheck", kind=ReportKind.STATUS, key=Key.LOST).outcome is Outcome.FAIL
    assert look("KodeksOfflineSensLockCheck", kind=ReportKind.STATUS, key=Key.OK).outcome is Outcome.OK
    assert look("KodeksOfflineSensLockCheck", kind=ReportKind.STATUS).outcome is Outcome.UNKNOWN


def test_forty_volumes_are_one_trouble_that_names_the_share() -> None:
    seen = look(
        "StorageUnreachable", **bases(*["53"] * 40, None, message=r"Не могу открыть файл \\nas\te\norm.bsz (ошибка 53)")
    )

    assert (seen.reason, seen.detail) == ("error_53", r"\\nas\te 40/41")


def test_an_error_told_only_in_words_is_understood() -> None:
    message = r"Не могу открыть файл \\nas\te\norm.bsz (ошибка 67)"

    assert error_of(Base(name="a", error="", message=message)) == "67"
    assert error_of(Base(name="a", message="всё плохо")) == ""
    assert look("StorageUnreachable", bases=(Base(name="a", message=message),)).reason == "error_67"


def test_the_commonest_error_is_explained_and_the_bases_are_named() -> None:
    seen = look("KodeksDBerrorsCodeXXX", **bases("601", "613", "601", "601", "601"))

    assert (seen.reason, seen.detail) == ("error_601", "База 0, База 1, База 2 +2")


def test_operative_updates_that_keep_growing_old_are_worse() -> None:
    assert look("KodeksDBOperUpToOld", **OPERUP).reason == "operup_old"
    assert look("KodeksDBOperUpToOld", operup_at=after(days=-7)).reason == "operup_grown"


def test_operative_updates_age_on_working_days_where_so_wanted() -> None:
    measure = Measure(zone=UTC, working_days=True)
    monday, thursday = datetime(2026, 11, 23, 9, tzinfo=UTC), datetime(2026, 11, 19, 3, tzinfo=UTC)

    def seen(at: datetime) -> Outcome:
        facts = InstallationFacts(reported_at=at, operup_at=thursday)
        found = meaning("romashka", ReportKind.SYSINFO, facts, at=at, measure=measure)
        return next(one.outcome for one in found if one.code == "KodeksDBOperUpToOld")

    assert seen(monday) is Outcome.OK
    assert seen(monday + timedelta(days=1)) is Outcome.OK
    assert seen(monday + timedelta(days=2)) is Outcome.FAIL


def test_age_is_told_by_the_clients_own_clock() -> None:
    wrong = datetime(2019, 1, 1, tzinfo=UTC)
    facts = InstallationFacts(reported_at=wrong, operup_at=wrong - timedelta(hours=5))
    found = meaning("romashka", ReportKind.SYSINFO, facts, at=NOON, measure=MEASURE)

    assert next(one.outcome for one in found if one.code == "KodeksDBOperUpToOld") is Outcome.OK


def test_bases_of_different_numbers_are_behind_whatever_the_estate_has() -> None:
    some = (Base(name="a", update_number=2330), Base(name="b", update_number=2329))

    seen = look("UpdateNumberBehind", Measure(zone=UTC), bases=some)

    assert (seen.outcome, seen.reason, seen.detail) == (Outcome.FAIL, "update_mixed", "2329 < 2330")


@pytest.mark.parametrize(
    ("numbers", "usual"),
    [({}, None), ({2330: 7}, None), ({2330: 8}, 2330), ({2331: 2, 2330: 6}, 2330), ({2331: 6, 2330: 2}, 2331)],
)
def test_the_usual_number_is_what_three_quarters_have_reached(numbers: dict[int, int], usual: int | None) -> None:
    assert usual_update(numbers) == usual


def test_only_the_sharpest_step_of_a_licence_speaks_and_another_end_is_another_matter() -> None:
    end = DAY + timedelta(days=5)
    outcomes = {days: look(f"KodeksLicenseExpiring{days}day", licence_end=end).outcome for days in (2, 7, 90)}

    assert outcomes == {2: Outcome.OK, 7: Outcome.FAIL, 90: Outcome.OK}
    assert look("KodeksLicenseExpiring7day", licence_end=end).reason == f"licence_{end}"


def test_the_bases_whose_licence_ends_first_are_named() -> None:
    end = DAY + timedelta(days=5)
    some = (Base(name="Нормы", licence_end=end), Base(name="Экология", licence_end=end + timedelta(days=99)))

    assert look("KodeksLicenseExpiring7day", licence_end=end, bases=some).detail == "Нормы"


def test_every_known_error_has_words_and_a_first_step() -> None:
    for code, one in KNOWN.items():
        assert one.means, code
        assert one.step, code
    assert not set(STORAGE) & set(BASES)


CODES = st.none() | st.sampled_from([*KNOWN, "", "777", "x"])
FACTS = st.builds(
    InstallationFacts,
    key=st.none() | st.sampled_from(Key),
    key_code=st.none() | st.text(max_size=5),
    bases=st.none()
    | st.lists(st.builds(Base, name=st.text(max_size=300), error=CODES, message=st.text(max_size=60)), max_size=6).map(
        tuple
    ),
    licence_end=st.none() | st.dates(),
    update_number=st.none() | st.integers(0, 10**9),
    version=st.none() | st.text(max_size=12),
)


@given(FACTS)
def test_no_facts_raise_and_every_answer_is_a_row(facts: InstallationFacts) -> None:
    for kind in ReportKind:
        for seen in meaning("romashka", kind, facts, at=NOON, measure=MEASURE):
            assert seen.code in ROWS
            assert len(seen.detail) <= 200
            assert seen.outcome is Outcome.FAIL or not seen.reason
