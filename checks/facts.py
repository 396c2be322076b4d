"""Reads what a look saw into observations, three-valued: what could not be measured is unknown, never failed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from checks.catalogue import CERTIFICATE_STEPS, ROWS
from checks.dependencies import MATRIX, Stage, known
from checks.estate import host_of
from checks.model import Facts, Fault, Hop, LookKind, Mark, Observation, Outcome, Subject

OK, FAIL, UNKNOWN = Outcome.OK, Outcome.FAIL, Outcome.UNKNOWN

NAME_FAULTS = frozenset({Fault.NAME_NOT_FOUND, Fault.NAME_EMPTY, Fault.RESOLVER_FAILS, Fault.RESOLVER_TIMEOUT})
RESOLVER_FAULTS = frozenset({Fault.RESOLVER_FAILS, Fault.RESOLVER_TIMEOUT})
PORT_FAULTS = frozenset({Fault.REFUSED, Fault.UNREACHABLE, Fault.CONNECT_TIMEOUT})
TLS_FAULTS = frozenset(
    {
        Fault.TLS_EXPIRED,
        Fault.TLS_NOT_YET_VALID,
        Fault.TLS_WRONG_HOST,
        Fault.TLS_SELF_SIGNED,
        Fault.TLS_UNKNOWN_ISSUER,
        Fault.TLS_BROKEN,
    }
)
TARGET_FAULTS = frozenset({Fault.WRONG_TARGET, Fault.BAD_LOCATION, Fault.REDIRECT_LOOP, Fault.TOO_MANY_REDIRECTS})
OWN_FAULTS = frozenset({Fault.OURSELVES, Fault.ADDRESS_FORBIDDEN, Fault.BAD_ADDRESS})
"""The look could not be made as asked: nothing is known of the client."""

MARKED: Mapping[Mark, Stage] = {
    Mark.NO_SEATS: Stage.SEATS,
    Mark.BAD_LOGIN: Stage.LOGIN,
    Mark.KEY_INACTIVE: Stage.KEY,
    Mark.EMERGENCY: Stage.WARNING,
    Mark.SERVICE_MESSAGE: Stage.MESSAGE,
}
PAGE_CODES = tuple(code for code in MATRIX if code != "KodeksAuthNotWork")
SOUND: frozenset[Stage] = frozenset()
LOGGED_IN = frozenset({200, 204, 301, 302, 303, 307, 308})
REFUSED = frozenset({401, 403})
SERVER_ERROR = 500
BAD_GATEWAY = frozenset({502, 504})
UNAVAILABLE = 503
MAJORITY = 0.5
BLIND = "MonitorBlind"
FEWEST_WITNESSES = 2
WITNESSES_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """What we know of ourselves at the time of a look."""

    resolver_answers: bool = True
    """A reference name (or another client's) has just been resolved through our resolver."""


Answer = tuple[str, Outcome, str, str]
"""Code, outcome, reason, detail."""


def read(facts: Facts, witness: Witness | None = None) -> list[Observation]:
    """Return the observations that one look allows; empty when the look failed for a reason of our own."""
    if facts.fault in OWN_FAULTS or (facts.fault in RESOLVER_FAULTS and not (witness or Witness()).resolver_answers):
        return []
    reader = READERS[facts.target.kind]
    return list(_observations(facts.target.subject, facts.at, reader(facts)))


def _observations(subject: Subject, at: datetime, answers: Iterable[Answer]) -> Iterator[Observation]:
    for code, outcome, reason, detail in answers:
        yield Observation(subject=subject, code=code, outcome=outcome, at=at, reason=reason, detail=detail)


def _domain(facts: Facts) -> Iterator[Answer]:
    """Name, then the first server, then where it leads; the installation only if nothing else looks at it."""
    through_redirect = facts.target.through is not None
    last = facts.hops[-1] if facts.hops else None
    passed = len(facts.hops) > 1 and facts.failed_hop is None
    behind = passed or facts.failed_behind or (facts.fault is None and not through_redirect)
    named = facts.fault not in NAME_FAULTS or behind
    yield "DomainNotResolved", OK if named else FAIL, *_why(facts, failed=not named)
    if named and (through_redirect or not facts.target.speaks_for_page):
        yield from _entrance(facts, last, behind=behind)
    yield from _certificates(facts)
    if facts.target.speaks_for_page and (behind or not through_redirect) and named:
        yield from _installation_page(facts)


def _entrance(facts: Facts, last: Hop | None, *, behind: bool) -> Iterator[Answer]:
    """Judge the redirect server as this domain meets it."""
    proxied = facts.fault is None and _good(facts.status)
    blocked = not (behind or proxied or facts.fault in TARGET_FAULTS or _leads_somewhere(last))
    if facts.fault in TLS_FAULTS and not behind:
        yield "DomainUnreachable", UNKNOWN, "", ""
    elif blocked:
        reason = facts.fault.value if facts.fault else _status_word(facts.status)
        yield "DomainUnreachable", FAIL, reason, facts.detail
    else:
        yield "DomainUnreachable", OK, "", ""
    if facts.fault in TARGET_FAULTS:
        yield "RedirectWrongTarget", FAIL, *_why(facts, failed=True)
    else:
        yield "RedirectWrongTarget", UNKNOWN if blocked else OK, "", ""


def _leads_somewhere(hop: Hop | None) -> bool:
    return hop is not None and hop.fault is None and hop.location is not None


def _installation(facts: Facts) -> Iterator[Answer]:
    yield from _certificates(facts)
    yield from _installation_page(facts)


def _installation_page(facts: Facts) -> Iterator[Answer]:
    """Port → answer → page: whatever a broken stage hides is left out."""
    broken = page_stages(facts)
    for code, value in known(PAGE_CODES, broken):
        yield code, value, *(_told(facts, code, broken) if value is FAIL else ("", ""))


def page_stages(facts: Facts) -> frozenset[Stage]:
    """Say what a look at a page found broken."""
    if facts.fault is None and _good(facts.status) and not facts.behind_proxy:
        return frozenset(MARKED[mark] for mark in facts.marks) if facts.marks else SOUND
    return _answered(facts) or frozenset({Stage.ERROR})


def _answered(facts: Facts) -> frozenset[Stage]:
    """Say what stood between us and an answer of the installation itself; empty = it has answered."""
    if facts.fault in PORT_FAULTS or facts.fault in NAME_FAULTS:
        return frozenset({Stage.PORT})
    if facts.fault in TLS_FAULTS or facts.fault in TARGET_FAULTS:
        return frozenset({Stage.WAY})
    if facts.fault is not None:
        return frozenset({Stage.SILENCE})
    if facts.status == UNAVAILABLE:
        return frozenset({Stage.MAINTENANCE})
    proxied = facts.behind_proxy or facts.status in BAD_GATEWAY
    return frozenset({Stage.PROXY}) if proxied else SOUND


def _told(facts: Facts, code: str, broken: frozenset[Stage]) -> tuple[str, str]:
    """Return reason and particulars of a check that fails."""
    if Stage.PORT in broken or Stage.SILENCE in broken:
        return _why(facts, failed=True)
    if broken & {Stage.MAINTENANCE, Stage.ERROR}:
        return _status_word(facts.status), ""
    if Stage.PROXY in broken:
        return _status_word(facts.status), facts.server or ""
    return next(mark for mark in Mark if MARKED[mark] in MATRIX[code].fails), facts.excerpt


def _login(facts: Facts) -> Iterator[Answer]:
    """Judge the check login: refused though seats are free; behind anything else that is broken it is unknown."""
    broken = login_stages(facts)
    for code, value in known(("KodeksAuthNotWork",), broken):
        marked = Mark.BAD_LOGIN in facts.marks or facts.status in REFUSED
        reason = Mark.BAD_LOGIN.value if marked else _status_word(facts.status)
        yield code, value, *((reason, facts.excerpt) if value is FAIL else ("", ""))


def login_stages(facts: Facts) -> frozenset[Stage]:
    """Say what a check login found broken."""
    unanswered = _answered(facts)
    if unanswered:
        return unanswered
    said = frozenset(MARKED[mark] for mark in facts.marks)
    if facts.status in REFUSED or (facts.status is not None and facts.status >= SERVER_ERROR):
        return said | {Stage.LOGIN}
    return said if facts.status in LOGGED_IN else said | {Stage.ERROR}


def _certificates(facts: Facts) -> Iterator[Answer]:
    certificate = facts.certificate
    if facts.fault in TLS_FAULTS:
        yield "CertificateInvalid", FAIL, *_why(facts, failed=True)
        return
    if certificate is None:
        return
    yield "CertificateInvalid", OK, "", ""
    step = certificate_step(certificate.not_after - facts.at)
    detail = certificate.not_after.isoformat()
    yield "CertificateExpiring", OK if step is None else FAIL, "" if step is None else f"days_{step}", detail


def certificate_step(left: timedelta) -> int | None:
    """Return the step (days) a certificate with so much time left has reached, None when it has plenty."""
    return next((days for days in CERTIFICATE_STEPS if left <= timedelta(days=days)), None)


def _licman(facts: Facts) -> Iterator[Answer]:
    failed = facts.fault is not None
    yield "LicmanTcpStatus", FAIL if failed else OK, *_why(facts, failed=failed)


def _ping(facts: Facts) -> Iterator[Answer]:
    yield from _echo(facts, "KodeksIcmp")


def _licman_ping(facts: Facts) -> Iterator[Answer]:
    yield from _echo(facts, "LicmanIcmp")


def _echo(facts: Facts, code: str) -> Iterator[Answer]:
    """Judge an echo; a name that is not found says nothing of the host, the look at its port tells that."""
    if facts.fault in {None, Fault.NO_ECHO}:
        yield code, OK if facts.fault is None else FAIL, *_why(facts, failed=facts.fault is not None)


def _redirect(facts: Facts) -> Iterator[Answer]:
    """Fail when the server does not answer, or answers wrongly for most of the sampled domains."""
    if facts.fault is not None and facts.fault not in TLS_FAULTS:
        yield "RedirectServerDown", FAIL, *_why(facts, failed=True)
        return
    asked = [one for one in facts.samples if one.fault not in OWN_FAULTS]
    wrong = [one for one in asked if one.fault is not None or not _redirects(one.status)]
    if asked and len(wrong) > MAJORITY * len(asked):
        worst = wrong[0]
        reason = worst.fault.value if worst.fault else _status_word(worst.status)
        yield "RedirectServerDown", FAIL, reason, worst.detail
    else:
        yield "RedirectServerDown", OK, "", ""


def _redirects(status: int | None) -> bool:
    return status is not None and 200 <= status < 400  # noqa: PLR2004 - the classes of HTTP


def _good(status: int | None) -> bool:
    return status is not None and 200 <= status < 300  # noqa: PLR2004 - the class of HTTP


def _status_word(status: int | None) -> str:
    return f"status_{status}"


def _why(facts: Facts, *, failed: bool) -> tuple[str, str]:
    if not failed:
        return "", ""
    return (facts.fault.value if facts.fault else _status_word(facts.status)), facts.detail


def _reference(facts: Facts) -> Iterator[Answer]:
    """We are blind when every witness of ourselves fails; one witness alone proves nothing."""
    asked = [one for one in facts.samples if one.fault not in OWN_FAULTS - {Fault.OURSELVES}]
    if any(one.fault is None or one.fault in TLS_FAULTS for one in asked):
        yield BLIND, OK, "", ""
    elif len(asked) >= FEWEST_WITNESSES:
        hosts = dict.fromkeys(host_of(one.target.url) or one.target.url for one in asked)
        yield BLIND, FAIL, asked[0].fault or "", ", ".join(list(hosts)[:WITNESSES_NAMED])


WEB = frozenset({LookKind.DOMAIN, LookKind.INSTALLATION})
ENTRANCE = frozenset({"DomainNotResolved", "DomainUnreachable", "RedirectWrongTarget"})


def told_by(code: str) -> frozenset[LookKind]:
    """Return the looks that can tell of a check; empty where none can (reports and time do)."""
    source = ROWS[code].source
    if code in ENTRANCE or source not in WEB:
        return frozenset({LookKind(source)}) if ROWS[code].looked else frozenset()
    return WEB


def _billing(facts: Facts) -> Iterator[Answer]:
    """Judge the check login; a server without a free seat refuses good passwords too: that says nothing of ours."""
    if Mark.NO_SEATS in facts.marks:
        yield "OnlineLoginFailed", UNKNOWN, "", ""
    elif Mark.BAD_LOGIN in facts.marks:
        yield "OnlineLoginFailed", FAIL, Mark.BAD_LOGIN, facts.excerpt
    elif facts.fault is not None or not _good(facts.status):
        yield "OnlineLoginFailed", FAIL, *_why(facts, failed=True)
    else:
        yield "OnlineLoginFailed", OK, "", ""


READERS = {
    LookKind.DOMAIN: _domain,
    LookKind.INSTALLATION: _installation,
    LookKind.LOGIN: _login,
    LookKind.LICMAN: _licman,
    LookKind.PING: _ping,
    LookKind.LICMAN_PING: _licman_ping,
    LookKind.BILLING: _billing,
    LookKind.REDIRECT: _redirect,
    LookKind.REFERENCE: _reference,
}
