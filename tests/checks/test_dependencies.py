"""The whole matrix of what depends on what at one installation: one table, and no combination gives a false alert."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.catalogue import ROWS
from checks.dependencies import MATRIX, Stage, outcome
from checks.facts import PAGE_CODES, login_stages, page_stages, read
from checks.model import Facts, Fault, LookKind, Mark, Outcome, Target
from tests.builders import NOON, client

OK, FAIL, UNKNOWN = Outcome.OK, Outcome.FAIL, Outcome.UNKNOWN
CODES = (
    "KodeksTcpStatus",
    "KodeksMaintenance",
    "KodeksMaintenanceToLong",
    "KodeksBehindProxyDown",
    "KodeksHttp200Status",
    "KodeksLimitsUsers",
    "KodeksAuthNotWork",
    "KodeksOnlineSensLockCheck",
    "KodeksWarning",
    "KodeksNeedSupport",
)
EXPECTED = {
    # broken          tcp  503  3 h  proxy http seats login key warn message
    "":              "  +    +    +    +    +    +     +    +    +    +",
    "port":          "  !    ?    ?    ?    ?    ?     ?    ?    ?    ?",
    "way":           "  +    ?    ?    ?    ?    ?     ?    ?    ?    ?",
    "silence":       "  +    ?    ?    ?    !    ?     ?    ?    ?    ?",
    "maintenance":   "  +    !    !    +    ?    ?     ?    ?    ?    ?",
    "proxy":         "  +    +    +    !    ?    ?     ?    ?    ?    ?",
    "error":         "  +    +    +    +    !    ?     ?    ?    ?    ?",
    "seats":         "  +    +    +    +    +    !     ?    ?    ?    ?",
    "login":         "  +    +    +    +    +    +     !    ?    ?    ?",
    "key":           "  +    +    +    +    +    +     ?    !    +    +",
    "warning":       "  +    +    +    +    +    +     ?    +    !    +",
    "message":       "  +    +    +    +    +    +     +    +    +    !",
    "seats login":   "  +    +    +    +    +    !     ?    ?    ?    ?",
    "seats key":     "  +    +    +    +    +    !     ?    !    ?    ?",
    "login key":     "  +    +    +    +    +    +     ?    !    ?    ?",
    "login message": "  +    +    +    +    +    +     !    ?    ?    !",
    "seats warning": "  +    +    +    +    +    !     ?    ?    !    ?",
}  # fmt: skip
SIGNS = {"+": OK, "!": FAIL, "?": UNKNOWN}


@pytest.mark.parametrize("broken", EXPECTED)
def test_the_table(broken: str) -> None:
    stages = frozenset(Stage(word) for word in broken.split())

    assert tuple(outcome(code, stages) for code in CODES) == tuple(SIGNS[sign] for sign in EXPECTED[broken].split())


def test_the_table_is_whole() -> None:
    assert set(CODES) == set(MATRIX)
    assert {word for broken in EXPECTED for word in broken.split()} == {str(stage) for stage in Stage}
    assert all(ROWS[code].looked for code in MATRIX)


# ── every combination of what a look can meet ─────────────────────────────────────────────────────────────────────

FAULTS = (None, Fault.REFUSED, Fault.NAME_NOT_FOUND, Fault.TLS_EXPIRED, Fault.REDIRECT_LOOP, Fault.NO_ANSWER)
STATUSES = (200, 204, 302, 401, 403, 404, 500, 502, 503, 504)
MARKS = [frozenset(mark for mark, there in zip(Mark, some, strict=True) if there) for some in product((0, 1), repeat=5)]
EVERYTHING = list(product((LookKind.INSTALLATION, LookKind.LOGIN), FAULTS, STATUSES, MARKS, (False, True)))


def met(kind: LookKind, fault: Fault | None, status: int, marks: frozenset[Mark], proxied: bool) -> Facts:
    """What a look brings home; a fault leaves neither status nor page."""
    target = Target(kind=kind, subject=client(), url="http://10.0.0.5")
    if fault is not None:
        return Facts(target=target, at=NOON, fault=fault)
    return Facts(target=target, at=NOON, status=status, marks=marks, behind_proxy=proxied)


def test_no_combination_gives_a_false_alert() -> None:
    assert len(EVERYTHING) == 2 * 6 * 10 * 32 * 2
    for combination in EVERYTHING:
        facts = met(*combination)
        failed = {one.code for one in read(facts) if one.outcome is FAIL}
        assert failed <= allowed(facts), combination


def allowed(facts: Facts) -> set[str]:
    """Say, in the words of the domain, what may be told of such a look."""
    if facts.fault in {Fault.REFUSED, Fault.NAME_NOT_FOUND}:
        return {"KodeksTcpStatus"} if facts.target.kind is LookKind.INSTALLATION else set()
    if facts.fault in {Fault.TLS_EXPIRED, Fault.REDIRECT_LOOP}:
        return {"CertificateInvalid"} if facts.target.kind is LookKind.INSTALLATION else set()
    if facts.fault is not None:
        return {"KodeksHttp200Status"} if facts.target.kind is LookKind.INSTALLATION else set()
    if facts.status == 503:
        return {"KodeksMaintenance", "KodeksMaintenanceToLong"} if facts.target.kind is LookKind.INSTALLATION else set()
    return allowed_login(facts) if facts.target.kind is LookKind.LOGIN else allowed_page(facts)


def allowed_page(facts: Facts) -> set[str]:
    if facts.behind_proxy or facts.status in {502, 504}:
        return {"KodeksBehindProxyDown"}
    if facts.status not in {200, 204}:
        return {"KodeksHttp200Status"}
    told = {
        Mark.NO_SEATS: "KodeksLimitsUsers",
        Mark.KEY_INACTIVE: "KodeksOnlineSensLockCheck",
        Mark.EMERGENCY: "KodeksWarning",
        Mark.SERVICE_MESSAGE: "KodeksNeedSupport",
    }
    return {told[mark] for mark in facts.marks if mark in told}


def allowed_login(facts: Facts) -> set[str]:
    if facts.behind_proxy or facts.status in {502, 504}:
        return set()
    if facts.marks & {Mark.NO_SEATS, Mark.KEY_INACTIVE, Mark.EMERGENCY}:
        return set()
    refused = Mark.BAD_LOGIN in facts.marks or facts.status in {401, 403, 500}
    return {"KodeksAuthNotWork"} if refused else set()


@given(st.sampled_from(EVERYTHING))
def test_unknown_is_left_out_and_the_rest_agrees_with_the_table(combination: tuple) -> None:
    facts = met(*combination)
    page = facts.target.kind is LookKind.INSTALLATION
    broken = page_stages(facts) if page else login_stages(facts)
    codes = PAGE_CODES if page else ("KodeksAuthNotWork",)

    said = {one.code: one.outcome for one in read(facts) if one.code in MATRIX}

    assert said == {code: outcome(code, broken) for code in codes if outcome(code, broken) is not UNKNOWN}


@given(st.frozensets(st.sampled_from(Stage)), st.sampled_from(CODES))
def test_more_that_is_broken_never_makes_anything_well(broken: frozenset[Stage], code: str) -> None:
    if outcome(code, broken) is OK:
        assert all(outcome(code, broken - {stage}) is OK for stage in broken)


def test_a_refused_login_names_its_reason() -> None:
    (told,) = read(met(LookKind.LOGIN, None, 200, frozenset({Mark.BAD_LOGIN}), False))

    assert (told.code, told.outcome, told.reason) == ("KodeksAuthNotWork", FAIL, "bad_login")
    (told,) = read(met(LookKind.LOGIN, None, 500, frozenset(), False))
    assert told.reason == "status_500"
    (told,) = read(met(LookKind.LOGIN, None, 302, frozenset(), False))
    assert told.outcome is OK


@pytest.mark.parametrize(("kind", "code"), [(LookKind.PING, "KodeksIcmp"), (LookKind.LICMAN_PING, "LicmanIcmp")])
def test_a_ping_has_three_values(kind: LookKind, code: str) -> None:
    def told(fault: Fault | None) -> list[tuple[str, Outcome]]:
        return [(one.code, one.outcome) for one in read(met(kind, fault, 200, frozenset(), False))]

    assert told(None) == [(code, OK)]
    assert told(Fault.NO_ECHO) == [(code, FAIL)]
    assert told(Fault.OURSELVES) == []
    assert told(Fault.NAME_NOT_FOUND) == []
