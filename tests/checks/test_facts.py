"""Reading a look: what a broken stage hides is unknown, and nothing is blamed on a client for our own failures."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from checks.facts import OWN_FAULTS, Witness, certificate_step, read
from checks.model import Certificate, Facts, Fault, Hop, LookKind, Mark, Outcome, Target
from tests.builders import NOON, client, redirect

OK, FAIL = Outcome.OK, Outcome.FAIL


def target(kind: LookKind = LookKind.INSTALLATION, **rest: Any) -> Target:
    subject = redirect() if kind is LookKind.REDIRECT else client()
    return Target(kind=kind, subject=subject, url="http://10.0.0.5", **rest)


def looked(goal: Target | None = None, **rest: Any) -> dict[str, Outcome]:
    """What a look says, without what it leaves unknown."""
    facts = Facts(target=goal or target(), at=NOON, **rest)
    return {one.code: one.outcome for one in read(facts) if one.outcome is not Outcome.UNKNOWN}


def failed(goal: Target | None = None, **rest: Any) -> set[str]:
    return {code for code, outcome in looked(goal, **rest).items() if outcome is FAIL}


FINE = Hop(url="http://10.0.0.5/docs", status=200)
LED = Hop(url="http://romashka.test", status=302, location="http://10.0.0.5/docs")
BY_NAME = target(LookKind.DOMAIN, through="127.0.1.1:8100", expect="http://10.0.0.5", speaks_for_page=False)
ALONE = target(LookKind.DOMAIN)


def test_a_good_page_is_good_in_every_way() -> None:
    seen = looked(status=200, hops=(FINE,))

    assert set(seen.values()) == {OK}
    assert {"KodeksTcpStatus", "KodeksHttp200Status", "KodeksOnlineSensLockCheck", "KodeksLimitsUsers"} <= set(seen)


@pytest.mark.parametrize("fault", [Fault.REFUSED, Fault.CONNECT_TIMEOUT, Fault.UNREACHABLE])
def test_a_closed_port_hides_everything_behind_it(fault: Fault) -> None:
    assert looked(fault=fault) == {"KodeksTcpStatus": FAIL}


@pytest.mark.parametrize("fault", [Fault.NO_ANSWER, Fault.DRIPPING, Fault.RESET, Fault.NOT_HTTP, Fault.TOO_LARGE])
def test_an_open_port_without_a_proper_answer(fault: Fault) -> None:
    assert looked(fault=fault) == {"KodeksTcpStatus": OK, "KodeksHttp200Status": FAIL}


def test_maintenance_is_no_failure_of_the_page() -> None:
    seen = looked(status=503)

    assert seen["KodeksMaintenance"] is FAIL
    assert "KodeksHttp200Status" not in seen
    assert "KodeksOnlineSensLockCheck" not in seen


def test_a_proxy_that_answers_for_a_dead_server() -> None:
    assert failed(status=502, behind_proxy=True) == {"KodeksBehindProxyDown"}
    assert failed(status=200, behind_proxy=True) == {"KodeksBehindProxyDown"}


def test_a_page_that_says_the_key_is_lost() -> None:
    assert failed(status=200, marks=frozenset({Mark.KEY_INACTIVE})) == {"KodeksOnlineSensLockCheck"}


def test_a_full_house_hides_what_the_page_would_say() -> None:
    seen = looked(status=200, marks=frozenset({Mark.NO_SEATS}))

    assert seen["KodeksLimitsUsers"] is FAIL
    assert "KodeksOnlineSensLockCheck" not in seen


def test_an_error_page_says_nothing_of_the_key() -> None:
    assert failed(status=500) == {"KodeksHttp200Status"}
    assert "KodeksOnlineSensLockCheck" not in looked(status=500)


def test_a_name_that_is_not_found() -> None:
    assert looked(BY_NAME, fault=Fault.NAME_NOT_FOUND) == {"DomainNotResolved": FAIL}
    assert looked(ALONE, fault=Fault.NAME_NOT_FOUND) == {"DomainNotResolved": FAIL}


def test_a_dead_redirect_server_says_nothing_of_the_installation() -> None:
    dead = Hop(url="http://romashka.test", fault=Fault.REFUSED)

    assert looked(BY_NAME, fault=Fault.REFUSED, hops=(dead,)) == {"DomainNotResolved": OK, "DomainUnreachable": FAIL}


def test_an_installation_dead_behind_a_good_redirect_is_not_the_domains_fault() -> None:
    dead = Hop(url="http://10.0.0.5", fault=Fault.REFUSED)

    assert failed(BY_NAME, fault=Fault.REFUSED, hops=(LED, dead)) == set()


def test_an_entrance_that_leads_to_its_own_closed_port_is_dead_itself() -> None:
    upgrade = Hop(url="http://romashka.test/", status=302, location="https://romashka.test/")
    closed = Hop(url="https://romashka.test/", fault=Fault.REFUSED)

    assert "DomainUnreachable" in failed(BY_NAME, fault=Fault.REFUSED, hops=(upgrade, closed))
    behind = Hop(url="http://10.0.0.5/docs", fault=Fault.REFUSED)
    assert "DomainUnreachable" not in failed(BY_NAME, fault=Fault.REFUSED, hops=(LED, behind))


@pytest.mark.parametrize("fault", [Fault.WRONG_TARGET, Fault.REDIRECT_LOOP, Fault.BAD_LOCATION])
def test_a_domain_that_leads_elsewhere(fault: Fault) -> None:
    assert failed(BY_NAME, fault=fault, hops=(LED, FINE)) == {"RedirectWrongTarget"}


def test_a_redirect_server_that_answers_500() -> None:
    hop = Hop(url="http://romashka.test", status=500)

    assert failed(BY_NAME, status=500, hops=(hop,)) == {"DomainUnreachable"}


def test_a_domain_without_a_redirect_speaks_for_the_installation_too() -> None:
    assert failed(ALONE, fault=Fault.REFUSED, hops=(Hop(url="http://x", fault=Fault.REFUSED),)) == {"KodeksTcpStatus"}
    assert looked(ALONE, status=200, hops=(FINE,))["KodeksHttp200Status"] is OK


@pytest.mark.parametrize("fault", sorted(OWN_FAULTS))
def test_our_own_failures_say_nothing(fault: Fault) -> None:
    assert looked(fault=fault) == {}


@pytest.mark.parametrize("fault", [Fault.RESOLVER_FAILS, Fault.RESOLVER_TIMEOUT])
def test_a_resolver_that_answers_nobody_is_ours(fault: Fault) -> None:
    facts = Facts(target=BY_NAME, at=NOON, fault=fault)

    assert read(facts, Witness(resolver_answers=False)) == []
    assert [one.code for one in read(facts, Witness(resolver_answers=True)) if one.outcome is FAIL] == [
        "DomainNotResolved"
    ]


def test_a_redirect_server_that_is_wrong_for_most_is_down_for_all() -> None:
    def sample(*statuses: int | None) -> tuple[Facts, ...]:
        return tuple(
            Facts(target=BY_NAME, at=NOON, status=status, fault=None if status else Fault.WRONG_TARGET)
            for status in statuses
        )

    server = target(LookKind.REDIRECT)
    assert failed(server, status=404, samples=sample(302, 302, None)) == set()
    assert failed(server, status=200, samples=sample(302, None, None)) == {"RedirectServerDown"}
    assert failed(server, status=200, samples=sample(500, 404, 302)) == {"RedirectServerDown"}
    assert failed(server, fault=Fault.REFUSED) == {"RedirectServerDown"}


@pytest.mark.parametrize(
    ("days", "step"), [(31, None), (30, 30), (15, 30), (14, 14), (7.5, 14), (3, 3), (1.5, 3), (1, 1), (0.1, 1)]
)
def test_certificates_are_spoken_of_in_steps(days: float, step: int | None) -> None:
    assert certificate_step(timedelta(days=days)) == step


def test_a_certificate_near_its_end_names_the_step_and_the_day() -> None:
    ends = NOON + timedelta(days=13)
    certificate = Certificate(subject="x", issuer="y", not_before=NOON - timedelta(days=300), not_after=ends)
    facts = Facts(target=target(), at=NOON, status=200, hops=(Hop(url="https://x", certificate=certificate),))

    told = next(one for one in read(facts) if one.code == "CertificateExpiring")
    assert (told.outcome, told.reason, told.detail) == (FAIL, "days_14", ends.isoformat())
